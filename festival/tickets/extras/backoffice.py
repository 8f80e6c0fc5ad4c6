"""The organiser's screens for extras, and who ordered them."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.db import db
from festival.editions import dates
from festival.editions.addresses import keep_edition_in_addresses, working_edition
from festival.editions.models import Edition
from festival.team import exports, lists
from festival.team.access import team
from festival.team.saving import Answer, save_form, seen_version
from festival.tickets.extras import queries, rules
from festival.tickets.extras.forms import ExtraForm, NewExtraForm
from festival.tickets.extras.models import Extra
from festival.tickets.extras.queries import ExtraCount
from festival.tickets.forms import ConfirmForm
from festival.web.forms import asked

bp = Blueprint("extras_team", __name__, url_prefix="/team/erbij")
keep_edition_in_addresses(bp)

_HEADS = ("day", "extra", "ordered", "paid", "handed_out", "left")


@bp.get("/")
@team("organiser")
def index() -> str:
    """Lists the extras of the edition, with how many are ordered and paid."""
    edition = working_edition()
    return render_template(
        "tickets/extras/index.html",
        edition=edition,
        extras=queries.by_day(edition),
        day_name=dates.day,
        counts=queries.counts(edition),
        none=ExtraCount(),
    )


@bp.get("/aantallen.csv")
@team("organiser")
def numbers_csv() -> Response:
    """Serves how many of each extra there are, for whoever makes them, as a CSV file."""
    edition = working_edition()
    return exports.csv_response("erbij", _HEADS, _numbers(edition))


@bp.get("/aantallen.xlsx")
@team("organiser")
def numbers_xlsx() -> Response:
    """Serves how many of each extra there are, for whoever makes them, as a spreadsheet."""
    edition = working_edition()
    return exports.xlsx_response("erbij", _HEADS, _numbers(edition))


@bp.route("/nieuw", methods=["GET", "POST"])
@team("organiser")
def add() -> Answer:
    """Add an extra, or one for each size."""
    edition = working_edition()
    form = NewExtraForm()
    form.offer_days(edition)
    if request.method == "GET":
        form.fill(None)
    added, problems, status = save_form(
        form,
        lambda: rules.add_extras(edition, form.values, form.sizes_to_make, now=clock.now()),
    )
    if added:
        flash(_("Het staat erbij."), "good")
        return redirect(url_for("extras_team.index"), 303)
    return _page(edition, None, form, problems), status


@bp.route("/<slug>", methods=["GET", "POST"])
@team("organiser")
def change(slug: str) -> Answer:
    """Change an extra; below it stands who ordered it."""
    edition = working_edition()
    extra = _extra(edition, slug)
    form = ExtraForm()
    form.offer_days(edition)
    if request.method == "GET":
        form.fill(extra)
    changed, problems, status = save_form(
        form,
        lambda: rules.change_extra(extra, form.values, seen=seen_version(form), now=clock.now()),
    )
    if changed:
        flash(_("Dit is bewaard."), "good")
        return redirect(url_for("extras_team.index"), 303)
    return _page(edition, queries.extra_by_slug(edition, slug), form, problems), status


@bp.get("/<slug>/lijst.csv")
@team("organiser")
def who_csv(slug: str) -> Response:
    """Serves who ordered it as a CSV file."""
    edition = working_edition()
    extra = _extra(edition, slug)
    heads = ["order", "buyer", "ticket", "holder", "type", "paid"]
    rows = (
        (
            each.order.code,
            each.order.name,
            each.ticket.code if each.ticket else "",
            each.ticket.holder_name if each.ticket else "",
            str(each.ticket.type.name) if each.ticket else "",
            "x" if each.order.confirmed_at else "",
        )
        for each in db.session.scalars(queries.who_has(extra, text=asked("q")))
    )
    return exports.csv_response(extra.slug, heads, rows)


@bp.post("/<slug>/wis")
@team("organiser")
def delete(slug: str) -> BaseResponse:
    """Delete an extra that nobody ordered."""
    rules.delete_extra(_extra(working_edition(), slug), now=clock.now())
    flash(_("Het is gewist."), "good")
    return redirect(url_for("extras_team.index"), 303)


def _numbers(edition: Edition) -> list[list[str | int]]:
    """Returns a row for each extra, by day: what it is and the numbers, without anybody's name."""
    counts = queries.counts(edition)
    return [
        [
            each.day.held_on.isoformat() if each.day else "",
            each.name.text(),
            *counts.get(each.id, ExtraCount()),
            "" if each.left is None else each.left,
        ]
        for each in queries.by_day(edition)
    ]


def _extra(edition: Edition, slug: str) -> Extra:
    return queries.extra_by_slug(edition, slug) or abort(404)


def _page(edition: Edition, extra: Extra | None, form: ExtraForm, problems: list[str]) -> str:
    text = asked("q")
    return render_template(
        "tickets/extras/extra.html",
        edition=edition,
        extra=extra,
        form=form,
        problems=problems,
        delete_form=ConfirmForm(),
        who=lists.listing(queries.who_has(extra, text=text), queries.WHO_ORDERS, default="name")
        if extra
        else None,
        text=text,
    )

"""The organiser's screens for ticket types and the pools they draw from."""

from collections.abc import Iterable, Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from festival import clock
from festival.db import db
from festival.editions.addresses import keep_edition_in_addresses, working_edition
from festival.editions.models import Edition
from festival.team import exports
from festival.team.access import team
from festival.team.imports import screens
from festival.team.imports.rows import ImportPreview
from festival.team.imports.screens import Cells, ImportScreens
from festival.team.saving import Answer, save_form, seen_version
from festival.tickets import queries, ticket_type_rules, type_imports
from festival.tickets.forms import (
    AUDIENCE_NAMES,
    TYPE_TEXTS,
    VAT_NAMES,
    ConfirmForm,
    PoolForm,
    TypeForm,
    type_form,
)
from festival.tickets.models import Pool, Ticket, TicketType
from festival.tickets.type_columns import TYPES, example_rows
from festival.web.languages import Bilingual

_FORMAT = "<any(csv, xlsx):format_>"

bp = Blueprint("tickets_team", __name__, url_prefix="/team/kaartsoorten")
keep_edition_in_addresses(bp)


@bp.get("/")
@team("organiser")
def index() -> str:
    """Lists the ticket types and pools of the edition, with how many tickets are ordered."""
    edition = working_edition()
    rows = db.session.execute(
        select(Ticket.type_id, func.count())
        .join(Ticket.type)
        .where(TicketType.edition_id == edition.id, Ticket.released_at.is_(None))
        .group_by(Ticket.type_id)
    )
    return render_template(
        "tickets/team/index.html",
        edition=edition,
        types=queries.ticket_types(edition),
        pools=queries.pools(edition),
        ordered=dict(rows.all()),
        now=clock.now(),
        local=edition.local,
        vat_names=VAT_NAMES,
        audience_names=AUDIENCE_NAMES,
    )


@bp.route("/nieuw", methods=["GET", "POST"])
@team("organiser")
def add_type() -> Answer:
    """Add a ticket type."""
    edition = working_edition()
    form = _type_form(edition, None)
    added, problems, status = save_form(
        form,
        lambda: ticket_type_rules.add_type(edition, form.values, now=clock.now()),
    )
    if added:
        flash(_("Kaartsoort %(name)s staat erbij.", name=added.name), "good")
        return redirect(url_for("tickets_team.index"), 303)
    return _type_page(edition, None, form, problems), status


@bp.get(f"/uitvoer.{_FORMAT}")
@team("organiser")
def export(format_: str) -> Response:
    """Exports the ticket types."""
    return _file("kaartsoorten", format_, type_imports.exported(working_edition()))


@bp.get(f"/invoer/voorbeeld.{_FORMAT}")
@team("organiser")
def blank(format_: str) -> Response:
    """Serves an empty file with the headings, to fill in."""
    working_edition()
    return _file("kaartsoorten-voorbeeld", format_, [])


@bp.get(f"/invoer/ingevuld-voorbeeld.{_FORMAT}")
@team("organiser")
def example(format_: str) -> Response:
    """Serves a file with a few rows that can be imported as they are."""
    return _file("kaartsoorten-ingevuld-voorbeeld", format_, example_rows(working_edition()))


@bp.route("/invoer", methods=["GET", "POST"])
@team("organiser")
def upload() -> Answer:
    """Upload a file with ticket types."""
    return screens.upload(_screens(working_edition()))


@bp.route("/invoer/bekijken", methods=["GET", "POST"])
@team("organiser")
def preview() -> Answer:
    """Shows the fate of each row of the uploaded file; a POST imports all of it or nothing."""
    return screens.preview(_screens(working_edition()))


@bp.get(f"/invoer/klopt-niet.{_FORMAT}")
@team("organiser")
def wrong_rows(format_: str) -> Response:
    """Serves the wrong rows of the uploaded file, to repair and import again."""
    return screens.wrong_rows(_screens(working_edition()), format_)


@bp.route("/<slug>", methods=["GET", "POST"])
@team("organiser")
def change_type(slug: str) -> Answer:
    """Change a ticket type."""
    edition = working_edition()
    ticket_type = queries.type_by_slug(edition, slug) or abort(404)
    form = _type_form(edition, ticket_type)
    changed, problems, status = save_form(
        form,
        lambda: ticket_type_rules.change_type(
            ticket_type, form.values, seen=seen_version(form), now=clock.now()
        ),
    )
    if changed:
        flash(_("Kaartsoort %(name)s is gewijzigd.", name=changed.name), "good")
        return redirect(url_for("tickets_team.index"), 303)
    return _type_page(edition, queries.type_by_slug(edition, slug), form, problems), status


@bp.post("/<slug>/wis")
@team("organiser")
def delete_type(slug: str) -> Response:
    """Delete a ticket type."""
    ticket_type = queries.type_by_slug(working_edition(), slug) or abort(404)
    ticket_type_rules.delete_type(ticket_type, now=clock.now())
    flash(_("De kaartsoort is gewist."), "good")
    return redirect(url_for("tickets_team.index"), 303)


@bp.route("/contingenten/nieuw", methods=["GET", "POST"])
@team("organiser")
def add_pool() -> Answer:
    """Add a pool."""
    edition = working_edition()
    form = PoolForm()
    added, problems, status = save_form(
        form,
        lambda: ticket_type_rules.add_pool(
            edition, form.name.data, form.capacity.data, now=clock.now()
        ),
    )
    if added:
        flash(_("Contingent %(name)s staat erbij.", name=added.name), "good")
        return redirect(url_for("tickets_team.index"), 303)
    return _pool_page(edition, None, form, problems), status


@bp.route("/contingenten/<slug>", methods=["GET", "POST"])
@team("organiser")
def change_pool(slug: str) -> Answer:
    """Rename or resize a pool."""
    edition = working_edition()
    pool = queries.pool_by_slug(edition, slug) or abort(404)
    form = PoolForm(obj=pool)
    changed, problems, status = save_form(
        form,
        lambda: ticket_type_rules.change_pool(
            pool,
            form.name.data,
            form.capacity.data,
            seen=seen_version(form),
            now=clock.now(),
        ),
    )
    if changed:
        flash(_("Contingent %(name)s is gewijzigd.", name=changed.name), "good")
        return redirect(url_for("tickets_team.index"), 303)
    return _pool_page(edition, queries.pool_by_slug(edition, slug), form, problems), status


@bp.post("/contingenten/<slug>/wis")
@team("organiser")
def delete_pool(slug: str) -> Response:
    """Delete a pool."""
    pool = queries.pool_by_slug(working_edition(), slug) or abort(404)
    ticket_type_rules.delete_pool(pool, now=clock.now())
    flash(_("Het contingent is gewist."), "good")
    return redirect(url_for("tickets_team.index"), 303)


def _screens(edition: Edition) -> ImportScreens:
    def bring_in(
        cells: Cells, *, answers: Mapping[int, str], seen: str, skip_wrong: bool
    ) -> ImportPreview:
        del answers  # ticket types ask nothing
        return type_imports.import_types(
            cells, edition, seen=seen, skip_wrong=skip_wrong, now=clock.now()
        )

    return ImportScreens(
        kept_as=f"{edition.slug}-kaartsoorten",
        upload_url=url_for("tickets_team.upload"),
        preview_url=url_for("tickets_team.preview"),
        done_url=url_for("tickets_team.index"),
        look=lambda cells, _answers: type_imports.preview(cells, edition),
        bring_in=bring_in,
        seen=lambda: type_imports.seen_by(edition),
        render=lambda name, **values: render_template(
            f"tickets/team/import_{name}.html", heads=TYPES.heads, **values
        ),
    )


def _file(name: str, format_: str, rows: Iterable[list[str]]) -> Response:
    write = exports.csv_response if format_ == "csv" else exports.xlsx_response
    return write(name, TYPES.heads, rows)


def _type_form(edition: Edition, of: TicketType | None) -> TypeForm:
    form = type_form(edition, of, [(each.id, each.name) for each in queries.pools(edition)])
    if request.method == "GET":
        if of:
            for name in TYPE_TEXTS:
                text: Bilingual = getattr(of, name)
                form[f"{name}_nl"].data, form[f"{name}_en"].data = text.nl, text.en
            form.days.data = [str(day) for day in of.admits_on]
            form.sale_from.data = edition.local(of.sale_from)
            form.sale_until.data = edition.local(of.sale_until)
        else:
            form.min_per_order.data, form.max_per_order.data = 1, 10
            form.position.data = 100
            form.days.data = [str(day) for day in edition.days]
    return form


def _type_page(edition: Edition, of: TicketType | None, form: TypeForm, problems: list[str]) -> str:
    return render_template(
        "tickets/team/type.html",
        edition=edition,
        type=of,
        form=form,
        delete_form=ConfirmForm(),
        problems=problems,
    )


def _pool_page(edition: Edition, pool: Pool | None, form: PoolForm, problems: list[str]) -> str:
    return render_template(
        "tickets/team/pool.html",
        edition=edition,
        pool=pool,
        form=form,
        delete_form=ConfirmForm(),
        problems=problems,
    )

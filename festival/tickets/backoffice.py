"""The organiser's screens for ticket types and the pools they draw from."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from festival import clock
from festival.db import db
from festival.editions import dates
from festival.editions.addresses import current_edition_or_404
from festival.editions.models import Edition
from festival.team.access import team
from festival.team.saving import Answer, save_form
from festival.tickets import queries, ticket_type_rules
from festival.tickets.forms import DeleteForm, PoolForm, TypeForm
from festival.tickets.models import Pool, Ticket, TicketType
from festival.web.languages import Bilingual

bp = Blueprint("tickets_team", __name__, url_prefix="/team/kaartsoorten")

_VAT = (0, 9, 21)
_TEXTS = ("name", "audience", "description")


@bp.get("/")
@team("organiser")
def index() -> str:
    """Lists the ticket types and pools of the edition, with how many tickets are ordered."""
    edition = current_edition_or_404()
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
    )


@bp.route("/nieuw", methods=["GET", "POST"])
@team("organiser")
def add_type() -> Answer:
    """Add a ticket type."""
    edition = current_edition_or_404()
    form = _type_form(edition, None)
    added, problems, status = save_form(
        form,
        lambda: ticket_type_rules.add_type(edition, _values(form), now=clock.now()),
    )
    if added:
        flash(_("Kaartsoort %(name)s staat erbij.", name=added.name), "good")
        return redirect(url_for("tickets_team.index"), 303)
    return _type_page(edition, None, form, problems), status


@bp.route("/<slug>", methods=["GET", "POST"])
@team("organiser")
def change_type(slug: str) -> Answer:
    """Change a ticket type."""
    edition = current_edition_or_404()
    ticket_type = queries.type_by_slug(edition, slug) or abort(404)
    form = _type_form(edition, ticket_type)
    changed, problems, status = save_form(
        form,
        lambda: ticket_type_rules.change_type(ticket_type, _values(form), now=clock.now()),
    )
    if changed:
        flash(_("Kaartsoort %(name)s is gewijzigd.", name=changed.name), "good")
        return redirect(url_for("tickets_team.index"), 303)
    return _type_page(edition, ticket_type, form, problems), status


@bp.post("/<slug>/wis")
@team("organiser")
def delete_type(slug: str) -> BaseResponse:
    """Delete a ticket type."""
    ticket_type = queries.type_by_slug(current_edition_or_404(), slug) or abort(404)
    ticket_type_rules.delete_type(ticket_type, now=clock.now())
    flash(_("De kaartsoort is gewist."), "good")
    return redirect(url_for("tickets_team.index"), 303)


@bp.route("/contingenten/nieuw", methods=["GET", "POST"])
@team("organiser")
def add_pool() -> Answer:
    """Add a pool."""
    edition = current_edition_or_404()
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
    edition = current_edition_or_404()
    pool = queries.pool_by_slug(edition, slug) or abort(404)
    form = PoolForm(obj=pool)
    changed, problems, status = save_form(
        form,
        lambda: ticket_type_rules.change_pool(
            pool, form.name.data, form.capacity.data, now=clock.now()
        ),
    )
    if changed:
        flash(_("Contingent %(name)s is gewijzigd.", name=changed.name), "good")
        return redirect(url_for("tickets_team.index"), 303)
    return _pool_page(edition, pool, form, problems), status


@bp.post("/contingenten/<slug>/wis")
@team("organiser")
def delete_pool(slug: str) -> BaseResponse:
    """Delete a pool."""
    pool = queries.pool_by_slug(current_edition_or_404(), slug) or abort(404)
    ticket_type_rules.delete_pool(pool, now=clock.now())
    flash(_("Het contingent is gewist."), "good")
    return redirect(url_for("tickets_team.index"), 303)


def _type_form(edition: Edition, of: TicketType | None) -> TypeForm:
    form = TypeForm(obj=of) if of else TypeForm()
    form.edition = edition
    rates = sorted({*_VAT, *([of.vat_percent] if of else [])})
    form.vat_percent.choices = [SelectChoice(rate, f"{rate}%") for rate in rates]
    form.pool_id.choices = [SelectChoice(each.id, each.name) for each in queries.pools(edition)]
    form.days.choices = [SelectChoice(str(day), dates.day(day)) for day in edition.days]
    if request.method == "GET":
        if of:
            for name in _TEXTS:
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


def _values(form: TypeForm) -> dict[str, Any]:
    """Returns the values in the form by field of TicketType."""
    plain = ("price_cents", "vat_percent", "pool_id", "min_per_order", "max_per_order", "position")
    return {
        **{name: form[name].data for name in plain},
        **{
            name: Bilingual(form[f"{name}_nl"].data or "", form[f"{name}_en"].data or "")
            for name in _TEXTS
        },
        "days": [row for row in form.edition.day_rows if str(row.held_on) in form.days.data],
        "code": form.code.data or "",
        **{name: form.moment(form[name]) for name in ("sale_from", "sale_until")},
    }


def _type_page(edition: Edition, of: TicketType | None, form: TypeForm, problems: list[str]) -> str:
    return render_template(
        "tickets/team/type.html",
        edition=edition,
        type=of,
        form=form,
        delete_form=DeleteForm(),
        problems=problems,
    )


def _pool_page(edition: Edition, pool: Pool | None, form: PoolForm, problems: list[str]) -> str:
    return render_template(
        "tickets/team/pool.html",
        edition=edition,
        pool=pool,
        form=form,
        delete_form=DeleteForm(),
        problems=problems,
    )

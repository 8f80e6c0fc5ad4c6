"""The slots of a session."""

from typing import Any

from flask import abort, flash, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock
from festival.editions.addresses import team_edition_or_404
from festival.programme import draft, queries
from festival.programme.models.sessions import Session, Slot
from festival.programme.rules import sessions, slots
from festival.scheduling.backoffice.base import (
    bp,
    page,
    sent_version,
    url,
    waiting_fields,
)
from festival.scheduling.forms.slots import SlotForm, fill_slot
from festival.team.access import team
from festival.team.saving import Answer, apply_rule, save_form, seen_version


@bp.route("/<edition_slug>/onderdelen/<slug>/momenten/nieuw", methods=["GET", "POST"])
@bp.route("/<edition_slug>/onderdelen/<slug>/momenten/<code>", methods=["GET", "POST"])
@team("programme")
def slot(edition_slug: str, slug: str, code: str | None = None) -> Answer:
    """Shows and saves a slot of a session, or a new one."""
    edition = team_edition_or_404(edition_slug)
    session = queries.team_session(edition, slug) or abort(404)
    stages = queries.stages(edition)
    row = _slot(session, code) if code else None
    form = SlotForm(data=fill_slot(edition, row, stages)) if row else SlotForm()
    form.offer(edition, stages)

    def save() -> Slot:
        span = form.span(edition)
        values: dict[str, Any] = {
            "stage": next(stage for stage in stages if stage.slug == form.stage.data),
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "places": form.places.data,
            "door_places": form.door_places.data or 0,
            "now": clock.now(),
        }
        if row is None:
            return slots.add_slot(session, **values)
        slots.update_slot(row, **values, seen=seen_version(form))
        return row

    saved, problems, status = save_form(form, save)
    if saved:
        flash(_("Bewaard."), "good")
        return redirect(url("session", edition, slug=slug, _anchor="momenten"))
    return _slot_page(edition_slug, slug, code, form, problems), status


@bp.post("/<edition_slug>/onderdelen/<slug>/momenten/<code>/weg")
@team("programme")
def drop_slot(edition_slug: str, slug: str, code: str) -> Response:
    """Drop a slot: at once, or with the next release if it is published."""
    edition = team_edition_or_404(edition_slug)
    row = _slot(queries.team_session(edition, slug) or abort(404), code)
    said = _("Dit moment gaat weg met de volgende uitgave.") if row.is_public else _("Weggehaald.")
    return apply_rule(
        lambda: slots.drop_slot(row, seen=sent_version(row), now=clock.now()),
        said,
        back=url("slot", edition, slug=slug, code=code),
        to=url("session", edition, slug=slug, _anchor="momenten"),
    )


@bp.post("/<edition_slug>/onderdelen/<slug>/momenten/<code>/terug")
@team("programme")
def discard_slot(edition_slug: str, slug: str, code: str) -> Response:
    """Discard the changes of a slot in the draft."""
    edition = team_edition_or_404(edition_slug)
    row = _slot(queries.team_session(edition, slug) or abort(404), code)
    here = url("slot", edition, slug=slug, code=code)
    return apply_rule(
        lambda: sessions.discard_draft(row, seen=sent_version(row), now=clock.now()),
        _("Dit moment staat weer zoals bezoekers het kennen."),
        back=here,
        to=here,
    )


def _slot_page(
    edition_slug: str, slug: str, code: str | None, form: SlotForm, problems: list[str]
) -> str:
    edition = team_edition_or_404(edition_slug)
    session = queries.team_session(edition, slug) or abort(404)
    row = _slot(session, code) if code else None
    return page(
        "slot",
        edition,
        session=session,
        row=row,
        form=form,
        problems=problems,
        waiting=waiting_fields(row),
        is_dropped=bool(row and draft.is_dropped(row)),
    )


def _slot(session: Session, code: str) -> Slot:
    return next((slot for slot in session.all_slots if slot.code == code), None) or abort(404)

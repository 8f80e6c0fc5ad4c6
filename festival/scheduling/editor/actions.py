"""The actions of the editor. Each calls one rule, and returns a message and the post to undo it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_security import current_user

from festival import clock
from festival.editions import dates
from festival.editions.models import Edition
from festival.programme import draft, queries
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.programme.models.timetable import Block
from festival.programme.rules import acceptances, slots
from festival.programme.timing import Span
from festival.scheduling.editor.form_data import count_slots, fields_of, usual_places
from festival.scheduling.editor.forms import BlockForm, PlaceForm
from festival.scheduling.editor.urls import page_url
from festival.team.saving import seen_version

LONGEST_REASON = 500


@dataclass(frozen=True)
class ActionResult:
    """A message about what was done, and the post that undoes it."""

    said: str
    day: date
    undo_url: str
    undo_fields: dict[str, str] = field(default_factory=dict)
    code: str = ""  # of the slot or block, with its current version
    version: int = 0

    @property
    def undo(self) -> dict[str, Any]:
        """The post, as the page needs it."""
        return {
            "url": self.undo_url,
            "fields": self.undo_fields | {"version": str(self.version)},
            "code": self.code,
        }


def save_place(
    edition: Edition, session: Session, slot: Slot | None, stage: Stage, span: Span, form: PlaceForm
) -> ActionResult:
    """Move `slot` to a time and stage, or place `session` in a new slot if there is none."""
    destination: dict[str, Any] = {
        "stage": stage,
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
    }
    if slot is None:
        places, door_places = usual_places(session, stage)
        if form.restores.data:
            places, door_places = form.places.data, form.door_places.data or 0
        slot = slots.place_session(
            session,
            **destination,
            places=places,
            door_places=door_places,
            seen=seen_version(form),
            now=clock.now(),
        )
        undo: dict[str, str] = {}
        undo_url = page_url("take_off", edition, code=slot.code)
    else:
        is_back = draft.is_dropped(slot)
        undo = {} if is_back else fields_of(edition, slot, queries.stages(edition))
        undo_url = page_url("take_off" if is_back else "move", edition, code=slot.code)
        slots.move_slot(slot, **destination, seen=seen_version(form), now=clock.now())
    said = _(
        "“%(title)s” staat nu op %(when)s, %(stage)s.",
        title=draft.value(session, "title").text(),
        when=dates.span(edition, *span),
        stage=stage.name.text(),
    )
    return ActionResult(
        said, edition.day_of(span.starts_at), undo_url, undo, code=slot.code, version=slot.version
    )


def take_off(edition: Edition, slot: Slot) -> ActionResult:
    """Take `slot` off the timetable. A published slot stays public until the next release."""
    session, code, is_public = slot.session, slot.code, slot.is_public
    title, day = (
        draft.value(session, "title").text(),
        edition.day_of(draft.value(slot, "starts_at")),
    )
    undo = fields_of(edition, slot, queries.stages(edition))
    numbers_of_places = {"places": slot.places, "door_places": slot.door_places}
    slots.drop_slot(slot, seen=request.form.get("version", 0, int), now=clock.now())
    said = _("“%(title)s” heeft hier geen plek meer.", title=title)
    if is_public:
        undo_url, version = page_url("move", edition, code=code), slot.version
    else:  # the slot is deleted: undoing makes a new one
        undo_url, version = page_url("place", edition, slug=session.slug), count_slots(session)
        undo |= {
            name: str(number) for name, number in numbers_of_places.items() if number is not None
        }
        undo["restores"] = "1"
    return ActionResult(said, day, undo_url, undo, code=code, version=version)


def save_block(
    edition: Edition, row: Block | None, form: BlockForm, stages: list[Stage]
) -> ActionResult:
    """Save the break or blocker `row`, or a new one; a dropped one comes back."""
    undo = fields_of(edition, row, stages) if row and not draft.is_dropped(row) else {}
    values = form.values(edition, stages)
    saved = slots.save_block(edition, row, values, seen=seen_version(form), now=clock.now())
    undo_url = page_url("block" if undo else "drop_block", edition, code=saved.code)
    day = edition.day_of(values["starts_at"])
    return ActionResult(_("Bewaard."), day, undo_url, undo, code=saved.code, version=saved.version)


def drop_block(edition: Edition, row: Block) -> ActionResult:
    """Drop the break or blocker `row`."""
    undo = fields_of(edition, row, queries.stages(edition))
    code, is_public = row.code, row.is_public
    day = edition.day_of(draft.value(row, "starts_at"))
    slots.drop_block(row, seen=request.form.get("version", 0, int), now=clock.now())
    undo_url = page_url("block", edition, code=code if is_public else None)
    version = row.version if is_public else 0
    return ActionResult(_("Weggehaald."), day, undo_url, undo, code=code, version=version)


def accept_clash(edition: Edition, key: str, day: date) -> ActionResult:
    """Accept the clash `key` for the reason that was posted."""
    reason = request.form.get("reason", "")[:LONGEST_REASON]
    acceptances.accept_clash(
        edition, key, reason, by=current_user.name or current_user.email, now=clock.now()
    )
    return ActionResult(
        _("Geaccepteerd."), day, page_url("withdraw_acceptance", edition), {"key": key}
    )


def withdraw_acceptance(edition: Edition, key: str, day: date) -> ActionResult:
    """Warn of the clash `key` again."""
    reason = acceptances.withdraw_acceptance(edition, key, now=clock.now())
    return ActionResult(
        *(_("We waarschuwen er weer voor."), day, page_url("accept_clash", edition)),
        {"key": key, "reason": reason},
    )

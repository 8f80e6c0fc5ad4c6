"""Moved, cancelled, on after all, full, replaced: at once, and in its place."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from festival import codes
from festival.db import db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import draft
from festival.programme.models.places import Stage
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session, Slot
from festival.programme.rules.rows import OutsideEdition, drafting
from festival.releases.rules.locks import take
from festival.releases.rules.record_change import (
    announced,
    change_of,
    expected,
    mark,
    need_reason,
    released,
)
from festival.web.languages import Bilingual


class StaysThere(Refusal):
    """Daar staat het al. Kies een ander podium of een andere tijd."""


class IsReplaced(Refusal):
    """Op deze plek is nu iets anders: {title}. Zeg dat eerst af."""


class SameSession(Refusal):
    """Dit stond er al. Kies een ander onderdeel."""


@transactional
def move_slot_now(
    slot: Slot,
    *,
    stage: Stage,
    starts_at: datetime,
    seen: int,
    reason: Bilingual,
    by: str = "",
    now: datetime,
) -> Release:
    """Move a slot to another stage or hour, as long as it was; a note stays where it stood.

    Moved once more, the note stays at the first place: that is what is on paper. What waited in
    the draft for it is forgotten: this was decided later. Refuses with ReasonNeeded,
    ChangedMeanwhile, IsCancelled, StaysThere or OutsideEdition.
    """
    edition = slot.session.edition
    need_reason(reason)
    drafting(edition.id)
    [slot] = take(edition, {slot.code: seen})
    if (slot.stage_id, slot.starts_at) == (stage.id, starts_at):
        raise StaysThere
    if edition.day_of(starts_at) not in edition.days:
        raise OutsideEdition
    before, lasts = announced(slot), slot.ends_at - slot.starts_at
    if starts_at != slot.starts_at:
        slot.delay_minutes = 0  # at another stage only, it is as late as it was
    noted = (slot.moved_from_stage_id, slot.moved_from_at)
    if not slot.leaves_note or noted == (stage.id, starts_at):
        slot.moved_from_stage_id, slot.moved_from_at = slot.stage_id, slot.starts_at
    slot.stage, slot.starts_at, slot.ends_at = stage, starts_at, starts_at + lasts
    slot.leaves_note, slot.moved_at = True, now
    slot.is_full, slot.reason = False, reason
    draft.discard(slot)
    mark(slot, now=now)
    change = change_of(slot, "moved", before, expected(slot), reason)
    return released(edition, "move_slot_now", [change], [change], by=by, now=now)


@transactional
def cancel_slots(
    edition: Edition, *, seen: Mapping[str, int], reason: Bilingual, by: str = "", now: datetime
) -> Release:
    """Say that these slots (code and version) do not happen. They stay in their place, struck out.

    Who booked keeps the booking until giving it up, for it may go on after all. What waited in the
    draft is forgotten. Refuses with ReasonNeeded, ChangedMeanwhile or IsCancelled.
    """
    need_reason(reason)
    drafting(edition.id)
    changes = []
    for slot in take(edition, seen):
        _cancel(slot, reason, now=now)
        changes.append(change_of(slot, "cancelled", announced(slot), None, reason))
    return released(edition, "cancel_slots", changes, changes, by=by, now=now)


@transactional
def restore_slots(
    edition: Edition,
    *,
    seen: Mapping[str, int],
    reason: Bilingual = Bilingual(),  # noqa: B008  it is frozen
    by: str = "",
    now: datetime,
) -> Release:
    """Say that these slots (code and version) go on after all, when and where they were.

    What waited in the draft is forgotten: this was decided later. Refuses with ChangedMeanwhile
    or GoesOn, or with IsReplaced where something else goes on there.
    """
    drafting(edition.id)
    changes = []
    for slot in take(edition, seen, is_cancelled=True):
        instead = slot.replaced_by
        if instead is not None and not instead.is_cancelled:
            raise IsReplaced(title=instead.session.title.text())
        slot.state, slot.replaced_by_id, slot.reason = "scheduled", None, reason
        slot.delay_minutes = 0
        draft.discard(slot)
        mark(slot, now=now)
        changes.append(change_of(slot, "back", None, announced(slot), reason))
    return released(edition, "restore_slots", changes, changes, by=by, now=now)


@transactional
def declare_full(
    slot: Slot,
    *,
    is_full: bool,
    seen: int,
    reason: Bilingual = Bilingual(),  # noqa: B008  it is frozen
    by: str = "",
    now: datetime,
) -> Release:
    """Say that the room is full, or not any more. Nobody who booked loses a place.

    Refuses with ChangedMeanwhile or IsCancelled.
    """
    edition = slot.session.edition
    [slot] = take(edition, {slot.code: seen})
    slot.is_full = is_full
    if reason or not (slot.delay_minutes or slot.leaves_note):
        slot.reason = reason  # or else why it is late or was moved, stays
    slot.changed_at = now
    change = change_of(slot, "full" if is_full else "open", None, expected(slot), reason)
    return released(edition, "declare_full", [change], (), by=by, now=now)


@transactional
def replace_slot(
    slot: Slot, session: Session, *, seen: int, reason: Bilingual, by: str = "", now: datetime
) -> Release:
    """Cancel a slot and have `session` in its place, free to walk into.

    Refuses with ReasonNeeded, ChangedMeanwhile, IsCancelled or SameSession.
    """
    edition = slot.session.edition
    need_reason(reason)
    drafting(edition.id)
    [slot] = take(edition, {slot.code: seen})
    if session.id == slot.session_id:
        raise SameSession
    instead = Slot(
        code=codes.readable(),
        session_id=session.id,
        stage_id=slot.stage_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        delay_minutes=slot.delay_minutes,
        places=None,
        is_public=True,
        changed_at=now,
    )
    db.session.add(instead)
    _show(session)
    _cancel(slot, reason, now=now)
    slot.replaced_by = instead
    db.session.flush()
    db.session.expire(session, ["all_slots", "slots"])
    place = announced(slot)
    changes = [
        replace(
            change_of(slot, "replaced", place, None, reason),
            instead=session.title,
            instead_slug=session.slug,
        ),
        change_of(instead, "new", None, place, reason),
    ]
    return released(edition, "replace_slot", changes, changes, by=by, now=now)


def _cancel(slot: Slot, reason: Bilingual, *, now: datetime) -> None:
    slot.state, slot.reason = "cancelled", reason
    draft.discard(slot)
    mark(slot, now=now)


def _show(session: Session) -> None:
    """A session that waited for its first release is public from now on, with who is in it."""
    if session.is_public:
        return
    session.is_public = True
    for person in (*session.speakers, *session.hosts):
        person.is_public = True

"""Moving, cancelling, restoring and replacing slots at once, and saying that a room is full."""

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
from festival.programme.replacements import replacement
from festival.programme.rules.rows import OutsideEdition, drafting
from festival.releases.rules.locks import lock_slots
from festival.releases.rules.record_change import (
    as_announced,
    as_expected,
    build_change,
    mark_changed,
    record_change,
    require_reason,
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
    """Move a slot to another stage or hour, with the same length; leave a note at its old place.

    When it is moved once more, the note stays at the first place: that is what is printed. Its
    changes in the draft are discarded, because this decision is newer. Raises ReasonNeeded,
    ChangedMeanwhile, IsCancelled, StaysThere or OutsideEdition.
    """
    edition = slot.session.edition
    require_reason(reason)
    drafting(edition.id)
    [slot] = lock_slots(edition, {slot.code: seen})
    if (slot.stage_id, slot.starts_at) == (stage.id, starts_at):
        raise StaysThere
    if edition.day_of(starts_at) not in edition.days:
        raise OutsideEdition
    before, length = as_announced(slot), slot.ends_at - slot.starts_at
    if starts_at != slot.starts_at:
        slot.delay_minutes = 0  # only a move to another stage keeps the delay
    note = (slot.moved_from_stage_id, slot.moved_from_at)
    if not slot.leaves_note or note == (stage.id, starts_at):
        slot.moved_from_stage_id, slot.moved_from_at = slot.stage_id, slot.starts_at
    slot.stage, slot.starts_at, slot.ends_at = stage, starts_at, starts_at + length
    slot.leaves_note, slot.moved_at = True, now
    slot.is_full, slot.reason = False, reason
    draft.discard(slot)
    mark_changed(slot, now=now)
    change = build_change(slot, "moved", before, as_expected(slot), reason)
    return record_change(edition, "move_slot_now", [change], [change], by=by, now=now)


@transactional
def cancel_slots(
    edition: Edition, *, seen: Mapping[str, int], reason: Bilingual, by: str = "", now: datetime
) -> Release:
    """Cancel these slots (code and version). They stay in the timetable, struck out.

    Bookings stay until people give them up, because a slot may be restored. Changes of the slots in
    the draft are discarded. Raises ReasonNeeded, ChangedMeanwhile or IsCancelled.
    """
    require_reason(reason)
    drafting(edition.id)
    changes = []
    for slot in lock_slots(edition, seen):
        _cancel(slot, reason, now=now)
        changes.append(build_change(slot, "cancelled", as_announced(slot), None, reason))
    return record_change(edition, "cancel_slots", changes, changes, by=by, now=now)


@transactional
def restore_slots(
    edition: Edition,
    *,
    seen: Mapping[str, int],
    reason: Bilingual = Bilingual(),  # noqa: B008  it is frozen
    by: str = "",
    now: datetime,
) -> Release:
    """Restore these cancelled slots (code and version) at their old time and stage.

    Their changes in the draft are discarded, because this decision is newer. Raises
    ChangedMeanwhile or GoesOn, or IsReplaced where another session now has the place.
    """
    drafting(edition.id)
    changes = []
    for slot in lock_slots(edition, seen, is_cancelled=True):
        instead = replacement(slot, lambda each: each.replaced_by)
        if instead is not None:
            raise IsReplaced(title=instead.session.title.text())
        slot.state, slot.replaced_by_id, slot.reason = "scheduled", None, reason
        slot.delay_minutes = 0
        draft.discard(slot)
        mark_changed(slot, now=now)
        changes.append(build_change(slot, "back", None, as_announced(slot), reason))
    return record_change(edition, "restore_slots", changes, changes, by=by, now=now)


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
    """Say that the room is full, or no longer full. Nobody loses a booked place.

    Raises ChangedMeanwhile or IsCancelled.
    """
    edition = slot.session.edition
    [slot] = lock_slots(edition, {slot.code: seen})
    slot.is_full = is_full
    if reason or not (slot.delay_minutes or slot.leaves_note):
        slot.reason = reason  # otherwise the reason for the delay or the move stays
    slot.changed_at = now
    change = build_change(slot, "full" if is_full else "open", None, as_expected(slot), reason)
    return record_change(edition, "declare_full", [change], (), by=by, now=now)


@transactional
def replace_slot(
    slot: Slot, session: Session, *, seen: int, reason: Bilingual, by: str = "", now: datetime
) -> Release:
    """Cancel a slot and put `session` in its place, without booking.

    Raises ReasonNeeded, ChangedMeanwhile, IsCancelled or SameSession.
    """
    edition = slot.session.edition
    require_reason(reason)
    drafting(edition.id)
    [slot] = lock_slots(edition, {slot.code: seen})
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
    _make_public(session)
    _cancel(slot, reason, now=now)
    slot.replaced_by = instead
    db.session.flush()
    db.session.expire(session, ["all_slots", "slots"])
    place = as_announced(slot)
    changes = [
        replace(
            build_change(slot, "replaced", place, None, reason),
            instead=session.title,
            instead_slug=session.slug,
        ),
        build_change(instead, "new", None, place, reason),
    ]
    return record_change(edition, "replace_slot", changes, changes, by=by, now=now)


def _cancel(slot: Slot, reason: Bilingual, *, now: datetime) -> None:
    slot.state, slot.reason = "cancelled", reason
    draft.discard(slot)
    mark_changed(slot, now=now)


def _make_public(session: Session) -> None:
    """Makes a session that was never released public, with its speakers and hosts."""
    if session.is_public:
        return
    session.is_public = True
    for person in (*session.speakers, *session.hosts):
        person.is_public = True

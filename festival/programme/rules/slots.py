"""Slots of sessions and coaches, breaks and blockers."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.exc import ObjectDeletedError

from festival import codes
from festival.db import change_one, db, transactional
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.programme import draft
from festival.programme.draft import write_draft
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.programme.models.timetable import Block
from festival.programme.rules.rows import check_times, drafting, row_to_write, without_dropped
from festival.team import audit
from festival.team.editing import ChangedMeanwhile, take_version

MOST_SLOTS_AT_ONCE = 60


class PlacesTaken(Refusal):
    """Kies minstens {taken}: zoveel plekken zijn er al geboekt."""


class TooManySlots(Refusal):
    """Je kunt hoogstens {most} gesprekken in één keer maken."""


class SlotGone(Refusal):
    """Iemand anders heeft dit intussen weggehaald. Wat jij deed, is niet bewaard."""


class PlacedMeanwhile(Refusal):
    """Iemand anders heeft dit onderdeel intussen ook een plek gegeven. Wat jij deed, is niet
    bewaard."""


class NoSlots(Refusal):
    """Vul in hoeveel gesprekken je wilt maken, en hoe lang ze duren."""


@transactional
def add_slot(
    session: Session,
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    places: int | None,
    door_places: int = 0,
    now: datetime,
) -> Slot:
    """Add a slot to the session. Refuses with EndsBeforeStart or OutsideEdition."""
    drafting(session.edition_id)
    check_times(session.edition, starts_at, ends_at)
    slot = Slot(
        code=codes.readable(),
        session_id=session.id,
        stage_id=stage.id,
        starts_at=starts_at,
        ends_at=ends_at,
        places=places,
        door_places=door_places,
        changed_at=now,
    )
    db.session.add(slot)
    db.session.flush()
    db.session.expire(session, ["all_slots"])
    audit.record("add_slot", f"slot {slot.code}", now=now, session=session.slug)
    return slot


@transactional
def place_session(
    session: Session,
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    places: int | None,
    door_places: int = 0,
    seen: int,
    now: datetime,
) -> Slot:
    """Add a slot to the session, which had `seen` slots in the draft when the maker looked.

    Refuses with PlacedMeanwhile, EndsBeforeStart or OutsideEdition.
    """
    drafting(session.edition_id)
    if sum(not draft.is_dropped(slot) for slot in session.all_slots) != seen:
        raise PlacedMeanwhile
    return add_slot(
        session,
        stage=stage,
        starts_at=starts_at,
        ends_at=ends_at,
        places=places,
        door_places=door_places,
        now=now,
    )


@transactional
def add_coaching_slots(
    session: Session,
    *,
    stage: Stage,
    starts_at: datetime,
    minutes: int,
    pause: int,
    number: int,
    now: datetime,
) -> list[Slot]:
    """Add `number` meetings of one place for a coach, `minutes` long with `pause` between them.

    Refuses with NoSlots, TooManySlots or OutsideEdition.
    """
    if number < 1 or minutes < 1 or pause < 0:
        raise NoSlots
    if number > MOST_SLOTS_AT_ONCE:
        raise TooManySlots(most=MOST_SLOTS_AT_ONCE)
    length, step = timedelta(minutes=minutes), timedelta(minutes=minutes + pause)
    return [
        add_slot(
            session,
            stage=stage,
            starts_at=starts_at + n * step,
            ends_at=starts_at + n * step + length,
            places=1,
            now=now,
        )
        for n in range(number)
    ]


@transactional
def update_slot(
    slot: Slot,
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    places: int | None,
    door_places: int,
    seen: int,
    now: datetime,
) -> None:
    """Change time and stage in the draft, and the number of places at once.

    Refuses with ChangedMeanwhile, EndsBeforeStart, OutsideEdition or PlacesTaken.
    """
    move_slot(slot, stage=stage, starts_at=starts_at, ends_at=ends_at, seen=seen, now=now)
    # Guarded: somebody may book at this moment, and nobody who has a place may lose it here.
    enough = Slot.taken == 0 if places is None else Slot.taken <= places
    is_changed = change_one(
        update(Slot)
        .where(Slot.id == slot.id, enough)
        .values(places=places, door_places=door_places)
    )
    db.session.expire(slot)
    if not is_changed:
        raise PlacesTaken(taken=slot.taken)
    raise_programme_version(slot.session.edition_id)


@transactional
def move_slot(
    slot: Slot,
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    seen: int,
    now: datetime,
) -> None:
    """Change time and stage in the draft of the slot that the maker saw in version `seen`.

    Refuses with ChangedMeanwhile, EndsBeforeStart or OutsideEdition.
    """
    edition = _session_of(slot).edition
    drafting(edition.id)
    check_times(edition, starts_at, ends_at)
    take_version(slot, seen)
    values = {"stage_id": stage.id, "starts_at": starts_at, "ends_at": ends_at, "dropped": False}
    write_draft(slot, values if slot.is_public else without_dropped(values))
    audit.record("move_slot", f"slot {slot.code}", now=now, session=slot.session.slug)


@transactional
def drop_slot(slot: Slot, *, seen: int, now: datetime) -> None:
    """Remove a slot from the draft. A public slot disappears with the next release.

    Refuses with ChangedMeanwhile.
    """
    session = _session_of(slot)
    drafting(session.edition_id)
    take_version(slot, seen)
    audit.record("drop_slot", f"slot {slot.code}", now=now, session=session.slug)
    if slot.is_public:
        write_draft(slot, {"dropped": True})
        return
    db.session.delete(slot)
    db.session.flush()
    db.session.expire(session, ["all_slots"])


@transactional
def save_block(
    edition: Edition, block: Block | None, values: dict[str, Any], *, seen: int = 0, now: datetime
) -> Block:
    """Add a break or blocker (with None) or change one.

    Refuses with ChangedMeanwhile, EndsBeforeStart or OutsideEdition.
    """
    drafting(edition.id)
    row = row_to_write(Block, edition, block, seen)
    check_times(edition, values["starts_at"], values["ends_at"])
    write_draft(row, values if row.is_public else without_dropped(values))
    audit.record("save_block", f"block {row.code}", now=now)
    return row


@transactional
def drop_block(block: Block, *, seen: int, now: datetime) -> None:
    """Remove a break or blocker from the draft. Refuses with ChangedMeanwhile."""
    try:
        drafting(block.edition_id)
    except ObjectDeletedError as gone:
        raise ChangedMeanwhile from gone
    take_version(block, seen)
    audit.record("drop_block", f"block {block.code}", now=now)
    if block.is_public:
        write_draft(block, {"dropped": True})
    else:
        db.session.delete(block)
    db.session.flush()


def _session_of(slot: Slot) -> Session:
    """Returns the session of a slot. Refuses with ChangedMeanwhile if it was just removed."""
    try:
        return slot.session
    except ObjectDeletedError as gone:
        raise ChangedMeanwhile from gone

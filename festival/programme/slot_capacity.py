"""Taking places in a slot and giving them back. Each is one guarded statement for all callers."""

from sqlalchemy import ColumnElement, not_, select, update

from festival.db import change_one, db
from festival.errors import Refusal
from festival.programme.models.sessions import Slot


class SlotFull(Refusal):
    """De laatste plek is net vergeven. Kies een ander moment of een ander onderdeel. Voor een
    workshop kun je met je kaartje op de wachtlijst."""


class SlotChanged(Refusal):
    """Dit onderdeel is net veranderd: een andere tijd, een andere plek, of het gaat niet door. Kijk
    nog eens en boek dan opnieuw."""


def claim(
    slot_id: int,
    number: int,
    *,
    sequence: int | None = None,
    unless: ColumnElement[bool] | None = None,
) -> None:
    """Take `number` places in the slot, or refuse with SlotFull or SlotChanged and take none.

    `sequence` is that of the slot when the caller checked it. If the slot was moved or cancelled
    since, the checks no longer hold (None: do not compare). If `unless` is true, the slot is full.
    """
    same = Slot.sequence if sequence is None else sequence
    conditions = [] if unless is None else [not_(unless)]
    if not change_one(
        update(Slot)
        .where(
            Slot.id == slot_id,
            Slot.taken + number <= Slot.places,
            Slot.is_full.is_(False),  # the team says so at the door, whatever was booked
            Slot.is_public,
            Slot.state == "scheduled",
            Slot.sequence == same,
            *conditions,
        )
        .values(taken=Slot.taken + number)
    ):
        raise _why_not(slot_id, sequence)


def release(slot_id: int, number: int) -> None:
    """Give `number` places back to the slot."""
    change_one(update(Slot).where(Slot.id == slot_id).values(taken=Slot.taken - number))


def _why_not(slot_id: int, sequence: int | None) -> Refusal:
    is_public, state, now_at = db.session.execute(
        select(Slot.is_public, Slot.state, Slot.sequence).where(Slot.id == slot_id)
    ).one()
    is_same = is_public and state == "scheduled" and sequence in {None, now_at}
    return SlotFull() if is_same else SlotChanged()

"""Taking places in a slot and giving them back: each one guarded statement, on every path."""

from sqlalchemy import CursorResult, update

from festival.db import db
from festival.errors import Refusal
from festival.programme.models import Slot


class SlotFull(Refusal):
    """De laatste plek is net vergeven. Kies een ander moment of een ander onderdeel."""


def claim(slot_id: int, number: int) -> None:
    """Take `number` places in the slot, or refuse with SlotFull and take none."""
    taken = db.session.execute(
        update(Slot)
        .where(Slot.id == slot_id, Slot.taken + number <= Slot.places)
        .values(taken=Slot.taken + number)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(taken, CursorResult)
    if taken.rowcount != 1:
        raise SlotFull


def release(slot_id: int, number: int) -> None:
    """Give `number` places back to the slot."""
    db.session.execute(
        update(Slot)
        .where(Slot.id == slot_id)
        .values(taken=Slot.taken - number)
        .execution_options(synchronize_session=False)
    )

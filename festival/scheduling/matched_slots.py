"""Which slot a row without a code is about: the one at that moment, or else the nearest.

It is known only if each row has one slot left and no moment jumps over another: then whoever
corrected times in a file of their own moves slots. Otherwise the maker says what is meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from festival.programme import draft
from festival.programme.models.sessions import Slot


class WantedSlot(NamedTuple):
    """Where a row wants its slot."""

    starts_at: datetime
    stage_id: int


@dataclass
class Matches:
    """The slots of rows, by the number of the row."""

    slots: dict[int, Slot] = field(default_factory=dict)
    unclear: set[int] = field(default_factory=set)  # rows that may be about one of `open`
    open: list[Slot] = field(default_factory=list)  # slots that no row is about yet


def match(wanted: Mapping[int, WantedSlot], free: Sequence[Slot], slots: Sequence[Slot]) -> Matches:
    """Match the rows of one session to its `free` slots; `slots` are all that it has."""
    found = Matches(_same(wanted, free))
    taken = {slot.id for slot in found.slots.values()}
    found.open = [slot for slot in free if slot.id not in taken]
    left = {number: each for number, each in wanted.items() if number not in found.slots}
    if not left or not found.open:
        return found
    pairs = _in_order(left, found.open)
    if pairs is None or not _keeps_order(found.slots | pairs, wanted, slots):
        found.unclear = set(left)
    else:
        found.slots |= pairs
        found.open = []
    return found


def times_of(slot: Slot) -> tuple[datetime, datetime]:
    """Returns start and end of `slot`, as the next release will show it."""
    return draft.value(slot, "starts_at"), draft.value(slot, "ends_at")


def _same(wanted: Mapping[int, WantedSlot], free: Sequence[Slot]) -> dict[int, Slot]:
    at = {_place(slot): slot for slot in free}
    return {number: at[each] for number, each in wanted.items() if each in at}


def _in_order(left: Mapping[int, WantedSlot], free: Sequence[Slot]) -> dict[int, Slot] | None:
    """Returns the pairs by time, or None if a row is nearer to the slot of another row."""
    if len(left) != len(free):
        return None
    numbers = sorted(left, key=lambda number: left[number])
    pairs = dict(zip(numbers, sorted(free, key=_place), strict=True))
    for number, slot in pairs.items():
        distances = {each.id: _distance(left[number], each) for each in free}
        nearest = [key for key, value in distances.items() if value == min(distances.values())]
        if nearest != [slot.id]:
            return None
    return pairs


def _keeps_order(
    pairs: Mapping[int, Slot], wanted: Mapping[int, WantedSlot], slots: Sequence[Slot]
) -> bool:
    """Returns whether the slots of the session stay in the order in which they are."""
    by_slot = {slot.id: wanted[number] for number, slot in pairs.items()}
    before = sorted(slots, key=_place)
    after = [by_slot.get(slot.id, _place(slot)).starts_at for slot in before]
    return after == sorted(after)


def _distance(wanted: WantedSlot, slot: Slot) -> tuple[float, bool]:
    place = _place(slot)
    seconds = abs((wanted.starts_at - place.starts_at).total_seconds())
    return seconds, wanted.stage_id != place.stage_id


def _place(slot: Slot) -> WantedSlot:
    return WantedSlot(draft.value(slot, "starts_at"), draft.value(slot, "stage_id"))

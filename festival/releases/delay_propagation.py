"""How a delay goes on to what follows on that stage: pauses take it up, the changeover stays."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from festival.programme.models.sessions import Slot

_MINUTE = timedelta(minutes=1)


class DelayShift(NamedTuple):
    """A slot that is later than announced because of the one before: by so many minutes in all."""

    slot: Slot
    minutes: int


def shifts(slot: Slot, minutes: int, others: Iterable[Slot], changeover: int) -> list[DelayShift]:
    """What follows when `slot` is `minutes` later than announced, in order of time.

    `others` are the slots of that stage and day. Where there is less pause than `changeover`
    minutes already, it gets no shorter. When `slot` is less late than it was, those that were late
    only because of it come forward again. A coach's meetings go on to each other only.
    """
    is_less = minutes < slot.delay_minutes
    done = [(slot, slot.delay_minutes, minutes)]
    found = []
    for other in sorted(others, key=lambda each: (each.starts_at, each.id)):
        if other.is_cancelled or other.starts_at < slot.ends_at or not _goes_on(slot, other):
            continue
        before = [each for each in done if each[0].ends_at <= other.starts_at]
        due_before = max(_left(each, late, other, changeover) for each, late, _ in before)
        due = max(_left(each, late, other, changeover) for each, _, late in before)
        later = max(due, other.delay_minutes)
        if is_less:
            # Later than it had to be: that has another cause.
            is_own = other.delay_minutes > due_before
            later = other.delay_minutes if is_own else min(due, other.delay_minutes)
        done.append((other, other.delay_minutes, later))
        if later != other.delay_minutes:
            found.append(DelayShift(other, later))
    return found


def _goes_on(slot: Slot, other: Slot) -> bool:
    return slot.session.kind != "coaching" or slot.session_id == other.session_id


def _left(before: Slot, late: int, other: Slot, changeover: int) -> int:
    """How much of `late` minutes is left after the pause between the two."""
    pause = (other.starts_at - before.ends_at) // _MINUTE
    return max(0, late - (pause - min(pause, changeover)))

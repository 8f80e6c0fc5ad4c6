"""How a delay carries over to later slots at the same stage. Pauses absorb it, down to the
changeover time."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from festival.programme.models.sessions import Slot

_MINUTE = timedelta(minutes=1)


class DelayShift(NamedTuple):
    """A slot that gets another delay because of the one before it; `minutes` is its whole delay."""

    slot: Slot
    minutes: int


def propagate_delay(
    slot: Slot, minutes: int, others: Iterable[Slot], changeover: int
) -> list[DelayShift]:
    """Returns the slots that get another delay when `slot` is `minutes` late, in order of time.

    `others` are the slots of that stage and day. A pause shorter than `changeover` minutes stays
    as it is. If `slot` is less late than before, the slots that were late only because of it move
    forward again. A coach's meetings delay only each other.
    """
    is_less = minutes < slot.delay_minutes
    done = [(slot, slot.delay_minutes, minutes)]
    found = []
    for other in sorted(others, key=lambda each: (each.starts_at, each.id)):
        if other.is_cancelled or other.starts_at < slot.ends_at or not _can_delay(slot, other):
            continue
        before = [each for each in done if each[0].ends_at <= other.starts_at]
        due_before = max(
            _remaining_delay(each, late, other, changeover) for each, late, _ in before
        )
        due = max(_remaining_delay(each, late, other, changeover) for each, _, late in before)
        later = max(due, other.delay_minutes)
        if is_less:
            # A longer delay than `slot` causes has another reason, and stays.
            is_own = other.delay_minutes > due_before
            later = other.delay_minutes if is_own else min(due, other.delay_minutes)
        done.append((other, other.delay_minutes, later))
        if later != other.delay_minutes:
            found.append(DelayShift(other, later))
    return found


def _can_delay(slot: Slot, other: Slot) -> bool:
    return slot.session.kind != "coaching" or slot.session_id == other.session_id


def _remaining_delay(before: Slot, late: int, other: Slot, changeover: int) -> int:
    """Returns how many of the `late` minutes remain after the pause between the two slots."""
    pause = (other.starts_at - before.ends_at) // _MINUTE
    return max(0, late - (pause - min(pause, changeover)))

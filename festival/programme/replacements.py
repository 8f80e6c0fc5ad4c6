"""What goes on instead of something that was cancelled: one rule for pages, screens and feeds."""

from collections.abc import Callable
from typing import Protocol, TypeVar


class Replaceable(Protocol):
    """A slot, from the database or from a snapshot."""

    @property
    def id(self) -> int: ...
    @property
    def is_cancelled(self) -> bool: ...
    @property
    def is_public(self) -> bool: ...


R = TypeVar("R", bound=Replaceable)


def replacement(slot: R, next_of: Callable[[R], R | None]) -> R | None:
    """Returns the slot that goes on instead of a cancelled one; None if nothing does.

    `next_of` returns what a slot was replaced by. If that was cancelled too, whatever replaced it
    counts.
    """
    seen = set()
    while slot.is_cancelled and slot.id not in seen:
        seen.add(slot.id)
        other = next_of(slot)
        if other is None or not other.is_public:
            return None
        if not other.is_cancelled:
            return other
        slot = other
    return None

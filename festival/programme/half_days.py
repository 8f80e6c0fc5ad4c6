"""A coach's half-day: meetings that follow each other at one stage, shown as one thing.

Everybody else's slots are shown one by one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

# Meetings of one coach belong to one half-day until there is a break of this long between them.
BREAK = timedelta(hours=1)


class Meeting(Protocol):
    """A slot, of the database or of a snapshot."""

    @property
    def stage_id(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


S = TypeVar("S", bound=Meeting)


def shown_together(kind: str, slots: Iterable[S]) -> list[list[S]]:
    """The slots of one session of `kind`, in order of time, as visitors count them."""
    return half_days(slots) if kind == "coaching" else [[slot] for slot in slots]


def goes_on(ends_at: datetime, starts_at: datetime) -> bool:
    """Whether a half-day goes on from a meeting that ends to the next one that starts."""
    return timedelta(0) <= starts_at - ends_at < BREAK


def half_days(slots: Iterable[S]) -> list[list[S]]:
    """The slots of one coach, in order of time, by half-day."""
    found: list[list[S]] = []
    for slot in slots:
        last = found[-1][-1] if found else None
        if (
            last is not None
            and slot.stage_id == last.stage_id
            and goes_on(last.ends_at, slot.starts_at)
        ):
            found[-1].append(slot)
        else:
            found.append([slot])
    return found

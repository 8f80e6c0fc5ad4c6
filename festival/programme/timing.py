"""When something takes place: as announced, and as expected with the delay of the day."""

from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """A start and an end (UTC)."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether the two spans share a moment."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def later(self, minutes: int) -> "Span":
        """Returns this span, `minutes` later."""
        delay = timedelta(minutes=minutes)
        return Span(self.starts_at + delay, self.ends_at + delay)


class Timed:
    """The common part of database slots, snapshot slots and occurrences.

    A subclass has `starts_at`, `ends_at` (as announced, UTC), `delay_minutes` and `state`.
    """

    __slots__ = ()

    @property
    def span(self) -> Span:
        """The announced times."""
        return Span(self.starts_at, self.ends_at)  # type: ignore[attr-defined]

    @property
    def expected(self) -> Span:
        """The times expected now, with the delay; the announced times if it is cancelled."""
        return self.span if self.is_cancelled else self.span.later(self.delay_minutes)  # type: ignore[attr-defined]

    @property
    def expected_starts_at(self) -> datetime:
        """When it is expected to start."""
        return self.expected.starts_at

    @property
    def expected_ends_at(self) -> datetime:
        """When it is expected to end."""
        return self.expected.ends_at

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not happen after all."""
        return self.state != "scheduled"  # type: ignore[attr-defined, no-any-return]

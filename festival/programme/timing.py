"""When something really is: as announced, and as expected with the delay of the day itself."""

from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """From a moment (UTC) until another."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether there is a moment in both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def later(self, minutes: int) -> "Span":
        """The same span so many minutes later."""
        delay = timedelta(minutes=minutes)
        return Span(self.starts_at + delay, self.ends_at + delay)


class Timed:
    """What slots of the database and of a snapshot, and occurrences, have in common.

    A class that has `starts_at`, `ends_at` (as announced, UTC), `delay_minutes` and `state` gets
    the rest from here.
    """

    __slots__ = ()

    @property
    def span(self) -> Span:
        """As announced."""
        return Span(self.starts_at, self.ends_at)  # type: ignore[attr-defined]

    @property
    def expected(self) -> Span:
        """As expected now, with its delay; what is cancelled stays where it was announced."""
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

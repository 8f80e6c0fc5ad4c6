"""Other days at the same time of day: for an edition that moves, and for a copy of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from festival.editions.models import Edition

# In the hour that the clocks repeat, a short span would end before it starts: it lasts this long.
_LEAST = timedelta(minutes=5)


@dataclass(frozen=True)
class Shift:
    """Moves a moment a number of days; the festival's clocks show the same time as before."""

    edition: Edition
    by: timedelta

    def moment(self, at: datetime) -> datetime:
        """Returns the moment as many days later."""
        local = self.edition.local(at)
        return self.edition.moment(local.date() + self.by, local.time())

    def span(self, row: Any) -> None:
        """Move the start and the end of `row`."""
        length = row.ends_at - row.starts_at
        starts_at, ends_at = self.moment(row.starts_at), self.moment(row.ends_at)
        row.starts_at, row.ends_at = starts_at, max(ends_at, starts_at + min(length, _LEAST))

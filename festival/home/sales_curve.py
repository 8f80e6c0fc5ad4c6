"""How tickets went, edition beside edition: how many were out so many days before the festival."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate

from sqlalchemy import func, select

from festival.db import db
from festival.editions import queries as editions
from festival.editions.models import Edition
from festival.tickets.models import Order, Ticket
from festival.tickets.queries import LIVE

# Older sales count, and stand at the left edge.
MOST_DAYS = 730
_STEP = 7


@dataclass(frozen=True)
class Curve:
    """The valid tickets of an edition by day, from `first` days before it to `last`."""

    edition: Edition
    days: Mapping[int, int]  # tickets by the number of days before the festival
    last: int  # below 0: after its first day

    @property
    def first(self) -> int:
        """On how many days before the festival the first ticket went."""
        return max(self.days, default=0)

    def by(self, before: int) -> int:
        """Returns how many tickets were out on the day that lies so many days before."""
        order, sums = self._running
        place = bisect_right(order, -before)
        return sums[place - 1] if place else 0

    @cached_property
    def _running(self) -> tuple[list[int], list[int]]:
        """The days in the order of time (as negative numbers), and the tickets up to each."""
        order = sorted(-day for day in self.days)
        return order, list(accumulate(self.days[-day] for day in order))


@dataclass(frozen=True)
class SalesPicture:
    """The curve of an edition and that of the one before it, with what a chart and a table need."""

    now: Curve
    former: Curve | None

    @property
    def curves(self) -> list[Curve]:
        """Both, this edition first."""
        return [self.now, self.former] if self.former else [self.now]

    @property
    def first(self) -> int:
        """The left edge, in days before the festival."""
        return max(max(each.first for each in self.curves), _STEP)

    @property
    def last(self) -> int:
        """The right edge: the first day of the festival, or its last."""
        return min(0, *(each.last for each in self.curves))

    @property
    def most(self) -> int:
        """The upper edge."""
        return max(each.by(each.last) for each in self.curves) or 1

    def path(self, curve: Curve) -> str:
        """Returns the line of `curve` in a box of 1000 by 300, as the `d` of an SVG path."""
        width = 1000 / (self.first - self.last)
        points = (
            f"{(self.first - day) * width:.1f} {300 - 300 * curve.by(day) / self.most:.1f}"
            for day in range(self.first, curve.last - 1, -1)
        )
        return "M" + "L".join(points)

    @property
    def weeks(self) -> list[tuple[int, int | None, int | None]]:
        """Days before the festival, a week apart, and what was out then; None where not yet."""
        begin = -(-self.first // _STEP) * _STEP
        marks = [*range(begin, self.last - 1, -_STEP)]
        if self.now.last not in marks:
            marks.append(self.now.last)
        shown = [day for day in marks if self.former or day >= self.now.last]
        return [
            (day, self._out(self.now, day), self._out(self.former, day))
            for day in sorted(shown, reverse=True)
        ]

    def _out(self, curve: Curve | None, day: int) -> int | None:
        return None if curve is None or day < curve.last else curve.by(day)


def sales_picture(edition: Edition, *, today: date) -> SalesPicture | None:
    """Returns how the tickets of `edition` and of the one before it went; None before any went."""
    now = _curve(edition, today=today)
    former = (_curve(each, today=today) for each in editions.past_editions(edition))
    picture = SalesPicture(now, next((each for each in former if each.days), None))
    return picture if any(each.days for each in picture.curves) else None


def _curve(edition: Edition, *, today: date) -> Curve:
    confirmed = (
        select(Order.confirmed_at, func.count(Ticket.id))
        .join(Order.tickets)
        .where(
            Order.edition_id == edition.id,
            Ticket.released_at.is_(None),
            Order.confirmed_at.is_not(None),
            LIVE,
        )
        .group_by(Order.id)
    )
    days: Counter[int] = Counter()
    for at, number in db.session.execute(confirmed):
        assert at is not None
        before = (edition.starts_on - edition.local(at).date()).days
        days[min(before, MOST_DAYS)] += number
    ends_on = min(today, edition.ends_on)
    last = min((edition.starts_on - ends_on).days, MOST_DAYS)
    return Curve(edition, days, min(last, *days) if days else last)

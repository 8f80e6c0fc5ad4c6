"""Closing a month of the books, and writing down what they came to."""

from datetime import date, datetime

from festival.books import queries
from festival.books.models import ClosedSums
from festival.db import db, transactional
from festival.editions.queries import all_editions
from festival.payments import closing_queries
from festival.payments.models import ClosedMonth
from festival.payments.rules import closing


@transactional
def close_month(
    month: date, *, today: date, member_id: int | None = None, now: datetime
) -> ClosedMonth:
    """Close the month of this day and all before it, and keep the sums of each edition.

    The end of the books is held meanwhile, so nothing is dated in the month after it was counted.
    Refuses with MonthNotOver or ClosedBefore.
    """
    closed = closing.close_month(month, today=today, member_id=member_id, now=now)
    db.session.flush()
    last = closing_queries.last_day(month)
    for edition in all_editions():
        sums = queries.sums_until(edition, last)
        db.session.add(ClosedSums(month=closed.month, edition=edition, **queries.kept(sums)))
    return closed

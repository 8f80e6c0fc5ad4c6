"""Closing a month of the books: no money is dated in it any more. It never opens again.

Charges are dated when they are entered, and so is what Stripe tells. Only what people record may be
of an earlier day: such rules call hold_open. A correction of a closed month goes in an open one.
"""

from datetime import date, datetime, time, timedelta

from festival.db import db, insert_or_lock, transactional
from festival.errors import Refusal
from festival.payments import closing_queries
from festival.payments.models import BooksEnd, ClosedMonth, one_end_of_books
from festival.team import audit
from festival.tickets import dates
from festival.tickets.models import Order

# So long after the last midnight of a month it can be closed: whatever began before is done, in
# each edition's time zone.
_SETTLES = timedelta(days=1)


class MonthClosed(Refusal):
    """De boeken zijn dicht tot en met {last}. Neem een latere dag, en schrijf de echte dag in de
    aantekening."""


class MonthNotOver(Refusal):
    """Deze maand kun je nog niet afsluiten. Dat kan vanaf de tweede dag van de maand erna."""


class ClosedBefore(Refusal):
    """Deze maand is al afgesloten."""


def can_close(month: date, *, today: date) -> bool:
    """Returns whether the month of this day is long enough over."""
    return closing_queries.last_day(month) + _SETTLES < today


@transactional
def close_month(
    month: date, *, today: date, member_id: int | None = None, now: datetime
) -> ClosedMonth:
    """Close the month of this day and all before it, in all editions.

    Refuses with MonthNotOver or ClosedBefore.
    """
    if not can_close(month, today=today):
        raise MonthNotOver
    last = closing_queries.last_day(month)
    books = _locked()
    if books.closed_until_on and books.closed_until_on >= last:
        raise ClosedBefore
    books.closed_until_on = last
    closed = ClosedMonth(month=month.replace(day=1), closed_at=now, closed_by_id=member_id)
    db.session.add(closed)
    audit.record("close_month", f"month {month:%Y-%m}", now=now)
    return closed


def hold_open(order: Order, at: datetime, *, now: datetime) -> None:
    """Refuse with MonthClosed if `at` lies in a closed month; else keep it open meanwhile.

    Part of a rule that has locked `order`: no one closes that month before it ends.
    """
    on, today = order.edition.local(at).date(), order.edition.local(now).date()
    if (on.year, on.month) >= (today.year, today.month):
        return  # no month is closed before it is over
    books = _locked()
    if books.closed_until_on and on <= books.closed_until_on:
        noon = order.edition.moment(books.closed_until_on, time(12))
        raise MonthClosed(last=dates.local_day(order.edition, noon))


def first_open(order: Order, at: datetime, *, now: datetime) -> datetime:
    """Returns `at`, or noon of the first open day if it lies in a closed month; keeps that open.

    For money of which a bank says the day. Part of a rule that has locked `order`.
    """
    try:
        hold_open(order, at, now=now)
    except MonthClosed:
        last = _locked().closed_until_on
        assert last is not None
        return order.edition.moment(last + timedelta(days=1), time(12))
    return at


def _locked() -> BooksEnd:
    return insert_or_lock(BooksEnd, {"name": "books"}, unique=one_end_of_books)

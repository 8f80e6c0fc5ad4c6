"""The books add up: the days are the period, the months the edition, and all of it the ledger."""

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from festival import vat
from festival.books import queries
from festival.books.queries import BookEntry, Period
from festival.db import db
from festival.editions.models import Edition
from festival.payments import closing_queries
from festival.payments import queries as payments
from festival.payments.rules import cancelling, recording, refunding
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order
from festival.vat import Vat
from tests import make
from tests.invoices.test_rules import seller
from tests.make import NOW

FIRST = date(2026, 9, 1)
VATS = (Vat("standard", 21), Vat("reduced", 9), Vat("exempt", 0, "artikel 11"))
SIGNS = {"sale": 1, "reversal": -1, "fee": 1, "payment": -1, "refund": 1}

a_line = st.builds(
    lambda day, kind, cents, of: BookEntry(
        FIRST + timedelta(days=day), FIRST, kind, "K7PM4WXQ", "", "", SIGNS[kind] * cents,
        *((of, SIGNS[kind] * vat.included(cents, of.percent)) if kind in {"sale", "reversal", "fee"}
          else (Vat("", 0), 0)),
        "cash" if kind in {"payment", "refund"} else "", "",
    ),
    st.integers(0, 100), st.sampled_from(sorted(SIGNS)), st.integers(1, 99_999),
    st.sampled_from(VATS),
)  # fmt: skip


@given(st.lists(a_line, max_size=30), st.integers(0, 100), st.integers(0, 100))
def test_days_add_up_to_the_period_and_periods_to_the_edition(
    lines: list[BookEntry], one: int, other: int
) -> None:
    first, last = sorted((FIRST + timedelta(days=one), FIRST + timedelta(days=other)))
    whole = queries.books(lines, Period())
    before, period, after = (
        queries.books(lines, each)
        for each in (
            Period(last=first - timedelta(1)),
            Period(first, last),
            Period(first=last + timedelta(1)),
        )
    )
    assert whole.total.due == sum(line.amount_cents for line in lines)
    assert [period.due_before, after.due_before] == [before.total.due, period.total.due]
    assert after.total.due == whole.total.due
    for name in ("sold", "taken_back", "other", "received", "paid_back", "vat", "charged"):
        parts = [getattr(each.total, name) for each in (before, period, after)]
        assert sum(parts) == getattr(whole.total, name), name
        days = [getattr(sums, name) for _day, sums in period.days]
        assert sum(days) == getattr(period.total, name), name
    assert period.days[-1][1].due == period.total.due if period.days else True
    assert sum(row.gross for row in period.vat) == period.total.charged
    assert sum(row.vat_cents for row in period.vat) == period.total.vat
    assert sum(row.received for row in period.methods) == period.total.received
    assert sum(row.paid_back for row in period.methods) == period.total.paid_back


@pytest.fixture
def edition(any_app: Flask) -> Edition:
    """An edition in which tickets were sold, paid, cancelled and paid back, over two months."""
    edition = seller(cancel_until_on=NOW.date() + timedelta(days=14), cancel_fee_cents=500)
    dear = make.ticket_type(price_cents=6595, vat_category="standard")
    cheap = make.ticket_type(price_cents=1755, vat_category="reduced")
    for number, of in enumerate((dear, cheap, dear, cheap)):
        at = NOW - timedelta(days=9 * number)
        order = make.order(
            tickets=3, of=of, confirmed_at=None, placed_at=at, due_at=NOW + timedelta(days=9)
        )
        paid = order.total_cents - (100 if number == 3 else 0)
        later = at + timedelta(days=1)
        recording.record_payment(
            order, paid, later, f"betaling {number}", now=NOW + timedelta(days=1)
        )
    cancelled, lowered = db.session.scalars(select(Order).order_by(Order.id).limit(2))
    cancelling.cancel_order(cancelled, now=NOW)
    [waiting] = payments.refunds_of(cancelled)
    refunding.finish_refund(waiting, done_at=NOW + timedelta(days=40), now=NOW)
    refunding.request_refund(lowered, 333, "", "verlaagd", now=NOW)
    other = make.edition(is_current=False)
    make.payment(make.order(of=make.ticket_type(price_cents=1, edition_id=other.id)), 1)
    return edition


def test_all_of_it_is_the_ledger_of_the_edition(edition: Edition) -> None:
    lines = list(queries.entries(edition))
    books = queries.books(lines, Period())
    orders = db.session.scalars(select(Order).where(Order.edition_id == edition.id)).all()
    owed = select(func.sum(LedgerEntry.amount_cents)).where(
        LedgerEntry.order_id.in_([each.id for each in orders])
    )
    assert books.total.due == db.session.scalar(owed)
    balances = payments.balances(orders).values()
    assert books.total.charged == sum(each.total_cents for each in balances)
    assert books.total.received - books.total.paid_back == sum(each.paid_cents for each in balances)
    assert books.total.due == sum(
        payments.owed(edition, state).cents * sign for state, sign in (("due", 1), ("refund", -1))
    )


def test_months_are_the_edition_and_each_is_its_own_period(edition: Edition) -> None:
    lines = list(queries.entries(edition))
    months = queries.months(lines)
    assert [str(month) for month, _sums in months] == ["2026-09-01", "2026-10-01", "2026-11-01"]
    for month, sums in months:
        period = queries.books(lines, Period(month, closing_queries.last_day(month)))
        assert period.total == sums
    assert months[-1][1].due == queries.books(lines, Period()).total.due


def test_money_counts_on_the_day_on_which_it_moved(edition: Edition) -> None:
    days = dict(queries.books(queries.entries(edition), Period()).days)
    assert days[date(2026, 10, 2)].received == 3 * 6595
    assert days[date(2026, 9, 5)].received == 3 * 1755 - 100
    assert days[date(2026, 11, 10)].paid_back == 3 * 6595


def test_vat_is_that_of_each_order_rounded_once(edition: Edition) -> None:
    """As on its page and on its invoices."""
    orders = db.session.scalars(select(Order).where(Order.edition_id == edition.id)).all()
    by_rate: dict[int, int] = {}
    for order in orders:
        for percent, cents in payments.account(order).vat_by_rate.items():
            by_rate[percent] = by_rate.get(percent, 0) + cents
    found = queries.books(queries.entries(edition), Period()).vat
    assert {row.vat.percent: row.vat_cents for row in found if row.vat_cents} == by_rate

"""A closed month: no money is dated in it any more, whoever records it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from festival.db import db
from festival.payments import closing_queries, queries
from festival.payments.models import BankLine, ClosedMonth, Payment, Refund
from festival.payments.rules import closing, recording, refunding
from festival.team.models import AuditEntry
from festival.tickets.models import Order
from tests import make
from tests.payments.bank.files import Paid, camt
from tests.payments.bank.test_rules import rules as bank
from tests.payments.bank.test_rules import statements

SEPTEMBER = date(2026, 9, 1)
LATE = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
# The last minute of September and the first of October in Tilburg; in UTC both are September.
LAST = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)
FIRST = LAST + timedelta(minutes=1)


def close(month: date = SEPTEMBER, *, today: date = date(2026, 10, 5)) -> ClosedMonth:
    return closing.close_month(month, today=today, now=LATE)


def unpaid() -> Order:
    of = make.ticket_type(price_cents=4500)
    return make.order(of=of, confirmed_at=None, due_at=LATE + timedelta(days=20))


def pay(order: Order, at: datetime, key: str = "vorm") -> Payment:
    return recording.record_payment(order, 4500, at, key, now=LATE)


def test_no_money_is_dated_in_a_closed_month_or_before_it(any_app: Flask) -> None:
    order = unpaid()
    close()
    for at in (LAST, LAST - timedelta(days=400)):
        with pytest.raises(closing.MonthClosed) as refusal:
            pay(order, at)
        assert "woensdag 30 september 2026" in str(refusal.value)
    assert queries.balance(order).paid_cents == 0
    pay(order, FIRST)
    for refund in (recording.record_refund,):
        with pytest.raises(closing.MonthClosed):
            refund(order, 100, LAST, "terug", now=LATE)
    assert queries.balance(order).paid_cents == 4500


def test_a_refund_is_not_ticked_off_in_a_closed_month(any_app: Flask) -> None:
    order = unpaid()
    pay(order, FIRST)
    [refund] = refunding.request_refund(order, 500, "", "vraag", now=LATE)
    close()
    with pytest.raises(closing.MonthClosed):
        refunding.finish_refund(refund, done_at=LAST, now=LATE)
    refunding.finish_refund(refund, done_at=FIRST, now=LATE)
    assert db.session.get_one(Refund, refund.id).state == "done"


def test_the_same_form_again_after_closing_is_still_the_first(any_app: Flask) -> None:
    order = unpaid()
    first = pay(order, LAST)
    close()
    assert pay(order, LAST).id == first.id


def test_money_of_the_bank_moves_to_the_first_open_day(any_app: Flask) -> None:
    """A statement of September comes in October: its lines are booked, and keep their own day."""
    order = unpaid()
    close()
    lines = statements.read(camt(Paid(4500, f"bestelling {order.code}"))).lines
    lines = [line._replace(booked_on=LAST.date()) for line in lines]
    bank.import_lines(order.edition, lines, now=LATE)
    [payment] = queries.payments_of(order)
    assert order.edition.local(payment.received_at).date() == date(2026, 10, 1)
    assert db.session.query(BankLine).one().booked_on == LAST.date()
    assert order.state == "confirmed"


def test_a_month_is_closed_once_it_is_well_over(any_app: Flask) -> None:
    for day in (date(2026, 9, 30), date(2026, 10, 1)):
        with pytest.raises(closing.MonthNotOver):
            close(today=day)
    close(date(2026, 9, 17), today=date(2026, 10, 2))
    assert closing_queries.closed_until() == date(2026, 9, 30)
    with pytest.raises(closing.ClosedBefore):
        close()
    with pytest.raises(closing.ClosedBefore):
        close(date(2026, 8, 1))
    assert [row.month for row in closing_queries.closed_months()] == [SEPTEMBER]
    verbs = db.session.query(AuditEntry.verb, AuditEntry.subject).all()
    assert verbs == [("close_month", "month 2026-09")]


def test_later_months_close_after_it(any_app: Flask) -> None:
    close(date(2026, 8, 1))
    close(date(2026, 9, 1))
    assert closing_queries.closed_until() == date(2026, 9, 30)
    assert len(closing_queries.closed_months()) == 2

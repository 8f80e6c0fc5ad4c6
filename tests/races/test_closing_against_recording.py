"""A month is closed while people record money of that month: none slips in after it."""

from datetime import date, timedelta

from festival.db import db, transactional
from festival.errors import Refusal
from festival.payments.models import BooksEnd, Payment
from festival.payments.rules import closing, recording
from festival.tickets.models import Order
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once

SEPTEMBER = date(2026, 9, 1)
IN_SEPTEMBER = NOW - timedelta(days=9)
TODAY = date(2026, 10, 5)
LATER = NOW + timedelta(days=4)


def recorded() -> int:
    return db.session.query(Payment).count()


@transactional
def close_and_count() -> int:
    """How many payments there are for whoever just closed the month."""
    closing.close_month(SEPTEMBER, today=TODAY, now=LATER)
    return recorded()


def test_what_closes_a_month_sees_all_that_is_ever_recorded_in_it(any_app):
    ids = [
        make.order(of=make.ticket_type(price_cents=4500), confirmed_at=None, due_at=LATER).id
        for _ in range(12)
    ]

    db.session.add(BooksEnd(name="books"))
    db.session.commit()

    def either(n):
        if n == 5:
            return close_and_count()
        order = db.session.get(Order, ids[n])
        try:
            recording.record_payment(order, 4500, IN_SEPTEMBER, f"vorm {n}", now=LATER)
        except Refusal as refusal:
            return refusal.code
        return "recorded"

    answers = at_once(any_app, either, 12)
    seen = next(each for each in answers if isinstance(each, int))
    assert set(answers) <= {seen, "recorded", "MonthClosed"}
    assert answers.count("recorded") == seen == recorded()


def test_eight_who_close_a_month_at_once_close_it_once(any_app):
    def close(_n):
        try:
            return closing.close_month(SEPTEMBER, today=TODAY, now=LATER).month
        except closing.ClosedBefore:
            return None

    answers = at_once(any_app, close, 8)
    assert [each for each in answers if each] == [SEPTEMBER]

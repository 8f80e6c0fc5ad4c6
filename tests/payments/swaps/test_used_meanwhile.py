"""A ticket that is used while its swap waits: one ticket does not become two."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.mail.models import Letter
from festival.payments.models import Refund
from festival.payments.stripe import sweeps
from tests import make
from tests.payments.swaps.asking import AFTER_GRACE, all_is_well, by_team, mailed, paid, pay, swap


@pytest.fixture
def saturday(edition):
    return make.ticket_type(
        slug="zaterdag", price_cents=3500, days=["2026-10-24"], pool=make.pool(capacity=5)
    )


def last_letter():
    return db.session.query(Letter).order_by(Letter.id.desc()).first()


def test_money_for_another_day_goes_back_once_the_ticket_was_used(cheap, saturday):
    order = paid(cheap)
    asked = swap(order, saturday)
    make.scan(order.tickets[0])
    pay(order, 1000)
    assert (order.tickets[0].type, asked.outcome, saturday.pool.taken) == (cheap, "late", 0)
    assert db.session.query(Refund).one().amount_cents == 1000
    assert mailed() == ["payments/swap_requested", "payments/swap_ended"]
    assert "al iemand naar binnen was" in last_letter().body_text
    assert all_is_well()


def test_late_money_for_another_day_does_not_bring_the_swap_back(cheap, saturday):
    order = paid(cheap)
    asked = swap(order, saturday)
    sweeps.lapse_swaps(lambda: AFTER_GRACE)
    make.scan(order.tickets[0])
    pay(order, 1000, AFTER_GRACE)
    assert (order.tickets[0].type, asked.outcome, saturday.pool.taken) == (cheap, "late", 0)
    assert db.session.query(Refund).one().amount_cents == 1000
    assert "al iemand naar binnen was" in last_letter().body_text


def test_a_day_more_is_done_also_after_the_first_day(cheap, dear):
    order = paid(cheap)
    swap(order, dear)
    make.scan(order.tickets[0])
    pay(order, 4000)
    assert order.tickets[0].type is dear
    assert all_is_well()


def test_what_the_team_asked_for_is_done(cheap, saturday):
    order = paid(cheap)
    make.scan(order.tickets[0])
    swap(order, saturday, **by_team())
    pay(order, 1000)
    assert order.tickets[0].type is saturday


def test_money_that_comes_long_after_is_not_about_the_swap(cheap, saturday):
    """Such as a refund that bounced, or a dispute that was won."""
    order = paid(cheap)
    asked = swap(order, saturday)
    sweeps.lapse_swaps(lambda: AFTER_GRACE)
    pay(order, 1000, AFTER_GRACE + timedelta(days=31))
    assert (order.tickets[0].type, asked.outcome) == (cheap, "lapsed")
    assert db.session.query(Refund).count() == 0
    assert mailed().count("payments/swap_ended") == 1

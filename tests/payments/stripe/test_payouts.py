"""Payouts beside payments: read from Stripe, each payment once, and what does not fit is seen."""

from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.payments.stripe import account_checks, client, payout_client, payouts
from festival.payments.stripe.models import PayoutLine, StripePayout
from tests import make
from tests.make import NOW
from tests.payments.stripe.play import CENTS, at, begun, knock, unpaid_order

FEE = 29


@pytest.fixture(autouse=True)
def today(monkeypatch, stripe_here):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    stripe_here.do("clock", now=NOW.timestamp())


def paid(visitor, simulator):
    """An order that was paid at Stripe."""
    order = unpaid_order()
    attempt = begun(order)
    simulator.do("pay", id=attempt.session_id)
    knock(visitor, simulator, "checkout.session.completed")
    db.session.expire_all()
    return order


def read():
    return payouts.read_payouts(at(NOW))


def the_sums():
    row = db.session.query(StripePayout).order_by(StripePayout.id.desc()).first()
    return payouts.sums([row]).get(row.id), row


def test_a_payout_is_read_once_with_all_it_is_made_of(visitor, stripe_here):
    first, _second = paid(visitor, stripe_here), paid(visitor, stripe_here)
    assert payouts.not_paid_out() == (2, 2 * CENTS)
    assert read().done == 0
    stripe_here.do("pay_out")
    for _again in range(2):
        assert read().failed == 0
    assert db.session.query(StripePayout).count() == 1
    assert db.session.query(PayoutLine).count() == 2
    sums, row = the_sums()
    assert sums == payouts.PayoutSums(2 * CENTS, 0, 2 * FEE, 0)
    assert sums.adds_up_to(row.amount_cents)
    assert (row.amount_cents, row.arrives_on) == (2 * (CENTS - FEE), (NOW + timedelta(1)).date())
    assert payouts.not_paid_out() == (0, 0)
    assert payouts.lines_of(row)[0].order_code == first.code


def test_what_went_back_comes_off_the_next(visitor, stripe_here):
    paid(visitor, stripe_here)
    stripe_here.do("pay_out")
    read()
    line = db.session.query(PayoutLine).one()
    stripe_here.do("refund", id=line.intent_id, amount=1000)
    stripe_here.do("pay_out")
    read()
    sums, row = the_sums()
    assert (sums.paid_cents, sums.back_cents, row.amount_cents) == (0, -1000, -1000)
    assert sums.adds_up_to(row.amount_cents)


def test_what_the_bank_takes_back_costs_a_fee(visitor, stripe_here):
    paid(visitor, stripe_here)
    stripe_here.do("pay_out")
    read()
    stripe_here.do("dispute", id=db.session.query(PayoutLine).one().intent_id)
    stripe_here.do("pay_out")
    read()
    sums, row = the_sums()
    assert (sums.back_cents, sums.fee_cents, row.amount_cents) == (-CENTS, 2000, -CENTS - 2000)


def test_more_lines_than_stripe_tells_at_once(visitor, stripe_here, monkeypatch):
    monkeypatch.setattr(payout_client, "_AT_A_TIME", 2)
    for _ in range(5):
        paid(visitor, stripe_here)
    stripe_here.do("pay_out")
    for _ in range(3):
        stripe_here.do("pay_out")  # of nothing
    read()
    assert db.session.query(StripePayout).count() == 4
    assert db.session.query(PayoutLine).count() == 5


def test_a_payment_that_is_none_of_ours_or_of_another_amount_is_strange(visitor, stripe_here):
    order = paid(visitor, stripe_here)
    stripe_here.do("pay_out")
    read()
    line = db.session.query(PayoutLine).one()
    line.amount_cents += 1
    db.session.commit()
    sums, row = the_sums()
    assert (sums.strange, sums.adds_up_to(row.amount_cents)) == (1, False)
    line.intent_id = "pi_of_somebody_else"
    db.session.commit()
    assert the_sums()[0].strange == 1
    assert payouts.not_paid_out() == (1, CENTS)
    make.sign_in(visitor, "finance")
    page = visitor.get(f"/team/bestellingen/uitbetalingen/{row.payout_id}").text
    assert "kennen we niet" in page
    assert "kijk dit na" in visitor.get("/team/bestellingen/uitbetalingen/").text
    assert order.code not in page


def test_stripe_that_is_away_is_asked_again(visitor, stripe_here):
    paid(visitor, stripe_here)
    stripe_here.do("pay_out")
    stripe_here.do("away", away="yes")
    assert read().failed == 1
    assert db.session.query(StripePayout).count() == 0
    stripe_here.do("away", away="no")
    assert read().failed == 0
    assert db.session.query(PayoutLine).count() == 1


def test_killed_between_list_and_lines(visitor, stripe_here, monkeypatch):
    paid(visitor, stripe_here)
    stripe_here.do("pay_out")

    def away(_id):
        raise client.Unclear("away")

    with monkeypatch.context() as patch:
        patch.setattr(payout_client, "lines", away)
        assert read().failed == 1
    row = db.session.query(StripePayout).one()
    assert row.read_at is None
    make.sign_in(visitor, "finance")
    assert "de delen komen nog" in visitor.get("/team/bestellingen/uitbetalingen/").text
    read()
    assert db.session.query(PayoutLine).count() == 1


def test_finance_reads_it_and_takes_it_along(visitor, stripe_here):
    order = paid(visitor, stripe_here)
    stripe_here.do("pay_out")
    read()
    row = db.session.query(StripePayout).one()
    make.sign_in(visitor, "finance")
    address = f"/team/bestellingen/uitbetalingen/{row.payout_id}"
    assert f'href="{address}"' in visitor.get("/team/bestellingen/uitbetalingen/").text
    assert order.code in visitor.get(address).text
    lines = visitor.get(f"{address}.csv").text.splitlines()
    assert len(lines) == 2
    assert order.code in lines[1]
    assert visitor.get("/team/bestellingen/uitbetalingen/po_none").status_code == 404
    make.sign_in(visitor, "checkin")
    assert visitor.get(address).status_code == 403


def test_the_doctor_asks_whether_the_key_may_read_payouts(monkeypatch):
    asked = []

    def refused(**since):
        asked.append(since)
        raise client.StripeRefused("no permission for payouts")

    monkeypatch.setattr(payout_client, "payouts", refused)
    [fault] = account_checks.faults()
    assert "no permission for payouts" in fault
    assert asked

"""Webhook, return page and poller bring the same news at once; an order lapses while it is paid."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.mail.models import Letter
from festival.payments.models import Payment, Refund
from festival.payments.rules import lapsing, refunding
from festival.payments.stripe import client, paying, rules
from festival.payments.stripe.client import Checkout, Dispute, Knock, MoneyBack
from festival.payments.stripe.models import PaymentAttempt, StripeEvent
from festival.tickets.models import Order, Pool
from tests.make import NOW
from tests.payments.stripe.play import CENTS, LAPSES, at, unpaid_order
from tests.races.at_once import answer, at_once


@pytest.fixture
def order(any_app):
    del any_app
    return unpaid_order(capacity=2)


def attempt_of(order, **values):
    row = PaymentAttempt(
        **{
            "order_id": order.id,
            "number": 1,
            "state": "open",
            "amount_cents": CENTS,
            "language": "nl",
            "excludes_slow": False,
            "begun_at": NOW,
            "expires_at": NOW,
            "session_id": f"cs_{order.id}",
            **values,
        }
    )
    db.session.add(row)
    db.session.commit()
    return row


def told(order, state="paid", **values):
    return Checkout(
        id=f"cs_{order.id}",
        state=state,
        url="",
        amount_cents=CENTS,
        order_code=order.code,
        attempt=1,
        intent_id=f"pi_{order.id}",
        method="ideal",
        **values,
    )


def test_sixteen_bring_the_same_news_and_it_is_one_payment(any_app):
    """Each at its own second, and some with what was true before."""
    for _ in range(3):
        order = unpaid_order(capacity=2)
        order_id, attempt_id = order.id, attempt_of(order).id
        news = [told(order), told(order, "open"), told(order), told(order, "processing")]

        def settle(n, attempt_id=attempt_id, news=news):
            attempt = db.session.get(PaymentAttempt, attempt_id)
            now = NOW + timedelta(seconds=n)
            return answer(rules.settle_attempt, attempt, news[n % 4], now=now)

        assert at_once(any_app, settle, 16) == ["yes"] * 16
        assert db.session.get(Order, order_id).state == "confirmed"
        assert db.session.get(PaymentAttempt, attempt_id).state == "paid"
        assert db.session.query(Payment).filter_by(order_id=order_id).count() == 1
        assert db.session.query(Letter).filter_by(to=order.email).count() == 1


def test_eight_bring_news_of_one_refund_and_one_dispute(any_app, order):
    attempt_id = attempt_of(order).id
    news = told(
        order,
        refunds=(MoneyBack("re_1", 1000, "succeeded", ""),),
        disputes=(Dispute("du_1", CENTS - 1000, "needs_response"),),
    )

    def settle(_n):
        return answer(
            rules.settle_attempt, db.session.get(PaymentAttempt, attempt_id), news, now=NOW
        )

    assert at_once(any_app, settle, 8) == ["yes"] * 8
    assert sorted(each.amount_cents for each in db.session.query(Refund)) == [1000, CENTS - 1000]


def test_an_order_lapses_at_the_instant_at_which_its_money_is_seen(any_app):
    for _ in range(4):
        order = unpaid_order(capacity=2)
        attempt_id, news, order_id = attempt_of(order).id, told(order), order.id
        pool_id = order.tickets[0].type.pool_id

        def either(n, order_id=order_id, attempt_id=attempt_id, news=news):
            if n % 2:
                return lapsing.lapse_order(db.session.get(Order, order_id), now=LAPSES)
            attempt = db.session.get(PaymentAttempt, attempt_id)
            return answer(rules.settle_attempt, attempt, news, now=LAPSES)

        answers = at_once(any_app, either, 8)
        assert True not in answers  # whoever may be paying at this moment keeps the order
        assert db.session.get(Order, order_id).state == "confirmed"
        assert db.session.get(Pool, pool_id).taken == 2
        assert db.session.query(Payment).filter_by(order_id=order_id).count() == 1


def test_an_order_lapses_at_the_instant_at_which_somebody_begins_to_pay(any_app):
    """Either it lapsed, or somebody is paying: never both."""
    for _ in range(4):
        order_id = unpaid_order(capacity=2).id

        def either(n, order_id=order_id):
            order = db.session.get(Order, order_id)
            if n % 2:
                return lapsing.lapse_order(order, now=NOW)
            return answer(rules.begin_attempt, order, now=NOW)

        answers = at_once(any_app, either, 8)
        lapsed = db.session.get(Order, order_id).state == "lapsed"
        begun = db.session.query(PaymentAttempt).filter_by(order_id=order_id).count()
        assert (lapsed, begun) in {(True, 0), (False, 1)}
        assert answers.count(True) == lapsed


def test_sixteen_clicks_begin_one_attempt(any_app, order):
    order_id = order.id
    answers = at_once(
        any_app, lambda _: answer(rules.begin_attempt, db.session.get(Order, order_id), now=NOW)
    )
    assert set(answers) == {"yes"}
    assert db.session.query(PaymentAttempt).count() == 1


def test_one_event_that_comes_sixteen_times_is_kept_once(any_app, order):
    del order
    for number in range(6):
        knock = Knock(f"evt_{number}", "checkout.session.completed", False, "cs_1", "")
        answers = at_once(any_app, lambda _, knock=knock: rules.receive_event(knock, now=NOW))
        assert answers.count(True) == 1
        assert db.session.query(StripeEvent).filter_by(event_id=knock.event_id).count() == 1


def test_a_payment_goes_back_once_however_many_ask(any_app, order):
    attempt_id = attempt_of(order).id
    rules.settle_attempt(db.session.get(PaymentAttempt, attempt_id), told(order), now=NOW)
    payment_id = db.session.query(Payment).one().id

    def ask(n):
        payment = db.session.get(Payment, payment_id)
        return answer(refunding.request_refund, payment.order, CENTS // 2, "", f"form {n}", now=NOW)

    answers = at_once(any_app, ask, 8)
    assert answers.count("yes") == 2
    assert db.session.query(Refund).count() == 2


def test_eight_visitors_of_the_return_page_ask_stripe_at_once(any_app, order, play_money):
    play_money.connect(any_app, now=NOW)
    paying.start(order, at(NOW))
    attempt = db.session.query(PaymentAttempt).one()
    play_money.do("pay", id=attempt.session_id)
    attempt_id = attempt.id
    assert client.is_on()

    def ask(_n):
        return paying.ask(db.session.get(PaymentAttempt, attempt_id), at(NOW)).state

    assert at_once(any_app, ask, 8) == ["paid"] * 8
    assert db.session.query(Payment).count() == 1

"""Money for an order that lapsed, while its places are offered to whoever waits in line.

An offer that went out stands; until then who paid comes before who waits. See docs/decisions.md.
"""

from festival.db import db
from festival.home import consistency_checks
from festival.mail.models import Letter
from festival.payments.models import Payment, Refund
from festival.payments.stripe import rules
from festival.payments.stripe.models import PaymentAttempt
from festival.tickets.holds.models import Hold
from festival.tickets.models import Order, Pool
from festival.tickets.waiting import rules as waiting
from festival.tickets.waiting.models import TicketWait
from tests import make
from tests.payments.stripe.play import unpaid_order
from tests.races.at_once import answer, at_once
from tests.races.test_lapse_against_payment import LATER, lapse
from tests.races.test_paying_at_stripe import attempt_of, told

ROUNDS = 4


def test_the_last_places_are_of_who_paid_late_or_of_who_was_offered_them(any_app):
    """Whoever is first has both places; the other has their money back, or waits on."""
    for _ in range(ROUNDS):
        order = unpaid_order(capacity=2)
        wait = make.wait(order.tickets[0].type, 2)
        assert lapse(order.id)
        attempt_id = attempt_of(order, state="expired").id
        order_id, wait_id, pool_id = order.id, wait.id, order.tickets[0].type.pool_id
        news = told(order)

        def either(n, attempt_id=attempt_id, wait_id=wait_id, news=news):
            if n % 2:
                return answer(waiting.offer_places, wait_id, now=LATER)
            attempt = db.session.get(PaymentAttempt, attempt_id)
            return answer(rules.settle_attempt, attempt, news, now=LATER)

        answers = at_once(any_app, either, 4)
        assert answers[::2] == ["yes", "yes"]
        order, wait = db.session.get(Order, order_id), db.session.get(TicketWait, wait_id)
        letters = [
            name
            for (name,) in db.session.query(Letter.name)
            .filter_by(to=order.email)
            .order_by(Letter.id)
        ]
        refunds = db.session.query(Refund).filter_by(order_id=order_id).count()
        assert db.session.query(Payment).filter_by(order_id=order_id).count() == 1
        if order.state == "confirmed":
            assert set(answers[1::2]) == {"TooFewToOffer"}
            assert (wait.state, refunds) == ("waiting", 0)
            assert letters == ["payments/order_lapsed", "payments/payment_received"]
        else:
            assert sorted(answers[1::2]) == ["NotInLine", "yes"]
            assert (order.state, wait.state, refunds) == ("lapsed", "offered", 1)
            assert letters == ["payments/order_lapsed", "payments/paid_too_late"]
        kept = db.session.query(Hold).filter_by(secret=wait.secret).count()
        assert kept == (wait.state == "offered")
        assert db.session.get(Pool, pool_id).taken == 2
        assert consistency_checks.pools() == consistency_checks.endings() == []


def test_who_paid_late_comes_before_who_was_not_offered_anything_yet(any_app):
    order = unpaid_order(capacity=2)
    wait = make.wait(order.tickets[0].type)
    assert lapse(order.id)
    rules.settle_attempt(attempt_of(order, state="expired"), told(order), now=LATER)
    assert (order.state, wait.state) == ("confirmed", "waiting")
    assert answer(waiting.offer_places, wait.id, now=LATER) == "TooFewToOffer"


def test_an_offer_stands_whoever_pays_late(any_app):
    order = unpaid_order(capacity=2)
    wait = make.wait(order.tickets[0].type)
    assert lapse(order.id)
    waiting.offer_places(wait.id, now=LATER)
    rules.settle_attempt(attempt_of(order, state="expired"), told(order), now=LATER)
    assert (order.state, wait.state) == ("lapsed", "offered")
    assert db.session.query(Refund).one().state == "requested"

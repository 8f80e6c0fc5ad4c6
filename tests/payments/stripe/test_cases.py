"""Every event times every state of the order: what comes of it, whoever brings the news."""

from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.models import Payment, Refund
from festival.payments.rules import cancelling, lapsing, recording, refunding
from festival.payments.stripe import paying, rules, sweeps
from festival.payments.stripe.models import PaymentAttempt, StripeEvent
from festival.tickets.models import Order, Pool
from tests.make import NOW
from tests.payments.stripe.play import CENTS, at, begun, knock, state_of, unpaid_order
from tests.simulator import post_event

PAID = ("confirmed", CENTS, ["payment_received"])


@pytest.fixture(autouse=True)
def three_weeks_before(monkeypatch, stripe_here):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    stripe_here.do("clock", now=NOW.timestamp())


class Case:
    """An order with an open payment page, and what can happen to it."""

    def __init__(self, client, simulator):
        self.client, self.simulator = client, simulator
        self.order = unpaid_order(capacity=2)
        self.attempt = begun(self.order)

    def buyer(self, *does):
        for what in does:
            self.simulator.do(what, id=self.attempt.session_id)

    def stripe(self, what, **values):
        intent_id = db.session.get(PaymentAttempt, self.attempt.id).intent_id
        return self.simulator.do(what, id=intent_id, **values)

    def tell(self, *kinds, **how):
        return knock(self.client, self.simulator, *kinds, **how)

    def come_back(self):
        return self.client.get(f"/bestelling/{self.order.secret}/betaald")

    def poll(self, later=timedelta(minutes=11)):
        db.session.rollback()
        return sweeps.ask_stripe(at(NOW + later))

    def lapse(self):
        """The order lapses although somebody is paying: what must be mended afterwards."""
        db.session.execute(db.update(PaymentAttempt).values(state="expired"))
        db.session.commit()
        assert lapsing.lapse_order(self.order, now=NOW)
        db.session.execute(db.update(PaymentAttempt).values(state="open"))
        db.session.commit()

    def cancel(self):
        cancelling.cancel_order(self.order, now=NOW)

    def let_others_order(self):
        db.session.execute(db.update(Pool).values(taken=1))
        db.session.commit()

    def send_refunds(self):
        for id in db.session.scalars(db.select(Refund.id)):
            sweeps.send_refund(id)


@pytest.fixture
def case(visitor, stripe_here):
    return Case(visitor, stripe_here)


# What happens in turn, and what the order's state, its money and the buyer's letters are then.
CASES = {
    "paid, told by the webhook": (lambda c: (c.buyer("pay"), c.tell()), PAID),
    "told twice": (lambda c: (c.buyer("pay"), c.tell(times=2)), PAID),
    "told once more, days later": (lambda c: (c.buyer("pay"), c.tell(), c.tell()), PAID),
    "seen by the page that one comes back to": (lambda c: (c.buyer("pay"), c.come_back()), PAID),
    "seen there before the webhook": (lambda c: (c.buyer("pay"), c.come_back(), c.tell()), PAID),
    "seen there after the webhook": (lambda c: (c.buyer("pay"), c.tell(), c.come_back()), PAID),
    "tab closed, no webhook: the poller": (lambda c: (c.buyer("pay"), c.poll()), PAID),
    "all three": (lambda c: (c.buyer("pay"), c.poll(), c.come_back(), c.tell(), c.poll()), PAID),
    "nothing happens": (lambda c: (c.come_back(), c.poll()), ("pending", 0, [])),
    "expired": (lambda c: (c.buyer("expire"), c.tell()), ("pending", 0, [])),
    "expired, then paid on a new page": (
        lambda c: (
            c.buyer("expire"),
            c.tell(),
            setattr(c, "attempt", begun(c.order)),
            c.buyer("pay"),
            c.tell(reverse=True),
        ),
        PAID,
    ),
    "completed but unpaid": (lambda c: (c.buyer("pay_later"), c.tell()), ("pending", 0, [])),
    "completed, then succeeded": (lambda c: (c.buyer("pay_later", "settle"), c.tell()), PAID),
    "the same out of order": (
        lambda c: (c.buyer("pay_later", "settle"), c.tell(reverse=True)),
        PAID,
    ),
    "completed, then failed": (
        lambda c: (c.buyer("pay_later", "settle_not"), c.tell(reverse=True, times=2)),
        ("pending", 0, ["payment_failed"]),
    ),
    "failed, then paid on a new page": (
        lambda c: (
            c.buyer("pay_later", "settle_not"),
            c.tell(),
            setattr(c, "attempt", begun(c.order)),
            c.buyer("pay"),
            c.tell(),
        ),
        ("confirmed", CENTS, ["payment_failed", "payment_received"]),
    ),
    "paid after it lapsed, with tickets left": (
        lambda c: (c.buyer("pay"), c.lapse(), c.tell()),
        ("confirmed", CENTS, ["order_lapsed", "payment_received"]),
    ),
    "paid after it lapsed, sold out": (
        lambda c: (c.buyer("pay"), c.lapse(), c.let_others_order(), c.tell(), c.send_refunds()),
        ("lapsed", 0, ["order_lapsed", "paid_too_late"]),
    ),
    "paid after it was cancelled": (
        lambda c: (c.buyer("pay"), c.cancel(), c.tell(times=2), c.send_refunds()),
        ("cancelled", 0, ["order_cancelled", "paid_after_cancelling"]),
    ),
    "expired after it was cancelled": (
        lambda c: (c.cancel(), c.buyer("expire"), c.tell()),
        ("cancelled", 0, ["order_cancelled"]),
    ),
    "money on its way failed after it was cancelled": (
        lambda c: (c.buyer("pay_later"), c.tell(), c.cancel(), c.buyer("settle_not"), c.tell()),
        ("cancelled", 0, ["order_cancelled"]),
    ),
    "refunded at Stripe": (
        lambda c: (c.buyer("pay"), c.tell(), c.stripe("refund"), c.tell(times=2)),
        ("confirmed", 0, ["payment_received"]),
    ),
    "refunded at Stripe in part, told before the payment": (
        lambda c: (
            c.buyer("pay"),
            c.come_back(),
            c.stripe("refund", amount=1000),
            c.tell(reverse=True),
        ),
        ("confirmed", CENTS - 1000, ["payment_received"]),
    ),
    "a refund that came back": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.simulator.do("refund_status", id=c.stripe("refund")["id"], status="succeeded"),
            c.tell(),
            c.simulator.do(
                "refund_status", id=db.session.query(Refund).one().form_key[7:], status="failed"
            ),
            c.tell(times=2),
        ),
        ("confirmed", CENTS, ["payment_received"]),
    ),
    "disputed": (
        lambda c: (c.buyer("pay"), c.tell(), c.stripe("dispute"), c.tell(times=2)),
        ("confirmed", 0, ["payment_received"]),
    ),
    "disputed and won": (
        lambda c: (
            c.buyer("pay"),
            c.tell(),
            c.simulator.do("won", id=c.stripe("dispute")["id"]),
            c.tell(reverse=True, times=2),
        ),
        ("confirmed", CENTS, ["payment_received"]),
    ),
}


@pytest.mark.parametrize(("happens", "outcome"), CASES.values(), ids=CASES.keys())
def test_what_comes_of_it(case, happens, outcome):
    happens(case)
    assert state_of(case.order) == outcome
    assert (
        db.session.query(PaymentAttempt).filter(PaymentAttempt.stuck_at.is_not(None)).count() == 0
    )


def test_every_event_was_looked_at_and_kept_once(case):
    case.buyer("pay")
    assert case.tell(times=3) == [204, 204, 204]
    [event] = db.session.query(StripeEvent).all()
    assert (event.kind, event.handled_at) == ("checkout.session.completed", NOW)


def test_an_event_that_stripe_did_not_sign_changes_nothing(case):
    case.buyer("pay")
    [event] = case.simulator.events()
    assert post_event(case.client, event, secret="whsec_of_a_stranger").status_code == 400
    assert db.session.query(StripeEvent).count() == 0
    assert state_of(case.order) == ("pending", 0, [])


@pytest.mark.parametrize("change", [{"type": "customer.created"}, {"livemode": True}])
def test_what_is_not_ours_is_taken_and_forgotten(case, change):
    """Another kind of event, or real money where play money is expected."""
    case.buyer("pay")
    [event] = case.simulator.events()
    assert post_event(case.client, event | change).status_code == 204
    assert db.session.query(StripeEvent).count() == 0


def test_an_event_about_somebody_else_s_session_is_closed(case):
    event = {
        "id": "evt_other",
        "type": "charge.refunded",
        "livemode": False,
        "data": {"object": {"object": "charge", "payment_intent": "pi_of_another_shop"}},
    }
    post_event(case.client, event)
    [row] = db.session.query(StripeEvent).all()
    sweeps.handle_event(row.id)
    assert db.session.get(StripeEvent, row.id).handled_at


def test_an_event_is_believed_only_about_what_it_is(case):
    """A signed event may say `paid`: Stripe is asked, and says otherwise."""
    case.buyer("expire")
    [event] = case.simulator.events()
    event["type"] = "checkout.session.completed"
    event["data"]["object"] |= {"status": "complete", "payment_status": "paid"}
    post_event(case.client, event)
    case.poll()
    assert state_of(case.order) == ("pending", 0, [])


def test_the_method_is_stored_as_stripe_calls_it(case):
    case.simulator.do("pay", id=case.attempt.session_id, method="wero_2031")
    case.tell()
    assert db.session.query(Payment).one().method == "wero_2031"
    assert case.client.get(f"/bestelling/{case.order.secret}").status_code == 200


def test_before_an_order_lapses_stripe_is_asked_and_the_page_is_closed(case):
    late = NOW + timedelta(days=20)
    assert sweeps.lapse_overdue(at(late)).done == 1
    assert state_of(case.order) == ("lapsed", 0, ["order_lapsed"])
    assert db.session.get(PaymentAttempt, case.attempt.id).state == "expired"
    assert case.simulator.events("checkout.session.expired")


def test_an_order_that_was_paid_unnoticed_does_not_lapse(case):
    case.buyer("pay")
    assert sweeps.lapse_overdue(at(NOW + timedelta(days=20))).done == 0
    assert state_of(case.order) == PAID


def test_an_order_whose_money_is_on_its_way_does_not_lapse(case):
    case.buyer("pay_later")
    assert sweeps.lapse_overdue(at(NOW + timedelta(days=20))).done == 0
    assert state_of(case.order)[0] == "pending"


def test_while_stripe_is_away_an_order_does_not_lapse_and_the_team_hears_once(case):
    case.simulator.do("away", away="yes")
    late = NOW + timedelta(days=20)
    for _ in range(2):
        assert sweeps.lapse_overdue(at(late)).done == 0
    assert state_of(case.order)[0] == "pending"
    letters = db.session.query(Letter).filter_by(to="hallo@example.org").all()
    assert [letter.name for letter in letters] == ["payments/payment_stuck"]
    case.simulator.do("away", away="no")
    assert sweeps.lapse_overdue(at(late)).done == 1
    assert db.session.get(PaymentAttempt, case.attempt.id).stuck_at is None


def test_an_event_waits_until_stripe_answers(case):
    case.buyer("pay")
    case.simulator.do("away", away="yes")
    [event] = case.simulator.events()
    post_event(case.client, event)
    assert case.poll().failed == 1
    case.simulator.do("away", away="no")
    case.poll()
    assert state_of(case.order) == PAID


def test_a_session_that_was_made_while_we_fell_over_is_found_again(case, monkeypatch):
    """Stripe made it, and our answer was lost: the same attempt is asked for once more."""
    order = unpaid_order(capacity=2)
    settle = rules.settle_attempt
    monkeypatch.setattr(rules, "settle_attempt", lambda *_args, **_kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        paying.start(order, at(NOW))
    monkeypatch.setattr(rules, "settle_attempt", settle)
    case.poll(timedelta(minutes=3))
    attempt = db.session.query(PaymentAttempt).filter_by(order_id=order.id).one()
    assert attempt.state == "open"
    assert begun(db.session.get(Order, order.id)).session_id == attempt.session_id


def test_money_by_bank_closes_the_page_that_is_still_open(case):
    recording.record_payment(case.order, CENTS, NOW, "bank", now=NOW)
    case.poll()
    assert db.session.get(PaymentAttempt, case.attempt.id).state == "expired"


def pay_back(cents, form_key="form"):
    """The team gives back a part of the only order. Returns what Stripe is to send."""
    [refund] = refunding.request_refund(db.session.query(Order).one(), cents, "", form_key, now=NOW)
    return refund


def test_paid_both_ways_is_seen_and_can_go_back(case, visitor):
    recording.record_payment(case.order, CENTS, NOW, "bank", now=NOW)
    case.buyer("pay")
    case.tell()
    assert state_of(case.order) == ("confirmed", 2 * CENTS, ["payment_received"])
    refund = pay_back(CENTS)
    with pytest.raises(refunding.AlreadyAsked):
        pay_back(CENTS)
    with pytest.raises(refunding.MoreThanIsThere):
        pay_back(CENTS + 1, "another form")
    sweeps.send_refund(refund.id)
    sweeps.send_refund(refund.id)
    assert db.session.get(Refund, refund.id).state == "done"
    assert state_of(case.order)[1] == CENTS
    assert len(case.simulator.events("refund.created")) == 1


def test_a_refund_that_stripe_refuses_is_shown_as_failed(case):
    case.buyer("pay")
    case.tell()
    refund = pay_back(CENTS)
    case.stripe("refund", amount=5000)
    sweeps.send_refund(refund.id)
    assert db.session.get(Refund, refund.id).state == "failed"
    assert state_of(case.order)[1] == CENTS - 5000


def test_a_refund_whose_answer_was_lost_is_sent_once(case):
    case.buyer("pay")
    case.tell()
    refund = pay_back(1000)
    # Stripe has it, and forgot the key since.
    paid = db.session.get(PaymentAttempt, case.attempt.id)
    sweeps.client.create_refund(str(refund.id), paid.intent_id, 1000)
    case.poll()
    assert db.session.get(Refund, refund.id).state == "done"
    assert len(case.simulator.events("refund.created")) == 1


def test_a_dispute_tells_the_organiser_once(case):
    case.buyer("pay")
    case.tell()
    case.stripe("dispute")
    case.tell(times=2)
    letters = db.session.query(Letter).filter_by(to="hallo@example.org").all()
    assert [letter.name for letter in letters] == ["payments/payment_disputed"]
    assert queries.balance(case.order).due_cents == CENTS


def test_less_than_stripe_takes_is_not_paid_online(case):
    recording.record_payment(case.order, CENTS - 49, NOW, "bijna alles", now=NOW)
    paying.close_all(case.order, at(NOW))
    with pytest.raises(rules.TooLittleOnline, match="0,50"):
        paying.start(case.order, at(NOW))
    page = case.client.get(f"/bestelling/{case.order.secret}").text
    assert "Betaal nu" not in page
    assert "over" in page

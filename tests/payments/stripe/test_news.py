"""News from Stripe in particular: what is believed, what waits, and what goes back once."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.mail.models import Letter
from festival.payments import queries, refund_ways
from festival.payments.models import Payment, Refund
from festival.payments.rules import recording, refunding
from festival.payments.stripe import paying, rules, sweeps
from festival.payments.stripe.models import PaymentAttempt, StripeEvent
from festival.tickets.models import Order
from tests.make import NOW
from tests.payments.stripe.case import Case
from tests.payments.stripe.play import CENTS, at, begun, state_of, unpaid_order
from tests.simulator import post_event

PAID = ("confirmed", CENTS, ["payment_received"])


@pytest.fixture
def case(app, play_money, monkeypatch):
    return Case(app, play_money, monkeypatch)


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


@pytest.mark.parametrize(("age", "status"), [(290, 204), (301, 400)])
def test_a_genuine_event_is_taken_for_five_minutes(case, age, status):
    """Whoever recorded one cannot send it again later."""
    case.buyer("pay")
    [event] = case.simulator.events()
    assert post_event(case.client, event, age=age).status_code == status
    assert db.session.query(StripeEvent).count() == (status == 204)


@pytest.mark.parametrize("change", [{"type": "customer.created"}, {"livemode": True}])
def test_what_is_not_ours_is_taken_and_forgotten(case, change):
    """Another kind of event, or real money where play money is expected."""
    case.buyer("pay")
    [event] = case.simulator.events()
    assert post_event(case.client, event | change).status_code == 204
    assert db.session.query(StripeEvent).count() == 0


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("charge.refunded", {"object": "charge", "payment_intent": "pi_of_another_shop"}),
        ("checkout.session.completed", {"object": "checkout.session", "id": "cs_of_nobody"}),
    ],
)
def test_an_event_about_what_stripe_does_not_know_is_closed(case, kind, about):
    event = {"id": "evt_other", "type": kind, "livemode": False, "data": {"object": about}}
    assert post_event(case.client, event).status_code == 204
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
    case.poll(minutes=3)
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


def test_a_refund_that_stripe_refuses_is_shown_as_failed(case, monkeypatch):
    """Stripe knew sooner than we did that so much is not there any more."""
    monkeypatch.setattr(refund_ways, "is_owed", lambda _refund: True)
    case.buyer("pay")
    case.tell()
    refund = pay_back(CENTS)
    case.at_stripe("refund", amount=5000)
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
    case.at_stripe("dispute")
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

"""A way out of a stuck attempt, and news of refunds and disputes whose webhook was lost."""

from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.payments.models import Payment, Refund
from festival.payments.rules import lapsing
from festival.payments.stripe import paying, queries, rules, sweeps
from festival.payments.stripe.models import PaymentAttempt
from festival.team.models import AuditEntry
from tests import make
from tests.make import NOW
from tests.payments.stripe.play import CENTS, LAPSES, at, begun, state_of, unpaid_order

LATER = NOW + timedelta(days=2)


@pytest.fixture(autouse=True)
def _three_weeks_before(monkeypatch, stripe_here):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    stripe_here.do("clock", now=NOW.timestamp())


@pytest.fixture
def order(app):
    return unpaid_order(capacity=4)


@pytest.fixture
def finance(visitor):
    make.sign_in(visitor, "finance")
    return visitor


def unknown(order):
    """An attempt of which Stripe knows nothing, as after a change of account."""
    attempt = begun(order)
    session_id = attempt.session_id
    db.session.execute(db.update(PaymentAttempt).values(session_id="cs_test_onbekend"))
    db.session.commit()
    rules.mark_stuck(attempt, "No such checkout.session", now=NOW)
    return attempt, session_id


def give_up(client, order, reason="Staat niet bij Stripe"):
    address = f"/team/bestellingen/{order.code}/poging/1/opgeven"
    return client.get(client.post(address, data={"reason": reason}).location).text


def test_what_stripe_does_not_know_is_given_up_with_a_reason(finance, order):
    attempt, _ = unknown(order)
    page = finance.get(f"/team/bestellingen/{order.code}").text
    assert "Geef poging 1 op" in page
    assert "Schrijf op waarom" in give_up(finance, order, " ")
    assert queries.stuck() == 1
    page = give_up(finance, order)
    assert "De poging is opgegeven" in page
    assert "opgegeven: Staat niet bij Stripe" in page
    assert "Geef poging 1 op" not in page
    attempt = db.session.get(PaymentAttempt, attempt.id)
    assert (attempt.state, attempt.stuck_at, queries.stuck()) == ("expired", None, 0)
    verbs = db.session.query(AuditEntry.verb, AuditEntry.details).all()
    assert ("give_up_attempt", {"number": 1, "reason": "Staat niet bij Stripe"}) in verbs
    assert "zit niet (meer) vast" in give_up(finance, order), "a second click"


def test_the_order_goes_on_it_is_paid_again_or_lapses(finance, order):
    unknown(order)
    sweeps.lapse_overdue(at(LAPSES + timedelta(days=1)))
    assert state_of(order)[0] == "pending", "while it is stuck"
    give_up(finance, order)
    assert begun(order).number == 2
    db.session.execute(db.update(PaymentAttempt).values(state="expired"))
    db.session.commit()
    assert lapsing.lapse_order(order, now=LAPSES + timedelta(days=1))


def test_money_that_comes_after_all_is_recorded(finance, order, stripe_here):
    attempt, session_id = unknown(order)
    give_up(finance, order)
    db.session.execute(db.update(PaymentAttempt).values(session_id=session_id))
    db.session.commit()
    stripe_here.do("pay", id=session_id)
    paying.ask(db.session.get(PaymentAttempt, attempt.id), at(NOW))
    assert state_of(order)[:2] == ("confirmed", CENTS)


def test_what_stripe_does_know_is_not_given_up(finance, order, stripe_here):
    attempt = begun(order)
    rules.mark_stuck(attempt, "APIConnectionError", now=NOW)
    stripe_here.do("pay", id=attempt.session_id)
    assert "Stripe gaf toch antwoord" in give_up(finance, order)
    assert state_of(order)[:2] == ("confirmed", CENTS)


def test_while_stripe_is_silent_one_waits_three_days(finance, order, stripe_here, monkeypatch):
    attempt = begun(order)
    rules.mark_stuck(attempt, "APIConnectionError", now=NOW)
    stripe_here.do("away", away="yes")
    assert "Stripe antwoordt nu niet" in give_up(finance, order)
    assert queries.stuck() == 1
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=3))
    assert "De poging is opgegeven" in give_up(finance, order)


def test_an_attempt_that_never_got_a_session_is_let_go(finance, order, monkeypatch):
    attempt = rules.begin_attempt(order, now=NOW)
    rules.mark_stuck(attempt, "APIConnectionError", now=NOW)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    assert "De poging is opgegeven" in give_up(finance, order)
    assert queries.stuck() == 0
    attempt = db.session.get(PaymentAttempt, attempt.id)
    assert (attempt.state, attempt.problem) == ("expired", "Staat niet bij Stripe")


def paid(order, stripe_here):
    attempt = begun(order)
    stripe_here.do("pay", id=attempt.session_id)
    paying.ask(attempt, at(NOW))
    return db.session.get(PaymentAttempt, attempt.id)


@pytest.mark.parametrize("what", ["refund", "dispute"])
def test_a_lost_webhook_about_money_that_went_back_is_made_up_for(order, stripe_here, what):
    attempt = paid(order, stripe_here)
    stripe_here.do(what, id=attempt.intent_id, amount=1000)
    sweeps.ask_stripe(at(NOW + timedelta(hours=23)))
    assert db.session.query(Refund).count() == 0, "once a day is enough"
    sweeps.ask_stripe(at(NOW + timedelta(hours=25)))
    assert db.session.query(Refund).count() == 1
    sweeps.ask_stripe(at(NOW + timedelta(days=3)))
    assert db.session.query(Refund).count() == 1


def test_paid_money_is_asked_about_for_as_long_as_it_can_go_back(order, stripe_here):
    attempt = paid(order, stripe_here)
    for days, expected in ((0, []), (2, [attempt.id]), (149, [attempt.id]), (151, [])):
        assert queries.paid_attempts_to_ask(now=NOW + timedelta(days=days)) == expected, days


def test_without_an_answer_the_next_day_is_soon_enough(order, stripe_here):
    """And the payment is not stuck: it came in."""
    attempt = paid(order, stripe_here)
    stripe_here.do("away", away="yes")
    sweeps.ask_stripe(at(LATER))
    assert queries.paid_attempts_to_ask(now=LATER) == []
    assert db.session.get(PaymentAttempt, attempt.id).stuck_at is None
    assert db.session.query(Payment).count() == 1


def test_the_list_of_online_payments_is_found_from_the_orders(finance, order):
    assert 'href="/team/bestellingen/online"' in finance.get("/team/bestellingen/").text


def test_who_pays_online_reads_what_stripe_gets(app, visitor, order):
    for path, words in (("/privacy", "adres van de pagina"), ("/en/privacy", "order code")):
        page = visitor.get(path).text
        assert "https://stripe.com/privacy" in page, path
        assert words in page.replace("code of your order", "order code"), path


def test_without_online_payment_stripe_is_not_named(app, visitor, order):
    app.config["STRIPE_SECRET_KEY"] = ""
    assert "Stripe" not in visitor.get("/privacy").text

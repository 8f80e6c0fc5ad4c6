"""What buyers and the team see of paying online."""

import pytest

from festival import clock
from festival.db import db
from festival.home import doctor
from festival.payments import queries
from festival.payments.models import Payment, Refund
from festival.payments.rules import refunding
from festival.payments.stripe import account_checks, client, rules, sweeps
from festival.payments.stripe.models import PaymentAttempt
from tests import make
from tests.make import NOW
from tests.payments.stripe.play import CENTS, begun, state_of, unpaid_order


@pytest.fixture(autouse=True)
def three_weeks_before(monkeypatch, stripe_here):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    stripe_here.do("clock", now=NOW.timestamp())


@pytest.fixture
def order(stripe_here):
    del stripe_here
    return unpaid_order(capacity=2)


def page_of(order, *more):
    return "/".join([f"/bestelling/{order.secret}", *more])


def test_the_button_leads_to_stripe_and_back(visitor, order, stripe_here):
    page = visitor.get(page_of(order))
    assert "Betaal €\xa090,00 online" in page.text
    assert "iDEAL | Wero, kaart, Bancontact" in page.text
    assert "speelgeld" in page.text
    assert f"form-action 'self' {stripe_here.address}" in page.headers["Content-Security-Policy"]
    away = visitor.post(page_of(order, "betalen"))
    assert away.status_code == 303
    assert away.location.startswith(f"{stripe_here.address}/pay/")
    assert visitor.post(page_of(order, "betalen")).location == away.location


def test_the_words_of_the_button_are_a_setting_in_both_languages(visitor, order, app):
    assert "iDEAL | Wero, card, Bancontact" in visitor.get("/en" + page_of(order)).text
    app.config["PAY_WITH_NL"] = "wat je wilt"
    assert "wat je wilt" in visitor.get(page_of(order)).text


def test_without_a_key_there_is_bank_transfer_only(visitor, order, app):
    app.config["STRIPE_SECRET_KEY"] = ""
    page = visitor.get(page_of(order))
    assert "online" not in page.text
    assert "Maak €\xa090,00 over" in page.text
    assert "form-action 'self';" in page.headers["Content-Security-Policy"]
    assert visitor.post("/stripe/webhook", data="{}", token=False).status_code == 404


def test_stripe_hears_no_name_and_no_address(visitor, order, stripe_here):
    visitor.post(page_of(order, "betalen"))
    stripe_here.do("expire", id=db.session.query(PaymentAttempt).one().session_id)
    [event] = stripe_here.events()
    told = str(event)
    assert order.code in told
    assert order.name not in told
    assert order.email not in told


def test_when_stripe_is_away_the_buyer_hears_what_to_do(visitor, order, stripe_here):
    stripe_here.do("away", away="yes")
    answer = visitor.post(page_of(order, "betalen"))
    assert answer.status_code == 503
    assert "Er is niets afgeschreven." in answer.text
    assert state_of(order) == ("pending", 0, [])


@pytest.mark.parametrize(
    ("does", "query", "heading"),
    [
        ([], "?terug=1", "Je hebt nog niet betaald"),
        ([], "", "We wachten op je bank"),
        (["pay_later"], "", "Je betaling is onderweg"),
        (["pay_later", "settle_not"], "", "De betaling is niet gelukt"),
        (["expire"], "?terug=1", "De betaling is niet gelukt"),
    ],
)
def test_the_page_that_one_comes_back_to(visitor, order, stripe_here, does, query, heading):
    attempt = begun(order)
    for what in does:
        stripe_here.do(what, id=attempt.session_id)
    answer = visitor.get(page_of(order, "betaald") + query)
    assert f"<h1>{heading}</h1>" in answer.text
    assert ("Probeer opnieuw te betalen" in answer.text) == ("niet" in heading)


def test_who_paid_comes_back_to_tickets(visitor, order, stripe_here):
    stripe_here.do("pay", id=begun(order).session_id)
    answer = visitor.get(page_of(order, "betaald"))
    assert (answer.status_code, answer.location) == (303, page_of(order))
    assert "BETAALD" in visitor.get(page_of(order)).text


def test_the_page_looks_again_by_itself_and_stops(visitor, order):
    begun(order)
    first = visitor.get(page_of(order, "betaald"))
    assert f'content="5;url={page_of(order, "betaald")}?keer=1"' in first.text
    last = visitor.get(page_of(order, "betaald") + "?keer=12")
    assert 'http-equiv="refresh"' not in last.text
    assert "Betaal niet nog een keer" in last.text


def test_when_stripe_is_away_the_page_waits(visitor, order, stripe_here):
    begun(order)
    stripe_here.do("away", away="yes")
    assert "We wachten op je bank" in visitor.get(page_of(order, "betaald?terug=1")).text


def test_nobody_pays_twice_while_money_is_on_its_way(visitor, order, stripe_here):
    stripe_here.do("pay_later", id=begun(order).session_id)
    visitor.get(page_of(order, "betaald"))
    page = visitor.get(page_of(order)).text
    assert "je betaling is onderweg" in page
    assert "over</h2>" not in page
    assert visitor.post(page_of(order, "betalen")).status_code == 409


def test_there_is_nothing_to_pay_for_what_is_paid_or_ended(visitor, order, stripe_here):
    stripe_here.do("pay", id=begun(order).session_id)
    answer = visitor.post(page_of(order, "betalen"))
    assert answer.location == page_of(order)
    ended = unpaid_order(capacity=2)
    visitor.post(page_of(ended, "annuleren"), data={"kaartje": [t.code for t in ended.tickets]})
    answer = visitor.post(page_of(ended, "betalen"))
    assert answer.status_code == 409
    assert "Bestel opnieuw" in answer.text


def test_who_cancels_closes_the_payment_page(visitor, order, stripe_here):
    attempt = begun(order)
    visitor.post(page_of(order, "annuleren"), data={"kaartje": [t.code for t in order.tickets]})
    assert state_of(order)[0] == "cancelled"
    assert db.session.get(PaymentAttempt, attempt.id).state == "expired"
    assert stripe_here.events("checkout.session.expired")


def test_who_paid_unnoticed_cannot_cancel(visitor, order, stripe_here):
    stripe_here.do("pay", id=begun(order).session_id)
    assert (
        visitor.post(
            page_of(order, "annuleren"), data={"kaartje": [t.code for t in order.tickets]}
        ).status_code
        == 409
    )
    assert state_of(order)[:2] == ("confirmed", CENTS)


def test_near_the_festival_slow_methods_are_left_out(order, stripe_here):
    assert begun(order).excludes_slow is False
    soon = unpaid_order(capacity=2)
    stripe_here.do("clock", now=NOW.replace(day=3).timestamp())
    assert begun(soon, NOW.replace(day=3)).excludes_slow is True


def test_another_amount_opens_another_page(order):
    first = begun(order)
    make.payment(order, 1000)
    second = begun(order)
    assert (first.number, second.number, second.amount_cents) == (1, 2, CENTS - 1000)
    assert db.session.get(PaymentAttempt, first.id).state == "expired"


def test_the_team_sees_attempts_and_sends_money_back(visitor, order, stripe_here):
    stripe_here.do("expire", id=begun(order).session_id)
    visitor.get(page_of(order, "betaald"))
    stripe_here.do("pay", id=begun(order).session_id, method="bancontact")
    visitor.get(page_of(order, "betaald"))
    make.sign_in(visitor, "finance")
    address = f"/team/bestellingen/{order.code}"
    page = visitor.get(address).text
    assert "Poging 1: verlopen" in page
    assert "Poging 2: betaald, bancontact" in page
    refunding.request_refund(order, 2500, "Eén dag minder", "een", now=NOW)
    assert "wordt teruggestort" in visitor.get(address).text
    sweeps.send_refund(db.session.query(Refund).one().id)
    assert state_of(order)[1] == CENTS - 2500
    assert queries.balance(order).due_cents == 0, "it costs so much less"


def test_the_team_sees_what_is_stuck_and_asks_again(visitor, order, stripe_here):
    attempt = begun(order)
    rules.mark_stuck(attempt, "APIConnectionError", now=NOW)
    make.sign_in(visitor, "organiser")
    assert "betaling waarvan niemand weet of die er is" in visitor.get("/team/").text
    page = visitor.get("/team/bestellingen/online?state=stuck").text
    assert order.code in page
    assert "niemand weet het" in page
    stripe_here.do("pay", id=attempt.session_id)
    visitor.post(f"/team/bestellingen/{order.code}/poging/1/navragen")
    assert db.session.query(Payment).one().amount_cents == CENTS
    assert order.code not in visitor.get("/team/bestellingen/online?state=stuck").text
    assert order.code in visitor.get("/team/bestellingen/online").text


def test_the_team_hears_that_stripe_is_away(visitor, order, stripe_here):
    begun(order)
    make.sign_in(visitor, "finance")
    stripe_here.do("away", away="yes")
    address = f"/team/bestellingen/{order.code}/poging/1/navragen"
    answer = visitor.post(address)
    assert "Stripe antwoordt niet" in visitor.get(answer.location).text


def test_the_doctor_looks_at_the_account(app, stripe_here):
    stripe_here.do("webhooks", url="http://localhost/stripe/webhook")
    assert account_checks.faults() == []
    assert [level for level, _ in doctor._stripe(NOW)] == ["good"]
    stripe_here.do("webhooks", url="http://elsewhere.example.org/stripe/webhook")
    assert account_checks.faults() == [
        "No webhook endpoint has the address http://localhost/stripe/webhook."
    ]
    app.config["STRIPE_WEBHOOK_SECRET"] = "sk_test_1"
    assert "STRIPE_WEBHOOK_SECRET is no secret" in account_checks.faults()[0]
    stripe_here.do("away", away="yes")
    assert "does not let us in" in account_checks.faults()[0]


@pytest.mark.parametrize(
    ("endpoint", "fault"),
    [
        ({"is_enabled": False}, "is switched off"),
        ({"events": frozenset(client.EVENTS[1:])}, f"does not send {client.EVENTS[0]}"),
        ({"api_version": "2020-08-27"}, "another version"),
    ],
)
def test_the_doctor_knows_what_is_wrong_with_an_endpoint(monkeypatch, app, endpoint, fault):
    good = {
        "url": "http://localhost/stripe/webhook",
        "is_enabled": True,
        "events": frozenset({"*"}),
        "api_version": client.API_VERSION,
    }
    monkeypatch.setattr(client, "endpoints", lambda: [client.Endpoint(**good)])
    assert account_checks.faults() == []
    monkeypatch.setattr(client, "endpoints", lambda: [client.Endpoint(**good | endpoint)])
    assert fault in account_checks.faults()[0]
    del app


def test_the_doctor_knows_a_key_of_the_other_mode(monkeypatch, app):
    monkeypatch.setattr(client, "is_live_mode", lambda: True)
    assert "other mode" in account_checks.faults()[0]
    app.config["PRODUCTION"] = True
    monkeypatch.setattr(client, "is_live_mode", lambda: False)
    assert "this is production" in account_checks.faults()[0]

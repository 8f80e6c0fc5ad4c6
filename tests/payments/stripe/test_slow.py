"""While Stripe is slow, only the pages that ask it something wait, and few of those at a time."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.mail.models import Letter
from festival.payments.rules import cancelling
from festival.payments.stripe import client, paying, sweeps
from festival.payments.stripe.models import PaymentAttempt
from tests.conftest import Browser
from tests.make import NOW
from tests.payments.stripe.play import begun, state_of, unpaid_order

THREADS_OF_A_SERVER = 4


@pytest.fixture
def slow(monkeypatch, postgres_app, play_money):
    """Eight buyers stand on Stripe's page, and Stripe takes three seconds for each answer."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    play_money.connect(postgres_app, now=NOW)
    orders = [unpaid_order(capacity=2) for _ in range(8)]
    attempts = [begun(order) for order in orders]
    play_money.do("slow", seconds=3)
    yield postgres_app, [f"/bestelling/{order.secret}" for order in orders], attempts
    play_money.do("slow", seconds=0)


def look(app, path, *, post=False):
    """Ask for a page. Returns its status, its text, and how many seconds it took."""
    app.test_client_class = Browser
    with app.app_context():
        begun_at, visitor = time.monotonic(), app.test_client()
        answer = visitor.post(path) if post else visitor.get(path)
        db.session.remove()
        return answer.status_code, answer.text, time.monotonic() - begun_at


@pytest.mark.parametrize("way", ["betaald", "betalen"])
def test_others_get_their_pages_while_eight_buyers_wait_for_stripe(slow, way):
    app, pages, _attempts = slow
    look(app, "/kaartjes")  # read once, so that what is measured below is waiting
    with ThreadPoolExecutor(THREADS_OF_A_SERVER) as server:
        began = time.monotonic()
        buyers = [
            server.submit(look, app, f"{page}/{way}", post=way == "betalen") for page in pages
        ]
        other = server.submit(look, app, "/kaartjes")
        assert other.result()[0] == 200
        waited = time.monotonic() - began
        answers = [buyer.result() for buyer in buyers]
    assert waited < 2.5, "less than one answer of Stripe's"
    told = [text for _status, text, seconds in answers if seconds < 2]
    assert len(told) >= 5
    if way == "betaald":
        assert {status for status, _text, _seconds in answers} == {200}
        assert all("We kijken na of je betaling binnen is" in text for text in told)
    else:
        assert all("Er is niets afgeschreven" in text for text in told)


def test_a_page_asks_once_and_not_for_long(slow, play_money):
    app, pages, _attempts = slow
    play_money.do("slow", seconds=30)
    assert client.VISITOR_SECONDS < 6
    status, text, seconds = look(app, f"{pages[0]}/betaald")
    assert (status, seconds < client.VISITOR_SECONDS + 2) == (200, True)
    assert "We kijken na of je betaling binnen is" in text


def test_one_attempt_is_asked_about_once_in_a_few_seconds(slow, monkeypatch):
    app, pages, _attempts = slow
    asked = []
    monkeypatch.setattr(client, "fetch_checkout", lambda id: asked.append(id) or _unclear())
    for _ in range(5):
        assert look(app, f"{pages[0]}/betaald")[0] == 200
    look(app, f"{pages[1]}/betaald")
    assert len(asked) == 2


def _unclear():
    raise client.Unclear("APIConnectionError")


def test_who_cancels_while_it_is_busy_does_not_alarm_the_team(slow, monkeypatch, play_money):
    """The worker closes the page soon after."""
    _app, _pages, attempts = slow
    order, attempt_id = attempts[0].order, attempts[0].id
    with monkeypatch.context() as busy:
        busy.setattr(client, "fetch_checkout", _busy)
        paying.close_all(order, lambda: NOW)
    cancelling.cancel_own_tickets(order, [each.code for each in order.tickets], now=NOW)
    attempt = db.session.get(PaymentAttempt, attempt_id)
    assert (state_of(order)[0], attempt.state, attempt.stuck_at) == ("cancelled", "open", None)
    assert not [name for name in db.session.scalars(db.select(Letter.name)) if "stuck" in name]
    play_money.do("slow", seconds=0)
    sweeps.ask_stripe(lambda: NOW + timedelta(minutes=15))
    assert db.session.get(PaymentAttempt, attempt_id).state == "expired"


def _busy(_id):
    raise client.Busy("busy")

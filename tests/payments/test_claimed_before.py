"""A free ticket that is claimed twice: who is told and asked, and who learns nothing."""

import pytest

from festival import clock
from festival.db import db
from festival.mail.models import Letter
from festival.payments.rules import cancelling
from festival.tickets.models import Order
from tests import make
from tests.make import NOW
from tests.payments.test_views import filled, order_of

URL = "/bestellen?n-bewoner=1"
TOLD = "Op dit toestel bestelde je al een gratis kaartje"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def claim(visitor):
    """Orders a free ticket in the browser of `visitor`."""
    make.ticket_type(slug="bewoner")

    def order(**fields):
        return visitor.post(URL, data=filled(visitor.get(URL).text, **fields))

    return order


def test_a_second_claim_on_this_device_is_told_and_asked(visitor, claim):
    first = order_of(claim())
    asked = claim()
    assert asked.status_code == 409
    assert TOLD in asked.text
    assert f'href="/bestelling/{first.secret}"' in asked.text
    assert db.session.query(Order).count() == 1
    # Knowingly another one: what the page asked is answered by ordering once more.
    assert 'name="nog-een" value="1"' in asked.text
    again = order_of(visitor.post(URL, data=filled(asked.text, nog_een="1")))
    assert again.id != first.id


def test_somebody_who_types_an_address_learns_nothing(app, claim):
    first = order_of(claim())
    stranger = app.test_client()
    other = order_of(stranger.post(URL, data=filled(stranger.get(URL).text)))
    page = stranger.get(f"/bestelling/{other.secret}").text
    assert first.secret not in page
    assert "eerste" not in page
    # The owner of the mailbox is told, and nobody else.
    letters = db.session.query(Letter).order_by(Letter.id).all()
    assert [f"/bestelling/{first.secret}" in each.body_text for each in letters] == [True, True]
    assert ["Je had al een kaartje" in each.body_text for each in letters] == [False, True]
    assert {each.to for each in letters} == {first.email}


def test_another_address_or_an_order_that_ended_is_not_asked_about(claim):
    first = order_of(claim())
    order_of(claim(email="zoe@example.org"))
    cancelling.cancel_order(first, now=NOW)
    order_of(claim())


def test_a_priced_ticket_is_not_asked_about(visitor):
    make.ticket_type(slug="weekend", price_cents=4500)
    url = "/bestellen?n-weekend=1"
    for _ in range(2):
        order_of(visitor.post(url, data=filled(visitor.get(url).text)))


def test_a_double_click_is_not_asked_about(visitor, claim):
    data = filled(visitor.get(URL).text)
    first, second = (visitor.post(URL, data=data) for _ in range(2))
    assert first.location == second.location

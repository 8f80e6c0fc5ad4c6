"""A lunch and a T-shirt, sold at the gate with the tickets."""

from dataclasses import replace

import pytest

from festival.db import db
from festival.doorsales import rules
from festival.payments.models import Payment
from festival.tickets.extras.models import Extra, OrderedExtra
from festival.tickets.extras.taking import ExtraRequest, SumChanged
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.doorsales.conftest import MORNING, door_type
from tests.doorsales.test_pages import TYPE, sell


@pytest.fixture(autouse=True)
def _offer(app):
    door_type()
    make.extra(slug="lunch", name=Bilingual("Lunch", "Lunch"), price_cents=1250)
    make.extra(
        slug="shirt",
        name=Bilingual("Trui M", "Shirt M"),
        price_cents=1900,
        is_per_ticket=False,
        capacity=2,
    )


EXTRAS = {"extra-lunch": "1", "price-lunch": "1250", "extra-shirt": "2", "price-shirt": "1900"}


def test_extras_are_sold_and_paid_with_the_tickets(phone):
    page = phone.get(TYPE).text
    assert "Trui M" in page
    assert 'value="3"' not in page.partition('id="extra-shirt"')[2].partition("</select>")[0]
    counted = sell(phone, number="2", paid_by="", **EXTRAS)
    assert "€\xa0130,50" in counted.text, "2 × 40, a lunch and two shirts"
    sold = sell(phone, number="2", **EXTRAS)
    assert sold.status_code == 303
    order = db.session.query(Order).one()
    assert (order.total_cents, order.state) == (13050, "confirmed")
    assert db.session.query(Payment).one().amount_cents == 13050
    rows = db.session.query(OrderedExtra).order_by(OrderedExtra.id).all()
    assert [each.ticket_id for each in rows] == [order.tickets[0].id, None, None]
    assert all(each.entry_id for each in rows)
    page = phone.get(sold.location).text
    assert "Lunch, 2 × Trui M" in page
    receipt = phone.get(f"{sold.location}/bon").text
    assert "Trui M" in receipt
    assert "€\xa0130,50" in receipt
    phone.post(f"{sold.location}/binnen", data={"nonce": "nonce-0001"})
    page = phone.get(sold.location).text
    assert 'href="/team/deur/noord?scan=nonce-0001-0"' in page
    assert "Reik uit" in phone.get("/team/deur/noord?scan=nonce-0001-0").text
    phone.post(f"{sold.location}/terug")
    db.session.expire_all()
    assert db.session.query(Extra).filter_by(slug="shirt").one().taken == 0


def test_no_more_lunches_than_tickets_and_no_more_shirts_than_there_are(phone):
    many = sell(phone, number="1", **EXTRAS | {"extra-lunch": "2"})
    assert many.status_code == 422
    assert "Kies er hooguit een bij elk kaartje." in many.text
    gone = sell(phone, **EXTRAS | {"extra-shirt": "3"})
    assert gone.status_code == 422
    assert db.session.query(Order).count() == 0


def test_another_price_than_the_screen_showed_sells_nothing(phone):
    answer = sell(phone, **EXTRAS | {"price-shirt": "1000"})
    assert answer.status_code == 409
    assert "staat nu ook in de som" in answer.text
    assert db.session.query(Order).count() == 0


def test_what_is_given_for_nothing_has_a_reason_and_costs_nothing(phone):
    assert sell(phone, paid_by="free", **EXTRAS).status_code == 409
    assert sell(phone, paid_by="free", reason="pers", **EXTRAS).status_code == 303
    order = db.session.query(Order).one()
    assert (order.total_cents, order.state) == (0, "confirmed")
    assert db.session.query(OrderedExtra).count() == 3
    assert db.session.query(Payment).count() == 0


def test_a_free_ticket_with_a_lunch_is_paid(app):
    of = door_type(slug="gratis", price_cents=0)
    gate, device = make.gate(slug="west"), make.device()
    wanted = rules.DoorRequest(
        "form", of.slug, 1, "Mia", "cash", 0, extras=[ExtraRequest("lunch", 0)], extras_cents=1250
    )
    with pytest.raises(SumChanged):
        rules.sell(gate, device, replace(wanted, extras_cents=0), member_id=None, now=MORNING)
    db.session.rollback()
    sale = rules.sell(gate, device, wanted, member_id=None, now=MORNING)
    assert (sale.order.total_cents, sale.order.state) == (1250, "confirmed")

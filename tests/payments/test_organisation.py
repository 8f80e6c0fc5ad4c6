"""An order for an organisation: the order form asks who the invoice is for."""

import pytest

from festival import clock
from festival.db import db
from festival.home import consistency_checks
from festival.invoices.models import Invoice
from festival.mail.models import Letter
from festival.payments.models import InvoiceRequest
from festival.tickets.models import Order
from tests import make
from tests.invoices.test_rules import seller
from tests.make import NOW
from tests.payments.test_views import filled, order_of

URL = "/bestellen?n-weekend=2"
CUSTOMER = {
    "factuur-name": "Woonstichting Voorbeeld",
    "factuur-attention": "Afdeling inkoop",
    "factuur-street": "Spoorlaan 12",
    "factuur-postal_code": "5038 CB",
    "factuur-city": "Tilburg",
    "factuur-country": "NL",
    "factuur-kvk": "1234 5678",
    "factuur-vat_id": "NL004495445B01",
    "factuur-po_number": "4500123456",
}
TICKED = {"factuur-is_for_organisation": "y"}


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def sold(**values):
    make.ticket_type(**{"slug": "weekend", "price_cents": 4500, **values})


def sent(visitor, *parts):
    fields = filled(visitor.get(URL).text, kaartje_1_name="Zoë")
    for part in parts:
        fields |= part
    return fields


def test_the_invoice_is_made_with_the_order(visitor):
    seller()
    sold()
    order = order_of(visitor.post(URL, data=sent(visitor, CUSTOMER, TICKED)))
    [invoice] = db.session.query(Invoice)
    assert (invoice.customer_name, invoice.total_cents) == ("Woonstichting Voorbeeld", 9000)
    assert (invoice.customer_kvk, invoice.po_number) == ("12345678", "4500123456")
    assert db.session.get(InvoiceRequest, order.id).attention == "Afdeling inkoop"
    assert invoice.number in visitor.get(f"/bestelling/{order.secret}").text
    assert db.session.query(Letter).count() == 2, "how to pay, and the invoice"


def test_what_is_typed_without_the_tick_makes_no_invoice(visitor):
    seller()
    sold()
    wrong = CUSTOMER | {"factuur-kvk": "geen nummer"}
    order_of(visitor.post(URL, data=sent(visitor, wrong)))
    assert db.session.query(Invoice).count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("street", ""), ("kvk", "1234"), ("vat_id", "NL123"), ("country", "X")],
)
def test_a_wrong_part_is_told_and_nothing_is_lost(visitor, field, value):
    seller()
    sold()
    page = visitor.post(URL, data=sent(visitor, CUSTOMER, TICKED, {f"factuur-{field}": value}))
    assert page.status_code == 422
    assert f'id="factuur-{field}-error"' in page.text
    assert f'href="#factuur-{field}"' in page.text
    assert "4500123456" in page.text
    assert db.session.query(Order).count() == 0


def test_a_second_click_makes_one_invoice(visitor):
    seller()
    sold()
    fields = sent(visitor, CUSTOMER, TICKED)
    first, second = (order_of(visitor.post(URL, data=fields)) for _ in range(2))
    assert first.id == second.id
    assert db.session.query(Invoice).count() == 1
    other = order_of(visitor.post(URL, data=fields | {"factuur-po_number": "99"}))
    assert other.id != first.id


def test_it_is_asked_only_where_an_invoice_can_be_made(visitor):
    edition = seller()
    sold()
    assert "Voor een organisatie?" in visitor.get(URL).text
    edition.organiser_kvk = ""
    db.session.commit()
    assert "Voor een organisatie?" not in visitor.get(URL).text
    refused = visitor.post(URL, data=sent(visitor, CUSTOMER, TICKED))
    assert refused.status_code == 409
    assert db.session.query(Order).count() == 0, "all of it, or nothing"


def test_a_free_order_has_none(visitor):
    seller()
    sold(price_cents=0)
    assert "Voor een organisatie?" not in visitor.get(URL).text
    order = order_of(visitor.post(URL, data=sent(visitor, CUSTOMER, TICKED)))
    assert order.state == "confirmed"
    assert db.session.query(Invoice).count() == 0
    assert consistency_checks.totals() == []

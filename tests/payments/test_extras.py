"""Extras in the order form, on the order's page, on the ticket, in the letter, on the invoice."""

from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.mail.models import Letter
from festival.payments.rules import invoicing, recording
from festival.tickets.extras.models import Extra
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.invoices.test_rules import CUSTOMER, seller
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.payments.test_views import filled, order_of

URL = "/bestellen?n-weekend=2"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def sold(app):
    seller()
    make.ticket_type(slug="weekend", price_cents=4500)
    make.extra(slug="lunch", name=Bilingual("Lunch", "Lunch"))
    make.extra(
        slug="shirt-m", name=Bilingual("T-shirt M", ""), is_per_ticket=False, price_cents=1900,
        capacity=2,
    )  # fmt: skip


def filled_in(page, **values):
    counted = page.partition('name="extras_cents"')[2].partition('value="')[2].partition('"')[0]
    return filled(page, kaartje_1_name="Zoë") | {"extras_cents": counted} | values


def test_who_chooses_extras_sees_the_sum_before_ordering(visitor, sold):
    page = visitor.get(URL).text
    chosen = {"erbij-1": "lunch", "aantal-shirt-m": "2"}
    first = visitor.post(URL, data=filled_in(page) | chosen)
    assert first.status_code == 409
    assert "staat nu ook in de som onderaan" in first.text
    assert db.session.query(Order).count() == 0
    text = first.text.replace("\xa0", " ")
    assert 'Samen</th><td class="number">€ 140,50' in text
    assert 'value="lunch" checked' in text.partition('name="erbij-1"')[2][:60]
    assert '<option value="2" selected>' in text
    order = order_of(visitor.post(URL, data=filled_in(first.text) | chosen))
    assert order.total_cents == 9000 + 1250 + 3800
    again = order_of(visitor.post(URL, data=filled_in(first.text) | chosen))
    assert again.id == order.id
    other = order_of(visitor.post(URL, data=filled_in(page)))
    assert other.id != order.id, "without extras it is another order"
    shown = visitor.get(f"/bestelling/{order.secret}").text
    assert "Bij je bestelling:" in shown
    assert "2 × T-shirt M" in shown
    assert shown.count("Erbij:") == 1
    holder = order.tickets[1]
    assert "Erbij:</strong> Lunch" in visitor.get(f"/kaartje/{holder.secret}").text
    own = visitor.get(f"/kaartje/{order.tickets[0].secret}").text
    assert "Erbij:</strong> 2 × T-shirt M" in own, "what goes with the order is with the buyer"
    assert "Lunch" not in own
    letter = db.session.query(Letter).order_by(Letter.id).first()
    assert "2 × T-shirt M" in letter.body_text
    assert "2 × T-shirt M" in letter.body_html


def test_what_went_meanwhile_is_told(visitor, sold):
    page = visitor.get(URL).text
    chosen = {"aantal-shirt-m": "1"}
    sum_shown = visitor.post(URL, data=filled_in(page) | chosen).text
    db.session.execute(db.text("UPDATE extra SET taken = capacity WHERE slug = 'shirt-m'"))
    db.session.commit()
    answer = visitor.post(URL, data=filled_in(sum_shown) | chosen)
    assert answer.status_code == 409
    assert "is net op" in answer.text.replace("\xa0", " ")
    assert db.session.query(Order).count() == 0


def test_nothing_on_offer_asks_nothing(visitor):
    make.ticket_type(slug="weekend", price_cents=4500)
    make.extra(slug="lunch", is_on=False)
    make.extra(slug="soep", vat_category="")
    make.extra(slug="taart", capacity=0)
    page = visitor.get(URL).text
    assert "erbij-0" not in page
    order_of(visitor.post(URL, data=filled_in(page)))


def test_strange_numbers_are_nothing(visitor, sold):
    page = visitor.get(URL).text
    strange = {"aantal-shirt-m": "-1", "aantal-lunch": "9999", "erbij-99": "lunch"}
    assert order_of(visitor.post(URL, data=filled_in(page) | strange)).total_cents == 9000
    unknown = visitor.post(URL, data=filled_in(visitor.get(URL).text) | {"erbij-0": "bestaat-niet"})
    assert "kun je niet meer bestellen" in unknown.text


def test_cancelling_says_what_comes_back_with_the_extras(visitor, sold):
    sum_shown = visitor.post(URL, data=filled_in(visitor.get(URL).text) | {"erbij-0": "lunch"}).text
    order = order_of(visitor.post(URL, data=filled_in(sum_shown) | {"erbij-0": "lunch"}))
    order.edition.cancel_until_on = order.edition.starts_on - timedelta(days=1)
    db.session.commit()
    recording.record_payment(order, 10250, NOW, "geld", now=NOW)
    url = f"/bestelling/{order.secret}/annuleren?kaartje={order.tickets[0].code}"
    page = visitor.get(url).text.replace("\xa0", " ")
    assert "met wat je erbij bestelde" in page
    assert 'Je krijgt terug</th><td class="number">€ 57,50' in page
    invoice = invoicing.request_invoice(order, CUSTOMER, now=NOW)
    assert ("Lunch", 1250) in [(line.name, line.amount_cents) for line in invoice.lines]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": Bilingual("Soep", "Soup")}, "“Lunch” heet nu “Soep”."),
        ({"description": Bilingual("Met noten", "")}, "“Lunch” staat nu: “Met noten”."),
        ({"vat_category": "standard"}, "btw; eerst was dat"),
    ],
)
def test_what_changed_in_an_extra_is_said_before_it_is_ordered(visitor, sold, change, said):
    chosen = {"erbij-1": "lunch"}
    page = visitor.post(URL, data=filled_in(visitor.get(URL).text) | chosen).text
    lunch = db.session.query(Extra).filter_by(slug="lunch").one()
    for name, value in change.items():
        setattr(lunch, name, value)
    db.session.commit()
    forget_pages()
    answer = visitor.post(URL, data=filled_in(page) | chosen)
    assert answer.status_code == 409
    assert said in answer.text
    assert db.session.query(Order).count() == 0
    assert order_of(visitor.post(URL, data=filled_in(answer.text) | chosen)).total_cents == 10250


def test_two_prices_that_were_swapped_are_said(visitor, sold):
    chosen = {"erbij-1": "lunch", "aantal-shirt-m": "1"}
    page = visitor.post(URL, data=filled_in(visitor.get(URL).text) | chosen).text
    lunch, shirt = db.session.query(Extra).order_by(Extra.id)
    lunch.price_cents, shirt.price_cents = shirt.price_cents, lunch.price_cents
    db.session.commit()
    forget_pages()
    answer = visitor.post(URL, data=filled_in(page) | chosen)
    assert answer.status_code == 409
    assert "“Lunch” kost nu" in answer.text
    assert db.session.query(Order).count() == 0

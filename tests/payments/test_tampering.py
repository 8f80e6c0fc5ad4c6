"""What a buyer may try with the address and the form: other prices, numbers, codes and orders."""

import pytest

from festival import clock
from festival.db import db
from festival.tickets.holds.models import Hold
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.payments.test_own_prices import own_price
from tests.payments.test_views import filled, order_of

URL = "/bestellen?n-weekend=1"
# Names under which a price goes somewhere in our own pages and tables.
PRICES = (
    "price_cents",
    "price",
    "prijs",
    "prijs-weekend",
    "bedrag-weekend",
    "total_cents",
    "total",
)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def weekend(visitor):
    return make.ticket_type(slug="weekend", price_cents=4500, name=Bilingual("Weekend", ""))


@pytest.mark.parametrize("sent", ["0", "1", "-4500"])
def test_a_price_that_is_sent_along_changes_nothing(visitor, weekend, sent):
    prices = "".join(f"&{name}={sent}" for name in PRICES)
    page = visitor.get(URL + prices).text
    order = order_of(visitor.post(URL + prices, data=filled(page) | dict.fromkeys(PRICES, sent)))
    assert (order.total_cents, order.tickets[0].price_cents) == (4500, 4500)
    assert order.state == "pending"


@pytest.mark.parametrize("number", ["-1", "0", "41", "9" * 400, "1e3", "1.5", "NaN", "1;2"])
def test_a_number_that_cannot_be_orders_and_holds_nothing(visitor, weekend, number):
    data = filled(visitor.get(URL).text)
    assert visitor.post("/kaartjes", data={"n-weekend": number}).status_code < 500
    refused = visitor.post("/bestellen", query_string={"n-weekend": number}, data=data)
    assert refused.status_code in {303, 400, 409, 422}
    assert db.session.query(Order).count() == db.session.query(Hold).count() == 0
    assert weekend.pool.taken == 0


@pytest.mark.parametrize("amount", ["0,01", "-100", "4,99", "0"])
def test_less_than_the_least_is_refused_whatever_the_page_showed(visitor, amount):
    own_price()
    shown = visitor.get("/bestellen?n-zaterdag=1&prijs-zaterdag=zelf&bedrag-zaterdag=5").text
    url = f"/bestellen?n-zaterdag=1&prijs-zaterdag=zelf&bedrag-zaterdag={amount}"
    assert visitor.post(url, data=filled(shown)).status_code in {303, 409, 422}
    assert db.session.query(Order).count() == 0


def test_a_code_of_another_edition_gives_no_discount_and_opens_nothing(visitor, weekend):
    make.ticket_type(slug="crew", price_cents=0, is_hidden=True)
    make.voucher(code="VORIGJAAR", edition_id=make.edition(is_current=False).id)
    page = visitor.get(f"{URL}&code=vorigjaar").text
    visitor.post(f"{URL}&code=vorigjaar", data=filled(page) if "form_key" in page else {})
    assert all(order.total_cents == 4500 for order in db.session.query(Order))
    assert visitor.get("/bestellen?n-crew=1&code=vorigjaar").status_code != 200


def test_a_code_for_one_type_does_nothing_for_another(visitor, weekend):
    """Neither on its own, nor with the form of the type that it is for, nor for a hidden one."""
    saturday = make.ticket_type(slug="zaterdag", price_cents=2500)
    crew = make.ticket_type(slug="crew", price_cents=0, is_hidden=True)
    voucher = make.voucher(code="BUURT", types=[saturday])
    free = visitor.get("/bestellen?n-zaterdag=1&code=buurt").text
    assert visitor.get(f"{URL}&code=buurt").text.count("met code BUURT") == 0
    for_other = visitor.post(f"{URL}&code=buurt", data=filled(free))
    assert for_other.status_code == 409
    assert db.session.query(Order).count() == 0
    own = filled(visitor.get(f"{URL}&code=buurt").text)
    assert order_of(visitor.post(f"{URL}&code=buurt", data=own)).total_cents == 4500
    assert visitor.get("/bestellen?n-crew=1&code=buurt").status_code != 200
    both = visitor.post("/bestellen?n-zaterdag=1&n-crew=1&code=buurt", data=filled(free))
    assert both.status_code in {303, 404, 409, 422}
    assert (crew.pool.taken, saturday.pool.taken, voucher.used) == (0, 0, 0)


def test_a_code_is_used_no_more_often_because_two_tabs_are_open(app, weekend):
    """Both saw the price with the code. The second is told, and pays the price if it agrees."""
    voucher = make.voucher(code="EENMAAL", uses=1, effect="percent", value=50)
    url = f"{URL}&code=eenmaal"
    tabs = [app.test_client(), app.test_client()]
    forms = [filled(tab.get(url).text, email=f"tab{n}@example.org") for n, tab in enumerate(tabs)]
    assert order_of(tabs[0].post(url, data=forms[0])).total_cents == 2250
    refused = tabs[1].post(url, data=forms[1])
    assert refused.status_code == 409
    said = refused.text.replace("\xa0", " ")
    assert "Je code werkt niet meer voor “Weekend”. Zonder code kost dat € 45,00." in said
    assert (db.session.query(Order).count(), voucher.used) == (1, 1)
    agreed = filled(refused.text, email="tab1@example.org")
    assert order_of(tabs[1].post(url, data=agreed)).total_cents == 4500
    # The same tab again, with another form key, is no other use either.
    again = filled(tabs[0].get(url).text, email="tab2@example.org") | {"shown": forms[0]["shown"]}
    assert tabs[0].post(url, data=again).status_code == 409
    assert (db.session.query(Order).count(), voucher.used) == (2, 1)


# Names under which what a code does goes in our own pages and tables.
DISCOUNTS = ("value", "percent", "procent", "korting", "effect", "code-value", "discount", "uses")


@pytest.mark.parametrize("sent", ["100", "99999", "-1", "free"])
def test_a_percentage_that_is_raised_in_the_form_changes_nothing(visitor, weekend, sent):
    voucher = make.voucher(code="TIEN", effect="percent", value=10)
    raised = "".join(f"&{name}={sent}" for name in DISCOUNTS)
    url = f"{URL}&code=tien"
    data = filled(visitor.get(url + raised).text) | dict.fromkeys(DISCOUNTS, sent)
    order = order_of(visitor.post(url + raised, data=data))
    assert (order.total_cents, order.tickets[0].price_cents) == (4050, 4050)
    assert (voucher.value, voucher.effect, voucher.used) == (10, "percent", 1)


@pytest.mark.parametrize("cents", [0, 1, -4500])
def test_another_price_in_what_was_shown_is_asked_about_and_never_taken(visitor, weekend, cents):
    """The form says what it showed, only to be compared: see tickets/offers.py."""
    make.voucher(code="TIEN", effect="percent", value=10)
    url = f"{URL}&code=tien"
    data = filled(visitor.get(url).text)
    shown = data["shown"].replace("4050", str(cents)).replace("4500", str(cents))
    assert shown != data["shown"]
    refused = visitor.post(url, data=data | {"shown": shown})
    assert refused.status_code == 409
    assert db.session.query(Order).count() == 0
    agreed = filled(refused.text)
    assert order_of(visitor.post(url, data=agreed)).total_cents == 4050


def test_a_price_that_changes_while_tickets_are_held_is_asked_and_the_hold_stays(visitor, weekend):
    chosen = visitor.post("/kaartjes", data={"n-weekend": "1"})
    data = filled(visitor.get(chosen.location).text) | {
        "vast": chosen.location.rpartition("vast=")[2]
    }
    weekend.price_cents = 5500
    db.session.commit()
    asked = visitor.post(chosen.location, data=data)
    assert asked.status_code == 409
    assert "“Weekend” kost nu € 55,00; eerst was dat € 45,00." in asked.text.replace("\xa0", " ")
    assert (db.session.query(Order).count(), db.session.query(Hold).count()) == (0, 1)
    agreed = filled(asked.text) | {"vast": data["vast"]}
    assert order_of(visitor.post(chosen.location, data=agreed)).total_cents == 5500
    assert (db.session.query(Hold).count(), weekend.pool.taken) == (0, 1)


@pytest.fixture
def two_orders(weekend):
    mine, other = (make.order(of=weekend, tickets=2) for _ in range(2))
    weekend.edition.cancel_until_on = weekend.edition.starts_on
    db.session.commit()
    return mine, other


def test_the_link_of_an_order_reaches_no_ticket_of_another(visitor, two_orders):
    mine, other = two_orders
    url = f"/bestelling/{mine.secret}/annuleren"
    codes = [mine.tickets[0].code, other.tickets[0].code]
    asked = visitor.get(url, query_string={"kaartje": codes})
    assert other.tickets[0].holder_name not in asked.text
    refused = visitor.post(url, data={"kaartje": codes})
    assert refused.status_code in {303, 404, 409, 422}
    assert all(ticket.released_at is None for each in two_orders for ticket in each.tickets)
    assert other.tickets[0].holder_name not in visitor.get(f"/bestelling/{mine.secret}").text


@pytest.mark.parametrize(
    "path",
    [
        "/bestelling/{ticket.secret}",
        "/bestelling/{order.code}",
        "/bestelling/{order.id}",
        "/bestelling/{order.secret}x",
        "/kaartje/{order.secret}",
        "/kaartje/{ticket.code}",
        "/kaartje/{ticket.id}",
        "/kaartje/{ticket.pass_id}/kaartje.pdf",
        "/bestelling/{order.code}/kaartjes.pdf",
        "/bestelling/{order.code}/annuleren",
        "/bestelling/{order.code}/gegevens",
        "/bestelling/{order.code}/factuur/",
        "/kaartje/{order.secret}/gegevens",
        "/kaartje/{ticket.code}/doorgeven",
    ],
)
def test_no_code_or_number_and_no_other_secret_opens_a_page(visitor, two_orders, path):
    _mine, other = two_orders
    answer = visitor.get(path.format(order=other, ticket=other.tickets[0]))
    assert answer.status_code == 404
    assert other.name not in answer.text

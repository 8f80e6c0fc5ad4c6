"""The team's screens for orders: finding, booking money, cancelling, sending again; and who may."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from festival import clock
from festival.db import db
from festival.mail.models import Letter
from festival.payments import backoffice, queries
from festival.payments.models import Payment
from festival.payments.rules import cancelling, lapsing, recording
from festival.tickets.models import TicketType
from festival.tickets.rules.ordering import reference
from tests import make
from tests.make import NOW

LIST = "/team/bestellingen/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def finance(visitor):
    make.current_edition()
    make.sign_in(visitor, "finance")
    return visitor


def unpaid(**values):
    of = values.pop("of", None) or make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(
        of=of, **{"confirmed_at": None, "due_at": NOW + timedelta(days=14), **values}
    )
    order.reference = reference(order.code)
    db.session.commit()
    return order


def booked(page, **fields):
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', page).group(1)
    return {"form_key": key, "received_on": "2026-10-01", "note": "", **fields}


def cancel_all(finance, order):
    """Cancel the whole order as its page does it."""
    codes = [ticket.code for ticket in order.tickets]
    asked = {"kaartje": codes, "how": "all", "verder": "1"}
    page = finance.get(f"{LIST}{order.code}/annuleren", query_string=asked).text
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', page).group(1)
    data = {"kaartje": codes, "how": "all", "shown": shown, "reason": "asked", "note": "Ziek"}
    return finance.post(f"{LIST}{order.code}/annuleren", data=data)


@pytest.mark.parametrize("role", ["programme", "editor", "checkin"])
def test_others_of_the_team_do_not_see_orders(visitor, role):
    order = unpaid()
    make.sign_in(visitor, role)
    for path in (LIST, f"{LIST}csv", f"{LIST}{order.code}"):
        assert visitor.get(path).status_code == 403
    for action in ("betaling", "annuleren", "opnieuw"):
        assert visitor.post(f"{LIST}{order.code}/{action}").status_code == 403
    db.session.expire_all()
    assert order.state == "pending"


def test_strangers_are_sent_to_sign_in(visitor):
    assert visitor.get(LIST).status_code == 302
    assert visitor.post(f"{LIST}{unpaid().code}/annuleren").status_code in {302, 401}


def test_orders_are_found_by_name_address_holder_or_ticket(finance):
    mia = unpaid(name="Mia Jansen", email="mia@example.org")
    other = unpaid(name="Bas_100%", email="bas@example.org")
    for text in ("jansen", "MIA@example", mia.tickets[0].holder_name, mia.tickets[0].code):
        page = finance.get(LIST, query_string={"q": text}).text
        assert mia.code in page, text
        assert other.code not in page, text
    assert mia.code not in finance.get(LIST, query_string={"q": "_100%"}).text
    assert "Niets gevonden" in finance.get(LIST, query_string={"q": "' OR 1=1 --"}).text


def test_a_reference_leads_straight_to_its_order(finance):
    order = unpaid()
    spaced = " ".join(re.findall("....?", order.reference))
    for text in (order.reference, order.reference.lower(), spaced, order.code):
        answer = finance.get(LIST, query_string={"q": text})
        assert answer.location == f"{LIST}{order.code}", text


def test_a_reference_with_a_slip_in_it_is_guessed(finance):
    order = unpaid()
    wrong = order.reference[:6] + "0" + order.reference[7:]
    page = finance.get(LIST, query_string={"q": wrong}).text
    assert "Bedoel je" in page
    assert f"{LIST}{order.code}" in page


def test_the_nearest_reference_comes_first(finance):
    codes = ("AAAAAAAA", "AAAAAAAC", "AAAAAACC")
    far, near, nearest = orders = [unpaid() for _ in codes]
    for order, code in zip(orders, reversed(codes), strict=True):
        order.code, order.reference = code, f"RF00{code}"
    db.session.commit()
    found = queries.orders_nearly(nearest.edition, "RF00AAAAAAAD"[:11] + "A")
    assert list(found) == [nearest, near, far]


def test_states_filter_the_list(finance):
    pending, paid, lapsed, cancelled, partly, wasted = (unpaid() for _ in range(6))
    recording.record_payment(paid, 4500, NOW, "a", now=NOW)
    lapsing.lapse_order(lapsed, now=NOW)
    cancelling.cancel_order(cancelled, now=NOW)
    recording.record_payment(partly, 100, NOW, "b", now=NOW)
    cancelling.cancel_order(wasted, now=NOW)
    recording.record_payment(wasted, 100, NOW, "c", now=NOW)
    orders = {pending, paid, lapsed, cancelled, partly, wasted}
    for state, expected in {
        "": orders,
        "unknown": orders,
        "pending": {pending, partly},
        "confirmed": {paid},
        "lapsed": {lapsed},
        "cancelled": {cancelled, wasted},
        "attention": {partly, wasted},
    }.items():
        page = finance.get(LIST, query_string={"state": state}).text
        assert {order for order in orders if order.code in page} == expected, state


def test_a_long_list_is_turned_over(finance):
    of = make.ticket_type(price_cents=4500)
    for number in range(60):
        unpaid(of=of, name=f"Naam {number:02}")
    page = finance.get(f"{LIST}?sort=name").text
    assert "Naam 49" in page
    assert "Naam 50" not in page
    assert "Naam 59" in finance.get(f"{LIST}?sort=name&page=2").text
    assert "60 bestellingen" in page


def test_the_spreadsheet_holds_every_cent_and_runs_no_formula(finance):
    order = unpaid(name="=1+1")
    recording.record_payment(order, 1050, NOW, "a", now=NOW)
    text = finance.get(f"{LIST}csv").data.decode("utf-8-sig")
    heads, row = csv.reader(io.StringIO(text), delimiter=";")
    found = dict(zip(heads, row, strict=True))
    assert found["name"] == "'=1+1"
    assert (found["total"], found["paid"], found["due"]) == ("45,0", "10,5", "34,5")
    assert found["reference"] == order.reference
    assert found["placed_at"] == "2026-10-01 11:00"


def test_booking_money_confirms_and_says_who_did_it(finance):
    order = unpaid()
    url = f"{LIST}{order.code}"
    page = finance.get(url).text
    assert 'value="45,00"' in page
    data = booked(page, amount_cents="45,00", note="Afschrift 12")
    for _click in range(2):
        assert finance.post(f"{url}/betaling", data=data).location == url
    db.session.expire_all()
    [payment] = db.session.query(Payment)
    assert (payment.amount_cents, payment.note) == (4500, "Afschrift 12")
    assert payment.recorded_by.has_role("finance")
    assert order.edition.local(payment.received_at).date().isoformat() == "2026-10-01"
    assert order.state == "confirmed"
    page = finance.get(url).text
    assert "Afschrift 12" in page
    assert "geboekt door" in page
    post = finance.get(re.search(r'href="(/team/post/\?over=[^"]+)"', page)[1]).text
    assert "Betaald: je kaartje" in post  # the letter that went out


def test_a_used_form_with_another_amount_does_not_pretend(finance):
    """Back in the browser, another amount: it was not booked, and must not be said to be."""
    order = unpaid()
    url = f"{LIST}{order.code}"
    data = booked(finance.get(url).text, amount_cents="10")
    finance.post(f"{url}/betaling", data=data)
    answer = finance.post(f"{url}/betaling", data=data | {"amount_cents": "35"})
    assert answer.status_code == 409
    assert "Met dit formulier boekte je al €\xa010,00;" in answer.text
    assert db.session.query(Payment).count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount_cents", "veel"),
        ("amount_cents", ""),
        ("received_on", "gisteren"),
        ("received_on", "9999-12-31"),
        ("form_key", ""),
    ],
)
def test_what_is_not_clear_is_not_booked(finance, field, value):
    order = unpaid()
    url = f"{LIST}{order.code}"
    data = {**booked(finance.get(url).text, amount_cents="45"), field: value}
    assert finance.post(f"{url}/betaling", data=data).status_code == 422
    assert db.session.query(Payment).count() == 0


def test_no_money_is_refused_in_the_form(finance):
    order = unpaid()
    url = f"{LIST}{order.code}"
    answer = finance.post(f"{url}/betaling", data=booked(finance.get(url).text, amount_cents="0"))
    assert answer.status_code == 409
    assert "Vul het bedrag in dat je ontving." in answer.text


def test_cancelling_and_sending_again(finance):
    order = unpaid()
    url = f"{LIST}{order.code}"
    finance.post(f"{url}/opnieuw")
    cancel_all(finance, order)
    db.session.expire_all()
    assert order.state == "cancelled"
    names = [name for (name,) in db.session.query(Letter.name).order_by(Letter.id)]
    assert names == ["payments/pay_by_transfer", "payments/order_cancelled"]
    assert finance.get(f"{url}/annuleren").location == url
    assert finance.post(f"{url}/opnieuw").status_code == 409


def test_money_that_must_go_back_is_said_aloud(finance):
    order = unpaid()
    recording.record_payment(order, 5000, NOW, "a", now=NOW)
    page = finance.get(f"{LIST}{order.code}").text.replace("\xa0", " ")
    assert "er is € 5,00 te veel betaald" in page
    cancelling.cancel_order(order, now=NOW)
    page = finance.get(f"{LIST}{order.code}").text.replace("\xa0", " ")
    assert "te veel betaald" not in page, "it stands ready to go back"
    assert "€ 50,00" in page.partition("Terug te betalen")[2]


def test_the_list_asks_the_database_the_same_however_long_it_is(finance):
    make.ticket_type(price_cents=4500)
    numbers = []
    for _round in range(2):
        of = db.session.query(TicketType).one()
        for _order in range(10):
            unpaid(of=of)
        db.session.remove()
        seen = []

        def note(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        finance.get(LIST)
        event.remove(db.engine, "before_cursor_execute", note)
        numbers.append(len(seen))
    # One of them sums up what is to go back, for the link to that list; two ask what is held
    # without payment, in orders and by people who order now.
    assert numbers[0] == numbers[1] <= 14


def test_a_refund_by_bank_transfer_is_ticked_off_or_goes_again(finance):
    order = unpaid()
    recording.record_payment(order, 4500, NOW, "betaling", now=NOW)
    cancelling.cancel_order(order, now=NOW)
    [refund] = queries.refunds_of(order)
    page = finance.get(f"{LIST}{order.code}").text
    assert "Ik heb het overgemaakt" in page

    def move(what, number=1, **data):
        url = f"{LIST}{order.code}/terugbetaling/{number}"
        return finance.post(f"{url}/{what}", data=data).status_code

    assert move("gedaan", 2) == 404
    assert (move("mislukt"), move("opnieuw"), move("vallen")) == (303, 422, 422)
    page = finance.get(f"{LIST}{order.code}/terugbetaling/1").text
    assert 'value="45,00"' in page
    assert move("opnieuw", amount_cents="45,01") == 409
    assert (move("opnieuw", amount_cents="45"), move("gedaan")) == (303, 303)
    db.session.expire_all()
    assert (refund.state, queries.balance(order).paid_cents) == ("done", 0)
    assert move("gedaan") == 409
    assert "Hier valt niets meer" in finance.get(f"{LIST}{order.code}/terugbetaling/1").text
    assert move("vallen", note="Te laat") == 409
    assert finance.get(f"{LIST}{order.code}/terugbetaling/2").status_code == 404
    assert "Ik heb het overgemaakt" not in finance.get(f"{LIST}{order.code}").text


def test_the_file_of_all_orders_is_read_in_parts(any_app, monkeypatch):
    """Parts of two: all are there once, in order, each with its own sums."""
    monkeypatch.setattr(backoffice, "_AT_A_TIME", 2)
    of = make.ticket_type(price_cents=1000)
    made = [make.order(of=of, tickets=number) for number in range(1, 6)]
    visitor = any_app.test_client()
    make.sign_in(visitor, "finance")
    asked = 0

    def note(*_):
        nonlocal asked
        asked += 1

    event.listen(db.engine, "before_cursor_execute", note)
    answer = visitor.get("/team/bestellingen/csv")
    event.remove(db.engine, "before_cursor_execute", note)
    rows = [line.split(";") for line in answer.text.splitlines()[1:]]
    assert [row[0] for row in rows] == [each.code for each in made]
    assert [(row[5], row[6]) for row in rows] == [(str(n), f"{10 * n},0") for n in range(1, 6)]
    assert asked > 5, "the sums of three parts"

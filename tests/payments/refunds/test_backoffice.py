"""The team cancels tickets and gives money back: first what would happen, then exactly that."""

import re

import pytest

from festival import clock
from festival.db import db
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.models import Refund
from festival.payments.rules import recording, refunding
from tests import make
from tests.make import NOW

TEAM = "/team/bestellingen/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def finance(visitor):
    make.current_edition()
    make.sign_in(visitor, "finance")
    return visitor


def paid_order(number=2):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(tickets=number, of=of)
    make.payment(order, number * 4500)
    return order


def ask(client, order, numbers=(0,), **fields):
    codes = [order.tickets[number].code for number in numbers]
    asked = {"kaartje": codes, "how": "all", "verder": "1", **fields}
    return client.get(f"{TEAM}{order.code}/annuleren", query_string=asked)


def confirm(client, order, page, numbers=(0,), **fields):
    codes = [order.tickets[number].code for number in numbers]
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', page.text).group(1)
    data = {"kaartje": codes, "how": "all", "shown": shown, "reason": "asked", **fields}
    return client.post(f"{TEAM}{order.code}/annuleren", data=data)


def refunded():
    return [cents for (cents,) in db.session.query(Refund.amount_cents).order_by(Refund.id)]


def plain(answer):
    return answer.text.replace("\xa0", " ")


@pytest.mark.parametrize("role", ["programme", "editor", "checkin"])
def test_only_finance_cancels_and_gives_back(visitor, role):
    order = paid_order()
    make.sign_in(visitor, role)
    for action in ("annuleren", "teruggeven"):
        assert visitor.get(f"{TEAM}{order.code}/{action}").status_code == 403
        assert visitor.post(f"{TEAM}{order.code}/{action}").status_code == 403


def test_the_page_asks_then_shows_and_changes_nothing(finance):
    order = paid_order()
    page = finance.get(f"{TEAM}{order.code}/annuleren")
    assert page.text.count(" checked") == 3  # both tickets, and all of the money
    assert "Kies eerst welke kaartjes" in ask(finance, order, ()).text
    page = plain(ask(finance, order, (0,), how="amount", amount_cents="20"))
    assert "1 kaartje annuleren?" in page
    assert "€ -25,00" in page or "-€ 25,00" in page or "€ −25,00" in page  # what is kept
    assert "€ 20,00 maak jij over" in page
    db.session.expire_all()
    assert order.state == "confirmed"
    assert refunded() == []


@pytest.mark.parametrize(
    ("fields", "back"),
    [
        ({"how": "all"}, [4500]),
        ({"how": "terms"}, [4000]),
        ({"how": "none"}, []),
        ({"how": "amount", "amount_cents": "20,00"}, [2000]),
        ({"how": "amount", "amount_cents": "0"}, []),
    ],
)
def test_the_team_chooses_what_goes_back(finance, fields, back):
    order = paid_order()
    order.edition.cancel_fee_cents = 500
    db.session.commit()
    page = ask(finance, order, **fields)
    answer = confirm(finance, order, page, note="Ziek", **fields)
    assert answer.location == f"{TEAM}{order.code}"
    db.session.expire_all()
    assert [ticket.is_valid for ticket in order.tickets] == [False, True]
    assert refunded() == back
    balance = queries.balance(order)
    assert balance.paid_cents - balance.total_cents == sum(back)
    assert "De bezoeker vroeg erom: Ziek" in finance.get(f"{TEAM}{order.code}").text
    [letter] = db.session.query(Letter).filter_by(name="payments/tickets_cancelled")
    assert "Ziek" not in letter.body_text


def test_an_amount_that_is_not_there_is_refused_where_it_was_typed(finance):
    order = paid_order()
    page = ask(finance, order, how="amount", amount_cents="45,01")
    assert "Terug kan van € 0,00 tot € 45,00" in plain(page)
    assert 'value="45,01"' in page.text
    assert "Schrijf het bedrag als 45,00." in ask(finance, order, how="x", amount_cents="?").text


def test_what_changed_meanwhile_is_shown_again(finance):
    order = paid_order()
    page = ask(finance, order)
    recording.record_refund(order, 1000, NOW, "contant", now=NOW)
    answer = confirm(finance, order, page, note="Ziek")
    assert answer.status_code == 409
    assert "Terwijl je keek, veranderde er iets" in answer.text
    assert 'value="Ziek"' in answer.text
    assert order.state == "confirmed"
    assert confirm(finance, order, answer).location == f"{TEAM}{order.code}"
    assert refunded() == [1000, 3500]


def test_a_second_click_leads_to_the_order(finance):
    order = paid_order()
    page = ask(finance, order, (0, 1))
    for _click in range(2):
        assert confirm(finance, order, page, (0, 1)).location == f"{TEAM}{order.code}"
    db.session.expire_all()
    assert order.state == "cancelled"
    assert refunded() == [9000]
    assert finance.get(f"{TEAM}{order.code}/annuleren").location == f"{TEAM}{order.code}"


def test_a_form_that_is_not_right_is_shown_again(finance):
    order = paid_order()
    page = ask(finance, order)
    assert confirm(finance, order, page, reason="zomaar").status_code == 422
    assert confirm(finance, order, page, note="x" * 201).status_code == 422
    assert confirm(finance, order, page, how="amount", amount_cents="?").status_code == 422
    assert refunded() == []


def give(client, order, amount, reason="Geen soep"):
    asked = {"amount_cents": amount, "verder": "1"}
    page = client.get(f"{TEAM}{order.code}/teruggeven", query_string=asked)
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', page.text)
    if key is None:
        return page
    data = {"amount_cents": amount, "reason": reason, "form_key": key.group(1)}
    return client.post(f"{TEAM}{order.code}/teruggeven", data=data)


def test_a_part_goes_back_while_the_tickets_stay_good(finance):
    order = paid_order()
    page = finance.get(f"{TEAM}{order.code}/teruggeven?amount_cents=10&verder=1")
    assert "€ 10,00 gaat terug naar" in plain(page)
    assert refunded() == []
    assert give(finance, order, "10").location == f"{TEAM}{order.code}"
    db.session.expire_all()
    assert order.state == "confirmed"
    assert queries.balance(order) == queries.Balance(8000, 9000)
    [letter] = db.session.query(Letter)
    assert letter.name == "payments/money_back"
    assert "Je krijgt € 10,00 terug" in letter.body_text.replace("\xa0", " ")
    assert "Er kan hoogstens € 80,00 terug" in plain(give(finance, order, "80,01"))
    assert "Vul in hoeveel er terug moet" in give(finance, order, "0").text
    assert give(finance, order, "10", reason=" ").status_code == 422
    assert refunded() == [1000]


def test_the_same_form_gives_back_once(finance):
    order = paid_order()
    data = {"amount_cents": "10", "reason": "Geen soep", "form_key": "een"}
    for _click in range(2):
        answer = finance.post(f"{TEAM}{order.code}/teruggeven", data=data)
        assert answer.location == f"{TEAM}{order.code}"
    assert refunded() == [1000]
    answer = finance.post(
        f"{TEAM}{order.code}/teruggeven", data=data | {"amount_cents": "99", "form_key": "twee"}
    )
    assert answer.status_code == 409
    assert "Er kan hoogstens € 80,00 terug" in plain(answer)


def test_the_fee_of_an_order_that_ended_is_nobody_s_mistake_and_can_go_back(finance):
    order = paid_order()
    for number in (0, 1):
        page = ask(finance, order, (number,), how="amount", amount_cents="40")
        confirm(finance, order, page, (number,), how="amount", amount_cents="40")
    assert (order.state, refunded()) == ("cancelled", [4000, 4000])
    for refund in db.session.query(Refund):
        assert "te veel betaald" not in finance.get(f"{TEAM}{order.code}").text
        refunding.finish_refund(refund, done_at=NOW, now=NOW)
    page = plain(finance.get(f"{TEAM}{order.code}"))
    assert "Betaal het terug" not in page
    make.payment(order, 700)
    assert "er is € 7,00 te veel betaald" in plain(finance.get(f"{TEAM}{order.code}"))
    asked = {"amount_cents": "17", "verder": "1"}
    page = finance.get(f"{TEAM}{order.code}/teruggeven", query_string=asked).text
    assert "blijven gelden" not in page
    refunding.request_refund(order, 1700, "Coulance", "een", now=NOW)
    assert queries.balance(order) == queries.Balance(0, 1700)


def test_keeping_all_says_that_it_is_about_the_tickets(finance):
    page = finance.get(f"{TEAM}{paid_order().code}/annuleren").text
    assert "Niets van de prijs van de kaartjes" in page


def test_where_nothing_was_paid_nothing_goes_back(finance):
    order = make.order()
    page = finance.get(f"{TEAM}{order.code}/teruggeven").text
    assert "Er kan niets terug" in page
    assert f"{order.code}/teruggeven" not in finance.get(f"{TEAM}{order.code}").text
    page = ask(finance, order).text
    assert "Gaat terug naar de koper" not in page

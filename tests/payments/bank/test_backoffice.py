"""Whoever looks after the money reads in statements and books what waits, on the pages."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.db import db
from festival.payments.models import BankLine
from festival.tickets.models import Order
from tests import make
from tests.payments.bank.files import Paid, camt

BANK = "/team/bank/"


@pytest.fixture
def finance(visitor: FlaskClient) -> FlaskClient:
    make.sign_in(visitor, "finance")
    return visitor


@pytest.fixture
def order(app: Flask) -> Order:
    del app
    return make.order(
        of=make.ticket_type(price_cents=4500), confirmed_at=None, due_at=make.NOW, code="FPDMWTTG",
        reference="RF48FPDMWTTG",
    )  # fmt: skip


def send(finance: FlaskClient, *paid: Paid) -> str:
    form = {"file": (io.BytesIO(camt(*paid)), "afschrift.xml")}
    return finance.get(finance.post(BANK, data=form).location).text


def test_a_statement_is_read_in_and_what_is_left_is_booked(
    finance: FlaskClient, order: Order
) -> None:
    said = send(finance, Paid(4000, "kaartjes Mia", name="<b>Mia</b>"), Paid(9, sign="DBIT"))
    assert "1 nieuwe bijschrijving." in said
    assert "1 afschrijving of voorlopige regel is overgeslagen." in said
    assert "<b>Mia" not in said
    [line] = db.session.query(BankLine)
    page = finance.get(f"{BANK}{line.key}").text
    assert "we vinden er geen bestelling bij" in page

    def book(**fields: str) -> str:
        answer = finance.post(f"{BANK}{line.key}/boek", data=fields)
        return finance.get(answer.location).text if answer.location else answer.text

    assert "We vinden geen bestelling" in book(order="NIETS234", amount_cents="40,00")
    assert "nog te boeken is: € 40,00" in book(order=order.code, amount_cents="45,00").replace(
        "\xa0", " "
    )
    assert "is geboekt op bestelling FPDMWTTG" in book(order="fpdm wttg", amount_cents="40,00")
    assert "Geboekt op" in finance.get(f"{BANK}{line.key}").text


def test_what_is_for_no_order_is_set_aside_and_comes_back(
    finance: FlaskClient, order: Order
) -> None:
    del order
    send(finance, Paid(4000, "subsidie"))
    [line] = db.session.query(BankLine)
    key = line.key
    assert finance.post(f"{BANK}{key}/opzij", data={"why": ""}).status_code == 422
    finance.post(f"{BANK}{key}/opzij", data={"why": "Subsidie van de gemeente"})
    assert "Subsidie van de gemeente" in finance.get(f"{BANK}{key}").text
    assert "Nog niets" not in finance.get(f"{BANK}?state=aside").text
    finance.post(f"{BANK}{key}/terug")
    assert "Boek op een bestelling" in finance.get(f"{BANK}{key}").text


def test_a_file_that_is_none_is_refused_with_what_to_do(finance: FlaskClient, order: Order) -> None:
    del order
    answer = finance.post(BANK, data={"file": (io.BytesIO(b"<html>"), "x.xml")})
    assert answer.status_code == 422
    assert "Kies een CAMT.053" in answer.text
    assert "Kies een bestand." in finance.post(BANK, data={}).text


def test_in_english(finance: FlaskClient, order: Order) -> None:
    del order
    send(finance, Paid(4000, "x"))
    assert "Credits from the bank" in finance.get("/en/team/bank/").text


@pytest.mark.parametrize("role", ["checkin", "editor", "programme"])
def test_others_have_no_business_there(visitor: FlaskClient, order: Order, role: str) -> None:
    del order
    make.sign_in(visitor, role)
    assert visitor.get(BANK).status_code in {403, 404}

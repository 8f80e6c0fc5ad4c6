"""An invoice with a wrong address: a credit note and a new invoice in one act, shown before."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import clock
from festival.db import db
from festival.invoices.models import Invoice
from festival.invoices.rules import Customer, SellerIncomplete
from festival.mail.models import Letter
from festival.payments.rules import cancelling, invoicing, replacing_invoices
from festival.team.models import AuditEntry
from festival.tickets import ledger
from festival.tickets.models import Order
from tests import make
from tests.invoices.test_rules import CUSTOMER
from tests.make import NOW
from tests.payments.test_invoicing import FORM, made, paid_and_given_back, placed, request
from tests.races.at_once import answer, at_once

RIGHT = replace(CUSTOMER, street="Stationsstraat 20", city="Breda")


def change(
    order: Order, invoice: Invoice, customer: Customer = RIGHT, *, seen: int = 19500
) -> Invoice:
    return replacing_invoices.replace_invoice(
        order, invoice, customer, po_number="4500", seen_cents=seen, now=NOW
    )


def test_both_are_made_with_the_same_amounts_and_mailed(any_app: Flask) -> None:
    order = placed()
    first = request(order)
    new = change(order, first)
    assert made(order) == [
        ("2026-0001", 19500, 3384),
        ("2026-0002", -19500, -3384),
        ("2026-0003", 19500, 3384),
    ]
    assert (new.customer_street, new.customer_city) == ("Stationsstraat 20", "Breda")
    note = db.session.query(Invoice).filter_by(number="2026-0002").one()
    assert (note.credits_id, note.customer_street) == (first.id, CUSTOMER.street)
    letters = db.session.query(Letter).filter_by(name="payments/invoice_made").count()
    assert letters == 3
    [entry] = db.session.query(AuditEntry).filter_by(verb="replace_invoice")
    assert (entry.subject, entry.details) == (
        "invoice 2026-0001",
        {"credit": "2026-0002", "by": "2026-0003"},
    )
    assert invoicing.settle_all(lambda: NOW).done == 0, "nothing is invoiced twice"


def test_what_is_taken_back_later_is_credited_to_the_new_one(any_app: Flask) -> None:
    order = placed()
    new = change(order, request(order))
    cancelling.cancel_order(order, now=NOW)
    note = db.session.query(Invoice).order_by(Invoice.id.desc()).first()
    assert note
    assert (note.credits_id, note.total_cents, note.customer_city) == (new.id, -19500, "Breda")
    assert sum(row[1] for row in made(order)) == sum(row[2] for row in made(order)) == 0


def test_only_what_still_stands_is_replaced(any_app: Flask) -> None:
    order = placed()
    first = request(order)
    ledger.reverse(order, ledger.standing(order)[:1], now=NOW)
    db.session.commit()
    with pytest.raises(replacing_invoices.InvoiceMoved):
        change(order, first)
    assert len(made(order)) == 1, "nothing was made"
    change(order, first, seen=13000)
    assert [row[1] for row in made(order)] == [19500, -6500, -13000, 13000]
    assert sum(row[2] for row in made(order)) == sum(
        entry.vat_cents for entry in ledger.entries_of(order)
    )


def test_what_was_given_back_does_not_stand_on_it_any_more(any_app: Flask) -> None:
    order = placed()
    first = request(order)
    paid_and_given_back(order, 1000)
    with pytest.raises(replacing_invoices.InvoiceMoved):
        change(order, first)
    new = change(order, first, seen=18500)
    assert (new.is_credit_note, new.total_cents) == (False, 18500)
    assert [row[1] for row in made(order)] == [19500, -1000, -18500, 18500]
    cancelling.cancel_order(order, now=NOW)
    assert [row[1] for row in made(order)][4:] == [-18500]
    assert sum(row[2] for row in made(order)) == 0


def test_what_was_replaced_credited_or_is_the_same_is_not_replaced(any_app: Flask) -> None:
    order = placed()
    first = request(order)
    with pytest.raises(replacing_invoices.SameCustomer):
        change(order, first, replace(CUSTOMER, email=first.customer_email))
    change(order, first)
    with pytest.raises(replacing_invoices.NothingToReplace):
        change(order, first)
    [note] = db.session.query(Invoice).filter_by(kind="credit_note")
    with pytest.raises(replacing_invoices.NothingToReplace):
        change(order, note, CUSTOMER)


def test_an_incomplete_seller_makes_neither(any_app: Flask) -> None:
    order = placed()
    first = request(order)
    order.edition.organiser_kvk = ""
    db.session.commit()
    with pytest.raises(SellerIncomplete):
        change(order, first)
    assert len(made(order)) == 1


def test_eight_who_replace_it_at_once_replace_it_once(any_app: Flask) -> None:
    order = placed()
    order_id, first_id = order.id, request(order).id

    def replace_it(n: int) -> str:
        said: str = answer(
            change,
            db.session.get_one(Order, order_id),
            db.session.get_one(Invoice, first_id),
            replace(RIGHT, attention=f"Mia {n}"),
        )
        return said

    answers = at_once(any_app, replace_it, 8)
    assert sorted(set(answers)) == ["NothingToReplace", "yes"]
    assert answers.count("yes") == 1
    assert len(made(db.session.get_one(Order, order_id))) == 3


@pytest.fixture
def finance(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make.sign_in(visitor, "finance")
    return visitor


def test_the_team_sees_both_before_they_are_made(finance: FlaskClient) -> None:
    order = placed()
    request(order)
    address = f"/team/bestellingen/{order.code}/factuur/2026-0001/vervangen"
    assert address in finance.get(f"/team/bestellingen/{order.code}").text
    assert 'value="Stadhuisplein 130"' in finance.get(address).text
    form = FORM | {"street": "Stationsstraat 20"}
    assert finance.post(address, data=form | {"street": ""}).status_code == 422
    preview = finance.post(address, data=form).text
    assert "€\xa0195,00" in preview
    assert "Stationsstraat 20" in preview
    assert len(made(order)) == 1, "it is only shown"
    back = finance.post(address, data=form | {"terug": "1"}).text
    assert 'value="Stationsstraat 20"' in back
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', preview))
    hidden.pop("csrf_token", None)
    answer = finance.post(address, data=hidden | {"zeker": "1"})
    assert answer.status_code == 303
    page = finance.get(answer.location).text
    assert "Factuur 2026-0001 is vervangen door 2026-0003." in page
    assert len(made(order)) == 3
    again = finance.post(address, data=hidden | {"zeker": "1"})
    assert (again.status_code, len(made(order))) == (409, 3)
    assert "Er is niets te vervangen" in finance.get(address).text


def test_only_the_invoices_of_the_order_and_only_for_finance(
    app: Flask, finance: FlaskClient
) -> None:
    order, other = placed(), make.order()
    request(order)
    for code, number in ((other.code, "2026-0001"), (order.code, "2026-0009"), ("X", "1")):
        address = f"/team/bestellingen/{code}/factuur/{number}/vervangen"
        assert finance.get(address).status_code == 404
    crew = app.test_client()
    make.sign_in(crew, "checkin")
    address = f"/team/bestellingen/{order.code}/factuur/2026-0001/vervangen"
    assert crew.get(address).status_code == 403
    assert "Replace" in finance.get(f"/en{address}").text

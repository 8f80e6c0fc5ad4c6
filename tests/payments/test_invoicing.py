"""What an order costs is on invoices, and what was taken back is on credit notes: each once."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import clock
from festival.db import db
from festival.invoices import rules as invoices
from festival.invoices import ubl
from festival.invoices.models import Invoice
from festival.invoices.rules import Customer
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.models import InvoiceRequest
from festival.payments.rules import cancelling, invoicing, lapsing, refunding
from festival.tickets import ledger
from festival.tickets.models import Order
from festival.tickets.rules import ending
from festival.vat import of_category
from festival.web.languages import Bilingual
from tests import make
from tests.invoices.test_rules import CUSTOMER, seller
from tests.make import NOW


def placed(number: int = 3, **values: object) -> Order:
    if not db.session.query(Invoice).count() and not db.session.query(Order).count():
        seller(invoices_always=values.pop("always", False))
    of = make.ticket_type(price_cents=6500, vat_category="standard")
    due = {"confirmed_at": None, "due_at": NOW, "reference": "RF45K7PM4WXQ"}
    return make.order(tickets=number, of=of, **due | values)


def request(order: Order, customer: Customer = CUSTOMER) -> Invoice:
    return invoicing.request_invoice(order, customer, po_number="4500", now=NOW)


def made(order: Order) -> list[tuple[str, int, int]]:
    rows = db.session.query(Invoice).filter_by(subject_id=order.id).order_by(Invoice.id)
    return [(each.number, each.total_cents, each.vat_cents) for each in rows]


def test_one_line_for_equal_tickets_and_a_letter_with_both_files(any_app: Flask) -> None:
    order = placed()
    invoice = request(order)
    [line] = invoice.lines
    assert (line.quantity, line.amount_cents, line.vat_cents) == (3, 19500, 3384)
    assert (invoice.customer_name, invoice.po_number) == ("Gemeente Voorbeeld", "4500")
    letter = db.session.query(Letter).filter_by(name="payments/invoice_made").one()
    assert [each["kind"] for each in letter.attachments] == ["invoice_pdf", "invoice_ubl"]


def test_it_is_asked_for_once(any_app: Flask) -> None:
    order = placed()
    request(order)
    with pytest.raises(invoicing.AlreadyRequested):
        request(order)
    assert len(made(order)) == 1


def test_a_free_order_and_one_that_ended_have_none(app: Flask) -> None:
    seller()
    for order in (make.order(), placed(lapsed_at=NOW)):
        with pytest.raises(invoicing.NothingToInvoice):
            request(order)


def test_an_incomplete_seller_has_none(app: Flask) -> None:
    make.edition()
    with pytest.raises(invoices.SellerIncomplete):
        request(make.order(of=make.ticket_type(price_cents=6500, vat_category="standard")))


@pytest.mark.parametrize("end", [cancelling.cancel_order, lapsing.lapse_order])
def test_an_order_that_ends_gets_a_credit_note(any_app: Flask, end: object) -> None:
    order = placed()
    request(order)
    end(order, now=NOW)  # type: ignore[operator]
    assert made(order) == [("2026-0001", 19500, 3384), ("2026-0002", -19500, -3384)]
    assert invoicing.settle_invoices(order, now=NOW) == []


def test_a_part_that_is_taken_back_is_credited_once(any_app: Flask) -> None:
    order = placed()
    request(order)
    ledger.reverse(order, ledger.standing(order)[:1], now=NOW)
    db.session.commit()
    assert invoicing.settle_all(lambda: NOW).done == 1
    assert invoicing.settle_all(lambda: NOW).done == 0
    ledger_vat = sum(entry.vat_cents for entry in ledger.entries_of(order))
    assert [row[1] for row in made(order)] == [19500, -6500]
    assert sum(row[2] for row in made(order)) == ledger_vat


def test_an_order_that_comes_back_is_invoiced_again(any_app: Flask) -> None:
    order = placed()
    request(order)
    lapsing.lapse_order(order, now=NOW)
    assert ending.revive_order(order, now=NOW)
    invoicing.settle_all(lambda: NOW)
    assert [row[1] for row in made(order)] == [19500, -19500, 19500]


def test_what_nobody_asked_for_is_made_where_the_edition_always_does(any_app: Flask) -> None:
    order = placed(always=True)
    assert invoicing.settle_all(lambda: NOW).done == 0  # it is not paid
    ending.confirm_order(order, now=NOW)
    invoicing.settle_all(lambda: NOW)
    [invoice] = db.session.query(Invoice).all()
    assert (invoice.customer_name, invoice.customer_street) == (order.name, "")


def test_what_was_paid_before_stands_on_it(any_app: Flask) -> None:
    order = placed()
    make.payment(order, 5000)
    assert request(order).open_cents == 14500


def test_money_given_back_is_credited_on_the_invoice(any_app: Flask) -> None:
    order = placed()
    request(order)
    paid_and_given_back(order, 1000)
    assert [row[1] for row in made(order)] == [19500, -1000]
    note = db.session.query(Invoice).filter_by(kind="credit_note").one()
    assert (note.credits.number, [line.name for line in note.lines]) == (
        "2026-0001",
        ["Tegemoetkoming"],
    )
    xml = ubl.document(note, b"").decode()
    assert '<cbc:LineExtensionAmount currencyID="EUR">8.27</cbc:LineExtensionAmount>' in xml
    assert '<cbc:PayableAmount currencyID="EUR">10.00</cbc:PayableAmount>' in xml
    letter = db.session.query(Letter).filter_by(name="payments/invoice_made").all()[-1]
    assert "creditfactuur 2026-0002: € 10,00 gaat af" in letter.body_text.replace("\xa0", " ")
    assert invoicing.settle_all(lambda: NOW).done == 0


@pytest.mark.parametrize("always", [True, False])
def test_what_was_given_back_is_not_credited_again_with_the_tickets(
    any_app: Flask, always: object
) -> None:
    order = placed(always=always)
    if not always:
        request(order)
    paid_and_given_back(order, 1000)
    cancelling.cancel_order(order, now=NOW)
    assert [row[1] for row in made(order)] == [19500, -1000, -18500]
    assert sum(row[2] for row in made(order)) == 0
    assert invoicing.settle_all(lambda: NOW).done == 0


def test_the_newest_invoice_on_which_enough_stands_is_credited(any_app: Flask) -> None:
    order = placed()
    first = request(order)
    ledger.enter(
        order, [ledger.Charge(Bilingual("Kabel", "Cable"), 500, of_category("standard"))], now=NOW
    )
    invoicing.settle_invoices(order, now=NOW)
    paid_and_given_back(order, 1000)
    note = db.session.query(Invoice).filter_by(kind="credit_note").one()
    assert note.credits_id == first.id


def paid_and_given_back(order: Order, cents: int) -> None:
    make.payment(order, queries.balance(order).due_cents)
    ending.confirm_order(order, now=NOW)
    invoicing.settle_all(lambda: NOW)
    refunding.request_refund(order, cents, "Geen soep", "een", now=NOW)


FORM = {
    "name": "Gemeente Voorbeeld",
    "attention": "J. Jansen",
    "street": "Stadhuisplein 130",
    "postal_code": "5038 TC",
    "city": "Tilburg",
    "country": "NL",
    "kvk": "8765 4321",
    "vat_id": "nl 0044.95.445.b01",
    "po_number": "4500123456",
}


@pytest.fixture
def buyer(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return visitor


def test_the_buyer_asks_and_downloads(buyer: FlaskClient) -> None:
    order = placed(secret="mijn-bestelling")
    page = buyer.get("/bestelling/mijn-bestelling").get_data(as_text=True)
    assert "/bestelling/mijn-bestelling/factuur/" in page
    assert "Gemeente" not in buyer.get("/bestelling/mijn-bestelling/factuur/").text
    assert buyer.post("/bestelling/mijn-bestelling/factuur/", data=FORM).status_code == 303
    kept = db.session.query(InvoiceRequest).one()
    assert (kept.kvk, kept.vat_id) == ("87654321", "NL004495445B01")
    page = buyer.get("/bestelling/mijn-bestelling").get_data(as_text=True)
    assert "Factuur 2026-0001" in page
    paper = buyer.get("/bestelling/mijn-bestelling/factuur/2026-0001.pdf")
    assert (paper.mimetype, paper.data[:4]) == ("application/pdf", b"%PDF")
    assert buyer.get("/bestelling/mijn-bestelling/factuur/2026-0001.ubl").data[:5] == b"<?xml"
    other = placed(secret="een-andere", reference="RF18539007547034")
    assert buyer.get("/bestelling/een-andere/factuur/2026-0001.pdf").status_code == 404
    assert order.id != other.id


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Vul in voor wie"),
        ({"street": ""}, "Vul straat"),
        ({"kvk": "1234567"}, "heeft 8 cijfers"),
        ({"vat_id": "NL004495446B01"}, "btw-id klopt niet"),
        ({"country": "XX"}, "Kies opnieuw"),
    ],
)
def test_what_does_not_fit_is_asked_again(
    buyer: FlaskClient, changed: dict[str, str], said: str
) -> None:
    placed(secret="mijn-bestelling")
    answer = buyer.post("/bestelling/mijn-bestelling/factuur/", data=FORM | changed)
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.query(Invoice).count() == 0

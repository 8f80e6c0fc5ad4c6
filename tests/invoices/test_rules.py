"""An invoice has a number without gaps, a copy of everything, and never changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from festival import vat
from festival.db import Base, db, transactional
from festival.editions.models import Edition
from festival.invoices import documents, rules
from festival.invoices.models import Invoice, InvoiceCounter, InvoiceFile, InvoiceLine
from festival.invoices.rules import Customer, Line, Subject
from festival.vat import Vat
from tests import make
from tests.make import NOW

CUSTOMER = Customer(
    name="Gemeente Voorbeeld",
    email="inkoop@example.org",
    attention="J. Jansen",
    street="Stadhuisplein 130",
    postal_code="5038 TC",
    city="Tilburg",
    kvk="87654321",
)
LINES = (
    Line("Weekend", 3, 3 * 6500, Vat("standard", 21)),
    Line("Lezing", 1, 1750, Vat("reduced", 9)),
    Line("Cursus", 2, 5000, Vat("exempt", 0, "artikel 11 lid 1 onder o Wet OB")),
)


def seller(**values: object) -> Edition:
    return make.edition(
        **{
            "organiser_street": "Spoorlaan 1",
            "organiser_postal_code": "5038 CB",
            "organiser_city": "Tilburg",
            "organiser_kvk": "12345678",
            "organiser_vat_id": "NL004495445B01",
            **values,
        }
    )


def invoice(
    of: Edition | None = None,
    lines: tuple[Line, ...] = LINES,
    *,
    row_id: int = 1,
    now: datetime = NOW,
    **values: object,
) -> Invoice:
    return rules.make_invoice(
        of or seller(),
        CUSTOMER,
        Subject("orders", row_id, "K7PM4WXQ", "RF45K7PM4WXQ"),
        lines,
        **{"language": "nl", "due_on": date(2026, 10, 15)} | values,
        now=now,
    )


def test_it_holds_all_that_the_law_wants(any_app: Flask) -> None:
    made = invoice(po_number="4500123456", paid_cents=1000)
    assert (made.number, made.issued_on) == ("2026-0001", date(2026, 10, 1))
    assert (made.total_cents, made.open_cents) == (26250, 25250)
    assert made.by_vat == [
        (Vat("standard", 21), 19500 - 3384, 3384),
        (Vat("reduced", 9), 1750 - 144, 144),
        (Vat("exempt", 0, "artikel 11 lid 1 onder o Wet OB"), 5000, 0),
    ]
    assert made.vat_cents == 3528
    kept = [made.seller_name, made.seller_city, made.seller_vat_id, made.customer_kvk]
    assert kept == ["Stichting Voorbeeld", "Tilburg", "NL004495445B01", "87654321"]
    assert made.supplied_on == made.edition.starts_on


@pytest.mark.parametrize("missing", rules.SELLER)
def test_an_incomplete_seller_makes_none(app: Flask, missing: str) -> None:
    with pytest.raises(rules.SellerIncomplete):
        invoice(seller(**{missing: ""}))


def test_numbers_begin_again_each_year_of_the_festivals_clocks(any_app: Flask) -> None:
    of = seller()
    midnight = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    moments = (NOW, midnight - timedelta(seconds=1), midnight, midnight)
    numbers = [invoice(of, row_id=n, now=now).number for n, now in enumerate(moments)]
    assert numbers == ["2026-0001", "2026-0002", "2027-0001", "2027-0002"]


def test_a_rollback_leaves_no_gap(any_app: Flask) -> None:
    of = seller()
    invoice(of)

    @transactional
    def fails() -> None:
        assert invoice(of, row_id=2).number == "2026-0002"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert invoice(of, row_id=3).number == "2026-0002"
    assert db.session.query(InvoiceCounter).one().last == 2


def test_a_credit_note_names_the_original_and_is_in_the_same_series(any_app: Flask) -> None:
    made = invoice()
    one = Line("Weekend", 1, -6500, Vat("standard", 21))
    note = rules.make_credit_note(made, [one], now=NOW + timedelta(days=1))
    assert (note.number, note.credits, note.is_credit_note) == ("2026-0002", made, True)
    assert (note.customer_name, note.seller_vat_id) == ("Gemeente Voorbeeld", "NL004495445B01")
    assert (note.total_cents, note.paid_cents) == (-6500, 0)
    # Together they hold the VAT of what is left, rounded once.
    assert made.vat_cents + note.vat_cents == vat.included(13000, 21) + vat.included(1750, 9)


@pytest.mark.parametrize("kind", [Invoice, InvoiceLine, InvoiceFile])
def test_the_database_lets_nothing_change(any_app: Flask, kind: type[Base]) -> None:
    documents.ensure_files(invoice(), now=NOW)
    for column in kind.__table__.columns:  # not even to what it is already
        statement = f"UPDATE {kind.__tablename__} SET {column.name} = {column.name}"
        with pytest.raises(SQLAlchemyError, match="never change"):
            db.session.execute(text(statement))
        db.session.rollback()

"""Fifty invoices at the same instant: each number once, and none left out."""

from festival.db import db
from festival.editions.models import Edition
from festival.invoices.models import Invoice, InvoiceCounter
from tests.invoices.test_rules import invoice, seller
from tests.races.at_once import at_once

NUMBER = 50


def test_fifty_at_once_leave_no_gap_and_no_double(any_app):
    edition_id = seller().id

    def make_one(n):
        return invoice(db.session.get_one(Edition, edition_id), row_id=n).number

    numbers = at_once(any_app, make_one, NUMBER)
    assert sorted(numbers) == [f"2026-{n:04}" for n in range(1, NUMBER + 1)]
    assert db.session.query(Invoice).count() == NUMBER
    assert db.session.query(InvoiceCounter).one().last == NUMBER

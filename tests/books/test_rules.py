"""Closing a month keeps what the books came to, and the doctor compares."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from festival.books import queries, rules
from festival.books.models import ClosedSums
from festival.db import db
from festival.home import doctor
from festival.payments.rules import closing
from festival.tickets.ledger import LedgerEntry
from tests import make

SEPTEMBER = date(2026, 9, 1)
PAID = datetime(2026, 9, 20, 9, 0, tzinfo=UTC)
LATE = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)


def close(month: date = SEPTEMBER) -> None:
    rules.close_month(month, today=date(2026, 10, 20), now=LATE)


def books_in_doctor() -> list[tuple[str, str]]:
    return [(each.level, each.sentence) for each in doctor.examine(LATE) if each.subject == "books"]


@pytest.fixture
def entry(any_app: Flask) -> int:
    """The entry of 45 euros that came in in September, of which 10 went back in October."""
    of = make.ticket_type(price_cents=4500)
    order = make.order(of=of)
    paid = make.payment(order, 4500, received_at=PAID)
    make.refund(order, 1000, done_at=LATE)
    return paid.entry_id


def test_the_sums_up_to_the_month_are_kept(entry: int) -> None:
    close()
    row = db.session.query(ClosedSums).one()
    assert (row.month, row.edition) == (SEPTEMBER, make.current_edition())
    assert (row.received_cents, row.paid_back_cents) == (4500, 0)
    assert queries.changed_since_closing() == []
    assert books_in_doctor() == [
        (doctor.GOOD, "Closed months still come to what they were closed with.")
    ]


def test_what_happens_in_an_open_month_changes_nothing(entry: int) -> None:
    close()
    order = db.session.get_one(LedgerEntry, entry).order
    make.payment(order, 700, received_at=LATE)
    assert queries.changed_since_closing() == []


def test_the_doctor_says_which_sum_changed(entry: int) -> None:
    close()
    db.session.execute(update(ClosedSums).values(received_cents=4600))
    db.session.commit()
    slug = make.current_edition().slug
    assert books_in_doctor() == [
        (
            doctor.BAD,
            f"Edition {slug}, up to the closed month 2026-09: received was 4600 cents at closing,"
            " and is 4500 now.",
        )
    ]


def test_money_dated_back_into_a_closed_month_is_seen(entry: int) -> None:
    close()
    order = db.session.get_one(LedgerEntry, entry).order
    make.payment(order, 700, received_at=PAID + timedelta(days=1))
    [changed] = queries.changed_since_closing()
    assert (changed.name, changed.then_cents, changed.now_cents) == ("received", 4500, 5200)


def test_a_refused_closing_keeps_nothing(entry: int) -> None:
    close()
    for month in (SEPTEMBER, date(2026, 8, 1)):
        with pytest.raises(closing.ClosedBefore):
            close(month)
    assert db.session.query(ClosedSums).count() == 1

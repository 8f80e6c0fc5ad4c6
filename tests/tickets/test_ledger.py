"""The ledger of an order only grows, and adds up to what is due."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from festival import vat
from festival.db import db
from festival.tickets import ledger
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import BuyerMailbox, Order
from festival.tickets.rules import ending, ordering
from tests import make
from tests.make import NOW

LATER = NOW + timedelta(days=9)


def ordered(number: int = 30, **values: object) -> Order:
    of = make.ticket_type(**{"price_cents": 3750, "max_per_order": 40} | values)
    if number > 10:  # more than an address may hold that nobody confirmed
        confirmed = {"secret": "s", "asked_at": NOW, "confirmed_at": NOW}
        db.session.add(BuyerMailbox(address="mia@example.org", **confirmed))
        db.session.commit()
    return ordering.place_order(of.edition, make.order_request(*[of] * number), now=NOW)


def due(order: Order) -> int:
    return sum(entry.amount_cents for entry in ledger.entries_of(order))


def test_thirty_tickets_hold_the_vat_of_one_sum(any_app: Flask) -> None:
    entries = ledger.entries_of(ordered())
    assert [entry.kind for entry in entries] == ["sale"] * 30
    assert sum(entry.vat_cents for entry in entries) == 9289
    assert {entry.vat_cents for entry in entries} == {309, 310}
    assert {entry.ticket_id for entry in entries} != {None}


def test_what_is_free_is_not_entered(any_app: Flask) -> None:
    assert ledger.entries_of(ordered(2, price_cents=0)) == []


def test_an_order_that_ends_owes_nothing_and_one_that_comes_back_owes_all(any_app: Flask) -> None:
    order = ordered(3)
    assert due(order) == 11250
    ending.end_order(order, lapsed=True, now=LATER)
    assert (due(order), ledger.standing(order)) == (0, [])
    assert sum(entry.vat_cents for entry in ledger.entries_of(order)) == 0
    ending.revive_order(order, now=LATER)
    assert due(order) == 11250
    assert [entry.kind for entry in ledger.entries_of(order)] == (
        ["sale"] * 3 + ["reversal"] * 3 + ["sale"] * 3
    )
    assert len(ledger.standing(order)) == 3


def test_one_ticket_less_leaves_the_vat_of_the_rest(any_app: Flask) -> None:
    order = ordered()
    first, *rest = ledger.standing(order)
    ledger.reverse(order, [first], now=LATER)
    db.session.commit()
    assert [entry.id for entry in ledger.standing(order)] == [entry.id for entry in rest]
    entries = ledger.entries_of(order)
    assert sum(entry.vat_cents for entry in entries) == vat.included(29 * 3750, 9)


def test_an_entry_is_taken_back_once(any_app: Flask) -> None:
    order = ordered(1)
    [entry] = ledger.standing(order)
    ledger.reverse(order, [entry], now=LATER)
    with pytest.raises(IntegrityError):
        ledger.reverse(order, [entry], now=LATER)
    db.session.rollback()


def test_the_database_lets_no_entry_change(any_app: Flask) -> None:
    [entry] = ledger.standing(ordered(1))
    other = ordered(1)
    values = {column.name: column for column in LedgerEntry.__table__.columns}
    for name, column in (values | {"order_id": other.id}).items():  # also to what it is already
        with pytest.raises(SQLAlchemyError, match="entries of the ledger never change"):
            db.session.execute(
                update(LedgerEntry).where(LedgerEntry.id == entry.id).values({name: column})
            )
        db.session.rollback()
    assert ledger.entries_of(entry.order)[0].kind == "sale"


def test_the_vat_is_that_of_the_day_and_stays(any_app: Flask) -> None:
    of = make.ticket_type(
        price_cents=12100,
        vat_category="reduced",
        next_vat_category="standard",
        next_vat_from_on=NOW.date() + timedelta(days=1),
    )

    def entry(key: str, days: int) -> LedgerEntry:
        wanted = make.order_request(of, form_key=key)
        order = ordering.place_order(of.edition, wanted, now=NOW + timedelta(days=days))
        [found] = ledger.standing(order)
        return found

    before, after = entry("een", 0), entry("twee", 1)
    assert (before.vat, before.vat_cents) == (vat.of_category("reduced"), 999)
    assert (after.vat, after.vat_cents) == (vat.of_category("standard"), 2100)


def test_a_price_without_vat_is_not_sold(any_app: Flask) -> None:
    with pytest.raises(ordering.NotReady):
        ordered(1, vat_category="")
    assert ordered(1, vat_category="", price_cents=0).state == "confirmed"

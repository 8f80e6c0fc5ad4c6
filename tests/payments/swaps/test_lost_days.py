"""Swapping a ticket takes days from it: what was ordered with it for those days goes back."""

import pytest

from festival import codes
from festival.db import db
from festival.home import consistency_checks
from festival.mail.models import Letter
from festival.payments import due, queries
from festival.payments.models import Refund
from festival.payments.swaps import terms
from festival.tickets.extras import taking
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.extras.taking import WantedExtra
from tests import make
from tests.make import NOW
from tests.payments.swaps.asking import all_is_well, pay, swap


@pytest.fixture
def lunches(edition):
    """A lunch on each day, and a shirt for any day."""
    friday, saturday = make.days("2026-10-23", "2026-10-24")
    return [
        make.extra(day=friday, capacity=5),
        make.extra(day=saturday, capacity=5),
        make.extra(price_cents=1900),
    ]


def paid_with(of, extras):
    order = make.order(of=of)
    taking.take(order, [WantedExtra(each, 0, each.price_cents) for each in extras], now=NOW)
    db.session.commit()
    make.payment(order, queries.balance(order).due_cents)
    return order


def left(order):
    return [each.extra for each in taking.of_tickets(order, None)]


def test_a_lunch_on_a_lost_day_goes_back_with_its_price(cheap, dear, lunches):
    friday, saturday, shirt = lunches
    order = paid_with(dear, lunches)
    offer = terms.quote(order.tickets[0], cheap, by_team=False, now=NOW)
    assert [each.extra for each in offer.extras] == [saturday]
    assert offer.back_cents == 4000 + 1250
    swap(order, cheap, shown=offer.mark)
    assert left(order) == [friday, shirt]
    assert (friday.taken, saturday.taken) == (1, 0)
    assert sum(each.amount_cents for each in db.session.query(Refund)) == 5250
    text = db.session.query(Letter).order_by(Letter.id.desc()).first().body_text
    assert f"en is teruggenomen:\n\n* {saturday.name.nl}" in text.replace("\n* ", "\n\n* ")
    assert all_is_well()
    assert consistency_checks.extras() == []


def test_with_a_dearer_type_it_goes_back_once_that_is_paid(edition, cheap, lunches):
    friday, _saturday, shirt = lunches
    to = make.ticket_type(price_cents=4500, days=["2026-10-24"])
    order = paid_with(cheap, [friday, shirt])
    asked = swap(order, to)
    assert (due.due_now(order).cents, left(order)) == (2000, [friday, shirt])
    pay(order, 2000)
    assert (asked.outcome, left(order), friday.taken) == ("done", [shirt], 0)
    assert sum(each.amount_cents for each in db.session.query(Refund)) == 1250
    assert consistency_checks.extras() == []


def test_what_was_handed_out_stays(cheap, dear, lunches):
    _friday, saturday, _shirt = lunches
    order = paid_with(dear, [saturday])
    row = db.session.query(OrderedExtra).one()
    row.handed_out_at, row.handed_out_key = NOW, codes.secret()
    db.session.commit()
    swap(order, cheap)
    assert left(order) == [saturday]
    assert sum(each.amount_cents for each in db.session.query(Refund)) == 4000


def test_the_page_says_what_goes_back(visitor, monkeypatch, cheap, dear, lunches):
    monkeypatch.setattr("festival.clock.now", lambda: NOW)
    order = paid_with(dear, lunches)
    page = visitor.get(f"/bestelling/{order.secret}/wisselen?soort=dag").text
    page = page.replace("\xa0", " ")
    assert "We nemen het terug en betalen € 12,50 terug" in page
    assert lunches[1].name.nl in page
    assert "€ 52,50" in page

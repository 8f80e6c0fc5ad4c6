"""Extras of an order: taken from their stock, charged, given back, taken again."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.home import consistency_checks
from festival.payments import queries, summary
from festival.payments.rules import cancelling, recording
from festival.tickets import ledger
from festival.tickets.extras import taking
from festival.tickets.extras.models import Extra, OrderedExtra
from festival.tickets.extras.queries import of_orders
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.rules import ending, ordering
from tests import make
from tests.make import NOW

LATER = NOW + timedelta(days=1)


def place(of, *extras, tickets=2, form_key="formulier"):
    wanted = make.order_request(*[of] * tickets, extras=extras, form_key=form_key)
    return ordering.place_order(of.edition, wanted, now=NOW)


def agree():
    db.session.expire_all()
    assert consistency_checks.extras() == consistency_checks.totals() == []


def taken(extra):
    agree()
    return db.session.get(Extra, extra.id).taken


def paid(order):
    cents = queries.balance(order).due_cents
    recording.record_payment(order, cents, NOW, f"geld-{order.code}", now=NOW)
    order.edition.cancel_until_on = order.edition.starts_on - timedelta(days=1)
    db.session.commit()


def test_they_are_charged_with_their_own_vat(any_app):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    lunch = make.extra()
    shirt = make.extra(is_per_ticket=False, price_cents=1900, vat_category="standard", capacity=5)
    gift = make.extra(is_per_ticket=False, price_cents=500, vat_category="outside")
    order = place(
        of, ExtraRequest(lunch.slug, 1), *[ExtraRequest(shirt.slug)] * 2, ExtraRequest(gift.slug)
    )
    assert order.total_cents == queries.balance(order).total_cents == 9000 + 1250 + 3800 + 500
    charged = [(each.vat_category, each.amount_cents) for each in ledger.entries_of(order)]
    assert charged[2:] == [
        ("reduced", 1250),
        ("standard", 1900),
        ("standard", 1900),
        ("outside", 500),
    ]
    [with_ticket] = [each for each in db.session.query(OrderedExtra) if each.ticket_id]
    assert with_ticket.ticket == order.tickets[1]
    assert (taken(lunch), taken(shirt), taken(gift)) == (1, 2, 1)
    lines = summary.lines_of(order, ledger.entries_of(order), of_orders([order]))
    assert [line.total_cents for line in lines] == [9000, 1250, 3800, 500]


def test_a_free_ticket_with_a_lunch_is_paid_for(any_app):
    lunch = make.extra()
    order = place(make.ticket_type(), ExtraRequest(lunch.slug, 0))
    assert (order.state, order.total_cents) == ("pending", 1250)


@pytest.mark.parametrize(
    "values",
    [{"is_on": False}, {"vat_category": ""}, {"is_per_ticket": False}, {"edition_id": None}],
)
def test_what_is_not_sold_like_that_is_refused(any_app, values):
    of = make.ticket_type(price_cents=500)
    if "edition_id" in values:
        values = {"edition_id": make.edition(is_current=False).id}
    extra = make.extra(**values)
    with pytest.raises(taking.ExtraGone):
        place(of, ExtraRequest(extra.slug, 0))
    db.session.rollback()
    assert taken(extra) == 0


def test_no_ticket_has_two_and_no_order_has_more_than_ten(app):
    of, lunch = make.ticket_type(price_cents=500), make.extra()
    shirt = make.extra(is_per_ticket=False)
    for wanted in (
        [ExtraRequest(lunch.slug, 0)] * 2,
        [ExtraRequest(shirt.slug)] * 11,
        [ExtraRequest("bestaat-niet", 0)],
    ):
        with pytest.raises(taking.ExtraGone):
            place(of, *wanted)
        db.session.rollback()


def test_what_is_out_of_stock_is_refused_with_the_whole_order(any_app):
    of, shirt = make.ticket_type(price_cents=500), make.extra(is_per_ticket=False, capacity=2)
    with pytest.raises(taking.TooFewExtras, match="nog maar 2"):
        place(of, *[ExtraRequest(shirt.slug)] * 3)
    db.session.rollback()
    place(of, *[ExtraRequest(shirt.slug)] * 2)
    with pytest.raises(taking.ExtraSoldOut):
        place(of, ExtraRequest(shirt.slug), form_key="nog een")
    db.session.rollback()
    assert taken(shirt) == 2


def test_a_lapsed_order_gives_them_back_and_takes_them_again(any_app):
    of, lunch = make.ticket_type(price_cents=500), make.extra(capacity=1)
    order = place(of, ExtraRequest(lunch.slug, 0))
    ending.end_order(order, lapsed=True, now=LATER)
    assert taken(lunch) == 0
    assert queries.balance(order).total_cents == 0
    lines = summary.lines_of(order, ledger.entries_of(order), of_orders([order]))
    assert sum(line.total_cents for line in lines) == order.total_cents == 2250
    recording.record_payment(order, 2249, LATER, "te weinig", now=LATER)
    assert order.state == "lapsed"
    recording.record_payment(order, 1, LATER, "de rest", now=LATER)
    assert order.state == "confirmed"
    assert taken(lunch) == 1
    assert queries.balance(order).due_cents == 0


def test_an_order_stays_away_when_its_lunch_is_gone(any_app):
    of, lunch = make.ticket_type(price_cents=500), make.extra(capacity=1)
    order = place(of, ExtraRequest(lunch.slug, 0))
    ending.end_order(order, lapsed=True, now=LATER)
    place(of, ExtraRequest(lunch.slug, 0), form_key="een ander")
    assert not ending.revive_order(order, now=LATER)
    assert taken(lunch) == 1
    assert consistency_checks.pools() == []


def test_a_lunch_goes_with_its_ticket_and_a_shirt_with_the_last(any_app):
    of, lunch = make.ticket_type(price_cents=500), make.extra()
    shirt = make.extra(is_per_ticket=False, price_cents=1900)
    edition = make.current_edition()
    edition.cancel_fee_cents = 100
    order = place(of, *[ExtraRequest(lunch.slug, n) for n in (0, 1)], ExtraRequest(shirt.slug))
    paid(order)
    first, second = order.tickets
    cancelling.cancel_own_tickets(order, [first.code], now=LATER)
    assert (taken(lunch), taken(shirt)) == (1, 1)
    assert queries.balance(order).due_cents == -(500 + 1250 - 100)
    cancelling.cancel_own_tickets(order, [second.code], now=LATER)
    assert (taken(lunch), taken(shirt)) == (0, 0)
    assert queries.balance(order).due_cents == -(1000 + 2500 + 1900 - 200)

"""Cancelling some tickets of an order, or all of them, by the terms of the edition."""

from datetime import date, timedelta

import pytest

from festival import vat
from festival.bookings.models import Booking, WaitingListEntry
from festival.bookings.rules import waiting_list
from festival.db import db
from festival.mail.models import Letter
from festival.payments import queries, terms
from festival.payments.models import Refund
from festival.payments.rules import cancelling, lapsing, recording
from festival.tickets import ledger
from tests import make
from tests.make import NOW

LATER = NOW + timedelta(days=1)


def paid_order(number=4, price_cents=4500, **values):
    for name, value in {"cancel_until_on": date(2026, 10, 20), **values}.items():
        setattr(make.current_edition(), name, value)
    of = make.ticket_type(price_cents=price_cents, vat_category="standard")
    order = make.order(tickets=number, of=of)
    make.payment(order, number * price_cents)
    return order


def pending_order(number=4):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    return make.order(tickets=number, of=of, confirmed_at=None, due_at=NOW + timedelta(days=9))


def cancel(order, *numbers, **values):
    codes = [order.tickets[number].code for number in numbers] or None
    cancelling.cancel_own_tickets(order, codes, **{"now": LATER, **values})


def refunds(order):
    rows = db.session.query(Refund).filter_by(order_id=order.id).order_by(Refund.id)
    return [(row.amount_cents, row.state, row.method) for row in rows]


def names():
    return [name for (name,) in db.session.query(Letter.name).order_by(Letter.id)]


@pytest.mark.parametrize(
    ("fixed", "percent", "free_until", "fee"),
    [
        (0, 0, None, 0),
        (250, 0, None, 250),
        (0, 10, None, 450),
        (250, 10, None, 700),
        (9000, 0, None, 4500),  # never more than the price
        (0, 1, None, 45),
        (250, 10, date(2026, 10, 2), 0),  # the last free day
        (250, 10, date(2026, 10, 1), 700),
    ],
)
def test_the_fee_is_fixed_and_a_part_of_the_price(app, fixed, percent, free_until, fee):
    order = paid_order(
        1, cancel_fee_cents=fixed, cancel_fee_percent=percent, cancel_free_until_on=free_until
    )
    assert terms.fee_cents(order.edition, 4500, now=LATER) == fee
    fees = terms.fees_of(order, order.tickets, has_fee=True, now=LATER)
    sums = terms.settlement(order, order.tickets, queries.balance(order), fees)
    assert (sums.price_cents, sums.fee_cents, sums.back_cents) == (4500, fee, 4500 - fee)


def test_one_of_four_goes_and_its_money_comes_back_less_the_fee(any_app):
    order = paid_order(cancel_fee_cents=500)
    order.tickets[1].holder_email = "eva@example.org"
    slot = make.slot(places=1)
    make.booking(order.tickets[1], slot)
    waiting = make.ticket()
    waiting_list.join_waiting_list(waiting, slot, now=NOW)
    cancel(order, 1)
    assert order.state == "confirmed"
    assert [ticket.is_valid for ticket in order.tickets] == [True, False, True, True]
    assert order.tickets[1].cancelled_at == LATER
    assert order.tickets[0].type.pool.taken == 3
    assert slot.taken == 0
    waiting_list.fill_slot(slot.id, now=LATER)
    assert db.session.query(WaitingListEntry.left_at).one() != (None,)
    assert db.session.query(Booking).filter_by(cancelled_at=None).one().ticket_id == waiting.id
    assert queries.balance(order) == queries.Balance(3 * 4500 + 500, 4 * 4500)
    assert refunds(order) == [(4000, "requested", "bank_transfer")]
    kinds = [(each.kind, each.amount_cents, each.vat.percent) for each in ledger.entries_of(order)]
    assert kinds[-2:] == [("reversal", -4500, 21), ("fee", 500, 21)]
    assert "payments/tickets_cancelled" in names()
    assert "payments/ticket_cancelled" in names()


def test_the_vat_of_what_stays_is_rounded_once(any_app):
    order = paid_order(3, price_cents=3333, cancel_fee_percent=33)
    for number in range(3):
        cancel(order, number)
        charges = [each for each in ledger.entries_of(order) if each.kind in ledger.CHARGES]
        gross = sum(each.amount_cents for each in charges)
        assert sum(each.vat_cents for each in charges) == vat.included(gross, 21)


def test_with_the_last_ticket_the_order_is_cancelled(any_app):
    order = paid_order(2)
    cancel(order, 0)
    cancel(order, 1)
    assert order.state == "cancelled"
    assert refunds(order) == [(4500, "requested", "bank_transfer")] * 2
    assert queries.balance(order) == queries.Balance(0, 9000)
    assert names() == ["payments/tickets_cancelled", "payments/order_cancelled"]


def test_what_would_come_back_may_be_a_gift(any_app):
    order = paid_order(2, cancel_fee_cents=500)
    cancel(order, 0, is_gift=True)
    assert refunds(order) == []
    assert queries.balance(order) == queries.Balance(9000, 9000)
    entries = ledger.entries_of(order)[-2:]
    assert [(each.name.nl, each.amount_cents, each.vat_category) for each in entries] == [
        ("Kosten van annuleren", 500, "standard"),
        ("Gift", 4000, "outside"),
    ]
    assert "Je geeft € 40,00 aan het festival" in db.session.query(Letter).one().body_text.replace(
        "\xa0", " "
    )


def test_what_was_paid_too_much_before_is_no_gift(any_app):
    order = paid_order(2)
    make.payment(order, 1000)
    cancel(order, 0, is_gift=True)
    assert refunds(order) == [(1000, "requested", "bank_transfer")]


def test_a_ticket_is_cancelled_once(any_app):
    order = paid_order()
    cancel(order, 2)
    with pytest.raises(cancelling.TicketGone):
        cancel(order, 2)
    with pytest.raises(cancelling.TicketGone):
        cancel(order, 1, 2)
    assert refunds(order) == [(4500, "requested", "bank_transfer")]
    with pytest.raises(cancelling.NoTicketChosen):
        cancelling.cancel_own_tickets(order, [], now=LATER)


def test_the_terms_have_a_last_day(any_app):
    order = paid_order()
    with pytest.raises(cancelling.TooLateToCancel):
        cancel(order, 0, now=NOW + timedelta(days=20))
    make.current_edition().cancel_until_on = None
    db.session.commit()
    with pytest.raises(cancelling.AskTheTeam):
        cancel(order, 0)
    cancelling.cancel_tickets(order, [order.tickets[0].code], now=LATER)
    assert refunds(order) == [(4500, "requested", "bank_transfer")]


def test_sums_that_changed_are_shown_again(any_app):
    order = paid_order()
    fees = terms.fees_of(order, order.tickets[:1], has_fee=True, now=LATER)
    seen = terms.settlement(order, order.tickets[:1], queries.balance(order), fees).mark
    order.edition.cancel_fee_cents = 100
    db.session.commit()
    with pytest.raises(cancelling.SumsChanged):
        cancel(order, 0, shown=seen)
    assert not refunds(order)


def test_a_ticket_that_let_somebody_in_is_not_cancelled(any_app):
    order = paid_order()
    make.scan(order.tickets[0])
    make.scan(order.tickets[1], outcome="wrong_day")
    with pytest.raises(cancelling.TicketUsed):
        cancelling.cancel_tickets(order, [order.tickets[0].code], now=LATER)
    cancelling.cancel_tickets(order, [order.tickets[1].code], now=LATER)
    with pytest.raises(cancelling.TicketUsed):
        cancelling.cancel_order(order, now=LATER)


def test_a_pending_order_has_no_fee_and_is_confirmed_once_what_is_left_is_paid(any_app):
    order = pending_order(2)
    order.edition.cancel_fee_cents = 500
    cancel(order, 0)
    assert queries.balance(order) == queries.Balance(4500, 0)
    assert order.state == "pending"
    recording.record_payment(order, 4500, LATER, "a", now=LATER)
    assert order.state == "confirmed"
    partly = pending_order(2)
    make.payment(partly, 4500)
    cancelling.cancel_tickets(partly, [partly.tickets[0].code], terms.GiveBack("terms"), now=LATER)
    assert (partly.state, refunds(partly)) == ("confirmed", [])


def test_a_cancelled_ticket_does_not_come_back_with_its_order(any_app):
    order = pending_order(3)
    cancel(order, 0)
    lapsing.lapse_order(order, now=LATER)
    recording.record_payment(order, 9000, LATER, "a", now=LATER)
    assert order.state == "confirmed"
    assert [ticket.is_valid for ticket in order.tickets] == [False, True, True]
    assert queries.balance(order) == queries.Balance(9000, 9000)
    assert order.tickets[0].type.pool.taken == 2

"""What happens to a ticket, its order and its money while a swap waits, and what it is made of."""

from datetime import UTC, datetime, timedelta

import pytest

from festival import codes
from festival.checkin import rules as checkin
from festival.checkin.rules import ScanReading
from festival.db import db
from festival.mail.models import Letter
from festival.payments import due, queries
from festival.payments.models import Refund
from festival.payments.rules import cancelling, invoicing, recording, refunding, swapping
from festival.payments.swaps.terms import CodeNotFor
from festival.tickets import ledger, ticket_qr
from festival.tickets.swaps.queries import open_swap
from festival.vat import included
from tests import make
from tests.invoices.test_rules import CUSTOMER, seller
from tests.make import NOW
from tests.payments.swaps.asking import (
    AFTER_GRACE,
    all_is_well,
    by_team,
    mailed,
    paid,
    pay,
    swap,
)

FRIDAY_MORNING = datetime(2026, 10, 23, 7, 41, tzinfo=UTC)


def scan(ticket, moment):
    reading = ScanReading(ticket_qr.address(ticket), "camera", codes.secret(), moment)
    return checkin.scan(make.gate(), make.device(), reading, member_id=None, now=moment).outcome


def test_who_got_the_ticket_meanwhile_has_the_new_one(cheap, dear):
    order = paid(cheap)
    ticket = order.tickets[0]
    asked = swap(order, dear)
    make.handed_on(ticket)
    secret = ticket.secret
    pay(order, 4000)
    assert (asked.outcome, ticket.type, ticket.secret) == ("done", dear, secret)
    assert mailed()[-2:] == ["payments/swap_done", "payments/swap_done_holder"]
    to_buyer, to_holder = db.session.query(Letter).order_by(Letter.id).all()[-2:]
    assert (to_buyer.to, to_holder.to) == (order.email, ticket.holder_email)
    assert secret in to_holder.body_text
    assert secret not in to_buyer.body_text
    assert all_is_well()


def test_the_old_ticket_opens_the_gate_while_the_swap_waits_and_the_new_one_after(cheap, dear):
    order = paid(cheap)
    ticket = order.tickets[0]
    asked = swap(order, dear, now=FRIDAY_MORNING, **by_team())
    saturday = FRIDAY_MORNING + timedelta(days=1)
    assert scan(ticket, FRIDAY_MORNING) == "admitted"
    assert scan(ticket, saturday) == "wrong_day"
    pay(order, 4000, FRIDAY_MORNING)
    assert asked.outcome == "done"
    assert scan(ticket, FRIDAY_MORNING) == "already_in"
    assert scan(ticket, saturday) == "admitted"


def test_cancelling_another_ticket_leaves_the_swap_and_gives_back_what_was_paid_of_it(cheap, dear):
    order = paid(cheap, tickets=2)
    asked = swap(order, dear)
    pay(order, 1000)
    cancelling.cancel_tickets(order, {order.tickets[1].code}, now=NOW)
    assert sum(each.amount_cents for each in db.session.query(Refund)) == 3500
    assert (open_swap(order), due.due_now(order).cents) == (asked, 4000)
    pay(order, 4000)
    assert (asked.outcome, order.tickets[0].type) == ("done", dear)
    assert queries.balance(order).total_cents == 6500
    assert all_is_well()


def test_an_order_that_is_cancelled_gives_back_what_was_paid_of_its_swap(cheap, dear):
    order = paid(cheap)
    swap(order, dear)
    pay(order, 1000)
    cancelling.cancel_order(order, now=NOW)
    assert sum(each.amount_cents for each in db.session.query(Refund)) == 3500
    assert due.due_now(order) is None
    pay(order, 3000)  # by transfer, to an order that is over: the team sees it
    assert db.session.scalars(queries.orders(order.edition, state="attention")).all() == [order]
    assert all_is_well()


def test_what_is_paid_too_much_goes_back_once_the_swap_is_done(cheap, dear):
    order = paid(cheap)
    asked = swap(order, dear)
    pay(order, 3999)
    assert asked.outcome == ""
    pay(order, 501)
    assert asked.outcome == "done"
    assert [each.amount_cents for each in db.session.query(Refund)] == [500]
    letter = db.session.query(Letter).order_by(Letter.id.desc()).first()
    assert "Je krijgt € 5,00 terug" in letter.body_text.replace("\xa0", " ")
    assert all_is_well()


def test_a_part_that_comes_after_it_lapsed_goes_back(cheap, dear):
    order = paid(cheap)
    asked = swap(order, dear)
    swapping.lapse_swap(asked, now=AFTER_GRACE)
    pay(order, 1500, AFTER_GRACE)
    assert (asked.outcome, order.tickets[0].type, dear.pool.taken) == ("late", cheap, 0)
    assert [each.amount_cents for each in db.session.query(Refund)] == [1500]


def test_what_goes_back_does_not_pay_for_a_swap(cheap, dear):
    """Money of a cancelled ticket was promised to the buyer; dropping that would pay unasked."""
    order = paid(cheap, tickets=3)
    cancelling.cancel_tickets(order, {order.tickets[2].code}, now=NOW)
    [refund] = db.session.query(Refund)
    asked = swap(order, dear)
    assert due.due_now(order).cents == 4000
    with pytest.raises(refunding.SwapFirst):
        refunding.drop_refund(refund, "Mag je houden", now=NOW)
    refunding.fail_refund(refund, now=NOW)
    with pytest.raises(refunding.SwapFirst):
        refunding.request_again(refund, 100, now=NOW)
    again = refunding.request_again(refund, now=NOW)
    assert due.due_now(order).cents == 4000
    refunding.finish_refund(again, done_at=NOW, now=NOW)
    assert due.due_now(order).cents == 4000
    pay(order, 4000)
    assert asked.outcome == "done"
    assert queries.balance(order) == queries.Balance(9000, 9000)
    assert all_is_well()


def test_money_that_somebody_gave_back_is_to_be_paid_again(cheap, dear):
    order = paid(cheap)
    asked = swap(order, dear)
    pay(order, 1000)
    recording.record_refund(order, 1000, NOW, "terug", "Op verzoek", now=NOW)
    assert due.due_now(order).cents == 4000
    pay(order, 4000)
    assert asked.outcome == "done"


def by_rate(rows):
    sums = {}
    for row in rows:
        gross, tax = sums.get(row.vat_percent, (0, 0))
        sums[row.vat_percent] = (gross + row.amount_cents, tax + row.vat_cents)
    return {percent: each for percent, each in sums.items() if each != (0, 0)}


@pytest.mark.parametrize("fee", [0, 355])
def test_vat_of_another_category_is_right_in_the_ledger_and_on_paper(app, fee):
    edition = seller(cancel_until_on=make.FRIDAY, cancel_fee_cents=fee)
    reduced = make.ticket_type(price_cents=3750, vat_category="reduced")
    standard = make.ticket_type(price_cents=6495, vat_category="standard")
    free = make.ticket_type()
    order = paid(reduced, tickets=3)
    invoicing.request_invoice(order, CUSTOMER, now=NOW)
    for to, cents in ((standard, 2745), (reduced, 0), (free, 0)):
        swap(order, to)
        if cents:
            pay(order, cents)
        charges = [each for each in ledger.entries_of(order) if each.kind in ledger.CHARGES]
        sums = by_rate(charges)
        assert all(tax == included(gross, rate) for rate, (gross, tax) in sums.items())
        assert sum(gross for gross, _tax in sums.values()) == queries.balance(order).total_cents
        documents = invoicing.invoice_queries.invoices_of(order)
        lines = [line for each in documents for line in each.lines]
        assert by_rate(lines) == sums
        assert sum(each.vat_cents for each in documents) == sum(tax for _g, tax in sums.values())
    assert edition.cancel_fee_cents == fee
    assert queries.balance(order).total_cents == 2 * 3750 + 2 * fee
    assert all_is_well()


@pytest.mark.parametrize(("percent", "first", "then"), [(25, 1875, 4871), (100, 0, 0)])
def test_a_percentage_goes_along(edition, percent, first, then):
    one, other = make.ticket_type(price_cents=2500), make.ticket_type(price_cents=6495)
    voucher = make.voucher(effect="percent", value=percent, uses=1, used=1)
    order = make.order(of=one)
    ticket = order.tickets[0]
    order.total_cents = ticket.price_cents = first
    ticket.voucher = voucher
    db.session.commit()
    ledger.reverse(order, ledger.standing(order), now=NOW)
    swapping.sales.enter_sale(order, [ticket], now=NOW)
    db.session.commit()
    if first:
        make.payment(order, first)
    asked = swap(order, other)
    assert asked.to_cents == then
    if then > first:
        pay(order, then - first)
    assert (asked.outcome, ticket.price_cents, voucher.used) == ("done", then, 1)
    assert all_is_well()


@pytest.mark.parametrize("uses", [1, 3])
def test_a_place_that_a_voucher_kept_stays_in_its_pool(edition, uses):
    kept = make.pool(capacity=9)
    one, to = make.ticket_type(price_cents=2500, pool=kept), make.ticket_type(pool=kept)
    elsewhere = make.ticket_type(pool=make.pool(capacity=9))
    voucher = make.voucher(effect="free", pool_id=kept.id, uses=uses, used=1)
    order = make.order(of=one)
    order.tickets[0].voucher, order.tickets[0].price_cents = voucher, 0
    ledger.reverse(order, ledger.standing(order), now=NOW)
    db.session.commit()
    with pytest.raises(CodeNotFor):
        swap(order, elsewhere, **by_team())
    assert swap(order, to).outcome == "done"
    assert (kept.taken, voucher.blocked) == (uses, uses - 1)
    assert all_is_well()
    cancelling.cancel_order(order, now=NOW)
    assert (kept.taken, voucher.used, voucher.blocked) == (uses, 0, uses)
    assert all_is_well()

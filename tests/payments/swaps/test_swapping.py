"""Swapping a ticket for one of another type."""

from datetime import timedelta

import pytest

from festival import codes
from festival.bookings.models import Booking
from festival.db import db
from festival.mail.models import Letter
from festival.payments import due, queries, terms
from festival.payments.models import Refund
from festival.payments.rules import cancelling, invoicing, refunding, swapping
from festival.payments.rules.swapping import SwapChanged
from festival.payments.stripe import sweeps
from festival.payments.swaps import terms as swaps
from festival.payments.swaps.terms import (
    CodeNotFor,
    MoneyWentBack,
    NoMoneyBack,
    NoSuchType,
    PayFirst,
    SameType,
    SwapByTeam,
    SwapNotPossible,
    SwapWaits,
    TooFewStay,
    TooLateToSwap,
    UsedAlready,
)
from festival.tickets import ledger
from festival.tickets.rules import claiming, ordering
from festival.tickets.swaps.queries import open_swap
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


def test_a_dearer_type_waits_for_its_money_and_the_old_ticket_stays_good(cheap, dear):
    order = paid(cheap)
    ticket = order.tickets[0]
    before = (ticket.code, ticket.secret, ticket.pass_id)
    asked = swap(order, dear)
    assert (asked.outcome, asked.more_cents, ticket.type, ticket.is_valid) == (
        "",
        4000,
        cheap,
        True,
    )
    assert (cheap.pool.taken, dear.pool.taken) == (1, 1)
    assert queries.balance(order).due_cents == 0
    assert due.due_now(order).cents == 4000
    assert mailed() == ["payments/swap_requested"]
    assert all_is_well()
    pay(order, 1500)
    assert due.due_now(order).cents == 2500
    assert ticket.type is cheap
    pay(order, 2500)
    assert (ticket.type, ticket.price_cents, asked.outcome) == (dear, 6500, "done")
    assert (ticket.code, ticket.secret, ticket.pass_id) == before
    assert (cheap.pool.taken, dear.pool.taken) == (0, 1)
    assert queries.balance(order) == queries.Balance(6500, 6500)
    assert mailed() == ["payments/swap_requested", "payments/swap_done"]
    assert all_is_well()


def test_the_vat_of_both_categories_is_right_after_it(cheap, dear):
    order = paid(cheap)
    swap(order, dear)
    pay(order, 4000)
    charges = [e for e in ledger.entries_of(order) if e.kind in ledger.CHARGES]
    by_rate = {}
    for entry in charges:
        gross, tax = by_rate.get(entry.vat_percent, (0, 0))
        by_rate[entry.vat_percent] = (gross + entry.amount_cents, tax + entry.vat_cents)
    assert by_rate == {9: (0, 0), 21: (6500, 1128)}


def test_a_swap_that_nobody_pays_lapses_and_all_is_as_it_was(cheap, dear):
    order = paid(cheap)
    asked = swap(order, dear)
    assert sweeps.lapse_swaps(lambda: due.lapses_at(asked) - timedelta(minutes=1)).done == 0
    assert sweeps.lapse_swaps(lambda: AFTER_GRACE).done == 1
    assert sweeps.lapse_swaps(lambda: AFTER_GRACE).done == 0
    assert (asked.outcome, order.tickets[0].type, dear.pool.taken) == ("lapsed", cheap, 0)
    assert due.due_now(order) is None
    assert mailed()[-1] == "payments/swap_ended"
    assert db.session.query(Refund).count() == 0
    assert all_is_well()


def test_what_was_paid_of_a_swap_that_lapses_goes_back(cheap, dear):
    order = paid(cheap)
    swap(order, dear)
    pay(order, 1000)
    sweeps.lapse_swaps(lambda: AFTER_GRACE)
    assert db.session.query(Refund).one().amount_cents == 1000


def test_who_calls_it_off_keeps_the_old_ticket(cheap, dear):
    order = paid(cheap)
    asked = swap(order, dear)
    swapping.call_off_swap(asked, now=NOW)
    with pytest.raises(swapping.SwapOver):
        swapping.call_off_swap(asked, now=NOW)
    assert (order.tickets[0].type, dear.pool.taken) == (cheap, 0)
    swap(order, dear)  # and may ask again


def test_money_after_it_lapsed_gets_the_place_if_there_is_one(cheap, dear):
    order = paid(cheap)
    asked = swap(order, dear)
    sweeps.lapse_swaps(lambda: AFTER_GRACE)
    pay(order, 4000, AFTER_GRACE)
    assert (order.tickets[0].type, asked.outcome) == (dear, "done")
    assert all_is_well()


def test_money_after_it_lapsed_goes_back_with_an_apology_if_there_is_no_place(cheap, dear):
    order = paid(cheap)
    asked = swap(order, dear)
    sweeps.lapse_swaps(lambda: AFTER_GRACE)
    make.order(of=dear, tickets=5)
    pay(order, 4000, AFTER_GRACE)
    assert (order.tickets[0].type, asked.outcome) == (cheap, "late")
    assert db.session.query(Refund).one().amount_cents == 4000
    letter = db.session.query(Letter).order_by(Letter.id.desc()).first()
    assert "geen plaats meer" in letter.body_text
    pay(order, 100, AFTER_GRACE)  # what comes after that is for the team
    assert db.session.query(Refund).count() == 1


def test_money_for_a_swap_that_was_called_off_goes_back(cheap, dear):
    order = paid(cheap)
    swapping.call_off_swap(swap(order, dear), now=NOW)
    pay(order, 4000)
    assert order.tickets[0].type is cheap
    assert db.session.query(Refund).one().amount_cents == 4000


def test_a_cheaper_type_changes_at_once_and_gives_back_by_the_terms(edition, cheap, dear):
    edition.cancel_fee_cents, edition.cancel_fee_percent = 200, 10
    db.session.commit()
    order = paid(dear)
    done = swap(order, cheap)
    assert (done.outcome, done.fee_cents, order.tickets[0].type) == ("done", 600, cheap)
    assert db.session.query(Refund).one().amount_cents == 3400
    assert queries.balance(order).total_cents == 2500 + 600
    assert (cheap.pool.taken, dear.pool.taken) == (1, 0)
    assert all_is_well()


def test_the_team_gives_all_of_the_difference_back(edition, cheap, dear):
    edition.cancel_fee_percent, edition.cancel_until_on = 50, None
    db.session.commit()
    order = paid(dear)
    with pytest.raises(NoMoneyBack):
        swap(order, cheap)
    swap(order, cheap, **by_team())
    assert db.session.query(Refund).one().amount_cents == 4000


def test_the_team_may_let_the_price_be(cheap, dear):
    order = paid(cheap)
    done = swap(order, dear, **by_team(keeps_price=True))
    assert (done.outcome, order.tickets[0].type, order.tickets[0].price_cents) == (
        "done", dear, 2500,
    )  # fmt: skip
    assert queries.balance(order).due_cents == 0
    assert all_is_well()


def test_the_same_price_changes_at_once(cheap, edition):
    other = make.ticket_type(slug="zaterdag", price_cents=2500, days=make.days("2026-10-24"))
    order = paid(cheap)
    assert swap(order, other).outcome == "done"
    assert mailed() == ["payments/swap_done"]
    assert db.session.query(Refund).count() == 0


def test_two_types_of_one_pool_need_no_second_place(edition):
    pool = make.pool(capacity=1)
    one, other = make.ticket_type(pool=pool), make.ticket_type(pool=pool, price_cents=500)
    order = paid(one)
    asked = swap(order, other)
    assert (pool.taken, asked.pool_id) == (1, None)
    pay(order, 500)
    assert (order.tickets[0].type, pool.taken) == (other, 1)
    assert all_is_well()


def test_places_on_days_that_are_lost_are_given_back_and_others_stay(edition, cheap, dear):
    friday, saturday = (make.slot(starts=NOW.replace(day=day)) for day in (23, 24))
    order = paid(dear)
    make.booking(order.tickets[0], friday)
    make.booking(order.tickets[0], saturday)
    offer = swaps.quote(order.tickets[0], cheap, by_team=False, now=NOW)
    assert [each.slot for each in offer.lost] == [saturday]
    swap(order, cheap, shown=offer.mark)
    held = db.session.query(Booking).filter(Booking.cancelled_at.is_(None)).all()
    assert [each.slot for each in held] == [friday]
    assert (friday.taken, saturday.taken) == (1, 0)


def test_what_was_shown_is_what_is_agreed_to(cheap, dear):
    order = paid(cheap)
    mark = swaps.quote(order.tickets[0], dear, by_team=False, now=NOW).mark
    dear.price_cents = 7000
    db.session.commit()
    with pytest.raises(SwapChanged):
        swap(order, dear, shown=mark)
    assert open_swap(order) is None
    dear.price_cents = 6500
    db.session.commit()
    swap(order, dear, shown=mark)
    dear.price_cents = 9900  # a price that was agreed to stays
    db.session.commit()
    pay(order, 4000)
    assert order.tickets[0].price_cents == 6500


def test_the_same_form_again_finds_the_first_swap(cheap, dear):
    order = paid(cheap)
    first = swap(order, dear, form_key="een")
    assert swap(order, dear, form_key="een").id == first.id
    with pytest.raises(SwapWaits):
        swap(order, dear, form_key="twee")
    other = make.ticket_type(price_cents=100)
    with pytest.raises(SwapChanged):
        swap(order, other, form_key="een")


def test_who_may_not_swap_hears_why(edition, cheap, dear, monkeypatch):
    unpaid = make.order(of=cheap, confirmed_at=None, due_at=NOW + timedelta(days=7))
    gone = make.order(of=cheap, cancelled_at=NOW)
    free = make.order(of=make.ticket_type(), free_reason="Vrijwilliger")
    part = paid(dear)
    refunding.request_refund(part, 500, "", codes.secret(), now=NOW)
    for order, refusal in (
        (unpaid, PayFirst),
        (gone, SwapNotPossible),
        (free, SwapByTeam),
        (part, MoneyWentBack),
    ):
        with pytest.raises(refusal):
            swap(order, dear if order is not part else cheap)
    order = paid(cheap)
    with pytest.raises(TooLateToSwap):
        swap(order, dear, now=edition.moment(make.FRIDAY, NOW.time()))
    monkeypatch.setattr("festival.tickets.use.used", lambda ids: ids)
    with pytest.raises(UsedAlready):
        swap(order, dear)
    swap(order, dear, **by_team())  # at the door, say


def test_which_types_buyers_may_choose(edition, cheap, dear):
    order = paid(cheap)
    hidden = make.ticket_type(is_hidden=True, price_cents=5000)
    over = make.ticket_type(sale_until=NOW - timedelta(days=1), price_cents=5000)
    group = make.ticket_type(min_per_order=5, price_cents=5000)
    full = make.ticket_type(pool=make.pool(capacity=0), price_cents=5000)
    for to, refusal in (
        (cheap, SameType),
        (hidden, NoSuchType),
        (over, ordering.SaleClosed),
        (group, ordering.TooFew),
        (full, claiming.TypeSoldOut),
    ):
        with pytest.raises(refusal):
            swap(order, to)
    assert [each.to for each in swaps.choices(order.tickets[0], by_team=False, now=NOW)] == [
        dear, full,
    ]  # fmt: skip
    with pytest.raises(claiming.TypeSoldOut):
        swap(order, full, **by_team())
    for to in (hidden, over, group):
        swapping.call_off_swap(swap(order, to, **by_team()), now=NOW)


def test_a_group_does_not_become_too_small(edition, dear):
    group = make.ticket_type(min_per_order=3, price_cents=2000)
    with pytest.raises(TooFewStay):
        swap(paid(group, tickets=3), dear)


def test_who_waits_in_line_comes_first(cheap, dear):
    order = paid(cheap)
    full = make.ticket_type(pool=make.pool(capacity=1), price_cents=5000)
    make.wait(full)
    with pytest.raises(claiming.OthersWait):
        swap(order, full)


def test_a_voucher_goes_along_where_it_is_for(edition, cheap, dear):
    voucher = make.voucher(effect="percent", value=50, types=[cheap, dear], uses=1, used=1)
    order = paid(cheap)
    order.tickets[0].voucher = voucher
    db.session.commit()
    swap(order, dear)
    assert due.due_now(order).cents == 3250 - 2500
    pay(order, 750)
    assert (order.tickets[0].price_cents, voucher.used) == (3250, 1)
    other = make.ticket_type(price_cents=9000)
    with pytest.raises(CodeNotFor):
        swap(order, other, **by_team())


def test_cancelling_the_ticket_ends_its_swap_and_frees_both_places(cheap, dear):
    order = paid(cheap)
    asked = swap(order, dear)
    cancelling.cancel_order(order, now=NOW)
    assert (asked.outcome, cheap.pool.taken, dear.pool.taken) == ("called_off", 0, 0)
    assert all_is_well()


def test_calling_the_edition_off_ends_it_too(edition, cheap, dear):
    order = paid(cheap)
    swap(order, dear)
    pay(order, 1000)
    edition.called_off_at = NOW
    db.session.commit()
    cancelling.cancel_called_off(order, now=NOW)
    assert sum(each.amount_cents for each in db.session.query(Refund)) == 3500
    assert dear.pool.taken == 0


def test_no_money_goes_back_by_hand_while_a_swap_waits(cheap, dear):
    order = paid(cheap)
    swap(order, dear)
    with pytest.raises(refunding.SwapFirst):
        refunding.request_refund(order, 100, "", codes.secret(), now=NOW)


def test_an_invoice_is_credited_and_made_anew_once_the_swap_is_done(app):
    seller()
    cheap = make.ticket_type(price_cents=2500)
    dear = make.ticket_type(price_cents=6500)
    order = paid(cheap)
    first = invoicing.request_invoice(order, CUSTOMER, now=NOW)
    swap(order, dear)
    assert invoicing.settle_invoices(order, now=NOW) == []
    pay(order, 4000)
    documents = invoicing.invoice_queries.invoices_of(order)
    assert [(each.is_credit_note, each.total_cents) for each in documents] == [
        (False, 2500), (True, -2500), (False, 6500),
    ]  # fmt: skip
    assert documents[1].credits_id == first.id


def test_a_free_ticket_becomes_a_paid_one(edition, dear):
    order = make.order(of=make.ticket_type())
    swap(order, dear)
    assert due.due_now(order).cents == 6500
    pay(order, 6500)
    assert order.tickets[0].type is dear


def test_a_gift_stays_a_gift(edition, cheap, dear):
    order = ordering.place_order(
        edition,
        make.order_request(
            make.ticket_type(slug="eigen", price_cents=2500, least_cents=100, low_cents=1500,
                             high_cents=4000),
            amounts={"eigen": 4000},
        ),
        now=NOW,
    )  # fmt: skip
    pay(order, 4000)
    swap(order, dear)
    assert due.due_now(order).cents == 4000
    pay(order, 4000)
    assert queries.balance(order) == queries.Balance(8000, 8000)
    assert terms.is_gift(next(e for e in ledger.standing(order) if e.kind == "fee"))
    assert all_is_well()


def test_a_holder_with_an_own_address_gets_the_new_ticket(cheap, dear):
    order = paid(cheap)
    order.tickets[0].holder_email = "zoe@example.org"
    db.session.commit()
    swap(order, dear)
    pay(order, 4000)
    assert mailed()[-2:] == ["payments/swap_done", "payments/swap_done_holder"]
    to_buyer, to_holder = db.session.query(Letter).order_by(Letter.id).all()[-2:]
    assert order.tickets[0].secret not in to_buyer.body_text
    assert order.secret not in to_holder.body_text

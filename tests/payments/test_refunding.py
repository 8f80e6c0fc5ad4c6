"""Money that goes back: where to, in which states, and each amount once."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.payments import history, queries, refund_ways, terms
from festival.payments.models import Refund
from festival.payments.rules import cancelling, recording, refunding
from festival.tickets import ledger
from tests import make
from tests.make import NOW

LATER = NOW + timedelta(days=1)
IBAN = "NL91ABNA0417164300"


def paid_order(*methods, number=1):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(tickets=number, of=of)
    for place, method in enumerate(methods or ["bank_transfer"]):
        cents = number * 4500 // max(len(methods), 1)
        make.payment(order, cents, method=method, received_at=NOW + timedelta(hours=place))
    return order


def refunds(order):
    rows = db.session.query(Refund).filter_by(order_id=order.id).order_by(Refund.id)
    return [(row.amount_cents, row.method, row.state) for row in rows]


def test_money_goes_back_to_where_it_came_from(any_app):
    order = paid_order("bank_transfer", "card", number=2)
    cancelling.cancel_tickets(order, [order.tickets[0].code], now=LATER)
    assert refunds(order) == [(4500, "card", "requested")]
    refunding.request_refund(order, 1000, "Coulance", "een", now=LATER)
    assert refunds(order)[1:] == [(1000, "bank_transfer", "requested")]


def test_a_provider_takes_refunds_of_its_method(any_app):
    taken = []
    refund_ways.register(
        any_app,
        lambda refund: refund.method == "card",
        lambda refund, now: taken.append((refund.id, now)),
    )
    order = paid_order("card", "bank_transfer", number=2)
    cancelling.cancel_order(order, now=LATER)
    bank, card = db.session.query(Refund).order_by(Refund.id)
    assert (bank.method, card.method) == ("bank_transfer", "card")
    assert taken == [(card.id, LATER)]
    assert refund_ways.is_by_hand(bank)
    assert not refund_ways.is_by_hand(card)
    refunding.fail_refund(card, now=LATER)
    refunding.request_again(card, now=LATER)
    assert (card.state, card.method, card.payment_id) == ("requested", "bank_transfer", None)
    assert taken == [(card.id, LATER)]


def test_a_refund_is_in_the_ledger_once_it_is_done(any_app):
    order = paid_order()
    cancelling.cancel_order(order, now=LATER)
    [refund] = db.session.query(Refund)
    assert queries.balance(order).paid_cents == 4500
    refunding.finish_refund(refund, done_at=LATER, now=LATER)
    assert (refund.state, refund.done_at) == ("done", LATER)
    assert queries.balance(order) == queries.Balance(0, 0)
    for again in (
        lambda: refunding.finish_refund(refund, done_at=LATER, now=LATER),
        lambda: refunding.fail_refund(refund, now=LATER),
        lambda: refunding.request_again(refund, now=LATER),
    ):
        with pytest.raises(refunding.RefundMoved):
            again()
    assert [each.kind for each in ledger.entries_of(order)].count("refund") == 1


def test_a_part_goes_back_and_the_order_costs_so_much_less(any_app):
    order = paid_order()
    refunding.request_refund(order, 1000, "Geen soep", "een", now=LATER)
    assert queries.balance(order) == queries.Balance(3500, 4500)
    assert queries.promised_cents(order) == 1000
    with pytest.raises(refunding.AlreadyAsked):
        refunding.request_refund(order, 1000, "Geen soep", "een", now=LATER)
    with pytest.raises(refunding.MoreThanIsThere):
        refunding.request_refund(order, 3501, "", "twee", now=LATER)
    with pytest.raises(refunding.NothingToRefund):
        refunding.request_refund(order, 0, "", "drie", now=LATER)
    refunding.request_refund(order, 3500, "", "vier", now=LATER)
    assert queries.balance(order) == queries.Balance(0, 4500)
    assert refunds(order) == [
        (1000, "bank_transfer", "requested"),
        (3500, "bank_transfer", "requested"),
    ]


def test_what_waits_to_go_back_is_not_paid_back_besides(any_app):
    order = paid_order(number=2)
    refunding.request_refund(order, 5000, "", "een", now=LATER)
    with pytest.raises(recording.RefundWaits):
        recording.record_refund(order, 4001, LATER, "twee", now=LATER)
    recording.record_refund(order, 4000, LATER, "twee", now=LATER)


def test_what_the_team_paid_back_itself_does_not_go_back_online_as_well(any_app):
    order = paid_order("card")
    recording.record_refund(order, 4000, LATER, "een", method="cash", now=LATER)
    with pytest.raises(refunding.MoreThanIsThere):
        refunding.request_refund(order, 501, "", "twee", now=LATER)
    refunding.request_refund(order, 500, "", "drie", now=LATER)


def test_a_failed_refund_still_has_to_go_back(any_app):
    order = paid_order(number=2)
    cancelling.cancel_tickets(order, [order.tickets[0].code], now=LATER)
    [refund] = db.session.query(Refund)
    refunding.set_account(order, IBAN)
    refunding.fail_refund(refund, now=LATER)
    cancelling.cancel_tickets(order, [order.tickets[1].code], now=LATER)
    assert refunds(order) == [
        (4500, "bank_transfer", "failed"),
        (4500, "bank_transfer", "requested"),
    ]
    refunding.request_again(refund, now=LATER)
    assert refund.iban == ""  # it was wrong


def test_an_account_is_kept_for_what_we_transfer_ourselves(any_app):
    order = paid_order()
    with pytest.raises(refunding.NoAccountNeeded):
        refunding.set_account(order, IBAN)
    cancelling.cancel_order(order, now=LATER)
    with pytest.raises(refunding.BadIban):
        refunding.set_account(order, "NL91ABNA0417164301")
    refunding.set_account(order, "nl91 abna 0417 1643 00")
    assert db.session.query(Refund.iban).one() == (IBAN,)


def test_an_allowance_ends_with_the_tickets_that_it_was_for(any_app):
    order = paid_order(number=2)
    order.edition.cancel_fee_cents = 500
    db.session.commit()
    refunding.request_refund(order, 5000, "Geen soep", "een", now=LATER)
    cancelling.cancel_tickets(order, [order.tickets[0].code], now=LATER)
    assert queries.balance(order) == queries.Balance(0, 9000)  # 4500 and no more than that back
    assert queries.promised_cents(order) == 9000
    other = paid_order(number=2)
    refunding.request_refund(other, 1000, "Geen soep", "twee", now=LATER)
    cancelling.cancel_tickets(other, None, terms.GiveBack("terms"), now=LATER)
    assert queries.balance(other) == queries.Balance(1000, 9000)  # the fees
    assert queries.promised_cents(other) == 8000


def test_an_order_that_is_not_paid_costs_what_it_costs(any_app):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(of=of, confirmed_at=None, due_at=NOW + timedelta(days=9))
    make.payment(order, 1000)
    refunding.request_refund(order, 1000, "", "een", now=LATER)
    assert queries.balance(order) == queries.Balance(4500, 1000)


def failed_after_money_went(order):
    """The refund of all of `order` failed, because half of it had gone back another way."""
    [refund] = refunding.request_refund(order, 9000, "Coulance", "een", now=LATER)
    refunding.fail_refund(refund, now=LATER)
    gone = ledger.move(order, "refund", 5000, now=LATER)  # as a dispute or Stripe's own pages do
    db.session.commit()
    assert gone.amount_cents == 5000
    return refund


def test_what_failed_does_not_go_again_if_it_went_another_way(any_app):
    order = paid_order(number=2)
    refund = failed_after_money_went(order)
    with pytest.raises(refunding.MoreThanIsThere, match="40"):
        refunding.request_again(refund, now=LATER)
    with pytest.raises(refunding.NothingToRefund):
        refunding.request_again(refund, 0, now=LATER)
    refunding.request_again(refund, 4000, now=LATER)
    assert refunds(order) == [
        (9000, "bank_transfer", "dropped"),
        (4000, "bank_transfer", "requested"),
    ]
    assert queries.promised_cents(order) == queries.balance(order).paid_cents == 4000
    with pytest.raises(refunding.RefundMoved):
        refunding.request_again(refund, 4000, now=LATER)


def test_no_more_is_ticked_off_than_is_there(any_app):
    order = paid_order(number=2)
    [refund] = refunding.request_refund(order, 9000, "Coulance", "een", now=LATER)
    ledger.move(order, "refund", 5000, now=LATER)
    db.session.commit()
    for finish in (
        lambda: refunding.finish_refund(refund, done_at=LATER, now=LATER),
        lambda: refunding.finish_refunds([refund], done_on=LATER.date(), method="cash", now=LATER),
    ):
        with pytest.raises(refunding.LessIsLeft, match=order.code):
            finish()
    assert (refund.state, queries.balance(order).paid_cents) == ("requested", 4000)


def test_a_refund_that_failed_is_dropped_and_promises_nothing_any_more(any_app):
    order = paid_order(number=2)
    refund = failed_after_money_went(order)
    with pytest.raises(refunding.MoreThanIsThere):
        refunding.request_refund(order, 4000, "", "twee", now=LATER)
    with pytest.raises(refunding.WhyDrop):
        refunding.drop_refund(refund, " ", now=LATER)
    refunding.drop_refund(refund, "Al terug via Stripe", now=LATER)
    assert (refund.state, refund.dropped_at) == ("dropped", LATER)
    assert queries.promised_cents(order) == 0
    assert queries.account(order).over_cents == 4000  # still to go back, and the page says so
    [said] = [each for each in history.of_order(order) if "gaat niet door" in each.sentence]
    assert said.note == "Al terug via Stripe"
    refunding.request_refund(order, 4000, "", "twee", now=LATER)
    for again in (
        lambda: refunding.drop_refund(refund, "Nog eens", now=LATER),
        lambda: refunding.finish_refund(refund, done_at=LATER, now=LATER),
        lambda: refunding.fail_refund(refund, now=LATER),
    ):
        with pytest.raises(refunding.RefundMoved):
            again()


def test_what_was_dropped_leaves_its_payment_free_to_go_back(any_app):
    order = paid_order("card", "bank_transfer", number=2)
    refunding.request_refund(order, 9000, "Coulance", "een", now=LATER)
    for refund in queries.refunds_of(order):
        refunding.fail_refund(refund, now=LATER)
        refunding.drop_refund(refund, "Toch niet", now=LATER)
    refunding.request_refund(order, 9000, "Toch wel", "twee", now=LATER)
    assert refunds(order)[2:] == [
        (4500, "bank_transfer", "requested"),
        (4500, "card", "requested"),
    ]

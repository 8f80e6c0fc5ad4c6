"""Several people give money of one order back at the same instant: never more than was paid."""

import pytest

from festival.db import db, transactional
from festival.payments import queries
from festival.payments.models import Refund
from festival.payments.rules import cancelling, recording, refunding
from festival.tickets import ledger
from festival.tickets.models import Order
from festival.tickets.rules import ending
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once


def paid_order():
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    order = make.order(of=of)
    make.payment(order, 4500)
    return order


@pytest.mark.parametrize("way", ["give back", "cancel", "record"])
def test_two_refunds_at_once_are_never_more_than_was_paid(any_app, way):
    for _ in range(4):
        order = paid_order()
        order_id = order.id

        def act(n, order_id=order_id):
            order = db.session.get(Order, order_id)
            if n % 2:
                key = f"{order_id} {n}"
                return answer(refunding.request_refund, order, 3000, "", key, now=NOW)
            if way == "cancel":
                return answer(cancelling.cancel_tickets, order, None, now=NOW)
            if way == "record":
                key = f"{order_id} {n}"
                return answer(recording.record_refund, order, 3000, NOW, key, now=NOW)
            return answer(refunding.request_refund, order, 3000, "", f"{order_id} {n}", now=NOW)

        answers = at_once(any_app, act, 6)
        order = db.session.get(Order, order_id)
        refunds = db.session.query(Refund).filter_by(order_id=order_id)
        assert sum(refund.amount_cents for refund in refunds) <= 4500
        assert queries.promised_cents(order) <= queries.balance(order).paid_cents
        if way != "cancel":
            assert answers.count("yes") == 1


def test_two_people_tick_off_the_same_refunds_once(any_app):
    for _ in range(4):
        orders = [paid_order() for _ in range(3)]
        for order in orders:
            cancelling.cancel_order(order, now=NOW)
        ids = [order.id for order in orders]

        def act(n, ids=ids):
            query = db.session.query(Refund).filter(Refund.order_id.in_(ids)).order_by(Refund.id)
            rows = list(query) if n % 2 else list(query)[::-1]
            done = {"done_on": NOW.date(), "method": "cash"}
            return answer(refunding.finish_refunds, rows, **done, now=NOW)

        assert sorted(at_once(any_app, act, 6)) == ["RefundsMoved"] * 5 + ["yes"]
        for order_id in ids:
            order = db.session.get(Order, order_id)
            assert queries.balance(order) == queries.Balance(0, 0)


def test_what_failed_goes_again_at_once_and_never_more_than_was_paid(any_app):
    for _ in range(4):
        order = paid_order()
        order_id = order.id
        [failed] = refunding.request_refund(order, 3000, "", f"{order_id} eerst", now=NOW)
        refunding.fail_refund(failed, now=NOW)
        failed_id = failed.id

        def act(n, order_id=order_id, failed_id=failed_id):
            order, failed = db.session.get(Order, order_id), db.session.get(Refund, failed_id)
            key = f"{order_id} {n}"
            if n % 3 == 0:
                return answer(refunding.request_again, failed, now=NOW)
            if n % 3 == 1:
                return answer(refunding.drop_refund, failed, "Al terug", now=NOW)
            return answer(recording.record_refund, order, 3000, NOW, key, now=NOW)

        at_once(any_app, act, 6)
        order = db.session.get(Order, order_id)
        assert queries.promised_cents(order) <= queries.balance(order).paid_cents


def test_what_failed_goes_again_while_the_bank_takes_money_back(any_app):
    for _ in range(4):
        order = paid_order()
        order_id = order.id
        [refund] = refunding.request_refund(order, 4500, "", f"{order_id} eerst", now=NOW)
        refunding.fail_refund(refund, now=NOW)
        refund_id = refund.id

        def act(n, order_id=order_id, refund_id=refund_id):
            refund = db.session.get(Refund, refund_id)
            if n == 0:
                return answer(take_back, db.session.get(Order, order_id))
            return answer(refunding.request_again, refund, now=NOW)

        at_once(any_app, act, 4)
        refund = db.session.get(Refund, refund_id)
        if refund.state == "requested":
            assert answer(refunding.finish_refund, refund, done_at=NOW, now=NOW) == "LessIsLeft"
        assert queries.balance(db.session.get(Order, order_id)).paid_cents == 1500


def test_two_refunds_are_ticked_off_at_once_when_only_one_is_still_there(any_app):
    for _ in range(4):
        order = paid_order()
        order_id, ids = order.id, []
        for n in range(2):
            key = f"{order_id} eerst {n}"
            [refund] = refunding.request_refund(order, 1500, "", key, now=NOW)
            ids.append(refund.id)
        take_back(order)

        def act(n, ids=ids):
            refund = db.session.get(Refund, ids[n % 2])
            return answer(refunding.finish_refund, refund, done_at=NOW, now=NOW)

        assert at_once(any_app, act, 4).count("yes") == 1
        assert queries.balance(db.session.get(Order, order_id)).paid_cents == 0


@transactional
def take_back(order):
    """As a dispute does: whatever we promised, the bank takes it."""
    ending.lock_order(order)
    ledger.move(order, "refund", 3000, now=NOW)

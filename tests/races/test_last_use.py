"""Sixteen visitors want the last use of a voucher, or a place it keeps, at the same instant."""

import threading
import time

import pytest

from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home import consistency_checks
from festival.tickets.models import Pool, Ticket, Voucher
from festival.tickets.rules import claiming, ordering
from festival.tickets.rules.ordering import OrderRequest, TicketRequest
from festival.tickets.vouchers import rules
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once

VISITORS = 16


def to_order(edition_id, slug, number, code_of):
    """An action for at_once: order tickets; the price of all, or the refusal's name."""

    def order(n):
        request = OrderRequest(
            form_key=f"{slug}-{n}",
            name="Bezoeker",
            email=f"{slug}-{n}@example.org",
            tickets=[TicketRequest(slug, "Houder")] * number,
            code=code_of(n),
        )
        try:
            edition = db.session.get(Edition, edition_id)
            return ordering.place_order(edition, request, now=NOW).total_cents
        except Refusal as refusal:
            return refusal.code

    return order


def all_agree():
    db.session.expire_all()
    return consistency_checks.pools() == consistency_checks.vouchers() == []


def test_the_last_use_goes_to_one_of_sixteen(any_app):
    """The others pay the usual price, or hear that it was just used."""
    for _ in range(3):
        of, voucher = make.ticket_type(price_cents=500), make.voucher(uses=1)
        voucher_id, code = voucher.id, voucher.code
        order = to_order(of.edition_id, of.slug, 1, lambda _n, code=code: code)
        answers = at_once(any_app, order, VISITORS)
        assert answers.count(0) == 1
        assert set(answers) <= {0, 500, "VoucherUsedUp"}
        assert db.session.get(Voucher, voucher_id).used == 1
        assert all_agree()


def test_a_hidden_type_with_two_uses_left_goes_to_one_order_of_two_or_two_of_one(any_app):
    of = make.ticket_type(is_hidden=True)
    code = make.voucher(types=[of], effect="opens", uses=3).code
    order = to_order(of.edition_id, of.slug, 2, lambda _n: code)
    answers = at_once(any_app, order, VISITORS)
    assert answers.count(0) == 1
    assert set(answers) <= {0, "VoucherUsedUp", "TooFewOfVoucher"}
    assert db.session.query(Ticket).count() == 2
    assert all_agree()


def test_blocked_places_are_never_sold_to_others(any_app):
    of = make.ticket_type(pool=make.pool(capacity=6), price_cents=500)
    code = make.voucher(pool_id=of.pool_id, uses=4).code
    order = to_order(of.edition_id, of.slug, 1, lambda n: code if n % 2 else "")
    answers = at_once(any_app, order, VISITORS)
    with_code, without = answers[1::2], answers[::2]
    # Who comes too late for the code may still find one of the two places that are for everybody.
    assert with_code.count(0) == 4
    assert with_code.count(500) + without.count(500) == 2
    assert without.count(0) == 0
    pool = db.session.query(Pool).one()
    assert (pool.taken, pool.capacity) == (6, 6)
    assert all_agree()


def test_two_forms_that_each_take_what_one_order_may_stay_within_the_whole(any_app):
    of = make.ticket_type(price_cents=500)
    voucher = make.voucher(uses=5, max_per_order=2)
    code = voucher.code
    order = to_order(of.edition_id, of.slug, 3, lambda _n: code)
    answers = at_once(any_app, order, VISITORS)
    # Two of the three tickets are free; the last use leaves two to pay.
    assert set(answers) <= {500, 1000, 1500, "VoucherUsedUp"}
    used = db.session.query(Ticket).filter(Ticket.voucher_id.is_not(None)).count()
    assert used == db.session.query(Voucher.used).scalar() <= 5
    assert answers.count(500) == 2
    assert all_agree()


@pytest.mark.parametrize("change", ["off", "fewer"])
def test_a_change_waits_for_who_is_using_the_voucher(any_app, monkeypatch, change):
    """Begun when an order has its use and has not committed it: no place is lost or given twice."""
    of = make.ticket_type(pool=make.pool(capacity=20), price_cents=500)
    voucher = make.voucher(pool_id=of.pool_id, uses=8)
    voucher_id, code = voucher.id, voucher.code
    order = to_order(of.edition_id, of.slug, 1, lambda _n: code)
    has_used = threading.Event()
    claim = claiming.claim_types

    def slow_claim(*wanted, **values):
        has_used.set()
        time.sleep(0.5)
        claim(*wanted, **values)

    def act(n):
        if n == 0:
            return order(0)
        has_used.wait(10)
        found = db.session.get(Voucher, voucher_id)
        if change == "fewer":
            return answer(rules.change_voucher, found, {"uses": 3}, seen=found.version, now=NOW)
        return answer(rules.switch_off, found, now=NOW)

    monkeypatch.setattr(claiming, "claim_types", slow_claim)
    assert at_once(any_app, act, 2) == [0, "yes"]
    assert all_agree()

"""Using a voucher in an order, and giving the use back when the order ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from festival.db import db
from festival.home import consistency_checks
from festival.tickets import ledger
from festival.tickets.models import Order, Pool, Voucher
from festival.tickets.rules import claiming, ending, ordering
from festival.tickets.vouchers import prices, rules, uses
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

LATER = NOW + timedelta(days=1)


def order(*types, code="", key="een", now=NOW):
    request = make.order_request(*types, form_key=key, code=code)
    return ordering.place_order(types[0].edition, request, now=now)


def counts(voucher):
    """How often it was used, the places that it blocks, and the places taken from all pools."""
    db.session.expire_all()
    assert consistency_checks.pools() == consistency_checks.vouchers() == []
    taken = sum(pool.taken for pool in db.session.query(Pool))
    return voucher.used, voucher.blocked, taken


def test_the_ticket_and_the_ledger_have_the_price_with_the_voucher(any_app):
    of = make.ticket_type(price_cents=6500, name=Bilingual("Weekend", ""))
    voucher = make.voucher(code="BUREN27", effect="percent", value=20, uses=1)
    placed = order(of, of, code="buren 27")
    assert [(each.price_cents, each.voucher) for each in placed.tickets] == [
        (5200, voucher),
        (6500, None),
    ]
    assert placed.total_cents == 11700
    assert [(each.name.nl, each.amount_cents) for each in ledger.entries_of(placed)] == [
        ("Weekend, met code BUREN27", 5200),
        ("Weekend", 6500),
    ]
    assert sum(each.vat_cents for each in ledger.entries_of(placed)) == 966  # 9% of 117 euros
    assert counts(voucher) == (1, 0, 2)


def test_what_costs_nothing_with_a_voucher_is_confirmed_at_once(app):
    of, voucher = make.ticket_type(price_cents=6500), make.voucher()
    placed = order(of, code=voucher.code)
    assert (placed.state, placed.total_cents, placed.due_at) == ("confirmed", 0, None)


@pytest.mark.parametrize("lapsed", [True, False])
def test_a_use_comes_back_when_the_order_ends(any_app, lapsed):
    of, voucher = make.ticket_type(price_cents=6500), make.voucher(effect="fixed", value=9, uses=2)
    placed = order(of, of, code=voucher.code)
    assert counts(voucher) == (2, 0, 2)
    assert ending.end_order(placed, lapsed=lapsed, now=LATER)
    assert counts(voucher) == (0, 0, 0)
    assert not ending.end_order(placed, lapsed=lapsed, now=LATER)
    assert counts(voucher) == (0, 0, 0)


def test_an_order_that_comes_back_uses_the_voucher_again_or_stays_away(any_app):
    of, voucher = make.ticket_type(price_cents=6500), make.voucher(effect="fixed", value=9, uses=1)
    first = order(of, code=voucher.code)
    ending.end_order(first, lapsed=True, now=LATER)
    second = order(of, code=voucher.code, key="twee")
    assert not ending.revive_order(first, now=LATER)
    assert counts(voucher) == (1, 0, 1)
    ending.end_order(second, lapsed=True, now=LATER)
    assert ending.revive_order(first, now=LATER)
    assert counts(voucher) == (1, 0, 1)
    assert [each.amount_cents for each in ledger.standing(first)] == [9]


def test_an_order_that_finds_no_place_leaves_the_voucher_as_it_was(any_app):
    of = make.ticket_type(price_cents=6500, pool=make.pool(capacity=1))
    voucher = make.voucher(effect="fixed", value=9, uses=1)
    first = order(of, code=voucher.code)
    ending.end_order(first, lapsed=True, now=LATER)
    order(of, key="twee")
    assert not ending.revive_order(first, now=LATER)
    assert counts(voucher) == (0, 0, 1)


def test_an_order_that_was_in_time_comes_back_after_the_voucher_expired(app):
    of = make.ticket_type(price_cents=6500)
    voucher = make.voucher(effect="fixed", value=9, uses=1, valid_until=NOW + timedelta(hours=1))
    first = order(of, code=voucher.code)
    ending.end_order(first, lapsed=True, now=LATER)
    assert ending.revive_order(first, now=LATER)
    assert counts(voucher) == (1, 0, 1)


def test_blocked_places_are_for_who_has_the_code(any_app):
    of = make.ticket_type(pool=make.pool(capacity=3))
    voucher = make.voucher(pool_id=of.pool_id, uses=2)
    assert counts(voucher) == (0, 2, 2)
    order(of, key="een")
    with pytest.raises(claiming.TypeSoldOut):
        order(of, key="twee")
    placed = order(of, of, code=voucher.code, key="drie")
    assert counts(voucher) == (2, 0, 3)
    ending.end_order(placed, lapsed=False, now=LATER)
    assert counts(voucher) == (0, 2, 3)
    with pytest.raises(claiming.TypeSoldOut):
        order(of, key="vier")


def test_who_takes_more_than_was_blocked_takes_the_rest_from_the_pool(any_app):
    of = make.ticket_type(pool=make.pool(capacity=3), price_cents=100)
    voucher = make.voucher(pool_id=of.pool_id, uses=2)
    placed = order(of, of, of, code=voucher.code)
    assert placed.total_cents == 100
    assert counts(voucher) == (2, 0, 3)


def test_places_of_a_voucher_past_its_time_are_for_others(any_app):
    of = make.ticket_type(pool=make.pool(capacity=2))
    voucher = make.voucher(pool_id=of.pool_id, uses=2, valid_until=LATER)
    placed = order(of, code=voucher.code)
    assert rules.stop_blocking_expired(lambda: NOW).done == 0
    assert rules.stop_blocking_expired(lambda: LATER).done == 1
    assert counts(voucher) == (1, 0, 1)
    # A ticket that comes back now goes to the pool.
    ending.end_order(placed, lapsed=False, now=LATER)
    assert counts(voucher) == (0, 0, 0)


def test_a_hidden_type_says_what_is_wrong_with_the_code(app):
    of = make.ticket_type(is_hidden=True)
    voucher = make.voucher(types=[of], effect="opens", uses=2)
    with pytest.raises(ordering.TooFewOfVoucher) as refusal:
        order(of, of, of, code=voucher.code)
    assert refusal.value.details["left"] == 2
    order(of, of, code=voucher.code)
    with pytest.raises(prices.VoucherGone):
        order(of, code=voucher.code, key="twee")
    voucher.off_at = NOW
    db.session.commit()
    with pytest.raises(prices.VoucherOff):
        order(of, code=voucher.code, key="twee")
    with pytest.raises(ordering.UnknownType):
        order(of, code="ANDERS", key="twee")
    assert db.session.query(Order).count() == 1


def test_a_second_click_after_the_last_use_leads_to_the_first_order(any_app):
    of = make.ticket_type(is_hidden=True, price_cents=500)
    voucher = make.voucher(types=[of], uses=1)
    assert order(of, code=voucher.code).id == order(of, code=voucher.code).id
    assert counts(voucher) == (1, 0, 1)


def test_the_same_form_with_another_code_is_another_order(app):
    of, voucher = make.ticket_type(price_cents=500), make.voucher()
    request = make.order_request(of)
    first = ordering.place_order(of.edition, request, now=NOW)
    second = ordering.place_order(of.edition, replace(request, code=voucher.code), now=NOW)
    assert (first.total_cents, second.total_cents) == (500, 0)


def test_a_voucher_is_used_only_in_its_time_and_while_it_is_on(any_app):
    voucher = make.voucher(uses=1, valid_from=NOW, valid_until=LATER)
    for now in (NOW - timedelta(seconds=1), LATER):
        with pytest.raises(uses.VoucherUsedUp):
            uses.claim(voucher.id, 1, now=now)
    with pytest.raises(uses.VoucherUsedUp):
        uses.claim(voucher.id, 2, now=NOW)
    voucher.off_at = NOW
    db.session.commit()
    with pytest.raises(uses.VoucherUsedUp):
        uses.claim(voucher.id, 1, now=NOW)
    assert db.session.query(Voucher.used).scalar() == 0

"""Pools: to the last ticket and no further, and all that comes back counts once."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from festival.db import db, transactional
from festival.errors import Refusal
from festival.home import consistency_checks
from festival.tickets import pools
from festival.tickets.rules import claiming, ending, ordering
from tests import make
from tests.make import NOW

claim, claim_all, release = (
    transactional(each) for each in (pools.claim, pools.claim_all, pools.release)
)


def test_the_last_ticket_is_claimed_and_one_more_is_refused(any_app):
    pool, other = make.pool(capacity=3, taken=1), make.pool(capacity=1)
    claim(pool.id, 2)
    with pytest.raises(pools.SoldOut):
        claim(pool.id, 1)
    assert (pool.taken, pool.left, other.taken) == (3, 0, 0)


def test_more_than_there_are_takes_none_of_them(any_app):
    pool = make.pool(capacity=3)
    with pytest.raises(pools.SoldOut):
        claim(pool.id, 4)
    assert pool.taken == 0
    claim(pool.id, 3)


def test_an_empty_pool_and_no_pool_at_all_have_nothing(any_app):
    pool_id = make.pool(capacity=0).id
    for nothing in (pool_id, pool_id + 1):
        with pytest.raises(pools.SoldOut):
            claim(nothing, 1)


def test_what_is_given_back_can_be_claimed_again(any_app):
    pool, other = make.pool(capacity=2, taken=2), make.pool(capacity=2, taken=2)
    release(pool.id, 1)
    assert (pool.taken, other.taken) == (1, 2)
    claim(pool.id, 1)
    assert pool.taken == 2


def test_nobody_gives_back_more_than_was_taken(any_app):
    pool = make.pool(capacity=2, taken=1)
    with pytest.raises(IntegrityError):
        release(pool.id, 2)
    assert pool.taken == 1


def test_a_claim_counts_on_what_others_took_since_the_pool_was_read(any_app):
    pool = make.pool(capacity=2)
    assert pool.left == 2  # read before another process sells one

    @transactional
    def meanwhile():
        claim(pool.id, 1)
        with pytest.raises(pools.SoldOut):
            claim(pool.id, 2)

    meanwhile()
    assert pool.taken == 1


def test_several_pools_are_claimed_together_or_not_at_all(any_app):
    first, second, third = (make.pool(capacity=number) for number in (5, 5, 1))
    ids = [first.id, second.id, third.id]

    def taken():
        db.session.expire_all()
        return [pool.taken for pool in (first, second, third)]

    for too_many in ((2, 2, 2), (6, 1, 1), (1, 6, 1)):
        assert not claim_all(dict(zip(ids, too_many, strict=True)))
        assert taken() == [0, 0, 0]
    assert claim_all({third.id: 1, first.id: 5})
    assert taken() == [5, 0, 1]
    assert claim_all({})
    assert taken() == [5, 0, 1]


def test_the_refusal_of_a_pool_is_one_for_visitors():
    assert issubclass(claiming.TypeSoldOut, pools.SoldOut)
    assert issubclass(claiming.TooFewLeft, pools.SoldOut)
    assert issubclass(pools.SoldOut, Refusal)


_ACTIONS = ["place"] * 3 + ["lapse"] * 2 + ["revive"] * 2 + ["confirm", "cancel"]


def test_after_any_year_of_orders_the_pools_hold_what_is_live(any_app):
    """Orders, payments, lapses, cancellations and returns, in the order of a die."""
    die = random.Random(1)
    shared, small = make.pool(capacity=4), make.pool(capacity=2)
    types = [make.ticket_type(pool=pool, price_cents=100) for pool in (shared, shared, small)]
    edition, orders, done = types[0].edition, [], Counter()
    for turn in range(40):
        now = NOW + timedelta(minutes=turn)
        action = die.choice(_ACTIONS) if orders else "place"
        if action == "place":
            wanted = make.order_request(
                *die.choices(types, k=die.randint(1, 2)), form_key=f"beurt {turn}"
            )
            try:
                orders.append(ordering.place_order(edition, wanted, now=now))
            except pools.SoldOut:
                action = "refuse"
            has_changed = True
        elif action == "confirm":
            has_changed = ending.confirm_order(die.choice(orders), now=now)
        elif action == "revive":
            has_changed = ending.revive_order(die.choice(orders), now=now)
        else:
            has_changed = ending.end_order(die.choice(orders), lapsed=action == "lapse", now=now)
        done[action, has_changed] += 1
        assert consistency_checks.pools() == [], done
    for order in orders:
        is_over = order.state in {"lapsed", "cancelled"}
        assert {ticket.released_at is not None for ticket in order.tickets} == {is_over}
    # The die saw all of it: what changed something, and what came too late.
    actions = {"confirm", "lapse", "cancel", "revive"}
    assert {action for action, has_changed in done if has_changed} == actions | {"place", "refuse"}
    assert {action for action, has_changed in done if not has_changed} == actions

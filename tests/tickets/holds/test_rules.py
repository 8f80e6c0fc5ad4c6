"""Holds: what is kept, for how long, and that it is nobody's twice."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.home import consistency_checks
from festival.tickets.holds import rules as holds
from festival.tickets.holds.models import Hold
from festival.tickets.models import Order
from festival.tickets.rules import claiming, ordering
from festival.tickets.ticket_type_rules import PoolHeld, delete_pool
from festival.tickets.vouchers import prices
from festival.tickets.vouchers.queries import voucher_of
from tests import make
from tests.make import NOW

LATER = NOW + holds.HOLD_FOR


def hold(*types, instead_of=(), network="een netwerk", code="", now=NOW):
    edition = types[0].edition
    sold = prices.priced(types, voucher_of(edition, code), now=now)
    return holds.hold_tickets(edition, sold, instead_of=instead_of, network=network, now=now)


def order(*types, hold=None, **values):
    wanted = make.order_request(*types, hold=hold.secret if hold else "", **values)
    return ordering.place_order(types[0].edition, wanted, now=NOW)


def taken(*types):
    assert consistency_checks.pools() == []
    return [of.pool.taken for of in types]


@pytest.fixture(autouse=True)
def _all_adds_up(any_app):
    yield
    assert consistency_checks.pools() == []


def test_what_is_chosen_is_kept_and_ordered():
    of = make.ticket_type(pool=make.pool(capacity=2))
    kept = hold(of, of)
    assert (kept.ends_at, taken(of)) == (LATER, [2])
    with pytest.raises(claiming.TypeSoldOut):
        order(of)
    assert order(of, of, hold=kept).state == "confirmed"
    assert taken(of) == [2]
    assert db.session.query(Hold).count() == 0


def test_an_order_takes_what_it_needs_besides_and_gives_back_the_rest():
    one, other = (make.ticket_type(pool=make.pool(capacity=3)) for _ in range(2))
    kept = hold(one, one, one)
    order(one, other, other, hold=kept)
    assert taken(one, other) == [1, 2]


def test_an_order_that_is_refused_leaves_the_hold():
    of = make.ticket_type(pool=make.pool(capacity=2))
    kept = hold(of, of)
    with pytest.raises(claiming.TooFewLeft) as refusal:
        order(of, of, of, hold=kept)
    assert refusal.value.details["left"] == 2
    assert taken(of) == [2]
    assert db.session.query(Hold).one().secret == kept.secret


def test_another_choice_replaces_the_first():
    one, other = (make.ticket_type(pool=make.pool(capacity=2)) for _ in range(2))
    first = hold(one, one)
    second = hold(one, other, instead_of=[first.secret, "onbekend", ""])
    assert taken(one, other) == [1, 1]
    # What is sold out is refused, and the choice that was kept stays.
    make.order(of=other)
    with pytest.raises(claiming.TooFewLeft):
        hold(other, other, instead_of=[second.secret])
    assert taken(one, other) == [1, 2]


def test_a_hold_lapses_at_its_end_and_not_before():
    of = make.ticket_type(pool=make.pool(capacity=1))
    kept = hold(of)
    assert holds.lapse_holds(lambda: LATER - timedelta(seconds=1)).done == 0
    assert not holds.lapse_hold(kept.id, now=LATER - timedelta(seconds=1))
    assert holds.lapse_holds(lambda: LATER).done == 1
    assert taken(of) == [0]


def test_a_hold_whose_time_is_over_is_still_good_until_it_lapses():
    of = make.ticket_type(pool=make.pool(capacity=1))
    kept = hold(of, now=NOW - timedelta(hours=1))
    assert order(of, hold=kept).state == "confirmed"
    assert taken(of) == [1]


def test_it_is_extended_ten_times_and_no_longer():
    of = make.ticket_type()
    kept = hold(of)
    now = NOW
    for _ in range(holds.MOST_EXTENSIONS):
        now += timedelta(minutes=19)
        assert holds.extend_hold(kept.secret, [of], now=now)
        assert kept.ends_at == now + holds.HOLD_FOR
    with pytest.raises(holds.ExtendedOften):
        holds.extend_hold(kept.secret, [of], now=now)
    assert holds.lapse_hold(kept.id, now=now + holds.HOLD_FOR)
    assert not holds.extend_hold("weg", [of], now=now)


def test_nothing_is_kept_after_the_sale():
    sales = [{"sale_until": NOW + timedelta(minutes=each)} for each in (15, 10)]
    early, late = (make.ticket_type(**each) for each in sales)
    kept = hold(early, late)
    assert kept.ends_at == late.sale_until
    assert holds.extend_hold(kept.secret, [early], now=NOW)
    assert kept.ends_at == early.sale_until
    assert not holds.extend_hold(kept.secret, [early], now=early.sale_until)


def test_places_that_a_code_blocks_need_no_hold():
    of = make.ticket_type(pool=make.pool(capacity=5), price_cents=1000)
    make.voucher(code="BLOK", pool_id=of.pool_id, uses=2)
    assert hold(of, of, code="BLOK") is None
    kept = hold(of, of, of, code="BLOK")
    assert [each.number for each in kept.places] == [1]
    order(of, of, of, code="BLOK", hold=kept)
    assert taken(of) == [3]


def test_one_network_holds_a_share_and_orders_go_on():
    of = make.ticket_type(pool=make.pool(capacity=100), max_per_order=40)
    first = hold(*[of] * 40)
    assert hold(of) is None
    assert hold(of, network="een ander") is not None
    assert taken(of) == [41]
    assert order(of, form_key="zonder").state == "confirmed"
    # A choice that replaces the own one is not counted on top of it.
    assert hold(*[of] * 39, instead_of=[first.secret]) is not None


def test_a_large_pool_keeps_more_for_one_network():
    of = make.ticket_type(pool=make.pool(capacity=400))
    assert all(hold(*[of] * 25) for _ in range(4))
    assert hold(of) is None


def test_a_pool_of_which_places_are_held_stays():
    pool = make.pool()
    of = make.ticket_type(pool=pool)
    hold(of)
    of.pool = make.pool()
    db.session.commit()
    with pytest.raises(PoolHeld):
        delete_pool(pool, now=NOW)
    assert db.session.query(Order).count() == 0
    holds.lapse_holds(lambda: LATER)
    delete_pool(pool, now=NOW)


def test_the_doctor_sees_what_is_kept():
    of = make.ticket_type()
    hold(of, of)
    of.pool.taken = 5
    db.session.commit()
    [problem] = consistency_checks.pools()
    assert problem.endswith("says 5 taken; 0 tickets are out. Buyers hold 2 while they order.")
    of.pool.taken = 2
    db.session.commit()

"""Making, changing and switching off vouchers."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.home.rules import delete_edition
from festival.tickets import ticket_type_rules
from festival.tickets.models import Pool, Voucher
from festival.tickets.vouchers import rules
from tests import make
from tests.make import NOW


def values(**given):
    return {"effect": "free", "types": [], "uses": 2, "pool_id": None, **given}


def taken(pool_id):
    db.session.expire_all()
    return db.session.get(Pool, pool_id).taken


def test_many_codes_block_together_or_are_not_made(any_app):
    pool = make.pool(capacity=7)
    made = rules.add_vouchers(make.current_edition(), values(pool_id=pool.id), ["A", "B"], now=NOW)
    assert [each.blocked for each in made] == [2, 2]
    assert taken(pool.id) == 4
    with pytest.raises(rules.NoRoomToBlock):
        rules.add_vouchers(make.current_edition(), values(pool_id=pool.id), ["C", "D"], now=NOW)
    assert taken(pool.id) == 4
    assert db.session.query(Voucher).count() == 2


def test_a_code_is_there_once_however_it_is_written(any_app):
    edition = make.voucher(code="BUREN27").edition
    with pytest.raises(rules.CodeTaken):
        rules.add_vouchers(edition, values(), ["NIEUW27", "buren 27"], now=NOW)
    assert db.session.query(Voucher).count() == 1
    assert rules.add_vouchers(make.edition(is_current=False), values(), ["BUREN27"], now=NOW)


def test_what_is_changed_blocks_more_fewer_or_elsewhere(any_app):
    one, other = make.pool(capacity=10), make.pool(capacity=10)
    ids = one.id, other.id
    voucher = make.voucher(pool_id=one.id, uses=4)
    for change, expected in (
        ({"uses": 6}, (6, 0)),
        ({"uses": 1}, (1, 0)),
        ({"uses": 5, "pool_id": other.id}, (0, 5)),
        ({"pool_id": None}, (0, 0)),
        ({"pool_id": one.id}, (5, 0)),
        ({"valid_until": NOW}, (0, 0)),
    ):
        rules.change_voucher(voucher, change, seen=voucher.version, now=NOW)
        assert tuple(map(taken, ids)) == expected, change
        assert voucher.blocked == sum(expected)


def test_a_change_that_does_not_fit_changes_nothing(any_app):
    of = make.ticket_type(pool=make.pool(capacity=5))
    voucher = make.voucher(pool_id=of.pool_id, uses=4)
    with pytest.raises(rules.NoRoomToBlock):
        rules.change_voucher(voucher, {"uses": 6}, seen=voucher.version, now=NOW)
    with pytest.raises(rules.TypeOfOtherPool):
        rules.change_voucher(
            voucher, {"types": [make.ticket_type()]}, seen=voucher.version, now=NOW
        )
    assert (voucher.uses, taken(of.pool_id)) == (4, 4)


def test_no_fewer_uses_than_were_used(any_app):
    voucher = make.voucher(uses=4, used=3)
    with pytest.raises(rules.BelowUsed):
        rules.change_voucher(voucher, {"uses": 2}, seen=voucher.version, now=NOW)
    rules.change_voucher(voucher, {"uses": 3}, seen=voucher.version, now=NOW)
    assert voucher.left == 0


def test_switching_off_gives_the_places_back_and_on_takes_them_again(any_app):
    pool = make.pool(capacity=4)
    voucher = make.voucher(pool_id=pool.id, uses=4, used=1)
    for _again in range(2):
        rules.switch_off(voucher, now=NOW)
        assert (voucher.blocked, taken(pool.id)) == (0, 0)
    rules.switch_on(voucher, now=NOW)
    assert (voucher.blocked, taken(pool.id)) == (3, 3)
    rules.switch_off(voucher, now=NOW)
    pool.taken = 2
    db.session.commit()
    with pytest.raises(rules.NoRoomToBlock):
        rules.switch_on(voucher, now=NOW)
    assert voucher.off_at == NOW


def test_one_past_its_time_blocks_nothing_when_it_is_switched_on(app):
    pool = make.pool(capacity=4)
    voucher = make.voucher(pool_id=pool.id, uses=4, valid_until=NOW + timedelta(hours=1))
    rules.switch_off(voucher, now=NOW)
    rules.switch_on(voucher, now=NOW + timedelta(hours=1))
    assert (voucher.blocked, taken(pool.id)) == (0, 0)


def test_a_type_or_pool_that_a_code_is_for_stays(any_app):
    of, pool = make.ticket_type(), make.pool()
    make.voucher(types=[of])
    make.voucher(pool_id=pool.id, uses=1)
    with pytest.raises(ticket_type_rules.TypeHasCodes):
        ticket_type_rules.delete_type(of, now=NOW)
    with pytest.raises(ticket_type_rules.PoolHasCodes):
        ticket_type_rules.delete_pool(pool, now=NOW)


def test_codes_go_with_an_edition_that_nobody_uses(any_app):
    edition = make.edition(is_current=False, slug="proef")
    of = make.ticket_type(edition_id=edition.id, pool=make.pool(edition_id=edition.id))
    make.voucher(edition_id=edition.id, types=[of], pool_id=of.pool_id, uses=1)
    delete_edition(edition, now=NOW)
    assert db.session.query(Voucher).count() == 0

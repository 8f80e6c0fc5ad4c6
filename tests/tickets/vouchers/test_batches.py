"""All codes of one label at once: off, on, or until another moment; all of them, or none."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.tickets.models import Pool, Voucher
from festival.tickets.vouchers import batches, rules
from festival.tickets.vouchers.batches import BatchChange
from tests import make
from tests.make import NOW

PAGE = "/team/codes/label?label=buren"


def batch(number=3, **values):
    return [make.voucher(tag="buren", **values) for _ in range(number)]


def standing():
    db.session.expire_all()
    rows = db.session.query(Voucher).order_by(Voucher.id)
    return [(each.off_at is not None, each.blocked) for each in rows]


def test_off_gives_back_what_they_hold_and_on_takes_it_again(any_app):
    edition, pool = make.current_edition(), make.pool(capacity=6)
    batch(pool_id=pool.id, uses=2)
    other = make.voucher(tag="pers")
    assert pool.taken == 6
    batches.change_batch(edition, "buren", BatchChange("off"), seen=3, now=NOW)
    assert standing() == [(True, 0)] * 3 + [(False, 0)]
    assert pool.taken == 0
    batches.change_batch(edition, "buren", BatchChange("on"), seen=3, now=NOW)
    assert standing()[:3] == [(False, 2)] * 3
    assert (pool.taken, other.off_at) == (6, None)


def test_where_one_has_no_room_none_is_switched_on(any_app):
    edition, pool = make.current_edition(), make.pool(capacity=6)
    batch(pool_id=pool.id, uses=2)
    batches.change_batch(edition, "buren", BatchChange("off"), seen=3, now=NOW)
    pool.capacity = 5
    db.session.commit()
    with pytest.raises(rules.NoRoomToBlock):
        batches.change_batch(edition, "buren", BatchChange("on"), seen=3, now=NOW)
    assert standing() == [(True, 0)] * 3
    assert db.session.query(Pool).filter_by(id=pool.id).one().taken == 0


def test_until_another_moment_or_without_an_end(any_app):
    edition = make.current_edition()
    codes = batch(valid_from=NOW)
    later = NOW + timedelta(days=9)
    batches.change_batch(edition, "buren", BatchChange("until", later), seen=3, now=NOW)
    assert {each.valid_until for each in codes} == {later}
    with pytest.raises(batches.CodeEndsTooEarly):
        batches.change_batch(edition, "buren", BatchChange("until", NOW), seen=3, now=NOW)
    batches.change_batch(edition, "buren", BatchChange("until"), seen=3, now=NOW)
    assert {each.valid_until for each in codes} == {None}


def test_what_came_since_is_not_changed_unseen(any_app):
    edition = make.current_edition()
    batch()
    with pytest.raises(batches.BatchChanged):
        batches.change_batch(edition, "buren", BatchChange("off"), seen=2, now=NOW)
    assert standing() == [(False, 0)] * 3


def test_on_the_page(visitor):
    batch()
    make.sign_in(visitor, "organiser")
    listed = visitor.get("/team/codes/?label=buren").text
    assert 'href="/team/codes/label?label=buren"' in listed
    assert 'href="/team/codes/label' not in visitor.get("/team/codes/").text
    assert "Het gaat om 3 codes." in visitor.get(PAGE).text
    nothing = visitor.post(PAGE, data={"seen": "3"})
    assert (nothing.status_code, "Kies wat er moet gebeuren." in nothing.text) == (422, True)
    stale = visitor.post(PAGE, data={"seen": "2", "what": "off"})
    assert (stale.status_code, "Er is nog niets" in stale.text) == (409, True)
    assert visitor.post(PAGE, data={"seen": "3", "what": "off"}).status_code == 303
    assert standing() == [(True, 0)] * 3
    assert "3 staan uit." in visitor.get(PAGE).text
    sent = {"seen": "3", "what": "until", "valid_until": "2026-10-25T03:00"}
    visitor.post(PAGE, data=sent)
    ends = {str(each.valid_until) for each in db.session.query(Voucher)}
    assert ends == {"2026-10-25 02:00:00+00:00"}
    for nowhere in ("/team/codes/label", "/team/codes/label?label=niets"):
        assert visitor.get(nowhere).status_code == 404
    make.sign_in(visitor, "finance")
    assert visitor.get(PAGE).status_code == 403

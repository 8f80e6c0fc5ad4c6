"""What was kept for somebody is given back, while a gate sells the same place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from festival import codes
from festival.checkin.models import Device, Gate
from festival.db import db
from festival.doorsales import rules as doorsales
from festival.home import consistency_checks
from festival.tickets.holds import rules as holds
from festival.tickets.holds.models import Hold
from festival.tickets.models import Pool
from festival.tickets.waiting import rules as waiting
from festival.tickets.waiting.models import TicketWait
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once
from tests.races.test_door_against_web import SCREEN, on_sale

LATER = NOW + timedelta(days=3)
ROUNDS = 4


def held(of):
    """Somebody is ordering the only place. Returns what ends that."""
    kept = make.hold(of, ends_at=LATER)
    return lambda id=kept.id: holds.lapse_hold(id, now=LATER)


def offered(of):
    """Somebody was offered the only place. Returns what ends that."""
    wait = make.wait(of)
    waiting.offer_places(wait.id, now=NOW)
    assert wait.offer_ends_at <= LATER
    return lambda id=wait.id: waiting.end_offer(id, now=LATER)


def offered_and_left(of):
    """The same, and whoever was offered it gives it back."""
    offered(of)
    wait_id = db.session.query(TicketWait.id).filter_by(type_id=of.id).scalar()

    def leave():
        return waiting.leave_line(db.session.get(TicketWait, wait_id), now=NOW)

    return leave


@pytest.mark.parametrize("kept", [held, offered, offered_and_left])
def test_a_place_that_comes_free_is_sold_once_at_the_gate(any_app, kept):
    gate_id, device_id = make.gate().id, make.device().id
    for _ in range(ROUNDS):
        of = on_sale(1)
        slug, pool_id, end = of.slug, of.pool_id, kept(of)

        def act(n, slug=slug, end=end):
            if n % 2:
                return end()
            gate, device = db.session.get(Gate, gate_id), db.session.get(Device, device_id)
            wanted = replace(SCREEN, type_slug=slug, form_key=codes.secret())
            return answer(doorsales.sell, gate, device, wanted, member_id=None, now=LATER)

        answers = at_once(any_app, act, 8)
        sold = answers[::2].count("yes")
        assert sold <= 1
        # SoldOut: it came free when that sale had found nothing.
        assert set(answers[::2]) <= {"yes", "TypeSoldOut", "SoldOut"}
        if kept is not offered_and_left:
            assert sorted(answers[1::2]) == [False, False, False, True]
        assert db.session.query(Hold).count() == 0
        assert db.session.get(Pool, pool_id).taken == sold
        assert consistency_checks.pools() == []

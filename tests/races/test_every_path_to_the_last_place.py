"""The last place of a pool, wanted at the same instant in every way in which one can get it."""

from dataclasses import replace

import pytest

from festival import codes
from festival.checkin.models import Device, Gate
from festival.db import db
from festival.doorsales import rules as doorsales
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home import consistency_checks
from festival.payments.rules import checking_out, ordering_by_hand, recording, swapping
from festival.payments.rules.ordering_by_hand import ReceivedMoney
from festival.payments.rules.swapping import SwapRequest
from festival.tickets import ticket_type_rules
from festival.tickets.holds import rules as holds
from festival.tickets.models import Order, Pool, TicketType
from festival.tickets.rules import ordering
from festival.tickets.vouchers import prices
from festival.tickets.vouchers import rules as vouchers
from festival.tickets.waiting import rules as waiting
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once
from tests.races.test_lapse_against_payment import LATER, lapse

CENTS = 4000
ROUNDS = 3
SCREEN = doorsales.DoorRequest("scherm", "", 1, "Mia", "cash", CENTS)
BY_TEAM = ordering.TeamTerms(None)


class LastPlace:
    """The one place of a pool, and what those who want it have by then."""

    def __init__(self):
        self.of = make.ticket_type(
            pool=make.pool(capacity=1), price_cents=CENTS, is_sold_at_door=True
        )
        self.type_id, self.pool_id = self.of.id, self.of.pool_id
        self.edition_id, self.slug = self.of.edition_id, self.of.slug
        late = make.order(of=self.of, confirmed_at=None, due_at=NOW)
        assert lapse(late.id)
        cheap = make.order(of=make.ticket_type(price_cents=2500))
        make.payment(cheap, 2500)
        self.late_id, self.swapped_id = late.id, cheap.id
        self.gate_id, self.device_id = make.gate().id, make.device().id
        self.member_id = make.member("finance").id
        self.wait_id = None

    def let_somebody_wait(self):
        self.wait_id = make.wait(self.of).id

    @property
    def edition(self):
        return db.session.get(Edition, self.edition_id)

    def request(self, **values):
        of = db.session.get(TicketType, self.type_id)
        key = codes.secret()
        return make.order_request(
            of, **{"form_key": key, "email": f"{key.lower()}@example.org", **values}
        )

    # Each wants the place, and refuses or returns whether it has it.

    def web(self):
        return checking_out.check_out(self.edition, self.request(), [], now=LATER)

    def hold(self):
        of = db.session.get(TicketType, self.type_id)
        sold = prices.priced([of], None, now=LATER)
        return holds.hold_tickets(of.edition, sold, network=codes.secret(), now=LATER)

    def by_hand(self):
        received = ReceivedMoney("cash")
        return ordering_by_hand.order_by_hand(
            self.edition, self.request(by_team=BY_TEAM), received, now=LATER
        )

    def door(self):
        gate, device = db.session.get(Gate, self.gate_id), db.session.get(Device, self.device_id)
        wanted = replace(SCREEN, type_slug=self.slug, form_key=codes.secret())
        return doorsales.sell(gate, device, wanted, member_id=None, now=LATER)

    def swap(self, **maker):
        order = db.session.get(Order, self.swapped_id)
        wanted = SwapRequest(order.tickets[0].code, self.slug, codes.secret(), **maker)
        return swapping.request_swap(order, wanted, now=LATER)

    def swap_by_team(self):
        return self.swap(maker="team", member_id=self.member_id)

    def late_payment(self):
        order = db.session.get(Order, self.late_id)
        recording.record_payment(order, CENTS, LATER, f"laat {self.late_id}", now=LATER)
        return order.state == "confirmed"

    def offer(self):
        return waiting.offer_places(self.wait_id, now=LATER)

    def code_that_holds_it(self):
        values = {"effect": "free", "uses": 1, "pool_id": self.pool_id}
        return vouchers.add_vouchers(self.edition, values, [codes.readable()], now=LATER)

    def smaller_pool(self):
        pool = db.session.get(Pool, self.pool_id)
        return ticket_type_rules.change_pool(pool, "Kleiner", 0, seen=pool.version, now=LATER)


EVERYBODY = (
    LastPlace.web,
    LastPlace.hold,
    LastPlace.by_hand,
    LastPlace.door,
    LastPlace.swap,
    LastPlace.late_payment,
    LastPlace.code_that_holds_it,
    LastPlace.smaller_pool,
)
# Those who do not stand behind whoever waits in line.
PAST_THE_LINE = (
    LastPlace.offer,
    LastPlace.by_hand,
    LastPlace.door,
    LastPlace.swap_by_team,
    LastPlace.late_payment,
    LastPlace.code_that_holds_it,
    LastPlace.smaller_pool,
)


def who_got_it(app, ways, last):
    """The names of the ways that had the place, of `ways` at once."""

    def want(n):
        try:
            return bool(ways[n](last))
        except Refusal:
            return False

    answers = at_once(app, want, len(ways))
    return [way.__name__ for way, has_it in zip(ways, answers, strict=True) if has_it]


def check(last, got):
    assert len(got) == 1, got
    pool = db.session.get(Pool, last.pool_id)
    left = 0 if got == ["smaller_pool"] else 1
    assert (pool.taken, pool.capacity) == (left, left)
    for name in ("pools", "vouchers", "totals", "movements", "endings"):
        assert getattr(consistency_checks, name)() == []


@pytest.mark.parametrize(
    "way", dict.fromkeys([*EVERYBODY, *PAST_THE_LINE]), ids=lambda way: way.__name__
)
def test_each_gets_it_alone(app, way):
    """Or the others below would race against nobody."""
    last = LastPlace()
    if way not in EVERYBODY:
        last.let_somebody_wait()
    check(last, who_got_it(app, [way], last))


def test_one_of_everybody_gets_it(any_app):
    for _ in range(ROUNDS):
        last = LastPlace()
        check(last, who_got_it(any_app, EVERYBODY, last))


def test_one_of_those_who_pass_the_line_gets_it(any_app):
    for _ in range(ROUNDS):
        last = LastPlace()
        last.let_somebody_wait()
        check(last, who_got_it(any_app, PAST_THE_LINE, last))


@pytest.mark.parametrize(
    "pair",
    [
        (LastPlace.by_hand, LastPlace.web),
        (LastPlace.late_payment, LastPlace.door),
        (LastPlace.late_payment, LastPlace.hold),
        (LastPlace.swap, LastPlace.door),
    ],
    ids=lambda pair: " and ".join(way.__name__ for way in pair),
)
def test_two_who_want_it_at_once(any_app, pair):
    """Four threads, so that each is first now and then."""
    for _ in range(ROUNDS):
        last = LastPlace()
        ways = [way for way in pair for _ in range(1 if way in ONCE else 4)]
        check(last, who_got_it(any_app, ways, last))


# Those of which a second call is the same deed once more.
ONCE = (LastPlace.late_payment, LastPlace.swap)

"""The last tickets, wanted at the door and on the web at the same instant."""

from dataclasses import replace

from festival.checkin.models import Device, Gate
from festival.db import db
from festival.doorsales import rules
from festival.doorsales.models import DoorSale
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.payments.models import Payment
from festival.payments.rules import checking_out
from festival.tickets.models import Order, Pool, Ticket
from tests import make
from tests.doorsales.conftest import MORNING
from tests.races.at_once import at_once

BUYERS = 16
SCREEN = rules.DoorRequest("scherm", "", 1, "Mia", "cash", 4000)


def on_sale(capacity):
    return make.ticket_type(
        pool=make.pool(capacity=capacity), price_cents=4000, is_sold_at_door=True
    )


def test_the_last_ticket_goes_to_the_door_or_to_the_web(any_app):
    for _ in range(3):
        of = on_sale(1)
        slug, pool_id, edition_id = of.slug, of.pool_id, of.edition_id
        gate_id, device_id = make.gate().id, make.device().id
        before = db.session.query(Ticket).count(), db.session.query(DoorSale).count()

        def buy(n, slug=slug, edition_id=edition_id, gate_id=gate_id, device_id=device_id):
            try:
                if n % 2:
                    edition = db.session.get(Edition, edition_id)
                    of = edition and make.order_request(form_key=f"{slug}-{n}")
                    request = replace(of, tickets=[ticket(slug)], email=f"m{n}@example.org")
                    return checking_out.check_out(edition, request, [], now=MORNING) and "sold"
                gate, device = db.session.get(Gate, gate_id), db.session.get(Device, device_id)
                wanted = replace(SCREEN, type_slug=slug, form_key=f"{slug}-{n}")
                return rules.sell(gate, device, wanted, member_id=None, now=MORNING) and "sold"
            except Refusal as refusal:
                return refusal.code

        answers = at_once(any_app, buy, BUYERS)
        assert sorted(answers) == ["TypeSoldOut"] * (BUYERS - 1) + ["sold"]
        db.session.expire_all()
        pool = db.session.get(Pool, pool_id)
        assert (pool.taken, pool.capacity) == (1, 1)
        assert db.session.query(Ticket).count() == before[0] + 1
        paid_at_door = db.session.query(DoorSale).count()
        assert paid_at_door == db.session.query(Payment).count()


def ticket(slug):
    return make.TicketRequest(slug, "Houder")


def test_one_screen_sent_sixteen_times_at_once_is_one_sale(any_app):
    of = on_sale(100)
    slug, pool_id = of.slug, of.pool_id
    gate_id, device_id = make.gate().id, make.device().id

    def sell(n):
        gate, device = db.session.get(Gate, gate_id), db.session.get(Device, device_id)
        wanted = replace(SCREEN, type_slug=slug)
        return rules.sell(gate, device, wanted, member_id=None, now=MORNING).order_id

    assert len(set(at_once(any_app, sell, BUYERS))) == 1
    assert db.session.query(Payment).count() == 1
    assert db.session.get(Pool, pool_id).taken == 1


def test_one_screen_with_two_contents_at_once_is_one_sale(any_app):
    """The order of the second content is taken back with its refusal."""
    of = on_sale(100)
    slug, pool_id = of.slug, of.pool_id
    gate_id, device_id = make.gate().id, make.device().id

    def sell(n):
        gate, device = db.session.get(Gate, gate_id), db.session.get(Device, device_id)
        wanted = replace(SCREEN, type_slug=slug, name="Mia" if n % 2 else "Piet")
        try:
            return rules.sell(gate, device, wanted, member_id=None, now=MORNING) and "sold"
        except Refusal as refusal:
            return refusal.code

    answers = at_once(any_app, sell, BUYERS)
    assert sorted(answers) == ["ScreenSoldAlready"] * (BUYERS // 2) + ["sold"] * (BUYERS // 2)
    assert db.session.query(Order).count() == 1
    assert db.session.query(Payment).count() == 1
    assert db.session.get(Pool, pool_id).taken == 1


def test_undone_twice_at_once_gives_the_money_back_once(any_app):
    of = on_sale(1)
    gate, device = make.gate(), make.device()
    wanted = replace(SCREEN, type_slug=of.slug)
    sale_id = rules.sell(gate, device, wanted, member_id=None, now=MORNING).id
    device_id, pool_id = device.id, of.pool_id

    def undo(_):
        sale, device = db.session.get(DoorSale, sale_id), db.session.get(Device, device_id)
        try:
            rules.undo_sale(sale, device, member_id=None, now=MORNING)
        except Refusal as refusal:
            return refusal.code
        return "undone"

    answers = at_once(any_app, undo, BUYERS)
    assert sorted(answers) == ["CannotUndoSale"] * (BUYERS - 1) + ["undone"]
    assert db.session.get(Pool, pool_id).taken == 0

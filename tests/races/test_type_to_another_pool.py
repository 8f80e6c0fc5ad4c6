"""A type moves to another pool while somebody orders it: its tickets count where it ends up."""

import threading
import time

from festival.db import db
from festival.errors import Refusal
from festival.home import consistency_checks
from festival.tickets import ticket_type_rules
from festival.tickets.models import Ticket, TicketType
from festival.tickets.rules import claiming
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once
from tests.races.test_last_ticket import to_order


def moving(type_id, pool_id):
    try:
        of = db.session.get(TicketType, type_id)
        ticket_type_rules.change_type(of, {"pool_id": pool_id}, seen=of.version, now=NOW)
    except Refusal as refusal:
        return refusal.code
    return "moved"


def deleting(type_id):
    try:
        ticket_type_rules.delete_type(db.session.get(TicketType, type_id), now=NOW)
    except Refusal as refusal:
        return refusal.code
    return "deleted"


def at_the_worst_moment(app, monkeypatch, of, action):
    """What `action` answers, begun when an order has its tickets and has not yet claimed them."""
    order = to_order(of.edition_id, [of.slug])
    has_tickets = threading.Event()
    claim = claiming.claim_types

    def slow_claim(*wanted, **values):
        has_tickets.set()
        time.sleep(0.5)
        claim(*wanted, **values)

    def one_of_two(n):
        if n == 0:
            return order(0)
        has_tickets.wait(10)
        return action()

    monkeypatch.setattr(claiming, "claim_types", slow_claim)
    return at_once(app, one_of_two, 2)


def test_it_does_not_move_under_an_order_that_is_being_made(any_app, monkeypatch):
    of, other = make.ticket_type(), make.pool()
    type_id, pool_id = of.id, other.id
    answers = at_the_worst_moment(any_app, monkeypatch, of, lambda: moving(type_id, pool_id))
    assert answers == ["confirmed", "PoolFixed"]
    assert consistency_checks.pools() == []


def test_it_does_not_go_under_an_order_that_is_being_made(any_app, monkeypatch):
    of = make.ticket_type()
    type_id = of.id
    answers = at_the_worst_moment(any_app, monkeypatch, of, lambda: deleting(type_id))
    assert answers == ["confirmed", "TypeHasTickets"]


def test_orders_and_moves_at_once_leave_nothing_uncounted(any_app):
    for _ in range(3):
        of, other = make.ticket_type(), make.pool()
        type_id, pool_id = of.id, other.id
        order = to_order(of.edition_id, [of.slug])
        answers = at_once(
            any_app,
            lambda n, order=order, ids=(type_id, pool_id): moving(*ids) if n % 4 == 0 else order(n),
            12,
        )
        assert answers.count("confirmed") == 9
        assert consistency_checks.pools() == []
    assert db.session.query(Ticket).count() == 27

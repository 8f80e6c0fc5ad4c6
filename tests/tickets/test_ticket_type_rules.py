"""Ticket types and pools, as the organiser changes them."""

import pytest

from festival.db import db
from festival.team.models import AuditEntry
from festival.tickets import ticket_type_rules
from festival.tickets.models import Pool, TicketType
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW


def values(pool, **changed):
    of = make.ticket_type(pool=pool)
    fields = ("price_cents", "vat_percent", "days", "sale_from", "sale_until")
    return {**{name: getattr(of, name) for name in fields}, "pool_id": pool.id, **changed}


def verbs():
    return [entry.verb for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def test_a_type_is_added_under_an_address_of_its_own(any_app):
    pool = make.pool()
    fields = values(pool, name=Bilingual("Weekend, vroege vogel", "Early bird"))
    added = ticket_type_rules.add_type(make.current_edition(), fields, now=NOW)
    assert added.slug == "weekend-vroege-vogel"
    assert verbs() == ["add_ticket_type"]


def test_a_type_with_tickets_stays_and_stays_in_its_pool(any_app):
    of = make.ticket_type()
    other = make.pool()
    ticket_type_rules.change_type(of, {"pool_id": other.id}, now=NOW)
    make.order(of=of)
    with pytest.raises(ticket_type_rules.TypeHasTickets):
        ticket_type_rules.delete_type(of, now=NOW)
    with pytest.raises(ticket_type_rules.PoolFixed):
        ticket_type_rules.change_type(of, {"pool_id": make.pool().id}, now=NOW)
    ticket_type_rules.change_type(of, {"pool_id": other.id, "price_cents": 900}, now=NOW)
    assert (of.pool_id, of.price_cents) == (other.id, 900)
    assert verbs() == ["change_ticket_type"] * 2


def test_an_empty_type_and_an_unused_pool_can_go(any_app):
    of = make.ticket_type()
    pool = of.pool
    with pytest.raises(ticket_type_rules.PoolInUse):
        ticket_type_rules.delete_pool(pool, now=NOW)
    ticket_type_rules.delete_type(of, now=NOW)
    ticket_type_rules.delete_pool(pool, now=NOW)
    assert db.session.query(TicketType).count() == 0
    assert db.session.query(Pool).count() == 0
    assert verbs() == ["delete_ticket_type", "delete_pool"]


def test_a_pool_never_gets_smaller_than_what_is_taken(any_app):
    pool = make.pool(capacity=10, taken=4)
    with pytest.raises(ticket_type_rules.BelowTaken) as refusal:
        ticket_type_rules.change_pool(pool, "Nieuw", 3, now=NOW)
    assert "al 4 kaartjes weg" in str(refusal.value)
    assert (pool.name, pool.capacity) != ("Nieuw", 3)
    ticket_type_rules.change_pool(pool, "Nieuw", 4, now=NOW)
    assert (pool.name, pool.capacity, pool.left) == ("Nieuw", 4, 0)
    assert verbs() == ["change_pool"]

"""Ticket types and pools, as the organiser changes them."""

import re
from datetime import timedelta

import pytest

from festival import vat
from festival.db import db
from festival.team import editing
from festival.team.models import AuditEntry
from festival.tickets import ledger, ticket_type_rules
from festival.tickets.models import Pool, TicketType
from festival.tickets.rules import claiming, ending, ordering
from festival.web.languages import Bilingual, speaking
from tests import make
from tests.make import NOW


def values(pool, **changed):
    of = make.ticket_type(pool=pool)
    fields = ("price_cents", "vat_category", "days", "sale_from", "sale_until")
    return {**{name: getattr(of, name) for name in fields}, "pool_id": pool.id, **changed}


def entries():
    return db.session.query(AuditEntry).order_by(AuditEntry.id).all()


def verbs():
    return [entry.verb for entry in entries()]


def test_a_type_is_added_under_an_address_of_its_own(any_app):
    pool = make.pool()
    fields = values(pool, name=Bilingual("Weekend, vroege vogel", "Early bird"))
    added = ticket_type_rules.add_type(make.current_edition(), fields, now=NOW)
    assert added.slug == "weekend-vroege-vogel"
    assert verbs() == ["add_ticket_type"]


def test_an_address_is_made_of_whatever_the_type_is_called(app):
    fields = values(make.pool())

    def slug(*name):
        added = ticket_type_rules.add_type(
            make.current_edition(), {**fields, "name": Bilingual(*name)}, now=NOW
        )
        return added.slug

    assert slug("Weekend", "The whole weekend") == "weekend"
    assert slug("", "Early bird") == "early-bird"
    assert slug("’s-Hertogenbosch & Łódź: één!") == "s-hertogenbosch-lodz-een"
    assert slug("vroegevogel " * 6) == "-".join(["vroegevogel"] * 5)
    assert slug("x" * 80) == "x" * 60
    # No letter of it may stand in an address: a code does.
    assert re.fullmatch("[a-z0-9]{8}", slug("Мария"))


def test_an_address_that_is_taken_or_means_something_else_is_refused(any_app):
    pool = make.pool(slug="weekend")
    fields = values(pool, name=Bilingual("Weekend"))
    edition = make.current_edition()
    ticket_type_rules.add_type(edition, fields, now=NOW)
    before = verbs(), db.session.query(TicketType).count(), db.session.query(Pool).count()
    for name in ("Nieuw", "Contingenten", "Weekend!", "  WEEKEND"):
        with pytest.raises(editing.SlugTaken):
            ticket_type_rules.add_type(edition, {**fields, "name": Bilingual(name)}, now=NOW)
        with pytest.raises(editing.SlugTaken):
            ticket_type_rules.add_pool(edition, name, 5, now=NOW)
    after = verbs(), db.session.query(TicketType).count(), db.session.query(Pool).count()
    assert after == before


def test_a_type_with_tickets_stays_and_stays_in_its_pool(any_app):
    of = make.ticket_type()
    other = make.pool()
    ticket_type_rules.change_type(of, {"pool_id": other.id}, seen=of.version, now=NOW)
    make.order(of=of)
    with pytest.raises(ticket_type_rules.TypeHasTickets):
        ticket_type_rules.delete_type(of, now=NOW)
    with pytest.raises(ticket_type_rules.PoolFixed):
        ticket_type_rules.change_type(
            of, {"pool_id": make.pool().id, "price_cents": 5}, seen=of.version, now=NOW
        )
    assert (of.pool_id, of.price_cents) == (other.id, 0)
    ticket_type_rules.change_type(
        of, {"pool_id": other.id, "price_cents": 900}, seen=of.version, now=NOW
    )
    assert (of.pool_id, of.price_cents) == (other.id, 900)
    assert verbs() == ["change_ticket_type"] * 2


def test_tickets_that_were_given_back_hold_their_type_in_its_pool_too(any_app):
    """They may come back, and must then be counted where they were."""
    of = make.ticket_type(price_cents=100)
    order = ordering.place_order(of.edition, make.order_request(of), now=NOW)
    ending.end_order(order, lapsed=True, now=NOW)
    with pytest.raises(ticket_type_rules.PoolFixed):
        ticket_type_rules.change_type(of, {"pool_id": make.pool().id}, seen=of.version, now=NOW)
    with pytest.raises(ticket_type_rules.TypeHasTickets):
        ticket_type_rules.delete_type(of, now=NOW)


def test_what_was_ordered_keeps_its_price_and_what_is_ordered_next_has_the_new_one(any_app):
    of = make.ticket_type(price_cents=4500, vat_category="reduced")
    first = ordering.place_order(of.edition, make.order_request(of, of, form_key="een"), now=NOW)
    ticket_type_rules.change_type(
        of, {"price_cents": 0, "vat_category": "standard"}, seen=of.version, now=NOW
    )
    second = ordering.place_order(of.edition, make.order_request(of, form_key="twee"), now=NOW)
    assert (first.total_cents, first.state) == (9000, "pending")
    assert {(each.amount_cents, each.vat) for each in ledger.standing(first)} == {
        (4500, vat.of_category("reduced"))
    }
    assert (second.total_cents, second.state) == (0, "confirmed")
    assert [each.price_cents for each in second.tickets] == [0]


def test_a_type_that_is_closed_hidden_or_made_scarce_leaves_orders_as_they_are(any_app):
    of = make.ticket_type(price_cents=100)
    order = ordering.place_order(of.edition, make.order_request(of, of), now=NOW)
    changes = {"sale_until": NOW, "is_hidden": True, "max_per_order": 1}
    ticket_type_rules.change_type(of, changes, seen=of.version, now=NOW)
    ticket_type_rules.change_pool(of.pool, of.pool.name, 2, seen=of.pool.version, now=NOW)
    assert ending.confirm_order(order, now=NOW)
    assert all(ticket.is_valid for ticket in order.tickets)
    with pytest.raises(ordering.UnknownType):
        ordering.place_order(of.edition, make.order_request(of, form_key="twee"), now=NOW)


def test_tickets_follow_their_type_to_other_days(app):
    ticket = make.ticket()
    friday = make.slot()
    assert ticket.admits(friday)
    ticket_type_rules.change_type(
        ticket.type, {"days": make.days("2026-10-24")}, seen=ticket.type.version, now=NOW
    )
    assert not ticket.admits(friday)


def test_another_name_leaves_the_address_as_it_is(app):
    of = make.ticket_type(slug="weekend")
    ticket_type_rules.change_type(
        of, {"name": Bilingual("Lang weekend", "Long weekend")}, seen=of.version, now=NOW
    )
    ticket_type_rules.change_pool(of.pool, "Anders", 100, seen=of.pool.version, now=NOW)
    assert of.slug == "weekend"
    assert of.pool.slug.startswith("contingent-")


def test_the_audit_trail_says_what_was_changed_and_when(any_app):
    edition = make.current_edition()
    pool = ticket_type_rules.add_pool(edition, "Alle bezoekers", 10, now=NOW)
    ticket_type_rules.change_pool(
        pool, "Iedereen", 12, seen=pool.version, now=NOW + timedelta(hours=1)
    )
    of = make.ticket_type(slug="weekend", pool=pool, name=Bilingual("Weekend"), price_cents=5)
    same = {"name": Bilingual("Weekend"), "days": list(of.days), "sale_from": of.sale_from}
    ticket_type_rules.change_type(
        of, {**same, "price_cents": 6, "vat_category": "standard"}, seen=of.version, now=NOW
    )
    ticket_type_rules.change_type(of, same, seen=of.version, now=NOW)
    ticket_type_rules.delete_type(of, now=NOW)
    assert [(entry.verb, entry.subject, entry.details) for entry in entries()] == [
        ("add_pool", "pool alle-bezoekers", {"capacity": 10}),
        ("change_pool", "pool alle-bezoekers", {"before": 10, "after": 12}),
        ("change_ticket_type", "ticket type weekend", {"fields": ["price_cents", "vat_category"]}),
        ("change_ticket_type", "ticket type weekend", {"fields": []}),
        ("delete_ticket_type", "ticket type weekend", {}),
    ]
    assert [entry.at - NOW for entry in entries()][:2] == [timedelta(0), timedelta(hours=1)]


def test_an_empty_type_and_an_unused_pool_can_go(any_app):
    of, twin = make.ticket_type(), make.ticket_type(pool=make.pool())
    pool = of.pool
    with pytest.raises(ticket_type_rules.PoolInUse):
        ticket_type_rules.delete_pool(pool, now=NOW)
    ticket_type_rules.delete_type(of, now=NOW)
    ticket_type_rules.delete_pool(pool, now=NOW)
    assert db.session.query(TicketType).all() == [twin]
    assert db.session.query(Pool).all() == [twin.pool]
    assert verbs() == ["delete_ticket_type", "delete_pool"]


def test_a_pool_never_gets_smaller_than_what_is_taken(any_app):
    pool = make.pool(capacity=10, taken=4)
    with pytest.raises(ticket_type_rules.BelowTaken) as refusal:
        ticket_type_rules.change_pool(pool, "Nieuw", 3, seen=pool.version, now=NOW)
    assert "Kies minstens 4: zoveel kaartjes" in str(refusal.value)
    assert (pool.name, pool.capacity) != ("Nieuw", 3)
    ticket_type_rules.change_pool(pool, "Nieuw", 4, seen=pool.version, now=NOW)
    assert (pool.name, pool.capacity, pool.left) == ("Nieuw", 4, 0)
    assert verbs() == ["change_pool"]


def test_a_pool_that_grows_sells_again_to_its_new_limit(any_app):
    of = make.ticket_type(pool=make.pool(capacity=1, taken=1))
    with pytest.raises(claiming.TypeSoldOut):
        ordering.place_order(of.edition, make.order_request(of), now=NOW)
    ticket_type_rules.change_pool(of.pool, "Meer", 2, seen=of.pool.version, now=NOW)
    ordering.place_order(of.edition, make.order_request(of), now=NOW)
    with pytest.raises(claiming.TypeSoldOut):
        ordering.place_order(of.edition, make.order_request(of, form_key="twee"), now=NOW)


@pytest.mark.parametrize(
    ("refusal", "dutch", "english"),
    [
        (ticket_type_rules.BelowTaken(taken=4), "Kies minstens 4:", "at least 4:"),
        (ticket_type_rules.TypeHasTickets(), "Sluit liever de verkoop", "Close the sale"),
        (ticket_type_rules.PoolInUse(), "uit dit contingent", "this pool"),
        (ticket_type_rules.PoolFixed(), "al kaartjes besteld", "pool"),
    ],
)
def test_refusals_say_what_to_do_in_both_languages(texts, refusal, dutch, english):
    assert dutch in str(refusal)
    with speaking("en"):
        assert english in str(refusal)

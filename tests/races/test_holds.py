"""Holds against holds, orders, their end and the button that extends them: nothing is twice."""

from datetime import timedelta

from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home import consistency_checks
from festival.tickets.holds import rules as holds
from festival.tickets.holds.models import Hold
from festival.tickets.models import Pool, Ticket, TicketType
from festival.tickets.rules import ordering
from festival.tickets.vouchers import prices
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once

VISITORS = 16
LATER = NOW + holds.HOLD_FOR


def hold(type_id, number=1, network="hal", instead_of=()):
    of = db.session.get(TicketType, type_id)
    sold = prices.priced([of] * number, None, now=NOW)
    return holds.hold_tickets(of.edition, sold, instead_of=instead_of, network=network, now=NOW)


def order(edition_id, slug, form_key, secret=""):
    edition = db.session.get(Edition, edition_id)
    wanted = ordering.OrderRequest(
        form_key=form_key,
        name="Bezoeker",
        email=f"{form_key}@example.org",
        tickets=[ordering.TicketRequest(slug, "Houder")],
        hold=secret,
    )
    try:
        return ordering.place_order(edition, wanted, now=NOW).state
    except Refusal as refusal:
        return refusal.code


def numbers(pool_id):
    """Places taken, tickets and holds."""
    db.session.expire_all()
    assert consistency_checks.pools() == []
    taken = db.session.get(Pool, pool_id).taken
    return taken, db.session.query(Ticket).count(), db.session.query(Hold).count()


def test_the_last_ticket_is_held_by_one_of_sixteen(any_app):
    of = make.ticket_type(pool=make.pool(capacity=1))
    type_id, pool_id = of.id, of.pool_id

    def choose(_):
        try:
            return bool(hold(type_id))
        except Refusal as refusal:
            return refusal.code

    answers = at_once(any_app, choose, VISITORS)
    assert sorted(answers, key=str) == [True] + ["TypeSoldOut"] * (VISITORS - 1)
    assert numbers(pool_id) == (1, 0, 1)


def test_a_hold_is_used_by_one_order_and_given_back_by_none(any_app):
    of = make.ticket_type(pool=make.pool(capacity=1))
    edition_id, slug, pool_id = of.edition_id, of.slug, of.pool_id
    kept = hold(of.id)
    hold_id, secret = kept.id, kept.secret

    def go(n):
        if n % 2:
            return order(edition_id, slug, f"formulier-{n}", secret)
        return holds.lapse_hold(hold_id, now=LATER)

    answers = at_once(any_app, go, VISITORS)
    assert answers.count("confirmed") <= 1
    taken, tickets, kept_still = numbers(pool_id)
    assert (taken, tickets, kept_still) == (tickets, answers.count("confirmed"), 0)
    assert answers.count("confirmed") + answers.count(True) >= 1


def test_what_is_extended_is_not_given_back(any_app):
    for round in range(3):
        of = make.ticket_type(pool=make.pool(capacity=1))
        kept = hold(of.id, network=f"hal {round}")
        pool_id, hold_id, secret = of.pool_id, kept.id, kept.secret

        def go(n, secret=secret, hold_id=hold_id):
            if n % 2:
                return "longer" if holds.extend_hold(secret, [], now=LATER) else "gone"
            return holds.lapse_hold(hold_id, now=LATER)

        answers = at_once(any_app, go, 4)
        is_longer = "longer" in answers
        assert is_longer != (True in answers)
        assert numbers(pool_id)[0] == int(is_longer)
        holds.lapse_holds(lambda: LATER + timedelta(hours=1))


def test_two_choices_that_replace_one_hold_free_it_once(any_app):
    of = make.ticket_type(pool=make.pool(capacity=40))
    type_id, pool_id = of.id, of.pool_id
    secret = hold(type_id, 5).secret
    at_once(any_app, lambda _: bool(hold(type_id, 2, instead_of=[secret])), 4)
    assert numbers(pool_id) == (8, 0, 4)


def test_a_network_holds_no_more_than_its_share_at_once(any_app):
    of = make.ticket_type(pool=make.pool(capacity=100))
    type_id, pool_id = of.id, of.pool_id
    answers = at_once(any_app, lambda _: bool(hold(type_id, 10)), VISITORS)
    assert answers.count(True) == 4
    assert numbers(pool_id) == (40, 0, 4)

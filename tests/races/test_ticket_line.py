"""What comes free is offered once, and no passer-by is quicker than the line."""

from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home import consistency_checks
from festival.tickets.models import Ticket, TicketType
from festival.tickets.rules import ordering
from festival.tickets.waiting import rules
from festival.tickets.waiting.models import TicketWait
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once

VISITORS = 12


def order(edition_id, slug, n):
    edition = db.session.get(Edition, edition_id)
    wanted = ordering.OrderRequest(
        form_key=f"formulier-{n}",
        name="Bezoeker",
        email=f"bezoeker-{n}@example.org",
        tickets=[ordering.TicketRequest(slug, "Houder")],
    )
    return answer(ordering.place_order, edition, wanted, now=NOW)


def join(type_id, name):
    of = db.session.get(TicketType, type_id)
    values = {"name": name, "email": f"{name}@example.org", "number": 1, "language": "nl"}
    return answer(rules.join_line, of, **values, now=NOW)


def one_free():
    """A type of one ticket, which came free while somebody waits."""
    of = make.ticket_type(pool=make.pool(capacity=1, taken=1))
    make.wait(of)
    of.pool.taken = 0
    db.session.commit()
    return of


def test_an_offer_and_sales_at_once_leave_it_to_who_waits(any_app):
    of = one_free()
    edition_id, slug = of.edition_id, of.slug
    wait_id = db.session.query(TicketWait).one().id

    def go(n):
        if n % 3 == 0:
            return answer(rules.offer_places, wait_id, now=NOW)
        return order(edition_id, slug, n)

    answers = at_once(any_app, go, VISITORS)
    offers, sales = answers[::3], [each for n, each in enumerate(answers) if n % 3]
    assert sorted(offers) == ["NotInLine"] * (len(offers) - 1) + ["yes"]
    assert "yes" not in sales
    assert db.session.query(Ticket).count() == 0
    assert db.session.query(TicketWait).one().state == "offered"
    assert consistency_checks.pools() == []


def test_who_joins_while_the_last_ones_are_sold_waits_or_is_told_to_order(any_app):
    of = make.ticket_type(pool=make.pool(capacity=3))
    type_id, edition_id, slug = of.id, of.edition_id, of.slug

    def go(n):
        return join(type_id, f"wachter-{n}") if n % 2 else order(edition_id, slug, n)

    answers = at_once(any_app, go, VISITORS)
    waits = db.session.query(TicketWait).count()
    assert answers[1::2].count("yes") == waits
    assert set(answers[1::2]) <= {"yes", "StillLeft"}
    # Nobody waits while there are tickets: only once all were sold.
    assert db.session.query(Ticket).count() == 3
    assert consistency_checks.pools() == []


def test_one_address_joins_once(any_app):
    of = make.ticket_type(pool=make.pool(capacity=1, taken=1))
    type_id = of.id
    assert set(at_once(any_app, lambda _: join(type_id, "wil"), 8)) == {"yes"}
    assert db.session.query(TicketWait).count() == 1
    of.pool.taken = 0
    db.session.commit()


def test_an_offer_ends_once_by_its_end_its_order_or_its_owner(any_app):
    of = one_free()
    edition_id, slug, pool = of.edition_id, of.slug, of.pool
    wait = db.session.query(TicketWait).one()
    rules.offer_places(wait.id, now=NOW)
    wait_id, secret, over = wait.id, wait.secret, wait.offer_ends_at

    def go(n):
        if n % 3 == 0:
            return rules.end_offer(wait_id, now=over)
        if n % 3 == 1:
            return answer(rules.leave_line, db.session.get(TicketWait, wait_id), now=NOW)
        edition = db.session.get(Edition, edition_id)
        wanted = ordering.OrderRequest(
            form_key=f"formulier-{n}",
            name="Wil",
            email="wil@example.org",
            tickets=[ordering.TicketRequest(slug, "Wil")],
            hold=secret,
        )
        try:
            return ordering.place_order(edition, wanted, now=NOW).state
        except Refusal as refusal:
            return refusal.code

    at_once(any_app, go, 9)
    db.session.expire_all()
    assert db.session.query(Ticket).count() == pool.taken <= 1
    assert db.session.query(TicketWait).one().ended_at is not None
    assert consistency_checks.pools() == []

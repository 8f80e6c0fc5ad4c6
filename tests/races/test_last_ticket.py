"""Sixteen visitors want the last ticket at the same instant: one gets it, nobody loses one."""

from dataclasses import replace

import pytest

from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.mail.models import Letter
from festival.payments.rules import checking_out
from festival.tickets.models import Order, Pool, Ticket
from festival.tickets.rules import ordering
from festival.tickets.rules.ordering import OrderRequest, TicketRequest
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once

VISITORS = 16


def request(slugs, form_key):
    return OrderRequest(
        form_key=form_key,
        name="Bezoeker",
        email=f"{form_key}@example.org",
        tickets=[TicketRequest(slug, "Houder") for slug in slugs],
    )


def to_order(edition_id, slugs):
    """An action for at_once: order these types; the state of the order, or the refusal's name."""

    def order(n):
        try:
            edition = db.session.get(Edition, edition_id)
            form_key = f"{slugs[0]}-{n}"
            return ordering.place_order(edition, request(slugs, form_key), now=NOW).state
        except Refusal as refusal:
            return refusal.code

    return order


def left_and_sold(pool_id):
    db.session.expire_all()
    pool = db.session.get(Pool, pool_id)
    return pool.left, db.session.query(Ticket).count()


def test_the_last_ticket_goes_to_one_of_sixteen(any_app):
    for _ in range(3):
        of = make.ticket_type(pool=make.pool(capacity=1))
        pool_id = of.pool_id
        before = db.session.query(Ticket).count()
        answers = at_once(any_app, to_order(of.edition_id, [of.slug]), VISITORS)
        assert sorted(answers) == ["TypeSoldOut"] * (VISITORS - 1) + ["confirmed"]
        assert left_and_sold(pool_id) == (0, before + 1)


def test_the_last_two_go_to_one_order_of_two_or_to_nobody(any_app):
    of = make.ticket_type(pool=make.pool(capacity=3))
    pool_id = of.pool_id
    answers = at_once(any_app, to_order(of.edition_id, [of.slug, of.slug]), VISITORS)
    assert sorted(answers) == ["TooFewLeft"] * (VISITORS - 1) + ["confirmed"]
    assert left_and_sold(pool_id) == (1, 2)


def test_two_pools_are_taken_together_whichever_is_named_first(any_app):
    one, other = (make.ticket_type(pool=make.pool(capacity=4)) for _ in range(2))
    slugs, pool_ids, edition_id = (
        [one.slug, other.slug],
        [one.pool_id, other.pool_id],
        one.edition_id,
    )
    forth = to_order(edition_id, slugs)
    back = to_order(edition_id, slugs[::-1])
    answers = at_once(any_app, lambda n: (forth if n % 2 else back)(n), VISITORS)
    assert sorted(answers) == ["TypeSoldOut"] * (VISITORS - 4) + ["confirmed"] * 4
    assert [left_and_sold(pool_id)[0] for pool_id in pool_ids] == [0, 0]


def test_one_form_with_two_contents_sent_at_once_is_two_orders(any_app):
    of = make.ticket_type(pool=make.pool(capacity=100))
    edition_id, slug, pool_id = of.edition_id, of.slug, of.pool_id

    def order(n):
        edition = db.session.get(Edition, edition_id)
        wanted = replace(request([slug], "dezelfde"), name="Mia" if n % 2 else "Piet")
        return checking_out.check_out(edition, wanted, [], now=NOW).code

    codes = at_once(any_app, order, VISITORS)
    assert len(set(codes)) == 2
    assert {order.name for order in db.session.query(Order)} == {"Mia", "Piet"}
    assert left_and_sold(pool_id) == (98, 2)


@pytest.mark.parametrize("capacity", [1, 100])
def test_one_form_sent_sixteen_times_at_once_is_one_order(any_app, capacity):
    of = make.ticket_type(pool=make.pool(capacity=capacity))
    edition_id, slug, pool_id = of.edition_id, of.slug, of.pool_id

    def order(_):
        edition = db.session.get(Edition, edition_id)
        return checking_out.check_out(edition, request([slug], "dezelfde"), [], now=NOW).code

    codes = at_once(any_app, order, VISITORS)
    assert len(set(codes)) == 1
    assert db.session.query(Order).count() == 1
    assert left_and_sold(pool_id) == (capacity - 1, 1)
    assert db.session.query(Letter).count() == 1

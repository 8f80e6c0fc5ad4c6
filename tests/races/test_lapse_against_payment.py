"""Money comes in at the instant at which the order lapses: exactly one of the two wins."""

from datetime import timedelta

from festival.db import db
from festival.mail.models import Letter
from festival.payments.models import Payment
from festival.payments.rules import lapsing, recording
from festival.tickets.models import Order, Pool
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once

LATER = NOW + timedelta(days=20)


def unpaid_order(**pool):
    of = make.ticket_type(price_cents=4500, vat_category="standard", pool=make.pool(**pool))
    return make.order(tickets=2, of=of, confirmed_at=None, due_at=NOW + timedelta(days=14))


def pay(order_id, n, cents=9000):
    order = db.session.get(Order, order_id)
    recording.record_payment(order, cents, LATER, f"betaling {order_id} {n}", now=LATER)


def lapse(order_id):
    return lapsing.lapse_order(db.session.get(Order, order_id), now=LATER)


def held(order):
    return [ticket.released_at is None for ticket in order.tickets]


def test_eight_payments_and_eight_lapses_of_one_order_at_once(any_app):
    """Whoever is first, the paid tickets end up valid: there was room to take them back."""
    for _ in range(4):
        order = unpaid_order(capacity=2)
        order_id, pool_id = order.id, order.tickets[0].type.pool_id
        answers = at_once(
            any_app, lambda n, id=order_id: lapse(id) if n % 2 else pay(id, "een en dezelfde"), 16
        )
        order = db.session.get(Order, order_id)
        lapsed = answers.count(True)
        assert lapsed in {0, 1}
        assert order.state == "confirmed"
        assert order.lapsed_at is None
        assert held(order) == [True, True]
        assert db.session.get(Pool, pool_id).taken == 2
        assert db.session.query(Payment).filter_by(order_id=order_id).count() == 1
        names = [
            name
            for (name,) in db.session.query(Letter.name)
            .filter_by(to=order.email)
            .order_by(Letter.id)
        ]
        assert sorted(names) == ["payments/order_lapsed"] * lapsed + ["payments/payment_received"]


def test_a_lapse_that_read_the_order_before_the_payment_does_not_win(any_app):
    order = unpaid_order(capacity=2)
    stale = db.session.get(Order, order.id)
    assert stale.state == "pending"
    with any_app.app_context():  # another worker's session
        pay(stale.id, 1)
    assert not lapse(order.id)
    db.session.expire_all()
    assert db.session.get(Order, order.id).state == "confirmed"
    assert held(order) == [True, True]


def test_eight_workers_let_one_order_lapse_once(any_app):
    order = unpaid_order(capacity=10)
    order_id, pool_id = order.id, order.tickets[0].type.pool_id
    answers = at_once(any_app, lambda _: lapse(order_id), 8)
    assert answers.count(True) == 1
    assert db.session.get(Pool, pool_id).taken == 0
    assert db.session.query(Letter).count() == 1


def test_two_halves_that_come_in_at_once_make_a_whole(any_app):
    for _ in range(4):
        order_id = unpaid_order(capacity=2).id
        at_once(any_app, lambda n, id=order_id: pay(id, n, cents=4500), 2)
        assert db.session.get(Order, order_id).state == "confirmed"


def test_one_form_recorded_eight_times_at_once_is_one_payment(any_app):
    order_id = unpaid_order(capacity=2).id
    at_once(any_app, lambda _: pay(order_id, "dezelfde"), 8)
    assert db.session.query(Payment).count() == 1


def test_late_money_and_a_new_visitor_want_the_same_last_two(any_app):
    from tests.races.test_last_ticket import to_order

    for _ in range(4):
        order = unpaid_order(capacity=2)
        order_id, of = order.id, order.tickets[0].type
        slug, edition_id, pool_id = of.slug, of.edition_id, of.pool_id
        assert lapse(order_id)

        def either(n, order_id=order_id, slug=slug, edition_id=edition_id):
            if n:
                form = to_order(edition_id, [slug, slug])
                return form(f"{order_id}-{n}")
            return pay(order_id, n)

        answers = at_once(any_app, either, 4)
        bought = answers.count("pending")
        state = db.session.get(Order, order_id).state
        assert (state, bought) in {("confirmed", 0), ("lapsed", 1)}
        assert db.session.get(Pool, pool_id).taken == 2


def test_a_part_that_comes_in_after_the_sweep_chose_the_order_keeps_it(any_app):
    """People decide about an order that was paid in part; the sweep may have read it before."""
    order = unpaid_order(capacity=2)
    with any_app.app_context():  # another worker's session
        pay(order.id, 1, cents=1000)
    assert not lapse(order.id)
    db.session.expire_all()
    assert order.state == "pending"
    assert held(order) == [True, True]

"""An order that is paid at the simulator, and the ways in which news of it comes to us."""

from datetime import timedelta

from festival.db import db
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.stripe import paying, sweeps
from festival.payments.stripe.models import StripeEvent
from festival.payments.stripe.queries import last_attempt
from festival.tickets.models import Order
from tests import make
from tests.make import NOW
from tests.simulator import post_event

CENTS = 9000
LAPSES = NOW + timedelta(days=17)


def unpaid_order(**pool):
    of = make.ticket_type(price_cents=4500, vat_category="standard", pool=make.pool(**pool))
    return make.order(tickets=2, of=of, confirmed_at=None, due_at=NOW + timedelta(days=14))


def at(moment):
    return lambda: moment


def begun(order, now=NOW):
    """Somebody is on the payment page. Returns the attempt."""
    paying.start(order, at(now))
    return last_attempt(order)


def knock(client, simulator, *kinds, times=1, reverse=False, age=0, change=None):
    """Stripe tells of these events, and the worker looks. Returns the answers' statuses.

    They were signed `age` seconds ago; `change`: what they say otherwise about their objects.
    """
    events = simulator.events(*kinds)
    for event in events:
        event["data"]["object"] |= change or {}
    answers = [
        post_event(client, event, age=age).status_code
        for event in (reversed(events) if reverse else events)
        for _ in range(times)
    ]
    for id in db.session.scalars(db.select(StripeEvent.id).order_by(StripeEvent.id)):
        sweeps.handle_event(id)
    return answers


def state_of(order):
    """The order's state, its balance, and the letters to its buyer since it was ordered."""
    db.session.rollback()
    order = db.session.get(Order, order.id)
    balance = queries.balance(order)
    letters = db.session.scalars(
        db.select(Letter.name).where(Letter.to == order.email).order_by(Letter.id)
    )
    return order.state, balance.paid_cents, [name.removeprefix("payments/") for name in letters]

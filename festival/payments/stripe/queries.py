"""Attempts to pay, and what is still to be asked of Stripe."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from festival.db import db
from festival.editions.models import Edition
from festival.payments.models import Refund
from festival.payments.stripe.models import LIVE, PaymentAttempt, StripeEvent
from festival.tickets.models import Order

# A webhook comes in seconds. What did not come by then is asked for.
ASK_AFTER = timedelta(minutes=2)
ASK_AGAIN = timedelta(minutes=10)
ASK_ABOUT_SLOW = timedelta(hours=3)
# A buyer's bank can take money back for about four months. A few payments are looked at each time.
ASK_ABOUT_PAID = timedelta(days=150)
PAID_AT_ONCE = 20


def attempts_of(order: Order) -> Sequence[PaymentAttempt]:
    """Returns the attempts to pay `order`, the last first."""
    return db.session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.order_id == order.id)
        .options(joinedload(PaymentAttempt.payment))
        .order_by(PaymentAttempt.number.desc())
    ).all()


def last_attempt(order: Order) -> PaymentAttempt | None:
    """Returns the last attempt to pay `order`."""
    return next(iter(attempts_of(order)), None)


def live_attempt(order: Order) -> PaymentAttempt | None:
    """Returns the attempt by which money may still come in for `order`."""
    return db.session.scalar(
        select(PaymentAttempt).where(
            PaymentAttempt.order_id == order.id, PaymentAttempt.state.in_(LIVE)
        )
    )


def attempt_of_session(session_id: str) -> PaymentAttempt | None:
    """Returns the attempt with this Checkout Session."""
    return db.session.scalar(select(PaymentAttempt).where(PaymentAttempt.session_id == session_id))


def attempt_of_intent(intent_id: str) -> PaymentAttempt | None:
    """Returns the attempt with this payment at Stripe."""
    return db.session.scalar(select(PaymentAttempt).where(PaymentAttempt.intent_id == intent_id))


def attempt_by_names(order_code: str, number: int) -> PaymentAttempt | None:
    """Returns the attempt that calls itself so in what it told Stripe."""
    return db.session.scalar(
        select(PaymentAttempt)
        .join(PaymentAttempt.order)
        .where(Order.code == order_code, PaymentAttempt.number == number)
    )


def attempt_of_payment(payment_id: int | None) -> PaymentAttempt | None:
    """Returns the attempt by which this payment came in; None for a bank transfer."""
    return db.session.scalar(
        select(PaymentAttempt).where(
            PaymentAttempt.payment_id == payment_id, PaymentAttempt.payment_id.is_not(None)
        )
    )


def last_number(order: Order) -> int:
    """Returns the number of the last attempt; 0 if there is none."""
    number = select(func.max(PaymentAttempt.number)).where(PaymentAttempt.order_id == order.id)
    return db.session.scalar(number) or 0


def attempts_to_ask(*, now: datetime) -> Sequence[int]:
    """Returns the ids of live attempts that Stripe was not asked about lately."""
    since = func.coalesce(PaymentAttempt.asked_at, PaymentAttempt.begun_at)
    is_slow = PaymentAttempt.state == "processing"
    return db.session.scalars(
        select(PaymentAttempt.id)
        .where(
            PaymentAttempt.state.in_(LIVE),
            or_(
                PaymentAttempt.asked_at.is_(None) & (PaymentAttempt.begun_at < now - ASK_AFTER),
                (PaymentAttempt.begun_at < now - ASK_AFTER)
                & (PaymentAttempt.begun_at >= now - ASK_AGAIN)
                & (since < now - ASK_AFTER),
                ~is_slow & (since < now - ASK_AGAIN),
                is_slow & (since < now - ASK_ABOUT_SLOW),
            ),
        )
        .order_by(PaymentAttempt.id)
    ).all()


def paid_attempts_to_ask(*, now: datetime) -> Sequence[int]:
    """Returns the ids of some paid attempts that Stripe was not asked about for a day.

    Refunds made at Stripe and disputes come that late if their webhook was lost.
    """
    return db.session.scalars(
        select(PaymentAttempt.id)
        .where(
            PaymentAttempt.state == "paid",
            PaymentAttempt.payment_id.is_not(None),
            PaymentAttempt.begun_at > now - ASK_ABOUT_PAID,
            PaymentAttempt.asked_at < now - timedelta(days=1),
        )
        .order_by(PaymentAttempt.asked_at, PaymentAttempt.id)
        .limit(PAID_AT_ONCE)
    ).all()


def events_to_handle(*, now: datetime) -> Sequence[int]:
    """Returns the ids of events whose job was lost or failed."""
    return db.session.scalars(
        select(StripeEvent.id)
        .where(StripeEvent.handled_at.is_(None), StripeEvent.received_at < now - ASK_AFTER)
        .order_by(StripeEvent.id)
    ).all()


def refunds_to_send(*, now: datetime) -> Sequence[int]:
    """Returns the ids of refunds of payments at Stripe that are not done a while after."""
    return db.session.scalars(
        select(Refund.id)
        .join(PaymentAttempt, PaymentAttempt.payment_id == Refund.payment_id)
        .where(
            Refund.state.in_(("requested", "sent")),
            Refund.requested_at < now - ASK_AFTER,
        )
        .order_by(Refund.id)
    ).all()


def takes_refund(refund: Refund) -> bool:
    """Whether this refund goes back by Stripe, because its payment came from there."""
    return attempt_of_payment(refund.payment_id) is not None


def attempts(edition: Edition, *, state: str = "") -> Select[PaymentAttempt]:
    """Returns the query for the attempts of the edition; `state` may be `stuck`."""
    query = (
        select(PaymentAttempt)
        .join(PaymentAttempt.order)
        .where(Order.edition_id == edition.id)
        .options(joinedload(PaymentAttempt.order))
    )
    if state == "stuck":
        return query.where(PaymentAttempt.stuck_at.is_not(None))
    return query.where(PaymentAttempt.state == state) if state else query


def stuck(edition: Edition | None = None) -> int:
    """Returns of how many attempts, of one edition or of all, Stripe leaves us in the dark."""
    query = select(func.count(PaymentAttempt.id)).where(PaymentAttempt.stuck_at.is_not(None))
    if edition:
        query = query.join(PaymentAttempt.order).where(Order.edition_id == edition.id)
    return db.session.scalar(query) or 0

"""What was paid and what is due. Money is never derived from an order's state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from festival.db import db
from festival.payments.models import Payment
from festival.tickets.models import Order

# Money that was sent on the last day may be under way this long.
GRACE = timedelta(days=2)
REMIND_BEFORE = timedelta(days=3)


@dataclass(frozen=True)
class Balance:
    """What an order costs and what was paid for it, in cents."""

    total_cents: int
    paid_cents: int

    @property
    def due_cents(self) -> int:
        """What is still to be paid; negative when too much was."""
        return self.total_cents - self.paid_cents


def balance(order: Order) -> Balance:
    """What `order` costs and what came in for it, less what went back."""
    paid = db.session.scalar(
        select(func.coalesce(func.sum(Payment.amount_cents), 0)).where(Payment.order_id == order.id)
    )
    return Balance(order.total_cents, int(paid or 0))


def payments_of(order: Order) -> Sequence[Payment]:
    """The payments for `order`, the oldest first."""
    return db.session.scalars(
        select(Payment)
        .where(Payment.order_id == order.id)
        .options(selectinload(Payment.recorded_by))
        .order_by(Payment.received_at, Payment.id)
    ).all()


def payment_of_form(form_key: str) -> Payment | None:
    """The payment that this very form recorded."""
    return db.session.scalar(select(Payment).where(Payment.form_key == form_key))


def overdue_orders(*, now: datetime) -> Sequence[Order]:
    """Pending orders whose last day and days of grace are over and that no money came in for.

    One that was paid in part does not lapse by itself: people decide about it.
    """
    return db.session.scalars(
        _pending().where(
            Order.due_at < now - GRACE,
            ~select(Payment).where(Payment.order_id == Order.id).exists(),
        )
    ).all()


def orders_to_remind(*, now: datetime) -> Sequence[Order]:
    """Pending orders that are due within days, were not reminded, and were not placed just now."""
    return db.session.scalars(
        _pending().where(
            Order.reminded_at.is_(None),
            Order.due_at > now,
            Order.due_at <= now + REMIND_BEFORE,
            Order.placed_at <= now - timedelta(days=1),
        )
    ).all()


def _pending() -> Select[Order]:
    return (
        select(Order)
        .where(
            Order.confirmed_at.is_(None), Order.lapsed_at.is_(None), Order.cancelled_at.is_(None)
        )
        .order_by(Order.due_at, Order.id)
    )

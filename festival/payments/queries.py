"""What was paid and what is due. Money is never derived from an order's state."""

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import selectinload

from festival import codes
from festival.db import db
from festival.editions.models import Edition
from festival.payments.models import Payment
from festival.tickets import finding
from festival.tickets.models import Order, Pool, Ticket

# Money that was sent on the last day may take this long to arrive.
GRACE = timedelta(days=2)
REMIND_BEFORE = timedelta(days=3)
# From so many unpaid tickets of one mailbox, or such a part of all tickets, the team is told.
MANY = 20
MUCH = 0.25


_PAID = (
    select(func.coalesce(func.sum(Payment.amount_cents), 0))
    .where(Payment.order_id == Order.id)
    .correlate(Order)
    .scalar_subquery()
)
_LIVE = and_(Order.lapsed_at.is_(None), Order.cancelled_at.is_(None))
_OWED = case((_LIVE, Order.total_cents), else_=0) - _PAID  # negative: to be paid back
_CONDITIONS = {
    "pending": and_(_LIVE, Order.confirmed_at.is_(None)),
    "confirmed": and_(_LIVE, Order.confirmed_at.is_not(None)),
    "lapsed": and_(Order.lapsed_at.is_not(None), Order.cancelled_at.is_(None)),
    "cancelled": Order.cancelled_at.is_not(None),
    # The team has to act: paid in part, paid too much, or paid for an order that ended.
    "attention": or_(
        and_(_LIVE, Order.confirmed_at.is_(None), _PAID > 0),
        and_(_LIVE, Order.total_cents < _PAID),
        and_(~_LIVE, _PAID > 0),
    ),
    "due": and_(_LIVE, _OWED > 0),
    "partial": and_(_LIVE, _OWED > 0, _PAID > 0),
    "refund": _OWED < 0,
}
STATES = tuple(_CONDITIONS)


@dataclass(frozen=True)
class Balance:
    """What an order costs and what was paid for it, in cents."""

    total_cents: int
    paid_cents: int

    @property
    def due_cents(self) -> int:
        """What is still to be paid; negative if too much was paid."""
        return self.total_cents - self.paid_cents


@dataclass(frozen=True)
class OwedMoney:
    """How many orders owe something, or are owed it, and how much together, in cents."""

    orders: int
    cents: int


def balance(order: Order) -> Balance:
    """Returns what `order` costs and what came in for it, less what went back."""
    paid = db.session.scalar(
        select(func.coalesce(func.sum(Payment.amount_cents), 0)).where(Payment.order_id == order.id)
    )
    return Balance(order.total_cents, int(paid or 0))


def owed(edition: Edition, state: str) -> OwedMoney:
    """Returns how many orders are in `state` (of STATES), and what they owe or are owed."""
    number, cents = db.session.execute(
        select(func.count(), func.coalesce(func.sum(_OWED), 0)).where(
            Order.edition_id == edition.id, _CONDITIONS[state]
        )
    ).one()
    return OwedMoney(number, abs(int(cents)))


def orders(edition: Edition, *, text: str = "", state: str = "") -> Select[Order]:
    """Returns the query for the orders of the edition that match `text` and `state`.

    `text`: what finding.orders finds by. `state`: one of STATES, or '' for all.
    """
    query = select(Order).where(Order.edition_id == edition.id)
    if state in _CONDITIONS:
        query = query.where(_CONDITIONS[state])
    return query.where(finding.orders(text)) if text else query


def order_by_reference(edition: Edition, text: str) -> Order | None:
    """Returns the order with exactly this payment reference or code, however it was typed."""
    code = codes.tidy(text)
    return db.session.scalar(
        select(Order).where(
            Order.edition_id == edition.id, or_(Order.reference == code, Order.code == code)
        )
    )


def orders_nearly(edition: Edition, text: str) -> Sequence[Order]:
    """Returns at most three orders whose reference is nearly `text`, as after a typing error."""
    code = codes.tidy(text)
    if not 5 <= len(code) <= 25:
        return []
    references = db.session.scalars(
        select(Order.reference).where(Order.edition_id == edition.id, Order.cancelled_at.is_(None))
    ).all()
    shape = code if code.startswith("RF") else f"RF00{code}"
    near = difflib.get_close_matches(shape, references, n=3, cutoff=0.75)
    found = db.session.scalars(select(Order).where(Order.reference.in_(near)))
    return sorted(found, key=lambda order: near.index(order.reference))  # the nearest first


def tickets_and_paid(orders: Iterable[Order]) -> dict[int, tuple[int, int]]:
    """Returns by order id the number of tickets and the cents paid. Runs two queries."""
    ids = [order.id for order in orders]
    numbers = dict(
        db.session.execute(
            select(Ticket.order_id, func.count())
            .where(Ticket.order_id.in_(ids))
            .group_by(Ticket.order_id)
        ).all()
    )
    paid = dict(
        db.session.execute(
            select(Payment.order_id, func.sum(Payment.amount_cents))
            .where(Payment.order_id.in_(ids))
            .group_by(Payment.order_id)
        ).all()
    )
    return {id: (numbers.get(id, 0), int(paid.get(id, 0))) for id in ids}


def orders_by_ids(ids: Collection[int]) -> Sequence[Order]:
    """Returns the orders with these ids."""
    return db.session.scalars(select(Order).where(Order.id.in_(ids))).all()


@dataclass(frozen=True)
class UnpaidHolds:
    """Tickets that are held and not paid: what the team should know before others miss them."""

    tickets: int
    capacity: int
    mailboxes: list[tuple[str, int]]  # those that hold many, and how many

    @property
    def is_much(self) -> bool:
        """Whether it is more than MUCH of all tickets, or somebody holds many."""
        return self.tickets > self.capacity * MUCH or bool(self.mailboxes)


def unpaid_holds(edition: Edition) -> UnpaidHolds:
    """Returns the tickets of the edition that are held without payment."""
    number = func.count(Ticket.id)
    pending = (
        select(Order.mailbox, number)
        .join(Order.tickets)
        .where(Order.edition_id == edition.id, _CONDITIONS["pending"], Ticket.released_at.is_(None))
        .group_by(Order.mailbox)
        .order_by(number.desc(), Order.mailbox)
    )
    rows = [(mailbox, held) for mailbox, held in db.session.execute(pending)]
    capacity = select(func.coalesce(func.sum(Pool.capacity), 0)).where(
        Pool.edition_id == edition.id
    )
    return UnpaidHolds(
        tickets=sum(held for _mailbox, held in rows),
        capacity=int(db.session.scalar(capacity) or 0),
        mailboxes=[(mailbox, held) for mailbox, held in rows if held >= MANY][:5],
    )


def payments_of(order: Order) -> Sequence[Payment]:
    """Returns the payments for `order`, the oldest first."""
    return db.session.scalars(
        select(Payment)
        .where(Payment.order_id == order.id)
        .options(selectinload(Payment.recorded_by))
        .order_by(Payment.received_at, Payment.id)
    ).all()


def payment_of_form(form_key: str) -> Payment | None:
    """Returns the payment that this form recorded."""
    return db.session.scalar(select(Payment).where(Payment.form_key == form_key))


def overdue_orders(*, now: datetime) -> Sequence[int]:
    """Returns the ids of the pending orders that were due more than GRACE ago and are unpaid.

    An order that is paid in part does not lapse by itself: the team decides about it. One whose
    money all went back does.
    """
    query = (
        select(Order)
        .join(Order.edition)
        .where(_CONDITIONS["pending"], Order.due_at < now, _PAID <= 0)
    )
    rows = db.session.scalars(query.order_by(Order.due_at, Order.id))
    return [order.id for order in rows if lapses_at(order) < now]


def lapses_at(order: Order) -> datetime:
    """Returns until when an unpaid order holds its tickets and places: GRACE after it was due.

    Money may be on its way that long, but not into the festival: then the tickets are for others.
    """
    assert order.due_at is not None
    begins_at = order.edition.moment(order.edition.starts_on, time(0))
    return min(order.due_at + GRACE, max(order.due_at, begins_at))


def orders_to_remind(*, now: datetime) -> Sequence[int]:
    """Returns the ids of pending orders due within REMIND_BEFORE, a day old, not reminded yet."""
    return db.session.scalars(
        _pending().where(
            Order.reminded_at.is_(None),
            Order.due_at > now,
            Order.due_at <= now + REMIND_BEFORE,
            Order.placed_at <= now - timedelta(days=1),
        )
    ).all()


def _pending() -> Select[int]:
    return (
        select(Order.id)
        .where(
            Order.confirmed_at.is_(None), Order.lapsed_at.is_(None), Order.cancelled_at.is_(None)
        )
        .order_by(Order.due_at, Order.id)
    )

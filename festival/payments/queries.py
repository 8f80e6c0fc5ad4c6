"""What was paid and what is due. Money is never derived from an order's state."""

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_, select, union
from sqlalchemy.orm import joinedload, selectinload

from festival import codes, search_index, vat
from festival.bookings.models import Booking
from festival.db import db
from festival.editions.models import Edition, EditionDay
from festival.payments.models import OPEN, Payment, Refund
from festival.payments.stripe.models import LIVE, PaymentAttempt
from festival.programme.models.sessions import Slot
from festival.tickets import finding, ledger
from festival.tickets.holds.models import HeldPlaces, Hold
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order, Pool, Ticket, TicketType, order_word

# Money that was sent on the last day may take this long to arrive.
GRACE = timedelta(days=2)
# How like its code something must be to be a typing error in it, and how many are compared.
_LIKELY = 0.75
_MOST_NEAR = 200
REMIND_BEFORE = timedelta(days=3)
# From so many unpaid tickets of one mailbox, or such a part of all tickets, the team is told.
MANY = 20
MUCH = 0.25


def _sum_of(*kinds: str) -> ScalarSelect[int]:
    return (
        ledger.sum_of(*kinds)
        .where(LedgerEntry.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )


_PAID = -_sum_of(*ledger.MOVEMENTS)
_OWED = _sum_of(*ledger.KINDS)  # negative: to be paid back
# SQL: whether the buyer of an order has paid online, and the money comes in days later.
MONEY_UNDER_WAY = (
    select(PaymentAttempt.id)
    .where(PaymentAttempt.order_id == Order.id, PaymentAttempt.state == "processing")
    .correlate(Order)
    .exists()
)
_LIVE = and_(Order.lapsed_at.is_(None), Order.cancelled_at.is_(None))
_CONDITIONS = {
    "pending": and_(_LIVE, Order.confirmed_at.is_(None)),
    "confirmed": and_(_LIVE, Order.confirmed_at.is_not(None)),
    "lapsed": and_(Order.lapsed_at.is_not(None), Order.cancelled_at.is_(None)),
    "cancelled": Order.cancelled_at.is_not(None),
    # The team has to act: paid in part, paid too much, or paid for an order that ended.
    "attention": or_(
        and_(_LIVE, Order.confirmed_at.is_(None), _PAID > 0),
        _OWED < 0,
    ),
    "due": and_(_LIVE, _OWED > 0),
    "partial": and_(_LIVE, _OWED > 0, _PAID > 0),
    "refund": _OWED < 0,
    "paid": _PAID > 0,
}
STATES = tuple(_CONDITIONS)


@dataclass(frozen=True)
class Balance:
    """What an order costs now and what was paid for it, less what went back, in cents."""

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
    """Returns what the ledger says about `order`."""
    return balances([order])[order.id]


def balances(orders: Iterable[Order]) -> dict[int, Balance]:
    """Returns by order id what the ledger says about these orders. Runs one query."""
    ids = [order.id for order in orders]
    is_charge = LedgerEntry.kind.in_(ledger.CHARGES)
    sums = db.session.execute(
        select(
            LedgerEntry.order_id,
            func.sum(case((is_charge, LedgerEntry.amount_cents), else_=0)),
            func.sum(case((is_charge, 0), else_=-LedgerEntry.amount_cents)),
        )
        .where(LedgerEntry.order_id.in_(ids))
        .group_by(LedgerEntry.order_id)
    )
    found = {order_id: Balance(int(cost), int(paid)) for order_id, cost, paid in sums}
    return {id: found.get(id, Balance(0, 0)) for id in ids}


def owed(edition: Edition, state: str) -> OwedMoney:
    """Returns how many orders are in `state` (of STATES), and what they owe or are owed."""
    number, cents = db.session.execute(
        select(func.count(), func.coalesce(func.sum(_OWED), 0)).where(
            Order.edition_id == edition.id, _CONDITIONS[state]
        )
    ).one()
    return OwedMoney(number, abs(int(cents)))


def received(edition: Edition) -> OwedMoney:
    """Returns how many orders were paid, in part or in full, and how much is kept of it."""
    number, cents = db.session.execute(
        select(func.count(), func.coalesce(func.sum(_PAID), 0)).where(
            Order.edition_id == edition.id, _CONDITIONS["paid"]
        )
    ).one()
    return OwedMoney(number, int(cents))


def orders(
    edition: Edition,
    *,
    text: str = "",
    state: str = "",
    mailbox: str = "",
    pool: str = "",
    day: date | None = None,
) -> Select[Order]:
    """Returns the query for the orders of the edition that match all of these, where given.

    `text`: what finding.orders finds by. `state`: one of STATES. `mailbox`: whose they are.
    `pool`: the slug of a pool of which it holds a ticket. `day`: it holds a ticket for that day.
    """
    query = select(Order).where(Order.edition_id == edition.id)
    if state in _CONDITIONS:
        query = query.where(_CONDITIONS[state])
    if mailbox:
        query = query.where(Order.mailbox == mailbox)
    if pool:
        query = query.where(_holds(Ticket.type.has(TicketType.pool.has(Pool.slug == pool))))
    if day:
        query = query.where(_holds(Ticket.type.has(TicketType.days.any(EditionDay.held_on == day))))
    return query.where(finding.orders(text)) if text else query


def _holds(what: ColumnElement[bool]) -> ColumnElement[bool]:
    """SQL: whether an order holds a ticket that is `what`. A released ticket is not held."""
    return Order.tickets.any(and_(Ticket.released_at.is_(None), what))


def order_by_reference(edition: Edition, text: str) -> Order | None:
    """Returns the order with exactly this payment reference or code, however it was typed."""
    code = codes.tidy(text)
    return db.session.scalar(
        select(Order).where(
            Order.edition_id == edition.id, or_(Order.reference == code, Order.code == code)
        )
    )


def order_anywhere(text: str) -> Order | None:
    """Returns the order of any edition with exactly this payment reference or code."""
    code = codes.tidy(text)
    return db.session.scalar(select(Order).where(or_(Order.reference == code, Order.code == code)))


def orders_nearly(edition: Edition, text: str) -> Sequence[Order]:
    """Returns at most three orders whose reference is nearly `text`, as after a typing error."""
    return [order for order in orders_near([codes.tidy(text)]) if order.edition_id == edition.id][
        :3
    ]


def orders_near(written: Iterable[str]) -> list[Order]:
    """Returns orders whose reference or code is nearly one of `written`, the nearest first.

    An error leaves one half of a code as it is, and halves are words of the order: so this reads
    a few rows of an index and compares only those.
    """
    typed = [each.removeprefix("RF") if len(each) < 12 else each[4:] for each in written]
    typed = [each for each in typed if 5 <= len(each) <= 12]
    halves = {half.lower() for each in typed for half in (each[:4], each[-4:])}
    if not halves:
        return []
    ids = union(*(search_index.rows_with(order_word, half) for half in sorted(halves)))
    found = db.session.scalars(
        select(Order).where(Order.id.in_(ids), Order.cancelled_at.is_(None)).limit(_MOST_NEAR)
    ).all()

    def likeness(order: Order) -> float:
        return max(difflib.SequenceMatcher(None, each, order.code).ratio() for each in typed)

    likely = [order for order in found if likeness(order) >= _LIKELY]
    return sorted(likely, key=lambda order: (-likeness(order), order.id))


def tickets_and_balances(orders: Collection[Order]) -> dict[int, tuple[int, Balance]]:
    """Returns by order id the number of tickets and what the ledger says. Runs two queries."""
    found = balances(orders)
    numbers = dict(
        db.session.execute(
            select(Ticket.order_id, func.count())
            .where(Ticket.order_id.in_(found), Ticket.cancelled_at.is_(None))
            .group_by(Ticket.order_id)
        ).all()
    )
    return {id: (numbers.get(id, 0), balance) for id, balance in found.items()}


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


def unpaid_holds(edition: Edition, pools: Iterable[Pool]) -> UnpaidHolds:
    """Returns the tickets of the edition that are held without payment; `pools` are all of its."""
    number = func.count(Ticket.id)
    pending = (
        select(Order.mailbox, number)
        .join(Order.tickets)
        .where(Order.edition_id == edition.id, _CONDITIONS["pending"], Ticket.released_at.is_(None))
        .group_by(Order.mailbox)
        .order_by(number.desc(), Order.mailbox)
    )
    rows = [(mailbox, held) for mailbox, held in db.session.execute(pending)]
    kept = (  # by who is ordering now, or was offered them from a waiting list
        select(func.coalesce(func.sum(HeldPlaces.number), 0))
        .join(Hold, Hold.id == HeldPlaces.hold_id)
        .where(Hold.edition_id == edition.id)
    )
    return UnpaidHolds(
        tickets=sum(held for _mailbox, held in rows) + int(db.session.scalar(kept) or 0),
        capacity=sum(pool.capacity for pool in pools),
        mailboxes=[(mailbox, held) for mailbox, held in rows if mailbox and held >= MANY][:5],
    )


def places_of(order: Order) -> list[Booking]:
    """Returns the places that the tickets of `order` hold, with slot and session loaded."""
    return list(
        db.session.scalars(
            select(Booking)
            .join(Booking.slot)
            .where(
                Booking.ticket_id.in_([ticket.id for ticket in order.tickets]),
                Booking.cancelled_at.is_(None),
            )
            .options(joinedload(Booking.slot).joinedload(Slot.session))
            .order_by(Slot.starts_at, Booking.id)
        )
    )


@dataclass(frozen=True)
class Account:
    """All money of one order: what the ledger says, and what came in and went back."""

    entries: Sequence[LedgerEntry]
    payments: Sequence[Payment]
    refunds: Sequence[Refund]

    @property
    def balance(self) -> Balance:
        """What it costs and what was paid."""
        cost = sum(each.amount_cents for each in self.entries if each.kind in ledger.CHARGES)
        return Balance(cost, cost - sum(each.amount_cents for each in self.entries))

    @property
    def over_cents(self) -> int:
        """What was paid too much and is not on its way back yet."""
        promised = sum(each.amount_cents for each in self.refunds if each.state in OPEN)
        return max(0, -self.balance.due_cents - promised)

    @property
    def vat_by_rate(self) -> dict[int, int]:
        """The VAT in cents in what it costs, by percentage, the highest first."""
        charges = (each for each in self.entries if each.kind in ledger.CHARGES)
        return vat.by_rate((each.vat, each.amount_cents) for each in charges)


def account(order: Order) -> Account:
    """Returns all money of `order`. Runs one query, three where money moved or is to move."""
    entries = ledger.entries_of(order)
    if not entries:
        return Account((), (), ())
    return Account(entries, payments_of(order), refunds_of(order))


def payments_of(order: Order) -> Sequence[Payment]:
    """Returns the payments for `order`, the oldest first."""
    return db.session.scalars(
        select(Payment)
        .where(Payment.order_id == order.id)
        .options(selectinload(Payment.recorded_by))
        .order_by(Payment.received_at, Payment.id)
    ).all()


def refunds_of(order: Order) -> Sequence[Refund]:
    """Returns the refunds of `order`, the oldest first."""
    return db.session.scalars(
        select(Refund)
        .where(Refund.order_id == order.id)
        .options(selectinload(Refund.requested_by), selectinload(Refund.dropped_by))
        .order_by(Refund.requested_at, Refund.id)
    ).all()


def is_being_paid(order: Order) -> bool:
    """Returns whether money may still come in by an attempt to pay online."""
    live = select(PaymentAttempt.id).where(
        PaymentAttempt.order_id == order.id, PaymentAttempt.state.in_(LIVE)
    )
    return db.session.scalar(live) is not None


def is_under_way(order: Order) -> bool:
    """Returns whether the buyer paid online, and the money comes in days later."""
    query = select(Order.id).where(Order.id == order.id, MONEY_UNDER_WAY)
    return db.session.scalar(query) is not None


def refund_of_form(form_key: str) -> Refund | None:
    """Returns the refund that this form recorded."""
    return db.session.scalar(select(Refund).where(Refund.form_key == form_key))


def promised_cents(order: Order) -> int:
    """Returns what is to go back to the buyer and did not yet."""
    return (
        db.session.scalar(
            select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
                Refund.order_id == order.id, Refund.state.in_(OPEN)
            )
        )
        or 0
    )


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
    return grace_after(order.edition, order.due_at)


def grace_after(edition: Edition, due_at: datetime) -> datetime:
    """Returns until when we wait for money that is due at `due_at`."""
    begins_at = edition.moment(edition.starts_on, time(0))
    return min(due_at + GRACE, max(due_at, begins_at))


def orders_to_remind(*, now: datetime) -> Sequence[int]:
    """Returns the ids of pending orders due within REMIND_BEFORE, a day old, not reminded yet.

    None of an edition that was called off: nobody has to pay for it. None whose money is under way.
    """
    return db.session.scalars(
        _pending().where(
            Order.email != "",
            Order.reminded_at.is_(None),
            Order.due_at > now,
            Order.due_at <= now + REMIND_BEFORE,
            Order.placed_at <= now - timedelta(days=1),
            Order.edition.has(Edition.called_off_at.is_(None)),
            ~MONEY_UNDER_WAY,
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

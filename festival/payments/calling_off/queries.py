"""What calling an edition off does, before it is done, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from festival.db import db
from festival.editions.models import Edition
from festival.payments import refund_ways
from festival.payments.models import OPEN, Payment, Refund
from festival.payments.stripe.models import PaymentAttempt
from festival.payments.terms import ALLOWANCE
from festival.tickets import ledger
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order, Ticket
from festival.tickets.own_prices import GIFT

_LIVE = and_(Order.lapsed_at.is_(None), Order.cancelled_at.is_(None))


@dataclass(frozen=True)
class VatSum:
    """What is taken back of one percentage of VAT: with the VAT, and the VAT in it, in cents."""

    percent: int
    gross_cents: int
    vat_cents: int


@dataclass(frozen=True)
class Forecast:
    """What calling an edition off would do now."""

    tickets: int
    paid: int  # orders
    unpaid: int
    free: int
    online_cents: int  # goes back by itself
    by_hand_cents: int  # the team transfers it
    by_hand: int  # in so many orders
    letters: int
    by_vat: Sequence[VatSum]

    @property
    def orders(self) -> int:
        """All orders that are cancelled."""
        return self.paid + self.unpaid + self.free

    @property
    def back_cents(self) -> int:
        """All that goes back."""
        return self.online_cents + self.by_hand_cents

    @property
    def mark(self) -> str:
        """What the page sends along, so that nobody calls off something else than they saw."""
        return f"{self.orders}-{self.tickets}-{self.online_cents}-{self.by_hand_cents}"


@dataclass(frozen=True)
class Progress:
    """How far the worker has come with an edition that was called off."""

    done: int  # orders
    left: int
    refunds: int  # open
    refunds_cents: int

    @property
    def is_done(self) -> bool:
        """Whether every order is cancelled."""
        return not self.left


def forecast(edition: Edition) -> Forecast:
    """Returns what calling `edition` off would do now. Runs a few queries, however many orders."""
    online = by_hand = by_hand_orders = 0
    paid = unpaid = free = 0
    for row in db.session.execute(_orders(edition).execution_options(yield_per=1000)):
        paid += row.paid > 0
        unpaid += row.paid <= 0 < row.cost
        free += row.paid <= 0 and row.cost <= 0
        back = max(0, row.paid - row.promised - row.kept)
        part = _by_hand(row, back)
        online, by_hand = online + back - part, by_hand + part
        by_hand_orders += part > 0
    return Forecast(
        tickets=_tickets(edition),
        paid=paid,
        unpaid=unpaid,
        free=free,
        online_cents=online,
        by_hand_cents=by_hand,
        by_hand=by_hand_orders,
        letters=_letters(edition),
        by_vat=_by_vat(edition),
    )


def editions_to_cancel() -> Sequence[int]:
    """Returns the ids of the editions that were called off and have live orders."""
    return db.session.scalars(
        select(Edition.id)
        .where(
            Edition.called_off_at.is_not(None),
            select(Order.id).where(Order.edition_id == Edition.id, _LIVE).exists(),
        )
        .order_by(Edition.id)
    ).all()


def orders_left(edition_id: int, *, at_most: int) -> Sequence[int]:
    """Returns the ids of the first live orders of an edition."""
    return db.session.scalars(
        select(Order.id)
        .where(Order.edition_id == edition_id, _LIVE)
        .order_by(Order.id)
        .limit(at_most)
    ).all()


def progress(edition: Edition) -> Progress:
    """Returns how far the worker has come with `edition`, which was called off."""
    done = and_(Order.cancelled_at.is_not(None), Order.cancelled_at >= edition.called_off_at)
    refunds = (
        select(func.count(), func.coalesce(func.sum(Refund.amount_cents), 0))
        .select_from(Refund)
        .join(Refund.order)
        .where(Order.edition_id == edition.id, Refund.state.in_(OPEN))
    )
    number, cents = db.session.execute(refunds).one()
    return Progress(
        done=_count(Order, Order.edition_id == edition.id, done),
        left=_count(Order, Order.edition_id == edition.id, _LIVE),
        refunds=number,
        refunds_cents=int(cents),
    )


def _orders(edition: Edition) -> Select[Any]:
    """Returns the query for the money of each live order, in cents."""

    def total(where: ColumnElement[bool], sign: int = 1) -> Any:
        summed = func.coalesce(func.sum(case((where, sign * LedgerEntry.amount_cents), else_=0)), 0)
        return (
            select(summed)
            .where(LedgerEntry.order_id == Order.id)
            .correlate(Order)
            .scalar_subquery()
        )

    def money(model: Any, *where: ColumnElement[bool]) -> Any:
        return (
            select(func.coalesce(func.sum(model.amount_cents), 0))
            .where(model.order_id == Order.id, *where)
            .correlate(Order)
            .scalar_subquery()
        )

    charges = LedgerEntry.kind.in_(ledger.CHARGES)
    is_online = select(PaymentAttempt.id).where(PaymentAttempt.payment_id == Payment.id).exists()
    is_live = Ticket.released_at.is_(None)
    tickets = Ticket.price_cents + case((Order.confirmed_at.is_(None), Ticket.gift_cents), else_=0)
    sold = (
        select(func.coalesce(func.sum(tickets), 0))
        .where(Ticket.order_id == Order.id, is_live)
        .correlate(Order)
        .scalar_subquery()
    )
    extras = (
        select(func.coalesce(func.sum(OrderedExtra.price_cents), 0))
        .where(
            OrderedExtra.order_id == Order.id,
            OrderedExtra.released_at.is_(None),
            OrderedExtra.entry_id.is_not(None),
        )
        .correlate(Order)
        .scalar_subquery()
    )
    # What stays: fees of earlier cancellations and gifts, without allowances on what was sold.
    stays = total(charges) - sold - extras - total(and_(charges, LedgerEntry.name == ALLOWANCE))
    return select(
        Order.id,
        total(charges).label("cost"),
        total(LedgerEntry.kind.in_(ledger.MOVEMENTS), -1).label("paid"),
        stays.label("kept"),
        money(Refund, Refund.state.in_(OPEN)).label("promised"),
        money(Payment, is_online).label("online"),
    ).where(Order.edition_id == edition.id, _LIVE)


def _by_hand(row: Any, back_cents: int) -> int:
    """Returns how much of what goes back of an order the team transfers itself."""
    if not back_cents or not row.online:
        return back_cents
    # Only where both came in does it matter which payment goes back first.
    return refund_ways.by_hand_cents(db.session.get_one(Order, row.id), back_cents)


def _tickets(edition: Edition) -> int:
    query = (
        select(func.count(Ticket.id))
        .join(Ticket.order)
        .where(Order.edition_id == edition.id, _LIVE, Ticket.released_at.is_(None))
    )
    return db.session.scalar(query) or 0


def _letters(edition: Edition) -> int:
    """Returns how many letters go: one to each buyer, and one to each other holder of an order."""
    buyers = _count(Order, Order.edition_id == edition.id, _LIVE, Order.email != "")
    holders = (
        select(Ticket.order_id, Ticket.holder_email)
        .join(Ticket.order)
        .where(
            Order.edition_id == edition.id,
            _LIVE,
            Order.confirmed_at.is_not(None),
            Ticket.released_at.is_(None),
            Ticket.holder_email != "",
            Ticket.holder_email != Order.email,
        )
        .distinct()
    )
    others = db.session.scalar(select(func.count()).select_from(holders.subquery())) or 0
    return buyers + others


def _by_vat(edition: Edition) -> list[VatSum]:
    """Returns what was charged of what is cancelled now, by percentage, the highest first."""
    sold = db.session.execute(
        select(
            LedgerEntry.vat_percent,
            func.sum(LedgerEntry.amount_cents),
            func.sum(LedgerEntry.vat_cents),
        )
        .join(LedgerEntry.order)
        .where(
            Order.edition_id == edition.id,
            _LIVE,
            or_(
                LedgerEntry.kind.in_(("sale", "reversal")),
                and_(LedgerEntry.kind == "fee", LedgerEntry.name == ALLOWANCE),
            ),
            LedgerEntry.name != GIFT,
        )
        .group_by(LedgerEntry.vat_percent)
        .order_by(LedgerEntry.vat_percent.desc())
    )
    return [VatSum(percent, int(gross), int(tax)) for percent, gross, tax in sold if gross]


def _count(model: type[Order], *where: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(model.id)).where(*where)) or 0

"""What a buyer can pay now: an order that is not paid yet, or the swap of a ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.payments import queries
from festival.tickets.models import Order
from festival.tickets.swaps.models import TicketSwap
from festival.tickets.swaps.queries import open_swap, unpaid_swaps


@dataclass(frozen=True)
class Due:
    """What is to be paid, in cents, and until when; `swap` says what for if not for the order."""

    cents: int
    due_at: datetime
    lapses_at: datetime  # until then we wait for money that is under way
    swap: TicketSwap | None = None


def due_now(order: Order) -> Due | None:
    """Returns what the buyer of `order` can pay now; None if that is nothing."""
    if order.state == "pending":
        assert order.due_at is not None
        cents = queries.balance(order).due_cents
        return Due(cents, order.due_at, queries.lapses_at(order)) if cents > 0 else None
    swap = open_swap(order) if order.state == "confirmed" else None
    if swap is None or swap.due_at is None:
        return None
    return Due(still_due(swap), swap.due_at, lapses_at(swap), swap)


def still_due(swap: TicketSwap) -> int:
    """Returns what is to be paid before `swap` is done: what was paid too much counts."""
    return swap.more_cents - spare_cents(swap.order)


def spare_cents(order: Order) -> int:
    """Returns what was paid for `order` above what it costs, and is not on its way back.

    Negative if some of the order itself is to be paid still.
    """
    return -queries.balance(order).due_cents - queries.promised_cents(order)


def lapses_at(swap: TicketSwap) -> datetime:
    """Returns until when a swap that is not paid keeps its place."""
    assert swap.due_at is not None
    return queries.grace_after(swap.order.edition, swap.due_at)


def swaps_to_remind(*, now: datetime) -> Sequence[int]:
    """Returns the ids of the swaps that wait for money and are due soon, as orders_to_remind."""
    return db.session.scalars(
        select(TicketSwap.id)
        .join(TicketSwap.order)
        .where(
            TicketSwap.ended_at.is_(None),
            TicketSwap.reminded_at.is_(None),
            TicketSwap.due_at > now,
            TicketSwap.due_at <= now + queries.REMIND_BEFORE,
            TicketSwap.requested_at <= now - timedelta(days=1),
            Order.email != "",
            Order.edition.has(Edition.called_off_at.is_(None)),
            ~queries.MONEY_UNDER_WAY,
        )
        .order_by(TicketSwap.due_at, TicketSwap.id)
    ).all()


def swaps_to_lapse(*, now: datetime) -> list[int]:
    """Returns the ids of the swaps that were not paid in time."""
    return [swap.id for swap in unpaid_swaps() if lapses_at(swap) <= now]

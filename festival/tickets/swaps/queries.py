"""Finding swaps."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from festival.db import db
from festival.tickets.models import Order, Ticket
from festival.tickets.swaps.models import TicketSwap


def open_swap(order: Order) -> TicketSwap | None:
    """Returns the swap of a ticket of `order` that waits for money."""
    return db.session.scalar(
        select(TicketSwap).where(TicketSwap.order_id == order.id, TicketSwap.ended_at.is_(None))
    )


def own_way(ticket: Ticket) -> str:
    """Returns what its holder can do: `ask` for a swap, look at one that `waits`, or '' nothing.

    As with is_alone, only who holds the only ticket of an order of their own swaps it.
    """
    if not ticket.is_valid or ticket.holder_email:
        return ""
    others = select(Ticket.id).where(
        Ticket.order_id == ticket.order_id, Ticket.id != ticket.id, Ticket.released_at.is_(None)
    )
    waits = select(TicketSwap.id).where(
        TicketSwap.order_id == ticket.order_id, TicketSwap.ended_at.is_(None)
    )
    has_others, is_waiting = db.session.execute(select(others.exists(), waits.exists())).one()
    if has_others:
        return ""
    return "waits" if is_waiting else "ask"


def swap_of(order: Order, tickets: Iterable[Ticket]) -> TicketSwap | None:
    """Returns the swap that waits in `order`, if it is of one of these tickets."""
    swap = open_swap(order)
    return swap if swap and swap.ticket_id in {each.id for each in tickets} else None


def swap_of_form(form_key: str) -> TicketSwap | None:
    """Returns the swap that this form asked for."""
    return db.session.scalar(select(TicketSwap).where(TicketSwap.form_key == form_key))


def swaps_of(order: Order) -> Sequence[TicketSwap]:
    """Returns all swaps in `order`, the oldest first."""
    return db.session.scalars(
        select(TicketSwap).where(TicketSwap.order_id == order.id).order_by(TicketSwap.id)
    ).all()


def unpaid_swaps() -> Sequence[TicketSwap]:
    """Returns the swaps that wait for money, the first to be paid first."""
    return db.session.scalars(
        select(TicketSwap)
        .where(TicketSwap.ended_at.is_(None))
        .order_by(TicketSwap.due_at, TicketSwap.id)
    ).all()

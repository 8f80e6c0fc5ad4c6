"""In the demo two tickets for a day became dearer ones: one is paid, the other waits for it."""

from datetime import datetime

from sqlalchemy import select

from festival.accounts.models import TeamMember
from festival.db import db
from festival.editions.models import Edition
from festival.payments import due
from festival.payments.rules import recording, swapping
from festival.payments.swaps import terms
from festival.tickets.models import Order, Ticket, TicketType


def load_swaps(edition: Edition, *, now: datetime) -> None:
    """Swap a ticket for a day in each of two paid orders; the difference is paid for the first."""
    paid, waits = _tickets(edition, now=now)
    member = db.session.scalars(select(TeamMember).order_by(TeamMember.id).limit(1)).one()
    for ticket, reason in (
        (paid, "Wil beide dagen komen"),
        (waits, "Belde: de hele ploeg blijft slapen"),
    ):
        # By the team, which may on any day that the demo is loaded.
        wanted = swapping.SwapRequest(
            ticket.code, "weekend", f"demo-swap-{ticket.code}",
            maker="team", member_id=member.id, reason=reason,
        )  # fmt: skip
        swapping.request_swap(ticket.order, wanted, now=now)
    if pays := due.due_now(paid.order):
        recording.record_payment(paid.order, pays.cents, now, f"demo-swap-{paid.code}", now=now)


def _tickets(edition: Edition, *, now: datetime) -> tuple[Ticket, Ticket]:
    """Returns a ticket for Friday of each of two orders in which nothing is going on."""
    tickets = db.session.scalars(
        select(Ticket)
        .join(Ticket.order)
        .join(Ticket.type)
        .where(
            Order.edition_id == edition.id,
            Order.email != "",
            Order.total_cents > 0,
            TicketType.slug == "vrijdag",
            Ticket.price_cents > 0,
        )
        .order_by(Order.id.desc(), Ticket.id)
    )
    found = {
        ticket.order_id: ticket
        for ticket in tickets
        if not terms.why_not(ticket, by_team=True, now=now)
    }
    first, second, *_others = found.values()
    return first, second

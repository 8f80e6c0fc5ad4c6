"""Money of the demo edition that goes back: to transfer, without an account, and refused."""

from datetime import datetime

from sqlalchemy import func, select

from festival.db import db
from festival.editions.models import Edition
from festival.payments import queries
from festival.payments.rules import cancelling, refunding
from festival.payments.terms import GiveBack
from festival.tickets.models import Order, Ticket

_IBAN = "NL91ABNA0417164300"


def load_refunds(edition: Edition, *, now: datetime) -> None:
    """Cancel a ticket of four paid orders, each for another reason, and give a part of one back."""
    ready, failed, kept, asks, part = db.session.scalars(
        select(Order)
        .join(Order.tickets)
        .where(
            Order.edition_id == edition.id,
            Order.confirmed_at.is_not(None),
            Order.cancelled_at.is_(None),
            Order.total_cents > 0,
            Order.email != "",
            Ticket.released_at.is_(None),
        )
        .group_by(Order.id)
        .having(func.count(Ticket.id) >= 2)
        .order_by(Order.id)
        .limit(5)
    ).all()
    for order, give, reason in (
        (ready, GiveBack("all"), "Dubbel besteld"),
        (failed, GiveBack("terms"), "De bezoeker vroeg erom"),
        (kept, GiveBack("none"), "Iets anders: gaf het kaartje pas op de dag zelf op"),
        (asks, GiveBack("amount", 2000), "Fout van ons: verkeerde dag verkocht"),
    ):
        last = max(order.tickets, key=lambda ticket: ticket.id)
        cancelling.cancel_tickets(order, [last.code], give, reason=reason, now=now)
    refunding.request_refund(part, 750, "De soep was op", "demo-soep", now=now)
    for order in (ready, failed):
        refunding.set_account(order, _IBAN)
    refunding.fail_refund(queries.refunds_of(failed)[-1], now=now)

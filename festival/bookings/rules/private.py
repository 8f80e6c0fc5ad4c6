"""What belongs to the holder of a ticket and not to the ticket: it goes when the ticket goes on."""

from datetime import datetime

from sqlalchemy import update

from festival.bookings.models import Booking, Star
from festival.db import change_rows, transactional
from festival.tickets.models import Ticket


@transactional
def forget_holder(ticket: Ticket, *, now: datetime) -> None:
    """Empty what the holder asked coaches, and take their stars away. The places stay."""
    change_rows(
        update(Booking)
        .where(Booking.ticket_id == ticket.id, Booking.question != "")
        .values(question="")
    )
    change_rows(
        update(Star)
        .where(Star.ticket_id == ticket.id, Star.removed_at.is_(None))
        .values(removed_at=now, changes=Star.changes + 1)
    )

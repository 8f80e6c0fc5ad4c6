"""Stars kept with a ticket: what its holder wants to remember, whether it is booked or not."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from festival.bookings.models import Star
from festival.bookings.rules.locks import lock_tickets
from festival.bookings.rules.places import TicketReleased
from festival.db import change_rows, db, transactional
from festival.programme.models.sessions import Session, Slot
from festival.tickets.models import Ticket


@transactional
def sync_stars(
    ticket: Ticket, *, add: Collection[str] = (), remove: Collection[str] = (), now: datetime
) -> list[str]:
    """Star and unstar slots, by their codes. Returns the codes of all starred slots.

    Codes to add that are not, or no longer, in the programme of this edition are ignored: devices
    may send old ones. What is in both is added. Refuses with TicketReleased.
    """
    lock_tickets({ticket.id})  # one rule at a time, so that a star is made once
    if ticket.released_at is not None:
        raise TicketReleased
    _remove(ticket, set(remove) - set(add), now=now)
    _add(ticket, set(_ids_in_programme(ticket, add)), now=now)
    return list(
        db.session.scalars(
            select(Slot.code)
            .join(Star, Star.slot_id == Slot.id)
            .where(Star.ticket_id == ticket.id, Star.removed_at.is_(None))
            .order_by(Slot.starts_at, Slot.id)
        )
    )


def _remove(ticket: Ticket, codes: Collection[str], *, now: datetime) -> None:
    slot_ids = select(Slot.id).where(Slot.code.in_(codes)).scalar_subquery()
    change_rows(
        update(Star)
        .where(Star.ticket_id == ticket.id, Star.slot_id.in_(slot_ids), Star.removed_at.is_(None))
        .values(removed_at=now, changes=Star.changes + 1)
    )


def _ids_in_programme(ticket: Ticket, codes: Collection[str]) -> list[int]:
    """Returns the ids of those slots that are in the programme of the ticket's edition."""
    return list(
        db.session.scalars(
            select(Slot.id)
            .join(Slot.session)
            .where(
                Slot.code.in_(codes),
                Session.edition_id == ticket.order.edition_id,
                Session.is_public,
                Slot.is_public,
                Slot.state != "dropped",
            )
        )
    )


def _add(ticket: Ticket, slot_ids: set[int], *, now: datetime) -> None:
    known = {
        star.slot_id: star
        for star in db.session.scalars(
            select(Star).where(Star.ticket_id == ticket.id, Star.slot_id.in_(slot_ids))
        )
    }
    for slot_id in sorted(slot_ids):
        star = known.get(slot_id)
        if star is None:
            db.session.add(Star(ticket_id=ticket.id, slot_id=slot_id, starred_at=now))
        elif star.removed_at is not None:
            star.starred_at, star.removed_at, star.changes = now, None, star.changes + 1

"""Locks on tickets and slots, held until the rule ends.

SQLite has no row locks and needs none here: a rule holds its one write lock.
"""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from festival.db import db
from festival.programme.models.sessions import Session, Slot
from festival.tickets.models import Ticket, TicketType


def lock_tickets(ticket_ids: set[int]) -> None:
    """Read the tickets again and lock them: one rule at a time changes the places of a ticket."""
    db.session.scalars(
        select(Ticket)
        .where(Ticket.id.in_(ticket_ids))
        .options(
            joinedload(Ticket.order, innerjoin=True),
            joinedload(Ticket.type, innerjoin=True).joinedload(TicketType.days),
        )
        .order_by(Ticket.id)
        # Not FOR UPDATE, so that what only refers to the ticket does not have to wait.
        .with_for_update(of=Ticket, key_share=True)
        .execution_options(populate_existing=True)
    ).unique().all()


def lock_slots(slot_ids: set[int]) -> None:
    """Read the slots again and lock them. Lock the tickets first."""
    db.session.scalars(
        _slots(slot_ids)
        .order_by(Slot.id)
        .with_for_update(of=Slot, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def load_slots(slot_ids: set[int]) -> None:
    """Read the slots in one query, with all that the checks look at. Locks nothing."""
    db.session.scalars(_slots(slot_ids)).all()


def _slots(slot_ids: set[int]) -> Select[Slot]:
    return (
        select(Slot)
        .where(Slot.id.in_(slot_ids))
        .options(
            joinedload(Slot.session, innerjoin=True).joinedload(Session.edition, innerjoin=True),
            joinedload(Slot.stage, innerjoin=True),
        )
    )

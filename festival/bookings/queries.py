"""Reads of places and of who holds them, each with everything its readers need."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from festival.bookings.models import Booking
from festival.db import db
from festival.programme.models import Session, Slot
from festival.tickets.models import Order, Ticket


def live_bookings(ticket_ids: Iterable[int]) -> list[Booking]:
    """What these tickets hold, offers too, in the order of the day; slot, session, stage loaded."""
    return list(
        db.session.scalars(
            select(Booking)
            .join(Booking.slot)
            .join(Slot.session)
            .where(Booking.ticket_id.in_(ticket_ids), Booking.cancelled_at.is_(None))
            .options(
                contains_eager(Booking.slot).options(
                    contains_eager(Slot.session), joinedload(Slot.stage, innerjoin=True)
                )
            )
            .order_by(Slot.starts_at, Slot.id)
        )
    )


def ticket_by_secret(secret: str) -> Ticket | None:
    """The ticket whose holder's link ends in `secret`, with its type, order and edition."""
    return db.session.scalar(
        select(Ticket)
        .where(Ticket.secret == secret)
        .options(
            joinedload(Ticket.order, innerjoin=True).joinedload(Order.edition, innerjoin=True),
            joinedload(Ticket.type, innerjoin=True),
        )
    )


def slot_by_code(edition_id: int, code: str) -> Slot | None:
    """The slot of this edition with the public `code`, with its session and stage."""
    return db.session.scalar(
        select(Slot)
        .join(Slot.session)
        .where(Slot.code == code, Session.edition_id == edition_id)
        .options(contains_eager(Slot.session), joinedload(Slot.stage, innerjoin=True))
    )

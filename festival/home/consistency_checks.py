"""Checks that stored numbers agree with the rows they count. Nothing is changed.

Every function returns sentences, one for each thing that is wrong; an empty list if all is well.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from festival.bookings.models import Booking, Star
from festival.checkin.models import Scan
from festival.db import db
from festival.editions.models import Edition, EditionDay
from festival.payments.models import Payment
from festival.programme.models.sessions import Session, Slot
from festival.tickets.models import Order, Pool, Ticket, TicketType


def pools() -> list[str]:
    """Pools whose `taken` is not the number of their tickets."""
    counted = _number(
        select(func.count(Ticket.id))
        .join(TicketType, Ticket.type_id == TicketType.id)
        .where(TicketType.pool_id == Pool.id, Ticket.released_at.is_(None))
    )
    query = select(Pool.slug, Pool.taken, counted).where(Pool.taken != counted)
    return [
        f"Pool {slug} says {taken} taken; {tickets} tickets are out."
        for slug, taken, tickets in db.session.execute(query)
    ]


def days() -> list[str]:
    """Editions with other days than they say, and ticket types for other days than they have."""
    held = func.count(EditionDay.id)
    counted = (
        select(Edition, func.min(EditionDay.held_on), func.max(EditionDay.held_on), held)
        .outerjoin(Edition.day_rows)
        .group_by(Edition.id)
        .order_by(Edition.id)
    )
    wrong = [
        f"Edition {edition.slug} has {number} days, from {first} to {last}; it says"
        f" {edition.starts_on} to {edition.ends_on}."
        for edition, first, last, number in db.session.execute(counted)
        if (first, last, number) != (edition.starts_on, edition.ends_on, len(edition.days))
    ]
    elsewhere = (
        select(TicketType.slug, EditionDay.held_on)
        .join(TicketType.days)
        .where(EditionDay.edition_id != TicketType.edition_id)
        .order_by(TicketType.id)
    )
    without = select(TicketType.slug).where(~TicketType.days.any()).order_by(TicketType.id)
    return [
        *wrong,
        *(
            f"Ticket type {slug} is for {day}, which is a day of another edition."
            for slug, day in db.session.execute(elsewhere)
        ),
        *(
            f"Ticket type {slug} is for no day: its tickets admit nobody."
            for slug in db.session.scalars(without)
        ),
    ]


def slots() -> list[str]:
    """Slots whose `taken` is not the number of bookings that hold a place."""
    counted = _number(
        select(func.count(Booking.id)).where(
            Booking.slot_id == Slot.id, Booking.cancelled_at.is_(None)
        )
    )
    query = select(Slot.code, Slot.taken, counted).where(Slot.taken != counted)
    return [
        f"Slot {code} says {taken} taken; {bookings} bookings hold a place."
        for code, taken, bookings in db.session.execute(query)
    ]


def bookings() -> list[str]:
    """Places that are still held by tickets that were given back."""
    query = (
        select(Booking.id, Ticket.code)
        .join(Ticket, Booking.ticket_id == Ticket.id)
        .where(Booking.cancelled_at.is_(None), Ticket.released_at.is_not(None))
    )
    return [
        f"Ticket {code} was given back but still holds a place (booking {booking_id})."
        for booking_id, code in db.session.execute(query)
    ]


def stars() -> list[str]:
    """Stars of tickets that were given back or that are of another edition."""
    query = (
        select(Ticket.code, Slot.code)
        .join(Star, Star.ticket_id == Ticket.id)
        .join(Slot, Star.slot_id == Slot.id)
        .join(Session, Slot.session_id == Session.id)
        .join(Order, Ticket.order_id == Order.id)
        .where(
            Star.removed_at.is_(None),
            or_(Ticket.released_at.is_not(None), Session.edition_id != Order.edition_id),
        )
    )
    return [
        f"Ticket {code} keeps a star at slot {slot}, which it cannot have."
        for code, slot in db.session.execute(query)
    ]


def lost_places() -> list[str]:
    """Slots that are dropped or not public while people still hold places in them."""
    query = (
        select(Slot.code, func.count(Booking.id))
        .join(Booking, Booking.slot_id == Slot.id)
        .where(
            Booking.cancelled_at.is_(None),
            or_(Slot.state == "dropped", Slot.is_public.is_(False)),
        )
        .group_by(Slot.code)
        .order_by(Slot.code)
    )
    return [
        f"Slot {code} is off the programme; {number} people who booked it have not rebooked."
        for code, number in db.session.execute(query)
    ]


def totals() -> list[str]:
    """Orders whose total is not the sum of their tickets."""
    sum_of_tickets = _number(
        select(func.coalesce(func.sum(Ticket.price_cents), 0)).where(Ticket.order_id == Order.id)
    )
    query = select(Order.code, Order.total_cents, sum_of_tickets).where(
        Order.total_cents != sum_of_tickets
    )
    return [
        f"Order {code} says {total} cents; its tickets add up to {tickets}."
        for code, total, tickets in db.session.execute(query)
    ]


def endings() -> list[str]:
    """Orders that ended but kept tickets, or that go on but lost all of their tickets."""
    ended = or_(Order.lapsed_at.is_not(None), Order.cancelled_at.is_not(None))
    live = _number(
        select(func.count(Ticket.id)).where(
            Ticket.order_id == Order.id, Ticket.released_at.is_(None)
        )
    )
    kept = select(Order.code, live).where(ended, live > 0)
    had_tickets = select(Ticket.id).where(Ticket.order_id == Order.id).exists()
    lost = select(Order.code).where(~ended, live == 0, had_tickets)
    return [
        *(
            f"Order {code} has ended but still has {tickets} live tickets."
            for code, tickets in db.session.execute(kept)
        ),
        *(
            f"Order {code} did not end but all of its tickets were given back."
            for code in db.session.scalars(lost)
        ),
    ]


def payments() -> list[str]:
    """Confirmed orders that are not paid in full, for a person to check."""
    paid = _paid()
    query = select(Order.code, Order.total_cents, paid).where(
        Order.confirmed_at.is_not(None),
        Order.lapsed_at.is_(None),
        Order.cancelled_at.is_(None),
        paid < Order.total_cents,
    )
    return [
        f"Order {code} is confirmed; of its {total} cents {received} came in."
        for code, total, received in db.session.execute(query)
    ]


def money_of_others() -> list[str]:
    """Money to pay back: of orders that ended, or more than the order cost."""
    paid = _paid()
    ended = or_(Order.lapsed_at.is_not(None), Order.cancelled_at.is_not(None))
    query = select(Order.code, Order.total_cents, paid).where(
        or_(and_(ended, paid > 0), paid > Order.total_cents)
    )
    return [
        f"Order {code} of {total} cents has had {received} cents that are to be paid back."
        for code, total, received in db.session.execute(query)
    ]


def entries() -> list[str]:
    """Tickets that were admitted more than once on one day."""
    query = (
        select(Ticket.code, Scan.admitted_on, func.count(Scan.id))
        .join(Ticket, Scan.ticket_id == Ticket.id)
        .where(Scan.outcome == "admitted", Scan.undone_at.is_(None), Scan.is_practice.is_(False))
        .group_by(Ticket.code, Scan.admitted_on)
        .having(func.count(Scan.id) > 1)
    )
    return [
        f"Ticket {code} was let in {times} times on {day}."
        for code, day, times in db.session.execute(query)
    ]


def _paid() -> ColumnElement[int]:
    return _number(
        select(func.coalesce(func.sum(Payment.amount_cents), 0)).where(Payment.order_id == Order.id)
    )


def _number(query: Select[Any]) -> ColumnElement[int]:
    # SQLAlchemy works out which tables the inner query takes from the outer one.
    return query.scalar_subquery()

"""One place, taken or given back: what every path to a place goes through."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from festival import jobs
from festival.bookings.models import (
    QUESTION_LENGTH,
    Booking,
    WaitingListEntry,
    one_live_booking_each,
)
from festival.bookings.queries import waiting_list
from festival.db import change_one, db, insert_once
from festival.editions import dates
from festival.errors import Refusal
from festival.programme import slot_capacity
from festival.programme.models.sessions import Session, Slot
from festival.programme.slot_capacity import SlotChanged
from festival.tickets.models import Ticket


class BookingClosed(Refusal):
    """Boeken kan niet meer: dit begint zo. Loop erheen en vraag bij de deur of er nog plek is."""


class TicketReleased(Refusal):
    """Dit kaartje geldt niet meer, dus je kunt er niets meer mee boeken."""


class NotAdmitted(Refusal):
    """Met dit kaartje kom je op {day} niet binnen. Kies iets op een dag waarop je kaartje geldt."""


class AlreadyBooked(Refusal):
    """Je hebt hier al een plek. Je vindt hem op de pagina van je kaartje."""


class Overlaps(Refusal):
    """Dan heb je al een plek: {title}, {when}. Kies één van de twee."""


class NoBookingNeeded(Refusal):
    """Hier hoef je niet voor te boeken: loop gewoon binnen."""


class QuestionNeeded(Refusal):
    """Schrijf op waar je het met de coach over wilt hebben. Dan kan de coach zich voorbereiden."""


class EnoughCoaching(Refusal):
    """Je kunt {number} keer naar een coach. Wil je een ander? Zeg dan eerst een plek af."""


class AlreadyCancelled(Refusal):
    """Deze plek was al afgezegd. Je hoeft niets meer te doen."""


@dataclass(frozen=True)
class Wish:
    """A place that somebody asks for."""

    ticket: Ticket
    slot: Slot
    question: str = ""


class _Freed(NamedTuple):
    """A slot in which a place came free, by its id."""

    id: int


def hold_tickets(ticket_ids: set[int]) -> None:
    """Read the tickets anew and hold them until the rule ends: one taker of places per ticket.

    SQLite has no row locks and needs none here: a rule holds its one write lock.
    """
    db.session.scalars(
        select(Ticket)
        .where(Ticket.id.in_(ticket_ids))
        .options(joinedload(Ticket.order, innerjoin=True), joinedload(Ticket.type, innerjoin=True))
        .order_by(Ticket.id)
        # Not FOR UPDATE: that would keep a gate waiting that only refers to the ticket.
        .with_for_update(of=Ticket, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def load_slots(slot_ids: set[int]) -> None:
    """Read the slots with all that the checks look at, in one go."""
    db.session.scalars(_slots(slot_ids)).all()


def hold_slots(slot_ids: set[int]) -> None:
    """Read the slots anew and hold them until the rule ends; the tickets are held by then."""
    db.session.scalars(
        _slots(slot_ids)
        .order_by(Slot.id)
        .with_for_update(of=Slot, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def take(wish: Wish, held: list[Slot], *, is_next: bool = False, now: datetime) -> Booking:
    """One place for a ticket that is locked and holds places in the slots `held`.

    Where somebody waits for a place, only who is next in line gets one (`is_next`).
    """
    ticket, slot = wish.ticket, wish.slot
    is_coaching = slot.session.kind == "coaching"
    question = wish.question.strip()[:QUESTION_LENGTH] if is_coaching else ""
    check_slot(ticket, slot, now=now)
    check_held(slot, held)
    if is_coaching and not question:
        raise QuestionNeeded

    booking = Booking(ticket=ticket, slot=slot, question=question, booked_at=now)
    # Before the claim, so that a double click hears "you have a place" and not "full".
    insert_once(booking, unique=one_live_booking_each, refusal=AlreadyBooked())
    unless = None if is_next else waiting_list.is_waited_for(slot.id)
    slot_capacity.claim(slot.id, 1, sequence=slot.sequence, unless=unless)
    return booking


def give_back(booking: Booking, *, now: datetime) -> None:
    """The place of `booking`, if it is still held."""
    if not change_one(
        update(Booking)
        .where(Booking.id == booking.id, Booking.cancelled_at.is_(None))
        .values(cancelled_at=now, offered_until=None)
    ):
        raise AlreadyCancelled
    slot_capacity.release(booking.slot_id, 1)
    announce([booking.slot_id])


def announce(slot_ids: Collection[int]) -> None:
    """Places came free in these slots: who waits for one gets it, once this is committed.

    Not in this transaction: it holds places already, and would have to hold tickets after them.
    """
    waited_for = select(WaitingListEntry.slot_id).where(
        WaitingListEntry.slot_id.in_(slot_ids), WaitingListEntry.left_at.is_(None)
    )
    for slot_id in db.session.scalars(waited_for.distinct().order_by(WaitingListEntry.slot_id)):
        jobs.after_commit("fill_slot", _Freed(slot_id))


def check_slot(ticket: Ticket, slot: Slot, *, now: datetime) -> None:
    """Refuse where this ticket could not book even if it held nothing yet."""
    if slot.is_cancelled or not slot.is_public:
        raise SlotChanged
    if not slot.is_bookable:
        raise NoBookingNeeded
    if now >= slot.booking_closes_at:
        raise BookingClosed
    if ticket.released_at is not None:
        raise TicketReleased
    if ticket.order.edition_id != slot.session.edition_id or not ticket.admits(slot):
        raise NotAdmitted(day=dates.day(slot.day))


def check_held(slot: Slot, held: list[Slot]) -> None:
    """Refuse what does not go with the places that the ticket has already."""
    if slot in held:
        raise AlreadyBooked
    for other in held:
        if other.starts_at < slot.ends_at and slot.starts_at < other.ends_at:
            when = dates.hours(slot.session.edition, other.starts_at, other.ends_at)
            raise Overlaps(title=str(other.session.title), when=when)
    allowed = slot.session.edition.coaching_per_ticket
    coached = sum(other.session.kind == "coaching" for other in held)
    if slot.session.kind == "coaching" and coached >= allowed:
        raise EnoughCoaching(number=allowed)


def _slots(slot_ids: set[int]) -> Select[Slot]:
    return (
        select(Slot)
        .where(Slot.id.in_(slot_ids))
        .options(
            joinedload(Slot.session, innerjoin=True).joinedload(Session.edition, innerjoin=True),
            joinedload(Slot.stage, innerjoin=True),
        )
    )

"""Booking places, keeping, swapping and giving them back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm.attributes import instance_state

from festival.bookings import letters
from festival.bookings.models import Booking, Star, WaitingListEntry
from festival.bookings.queries import held_places
from festival.bookings.rules.claim_place import (
    AlreadyBooked,
    AlreadyCancelled,
    Wish,
    announce,
    give_back,
    hold_tickets,
    load_slots,
    take,
)
from festival.db import change_one, change_returning, change_rows, transactional
from festival.errors import Refusal
from festival.programme import slot_capacity
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket


class CancellingClosed(Refusal):
    """Afzeggen kan niet meer: dit begint zo. Je plek gaat naar wie bij de deur wacht."""


@transactional
def book_slot(ticket: Ticket, slot: Slot, *, question: str = "", now: datetime) -> Booking:
    """Give `ticket` one place in `slot` and queue the letter about it. Refuses as take_place."""
    booking = take_place(ticket, slot, question=question, now=now)
    letters.place_booked(booking, now=now)
    return booking


@transactional
def take_place(ticket: Ticket, slot: Slot, *, question: str = "", now: datetime) -> Booking:
    """Give `ticket` one place in `slot`, without a letter.

    A ticket of an order that is not paid yet may book. Refuses with NoBookingNeeded, BookingClosed,
    TicketReleased, NotAdmitted, AlreadyBooked, Overlaps (names the other session and its hours),
    EnoughCoaching, QuestionNeeded, SlotFull, or SlotChanged: the slot was moved or cancelled since
    it was read.
    """
    [booking] = take_places([Wish(ticket, slot, question)], now=now)
    return booking


@transactional
def take_places(wishes: Iterable[Wish], *, now: datetime) -> list[Booking]:
    """Take all the places wished for, or none; without letters.

    Refuses as take_place; the refusal's `details["wish"]` says which one it was. Whoever takes
    tickets from their pools too, does that first.
    """
    in_order = sorted(wishes, key=lambda wish: (_id(wish.slot), _id(wish.ticket)))
    hold_tickets({_id(wish.ticket) for wish in in_order})
    load_slots({_id(wish.slot) for wish in in_order})
    held: dict[int, list[Slot]] = {wish.ticket.id: [] for wish in in_order}
    for other in held_places.live_bookings(held):
        if other.holds_time:
            held[other.ticket_id].append(other.slot)

    bookings = []
    for wish in in_order:
        try:
            bookings.append(take(wish, held[wish.ticket.id], now=now))
        except Refusal as refusal:
            refusal.details["wish"] = wish
            raise
        held[wish.ticket.id].append(wish.slot)
    return bookings


@transactional
def cancel_booking(booking: Booking, *, now: datetime) -> None:
    """Give the place of `booking` back, once, and queue the letter about it.

    No letter where the slot was cancelled: then there was nothing to give up. Refuses with
    AlreadyCancelled, or with CancellingClosed from the moment that booking closes; who booked
    before the slot was moved, has TIME_TO_ANSWER.
    """
    if booking.cancelled_at is None and not booking.may_be_cancelled(now):
        raise CancellingClosed
    give_back(booking, now=now)
    if not booking.slot.is_cancelled:
        letters.booking_cancelled(booking, now=now)


@transactional
def keep_booking(booking: Booking, *, now: datetime) -> None:
    """Note that the visitor keeps the place though its slot was moved; again is fine.

    Refuses with AlreadyCancelled.
    """
    if not change_one(
        update(Booking)
        .where(Booking.id == booking.id, Booking.cancelled_at.is_(None))
        .values(kept_at=now)
    ):
        raise AlreadyCancelled


@transactional
def swap_booking(booking: Booking, slot: Slot, *, question: str = "", now: datetime) -> Booking:
    """Take a place in `slot` and give that of `booking` back for it: both, or neither.

    Queues one letter about it. What was asked of a coach goes along to another one. Refuses as
    take_place, and with AlreadyCancelled or CancellingClosed; then `booking` is as it was.
    """
    former_id, ticket_id = booking.slot_id, booking.ticket_id
    hold_tickets({ticket_id})
    load_slots({_id(slot), former_id})
    if booking.cancelled_at is not None:
        raise AlreadyCancelled
    if not booking.may_be_cancelled(now):
        raise CancellingClosed
    if slot.id == former_id:
        raise AlreadyBooked
    others = [other for other in held_places.live_bookings([ticket_id]) if other.id != booking.id]
    wish = Wish(booking.ticket, slot, question or booking.question)
    # In order of their ids, as everybody who changes two slots; a refusal takes all of it back.
    if former_id < slot.id:
        give_back(booking, now=now)
    taken = take(wish, [other.slot for other in others if other.holds_time], now=now)
    if former_id > slot.id:
        give_back(booking, now=now)
    letters.place_swapped(booking, taken, now=now)
    return taken


@transactional
def release_places(tickets: Sequence[Ticket], *, now: datetime) -> int:
    """Give back every place that `tickets` hold, in slots and in line, and take away their stars.
    Answers how many places in slots.

    A part of letting an order lapse or cancelling it: that rule sets `released_at` on the tickets
    too, or they book again, and gives tickets back to their pools before this. Once is enough: a
    second time gives nothing back. It writes no letters; that rule does.
    """
    ids = {ticket.id for ticket in tickets}
    # Who is booking on one of these tickets now comes first, and then loses that place too.
    hold_tickets(ids)
    given_back = change_returning(
        update(Booking)
        .where(Booking.ticket_id.in_(ids), Booking.cancelled_at.is_(None))
        .values(cancelled_at=now, offered_until=None)
        .returning(Booking.slot_id)
    )
    places = Counter(given_back)
    for slot_id in sorted(places):
        slot_capacity.release(slot_id, places[slot_id])
    announce(places)
    change_rows(
        update(WaitingListEntry)
        .where(WaitingListEntry.ticket_id.in_(ids), WaitingListEntry.left_at.is_(None))
        .values(left_at=now)
    )
    change_rows(
        update(Star)
        .where(Star.ticket_id.in_(ids), Star.removed_at.is_(None))
        .values(removed_at=now, changes=Star.changes + 1)
    )
    return places.total()


def _id(row: Ticket | Slot) -> int:
    """The primary key of a row, without first reading it anew as `row.id` would."""
    identity = instance_state(row).identity
    return int(identity[0]) if identity else row.id

"""Booking places, keeping them, swapping them and giving them back."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import instance_state

from festival import jobs, text
from festival.bookings import letters
from festival.bookings.models import (
    QUESTION_LENGTH,
    Booking,
    Star,
    WaitingListEntry,
    one_live_booking_each,
)
from festival.bookings.queries.held_places import live_bookings
from festival.bookings.queries.waiting_list import is_waited_for
from festival.bookings.rules.locks import load_slots, lock_tickets
from festival.bookings.shown_moments import check_shown
from festival.db import change_one, change_returning, change_rows, db, insert_once, transactional
from festival.editions import dates
from festival.errors import Refusal
from festival.programme import slot_capacity
from festival.programme.models.sessions import Slot
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


class NothingToSwap(Refusal):
    """De plek die je wilde ruilen, was al afgezegd. De andere plek heb je nog niet: boek die
    hier."""


class CancellingClosed(Refusal):
    """Afzeggen kan niet meer: dit begint zo. Je plek gaat naar wie bij de deur wacht."""


@dataclass(frozen=True)
class PlaceRequest:
    """A place in `slot` that somebody asks for with `ticket`. `shown`: see shown_moments.mark."""

    ticket: Ticket
    slot: Slot
    question: str = ""
    shown: str = ""


class _FreedSlot(NamedTuple):
    """The id of a slot in which a place came free: the subject of a job."""

    id: int


@transactional
def book_slot(
    ticket: Ticket, slot: Slot, *, question: str = "", shown: str = "", now: datetime
) -> Booking:
    """Give `ticket` one place in `slot` and queue the letter about it.

    A ticket of an order that is not paid yet may book. `shown` is the slot's mark on the page (see
    shown_moments). Refuses with NoBookingNeeded, BookingClosed, TicketReleased, NotAdmitted,
    AlreadyBooked, Overlaps (names the other session and its hours), EnoughCoaching, MomentChanged,
    QuestionNeeded, SlotFull, or SlotChanged: the slot was moved or cancelled since it was read.
    """
    lock_tickets({_id(ticket)})
    load_slots({_id(slot)})
    check_slot(ticket, slot, now=now)
    check_held(slot, [booking.slot for booking in live_bookings([ticket.id]) if booking.holds_time])
    check_shown(slot, shown)

    booking = insert_booking(ticket, slot, question, now=now)
    slot_capacity.claim(slot.id, 1, sequence=slot.sequence, unless=is_waited_for(slot.id))
    letters.place_booked(booking, now=now)
    return booking


@transactional
def book_slots(requests: Iterable[PlaceRequest], *, now: datetime) -> list[Booking]:
    """Take every place in `requests`, or none. Queues no letters: the order's letter tells of them.

    Refuses as book_slot; the refusal's `details["request"]` is the request that was refused. A rule
    that also takes tickets from their pools does that first.
    """
    in_order = sorted(requests, key=lambda request: (_id(request.slot), _id(request.ticket)))
    lock_tickets({_id(request.ticket) for request in in_order})
    load_slots({_id(request.slot) for request in in_order})
    held: dict[int, list[Slot]] = {request.ticket.id: [] for request in in_order}
    for other in live_bookings(held):
        if other.holds_time:
            held[other.ticket_id].append(other.slot)

    bookings = []
    for request in in_order:
        ticket, slot = request.ticket, request.slot
        try:
            check_slot(ticket, slot, now=now)
            check_held(slot, held[ticket.id])
            check_shown(slot, request.shown)
            bookings.append(insert_booking(ticket, slot, request.question, now=now))
            slot_capacity.claim(slot.id, 1, sequence=slot.sequence, unless=is_waited_for(slot.id))
        except Refusal as refusal:
            refusal.details["request"] = request
            raise
        held[ticket.id].append(slot)
    return bookings


@transactional
def cancel_booking(booking: Booking, *, now: datetime) -> None:
    """Give the place of `booking` back, once, and queue the letter about it.

    No letter where the slot was cancelled: then there was nothing to give up. Refuses with
    AlreadyCancelled, or with CancellingClosed from the moment that booking closes. Anyone who
    booked before the slot was moved has TIME_TO_ANSWER.
    """
    if booking.cancelled_at is None and not booking.may_be_cancelled(now):
        raise CancellingClosed
    give_back(booking, now=now)
    if not booking.slot.is_cancelled:
        letters.booking_cancelled(booking, now=now)


@transactional
def keep_booking(booking: Booking, *, shown: str = "", now: datetime) -> None:
    """Note that the visitor keeps the place though its slot was moved. Doing so twice is fine.

    `shown` is the slot's mark on the page. Refuses with MomentChanged or AlreadyCancelled. A move
    that is not seen here is later than `now`, and asks again.
    """
    check_shown(booking.slot, shown)
    if not change_one(
        update(Booking)
        .where(Booking.id == booking.id, Booking.cancelled_at.is_(None))
        .values(kept_at=now)
    ):
        raise AlreadyCancelled


@transactional
def swap_booking(
    booking: Booking, slot: Slot, *, question: str = "", shown: str = "", now: datetime
) -> Booking:
    """Take a place in `slot` and give that of `booking` back for it: both, or neither.

    Queues one letter about it. A question for a coach goes along to another coach. Refuses as
    book_slot, and with CancellingClosed; then `booking` is as it was. For a place that was given
    up before: AlreadyCancelled on a double click, NothingToSwap if the new place is not held.
    """
    former_id = booking.slot_id
    lock_tickets({booking.ticket_id})
    load_slots({_id(slot), former_id})
    ticket, held = booking.ticket, live_bookings([booking.ticket_id])
    if booking not in held:
        raise AlreadyCancelled if slot in [each.slot for each in held] else NothingToSwap
    if not booking.may_be_cancelled(now):
        raise CancellingClosed
    if slot.id == former_id:
        raise AlreadyBooked
    check_slot(ticket, slot, now=now)
    check_held(slot, [each.slot for each in held if each is not booking and each.holds_time])
    check_shown(slot, shown)

    new = insert_booking(ticket, slot, question or booking.question, now=now)
    # In order of their ids, as in every rule that changes two slots.
    if former_id < slot.id:
        give_back(booking, now=now)
    slot_capacity.claim(slot.id, 1, sequence=slot.sequence, unless=is_waited_for(slot.id))
    if former_id > slot.id:
        give_back(booking, now=now)
    letters.place_swapped(booking, new, now=now)
    return new


@transactional
def release_places(tickets: Sequence[Ticket], *, now: datetime) -> int:
    """Give back every place that `tickets` hold, in slots and in line, and remove their stars.

    Returns how many places in slots. This is a part of letting an order lapse or cancelling it. The
    rule for that also sets `released_at` on the tickets, or they could book again; gives tickets
    back to their pools, before this; and writes the letters. A second call gives nothing back.
    """
    ids = {ticket.id for ticket in tickets}
    # A rule that books on one of these tickets now ends first, and then loses that place too.
    lock_tickets(ids)
    given_back = change_returning(
        update(Booking)
        .where(Booking.ticket_id.in_(ids), Booking.cancelled_at.is_(None))
        .values(cancelled_at=now)
        .returning(Booking.slot_id)
    )
    places = Counter(given_back)
    for slot_id in sorted(places):
        slot_capacity.release(slot_id, places[slot_id])
    _fill_after_commit(places)
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


@transactional
def release_elsewhere(ticket: Ticket, days: Collection[date], *, now: datetime) -> list[Booking]:
    """Give back the places of `ticket`, in slots and in line, that are not on `days`.

    A part of swapping the ticket, which the caller has locked. Returns the places in slots.
    """
    held = select(Booking).where(Booking.ticket_id == ticket.id, Booking.cancelled_at.is_(None))
    gone = [each for each in db.session.scalars(held) if each.slot.day not in days]
    for booking in sorted(gone, key=lambda each: each.slot_id):
        give_back(booking, now=now)
    in_line = select(WaitingListEntry).where(
        WaitingListEntry.ticket_id == ticket.id, WaitingListEntry.left_at.is_(None)
    )
    for entry in db.session.scalars(in_line):
        if entry.slot.day not in days:
            entry.left_at = now
    db.session.flush()
    return gone


def check_slot(ticket: Ticket, slot: Slot, *, now: datetime) -> None:
    """Refuse what this ticket could not book even if it held nothing yet.

    Refuses with SlotChanged, NoBookingNeeded, BookingClosed, TicketReleased or NotAdmitted.
    """
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
    """Refuse what clashes with the places that the ticket has already, in the slots `held`.

    Refuses with AlreadyBooked, Overlaps or EnoughCoaching.
    """
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


def insert_booking(ticket: Ticket, slot: Slot, question: str, *, now: datetime) -> Booking:
    """Insert the booking; the rule claims its place next. Only a coach gets the question.

    In that order, so that a double click hears "you have a place" and not "full". Refuses with
    QuestionNeeded or AlreadyBooked.
    """
    is_coaching = slot.session.kind == "coaching"
    question = text.lines(question)[:QUESTION_LENGTH] if is_coaching else ""
    if is_coaching and not question:
        raise QuestionNeeded
    booking = Booking(ticket=ticket, slot=slot, question=question, booked_at=now)
    insert_once(booking, unique=one_live_booking_each, refusal=AlreadyBooked())
    return booking


def give_back(booking: Booking, *, now: datetime) -> None:
    """Give back the place of `booking`. Refuses with AlreadyCancelled."""
    if not change_one(
        update(Booking)
        .where(Booking.id == booking.id, Booking.cancelled_at.is_(None))
        .values(cancelled_at=now)
    ):
        raise AlreadyCancelled
    slot_capacity.release(booking.slot_id, 1)
    _fill_after_commit([booking.slot_id])


def _fill_after_commit(slot_ids: Collection[int]) -> None:
    """Give the places that came free in these slots to those in line, once this is committed.

    Not in this transaction: it has changed slots already, and would have to lock tickets after
    them.
    """
    waited_for = select(WaitingListEntry.slot_id).where(
        WaitingListEntry.slot_id.in_(slot_ids), WaitingListEntry.left_at.is_(None)
    )
    for slot_id in db.session.scalars(waited_for.distinct().order_by(WaitingListEntry.slot_id)):
        jobs.after_commit("fill_slot", _FreedSlot(slot_id))


def _id(row: Ticket | Slot) -> int:
    """The primary key of a row, without the query that `row.id` makes where the row expired."""
    identity = instance_state(row).identity
    return int(identity[0]) if identity else row.id

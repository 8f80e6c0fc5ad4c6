"""A ticket holds at most one place per slot, no two that overlap, and never more than there are.

Who takes or gives back places locks the tickets first, in order of their id, and then the slots in
order of theirs: two rules at once may wait for each other, but never both.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import instance_state

from festival.bookings import letters, queries
from festival.bookings.models import (
    QUESTION_LENGTH,
    Booking,
    Star,
    WaitingListEntry,
    one_live_booking_each,
)
from festival.db import db, insert_once, transactional
from festival.editions import dates
from festival.errors import Refusal
from festival.programme import slots
from festival.programme.models import Session, Slot
from festival.programme.slots import SlotChanged as SlotChanged
from festival.programme.slots import SlotFull as SlotFull
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


class CancellingClosed(Refusal):
    """Afzeggen kan niet meer: dit begint zo. Je plek gaat naar wie bij de deur wacht."""


@dataclass(frozen=True)
class Wish:
    """A place that somebody asks for."""

    ticket: Ticket
    slot: Slot
    question: str = ""


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
    _load({_id(wish.slot) for wish in in_order})
    held: dict[int, list[Slot]] = {wish.ticket.id: [] for wish in in_order}
    for other in queries.live_bookings(held):
        if other.holds_time:
            held[other.ticket_id].append(other.slot)

    bookings = []
    for wish in in_order:
        try:
            bookings.append(_take(wish, held[wish.ticket.id], now=now))
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
    _give_back(booking, now=now)
    if not booking.slot.is_cancelled:
        letters.booking_cancelled(booking, now=now)


@transactional
def keep_booking(booking: Booking, *, now: datetime) -> None:
    """Note that the visitor keeps the place though its slot was moved; again is fine.

    Refuses with AlreadyCancelled.
    """
    kept = db.session.execute(
        update(Booking)
        .where(Booking.id == booking.id, Booking.cancelled_at.is_(None))
        .values(kept_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(kept, CursorResult)
    if kept.rowcount != 1:
        raise AlreadyCancelled


@transactional
def swap_booking(booking: Booking, slot: Slot, *, question: str = "", now: datetime) -> Booking:
    """Take a place in `slot` and give that of `booking` back for it: both, or neither.

    Queues one letter about it. What was asked of a coach goes along to another one. Refuses as
    take_place, and with AlreadyCancelled or CancellingClosed; then `booking` is as it was.
    """
    former_id, ticket_id = booking.slot_id, booking.ticket_id
    hold_tickets({ticket_id})
    _load({_id(slot), former_id})
    if booking.cancelled_at is not None:
        raise AlreadyCancelled
    if not booking.may_be_cancelled(now):
        raise CancellingClosed
    if slot.id == former_id:
        raise AlreadyBooked
    others = [other for other in queries.live_bookings([ticket_id]) if other.id != booking.id]
    wish = Wish(booking.ticket, slot, question or booking.question)
    # In order of their ids, as everybody who changes two slots; a refusal takes all of it back.
    if former_id < slot.id:
        _give_back(booking, now=now)
    taken = _take(wish, [other.slot for other in others if other.holds_time], now=now)
    if former_id > slot.id:
        _give_back(booking, now=now)
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
    given_back = db.session.scalars(
        update(Booking)
        .where(Booking.ticket_id.in_(ids), Booking.cancelled_at.is_(None))
        .values(cancelled_at=now, offered_until=None)
        .returning(Booking.slot_id)
        .execution_options(synchronize_session=False)
    )
    places = Counter(given_back)
    for slot_id in sorted(places):
        slots.release(slot_id, places[slot_id])
    db.session.execute(
        update(WaitingListEntry)
        .where(WaitingListEntry.ticket_id.in_(ids), WaitingListEntry.left_at.is_(None))
        .values(left_at=now)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(Star)
        .where(Star.ticket_id.in_(ids), Star.removed_at.is_(None))
        .values(removed_at=now, changes=Star.changes + 1)
        .execution_options(synchronize_session=False)
    )
    return places.total()


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


def _id(row: Ticket | Slot) -> int:
    """The primary key of a row, without first reading it anew as `row.id` would."""
    identity = instance_state(row).identity
    return int(identity[0]) if identity else row.id


def _load(slot_ids: set[int]) -> None:
    """Read the slots with all that the checks look at, in one go."""
    db.session.scalars(
        select(Slot)
        .where(Slot.id.in_(slot_ids))
        .options(
            joinedload(Slot.session, innerjoin=True).joinedload(Session.edition, innerjoin=True),
            joinedload(Slot.stage, innerjoin=True),
        )
    ).all()


def _give_back(booking: Booking, *, now: datetime) -> None:
    """The place of `booking`, if it is still held."""
    cancelled = db.session.execute(
        update(Booking)
        .where(Booking.id == booking.id, Booking.cancelled_at.is_(None))
        .values(cancelled_at=now, offered_until=None)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(cancelled, CursorResult)
    if cancelled.rowcount != 1:
        raise AlreadyCancelled
    slots.release(booking.slot_id, 1)


def _take(wish: Wish, held: list[Slot], *, now: datetime) -> Booking:
    """One place for a ticket that is locked and holds places in the slots `held`."""
    ticket, slot = wish.ticket, wish.slot
    is_coaching = slot.session.kind == "coaching"
    question = wish.question.strip()[:QUESTION_LENGTH] if is_coaching else ""
    _check_slot(ticket, slot, now=now)
    _check_held(slot, held)
    if is_coaching and not question:
        raise QuestionNeeded

    booking = Booking(ticket=ticket, slot=slot, question=question, booked_at=now)
    # Before the claim, so that a double click hears "you have a place" and not "full".
    insert_once(booking, unique=one_live_booking_each, refusal=AlreadyBooked())
    slots.claim(slot.id, 1, sequence=slot.sequence)
    return booking


def _check_slot(ticket: Ticket, slot: Slot, *, now: datetime) -> None:
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


def _check_held(slot: Slot, held: list[Slot]) -> None:
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

"""Standing in line for a slot that is full, and who gets the place when one comes free.

A place goes at once to the ticket that waits longest and can take it: nobody has to be quick. A
ticket that holds something else by then is passed over: its holder hears so, and it stays in line.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from festival.bookings import letters
from festival.bookings.models import Booking, WaitingListEntry, one_wait_each
from festival.bookings.queries import held_places, waiting_list
from festival.bookings.rules.locks import lock_slots, lock_tickets
from festival.bookings.rules.places import (
    AlreadyBooked,
    TicketReleased,
    check_held,
    check_slot,
    give_back,
    insert_booking,
)
from festival.bookings.shown_moments import check_shown
from festival.db import change_rows, db, insert_once, transactional
from festival.errors import Refusal
from festival.programme import slot_capacity
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket
from festival.web import languages
from festival.web.logs import log


class HasPlaces(Refusal):
    """Er is net een plek vrijgekomen. Boek hem meteen, dan is hij van jou."""


class AlreadyWaiting(Refusal):
    """Je staat hier al op de wachtlijst. Komt er een plek vrij, dan krijg je bericht."""


class NoWaitingList(Refusal):
    """Voor een gesprek met een coach is er geen wachtlijst. Kies een andere tijd of een andere
    coach."""


@transactional
def join_waiting_list(
    ticket: Ticket, slot: Slot, *, swap: Booking | None = None, shown: str = "", now: datetime
) -> WaitingListEntry:
    """Put `ticket` at the end of the line for `slot`, which has no place to book.

    `swap` is a place of the ticket, such as one that overlaps, to give back when its turn comes.
    `shown` is the slot's mark on the page. Refuses with SlotChanged, NoBookingNeeded,
    BookingClosed, TicketReleased, NotAdmitted, NoWaitingList, AlreadyBooked, MomentChanged,
    HasPlaces, Overlaps or AlreadyWaiting.
    """
    lock_tickets({ticket.id})
    # A place that is given back now is seen here, or the rule that does so sees this entry.
    lock_slots({slot.id})
    check_slot(ticket, slot, now=now)
    if slot.session.kind == "coaching":
        raise NoWaitingList
    held = [other for other in held_places.live_bookings([ticket.id]) if other.holds_time]
    if any(other.slot_id == slot.id for other in held):
        raise AlreadyBooked
    check_shown(slot, shown)
    if has_places(slot) and not db.session.scalar(select(waiting_list.is_waited_for(slot.id))):
        raise HasPlaces
    swap = next((other for other in held if swap and other.id == swap.id), None)
    check_held(slot, [other.slot for other in held if other is not swap])
    entry = WaitingListEntry(ticket=ticket, slot=slot, swap_booking=swap, joined_at=now)
    insert_once(entry, unique=one_wait_each, refusal=AlreadyWaiting())
    return entry


@transactional
def leave_waiting_list(ticket: Ticket, slot: Slot, *, now: datetime) -> None:
    """Take `ticket` out of the line for `slot`. It need not be in it."""
    change_rows(
        update(WaitingListEntry)
        .where(
            WaitingListEntry.ticket_id == ticket.id,
            WaitingListEntry.slot_id == slot.id,
            WaitingListEntry.left_at.is_(None),
        )
        .values(left_at=now)
    )


@transactional
def fill_slot(slot_id: int, *, now: datetime) -> list[Booking]:
    """Give the free places of a slot to those in line for it, in order. Returns the new bookings.

    Each of them gets a letter, and so does each ticket that is passed over for the first time.
    """
    tickets = {entry.ticket_id for entry in _line(slot_id)}
    if not tickets:
        return []
    lock_tickets(tickets)
    # Also the slots of places given back in return: all at once, in order of their ids.
    lock_slots({slot_id} | {e.swap_booking.slot_id for e in _line(slot_id) if e.swap_booking})
    slot = db.session.get_one(Slot, slot_id)
    if slot.session.edition.called_off_at is not None:
        return []  # nobody gets a place any more, while orders are cancelled one by one
    if slot.is_cancelled or now >= slot.booking_closes_at:
        return []
    held: dict[int, list[Booking]] = {ticket_id: [] for ticket_id in tickets}
    for booking in held_places.live_bookings(tickets):
        held[booking.ticket_id].append(booking)
    free = slot.places_left or 0 if has_places(slot) else 0
    placed: list[Booking] = []
    for entry in _line(slot_id):  # again: some may have left it while we waited for the locks
        if len(placed) == free:
            break
        if entry.ticket_id in held:  # otherwise it joined just now, and its turn is the next time
            placed += _place_alone(entry, held[entry.ticket_id], now=now)
    db.session.flush()
    return placed


def has_places(slot: Slot) -> bool:
    """Whether a place of `slot` is free to be booked."""
    return not slot.is_full and (slot.places_left or 0) > 0


def _line(slot_id: int) -> Sequence[WaitingListEntry]:
    """Returns those in line for the slot, the longest waiting first."""
    return db.session.scalars(
        select(WaitingListEntry)
        .where(WaitingListEntry.slot_id == slot_id, WaitingListEntry.left_at.is_(None))
        .options(joinedload(WaitingListEntry.swap_booking))
        .order_by(WaitingListEntry.joined_at, WaitingListEntry.id)
        .execution_options(populate_existing=True)
    ).all()


def _place_alone(
    entry: WaitingListEntry, held: Sequence[Booking], *, now: datetime
) -> list[Booking]:
    """As _place, but one that fails (a bad address, say) leaves the turn to the next in line."""
    entry_id = entry.id
    try:
        with db.session.begin_nested():
            return _place(entry, held, now=now)
    except Exception as fault:  # noqa: BLE001  one bad row must not stop the others
        log.exception("row left as it was", kind="waiting list", key=entry_id, exc_info=fault)
        return []


def _place(entry: WaitingListEntry, held: Sequence[Booking], *, now: datetime) -> list[Booking]:
    """Give a place to the next in line, whose ticket holds `held`. Returns none where it cannot."""
    ticket, slot = entry.ticket, entry.slot
    swap = next((b for b in held if b.id == entry.swap_booking_id), None)
    if swap is not None and not swap.may_be_cancelled(now):
        swap = None  # too late to give that one back
    others = [other.slot for other in held if other.holds_time and other is not swap]
    try:
        with languages.speaking(ticket.order.language):  # a refusal is told in a letter
            check_slot(ticket, slot, now=now)
            check_held(slot, others)
            booking = insert_booking(ticket, slot, "", now=now)
            slot_capacity.claim(slot.id, 1, sequence=slot.sequence)
    except (AlreadyBooked, TicketReleased):
        entry.left_at = now
        return []
    except Refusal as refusal:
        if entry.passed_over_at is None:
            entry.passed_over_at = now
            letters.passed_over(entry, refusal, now=now)
        return []
    entry.left_at = now
    if swap is None:
        letters.place_from_line(booking, now=now)
    else:
        give_back(swap, now=now)
        letters.place_swapped(swap, booking, now=now)
    return [booking]

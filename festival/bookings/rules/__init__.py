"""A ticket holds at most one place per slot, no two that overlap, and never more than there are.

Who takes or gives back places locks the tickets first, in order of their id, and then the slots in
order of theirs: two rules at once may wait for each other, but never both.
"""

from festival.bookings.rules.places import (
    CancellingClosed,
    book_slot,
    cancel_booking,
    keep_booking,
    release_places,
    swap_booking,
    take_place,
    take_places,
)
from festival.bookings.rules.taking import (
    AlreadyBooked,
    AlreadyCancelled,
    BookingClosed,
    EnoughCoaching,
    NoBookingNeeded,
    NotAdmitted,
    Overlaps,
    QuestionNeeded,
    TicketReleased,
    Wish,
    hold_tickets,
)
from festival.bookings.rules.waiting_list import (
    AlreadyWaiting,
    HasPlaces,
    NoWaitingList,
    fill_slot,
    join_waiting_list,
    leave_waiting_list,
)
from festival.errors import Refusal
from festival.programme.slots import SlotChanged, SlotFull

__all__ = [
    "AlreadyBooked",
    "AlreadyCancelled",
    "AlreadyWaiting",
    "BookingClosed",
    "CancellingClosed",
    "EnoughCoaching",
    "HasPlaces",
    "NoBookingNeeded",
    "NoWaitingList",
    "NotAdmitted",
    "Overlaps",
    "QuestionNeeded",
    "Refusal",
    "SlotChanged",
    "SlotFull",
    "TicketReleased",
    "Wish",
    "book_slot",
    "cancel_booking",
    "fill_slot",
    "hold_tickets",
    "join_waiting_list",
    "keep_booking",
    "leave_waiting_list",
    "release_places",
    "swap_booking",
    "take_place",
    "take_places",
]

"""The tickets of an order as its page shows them: with QR code, what is booked, what can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from markupsafe import Markup

from festival import qr
from festival.bookings.models import Booking, WaitingListEntry
from festival.bookings.queries import bookable_slots, held_places, waiting_list
from festival.bookings.queries.bookable_slots import BookableDay, BookableSlot
from festival.payments import summary
from festival.tickets import ticket_qr
from festival.tickets.models import Order, Ticket
from festival.web import languages

_MOST_NAMED = 3  # workshops that a ticket names as still to be booked


@dataclass(frozen=True)
class OrderTicket:
    """A ticket that the buyer may show: it goes to nobody else and was not given back."""

    ticket: Ticket
    qr: Markup | None  # None until it opens the gate
    places: Sequence[Booking]
    waits: Sequence[WaitingListEntry]
    free: Sequence[tuple[str, BookableSlot]]  # with the day, "zaterdag 18 september"
    naming_url: str  # with which somebody puts a name on it; '' if it has one

    @property
    def named(self) -> Sequence[tuple[str, BookableSlot]]:
        """The first of what can be booked still."""
        return self.free[:_MOST_NAMED]


@dataclass(frozen=True)
class OrderTickets:
    """The tickets of an order: those of the buyer, and those of which they see name and state."""

    own: Sequence[OrderTicket]
    others: Sequence[Ticket]

    @property
    def nameless(self) -> int:
        """How many of their own still have no name."""
        return sum(each.ticket.is_nameless for each in self.own)


def tickets_of(order: Order, *, now: datetime) -> OrderTickets:
    """Returns the tickets of `order`. Runs three queries.

    What can be booked still are the workshops with places left, on the ticket's days and at a time
    for which it holds nothing.
    """
    own = [each for each in order.tickets if not (each.holder_email or each.released_at)]
    places = summary.places_by_ticket(held_places.live_bookings(each.id for each in own))
    waits = waiting_list.waits_of(each.id for each in own) if own else []
    days = {day for each in own for day in each.type.admits_on}
    groups = bookable_slots.choosable_slots(order.edition, now, days) if own else []
    return OrderTickets(
        [
            OrderTicket(
                ticket,
                _code(ticket),
                places.get(ticket.id, []),
                [each for each in waits if each.ticket_id == ticket.id],
                _free(groups, ticket, places.get(ticket.id, [])),
                _naming_url(ticket),
            )
            for ticket in own
        ],
        [each for each in order.tickets if each.holder_email or each.released_at],
    )


def _naming_url(ticket: Ticket) -> str:
    if not ticket.is_nameless:
        return ""
    language = languages.current()
    return languages.url_in(language, "corrections.ask_own_name", secret=ticket.naming_secret)


def _code(ticket: Ticket) -> Markup | None:
    if not ticket.is_valid:
        return None
    label = _("QR-code van het kaartje van %(name)s", name=ticket.holder_name)
    return qr.svg(ticket_qr.address(ticket), label=label, name=f"qr-{ticket.code}")


def _free(
    groups: Sequence[BookableDay], ticket: Ticket, places: Sequence[Booking]
) -> list[tuple[str, BookableSlot]]:
    held = [booking.slot for booking in places if booking.holds_time]
    return [
        (group.label, slot)
        for group in groups
        if group.day in ticket.type.admits_on
        for slot in group.workshops
        if slot.places_left > 0
        and not any(bookable_slots.overlaps(slot, other) for other in held)
        and slot.slug not in {other.session.slug for other in held}
    ]

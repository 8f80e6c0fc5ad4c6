"""Letters about places: one function each."""

from datetime import datetime

from festival.bookings.models import Booking, WaitingListEntry
from festival.editions import dates
from festival.errors import Refusal
from festival.mail import rules as mail
from festival.mail.models import Attachment
from festival.web import languages


def place_booked(booking: Booking, *, now: datetime) -> None:
    """Confirm a place: what, when and where, with all places as a calendar file."""
    _send("place_booked", booking, now=now)


def booking_cancelled(booking: Booking, *, now: datetime) -> None:
    """Confirm that a place was given back, also in the calendar file."""
    _send("booking_cancelled", booking, now=now)


def place_swapped(former: Booking, booking: Booking, *, now: datetime) -> None:
    """Confirm that a place was swapped for another: what, when and where it is now."""
    _send("place_swapped", booking, former=former, now=now)


def place_from_line(booking: Booking, *, now: datetime) -> None:
    """Tell a holder in line that they have the place, and what to do if they cannot come."""
    _send("place_from_line", booking, now=now)


def passed_over(entry: WaitingListEntry, refusal: Refusal, *, now: datetime) -> None:
    """Tell a holder in line why they could not take a free place, and that they stay in line."""
    ticket, slot = entry.ticket, entry.slot
    if not ticket.email:
        return
    language = ticket.order.language
    with languages.speaking(language):
        when = dates.span(ticket.order.edition, slot.starts_at, slot.ends_at)
        why = str(refusal)
    mail.queue(
        "bookings/passed_over",
        to=ticket.email,
        language=language,
        now=now,
        about=(ticket, slot),
        edition=ticket.order.edition,
        ticket=ticket,
        session=slot.session,
        when=when,
        why=why,
    )


def _send(letter: str, booking: Booking, *, former: Booking | None = None, now: datetime) -> None:
    ticket = booking.ticket
    if not ticket.email:  # ordered by hand, or at the door
        return
    language = ticket.order.language
    edition = ticket.order.edition
    slot = booking.slot
    with languages.speaking(language):
        when = dates.span(edition, slot.starts_at, slot.ends_at)
        before = former and dates.span(edition, former.slot.starts_at, former.slot.ends_at)
    mail.queue(
        f"bookings/{letter}",
        to=ticket.email,
        language=language,
        now=now,
        about=(ticket, slot),
        attachments=[Attachment(kind="agenda_ics", reference=ticket.secret)],
        edition=edition,
        ticket=ticket,
        booking=booking,
        session=slot.session,
        stage=slot.stage,
        when=when,
        former=former and former.slot.session,
        before=before,
    )

"""Letters about places: one function each."""

from datetime import datetime

from festival import languages
from festival.bookings.models import Booking
from festival.editions import dates
from festival.mail import rules as mail
from festival.mail.models import Attachment


def place_booked(booking: Booking, *, now: datetime) -> None:
    """You have a place: what, when, where, with the whole day as a calendar file."""
    _send("place_booked", booking, now=now)


def booking_cancelled(booking: Booking, *, now: datetime) -> None:
    """Your place was given back; the calendar file no longer has it."""
    _send("booking_cancelled", booking, now=now)


def _send(letter: str, booking: Booking, *, now: datetime) -> None:
    ticket = booking.ticket
    language = ticket.order.language
    edition = ticket.order.edition
    slot = booking.slot
    with languages.speaking(language):
        when = dates.span(edition, slot.starts_at, slot.ends_at)
    mail.queue(
        f"bookings/{letter}",
        to=ticket.email,
        language=language,
        now=now,
        attachments=[Attachment(kind="agenda_ics", reference=ticket.secret)],
        edition=edition,
        ticket=ticket,
        booking=booking,
        session=slot.session,
        stage=slot.stage,
        when=when,
    )

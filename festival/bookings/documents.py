"""Tickets on paper: one A4 per ticket that folds twice to an A6 badge."""

from collections.abc import Sequence
from hashlib import blake2b

from flask import render_template
from flask_babel import gettext as _

from festival import pdf
from festival.bookings.models import Booking
from festival.bookings.queries import held_places
from festival.bookings.ticket_sheet import sheet_of
from festival.lanes import FOR_VISITORS
from festival.memory import Memory
from festival.tickets.models import Ticket
from festival.web import languages

# Kept by a digest of all that is on it. One ticket takes some thirty kilobytes.
_documents: Memory[bytes, bytes] = Memory(most=256, most_bytes=32 * 1024 * 1024, size=len)


def tickets_pdf(tickets: Sequence[Ticket], language: str) -> bytes:
    """Returns a PDF: a sheet for each of `tickets`, all of one order.

    Made once, however often it is asked for. Raises pdf.CannotMakePdf or TooBusy.
    """
    # Reading and laying out fifteen tickets is dear too.
    with FOR_VISITORS.turn():
        return _tickets_pdf(tickets, language)


def _tickets_pdf(tickets: Sequence[Ticket], language: str) -> bytes:
    bookings: dict[int, list[Booking]] = {ticket.id: [] for ticket in tickets}
    for booking in held_places.live_bookings(bookings):
        if booking.holds_time:  # what was cancelled only takes room
            bookings[booking.ticket_id].append(booking)
    with languages.speaking(language):
        html = render_template(
            "pdf/ticket.html",
            language=language,
            title=_title(tickets),
            edition=tickets[0].order.edition,
            sheets=[sheet_of(ticket, bookings[ticket.id]) for ticket in tickets],
        )
    digest = blake2b(html.encode("utf-8", "replace"), digest_size=16).digest()
    return _documents.get(digest, make=lambda: pdf.make(html, style="ticket"))


def _title(tickets: Sequence[Ticket]) -> str:
    edition = tickets[0].order.edition
    if len(tickets) == 1:
        return str(
            _(
                "Kaartje van %(name)s: %(festival)s",
                name=tickets[0].holder_name,
                festival=edition.name,
            )
        )
    return str(_("Kaartjes van bestelling %(code)s", code=tickets[0].order.code))

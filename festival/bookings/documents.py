"""Tickets on paper: one A4 per ticket that folds twice to an A6 badge."""

from collections.abc import Sequence
from hashlib import blake2b

from flask import render_template
from flask_babel import gettext as _

from festival import pdf
from festival.bookings import compact_sheet
from festival.bookings.models import Booking
from festival.bookings.queries import held_places
from festival.bookings.ticket_sheet import sheet_of
from festival.lanes import FOR_VISITORS
from festival.memory import Memory
from festival.text import unlinked
from festival.tickets.extras import queries as extras
from festival.tickets.models import Ticket
from festival.web import languages

# Kept by a digest of all that is on it. One ticket takes some thirty kilobytes.
_documents: Memory[bytes, bytes] = Memory(
    most=256, most_bytes=32 * 1024 * 1024, size=len, lane=FOR_VISITORS
)


def tickets_pdf(tickets: Sequence[Ticket], language: str) -> bytes:
    """Returns a PDF: a sheet for each of `tickets`, all of one order.

    Made once, however often it is asked for. Raises pdf.CannotMakePdf or TooBusy.
    """
    bookings: dict[int, list[Booking]] = {ticket.id: [] for ticket in tickets}
    for booking in held_places.live_bookings(bookings):
        if booking.holds_time:  # what was cancelled only takes room
            bookings[booking.ticket_id].append(booking)
    ordered = extras.of_orders([tickets[0].order])
    with languages.speaking(language):
        html = render_template(
            "pdf/ticket.html",
            language=language,
            title=_title(tickets),
            edition=tickets[0].order.edition,
            sheets=[
                sheet_of(ticket, bookings[ticket.id], extras.words_with(ticket, ordered))
                for ticket in tickets
            ],
        )
    digest = blake2b(html.encode("utf-8", "replace"), digest_size=16).digest()
    return _documents.get(digest, make=lambda: pdf.make(html, style="ticket"))


def compact_pdf(tickets: Sequence[Ticket], language: str) -> bytes:
    """Returns a PDF with `tickets`, all of one order, ten on a sheet of A4 to cut apart.

    Made once, however often it is asked for. Raises pdf.CannotMakePdf or TooBusy.
    """
    with languages.speaking(language):
        html = render_template(
            "pdf/compact.html",
            language=language,
            title=_title(tickets),
            edition=tickets[0].order.edition,
            pages=compact_sheet.pages_of(tickets),
        )
    digest = blake2b(html.encode("utf-8", "replace"), digest_size=16).digest()
    return _documents.get(digest, make=lambda: pdf.make(html, style="compact"))


def _title(tickets: Sequence[Ticket]) -> str:
    edition = tickets[0].order.edition
    if len(tickets) == 1:
        return str(
            _(
                "Kaartje van %(name)s: %(festival)s",
                name=unlinked(tickets[0].holder_name),
                festival=edition.name,
            )
        )
    return str(_("Kaartjes van bestelling %(code)s", code=tickets[0].order.code))

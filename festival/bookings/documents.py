"""Tickets on paper: one A4 per ticket that folds twice to an A6 badge."""

from collections.abc import Sequence
from datetime import date
from textwrap import wrap
from typing import NamedTuple

from flask import render_template
from flask_babel import gettext as _

from festival import pdf, qr
from festival.bookings.models import Booking
from festival.bookings.queries import held_places
from festival.editions import dates
from festival.editions.models import Edition
from festival.tickets import ticket_qr
from festival.tickets.models import Ticket
from festival.web import hyphens, languages
from festival.web.languages import Bilingual

# Sizes of the name on the badge: CSS class, letters per line, lines.
_NAME_SIZES = (
    ("huge", 9, 2),
    ("large", 11, 3),
    ("medium", 15, 3),
    ("small", 19, 4),
    ("tiny", 25, 5),
)


class _Density(NamedTuple):
    """How densely the inside is printed, in the measures of templates/pdf/ticket.css."""

    name: str
    title_letters: int  # per line
    where_letters: int
    title_mm: float  # height of a line
    line_mm: float
    gap_mm: float
    has_floor: bool


_DENSITIES = (
    _Density("", 38, 50, 4.6, 4.3, 3.0, True),
    _Density("dense", 44, 56, 4.0, 3.6, 1.7, True),
    _Density("tiny", 48, 62, 3.45, 3.2, 1.1, False),
)
_INSIDE_MM = 114  # below the headings


class TicketSlot(NamedTuple):
    """One place along the printed thread."""

    hours: str
    title: Bilingual
    stage: str
    floor: str

    def where(self, density: _Density) -> str:
        """The stage, and how to find it where there is room for that."""
        return f"{self.stage} · {self.floor}" if self.floor and density.has_floor else self.stage

    def height(self, density: _Density) -> float:
        """Returns about how many millimetres of thread it takes."""
        titles = len(wrap(self.title.text(), density.title_letters))
        wheres = len(wrap(self.where(density), density.where_letters))
        return density.line_mm * (1 + wheres) + density.title_mm * titles + density.gap_mm


class TicketPart(NamedTuple):
    """A day, or as much of it as is printed on one inside page."""

    label: str
    places: list[TicketSlot]
    is_continued: bool = False
    left_out: int = 0

    def height(self, density: _Density) -> float:
        """Returns about how many millimetres it takes, with its heading."""
        return 8 + sum(place.height(density) for place in self.places)


def tickets_pdf(tickets: Sequence[Ticket], language: str) -> bytes:
    """Returns a PDF: a sheet for each of `tickets`, all of one order. Raises pdf.CannotMakePdf."""
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
    return pdf.make(html, style="ticket")


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


def sheet_of(ticket: Ticket, bookings: list[Booking]) -> dict[str, object]:
    """Returns what is printed on the sheet of one ticket, in the current language."""
    edition = ticket.order.edition
    left, right, density = _inside(_parts(ticket, bookings))
    name, name_size = _name(ticket.holder_name)
    written = len(edition.route.text()) + len(edition.house_rules.text())
    return {
        "ticket": ticket,
        "name": name,
        "name_size": name_size,
        "days": dates.days(ticket.type.admits_on),
        "qr": qr.data_url(ticket_qr.address(ticket)),
        "left": left,
        "right": right,
        "density": density,
        "back_size": "small" if written > 1700 else "",
    }


def _name(name: str) -> tuple[str, str]:
    """Returns the name and its size: as large as fits whole words, or else small and hyphenated."""
    longest = max(map(len, name.replace("-", "- ").split()), default=0)
    for size, letters, lines in _NAME_SIZES:
        if longest <= letters and len(wrap(name, letters)) <= lines:
            return name, size
    return hyphens.hyphenated(name, languages.current()), _NAME_SIZES[-1][0]


def _parts(ticket: Ticket, bookings: list[Booking]) -> list[TicketPart]:
    """Returns the days of the ticket, those without a place too."""
    edition = ticket.order.edition
    by_day: dict[date, list[TicketSlot]] = {day: [] for day in ticket.type.admits_on}
    for booking in bookings:
        by_day.setdefault(edition.day_of(booking.slot.starts_at), []).append(
            _place(booking, edition)
        )
    return [TicketPart(dates.day(day), by_day[day]) for day in sorted(by_day)]


def _inside(parts: list[TicketPart]) -> tuple[list[TicketPart], list[TicketPart], _Density]:
    """Returns left page, right page and density: as large as fits, two days on a page each."""
    for density in _DENSITIES:
        if len(parts) == 1 and parts[0].height(density) <= _INSIDE_MM:
            return parts, [], density
        if len(parts) == 2 and max(part.height(density) for part in parts) <= _INSIDE_MM:
            return parts[:1], parts[1:], density
        left, right = _halved(parts, density)
        if all(sum(part.height(density) for part in page) <= _INSIDE_MM for page in (left, right)):
            return left, right, density
    return _cut(left, density), _cut(right, density), density


def _halved(
    parts: list[TicketPart], density: _Density
) -> tuple[list[TicketPart], list[TicketPart]]:
    """Returns the days on two pages of about the same height; one day may be cut in two."""
    half = sum(part.height(density) for part in parts) / 2
    left: list[TicketPart] = []
    right: list[TicketPart] = []
    filled = 0.0
    for part in parts:
        number = 0
        filled += 8
        while number < len(part.places) and not right and filled < half:
            filled += part.places[number].height(density)
            number += 1
        if number or (not part.places and filled < half):
            left.append(part._replace(places=part.places[:number]))
        if number < len(part.places) or (not number and part not in left):
            right.append(part._replace(places=part.places[number:], is_continued=number > 0))
    return left, right


def _cut(page: list[TicketPart], density: _Density) -> list[TicketPart]:
    """Returns what fits on the page; each part says how many of its places are left out."""
    room = _INSIDE_MM - 6.0  # the sentence about the rest
    kept: list[TicketPart] = []
    for part in page:
        room -= 8
        places: list[TicketSlot] = []
        for place in part.places:
            room -= place.height(density)
            if room >= 0:
                places.append(place)
        left_out = len(part.places) - len(places)
        if places or not kept:
            kept.append(part._replace(places=places, left_out=left_out))
        else:  # not even its heading fits
            kept[-1] = kept[-1]._replace(left_out=kept[-1].left_out + left_out)
    return kept


def _place(booking: Booking, edition: Edition) -> TicketSlot:
    slot = booking.slot
    return TicketSlot(
        hours=dates.hours(edition, slot.starts_at, slot.ends_at),
        title=slot.session.title,
        stage=slot.stage.name.text(),
        floor=slot.stage.floor.text(),
    )

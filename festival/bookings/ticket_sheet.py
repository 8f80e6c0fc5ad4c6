"""What stands where on a ticket on paper: the badge, its inside and its back, measured to fit.

In the measures of templates/pdf/ticket.css.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from flask import current_app
from flask_babel import gettext as _

from festival import qr, text_metrics
from festival.bookings.models import Booking
from festival.editions import dates
from festival.editions.models import Edition
from festival.text import unlinked
from festival.text_metrics import Fitted
from festival.tickets import ticket_qr
from festival.tickets.models import Ticket
from festival.web import languages
from festival.web.languages import Bilingual

# The boxes of the front, in millimetres.
_WIDTH = 89
_EDITION_MM, _THEME_MM, _NAME_MM, _TYPE_MM, _DAYS_MM = 6.4, 8.2, 46.0, 7.2, 10.8
_EXTRAS_WIDTH, _EXTRAS_MM = 38, 9.0
_NAME_SIZES = (57, 52, 45, 40, 36, 33, 30, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 8, 7, 6, 5)
_SMALL_SIZES = (10, 9, 8, 7, 6, 5, 4)
_EXTRAS_SIZES = (9, 8, 7, 6, 5, 4, 3)
_TYPE_SIZES = (15, 14, 13, 12, 11, 10, 9, 8, 7, 6)
_DAYS_SIZES = (10.5, 9.5, 8.5, 7.5, 6.5, 5.5)


class _Density(NamedTuple):
    """How densely the inside is printed, in the measures of templates/pdf/ticket.css."""

    name: str
    title_size: float  # points
    where_size: float
    title_mm: float  # height of a line
    line_mm: float
    gap_mm: float
    has_floor: bool


_DENSITIES = (
    _Density("", 11.5, 9.5, 4.6, 4.3, 3.0, True),
    _Density("dense", 10, 8.5, 4.0, 3.6, 1.7, True),
    _Density("tiny", 9, 7.8, 3.45, 3.2, 1.1, False),
)
_INSIDE_MM = 114  # below the headings
_PLACE_MM = 80  # wide, right of the thread


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
        """Returns how many millimetres of thread it takes at most."""
        titles = text_metrics.count_lines(
            self.title.text(), "display", density.title_size, _PLACE_MM
        )
        wheres = text_metrics.count_lines(
            self.where(density), "text", density.where_size, _PLACE_MM
        )
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


def sheet_of(
    ticket: Ticket, bookings: list[Booking], extras: Sequence[str] = ()
) -> dict[str, object]:
    """Returns what is printed on the sheet of one ticket, in the current language.

    `extras`: what was ordered with it, in words.
    """
    edition = ticket.order.edition
    left, right, density = _inside(_parts(ticket, bookings))
    return {
        "ticket": ticket,
        "front": _front(ticket, edition),
        "extras": _extras(extras),
        "qr": qr.data_url(ticket_qr.address(ticket)),
        "left": left,
        "right": right,
        "density": density,
        "back": back_of(edition),
    }


def _front(ticket: Ticket, edition: Edition) -> dict[str, Fitted]:
    """Returns the texts of the badge, each as large as fits its box."""

    def fitted(
        text: str, font: str, height: float, sizes: Sequence[float], leading: float
    ) -> Fitted:
        return text_metrics.fit(
            text,
            font,
            width=_WIDTH,
            height=height,
            sizes=sizes,
            leading=leading,
            language=languages.current(),
        )

    days = dates.days(ticket.type.admits_on)
    return {
        "edition": fitted(edition.name.text(), "bold", _EDITION_MM, _SMALL_SIZES, 1.3),
        "theme": fitted(edition.theme.text(), "text", _THEME_MM, _SMALL_SIZES, 1.2),
        "name": fitted(unlinked(ticket.holder_name), "title", _NAME_MM, _NAME_SIZES, 0.94),
        "type": fitted(ticket.type.name.text(), "display", _TYPE_MM, _TYPE_SIZES, 1.1),
        "days": fitted(days, "text", _DAYS_MM, _DAYS_SIZES, 1.25),
    }


def _extras(extras: Sequence[str]) -> Fitted | None:
    """Returns what was ordered with it, right of the QR code; None for nothing."""
    if not extras:
        return None
    return text_metrics.fit(
        str(_("Erbij: %(extras)s", extras=", ".join(extras))),
        "bold",
        width=_EXTRAS_WIDTH,
        height=_EXTRAS_MM,
        sizes=_EXTRAS_SIZES,
        leading=1.2,
        language=languages.current(),
    )


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


class BackPart(NamedTuple):
    """A heading on the back, and the paragraphs below it that fit."""

    heading: str
    paragraphs: list[str]
    language: str


class TicketBack(NamedTuple):
    """The back of the badge: how to get there, and the house rules."""

    place: Fitted
    address: Fitted
    parts: list[BackPart]
    size: float  # points
    elsewhere: str  # where to read what does not fit, or ''


_BACK_SIZES = (8, 7.5, 7, 6.5, 6, 5.5)
_BACK_MM = 119.0  # from the top to the sentence on folding
_BACK_LEADING = 1.28


def back_of(edition: Edition) -> TicketBack:
    """Returns the back, as large as fits; what does not fit at the smallest size is left out."""
    place = text_metrics.fit(
        edition.venue_name or edition.city,
        "display",
        width=_WIDTH,
        height=12,
        sizes=(17, 15, 13, 11, 9, 8, 7, 6),
        leading=1.05,
        language=languages.current(),
    )
    address = text_metrics.fit(
        edition.venue_address,
        "bold",
        width=_WIDTH,
        height=9,
        sizes=_SMALL_SIZES,
        leading=1.2,
    )
    room = _BACK_MM - place.height - address.height
    parts = [
        BackPart(heading, _paragraphs(text), text.language())
        for heading, text in (
            (str(_("Zo kom je er")), edition.route),
            (str(_("Zo gaan we met elkaar om")), edition.house_rules),
        )
        if text
    ]
    for size in _BACK_SIZES:
        if sum(_part_mm(part, size) for part in parts) <= room:
            return TicketBack(place, address, parts, size, "")
    elsewhere = current_app.config["PUBLIC_URL"].partition("://")[2]
    return TicketBack(place, address, _shortened(parts, room, size), size, elsewhere)


def _paragraphs(text: Bilingual) -> list[str]:
    return [" ".join(part.split()) for part in text.text().split("\n\n") if part.strip()]


def _part_mm(part: BackPart, size: float) -> float:
    return 9.5 + sum(_paragraph_mm(paragraph, size) for paragraph in part.paragraphs)


def _paragraph_mm(paragraph: str, size: float) -> float:
    lines = text_metrics.count_lines(paragraph, "text", size, _WIDTH)
    return 1.1 + lines * size * _BACK_LEADING * text_metrics.MM


def _shortened(parts: list[BackPart], room: float, size: float) -> list[BackPart]:
    """Returns what fits in `room` millimetres: each part gets its share, whole words only."""
    share = (room - 5) / len(parts)  # a line says where the rest is
    shortened = []
    for part in parts:
        left, kept = share - 9.5, []
        for paragraph in part.paragraphs:
            words = paragraph.split(" ")
            while words and _paragraph_mm(f"{' '.join(words)}…", size) > left:
                words = words[: len(words) * 9 // 10]
            if len(words) < len(paragraph.split(" ")):
                if words:
                    kept.append(f"{' '.join(words)}…")
                break
            kept.append(paragraph)
            left -= _paragraph_mm(paragraph, size)
        shortened.append(part._replace(paragraphs=kept))
    return shortened

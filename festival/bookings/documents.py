"""Tickets on paper: one A4 per ticket that folds twice to an A6 badge."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from festival import hyphens, languages, pdf, qr
from festival.bookings import queries, times
from festival.bookings.models import Booking
from festival.tickets import passes
from festival.tickets.models import Ticket

# From so many places on one inside page on, they are printed smaller.
_DENSE, _TINY = 8, 11
# Letters of the longest word and of the whole name up to which each size of name fits the badge.
_NAME_SIZES = (("huge", 9, 22), ("large", 12, 34), ("medium", 17, 60))


@dataclass(frozen=True)
class Place:
    """One place along the printed thread."""

    hours: str
    title: str
    title_language: str
    where: str
    floor: str


@dataclass(frozen=True)
class Part:
    """A day, or as much of it as stands on one inside page."""

    label: str
    places: list[Place]
    is_continued: bool = False


def tickets_pdf(tickets: Sequence[Ticket], language: str) -> bytes:
    """A sheet for each of `tickets`, all of one order, in `language`. Raises pdf.CannotMakePdf."""
    bookings: dict[int, list[Booking]] = {ticket.id: [] for ticket in tickets}
    for booking in queries.live_bookings(bookings):
        if booking.offered_until is None:
            bookings[booking.ticket_id].append(booking)
    with languages.speaking(language):
        html = render_template(
            "pdf/ticket.html",
            language=language,
            title=_title(tickets),
            edition=tickets[0].order.edition,
            sheets=[_sheet(ticket, bookings[ticket.id]) for ticket in tickets],
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


def _sheet(ticket: Ticket, bookings: list[Booking]) -> dict[str, object]:
    left, right = _inside(ticket, bookings)
    most = max(sum(len(part.places) for part in page) for page in (left, right))
    edition = ticket.order.edition
    back = len(edition.route.text()) + len(edition.house_rules.text())
    return {
        "ticket": ticket,
        "name": hyphens.hyphenated(ticket.holder_name, languages.current()),
        "name_size": _name_size(ticket.holder_name),
        "days": times.days(ticket.type.admits_on),
        "qr": qr.data_url(passes.address(ticket)),
        "left": left,
        "right": right,
        "density": "tiny" if most >= _TINY else "dense" if most >= _DENSE else "",
        "back_size": "small" if back > 1700 else "",
    }


def _name_size(name: str) -> str:
    longest = max((len(word) for word in name.replace("-", "- ").split()), default=0)
    for size, word, whole in _NAME_SIZES:
        if longest <= word and len(name) <= whole:
            return size
    return "small"


def _inside(ticket: Ticket, bookings: list[Booking]) -> tuple[list[Part], list[Part]]:
    """The two inside pages: a day each where there are two, a long day over both."""
    edition = ticket.order.edition
    by_day: dict[object, list[Place]] = {day: [] for day in ticket.type.admits_on}
    for booking in bookings:
        day = edition.day_of(booking.slot.starts_at)
        by_day.setdefault(day, []).append(_place(booking, ticket))
    parts = [Part(times.day(day), by_day[day]) for day in sorted(by_day)]  # type: ignore[arg-type,type-var]
    if len(parts) == 2 and max(len(part.places) for part in parts) <= _TINY:
        return [parts[0]], [parts[1]]
    if len(parts) == 1 and len(parts[0].places) < _DENSE:
        return parts, []
    return _halved(parts)


def _halved(parts: list[Part]) -> tuple[list[Part], list[Part]]:
    """The days in two halves of about as many places; a day may be cut in two."""
    room = (sum(len(part.places) for part in parts) + 1) // 2
    left: list[Part] = []
    right: list[Part] = []
    for part in parts:
        here, there = part.places[: max(room, 0)], part.places[max(room, 0) :]
        if right or (room <= 0 and left):
            right.append(part)
        else:
            left.append(Part(part.label, here))
            if there:
                right.append(Part(part.label, there, is_continued=bool(here)))
        room -= len(part.places)
    return left, right


def _place(booking: Booking, ticket: Ticket) -> Place:
    slot = booking.slot
    return Place(
        hours=times.hours(ticket.order.edition, slot.starts_at, slot.ends_at),
        title=slot.session.title.text(),
        title_language=slot.session.title.language(),
        where=slot.stage.name.text(),
        floor=slot.stage.floor.text(),
    )

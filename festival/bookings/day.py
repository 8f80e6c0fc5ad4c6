"""The holder's own day: the points along the thread, for the page and for paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from festival.bookings.models import Booking
from festival.editions import dates
from festival.languages import Bilingual
from festival.tickets.models import Ticket


@dataclass(frozen=True)
class Point:
    """One place on the thread, with the names that parts/thread.html reads."""

    code: str
    time_label: str
    starts_at: str  # ISO, for <time>
    kind: str
    title: Bilingual
    url: str
    stage_name: Bilingual
    note: Bilingual  # how to get there
    question: str
    is_past: bool
    is_now: bool
    can_cancel: bool


@dataclass(frozen=True)
class Day:
    """One day on which the ticket admits, perhaps with nothing booked."""

    day: date
    label: str
    points: list[Point]


def days_of(ticket: Ticket, bookings: Iterable[Booking], *, now: datetime) -> list[Day]:
    """Every day of `ticket` with its places, in order; offers are left out."""
    points: dict[date, list[Point]] = {day: [] for day in ticket.type.admits_on}
    edition = ticket.order.edition
    for booking in bookings:
        if booking.offered_until is None:
            day = edition.day_of(booking.slot.starts_at)
            points.setdefault(day, []).append(_point(booking, ticket, now))
    return [Day(day, dates.day(day), points[day]) for day in sorted(points)]


def _point(booking: Booking, ticket: Ticket, now: datetime) -> Point:
    slot = booking.slot
    edition = ticket.order.edition
    return Point(
        code=slot.code,
        time_label=dates.hours(edition, slot.starts_at, slot.ends_at),
        starts_at=edition.local(slot.starts_at).isoformat(timespec="minutes"),
        kind=slot.session.kind,
        title=slot.session.title,
        url=url_for("programme.session", slug=slot.session.slug),
        stage_name=slot.stage.name,
        note=slot.stage.floor,
        question=booking.question,
        is_past=slot.ends_at <= now,
        is_now=slot.starts_at <= now < slot.ends_at,
        can_cancel=now < slot.booking_closes_at,
    )

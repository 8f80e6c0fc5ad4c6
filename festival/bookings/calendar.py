"""The day of one ticket as an iCalendar file (RFC 5545)."""

from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from flask import current_app
from icalendar import Calendar, Event, Timezone, vDDDTypes

from festival import languages
from festival.bookings import queries
from festival.bookings.models import Booking
from festival.editions.models import Edition
from festival.tickets.models import Ticket


def agenda_ics(ticket: Ticket, language: str, *, now: datetime) -> bytes:
    """Every place of `ticket`, in `language`; those that were given up as cancelled."""
    with languages.speaking(language):
        return _agenda(ticket, now)


def _agenda(ticket: Ticket, now: datetime) -> bytes:
    edition = ticket.order.edition
    calendar = Calendar()
    calendar.add("prodid", "-//Pluk//festival//NL")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", str(edition.name))
    calendar.add_component(_timezone(edition.timezone, edition.starts_on.year))
    # A later file goes before an earlier one, also after a slot was moved: its number is higher.
    sequence = max(0, int((now - ticket.order.placed_at).total_seconds() // 60))
    for booking in queries.last_bookings(ticket):
        calendar.add_component(_event(booking, edition, sequence, now))
    return bytes(calendar.to_ical())


def _event(booking: Booking, edition: Edition, sequence: int, now: datetime) -> Event:
    slot = booking.slot
    session, stage = slot.session, slot.stage
    event = Event()
    event.add("uid", f"{slot.code}@{urlsplit(current_app.config['PUBLIC_URL']).hostname}")
    event.add("dtstamp", now)
    event.add("sequence", sequence)
    for name, moment in (("dtstart", slot.starts_at), ("dtend", slot.ends_at)):
        local = vDDDTypes(edition.local(moment).replace(tzinfo=None))
        local.params["TZID"] = edition.timezone
        event[name] = local
    event.add("summary", str(session.title))
    where = (str(stage.name), str(stage.floor), edition.venue_name, edition.venue_address)
    event.add("location", ", ".join(part for part in where if part))
    if session.summary:
        event.add("description", str(session.summary))
    # Not the holder's own link: people share their calendars.
    event.add("url", languages.url_in(languages.current(), "programme.session", slug=session.slug))
    event.add("status", "CANCELLED" if booking.cancelled_at else "CONFIRMED")
    return event


@lru_cache(maxsize=8)
def _timezone(name: str, year: int) -> Timezone:
    """When its clocks change in that year, not up to 2038."""
    return Timezone.from_tzid(name, first_date=date(year - 1, 1, 1), last_date=date(year + 1, 1, 1))

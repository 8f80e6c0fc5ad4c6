"""The agenda of one ticket as an iCalendar file (RFC 5545): its feed, and the file in its letters.

Both are made here, so that a slot never differs between them for the same sequence number.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from icalendar import Event

from festival.bookings.models import Booking, Star
from festival.bookings.queries import held_places
from festival.editions.models import Edition
from festival.programme import calendar
from festival.programme.models.sessions import Slot
from festival.programme.slot_status import edition_slug
from festival.tickets.models import Ticket
from festival.web import languages


@dataclass
class AgendaEntry:
    """One slot in the agenda of a ticket, with every booking and star that the ticket ever had."""

    slot: Slot
    bookings: list[Booking] = field(default_factory=list)
    star: Star | None = None

    @property
    def is_booked(self) -> bool:
        """Whether the ticket holds a place in it."""
        return any(booking.cancelled_at is None for booking in self.bookings)

    @property
    def is_starred(self) -> bool:
        """Whether its holder wants to remember it."""
        return self.star is not None and self.star.removed_at is None

    @property
    def was_booked(self) -> bool:
        """Whether the ticket holds or held a place in it."""
        return bool(self.bookings)

    @property
    def sequence(self) -> int:
        """A number that rises with each change of the slot, the ticket's bookings or the star.

        Rows of bookings and stars are never deleted, so it never falls.
        """
        changes = sum(1 + (booking.cancelled_at is not None) for booking in self.bookings)
        return self.slot.sequence + changes + (self.star.changes if self.star else 0)

    @property
    def changed_at(self) -> datetime:
        """The time of the last of those changes."""
        moments = [self.slot.changed_at]
        for booking in self.bookings:
            moments += [booking.booked_at, booking.cancelled_at or booking.booked_at]
        if self.star:
            moments += [self.star.starred_at, self.star.removed_at or self.star.starred_at]
        return max(moments)


@dataclass
class Agenda:
    """Everything in the agenda of one ticket."""

    edition: Edition
    entries: list[AgendaEntry]
    changed_at: datetime

    def as_ics(self, *, with_stars: bool = True) -> bytes:
        """Returns the file, in the current language. Places that were given up stay, as cancelled.

        A file in a letter goes without stars: it cannot remove them from a calendar later.
        """
        name = _("Mijn dag: %(festival)s", festival=self.edition.name)
        made = calendar.calendar(self.edition, name)
        for entry in self.entries:
            if entry.was_booked or (entry.is_starred and with_stars):
                made.add_component(_event(self.edition, entry))
        return calendar.write(made)


def agenda_of(ticket: Ticket) -> Agenda:
    """Returns the agenda of `ticket`. Runs two queries if its order and edition are loaded."""
    entries = _entries(held_places.all_bookings(ticket), held_places.all_stars(ticket))
    moments = (entry.changed_at for entry in entries)
    changed_at = max(moments, default=ticket.order.placed_at)
    return Agenda(ticket.order.edition, entries, changed_at)


def agenda_ics(ticket: Ticket, language: str) -> bytes:
    """Returns every place of `ticket` as an iCalendar file, without stars, in `language`."""
    with languages.speaking(language):
        return agenda_of(ticket).as_ics(with_stars=False)


def _entries(bookings: Iterable[Booking], stars: Iterable[Star]) -> list[AgendaEntry]:
    """Returns the bookings and stars by slot, in order of time."""
    found: dict[int, AgendaEntry] = {}
    for booking in bookings:
        found.setdefault(booking.slot_id, AgendaEntry(booking.slot)).bookings.append(booking)
    for star in stars:
        found.setdefault(star.slot_id, AgendaEntry(star.slot)).star = star
    return sorted(found.values(), key=lambda entry: (entry.slot.starts_at, entry.slot.id))


def _event(edition: Edition, entry: AgendaEntry) -> Event:
    slot = entry.slot
    made = calendar.event(
        edition,
        slot,
        slot.session,
        slot.stage,
        # Not the holder's own link: people share their calendars.
        url=languages.url_in(
            languages.current(),
            "timetable.session",
            edition_slug=edition_slug(edition),
            slug=slot.session.slug,
        ),
        changed_at=entry.changed_at,
        extra=_extra(entry),
    )
    differs: dict[str, object] = {"sequence": entry.sequence}
    if not slot.is_cancelled and not entry.is_booked:
        title = str(made["summary"])
        differs["transp"] = "TRANSPARENT"
        if entry.is_starred:
            differs |= {"status": "TENTATIVE", "summary": _("Bewaard: %(title)s", title=title)}
        else:
            differs |= {"status": "CANCELLED", "summary": _("Afgezegd: %(title)s", title=title)}
    for name, value in differs.items():
        del made[name]
        made.add(name, value)
    return made


def _extra(entry: AgendaEntry) -> str:
    if entry.is_booked:
        return str(_("Je hebt hier een plek."))
    if entry.is_starred and entry.slot.is_bookable:
        return str(_("Bewaard. Je hebt hier nog geen plek geboekt."))
    return ""

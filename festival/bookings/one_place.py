"""One place for one ticket, before the tap: what it clashes with, and what can be done then."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from festival.bookings import shown_moments
from festival.bookings.queries import bookable_slots, held_places, waiting_list
from festival.editions import dates
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket
from festival.web.languages import Bilingual


class HeldThen(NamedTuple):
    """A place that the ticket holds at the same time."""

    code: str
    title: Bilingual
    hours: str  # "13.30–15.00 uur"


@dataclass(frozen=True)
class PlaceForTicket:
    """A slot as the holder of a ticket meets it."""

    code: str
    slug: str
    title: Bilingual
    when: str  # "zaterdag 18 september, 13.30–15.00 uur"
    day_words: str
    stage_name: Bilingual
    state: str  # "free", "full", "held", "waits", "not_admitted", "closed" or "released"
    clashes: list[HeldThen]
    moments_free: list[tuple[str, str]]  # the same at other times: when, and its code
    moments: str  # the mark of what was shown


def place_of(ticket: Ticket, slot: Slot, *, is_released: bool, now: datetime) -> PlaceForTicket:
    """Returns what `ticket` can do in `slot`, of the same edition."""
    edition = ticket.order.edition
    rows = [
        row
        for group in bookable_slots.choosable_slots(edition, now)
        for row in group.slots
        if row.slug == slot.session.slug
    ]
    row = next((row for row in rows if row.code == slot.code), None)
    held = [each.slot for each in held_places.live_bookings([ticket.id]) if each.holds_time]
    others = [other for other in held if other.id != slot.id]
    waits = {each.slot.code for each in waiting_list.waiting_of(ticket, now=now)}
    if is_released:
        state = "released"
    elif slot in held:
        state = "held"
    elif slot.code in waits:
        state = "waits"
    elif row is None:
        state = "closed"
    elif not ticket.admits(slot):
        state = "not_admitted"
    else:
        state = "free" if row.places_left > 0 else "full"
    return PlaceForTicket(
        slot.code,
        slot.session.slug,
        slot.session.title,
        dates.span(edition, slot.starts_at, slot.ends_at),
        dates.day(slot.day),
        slot.stage.name,
        state,
        [
            HeldThen(
                other.code,
                other.session.title,
                dates.hours(edition, other.starts_at, other.ends_at),
            )
            for other in others
            if other.starts_at < slot.ends_at and slot.starts_at < other.ends_at
        ],
        [
            (dates.span(edition, each.starts_at, each.ends_at), each.code)
            for each in rows
            if each.code != slot.code
            and each.places_left > 0
            and edition.day_of(each.starts_at) in ticket.type.admits_on
            and not any(bookable_slots.overlaps(each, other) for other in others)
        ],
        shown_moments.written([slot]),
    )

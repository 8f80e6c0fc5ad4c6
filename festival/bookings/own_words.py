"""The letters about places in which the team writes sentences of its own."""

from collections.abc import Callable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from festival.bookings import letters
from festival.bookings.models import Booking, WaitingListEntry
from festival.bookings.rules.places import Overlaps
from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition
from festival.mail.prose import EditableLetter, Field
from festival.programme.models.sessions import Session, Slot
from festival.tickets.own_words import FESTIVAL, example_order

_PLACE: dict[str, Field] = {
    "naam": lambda values: values["ticket"].holder_name,
    "voornaam": lambda values: values["ticket"].holder_name.partition(" ")[0],
    "onderdeel": lambda values: values["session"].title,
    "wanneer": lambda values: values["when"],
    **FESTIVAL,
}


def _example(
    queue: Callable[[Booking, datetime], object],
) -> Callable[[Edition, str, datetime], object]:
    """Returns an example with the latest slot of the edition; nothing before there is one."""

    def write(edition: Edition, language: str, now: datetime) -> None:
        slot = db.session.scalar(
            select(Slot)
            .join(Slot.session)
            .where(Session.edition_id == edition.id, Slot.places > 0)
            .order_by(Slot.id.desc())
            .limit(1)
        )
        order = example_order(edition, language, now)
        if slot and order.tickets:
            queue(Booking(ticket=order.tickets[0], slot=slot, booked_at=now), now)

    return write


def _pass_over(booking: Booking, now: datetime) -> None:
    entry = WaitingListEntry(ticket=booking.ticket, slot=booking.slot, joined_at=now)
    slot, edition = booking.slot, booking.ticket.order.edition
    hours = dates.hours(edition, slot.starts_at, slot.ends_at)
    refusal = Overlaps(title=slot.session.title, when=hours)
    letters.passed_over(entry, refusal, now=now)


LETTERS = (
    EditableLetter(
        "bookings/place_booked",
        _l("Plek geboekt"),
        ("subject", "opening", "closing"),
        _PLACE,
        _example(lambda booking, now: letters.place_booked(booking, now=now)),
    ),
    EditableLetter(
        "bookings/booking_cancelled",
        _l("Plek afgezegd"),
        ("subject", "opening", "closing"),
        _PLACE,
        _example(lambda booking, now: letters.booking_cancelled(booking, now=now)),
    ),
    EditableLetter(
        "bookings/place_swapped",
        _l("Plek geruild"),
        ("subject", "opening"),
        _PLACE,
        _example(lambda booking, now: letters.place_swapped(booking, booking, now=now)),
    ),
    EditableLetter(
        "bookings/place_from_line",
        _l("Plek van de wachtlijst"),
        ("subject", "opening", "closing"),
        _PLACE,
        _example(lambda booking, now: letters.place_from_line(booking, now=now)),
    ),
    EditableLetter(
        "bookings/passed_over",
        _l("Overgeslagen op de wachtlijst"),
        ("subject", "opening", "closing"),
        _PLACE,
        _example(_pass_over),
    ),
)

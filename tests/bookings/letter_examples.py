"""How each letter about places comes to be, for tests/test_letters.py."""

from festival.bookings import letters
from festival.bookings.models import Booking
from festival.db import db
from festival.languages import Bilingual
from tests import make


def booking(language: str) -> Booking:
    order = make.order(language=language, name="Mia Jansen", email="mia@example.org")
    order.tickets[0].holder_name = "Mia Jansen"
    session = make.session(title=Bilingual("Samen soep koken", "Making soup together"))
    row = Booking(ticket=order.tickets[0], slot=make.slot(session), booked_at=make.NOW)
    db.session.add(row)
    db.session.flush()
    return row


def place_booked(language: str) -> None:
    letters.place_booked(booking(language), now=make.NOW)


def booking_cancelled(language: str) -> None:
    row = booking(language)
    row.cancelled_at = make.NOW
    letters.booking_cancelled(row, now=make.NOW)

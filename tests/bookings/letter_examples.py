"""How each letter about places comes to be, for tests/test_letters.py."""

from datetime import UTC, datetime

from festival.bookings.models import Booking
from festival.bookings.rules import places, waiting_list
from festival.db import db
from festival.mail.models import Letter
from festival.programme.models.sessions import Session, Slot
from festival.tickets.models import Ticket
from festival.web.languages import Bilingual
from tests import make


def ticket(language: str) -> Ticket:
    row = make.ticket(language=language, email="mia@example.org")
    row.holder_name = "Mia Jansen"
    return row


def coaching() -> Slot:
    """On Sunday at 11.00, after the clocks went back."""
    return make.slot(
        make.session(kind="coaching", title=Bilingual("Waar begin ik?", "Where do I start?")),
        stage=make.stage(
            name=Bilingual("De Coachhoek", "The Coaching Corner"),
            floor=Bilingual("Begane grond, bij de ingang", "Ground floor, by the entrance"),
        ),
        starts=datetime(2026, 10, 25, 10, 0, tzinfo=UTC),
        minutes=20,
        places=1,
    )


def place_booked(language: str) -> None:
    question = "Mijn buren willen ook.\nHoe vraag ik het de corporatie?"
    places.book_slot(ticket(language), coaching(), question=question, now=make.NOW)


def booking_cancelled(language: str) -> None:
    booking: Booking = make.booking(ticket(language), coaching(), question="Hoe?", now=make.NOW)
    places.cancel_booking(booking, now=make.NOW)


def place_swapped(language: str) -> None:
    former = make.slot(make.session(title=Bilingual("Brood bakken", "Baking bread")))
    booking = make.booking(ticket(language), former, now=make.NOW)
    places.swap_booking(booking, coaching(), question="Hoe begin ik?", now=make.NOW)


def place_from_line(language: str) -> None:
    _waited(language, [])


def passed_over(language: str) -> None:
    elsewhere = make.session(title=Bilingual("Soep van de buurt", "Neighbourhood soup"))
    _waited(language, [elsewhere])


def _waited(language: str, meanwhile: list[Session]) -> None:
    """A place came free for Mia, who booked something else at that time `meanwhile`."""
    bread = make.session(title=Bilingual("Brood bakken", "Baking bread"))
    oven = make.stage(
        name=Bilingual("De Oven", "The Oven"), floor=Bilingual("Achter het hek", "Behind the gate")
    )
    slot = make.slot(bread, stage=oven, places=1)
    booking = make.booking(make.ticket(), slot, now=make.NOW)
    mia = ticket(language)
    waiting_list.join_waiting_list(mia, slot, now=make.NOW)
    for session in meanwhile:
        make.booking(mia, make.slot(session, starts=slot.starts_at), now=make.NOW)
    places.cancel_booking(booking, now=make.NOW)
    db.session.query(Letter).delete()
    db.session.commit()
    waiting_list.fill_slot(slot.id, now=make.NOW)

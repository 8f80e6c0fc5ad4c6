"""One ticket books overlapping sessions, from several phones at once: one of them is booked."""

from datetime import timedelta

from festival.bookings.models import Booking
from festival.bookings.rules import places
from festival.db import db
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket
from tests import make
from tests.races.at_once import at_once
from tests.races.test_last_place import answer

PHONES = 8
ROUNDS = 4


def race(app, slots, *, question=""):
    """What each phone heard, booking another of `slots` for one ticket; how many places it has."""
    ticket_id, slot_ids = make.ticket().id, [slot.id for slot in slots]

    def book(n):
        ticket, slot = db.session.get(Ticket, ticket_id), db.session.get(Slot, slot_ids[n])
        return answer(places.book_slot, ticket, slot, question=question, now=make.NOW)

    answers = at_once(app, book, len(slots))
    held = db.session.query(Booking).filter_by(ticket_id=ticket_id).count()
    taken = sum(slot.taken for slot in db.session.query(Slot).filter(Slot.id.in_(slot_ids)))
    assert taken == held
    return sorted(answers), held


def test_one_of_the_overlapping_sessions_is_booked(any_app):
    for _ in range(ROUNDS):
        answers, held = race(any_app, [make.slot() for _ in range(PHONES)])
        assert answers == ["Overlaps"] * (PHONES - 1) + ["yes"]
        assert held == 1


def test_coaches_at_once_are_not_more_than_a_ticket_may_have(any_app):
    for _ in range(ROUNDS):
        coach = make.session(kind="coaching")
        first = make.slot(coach, minutes=20, places=1)
        slots = [
            make.slot(coach, starts=first.starts_at + timedelta(hours=n), minutes=20, places=1)
            for n in range(1, PHONES)
        ]
        answers, held = race(any_app, [first, *slots], question="Hoe begin ik?")
        assert answers == ["EnoughCoaching"] * (PHONES - 1) + ["yes"]
        assert held == 1


def test_sixteen_clicks_on_book_make_one_booking(any_app):
    slot, ticket = make.slot(places=1), make.ticket()
    slot_id, ticket_id = slot.id, ticket.id

    def book(_):
        ticket, slot = db.session.get(Ticket, ticket_id), db.session.get(Slot, slot_id)
        return answer(places.book_slot, ticket, slot, now=make.NOW)

    assert sorted(at_once(any_app, book)) == ["AlreadyBooked"] * 15 + ["yes"]
    assert db.session.get(Slot, slot_id).taken == 1

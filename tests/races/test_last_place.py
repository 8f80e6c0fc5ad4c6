"""Sixteen visitors want the last places of a slot at the same instant; a place comes back once."""

from festival.bookings.models import Booking
from festival.bookings.rules import places
from festival.db import db
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket
from tests import make
from tests.races.at_once import answer, at_once

VISITORS = 16
ROUNDS = 3


def test_one_of_sixteen_gets_the_last_place(any_app):
    order_type = make.ticket_type()
    for _ in range(ROUNDS):
        slot = make.slot(places=3, taken=2)
        tickets = [ticket.id for ticket in make.order(tickets=VISITORS, of=order_type).tickets]
        slot_id = slot.id

        def book(n, tickets=tickets, slot_id=slot_id):
            ticket, slot = db.session.get(Ticket, tickets[n]), db.session.get(Slot, slot_id)
            return answer(places.book_slot, ticket, slot, now=make.NOW)

        assert sorted(at_once(any_app, book, VISITORS)) == ["SlotFull"] * 15 + ["yes"]
        assert db.session.get(Slot, slot_id).taken == 3
        assert db.session.query(Booking).filter_by(slot_id=slot_id).count() == 1


def test_sixteen_clicks_on_cancel_give_one_place_back(any_app):
    for _ in range(ROUNDS):
        slot, ticket = make.slot(places=20), make.ticket()
        others = [make.ticket() for _ in range(3)]
        booking = make.booking(ticket, slot, now=make.NOW)
        for other in others:
            make.booking(other, slot, now=make.NOW)
        booking_id, slot_id = booking.id, slot.id

        def cancel(_, booking_id=booking_id):
            return answer(places.cancel_booking, db.session.get(Booking, booking_id), now=make.NOW)

        answers = at_once(any_app, cancel, VISITORS)
        assert sorted(answers) == ["AlreadyCancelled"] * 15 + ["yes"]
        assert db.session.get(Slot, slot_id).taken == 3


def test_a_cancellation_and_a_release_at_once_give_one_place_back(any_app):
    for _ in range(ROUNDS):
        slot, ticket = make.slot(places=20), make.ticket()
        booking = make.booking(ticket, slot, now=make.NOW)
        booking_id, slot_id, ticket_id = booking.id, slot.id, ticket.id

        def give_back(n, booking_id=booking_id, ticket_id=ticket_id):
            if n % 2:
                return answer(
                    places.cancel_booking, db.session.get(Booking, booking_id), now=make.NOW
                )
            return places.release_places([db.session.get(Ticket, ticket_id)], now=make.NOW)

        answers = at_once(any_app, give_back, VISITORS)
        assert answers.count("yes") + answers.count(1) == 1
        assert db.session.get(Slot, slot_id).taken == 0

"""Taking places and giving them back: every refusal, and what stands in the database afterwards."""

from datetime import UTC, datetime, timedelta

import pytest

from festival.bookings.models import Booking, WaitingListEntry
from festival.bookings.rules import places
from festival.db import db
from festival.mail.models import Letter
from festival.programme import slot_capacity
from festival.programme.models.sessions import Slot
from festival.web.languages import Bilingual
from tests import make

ELEVEN = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)  # on the clocks of the festival


def taken(slot: Slot) -> int:
    db.session.expire_all()
    return db.session.get(Slot, slot.id).taken


def live() -> int:
    return db.session.query(Booking).filter(Booking.cancelled_at.is_(None)).count()


def coach_slot(**values):
    return make.slot(make.session(kind="coaching"), minutes=20, places=1, **values)


class TestBookSlot:
    def test_a_place_is_taken_once_and_a_letter_tells_of_it(self, any_app):
        ticket, slot = make.ticket(), make.slot(places=2)
        booking = places.book_slot(ticket, slot, now=make.NOW)
        assert (booking.ticket_id, booking.slot_id) == (ticket.id, slot.id)
        assert taken(slot) == 1
        letter = db.session.query(Letter).one()
        assert letter.to == ticket.email
        assert str(slot.session.title) in letter.subject
        assert letter.attachments == [{"kind": "agenda_ics", "reference": ticket.secret}]

    def test_the_letter_is_in_the_language_of_the_order(self, app):
        title = Bilingual("Brood bakken", "Baking bread")
        slot = make.slot(make.session(title=title))
        places.book_slot(make.ticket(language="en"), slot, now=make.NOW)
        letter = db.session.query(Letter).one()
        assert "Baking bread" in letter.subject
        assert "Friday 23 October, 11.00–12.00" in letter.body_text

    def test_a_ticket_that_is_not_paid_yet_may_book(self, app):
        slot = make.slot()
        places.book_slot(make.ticket(confirmed_at=None), slot, now=make.NOW)
        assert taken(slot) == 1

    def test_the_last_place_and_no_more(self, any_app):
        slot = make.slot(places=1)
        places.book_slot(make.ticket(), slot, now=make.NOW)
        with pytest.raises(slot_capacity.SlotFull):
            places.book_slot(make.ticket(), slot, now=make.NOW)
        assert (taken(slot), live()) == (1, 1)

    def test_a_second_click_hears_that_there_is_a_place_and_not_that_it_is_full(self, any_app):
        ticket, slot = make.ticket(), make.slot(places=1)
        places.book_slot(ticket, slot, now=make.NOW)
        with pytest.raises(places.AlreadyBooked):
            places.book_slot(ticket, slot, now=make.NOW)
        assert (taken(slot), live(), db.session.query(Letter).count()) == (1, 1, 1)

    def test_booking_closes_a_quarter_before_the_start(self, app):
        ticket, slot = make.ticket(), make.slot(starts=ELEVEN)
        with pytest.raises(places.BookingClosed):
            places.book_slot(ticket, slot, now=ELEVEN - timedelta(minutes=15))
        places.book_slot(ticket, slot, now=ELEVEN - timedelta(minutes=15, seconds=1))

    def test_a_released_ticket_books_nothing(self, app):
        ticket = make.ticket()
        ticket.released_at = make.NOW
        db.session.commit()
        slot = make.slot()
        with pytest.raises(places.TicketReleased):
            places.book_slot(ticket, slot, now=make.NOW)
        assert taken(slot) == 0

    def test_a_ticket_books_only_on_its_own_days(self, app):
        ticket = make.ticket(of=make.ticket_type(days=["2026-10-24"]))
        with pytest.raises(places.NotAdmitted) as refusal:
            places.book_slot(ticket, make.slot(starts=ELEVEN), now=make.NOW)
        assert "vrijdag 23 oktober" in str(refusal.value)

    def test_the_night_belongs_to_the_day_before(self, app):
        ticket = make.ticket(of=make.ticket_type(days=["2026-10-23"]))
        late = make.slot(starts=datetime(2026, 10, 23, 23, 0, tzinfo=UTC))  # Saturday, 1.00
        places.book_slot(ticket, late, now=make.NOW)

    def test_a_ticket_of_another_edition_books_nothing_here(self, app):
        slot = make.slot()
        other = make.edition(is_current=False)
        ticket = make.ticket(edition_id=other.id)
        with pytest.raises(places.NotAdmitted):
            places.book_slot(ticket, slot, now=make.NOW)

    def test_a_slot_without_booking_is_refused(self, app):
        with pytest.raises(places.NoBookingNeeded):
            places.book_slot(make.ticket(), make.slot(places=None), now=make.NOW)

    def test_overlap_names_the_other_session_and_its_hours(self, any_app):
        ticket = make.ticket()
        first = make.slot(make.session(title=Bilingual("Brood bakken", "")), minutes=90)
        places.book_slot(ticket, first, now=make.NOW)
        second = make.slot(starts=ELEVEN + timedelta(minutes=89))
        with pytest.raises(places.Overlaps) as refusal:
            places.book_slot(ticket, second, now=make.NOW)
        assert "Brood bakken, 11.00–12.30 uur" in str(refusal.value)
        assert (taken(second), live()) == (0, 1)

    def test_back_to_back_slots_do_not_overlap(self, app):
        ticket = make.ticket()
        for hours in (0, 1, -1):
            slot = make.slot(starts=ELEVEN + timedelta(hours=hours))
            places.book_slot(ticket, slot, now=make.NOW)
        assert live() == 3

    def test_a_cancelled_place_is_no_overlap_and_can_be_booked_again(self, any_app):
        ticket, slot = make.ticket(), make.slot(places=1)
        places.cancel_booking(places.book_slot(ticket, slot, now=make.NOW), now=make.NOW)
        places.book_slot(ticket, slot, now=make.NOW)
        assert (taken(slot), live()) == (1, 1)

    def test_a_coach_wants_to_know_the_question(self, app):
        ticket, slot = make.ticket(), coach_slot()
        for question in ("", "  \n "):
            with pytest.raises(places.QuestionNeeded):
                places.book_slot(ticket, slot, question=question, now=make.NOW)
        booking = places.book_slot(ticket, slot, question=" Hoe begin ik? ", now=make.NOW)
        assert booking.question == "Hoe begin ik?"

    def test_only_a_coach_gets_a_question(self, app):
        booking = places.book_slot(make.ticket(), make.slot(), question="Hoi", now=make.NOW)
        assert booking.question == ""

    def test_no_more_coaching_than_the_edition_allows(self, app):
        make.edition(coaching_per_ticket=2)
        ticket = make.ticket()
        slots = [coach_slot(starts=ELEVEN + timedelta(hours=n)) for n in range(3)]
        for slot in slots[:2]:
            places.book_slot(ticket, slot, question="Hoe?", now=make.NOW)
        with pytest.raises(places.EnoughCoaching) as refusal:
            places.book_slot(ticket, slots[2], question="Hoe?", now=make.NOW)
        assert "2 keer" in str(refusal.value)
        places.book_slot(ticket, make.slot(starts=slots[2].starts_at), now=make.NOW)


class TestBookSlots:
    def test_all_or_none_and_the_refusal_says_which(self, any_app):
        order = make.order(tickets=2)
        free, full = make.slot(), make.slot(starts=ELEVEN + timedelta(hours=2), places=0)
        requests = [places.PlaceRequest(ticket, free) for ticket in order.tickets]
        requests.append(places.PlaceRequest(order.tickets[1], full))
        with pytest.raises(slot_capacity.SlotFull) as refusal:
            places.book_slots(requests, now=make.NOW)
        assert refusal.value.details["request"] is requests[2]
        assert (taken(free), live()) == (0, 0)

    def test_requests_of_one_ticket_may_not_overlap_each_other(self, app):
        ticket = make.ticket()
        with pytest.raises(places.Overlaps):
            places.book_slots(
                [
                    places.PlaceRequest(ticket, make.slot()),
                    places.PlaceRequest(ticket, make.slot()),
                ],
                now=make.NOW,
            )
        assert live() == 0

    def test_requests_count_towards_the_coaching_of_a_ticket(self, app):
        ticket = make.ticket()
        requests = [
            places.PlaceRequest(ticket, coach_slot(starts=ELEVEN + timedelta(hours=n)), "Hoe?")
            for n in range(2)
        ]
        with pytest.raises(places.EnoughCoaching):
            places.book_slots(requests, now=make.NOW)

    def test_it_writes_no_letters(self, app):
        places.book_slots([places.PlaceRequest(make.ticket(), make.slot())], now=make.NOW)
        assert db.session.query(Letter).count() == 0

    def test_places_for_four_tickets_cost_few_queries(self, app, count_queries):
        order = make.order(tickets=4)
        slots = [make.slot(starts=ELEVEN + timedelta(hours=n)) for n in range(3)]
        requests = [places.PlaceRequest(ticket, slot) for ticket in order.tickets for slot in slots]
        with count_queries() as queries:
            places.book_slots(requests, now=make.NOW)
        # Tickets, slots and what they hold; then an insert and a claim for each of twelve places.
        statements = [each for each in queries if not each.startswith(("BEGIN", "COMMIT"))]
        assert sum(each.startswith(("INSERT", "UPDATE slot")) for each in statements) == 24
        assert len(statements) == 27


class TestCancelBooking:
    def test_the_place_is_given_back_and_a_letter_tells_of_it(self, any_app):
        slot = make.slot()
        booking = make.booking(make.ticket(), slot, now=make.NOW)
        places.cancel_booking(booking, now=make.NOW)
        assert (taken(slot), live()) == (0, 0)
        assert db.session.query(Letter).one().name == "bookings/booking_cancelled"

    def test_cancelling_twice_gives_back_one_place(self, any_app):
        slot = make.slot()
        booking = make.booking(make.ticket(), slot, now=make.NOW)
        make.booking(make.ticket(), slot, now=make.NOW)
        places.cancel_booking(booking, now=make.NOW)
        with pytest.raises(places.AlreadyCancelled):
            places.cancel_booking(booking, now=make.NOW)
        assert taken(slot) == 1
        assert db.session.query(Letter).count() == 1

    def test_not_after_booking_closed(self, app):
        slot = make.slot(starts=ELEVEN)
        booking = make.booking(make.ticket(), slot, now=make.NOW)
        with pytest.raises(places.CancellingClosed):
            places.cancel_booking(booking, now=ELEVEN - timedelta(minutes=15))
        assert taken(slot) == 1


class TestReleasePlaces:
    def test_all_places_of_all_tickets_come_back_once(self, any_app):
        order = make.order(tickets=3)
        early, late = make.slot(), make.slot(starts=ELEVEN + timedelta(hours=3))
        for ticket in order.tickets:
            make.booking(ticket, early, now=make.NOW)
        make.booking(order.tickets[0], late, now=make.NOW)
        make.booking(make.ticket(), early, now=make.NOW)
        assert places.release_places(order.tickets, now=make.NOW) == 4
        assert (taken(early), taken(late), live()) == (1, 0, 1)
        assert places.release_places(order.tickets, now=make.NOW) == 0
        assert (taken(early), taken(late)) == (1, 0)

    def test_waiting_ends(self, any_app):
        ticket, slot = make.ticket(), make.slot()
        make.booking(ticket, slot, now=make.NOW)
        db.session.add(WaitingListEntry(ticket=ticket, slot=slot, joined_at=make.NOW))
        db.session.commit()
        assert places.release_places([ticket], now=make.NOW) == 1
        assert taken(slot) == 0
        assert db.session.query(WaitingListEntry).one().left_at == make.NOW

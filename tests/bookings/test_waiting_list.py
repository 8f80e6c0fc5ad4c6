"""Standing in line for a full slot: who gets the place that comes free, and who hears what."""

from datetime import UTC, datetime, timedelta

import pytest

from festival import jobs
from festival.bookings.models import Booking, WaitingListEntry
from festival.bookings.queries import bookable_slots, waiting_list
from festival.bookings.rules import places
from festival.bookings.rules import waiting_list as waiting_list_rules
from festival.db import db
from festival.mail.models import Letter
from festival.programme import slot_capacity
from festival.programme.models.sessions import Slot
from festival.web.languages import Bilingual
from tests import make

LATER = make.NOW + timedelta(hours=1)
BREAD = Bilingual("Brood bakken", "Baking bread")


def full_slot(**values) -> tuple[Slot, Booking]:
    """A slot of one place, and who has it."""
    slot = make.slot(make.session(title=BREAD), places=1, **values)
    return slot, make.booking(make.ticket(), slot, now=make.NOW)


def line(slot) -> list[int]:
    """The tickets in line for the slot."""
    entries = db.session.query(WaitingListEntry).filter_by(slot_id=slot.id, left_at=None)
    return [entry.ticket_id for entry in entries.order_by(WaitingListEntry.id)]


def holders(slot) -> list[int]:
    rows = db.session.query(Booking).filter_by(slot_id=slot.id, cancelled_at=None)
    held = [booking.ticket_id for booking in rows.order_by(Booking.id)]
    db.session.expire_all()
    assert db.session.get(Slot, slot.id).taken == len(held)
    return held


def subjects(ticket) -> list[str]:
    rows = db.session.query(Letter).filter_by(to=ticket.email).order_by(Letter.id)
    return [letter.subject for letter in rows]


class TestJoinWaitingList:
    def test_a_ticket_joins_the_end_of_the_line_once(self, any_app):
        slot, _ = full_slot()
        first, second = make.ticket(), make.ticket()
        waiting_list_rules.join_waiting_list(first, slot, now=make.NOW)
        waiting_list_rules.join_waiting_list(second, slot, now=make.NOW)
        with pytest.raises(waiting_list_rules.AlreadyWaiting):
            waiting_list_rules.join_waiting_list(first, slot, now=LATER)
        assert line(slot) == [first.id, second.id]
        [mine] = waiting_list.waiting_of(second, now=LATER)
        assert (mine.slot.id, mine.position, mine.waiting) == (slot.id, 2, 2)
        assert db.session.query(Letter).count() == 0

    def test_no_line_for_a_slot_with_places(self, app):
        slot = make.slot(places=1)
        with pytest.raises(waiting_list_rules.HasPlaces):
            waiting_list_rules.join_waiting_list(make.ticket(), slot, now=make.NOW)

    def test_a_ticket_with_a_place_does_not_join(self, app):
        slot, booking = full_slot()
        with pytest.raises(places.AlreadyBooked):
            waiting_list_rules.join_waiting_list(booking.ticket, slot, now=make.NOW)

    def test_a_coach_has_no_line(self, app):
        slot = make.slot(make.session(kind="coaching"), places=1, taken=1)
        with pytest.raises(waiting_list_rules.NoWaitingList):
            waiting_list_rules.join_waiting_list(make.ticket(), slot, now=make.NOW)

    def test_no_line_for_unbooked_cancelled_or_closed_slots(self, app):
        ticket = make.ticket()
        open_to_all = make.slot(places=None)
        cancelled = make.slot(places=1, taken=1, state="cancelled")
        soon = make.slot(places=1, taken=1)
        for slot, now, refusal in (
            (open_to_all, make.NOW, places.NoBookingNeeded),
            (cancelled, make.NOW, slot_capacity.SlotChanged),
            (soon, soon.booking_closes_at, places.BookingClosed),
        ):
            with pytest.raises(refusal):
                waiting_list_rules.join_waiting_list(ticket, slot, now=now)

    def test_an_overlapping_slot_is_waited_for_only_to_swap(self, app):
        slot, _ = full_slot()
        ticket = make.ticket()
        other = make.booking(ticket, make.slot(starts=slot.starts_at), now=make.NOW)
        with pytest.raises(places.Overlaps):
            waiting_list_rules.join_waiting_list(ticket, slot, now=make.NOW)
        waiting_list_rules.join_waiting_list(ticket, slot, swap=other, now=make.NOW)
        [mine] = waiting_list.waiting_of(ticket, now=LATER)
        assert mine.instead_of.id == other.slot_id

    def test_another_ticket_s_place_cannot_be_given_up(self, app):
        slot, theirs = full_slot()
        ticket = make.ticket()
        waiting_list_rules.join_waiting_list(ticket, slot, swap=theirs, now=make.NOW)
        [mine] = waiting_list.waiting_of(ticket, now=LATER)
        assert mine.instead_of is None


class TestLeaveWaitingList:
    def test_leaving_twice_is_fine(self, any_app):
        slot, _ = full_slot()
        first, second = make.ticket(), make.ticket()
        for ticket in (first, second):
            waiting_list_rules.join_waiting_list(ticket, slot, now=make.NOW)
        for _ in range(2):
            waiting_list_rules.leave_waiting_list(first, slot, now=LATER)
        assert line(slot) == [second.id]
        [mine] = waiting_list.waiting_of(second, now=LATER)
        assert mine.position == 1

    def test_a_ticket_that_is_given_back_leaves_every_line(self, app):
        slot, _ = full_slot()
        ticket = make.ticket()
        waiting_list_rules.join_waiting_list(ticket, slot, now=make.NOW)
        places.release_places([ticket], now=LATER)
        assert line(slot) == []


class TestFillSlot:
    def test_the_first_in_line_gets_the_place_and_a_letter(self, any_app):
        slot, booking = full_slot()
        first, second = make.ticket(), make.ticket(language="en")
        for ticket in (first, second):
            waiting_list_rules.join_waiting_list(ticket, slot, now=make.NOW)
        assert waiting_list_rules.fill_slot(slot.id, now=LATER) == [], "it is full"
        places.cancel_booking(booking, now=LATER)
        [placed] = waiting_list_rules.fill_slot(slot.id, now=LATER)
        assert placed.ticket_id == first.id
        assert holders(slot) == [first.id]
        assert line(slot) == [second.id]
        assert subjects(first) == ["Er is plek voor je: Brood bakken"]
        assert subjects(second) == []
        [letter] = db.session.query(Letter).filter_by(to=first.email)
        assert letter.attachments == [{"kind": "agenda_ics", "reference": first.secret}]
        assert waiting_list_rules.fill_slot(slot.id, now=LATER) == [], "once"

    def test_others_cannot_book_a_place_that_is_waited_for(self, any_app):
        slot, booking = full_slot()
        waiting, quick = make.ticket(), make.ticket()
        waiting_list_rules.join_waiting_list(waiting, slot, now=make.NOW)
        places.cancel_booking(booking, now=LATER)
        with pytest.raises(slot_capacity.SlotFull):
            places.book_slot(quick, slot, now=LATER)
        [group] = bookable_slots.choosable_slots(slot.session.edition, LATER)
        [row] = group.workshops
        assert (row.places_left, row.waiting) == (0, 1)
        waiting_list_rules.fill_slot(slot.id, now=LATER)
        assert holders(slot) == [waiting.id]

    def test_a_job_is_queued_only_for_a_place_that_is_waited_for(self, app):
        heard = []
        app.extensions["jobs"] = queue = jobs.Jobs(app)
        queue.enqueue = lambda name, *ids: heard.append((name, *ids))
        slot, booking = full_slot()
        other, unwanted = full_slot()
        waiting_list_rules.join_waiting_list(make.ticket(), slot, now=make.NOW)
        heard.clear()
        places.cancel_booking(booking, now=LATER)
        places.release_places([unwanted.ticket], now=LATER)
        assert [each for each in heard if each[0] == "fill_slot"] == [("fill_slot", slot.id)]
        assert waiting_list.slots_to_fill(now=LATER) == [slot.id], (
            "and if it does not, the sweep finds"
        )
        assert holders(other) == []

    def test_all_the_places_of_an_order_that_lapses(self, any_app):
        slot = make.slot(places=3)
        tickets = make.order(tickets=3).tickets
        for ticket in tickets:
            make.booking(ticket, slot, now=make.NOW)
        waiting = [make.ticket() for _ in range(4)]
        for ticket in waiting:
            waiting_list_rules.join_waiting_list(ticket, slot, now=make.NOW)
        places.release_places(tickets, now=LATER)
        waiting_list_rules.fill_slot(slot.id, now=LATER)
        assert holders(slot) == [ticket.id for ticket in waiting[:3]]
        assert line(slot) == [waiting[3].id]

    def test_an_overlapping_booking_is_passed_over_with_one_letter_and_stays_in_line(self, any_app):
        slot, booking = full_slot()
        first, second = make.ticket(language="en"), make.ticket()
        for ticket in (first, second):
            waiting_list_rules.join_waiting_list(ticket, slot, now=make.NOW)
        soup = make.session(title=Bilingual("Soep", "Soup"))
        make.booking(first, make.slot(soup, starts=slot.starts_at), now=make.NOW)
        places.cancel_booking(booking, now=LATER)
        waiting_list_rules.fill_slot(slot.id, now=LATER)
        assert holders(slot) == [second.id]
        assert line(slot) == [first.id]
        assert subjects(first) == ["There was a place, but it did not fit: Baking bread"]
        [letter] = db.session.query(Letter).filter_by(to=first.email)
        assert "Soup, 11.00–12.00" in letter.body_text
        [theirs] = db.session.query(Booking).filter_by(ticket_id=second.id)
        places.cancel_booking(theirs, now=LATER)
        waiting_list_rules.fill_slot(slot.id, now=LATER)
        assert len(subjects(first)) == 1
        # Nobody who could come waits now: the place is for everybody.
        places.book_slot(make.ticket(), slot, now=LATER)

    def test_a_passed_over_ticket_that_books_later_leaves_the_line(self, any_app):
        slot, booking = full_slot()
        ticket = make.ticket()
        waiting_list_rules.join_waiting_list(ticket, slot, now=make.NOW)
        other = make.booking(ticket, make.slot(starts=slot.starts_at), now=make.NOW)
        places.cancel_booking(booking, now=LATER)
        waiting_list_rules.fill_slot(slot.id, now=LATER)
        assert [mine.slot.id for mine in waiting_list.waiting_of(ticket, now=LATER)] == [slot.id]
        places.cancel_booking(other, now=LATER)
        places.book_slot(ticket, slot, now=LATER)
        assert waiting_list.waiting_of(ticket, now=LATER) == []
        assert waiting_list.who_waits(slot.session)[slot.id] == []

    def test_a_swap_gives_the_other_place_back(self, any_app):
        slot, booking = full_slot()
        ticket, next_one = make.ticket(), make.ticket()
        other = make.slot(make.session(title=Bilingual("Soep")), starts=slot.starts_at, places=1)
        former = make.booking(ticket, other, now=make.NOW)
        waiting_list_rules.join_waiting_list(ticket, slot, swap=former, now=make.NOW)
        waiting_list_rules.join_waiting_list(next_one, other, now=make.NOW)
        places.cancel_booking(booking, now=LATER)
        waiting_list_rules.fill_slot(slot.id, now=LATER)
        assert (holders(slot), holders(other)) == ([ticket.id], [])
        assert subjects(ticket) == ["Geruild: Brood bakken"]
        waiting_list_rules.fill_slot(other.id, now=LATER)
        assert holders(other) == [next_one.id]

    def test_a_swap_whose_other_place_is_gone_already_still_gets_the_place(self, app):
        slot, booking = full_slot()
        ticket = make.ticket()
        former = make.booking(ticket, make.slot(starts=slot.starts_at), now=make.NOW)
        waiting_list_rules.join_waiting_list(ticket, slot, swap=former, now=make.NOW)
        places.cancel_booking(former, now=make.NOW)
        places.cancel_booking(booking, now=LATER)
        waiting_list_rules.fill_slot(slot.id, now=LATER)
        assert holders(slot) == [ticket.id]

    @pytest.mark.parametrize("change", [{"is_full": True}, {"state": "cancelled"}])
    def test_no_place_is_given_where_none_can_be_booked(self, app, change):
        slot, booking = full_slot()
        waiting_list_rules.join_waiting_list(make.ticket(), slot, now=make.NOW)
        places.cancel_booking(booking, now=LATER)
        for name, value in change.items():
            setattr(slot, name, value)
        db.session.commit()
        assert waiting_list.slots_to_fill(now=LATER) == []
        assert waiting_list_rules.fill_slot(slot.id, now=LATER) == []

    def test_the_line_ends_when_booking_closes(self, app):
        slot, booking = full_slot()
        ticket = make.ticket()
        waiting_list_rules.join_waiting_list(ticket, slot, now=make.NOW)
        places.cancel_booking(booking, now=LATER)
        closed = slot.booking_closes_at
        assert waiting_list.slots_to_fill(now=closed) == []
        assert waiting_list_rules.fill_slot(slot.id, now=closed) == []
        assert waiting_list.waiting_of(ticket, now=closed) == []

    def test_a_ticket_not_admitted_on_the_new_day_is_passed_over(self, app):
        slot, booking = full_slot()
        of = make.ticket_type(days=[make.FRIDAY.isoformat()])
        ticket = make.ticket(of=of)
        waiting_list_rules.join_waiting_list(ticket, slot, now=make.NOW)
        slot.starts_at, slot.ends_at = (
            datetime(2026, 10, 24, hour, tzinfo=UTC) for hour in (9, 10)
        )
        db.session.commit()
        places.cancel_booking(booking, now=LATER)
        assert waiting_list_rules.fill_slot(slot.id, now=LATER) == []
        assert holders(slot) == []
        assert line(slot) == [ticket.id]

"""What the holder of a place can do when its slot was moved or cancelled."""

from datetime import timedelta

import pytest

from festival import clock
from festival.bookings.models import TIME_TO_ANSWER, Booking
from festival.bookings.queries import bookable_slots
from festival.bookings.rules import places
from festival.db import db
from festival.mail.models import Letter
from festival.programme import slot_capacity
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket
from festival.web.languages import Bilingual
from tests import make
from tests.bookings.test_rules import ELEVEN, coach_slot, live, taken
from tests.bookings.test_views import read
from tests.races.at_once import at_once
from tests.races.test_last_place import answer

MOVED_AT = make.NOW + timedelta(hours=1)
LATER = make.NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def three_weeks_before(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


def change(slot, **values):
    """What a release or a change on the day does to a slot."""
    for name, value in {"moved_at": MOVED_AT, "changed_at": MOVED_AT, **values}.items():
        setattr(slot, name, value)
    slot.sequence += 1
    db.session.commit()


def move(slot, *, hours, stage=None, at=MOVED_AT):
    former = {"moved_from_at": slot.starts_at, "moved_from_stage_id": slot.stage_id}
    by = timedelta(hours=hours)
    change(slot, starts_at=slot.starts_at + by, ends_at=slot.ends_at + by, moved_at=at,
           stage_id=(stage or slot.stage).id, **former)  # fmt: skip


def booked(ticket=None, slot=None, **values):
    return make.booking(ticket or make.ticket(), slot or make.slot(), now=make.NOW, **values)


def letters():
    return [letter.subject for letter in db.session.query(Letter).order_by(Letter.id)]


class TestKeepBooking:
    def test_the_answer_is_kept_and_not_asked_again(self, any_app):
        booking = booked()
        assert not booking.needs_answer
        move(booking.slot, hours=2)
        assert booking.needs_answer
        places.keep_booking(booking, now=LATER)
        places.keep_booking(booking, now=LATER)
        assert booking.kept_at == LATER
        assert not booking.needs_answer
        move(booking.slot, hours=1, at=LATER + timedelta(minutes=1))
        assert booking.needs_answer

    def test_a_booking_made_after_the_move_needs_no_answer(self, app):
        slot = make.slot()
        move(slot, hours=2, at=make.NOW)
        assert not booked(slot=slot).needs_answer

    def test_a_given_up_place_is_not_kept(self, any_app):
        booking = booked()
        places.cancel_booking(booking, now=make.NOW)
        with pytest.raises(places.AlreadyCancelled):
            places.keep_booking(booking, now=LATER)
        assert booking.kept_at is None


class TestCancelAfterwards:
    def test_a_moved_place_may_be_given_back_for_a_while_though_it_closed(self, app):
        booking = booked(slot=make.slot(starts=ELEVEN))
        ten_to = ELEVEN - timedelta(minutes=10)
        change(booking.slot, moved_from_at=ELEVEN + timedelta(hours=2), moved_at=ten_to)
        with pytest.raises(places.CancellingClosed):
            places.cancel_booking(booking, now=ten_to + TIME_TO_ANSWER)
        places.cancel_booking(booking, now=ten_to + TIME_TO_ANSWER - timedelta(seconds=1))
        assert taken(booking.slot) == 0

    def test_a_booking_made_after_the_move_gets_no_extra_time(self, app):
        slot = make.slot(starts=ELEVEN)
        change(slot, moved_at=make.NOW - timedelta(minutes=1))
        booking = booked(slot=slot)
        with pytest.raises(places.CancellingClosed):
            places.cancel_booking(booking, now=ELEVEN - timedelta(minutes=10))

    def test_a_cancelled_slot_is_taken_off_the_day_at_any_time_without_a_letter(self, any_app):
        booking = booked(slot=make.slot(starts=ELEVEN))
        change(booking.slot, state="cancelled")
        places.cancel_booking(booking, now=ELEVEN + timedelta(days=1))
        assert (taken(booking.slot), live(), letters()) == (0, 0, [])


class TestSwapBooking:
    def test_one_place_replaces_the_other_with_one_letter(self, any_app):
        one, two = make.slot(places=1), make.slot(places=1)  # at the same time
        for old, new in ((one, two), (two, one)):  # the lower id first, and last
            booking = booked(slot=old)
            swapped = places.swap_booking(booking, new, now=LATER)
            assert (swapped.slot_id, booking.cancelled_at) == (new.id, LATER)
            assert (taken(old), taken(new), live()) == (0, 1, 1)
            places.cancel_booking(swapped, now=LATER)
        assert len(letters()) == 4

    def test_nothing_is_lost_when_the_new_one_is_full(self, any_app):
        ticket, full, old, last = make.ticket(), make.slot(places=0), make.slot(), make.slot()
        booking = booked(ticket, old)
        for other in (full, last):
            other.places = 0
            db.session.commit()
            with pytest.raises(slot_capacity.SlotFull):
                places.swap_booking(booking, other, now=LATER)
        assert (booking.cancelled_at, taken(old), live(), letters()) == (None, 1, 1, [])

    def test_the_other_places_of_the_ticket_still_count(self, app):
        ticket = make.ticket()
        booking = booked(ticket)
        blocking = make.slot(starts=ELEVEN + timedelta(hours=3))
        booked(ticket, blocking)
        with pytest.raises(places.Overlaps):
            places.swap_booking(
                booking, make.slot(starts=ELEVEN + timedelta(hours=3, minutes=30)), now=LATER
            )

    def test_the_same_place_and_a_given_up_one_are_refused(self, app):
        booking = booked()
        with pytest.raises(places.AlreadyBooked):
            places.swap_booking(booking, booking.slot, now=LATER)
        places.cancel_booking(booking, now=LATER)
        with pytest.raises(places.NothingToSwap):
            places.swap_booking(booking, make.slot(), now=LATER)

    def test_no_swap_after_booking_closed(self, app):
        booking = booked(slot=make.slot(starts=ELEVEN))
        later_one = make.slot(starts=ELEVEN + timedelta(hours=3))
        with pytest.raises(places.CancellingClosed):
            places.swap_booking(booking, later_one, now=ELEVEN - timedelta(minutes=10))

    def test_the_question_goes_along_to_another_coach(self, app):
        ticket = make.ticket()
        booking = booked(ticket, coach_slot(), question="Hoe begin ik?")
        # One coach per ticket: the old one does not count any more.
        swapped = places.swap_booking(
            booking, coach_slot(starts=ELEVEN + timedelta(hours=2)), now=LATER
        )
        assert swapped.question == "Hoe begin ik?"

    def test_a_cancelled_coach_is_not_counted_either(self, app):
        ticket = make.ticket()
        change(booked(ticket, coach_slot(), question="Hoe?").slot, state="cancelled")
        make.booking(ticket, coach_slot(), question="Hoe?", now=LATER)

    def test_swaps_in_opposite_directions_do_not_deadlock(self, any_app):
        """Half go from one slot to the other and half come back, all at the same instant."""
        slots = [make.slot(places=8).id, make.slot(places=8).id]
        bookings = [
            booked(slot=db.session.get(Slot, slots[n % 2])).id for n in range(8)
        ]  # four places are free in each

        def swap(n):
            booking = db.session.get(Booking, bookings[n])
            return answer(
                places.swap_booking, booking, db.session.get(Slot, slots[1 - n % 2]), now=LATER
            )

        assert at_once(any_app, swap, 8) == ["yes"] * 8
        assert [db.session.get(Slot, n).taken for n in slots] == [4, 4]
        assert live() == 8

    def test_swapping_and_booking_at_once_do_not_overlap(self, any_app):
        ticket_id, booking_id = (mine := booked()).ticket_id, mine.id
        slots = [make.slot(starts=ELEVEN + timedelta(hours=4)).id for _ in range(8)]

        def take(n):
            slot = db.session.get(Slot, slots[n])
            if n % 2:
                return answer(
                    places.swap_booking, db.session.get(Booking, booking_id), slot, now=LATER
                )
            return answer(places.book_slot, db.session.get(Ticket, ticket_id), slot, now=LATER)

        answers = at_once(any_app, take, 8)
        assert answers.count("yes") == 1
        assert set(answers) <= {"yes", "Overlaps", "NothingToSwap"}

    def test_one_place_swapped_on_many_phones_is_one_place(self, any_app):
        booking_id, slots = booked().id, [make.slot(places=1).id for _ in range(8)]

        def swap(n):
            booking = db.session.get(Booking, booking_id)
            return answer(places.swap_booking, booking, db.session.get(Slot, slots[n]), now=LATER)

        assert sorted(at_once(any_app, swap, 8)) == ["NothingToSwap"] * 7 + ["yes"]
        assert sum(db.session.get(Slot, n).taken for n in slots) == 1
        assert live() == 1


class TestBookingWhatChanged:
    @pytest.mark.parametrize("state", ["cancelled", "dropped"])
    def test_a_cancelled_or_dropped_slot_is_not_booked(self, app, state):
        with pytest.raises(slot_capacity.SlotChanged):
            booked(slot=make.slot(state=state))

    def test_a_slot_declared_full_is_not_booked(self, any_app):
        slot = make.slot(is_full=True)
        with pytest.raises(slot_capacity.SlotFull):
            booked(slot=slot)
        assert taken(slot) == 0
        [group] = bookable_slots.choosable_slots(make.current_edition(), make.NOW)
        assert [row.places_left for row in group.workshops] == [0]

    def test_a_cancelled_place_does_not_stand_in_the_way(self, app):
        ticket = make.ticket()
        change(booked(ticket).slot, state="cancelled")
        make.booking(ticket, make.slot(), now=LATER)

    def test_the_page_keeps_what_was_typed(self, visitor):
        ticket = make.ticket()
        slot = make.slot(make.session(kind="coaching", title=Bilingual("Ria", "")), places=2)
        change(slot, state="dropped")
        make.slot(slot.session, places=2)
        page = visitor.post(
            f"/kaartje/{ticket.secret}/boeken", data={"slot": slot.code, "question": "Hoe nu?"}
        )
        assert "is net veranderd" in read(page, 409)
        assert live() == 0


def bread(**values):
    return make.session(title=Bilingual("Brood bakken", "Baking bread"), **values)


class TestPages:
    def page(self, visitor, ticket, prefix=""):
        return read(visitor.get(f"{prefix}/kaartje/{ticket.secret}"))

    def test_a_moved_place_says_so_and_offers_three_things(self, visitor):
        ticket = make.ticket()
        hall, table = (
            make.stage(name=Bilingual("De Hal", "")),
            make.stage(name=Bilingual("De Tafel")),
        )
        booking = booked(ticket, make.slot(bread(), stage=hall))
        move(booking.slot, hours=2, stage=table)
        text = self.page(visitor, ticket)
        assert "Verplaatst: was 11.00 uur, De Hal, nu 13.00 uur, De Tafel." in text
        for label in ("Houd deze plek", "Kies een ander moment", "Zeg af"):
            assert f"{label} : Brood bakken" in text
        assert "Moved: was 11.00, De Hal, now 13.00, De Tafel." in self.page(visitor, ticket, "/en")

        answer = visitor.post(f"/kaartje/{ticket.secret}/houden/{booking.slot.code}")
        assert answer.location == f"/kaartje/{ticket.secret}#houd-{booking.slot.code}"
        text = self.page(visitor, ticket)
        assert "Houd deze plek" not in text
        assert "Verplaatst: was 11.00 uur" in text
        assert visitor.post(f"/kaartje/{ticket.secret}/houden/GEEN").status_code == 404

    def test_a_cancelled_place_stays_and_says_why(self, visitor):
        ticket = make.ticket()
        booking = booked(ticket, make.slot(bread()))
        instead = make.slot(make.session(title=Bilingual("Soep koken", "")))
        change(
            booking.slot,
            state="cancelled",
            reason=Bilingual("De bakker is ziek.", "The baker is ill."),
            replaced_by_id=instead.id,
        )
        text = self.page(visitor, ticket)
        for words in ("Gaat niet door", "De bakker is ziek.", "Soep koken", "Haal van mijn dag"):
            assert words in text
        assert "The baker is ill." in self.page(visitor, ticket, "/en")
        path = f"/kaartje/{ticket.secret}/afzeggen/{booking.slot.code}"
        assert "Wil je dit van je dag halen?" in read(visitor.get(path))
        visitor.post(path)
        assert "Brood bakken" not in self.page(visitor, ticket)

    def test_a_dropped_one_stays_too(self, visitor):
        ticket = make.ticket()
        change(booked(ticket, make.slot(bread())).slot, state="dropped")
        assert "Gaat niet door" in self.page(visitor, ticket)

    def test_a_delay_shows_the_new_time(self, visitor):
        ticket = make.ticket()
        change(booked(ticket, make.slot(bread())).slot, delay_minutes=20)
        text = self.page(visitor, ticket)
        assert "11.20–12.20 uur" in text
        assert "Begint 20 minuten later: was 11.00–12.00 uur." in text

    def swap_path(self, booking):
        return f"/kaartje/{booking.ticket.secret}/ruilen/{booking.slot.code}"

    def test_the_page_lists_what_can_be_taken_instead(self, visitor):
        ticket = make.ticket()
        session = bread()
        booking = booked(ticket, make.slot(session))
        again = make.slot(session, starts=ELEVEN + timedelta(hours=4))
        full = make.slot(session, starts=ELEVEN + timedelta(hours=5), places=0)
        clash = make.slot(session, starts=ELEVEN + timedelta(hours=7))
        booked(ticket, make.slot(starts=ELEVEN + timedelta(hours=7)))
        then = make.slot(make.session(title=Bilingual("Soep koken", "")))
        other_time = make.slot(starts=ELEVEN + timedelta(hours=4))
        move(booking.slot, hours=2)  # to 13.00; at 11.00 there is time again
        page = visitor.get(self.swap_path(booking))
        text = read(page)
        assert "Verplaatst. Het was: 11.00 uur" in text
        for slot in (again, then):
            assert f'value="{slot.code}"' in page.text
        for slot in (full, clash, other_time, booking.slot):
            assert f'value="{slot.code}"' not in page.text
        assert text.index("Hetzelfde op een ander moment") < text.index("Soep koken")

    def test_it_is_swapped_in_one_step_and_a_second_click_ends_well(self, visitor):
        booking, other = booked(), make.slot()
        for _ in range(2):
            response = visitor.post(self.swap_path(booking), data={"slot": other.code})
            assert response.location == f"/kaartje/{booking.ticket.secret}#plek-{other.code}"
        assert (taken(booking.slot), taken(other), live()) == (0, 1, 1)
        assert visitor.get(self.swap_path(booking)).status_code == 303

    def test_a_place_given_up_elsewhere_is_told_and_not_taken_for_a_second_click(self, visitor):
        booking, other = booked(), make.slot()
        places.cancel_booking(booking, now=make.NOW)
        answer = visitor.post(self.swap_path(booking), data={"slot": other.code})
        assert "De andere plek heb je nog niet: boek die hier." in read(answer, 409)
        assert f'value="{other.code}"' in answer.text
        assert (taken(other), live()) == (0, 0)

    def test_a_refusal_is_said_and_nothing_is_lost(self, visitor):
        booking, full = booked(), make.slot(places=0)
        answer = visitor.post(self.swap_path(booking), data={"slot": full.code})
        assert "net vergeven" in read(answer, 409)
        assert "Kies eerst een moment." in read(visitor.post(self.swap_path(booking)), 422)
        assert visitor.post(self.swap_path(booking), data={"slot": "GEEN"}).status_code == 404
        assert live() == 1

    def test_nothing_free_says_what_to_do(self, visitor):
        assert "Er is nu geen ander moment vrij" in read(visitor.get(self.swap_path(booked())))

    def test_too_late_it_says_so(self, visitor, monkeypatch):
        booking = booked(slot=make.slot(starts=ELEVEN))
        make.slot(starts=ELEVEN)
        monkeypatch.setattr(clock, "now", lambda: ELEVEN - timedelta(minutes=5))
        page = visitor.get(self.swap_path(booking))
        assert "Ruilen kan niet meer" in read(page)
        assert 'name="slot"' not in page.text

    def test_the_team_sees_who_had_a_place_in_what_is_gone(self, visitor):
        session = bread(slug="brood")
        ticket = make.ticket()
        gone, moved = make.slot(session), make.slot(session, starts=ELEVEN + timedelta(hours=3))
        empty = make.slot(session, state="dropped", starts=ELEVEN + timedelta(hours=6))
        booked(ticket, gone)
        booked(slot=moved)
        change(gone, state="dropped")
        move(moved, hours=1)
        make.sign_in(visitor, "programme")
        page = visitor.get("/team/plekken/brood")
        text = read(page)
        assert ticket.holder_name in text
        assert "Gaat niet door." in text
        assert "Verplaatst. Het was: 14.00 uur" in text
        assert "zegt nog niet of het zo kan" in text
        assert f"moment-{empty.code}" not in page.text
        rows = visitor.get("/team/plekken/brood.csv").text
        assert "Gaat niet door" in next(row for row in rows.splitlines() if ticket.code in row)

"""Mijn dag: places and stars on one thread, and what of it does not go together."""

from datetime import timedelta

import pytest
from flask import current_app
from hypothesis import given, settings
from hypothesis import strategies as st

from festival import clock
from festival.bookings import ticket_sheet
from festival.bookings.day import days_of, warnings_of
from festival.bookings.queries import held_places
from festival.db import db
from festival.programme.models.places import Stage, Walk
from festival.programme.models.sessions import Slot
from festival.web.languages import Bilingual
from tests import make
from tests.bookings.test_moved import change, move
from tests.bookings.test_views import ELEVEN, read


@pytest.fixture(autouse=True)
def three_weeks_before(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: make.NOW)


def slot(title, minutes_later=0, **values):
    session = make.session(title=Bilingual(title, f"{title} (en)"))
    return make.slot(session, starts=ELEVEN + timedelta(minutes=minutes_later), **values)


def points(ticket, now=make.NOW):
    starred = [star.slot for star in held_places.all_stars(ticket) if star.removed_at is None]
    walks = held_places.walks(ticket.order.edition)
    with current_app.test_request_context():
        days = days_of(ticket, held_places.live_bookings([ticket.id]), starred, walks, now=now)
    return {str(point.title): point for day in days for point in day.points}


def warned(*slots):
    edition = make.current_edition()
    found = warnings_of(edition, slots, held_places.walks(edition))
    return {str(each.session.title): found.get(each.id, []) for each in slots}


class TestWarnings:
    def test_the_later_of_two_overlapping_slots_has_the_warning(self, app):
        found = warned(slot("Brood"), slot("Soep", 59))
        assert found == {"Brood": [], "Soep": ["Overlapt met Brood, 11.00–12.00 uur."]}

    def test_no_warning_when_there_is_time_to_walk(self, app):
        stage = make.stage()
        assert warned(slot("Brood", stage=stage), slot("Soep", 60, stage=stage))["Soep"] == []
        assert warned(slot("Brood"), slot("Soep", 65))["Soep"] == []  # five minutes, as usual

    def test_too_little_time_to_walk(self, app):
        hall = make.stage(name=Bilingual("De Hal", ""))
        sentence = "Het is 5 minuten lopen vanaf De Hal; je hebt er 4."
        assert warned(slot("Brood", stage=hall), slot("Soep", 64))["Soep"] == [sentence]

    def test_a_long_walk_between_two_stages_counts(self, app):
        hall, far = make.stage(name=Bilingual("De Hal", "")), make.stage()
        db.session.add(Walk(stage_id=hall.id, other_id=far.id, minutes=12))
        db.session.commit()
        sentence = "Het is 12 minuten lopen vanaf De Hal; je hebt er 10."
        assert warned(slot("Brood", stage=hall), slot("Soep", 70, stage=far))["Soep"] == [sentence]

    def test_a_delay_makes_them_overlap(self, app):
        late = slot("Brood", delay_minutes=20)
        assert warned(late, slot("Soep", 70))["Soep"] == ["Overlapt met Brood, 11.20–12.20 uur."]

    def test_of_many_overlaps_some_are_named(self, app):
        found = warned(*(slot(f"Nummer {n}", n) for n in range(6)))["Nummer 5"]
        assert len(found) == 4
        assert found[-1] == "En met nog 2 momenten."

    def test_whoever_is_warned_could_not_be_there_in_time(self, app):
        """Against every pair tried by hand."""
        walks = {(1, 2): 2, (1, 3): 7, (2, 3): 4}

        @given(st.lists(st.tuples(*map(st.integers, (0, 1, 1, 0), (40, 20, 3, 6))), max_size=8))
        @settings(max_examples=300, deadline=None)
        def try_all(drawn):
            slots = [unkept(number, *each) for number, each in enumerate(drawn)]
            slots.sort(key=lambda each: (each.expected_starts_at, each.id))
            late = {
                later.id
                for number, later in enumerate(slots)
                for one in slots[:number]
                if later.expected_starts_at
                < one.expected_ends_at
                + timedelta(minutes=walks.get(tuple(sorted((one.stage_id, later.stage_id))), 0))
            }
            assert warnings_of(UNKEPT, slots, walks).keys() == late

        try_all()


UNKEPT = make.Edition(timezone="Europe/Amsterdam", walk_minutes=0)


def unkept(number, start, length, stage, delay):
    """A slot that is in no database."""
    return Slot(
        id=number,
        starts_at=ELEVEN + timedelta(minutes=start),
        ends_at=ELEVEN + timedelta(minutes=start + length),
        delay_minutes=delay,
        stage_id=stage,
        stage=Stage(id=stage, name=Bilingual("De Hal")),
        session=make.Session(title=Bilingual("Brood")),
    )


class TestDay:
    def test_booked_and_starred_stand_on_one_thread_in_order(self, app):
        ticket = make.ticket()
        booked, starred, both = slot("Brood", 120), slot("Soep"), slot("Thee", 240)
        for each in (booked, both):
            make.booking(ticket, each, now=make.NOW)
        for each in (starred, both):
            make.star(ticket, each, now=make.NOW)
        found = points(ticket)
        assert list(found) == ["Soep", "Brood", "Thee"]
        assert [point.look for point in found.values()] == ["starred", "booked", "booked"]
        assert [point.can_book for point in found.values()] == [True, False, False]

    def test_a_cancelled_slot_gives_no_warnings(self, app):
        ticket = make.ticket()
        off = slot("Brood")
        for each in (off, slot("Soep")):
            make.star(ticket, each, now=make.NOW)
        assert points(ticket)["Soep"].warnings
        change(off, state="cancelled")
        found = points(ticket)
        assert found["Soep"].warnings == []
        assert (found["Brood"].look, found["Brood"].is_now) == ("off", False)

    def test_now_and_next_are_of_today(self, app):
        ticket = make.ticket()
        for title, later in (("Brood", 0), ("Soep", 90), ("Thee", 180), ("Morgen", 24 * 60)):
            make.star(ticket, slot(title, later), now=make.NOW)

        def shown(now):
            found = points(ticket, now)
            return [title for title, point in found.items() if point.is_now], [
                title for title, point in found.items() if point.is_next
            ]

        assert shown(make.NOW) == ([], [])
        assert shown(ELEVEN - timedelta(hours=1)) == ([], ["Brood"])
        assert shown(ELEVEN) == (["Brood"], ["Soep"])
        assert shown(ELEVEN + timedelta(minutes=61)) == ([], ["Soep"])
        assert shown(ELEVEN + timedelta(hours=5)) == ([], [])

    def test_a_star_on_another_day_than_the_ticket_s_is_shown_too(self, app):
        ticket = make.ticket(of=make.ticket_type(days=["2026-10-23"]))
        make.star(ticket, slot("Morgen", 24 * 60), now=make.NOW)
        assert points(ticket)["Morgen"].warnings == ["Je kaartje geldt niet op deze dag."]

    def test_the_page_says_all_of_it_in_words(self, visitor):
        ticket = make.ticket()
        make.booking(ticket, slot("Brood"), now=make.NOW)
        make.star(ticket, slot("Soep", 30), now=make.NOW)
        path = f"/kaartje/{ticket.secret}"
        text = read(visitor.get(path))
        for words in ("Geboekt", "Bewaard", "Overlapt met Brood, 11.00–12.00 uur.",
                      "Bewaar niet meer : Soep", "Boek een plek : Soep"):  # fmt: skip
            assert words in text
        english = read(visitor.get(f"/en{path}"))
        for words in ("Booked", "Saved", "Overlaps with Brood (en), 11.00–12.00."):
            assert words in english

    def test_queries_do_not_grow_with_moved_cancelled_and_starred(self, visitor, count_queries):
        ticket = make.ticket()
        path, counts = f"/kaartje/{ticket.secret}", []
        for round_ in range(2):
            for number in range(4):
                at = 24 * 60 * round_ + 30 * number
                moved, off, instead = (slot(f"{at} {n}", at, minutes=30) for n in range(3))
                make.booking(ticket, moved, now=make.NOW)
                make.star(ticket, off, now=make.NOW)
                move(moved, hours=0)
                change(off, state="cancelled", replaced_by_id=instead.id)
            with count_queries() as sent:
                visitor.get(path)
            counts.append(sum(query.startswith("SELECT") for query in sent))
        assert counts[0] == counts[1] <= 10


def test_paper_shows_the_new_place_without_delays(app):
    ticket = make.ticket()
    moved, off, late = slot("Brood"), slot("Soep", 300), slot("Thee", 400)
    for each in (moved, off, late):
        make.booking(ticket, each, now=make.NOW)
    move(moved, hours=2, stage=make.stage(name=Bilingual("De Tafel", "")))
    change(off, state="cancelled")
    change(late, delay_minutes=20)
    bookings = [each for each in held_places.live_bookings([ticket.id]) if each.holds_time]
    printed = [
        (place.hours, str(place.title), place.stage)
        for part in ticket_sheet.sheet_of(ticket, bookings)["left"]
        for place in part.places
    ]
    assert printed[0] == ("13.00–14.00 uur", "Brood", "De Tafel")
    assert printed[1][:2] == ("17.40–18.40 uur", "Thee")
    assert len(printed) == 2

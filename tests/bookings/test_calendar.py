"""The agenda feed of a ticket, and the file with its letters: they never contradict each other."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run
from icalendar import Calendar
from sqlalchemy import delete, select, update

from festival import clock
from festival.bookings import calendar, stars
from festival.bookings.models import Booking, Star
from festival.bookings.rules import places
from festival.db import db
from festival.errors import Refusal
from festival.mail.models import Letter
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket
from festival.web.languages import Bilingual
from tests import make
from tests.bookings.test_moved import change, move

ELEVEN = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)
LATER = make.NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def three_weeks_before(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: make.NOW)


def events(content):
    """By the code of its slot."""
    found = Calendar.from_ical(content).walk("VEVENT")
    by_code = {str(event["uid"]).partition("@")[0]: event for event in found}
    assert len(by_code) == len(found)
    return by_code


def address(ticket):
    return f"/agenda/{ticket.agenda_secret}.ics"


def feed(visitor, ticket, prefix=""):
    answer = visitor.get(prefix + address(ticket))
    assert answer.content_type == "text/calendar; charset=utf-8"
    return events(answer.data)


class TestFeed:
    def test_places_coaching_and_stars(self, visitor):
        ticket = make.ticket()
        bread = make.slot(make.session(title=Bilingual("Brood bakken", "Baking bread")))
        coach = make.slot(
            make.session(kind="coaching", title=Bilingual("Praten met Ria", "")),
            starts=ELEVEN + timedelta(hours=2),
        )
        talk = make.slot(
            make.session(kind="talk", title=Bilingual("De lange adem", "Staying power")),
            starts=ELEVEN + timedelta(hours=4),
            places=None,
        )
        make.booking(ticket, bread, now=make.NOW)
        make.booking(ticket, coach, question="Hoe zeg ik het mijn baas?", now=make.NOW)
        make.star(ticket, talk, now=make.NOW)
        make.star(ticket, bread, now=make.NOW)  # booked as well: booked
        found = feed(visitor, ticket)
        said = {code: (e["status"], str(e["summary"])) for code, e in found.items()}
        assert said == {
            bread.code: ("CONFIRMED", "Brood bakken"),
            coach.code: ("CONFIRMED", "Praten met Ria"),
            talk.code: ("TENTATIVE", "Bewaard: De lange adem"),
        }
        english = feed(visitor, ticket, "/en")
        assert str(english[talk.code]["summary"]) == "Saved: Staying power"
        # The address is given to others: no question to a coach, no link of the holder's own.
        content = visitor.get(address(ticket)).text
        for secret in ("baas", ticket.secret, ticket.order.secret, ticket.code, ticket.pass_id):
            assert secret not in content
        assert "BEGIN:VTIMEZONE" in content

    def test_another_parser_reads_the_same_events(self, visitor):
        ticket = make.ticket()
        bread = make.slot(make.session(title=Bilingual("Brood; bakken, met é", "")))
        sunday = make.slot(starts=datetime(2026, 10, 25, 10, 0, tzinfo=UTC))
        for slot in (bread, sunday):
            make.booking(ticket, slot, now=make.NOW)
        read = vobject.readOne(visitor.get(address(ticket)).text)
        by_uid = {event.uid.value.partition("@")[0]: event for event in read.vevent_list}
        assert by_uid[bread.code].summary.value == "Brood; bakken, met é"
        for slot in (bread, sunday):
            assert by_uid[slot.code].dtstart.value == slot.starts_at
            assert by_uid[slot.code].dtend.value == slot.ends_at

    def test_given_up_places_and_cancelled_slots_stay_as_cancelled_events(self, visitor):
        ticket = make.ticket()
        given_up, off, gone, starred_off = (make.slot(make.session()) for _ in range(4))
        places.cancel_booking(make.booking(ticket, given_up, now=make.NOW), now=make.NOW)
        make.booking(ticket, off, now=make.NOW)
        change(off, state="cancelled", reason=Bilingual("De bakker is ziek.", ""))
        make.booking(ticket, gone, now=LATER)
        change(gone, state="dropped")
        make.star(ticket, starred_off, now=make.NOW)
        change(starred_off, state="cancelled")
        found = feed(visitor, ticket)
        assert {event["status"] for event in found.values()} == {"CANCELLED"}
        assert len(found) == 4
        assert str(found[given_up.code]["summary"]).startswith("Afgezegd: ")
        assert str(found[off.code]["summary"]).startswith("Gaat niet door: ")
        assert "De bakker is ziek." in str(found[off.code]["description"])

    def test_a_star_that_was_taken_away_is_gone(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        make.star(ticket, slot, now=make.NOW)
        stars.sync_stars(ticket, remove=[slot.code], now=make.NOW)
        assert feed(visitor, ticket) == {}

    def test_moved_it_is_the_same_event_with_a_higher_number(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        make.booking(ticket, slot, now=make.NOW)
        [before] = feed(visitor, ticket).values()
        move(slot, hours=2)
        [after] = feed(visitor, ticket).values()
        assert before["uid"] == after["uid"]
        assert before["sequence"] < after["sequence"]
        assert before.decoded("last-modified") < after.decoded("last-modified")
        assert after.decoded("dtstart") - before.decoded("dtstart") == timedelta(hours=2)

    def test_an_unchanged_agenda_is_not_sent_again(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        first = visitor.get(address(ticket))
        # No later than when it was made; an empty one too has a date.
        assert first.last_modified == make.NOW
        for header in ({"If-None-Match": first.headers["ETag"]},
                       {"If-Modified-Since": first.headers["Last-Modified"]}):  # fmt: skip
            again = visitor.get(address(ticket), headers=header)
            assert (again.status_code, again.data) == (304, b"")
        make.star(ticket, slot, now=LATER)
        for unstars in (False, True):
            if unstars:
                stars.sync_stars(ticket, remove=[slot.code], now=LATER + timedelta(minutes=1))
            changed = visitor.get(
                address(ticket), headers={"If-Modified-Since": first.headers["Last-Modified"]}
            )
            assert changed.status_code == 200
            first = changed
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert first.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in first.headers

    def test_the_feed_of_a_past_edition_links_to_that_edition(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        make.booking(ticket, slot, now=make.NOW)
        edition = make.current_edition()
        [event] = feed(visitor, ticket).values()
        assert event["url"] == f"http://localhost/programma/{slot.session.slug}"
        edition.is_current = False
        db.session.commit()
        make.edition()
        [event] = feed(visitor, ticket).values()
        assert event["url"] == f"http://localhost/{edition.slug}/programma/{slot.session.slug}"

    def test_its_queries_do_not_grow(self, visitor, count_queries):
        ticket = make.ticket()
        link, counts = address(ticket), []
        for round_ in range(2):
            for number in range(6):
                at = ELEVEN + timedelta(hours=number / 2, days=round_)
                slot, other = make.slot(starts=at, minutes=30), make.slot(starts=at)
                make.booking(ticket, slot, now=make.NOW)
                make.star(ticket, other, now=make.NOW)
                move(slot, hours=0)
            with count_queries() as queries:
                visitor.get(link)
            counts.append(sum(query.startswith("SELECT") for query in queries))
        assert counts[0] == counts[1] <= 4

    def test_only_this_address_opens_it_and_it_can_be_renewed(self, visitor):
        ticket = make.ticket()
        old = address(ticket)
        for secret in (ticket.secret, ticket.code, ticket.order.secret, ticket.pass_id):
            assert visitor.get(f"/agenda/{secret}.ics").status_code == 404
        assert visitor.get(f"/kaartje/{ticket.agenda_secret}").status_code == 404
        page = visitor.get(f"/kaartje/{ticket.secret}").text
        assert f"webcal://localhost{old}" in page
        assert f"http://localhost{old}" in page
        answer = visitor.post(f"/kaartje/{ticket.secret}/agenda-adres")
        assert answer.location == f"/kaartje/{ticket.secret}#nieuw-adres"
        assert visitor.get(old).status_code == 404
        db.session.expire_all()
        assert visitor.get(address(ticket)).status_code == 200
        assert visitor.get(f"/en{address(ticket)}").status_code == 200


class Agenda(RuleBasedStateMachine):
    """Whatever a visitor and the makers do, an event only goes forward, and says one thing."""

    @initialize()
    def begin(self):
        db.session.rollback()
        for table in (Star, Booking, Letter):
            db.session.execute(delete(table))
        as_new = {"taken": 0, "sequence": 0, "state": "scheduled", "delay_minutes": 0}
        db.session.execute(update(Slot).values(changed_at=make.NOW, moved_at=None, **as_new))
        db.session.commit()
        self.now = make.NOW
        self.ticket = make.ticket(of=db.session.query(Ticket).first().type)
        self.codes = [slot.code for slot in db.session.scalars(select(Slot).order_by(Slot.id))]
        self.seen = {}  # by code the last number, date and words
        self.sent = None

    def slot(self, number):
        return db.session.scalars(select(Slot).order_by(Slot.id)).all()[number]

    def attempt(self, change, *args, **values):
        self.now += timedelta(seconds=7)
        with suppress(Refusal):
            change(*args, **values, now=self.now)

    slots = st.integers(0, 1)

    @rule(number=slots)
    def book(self, number):
        self.attempt(places.book_slot, self.ticket, self.slot(number))

    @rule(number=slots)
    def give_back(self, number):
        for booking in db.session.query(Booking).filter_by(slot_id=self.slot(number).id):
            self.attempt(places.cancel_booking, booking)

    @rule(number=slots)
    def swap(self, number):
        for booking in db.session.query(Booking).filter_by(cancelled_at=None).all():
            self.attempt(places.swap_booking, booking, self.slot(number))

    @rule(number=slots)
    def keep(self, number):
        for booking in db.session.query(Booking).filter_by(slot_id=self.slot(number).id):
            self.attempt(places.keep_booking, booking)

    @rule(number=slots)
    def star(self, number):
        self.attempt(stars.sync_stars, self.ticket, add=[self.slot(number).code])

    @rule(number=slots)
    def unstar(self, number):
        self.attempt(stars.sync_stars, self.ticket, remove=[self.slot(number).code])

    @rule()
    def release(self):
        self.attempt(places.release_places, [self.ticket])

    @rule(number=slots, state=st.sampled_from(["scheduled", "cancelled", "dropped"]))
    def go_on_or_not(self, number, state):
        self.now += timedelta(seconds=7)
        change(self.slot(number), state=state, changed_at=self.now, moved_at=self.now)

    @rule(number=slots, minutes=st.integers(0, 2))
    def delay(self, number, minutes):
        self.now += timedelta(seconds=7)
        change(self.slot(number), delay_minutes=10 * minutes, changed_at=self.now)

    @invariant()
    def an_event_only_goes_forward_and_one_number_means_one_thing(self):
        db.session.expire_all()
        agenda = calendar.agenda_of(self.ticket)
        file, made_at = agenda.as_ics(), agenda.changed_at
        # Who asks by date only, misses nothing either.
        assert self.sent is None or self.sent[0] == file or self.sent[1] < made_at
        self.sent = file, made_at
        found = events(file)
        mailed = events(agenda.as_ics(with_stars=False))
        assert mailed.keys() <= found.keys()
        for code, event in found.items():
            number, at = int(event["sequence"]), event.decoded("last-modified")
            says = event.to_ical()
            assert event.decoded("dtstamp") == at
            assert mailed.get(code, event).to_ical() == says
            before = self.seen.get(code)
            if before:
                assert before[0] <= number
                assert before[1] <= at
                assert before[2] == says or (before[0] < number and before[1] < at)
            self.seen[code] = (number, at, says)
        for booking in db.session.query(Booking):
            assert booking.slot.code in found  # once booked, never silently gone


def test_an_event_never_goes_back(app):
    make.ticket()
    session = make.session()
    for number in range(2):
        make.slot(session, starts=ELEVEN + timedelta(hours=2 * number))
    run(
        Agenda,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

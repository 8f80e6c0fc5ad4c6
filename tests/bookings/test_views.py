"""The holder's pages, without JavaScript."""

import re
from datetime import UTC, datetime, timedelta

import html5lib
import pytest
from icalendar import Calendar

from festival import clock, pdf
from festival.bookings.models import Booking
from festival.bookings.rules import places
from festival.db import db
from festival.programme.models.sessions import Slot
from festival.web.languages import Bilingual
from tests import make

ELEVEN = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def three_weeks_before(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: make.NOW)


def read(response, status=200):
    assert response.status_code == status, response.text
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(response.text)
    assert parser.errors == []
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def held(ticket):
    return db.session.query(Booking).filter_by(ticket_id=ticket.id, cancelled_at=None).count()


class TestTicket:
    def test_it_shows_name_code_days_and_the_places_of_the_day(self, visitor):
        ticket = make.ticket()
        floor = Bilingual("Eerste verdieping", "First floor")
        slot = make.slot(
            make.session(title=Bilingual("Brood bakken", "Baking bread")),
            stage=make.stage(floor=floor),
        )
        make.booking(ticket, slot, now=make.NOW)
        response = visitor.get(f"/kaartje/{ticket.secret}")
        text = read(response)
        for words in (ticket.holder_name, ticket.code, "Brood bakken", "11.00–12.00 uur"):
            assert words in text
        assert "Eerste verdieping" in text
        assert "Nog niets geboekt" in text  # on the other two days
        assert 'id="qr"' in response.text
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in response.headers

    def test_the_page_is_in_english_too(self, visitor):
        ticket = make.ticket()
        make.booking(
            ticket, make.slot(make.session(title=Bilingual("Brood", "Bread"))), now=make.NOW
        )
        text = read(visitor.get(f"/en/kaartje/{ticket.secret}"))
        assert "Friday 23 October" in text
        assert "Bread" in text
        assert "Show at the entrance" in text

    def test_unpaid_it_shows_the_places_but_no_code(self, visitor):
        ticket = make.ticket(confirmed_at=None)
        make.booking(ticket, make.slot(make.session(title=Bilingual("Brood", ""))), now=make.NOW)
        response = visitor.get(f"/kaartje/{ticket.secret}")
        text = read(response)
        assert "nog niet betaald" in text
        assert "Brood" in text
        assert 'id="qr"' not in response.text
        assert 'id="toon"' not in response.text
        assert ticket.order.secret not in response.text
        assert visitor.get(f"/kaartje/{ticket.secret}/kaartje.pdf").status_code == 404

    @pytest.mark.parametrize("field", ["lapsed_at", "cancelled_at"])
    def test_released_it_opens_nothing(self, visitor, field):
        ticket = make.ticket(**{field: make.NOW})
        ticket.released_at = make.NOW
        db.session.commit()
        response = visitor.get(f"/kaartje/{ticket.secret}")
        assert "geldt niet meer" in read(response)
        assert 'id="qr"' not in response.text

    def test_another_secret_finds_nothing(self, visitor):
        ticket = make.ticket()
        for path in (ticket.code, ticket.pass_id, ticket.order.secret, str(ticket.id)):
            assert visitor.get(f"/kaartje/{path}").status_code == 404

    def test_eight_queries_whatever_the_number_of_places(self, visitor, count_queries):
        few, many = make.ticket(), make.ticket()
        for number in range(12):
            slot = make.slot(starts=ELEVEN + timedelta(hours=number / 2), minutes=30)
            make.booking(many, slot, now=make.NOW)
        counts = []
        for secret in (few.secret, many.secret):
            with count_queries() as queries:
                visitor.get(f"/kaartje/{secret}")
            counts.append([query for query in queries if query.startswith("SELECT")])
        assert len(counts[1]) == len(counts[0]) <= 8


class TestBook:
    def test_a_place_is_booked_and_the_ticket_says_so(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        response = visitor.post(f"/kaartje/{ticket.secret}/boeken", data={"slot": slot.code})
        assert response.status_code == 303
        assert response.location == f"/kaartje/{ticket.secret}#plek-{slot.code}"
        page = visitor.get(response.location.partition("#")[0]).text
        assert f'id="plek-{slot.code}"' in page
        assert held(ticket) == 1

    def test_booking_in_english_stays_in_english(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        response = visitor.post(f"/en/kaartje/{ticket.secret}/boeken", data={"slot": slot.code})
        assert response.location.startswith(f"/en/kaartje/{ticket.secret}#")

    def test_a_refusal_is_said_on_the_page_and_the_question_is_kept(self, visitor):
        ticket = make.ticket()
        coach = make.session(kind="coaching", title=Bilingual("Ria", ""))
        slot = make.slot(coach, places=2, minutes=20)
        make.booking(ticket, make.slot(), now=make.NOW)
        response = visitor.post(
            f"/kaartje/{ticket.secret}/boeken",
            data={"slot": slot.code, "question": "Hoe <begin> ik?"},
        )
        text = read(response, 409)
        assert "Dan heb je al een plek" in text
        assert "Hoe &lt;begin&gt; ik?" in text

    def test_no_choice_and_a_far_too_long_question_are_said_too(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        path = f"/kaartje/{ticket.secret}/boeken"
        assert "Kies eerst een moment." in read(visitor.post(path, data={}), 422)
        long = visitor.post(path, data={"slot": slot.code, "question": "x" * 1001})
        assert "wat korter" in read(long, 422)

    def test_a_slot_of_another_edition_is_not_found(self, visitor):
        ticket = make.ticket()
        make.edition(is_current=False)
        session = make.session(edition_id=make.edition(is_current=False).id)
        slot = make.slot(session)
        response = visitor.post(f"/kaartje/{ticket.secret}/boeken", data={"slot": slot.code})
        assert response.status_code == 404

    def test_the_choice_marks_what_is_mine_what_clashes_and_what_is_full(self, visitor):
        ticket = make.ticket(of=make.ticket_type(days=["2026-10-23"]))
        mine = make.slot(make.session(title=Bilingual("Brood bakken", "")))
        make.booking(ticket, mine, now=make.NOW)
        clash = make.slot()
        full = make.slot(starts=ELEVEN + timedelta(hours=2), places=0)
        free = make.slot(starts=ELEVEN + timedelta(hours=3), places=3)
        other_day = make.slot(starts=ELEVEN + timedelta(days=1))
        response = visitor.get(f"/kaartje/{ticket.secret}/boeken")
        text = read(response)
        assert "Hier heb je een plek" in text
        assert "Valt samen met Brood bakken" in text
        assert "nog 3 plekken" in text
        assert f'value="{free.code}"' in response.text
        assert f'value="{clash.code}" formaction="/kaartje/{ticket.secret}/ruilen/' in response.text
        for slot in (mine, full, other_day):
            assert f'value="{slot.code}"' not in response.text

    def test_queries_do_not_grow_with_the_programme(self, visitor, count_queries):
        ticket = make.ticket()
        counts = []
        for _ in range(2):
            for number in range(10):
                make.slot(starts=ELEVEN + timedelta(minutes=number))
            with count_queries() as queries:
                visitor.get(f"/kaartje/{ticket.secret}/boeken")
            counts.append(sum(query.startswith("SELECT") for query in queries))
        assert counts[0] == counts[1] <= 5

    def test_booking_costs_few_statements(self, visitor, count_queries):
        ticket, slot = make.ticket(), make.slot()
        secret, code = ticket.secret, slot.code
        with count_queries() as queries:
            visitor.post(f"/kaartje/{secret}/boeken", data={"slot": code})
        # One reads what the team wrote itself in the letter.
        assert len([query for query in queries if not query.startswith("BEGIN")]) <= 9


class TestCancel:
    def test_cancelling_is_confirmed_first(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        make.booking(ticket, slot, now=make.NOW)
        path = f"/kaartje/{ticket.secret}/afzeggen/{slot.code}"
        assert "Wil je deze plek afzeggen?" in read(visitor.get(path))
        assert held(ticket) == 1
        response = visitor.post(path)
        assert response.location == f"/kaartje/{ticket.secret}#afgezegd"
        assert held(ticket) == 0
        assert db.session.get(Slot, slot.id).taken == 0

    def test_a_second_click_and_a_way_back_end_well(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        make.booking(ticket, slot, now=make.NOW)
        path = f"/kaartje/{ticket.secret}/afzeggen/{slot.code}"
        assert {visitor.post(path).status_code, visitor.post(path).status_code} == {303}
        assert visitor.get(path).location == f"/kaartje/{ticket.secret}#afgezegd"
        assert db.session.get(Slot, slot.id).taken == 0

    def test_another_s_place_cannot_be_given_back(self, visitor):
        ticket, other, slot = make.ticket(), make.ticket(), make.slot()
        make.booking(other, slot, now=make.NOW)
        assert visitor.post(f"/kaartje/{ticket.secret}/afzeggen/{slot.code}").status_code == 404
        assert held(other) == 1

    def test_too_late_it_says_so(self, visitor, monkeypatch):
        ticket, slot = make.ticket(), make.slot(starts=ELEVEN)
        make.booking(ticket, slot, now=make.NOW)
        monkeypatch.setattr(clock, "now", lambda: ELEVEN - timedelta(minutes=5))
        path = f"/kaartje/{ticket.secret}/afzeggen/{slot.code}"
        page = visitor.get(path)
        assert "Afzeggen kan niet meer" in read(page)
        assert 'method="post"' not in page.text
        assert visitor.post(path).status_code == 409
        assert held(ticket) == 1
        assert "afzeggen/" not in visitor.get(f"/kaartje/{ticket.secret}").text


class TestAgenda:
    def calendar(self, visitor, ticket, prefix=""):
        response = visitor.get(f"{prefix}/kaartje/{ticket.secret}/agenda.ics")
        assert response.mimetype == "text/calendar"
        return Calendar.from_ical(response.data)

    def test_each_place_is_an_event_on_the_festival_s_clocks(self, visitor):
        ticket = make.ticket()
        friday = make.slot(make.session(title=Bilingual("Brood", "Bread")))
        # After the clocks went back: 10.00 UTC is 11.00 in Amsterdam.
        sunday = make.slot(starts=datetime(2026, 10, 25, 10, 0, tzinfo=UTC))
        for slot in (friday, sunday):
            make.booking(ticket, slot, now=make.NOW)
        calendar = self.calendar(visitor, ticket)
        events = calendar.walk("VEVENT")
        assert [event.decoded("dtstart").hour for event in events] == [11, 11]
        assert [event.decoded("dtstart").astimezone(UTC) for event in events] == [
            friday.starts_at,
            sunday.starts_at,
        ]
        assert events[0]["dtstart"].params["TZID"] == "Europe/Amsterdam"
        [zone] = calendar.walk("VTIMEZONE")
        assert zone["tzid"] == "Europe/Amsterdam"
        assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}
        assert str(events[0]["summary"]) == "Brood"
        assert all(event["dtstamp"] for event in events)
        assert ticket.secret not in calendar.to_ical().decode()
        assert str(self.calendar(visitor, ticket, "/en").walk("VEVENT")[0]["summary"]) == "Bread"

    def test_an_event_keeps_its_uid_and_a_later_file_supersedes(self, visitor, monkeypatch):
        ticket, slot = make.ticket(), make.slot()
        booking = make.booking(ticket, slot, now=make.NOW)
        [before] = self.calendar(visitor, ticket).walk("VEVENT")
        later = make.NOW + timedelta(minutes=5)
        places.cancel_booking(booking, now=later)
        monkeypatch.setattr(clock, "now", lambda: later)
        [after] = self.calendar(visitor, ticket).walk("VEVENT")
        assert before["uid"] == after["uid"]
        assert before["sequence"] < after["sequence"]
        assert (before["status"], after["status"]) == ("CONFIRMED", "CANCELLED")

    def test_booking_again_keeps_one_event(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        places.cancel_booking(make.booking(ticket, slot, now=make.NOW), now=make.NOW)
        make.booking(ticket, slot, now=make.NOW)
        [event] = self.calendar(visitor, ticket).walk("VEVENT")
        assert event["status"] == "CONFIRMED"


class TestPaper:
    def test_a_ticket_and_an_order_as_pdf(self, visitor):
        order = make.order(tickets=2)
        one = visitor.get(f"/kaartje/{order.tickets[0].secret}/kaartje.pdf")
        all_of_them = visitor.get(f"/bestelling/{order.secret}/kaartjes.pdf")
        for response in (one, all_of_them):
            assert response.mimetype == "application/pdf"
            assert response.data.startswith(b"%PDF-1.7")
            assert "inline" in response.headers["Content-Disposition"]

    def test_without_the_libraries_the_ticket_still_works(self, visitor, monkeypatch):
        def missing(*_args, **_more):
            raise pdf.CannotMakePdf("no pango here")

        monkeypatch.setattr(pdf, "make", missing)
        ticket = make.ticket()
        response = visitor.get(f"/kaartje/{ticket.secret}/kaartje.pdf")
        assert "geen PDF maken" in read(response, 503)
        assert "no pango" not in response.text
        assert visitor.get(f"/kaartje/{ticket.secret}").status_code == 200

    def test_an_order_that_is_not_paid_has_no_tickets_on_paper(self, visitor):
        order = make.order(confirmed_at=None)
        assert visitor.get(f"/bestelling/{order.secret}/kaartjes.pdf").status_code == 404


class TestTeam:
    def test_who_comes_on_screen_and_as_a_file(self, visitor):
        ticket = make.ticket()
        ticket.holder_name = "=cmd|Anna"
        coach = make.session(kind="coaching", slug="ria", title=Bilingual("Praten met Ria", ""))
        slot = make.slot(coach, places=1, minutes=20)
        make.booking(ticket, slot, question="Hoe begin ik?", now=make.NOW)
        make.sign_in(visitor, "programme")
        index = read(visitor.get("/team/plekken/"))
        assert "1 van de 1 plekken zijn geboekt" in index
        assert "Praten met Ria" in index
        page = read(visitor.get("/team/plekken/ria"))
        assert "=cmd|Anna" in page
        file = visitor.get("/team/plekken/ria.csv")
        assert "'=cmd|Anna" in file.text

    @pytest.mark.parametrize("role", ["checkin", "programme", "organiser"])
    def test_the_team_sees_names_and_no_questions(self, visitor, role):
        coach = make.session(kind="coaching", slug="ria")
        slot = make.slot(coach, places=1, minutes=20)
        ticket = make.ticket()
        make.booking(ticket, slot, question="Hoe begin ik?", now=make.NOW)
        make.sign_in(visitor, role)
        for path in ("/team/plekken/ria", "/team/plekken/ria.csv"):
            text = visitor.get(path).text
            assert ticket.holder_name in text
            assert "Hoe begin ik?" not in text

    def test_others_see_nothing(self, visitor):
        make.session(slug="brood")
        assert visitor.get("/team/plekken/brood").status_code in {302, 401}
        make.sign_in(visitor, "finance")
        for path in ("", "brood", "brood.csv"):
            assert visitor.get(f"/team/plekken/{path}").status_code == 403

    def test_queries_do_not_grow_with_the_slots(self, visitor, count_queries):
        make.sign_in(visitor, "organiser")
        counts = []
        for _ in range(2):
            for _ in range(8):
                make.slot()
            with count_queries() as queries:
                visitor.get("/team/plekken/")
            counts.append(len(queries))
        assert counts[0] == counts[1]

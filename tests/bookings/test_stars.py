"""Stars kept with a ticket: by a button, and from a device."""

from datetime import timedelta

import pytest

from festival import clock
from festival.bookings import stars
from festival.bookings.models import Star
from festival.bookings.rules import places
from festival.db import db
from festival.web.languages import Bilingual
from tests import make
from tests.bookings.test_views import ELEVEN, read
from tests.races.at_once import at_once

LATER = make.NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def three_weeks_before(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: make.NOW)


def starred(ticket):
    db.session.expire_all()
    rows = db.session.query(Star).filter_by(ticket_id=ticket.id, removed_at=None)
    return {star.slot.code for star in rows}


def release(ticket):
    ticket.released_at = make.NOW
    db.session.commit()


class TestOneStar:
    def test_a_star_is_kept_once(self, any_app):
        ticket, slot = make.ticket(), make.slot()
        make.star(ticket, slot, now=make.NOW)
        make.star(ticket, slot, now=LATER)
        [star] = db.session.query(Star)
        assert (star.slot_id, star.starred_at, star.changes) == (slot.id, make.NOW, 1)

    def test_it_goes_and_comes_back(self, any_app):
        ticket, slot = make.ticket(), make.slot()
        for now in (make.NOW, LATER):
            make.star(ticket, slot, now=now)
            stars.sync_stars(ticket, remove=[slot.code], now=now)
            stars.sync_stars(ticket, remove=[slot.code], now=now)
            assert starred(ticket) == set()
        make.star(ticket, slot, now=LATER)
        assert starred(ticket) == {slot.code}
        [star] = db.session.query(Star)
        assert (star.starred_at, star.changes) == (LATER, 5)

    def test_only_what_is_in_the_programme_of_its_edition(self, app):
        ticket = make.ticket()
        hidden = make.slot(is_public=False)
        dropped = make.slot(state="dropped")
        draft = make.slot(make.session(is_public=False))
        elsewhere = make.slot(make.session(edition_id=make.edition(is_current=False).id))
        for slot in (hidden, dropped, draft, elsewhere):
            assert stars.sync_stars(ticket, add=[slot.code], now=make.NOW) == []
        make.star(ticket, make.slot(state="cancelled"), now=make.NOW)
        assert len(starred(ticket)) == 1

    def test_a_released_ticket_stars_nothing(self, app):
        ticket, slot = make.ticket(), make.slot()
        release(ticket)
        for change in ("add", "remove"):
            with pytest.raises(places.TicketReleased):
                stars.sync_stars(ticket, **{change: [slot.code]}, now=make.NOW)

    def test_sixteen_phones_star_one_slot_once(self, any_app):
        ticket_id, code = make.ticket().id, make.slot().code

        def star(_):
            return stars.sync_stars(db.session.get(stars.Ticket, ticket_id), add=[code], now=LATER)

        assert at_once(any_app, star) == [[code]] * 16
        assert db.session.query(Star).one().changes == 1


class TestSyncStars:
    def test_what_a_device_did_is_taken_over(self, any_app):
        ticket, slots = make.ticket(), [make.slot() for _ in range(3)]
        one, two, three = (slot.code for slot in slots)
        assert stars.sync_stars(ticket, add=[one, two], now=make.NOW) == [one, two]
        assert stars.sync_stars(ticket, add=[three], remove=[one], now=LATER) == [two, three]
        # In both: what somebody wants is not lost.
        assert one in stars.sync_stars(ticket, add=[one], remove=[one], now=LATER)

    def test_somebody_who_stars_everything(self, app):
        ticket, session = make.ticket(), make.session()
        codes = {make.slot(session).code for _ in range(201)}
        assert set(stars.sync_stars(ticket, add=codes, now=LATER)) == codes

    def test_codes_that_are_not_in_the_programme_are_ignored(self, app):
        ticket, gone, here = make.ticket(), make.slot(state="dropped"), make.slot()
        codes = [gone.code, "BESTAATNIET", here.code]
        assert stars.sync_stars(ticket, add=codes, remove=["OOKNIET"], now=LATER) == [here.code]

    def test_a_given_back_ticket_loses_its_stars(self, any_app):
        ticket, other = make.ticket(), make.ticket()
        slot = make.slot()
        for each in (ticket, other):
            make.star(each, slot, now=make.NOW)
        places.release_places([ticket], now=LATER)
        assert starred(ticket) == set()
        assert starred(other) == {slot.code}


class TestDevice:
    def send(self, visitor, ticket, payload, **options):
        return visitor.post(f"/kaartje/{ticket.secret}/sterren", json=payload, **options)

    def test_it_sends_what_changed_and_hears_all(self, visitor):
        ticket, slots = make.ticket(), [make.slot() for _ in range(2)]
        one, two = (slot.code for slot in slots)
        assert self.send(visitor, ticket, {"add": [one, two]}).json == {"stars": [one, two]}
        assert self.send(visitor, ticket, {"remove": [two]}).json == {"stars": [one]}
        assert self.send(visitor, ticket, {}).json == {"stars": [one]}

    @pytest.mark.parametrize(
        "payload",
        [{"add": "ABC"}, {"add": [1]}, {"remove": [["A"]]}, {"add": ["A" * 65]},
         {"add": ["A"] * 2001}, {"add": ["A\0"]}, {"remove": ["\ud800"]}],
    )  # fmt: skip
    def test_nonsense_is_no_fault(self, visitor, payload):
        assert self.send(visitor, make.ticket(), payload).status_code == 422

    @pytest.mark.parametrize("sent", ["geen json", "[" * 5000 + "]" * 5000, "[]", '"x"', "1"])
    def test_unreadable_json_is_no_fault(self, visitor, sent):
        path = f"/kaartje/{make.ticket().secret}/sterren"
        answer = visitor.post(path, data=sent, content_type="application/json")
        assert answer.status_code == 400
        assert visitor.post(path).status_code == 303, "a form without anything"

    def test_a_refusal_is_json_too(self, visitor):
        ticket = make.ticket()
        release(ticket)
        answer = self.send(visitor, ticket, {"add": []})
        assert answer.status_code == 409
        assert answer.is_json
        assert visitor.post("/kaartje/geen/sterren", json={}).status_code == 404

    def test_it_needs_no_token_and_sets_no_cookie(self, visitor):
        """The page is kept for when there is no network, so it cannot hold a token."""
        ticket, slot = make.ticket(), make.slot()
        answer = self.send(visitor, ticket, {"add": [slot.code]}, token=False)
        assert answer.json == {"stars": [slot.code]}
        assert "Set-Cookie" not in answer.headers


class TestPage:
    def page(self, visitor, ticket, query="", prefix=""):
        return read(visitor.get(f"{prefix}/kaartje/{ticket.secret}/sterren{query}"))

    def test_all_of_a_day_with_what_is_saved_and_booked(self, visitor):
        ticket = make.ticket()
        friday = make.slot(make.session(title=Bilingual("Brood bakken", "Baking bread")))
        off = make.slot(make.session(title=Bilingual("Fluiten", "")), state="cancelled")
        make.slot(make.session(kind="coaching", title=Bilingual("Praten met Ria", "")))
        make.slot(make.session(title=Bilingual("Zaterdags", "")), starts=ELEVEN + timedelta(days=1))
        make.slot(make.session(title=Bilingual("Geheim", "")), is_public=False)
        make.booking(ticket, friday, now=make.NOW)
        text = self.page(visitor, ticket)
        for word in ("Brood bakken", "Geboekt", "Fluiten", "Gaat niet door", "za 24 okt"):
            assert word in text
        for word in ("Praten met Ria", "Zaterdags", "Geheim"):
            assert word not in text
        assert off.code in visitor.get(f"/kaartje/{ticket.secret}/sterren").text
        assert "Zaterdags" in self.page(visitor, ticket, "?dag=2026-10-24")
        assert "Baking bread" in self.page(visitor, ticket, prefix="/en")

    def test_searching_looks_in_all_days_of_the_ticket(self, visitor):
        ticket = make.ticket(of=make.ticket_type(days=["2026-10-23", "2026-10-24"]))
        for day in range(3):
            session = make.session(title=Bilingual(f"Brood nummer {day}", ""))
            make.slot(session, starts=ELEVEN + timedelta(days=day))
        make.slot(make.session(title=Bilingual("Soep", "")))
        text = self.page(visitor, ticket, "?q=brood")
        assert "nummer 0" in text
        assert "nummer 1" in text
        assert "nummer 2" not in text
        assert "Soep" not in text
        assert "Niets gevonden" in self.page(visitor, ticket, "?q=bestaatniet")

    def test_a_button_stars_and_stays_on_the_day(self, visitor):
        ticket, slot = make.ticket(), make.slot(starts=ELEVEN + timedelta(days=1))
        address = f"/kaartje/{ticket.secret}/sterren"
        kept = {"dag": "2026-10-24", "q": ""}
        answer = visitor.post(address, data={"bewaar": slot.code, **kept})
        assert answer.location == f"{address}?dag=2026-10-24#m-{slot.code}"
        assert starred(ticket) == {slot.code}
        page = visitor.get(answer.location.partition("#")[0]).text
        assert f'name="weg" value="{slot.code}"' in page
        visitor.post(address, data={"weg": slot.code, **kept})
        assert starred(ticket) == set()

    def test_unstarring_on_the_ticket_page_leads_back_to_it(self, visitor):
        ticket, slot = make.ticket(), make.slot()
        make.star(ticket, slot, now=make.NOW)
        answer = visitor.post(f"/kaartje/{ticket.secret}/sterren", data={"weg": slot.code})
        assert answer.location == f"/kaartje/{ticket.secret}#mijn-dag"
        assert starred(ticket) == set()

    def test_a_released_ticket_shows_no_choice(self, visitor):
        ticket = make.ticket()
        make.slot()
        release(ticket)
        assert "geldt niet meer" in self.page(visitor, ticket)

    def test_hundreds_of_sessions_are_light(self, visitor, count_queries):
        ticket = make.ticket()
        secret, stage = ticket.secret, make.stage()
        counts, sizes = [], []
        for number in (5, 200):
            for n in range(number):
                make.slot(starts=ELEVEN + timedelta(minutes=n), stage=stage)
            with count_queries() as queries:
                page = visitor.get(f"/kaartje/{secret}/sterren")
            counts.append(sum(query.startswith("SELECT") for query in queries))
            sizes.append(len(page.data))
        assert counts[0] == counts[1] <= 5
        assert (sizes[1] - sizes[0]) / 200 < 1500  # bytes for each


def test_stars_are_searched_by_words(visitor):
    ticket = make.ticket()
    slot = make.slot(make.session(title=Bilingual("Café d’Hondt voor 100%", "Coffee")))
    other = make.slot(make.session(title=Bilingual("Soep", "Soup")))
    path = f"/kaartje/{ticket.secret}/sterren"
    for typed in ("cafe", "d'hondt", "hondt CAFÉ", "100%", "coffee"):
        page = visitor.get(path, query_string={"q": typed}).text
        assert (slot.code in page, other.code in page) == (True, False), typed
    for typed in ("%", "_", "caf_", "soep cafe"):
        page = visitor.get(path, query_string={"q": typed}).text
        assert (slot.code in page, other.code in page) == (typed == "%", False), typed

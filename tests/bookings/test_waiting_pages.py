"""The waiting list as the holder of a ticket, a visitor and the team see it."""

import pytest

from festival import clock
from festival.bookings.models import WaitingListEntry
from festival.bookings.rules import waiting_list
from festival.db import db
from festival.web.languages import Bilingual
from tests import make
from tests.bookings.test_views import read
from tests.kept_pages import forget_pages

BREAD = Bilingual("Brood bakken", "Baking bread")


@pytest.fixture(autouse=True)
def three_weeks_before(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: make.NOW)


@pytest.fixture
def full(app):
    return make.slot(make.session(slug="brood", title=BREAD), places=1, taken=1)


def in_line(ticket) -> int:
    return db.session.query(WaitingListEntry).filter_by(ticket_id=ticket.id, left_at=None).count()


def test_from_full_to_in_line_and_out_again(visitor, full):
    ticket = make.ticket()
    choose = visitor.get(f"/kaartje/{ticket.secret}/boeken").text
    join = f"/kaartje/{ticket.secret}/wachtlijst/{full.code}"
    assert f'formaction="{join}"' in choose
    assert "Zet me op de wachtlijst" in choose
    for _ in range(2):  # a double click
        response = visitor.post(join)
        assert (response.status_code, response.location) == (
            303,
            f"/kaartje/{ticket.secret}#wacht-{full.code}",
        )
    assert in_line(ticket) == 1
    page = visitor.get(f"/kaartje/{ticket.secret}")
    assert f'id="wacht-{full.code}"' in page.text
    assert "Je bent de eerste." in read(page)
    again = visitor.get(f"/kaartje/{ticket.secret}/boeken")
    assert "Je staat op de wachtlijst" in read(again)
    assert "1 wacht" in read(again)
    assert join not in again.text
    left = visitor.post(f"{join}/weg")
    assert left.location == f"/kaartje/{ticket.secret}#wachtlijst-af"
    assert in_line(ticket) == 0
    assert "Op de wachtlijst" not in visitor.get(f"/kaartje/{ticket.secret}").text


def test_in_english(visitor, full):
    ticket, before = make.ticket(), make.ticket()
    waiting_list.join_waiting_list(before, full, now=make.NOW)
    visitor.post(f"/en/kaartje/{ticket.secret}/wachtlijst/{full.code}")
    text = read(visitor.get(f"/en/kaartje/{ticket.secret}"))
    assert "On the waiting list" in text
    assert "You are number 2 of 2." in text


def test_an_overlapping_place_is_swapped_when_the_turn_comes(visitor, full):
    ticket = make.ticket()
    soup = make.slot(make.session(title=Bilingual("Soep")), starts=full.starts_at)
    make.booking(ticket, soup, now=make.NOW)
    join = f"/kaartje/{ticket.secret}/wachtlijst/{full.code}"
    refused = visitor.post(join)
    assert "Dan heb je al een plek: Soep" in read(refused, 409)
    page = visitor.get(f"/kaartje/{ticket.secret}/boeken").text
    assert f'formaction="{join}?ruil={soup.code}"' in page
    assert visitor.post(f"{join}?ruil={soup.code}").status_code == 303
    text = read(visitor.get(f"/kaartje/{ticket.secret}"))
    assert "Krijg je een plek, dan geven we je plek bij Soep terug." in text


def test_a_cancelled_slot_says_so_to_those_in_line(visitor, full):
    ticket = make.ticket()
    waiting_list.join_waiting_list(ticket, full, now=make.NOW)
    full.state, full.reason = "cancelled", Bilingual("De oven is stuk.", "The oven is broken.")
    db.session.commit()
    text = read(visitor.get(f"/kaartje/{ticket.secret}"))
    assert "Gaat niet door. De oven is stuk." in text
    assert "Je bent de eerste." not in text


def test_a_place_that_just_came_free_is_offered_at_once(visitor):
    ticket, slot = make.ticket(), make.slot(places=1)
    response = visitor.post(f"/kaartje/{ticket.secret}/wachtlijst/{slot.code}")
    text = read(response, 409)
    assert "Boek hem meteen" in text
    assert "Boek deze plek" in text


@pytest.mark.parametrize("swap", ["bestaat-niet", "", "x" * 300])
def test_only_a_place_of_the_ticket_can_be_swapped(visitor, full, swap):
    ticket = make.ticket()
    url = f"/kaartje/{ticket.secret}/wachtlijst/{full.code}?ruil={swap}"
    assert visitor.post(url).status_code == 303
    assert visitor.post(f"/kaartje/{ticket.secret}/wachtlijst/bestaat-niet").status_code == 404
    assert visitor.post(f"/kaartje/bestaat-niet/wachtlijst/{full.code}").status_code == 404


def test_the_programme_says_that_there_is_a_line_as_long_as_there_is(visitor, full, monkeypatch):
    def words(path):
        return read(visitor.get(path))

    assert "vol, wachtlijst" in words("/programma?dag=2026-10-23")
    page = words("/programma/brood")
    assert "vol, wachtlijst" in page
    assert "Met je kaartje zet je je op de wachtlijst." in page
    assert "full, waiting list" in words("/en/programma/brood")
    closed = full.booking_closes_at
    monkeypatch.setattr(clock, "now", lambda: closed)
    forget_pages()
    assert "vol, wachtlijst" not in words("/programma?dag=2026-10-23")
    assert "vol, wachtlijst" not in words("/programma/brood")
    assert "vol" in words("/nu")


def test_the_team_sees_who_waits_in_order(app, full):
    first, second = make.ticket(), make.ticket()
    for ticket in (first, second):
        waiting_list.join_waiting_list(ticket, full, now=make.NOW)
    client = app.test_client()
    make.sign_in(client, "programme")
    text = read(client.get("/team/plekken/brood"))
    assert text.index(first.holder_name) < text.index(second.holder_name)
    assert "2 wachten" in read(client.get("/team/plekken/"))

"""The pages of the waiting list for tickets: joining, one's place, leaving, the team's list."""

import re
from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.mail.models import Letter
from festival.team.models import AuditEntry
from festival.tickets.waiting import rules
from festival.tickets.waiting.models import TicketWait
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW

FORM = {"name": "Wil de Wit", "email": "wil@example.org", "number": "2"}


@pytest.fixture(autouse=True)
def _today(monkeypatch, app):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr("festival.web.same_time.STEP", 0)


@pytest.fixture
def of():
    """A ticket type of which nothing is left."""
    return make.ticket_type(slug="bewoner", pool=make.pool(capacity=2, taken=2))


def free(of, number=2):
    of.pool.taken -= number
    db.session.commit()
    forget_pages()


def test_from_sold_out_to_an_order(visitor, of):
    shop = visitor.get("/kaartjes").text
    [url] = re.findall(r'href="(/kaartjes/wachtlijst/[^"]+)"', shop)
    assert "Hoeveel kaartjes" in visitor.get(url).text
    answer = visitor.post(url, data=FORM)
    assert answer.status_code == 303
    assert "Kijk in je mail" in visitor.get(answer.location).text
    [wait] = db.session.query(TicketWait)
    own = f"/wachtlijst/{wait.secret}"
    asked = visitor.get(own).text
    assert "Je staat nog niet op de wachtlijst" in asked
    assert wait.state == "unconfirmed", "a mail scanner opens links too"
    assert visitor.post(own).location == own
    assert "Je bent nummer 1 in de rij" in visitor.get(own).text
    assert own in db.session.query(Letter).one().body_text
    free(of)
    assert "Uitverkocht" in visitor.get("/kaartjes").text  # what is free is for the line
    refused = visitor.post("/kaartjes", data={"n-bewoner": "1"})
    assert refused.status_code == visitor.get("/bestellen?n-bewoner=1").status_code == 409
    rules.serve_lines(clock.now)
    page = visitor.get(own).text
    assert "Je bent aan de beurt" in page
    [order] = re.findall(r'href="(/bestellen[^"]+)"', page)
    form = visitor.get(order.replace("&amp;", "&")).text
    assert "We houden je 2 kaartjes vast tot vrijdag 2 oktober 2026, 11.00 uur." in form
    assert "Houd langer vast</button>" not in form
    anew = visitor.post("/kaartjes", data={"n-bewoner": "1", "vast": wait.secret})
    assert anew.location == f"/bestellen?n-bewoner=1&vast={wait.secret}"


def test_the_page_is_the_same_for_who_waits_already(visitor, of):
    answers = [visitor.post("/kaartjes/wachtlijst/bewoner", data=FORM) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert (db.session.query(TicketWait).count(), db.session.query(Letter).count()) == (1, 2)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"email": "geen adres"}, {"number": "99"}, {"number": "x"}]
)
def test_what_is_typed_wrong_comes_back(visitor, of, wrong):
    answer = visitor.post("/kaartjes/wachtlijst/bewoner", data=FORM | wrong)
    assert answer.status_code == 422
    assert ("Wil de Wit" in answer.text) == ("name" not in wrong)
    assert db.session.query(TicketWait).count() == 0


def test_where_tickets_are_left_it_says_so_and_leads_on(visitor, of):
    free(of)
    answer = visitor.post("/kaartjes/wachtlijst/bewoner", data=FORM)
    assert answer.status_code == 409
    assert "Bestel ze meteen" in answer.text
    assert 'href="/kaartjes"' in answer.text


def test_hidden_types_and_unknown_ones_have_no_page(visitor, of):
    make.ticket_type(slug="crew", code="CREW")
    for slug in ("crew", "onbekend"):
        assert visitor.get(f"/kaartjes/wachtlijst/{slug}").status_code == 404
    assert visitor.get("/wachtlijst/onbekend").status_code == 404


def test_leaving_by_the_link(visitor, of):
    wait = make.wait(of)
    assert visitor.post(f"/wachtlijst/{wait.secret}/weg").status_code == 303
    page = visitor.get(f"/wachtlijst/{wait.secret}").text
    assert "Je staat niet meer op de wachtlijst" in page
    assert wait.state == "left"


@pytest.mark.parametrize("state", ["waiting", "offered", "lapsed"])
def test_after_the_sale_nothing_is_promised(visitor, of, state):
    values = {
        "waiting": {},
        "offered": {"offered_at": NOW, "offer_ends_at": NOW + timedelta(hours=1)},
        "lapsed": {"ended_at": NOW, "outcome": "lapsed"},
    }[state]
    wait = make.wait(of, **values)
    url = f"/wachtlijst/{wait.secret}"
    page = visitor.get(url).text
    assert "van deze kaartjes is voorbij" not in page
    assert "Weer op de wachtlijst" in page or state != "lapsed"
    of.sale_until = NOW
    db.session.commit()
    page = visitor.get(url).text
    assert "De verkoop van deze kaartjes is voorbij" in page
    for said in ("Bestel deze kaartjes", "aan de beurt", "Weer op de wachtlijst", "wie na jou"):
        assert said not in page
    of.edition.called_off_at = NOW
    db.session.commit()
    page = visitor.get(url).text
    assert "Innovatiefestival gaat niet door." in page
    assert "Bestel deze kaartjes" not in page


def test_the_team_sees_the_line_and_offers(visitor, of):
    make.sign_in(visitor, "organiser")
    assert "Er wacht niemand" in visitor.get("/team/wachtlijst-kaartjes/").text
    wait = make.wait(of, name="Wil de Wit")
    page = visitor.get("/team/wachtlijst-kaartjes/").text
    assert "Wil de Wit" in page
    assert wait.secret not in page
    url = f"/team/wachtlijst-kaartjes/{wait.code}/bied-aan"
    assert visitor.post(url).status_code == 303
    assert "te weinig vrij" in visitor.get("/team/wachtlijst-kaartjes/").text
    free(of)
    visitor.post(url)
    page = visitor.get("/team/wachtlijst-kaartjes/").text
    assert "krijgt een brief" in page
    assert "aangeboden tot" in page
    assert db.session.query(AuditEntry).filter_by(verb="offer_from_line").count() == 1
    assert visitor.post("/team/wachtlijst-kaartjes/ONBEKEND/bied-aan").status_code == 404


def test_after_the_sale_the_button_says_why_not(visitor, of):
    wait = make.wait(of, confirmed_at=None)
    of.sale_until = NOW
    db.session.commit()
    answer = visitor.post(f"/wachtlijst/{wait.secret}")
    assert (answer.status_code, wait.state) == (409, "unconfirmed")
    assert "is er geen wachtlijst" in answer.text


def test_the_overview_counts_who_is_in_line(visitor, of):
    make.sign_in(visitor, "organiser")
    make.wait(of, confirmed_at=None, name="Nog Niet")
    assert "wachtende op kaartjes" not in visitor.get("/team/").text
    make.wait(of)
    forget_pages()
    page = visitor.get("/team/").text
    there = "/team/wachtlijst-kaartjes/?stand=waiting"
    assert re.search(rf'href="{re.escape(there)}"[^>]*>wachtende op kaartjes', page)
    assert "Nog Niet" not in visitor.get(there).text
    line = visitor.get("/team/wachtlijst-kaartjes/").text
    assert "nog niet bevestigd" in line
    assert 'Bied nu aan<span class="visually-hidden">: Nog Niet' not in line


def test_in_english(visitor, of):
    assert "Put me on the waiting list" in visitor.get("/en/kaartjes").text
    visitor.post("/en/kaartjes/wachtlijst/bewoner", data=FORM)
    assert "Join the waiting list" in db.session.query(Letter).one().subject

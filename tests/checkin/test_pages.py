"""The scanner without JavaScript: gates, phones, finding, undoing, and who may see it."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.checkin import queries
from festival.checkin.models import Device, Scan
from festival.db import db
from festival.tickets.models import Ticket
from tests import make
from tests.checkin.conftest import Clock, Statements
from tests.scheduling.test_backoffice import shown

NORTH = "/team/deur/noord"


def other_phone(app: Flask, *, gate: str = "noord") -> FlaskClient:
    """Another volunteer's phone."""
    client = app.test_client()
    make.sign_in(client, "checkin")
    client.post("/team/deur", data={"name": "Telefoon van Bo", "gate": gate})
    return client


def let_in(phone: FlaskClient, ticket: Ticket, *, nonce: str = "nonce-0001") -> str:
    """The page after typing the ticket's code."""
    sent = {"text": ticket.code, "nonce": nonce, "method": "typed"}
    return shown(phone.get(phone.post(NORTH, data=sent).location))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/team/deur"),
        ("POST", "/team/deur"),
        ("GET", NORTH),
        ("POST", NORTH),
        ("POST", f"{NORTH}/terug"),
        ("POST", f"{NORTH}/uitreiken"),
        ("GET", f"{NORTH}/stand"),
    ],
)
def test_the_gate_is_for_the_crew_and_organisers(
    app: Flask, visitor: FlaskClient, method: str, path: str
) -> None:
    make.gate(slug="noord")
    assert "/team/inloggen" in visitor.open(path, method=method).location
    for role in ("finance", "programme", "editor"):
        make.sign_in(visitor, role)
        assert visitor.open(path, method=method).status_code == 403, role
    for role in ("checkin", "organiser"):
        make.sign_in(visitor, role)
        assert visitor.open(path, method=method).status_code != 403, role


def test_before_there_is_an_edition_there_is_no_gate(app: Flask, visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    for path in ("/team/deur", NORTH, f"{NORTH}/stand", "/team/ingangen/", "/team/ingangen/scans"):
        wanted = 404 if path.startswith(NORTH) else 409  # 409: make an edition first
        assert visitor.get(path).status_code == wanted, path


def test_gates_are_listed_with_who_is_in_today(phone: FlaskClient, time: Clock) -> None:
    south = make.gate(slug="zuid", name="Ingang Zuid")
    make.gate(slug="oefenen", name="Oefenen", is_practice=True)
    make.gate(name="Elders", edition_id=make.edition(is_current=False).id)
    for _ in range(2):
        make.scan(make.ticket(), gate=south)
    let_in(phone, make.ticket())
    html = shown(phone.get("/team/deur"))
    said = [" ".join(each.split()) for each in re.findall(r'<p class="hint">(.*?)</p>', html)]
    assert said == [
        "Vandaag is hier 1 bezoeker binnen.",
        "Vandaag zijn hier 2 bezoekers binnen.",
        "Hier oefen je. Deze scans tellen niet mee.",
    ]
    assert "Elders" not in html
    assert "Ingangen beheren" not in html, "that is for organisers"
    time.now += timedelta(days=1)
    assert shown(phone.get("/en/team/deur")).count("0 visitors came in here today.") == 2


def test_without_gates_the_crew_hears_who_makes_them(app: Flask, visitor: FlaskClient) -> None:
    make.edition()
    make.sign_in(visitor, "checkin")
    html = shown(visitor.get("/team/deur"))
    assert "Er zijn nog geen ingangen" in html
    assert '<form method="post" action="/team/deur"' not in html


def test_a_new_phone_chooses_the_gate_that_it_came_for(app: Flask, visitor: FlaskClient) -> None:
    make.gate(slug="noord", position=1)
    make.gate(slug="zuid", position=2)
    make.sign_in(visitor, "checkin")

    def chosen(html: str) -> list[str]:
        return re.findall(r'name="gate" value="(\w+)" checked', html)

    assert chosen(shown(visitor.get("/team/deur"))) == ["noord"]
    assert chosen(shown(visitor.get("/team/deur?ingang=zuid"))) == ["zuid"]
    again = visitor.post("/team/deur", data={"name": "x" * 41, "gate": "zuid"})
    html = shown(again, 422)
    assert chosen(html) == ["zuid"]
    assert f'value="{"x" * 41}"' in html, "what was typed stays"
    assert "Houd de naam korter dan 40 letters." in html
    assert db.session.query(Device).count() == 0
    assert visitor.post("/team/deur", data={"name": "Bo", "gate": "west"}).status_code == 404


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_a_phone_stays_known_for_more_than_a_year(
    app: Flask, visitor: FlaskClient, scheme: str, secure: bool
) -> None:
    make.gate(slug="noord")
    make.sign_in(visitor, "checkin")
    site = f"{scheme}://localhost"
    answer = visitor.post(
        "/team/deur",
        data={"name": "Bo", "gate": "noord"},
        base_url=site,
        headers={"Referer": f"{site}/team/deur"},  # over https no token is taken without it
    )
    [cookie] = [
        each for each in answer.headers.getlist("Set-Cookie") if each.startswith("festival-device=")
    ]
    parts = set(cookie.split("; "))
    assert f"festival-device={db.session.query(Device).one().token}" in parts
    assert {"Max-Age=34560000", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert ("Secure" in parts) == secure


def test_a_phone_that_is_not_known_scans_nothing_and_is_asked_for_its_name(
    phone: FlaskClient,
) -> None:
    phone.set_cookie("festival-device", "of-nobody")
    sent = {"text": make.ticket().code, "nonce": "nonce-0001", "method": "typed"}
    for path in (NORTH, f"{NORTH}/terug"):
        assert phone.post(path, data=sent).location == "/team/deur?ingang=noord"
        answer = phone.post(f"/en{path}", json=sent)
        assert answer.status_code == 409
        assert answer.json == {"error": "DeviceIsNew", "go": "/en/team/deur?ingang=noord"}
    assert phone.get(NORTH).location == "/team/deur?ingang=noord"
    assert db.session.query(Scan).count() == 0


def test_only_the_scanner_may_use_the_camera(phone: FlaskClient) -> None:
    assert "camera=(self)" in phone.get(NORTH).headers["Permissions-Policy"]
    assert "camera=()" in phone.get("/team/deur").headers["Permissions-Policy"]


def test_the_second_gate_says_when_and_where_somebody_came_in(
    app: Flask, phone: FlaskClient, time: Clock
) -> None:
    ticket = make.ticket()
    let_in(phone, ticket)
    make.gate(slug="zuid", name="Ingang Zuid")
    other = other_phone(app, gate="zuid")
    time.now += timedelta(minutes=5)
    sent = {"text": ticket.code, "nonce": "nonce-0001", "method": "typed"}
    html = shown(other.get(other.post("/team/deur/zuid", data=sent).location))
    assert "AL BINNEN" in html
    assert "09.41 · Ingang Noord" in html
    assert "data-undo-form" not in html


def test_an_answer_is_shown_to_the_phone_that_asked_for_it(app: Flask, phone: FlaskClient) -> None:
    ticket = make.ticket()
    let_in(phone, ticket)
    html = shown(other_phone(app).get(f"{NORTH}?scan=nonce-0001"))
    assert "WELKOM" not in html
    assert ticket.holder_name not in html
    assert "Nog geen scans." in html


def test_how_many_are_in_is_counted_here_and_in_all(phone: FlaskClient, time: Clock) -> None:
    make.scan(make.ticket(), gate=make.gate(slug="zuid"))
    make.scan(make.ticket(), gate=make.gate(slug="oefenen", is_practice=True), is_practice=True)
    let_in(phone, make.ticket())
    assert phone.get(f"{NORTH}/stand").json == {"counts": {"gate": 1, "all": 2}}
    assert phone.get("/team/deur/zuid/stand").json == {"counts": {"gate": 1, "all": 2}}
    assert phone.get("/team/deur/oefenen/stand").json == {"counts": {"gate": 1, "all": 1}}
    html = shown(phone.get(NORTH))
    assert '<strong data-count="gate">1</strong> hier' in html
    assert '<strong data-count="all">2</strong> binnen' in html
    time.now += timedelta(days=1)
    assert phone.get(f"{NORTH}/stand").json == {"counts": {"gate": 0, "all": 0}}
    assert phone.get("/team/deur/oefenen/stand").json == {"counts": {"gate": 1, "all": 1}}


def test_a_scan_is_undone_by_a_form_until_a_quarter_of_an_hour_after_it(
    phone: FlaskClient, time: Clock
) -> None:
    ticket = make.ticket()
    button = 'name="nonce" value="nonce-0001"'
    assert let_in(phone, ticket).count(button) == 2, "below the answer and in the list"
    time.now += timedelta(minutes=15)
    assert button not in shown(phone.get(NORTH))
    late = phone.post(f"{NORTH}/terug", data={"nonce": "nonce-0001"})
    assert "niet meer terug te draaien" in shown(late, 409)
    time.now -= timedelta(seconds=1)
    assert button in shown(phone.get(NORTH))
    undone = phone.post(f"{NORTH}/terug", data={"nonce": "nonce-0001"})
    assert undone.location == f"{NORTH}?scan=nonce-0001"
    html = shown(phone.get(undone.location))
    assert "TERUGGEDRAAID" in html
    assert "· teruggedraaid" in html, "in the list of the last scans"
    assert button not in html
    assert "WELKOM" in let_in(phone, ticket, nonce="nonce-0002")


def test_a_phone_undoes_its_own_scans_only(app: Flask, phone: FlaskClient) -> None:
    let_in(phone, make.ticket())
    other = other_phone(app)
    for sent in ({"data": {"nonce": "nonce-0001"}}, {"json": {"nonce": "nonce-0001"}}):
        assert other.post(f"{NORTH}/terug", **sent).status_code == 404  # type: ignore[arg-type]
    assert db.session.query(Scan).one().undone_at is None


def test_somebody_is_let_in_by_name_without_javascript(phone: FlaskClient) -> None:
    order = make.order(tickets=2, name="Woongroep De Draad")
    html = shown(phone.get(NORTH, query_string={"q": " draad "}))
    assert "2 kaartjes gevonden" in html
    assert html.count("besteld door Woongroep De Draad") == 2
    forms = re.findall(r"<form[^>]*data-found>(.*?)</form>", html, re.DOTALL)
    nonces = set()
    for form, ticket in zip(forms, order.tickets, strict=True):
        sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        assert (sent["method"], sent["text"]) == ("name", ticket.code)
        nonces.add(sent["nonce"])
        assert "WELKOM" in shown(phone.get(phone.post(NORTH, data=sent).location))
    assert len(nonces) == 2
    assert {scan.method for scan in db.session.query(Scan)} == {"name"}


def test_a_search_says_when_there_may_be_more(phone: FlaskClient) -> None:
    make.order(tickets=queries.MOST_FOUND - 1, name="Woongroep De Draad")
    hint = "Er zijn er misschien meer."
    assert hint not in shown(phone.get(f"{NORTH}?q=draad"))
    make.order(name="De Draad")
    html = shown(phone.get(f"{NORTH}?q=draad"))
    assert hint in html
    assert "20 kaartjes gevonden" in html
    assert "There may be more." in shown(phone.get(f"/en{NORTH}?q=draad"))


def test_one_letter_finds_nothing_and_stays_in_the_field(phone: FlaskClient) -> None:
    make.order(name="Woongroep De Draad")
    for words in ("d", " d "):
        html = shown(phone.get(NORTH, query_string={"q": words}))
        assert "0 kaartjes gevonden" in html
        assert 'name="q" type="search" value="d"' in html
    assert "kaartjes gevonden" not in shown(phone.get(f"{NORTH}?q=++"))


def test_queries_of_the_scanner_do_not_grow(phone: FlaskClient, statements: Statements) -> None:
    numbers = []
    for most in (1, 8):
        order = make.order(tickets=most, name="Woongroep De Draad")
        for number, ticket in enumerate(order.tickets):
            let_in(phone, ticket, nonce=f"nonce-{most}-{number}")
        with statements() as sent:
            phone.get(f"{NORTH}?q=draad&scan=nonce-{most}-0")
        numbers.append(len(sent))
    assert numbers[0] == numbers[1]


def test_a_gate_of_another_edition_or_of_none_is_not_there(phone: FlaskClient) -> None:
    make.gate(slug="west", edition_id=make.edition(is_current=False).id)
    for slug in ("west", "oost"):
        for path in (f"/team/deur/{slug}", f"/team/deur/{slug}/stand"):
            assert phone.get(path).status_code == 404
        assert phone.post(f"/team/deur/{slug}", json={"nonce": "nonce-0001"}).status_code == 404

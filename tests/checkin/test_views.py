import re

import pytest

from festival.checkin.models import Device, Gate, Scan
from festival.db import db
from festival.tickets import ticket_qr
from tests import make


@pytest.fixture
def crew(app, visitor):
    """A volunteer's phone, signed in and named."""
    make.sign_in(visitor, "checkin")
    gate = make.gate(slug="noord", name="Ingang Noord", is_practice=True)
    visitor.post("/team/deur", data={"name": "Sjoerds telefoon", "gate": "noord"})
    assert gate
    return visitor


def scan(crew, text, *, nonce="nonce-0001", method="typed"):
    return crew.post("/team/deur/noord", json={"text": text, "nonce": nonce, "method": method})


def test_a_phone_is_named_once_and_then_goes_straight_to_its_gate(crew):
    assert db.session.query(Device).one().name == "Sjoerds telefoon"
    page = crew.get("/team/deur").text
    assert "Sjoerds telefoon" in page
    assert 'href="/team/deur/noord"' in page


def test_a_phone_without_a_name_is_asked_for_one(app, visitor):
    make.sign_in(visitor, "checkin")
    make.gate(slug="noord")
    assert visitor.get("/team/deur/noord").headers["Location"] == "/team/deur?ingang=noord"
    answer = visitor.post("/team/deur", data={"name": "", "gate": "noord"})
    assert answer.status_code == 422
    assert "Geef dit toestel een naam" in answer.text


def test_a_scan_is_answered_with_what_to_do(crew):
    ticket = make.ticket()
    answer = scan(crew, ticket_qr.address(ticket), method="camera").json
    assert answer["outcome"] == "admitted"
    assert "WELKOM" in answer["html"]
    assert ticket.holder_name in answer["html"]
    assert answer["counts"] == {"gate": 1, "all": 1}
    again = scan(crew, ticket_qr.address(ticket), nonce="nonce-0002", method="camera").json
    assert again["outcome"] == "already_in"
    assert re.search(r"\d\d\.\d\d · Ingang Noord", again["html"])


def test_the_scanner_speaks_english_below_en(crew):
    answer = crew.post(
        "/en/team/deur/noord",
        json={"text": make.ticket().code, "nonce": "nonce-0001", "method": "typed"},
    )
    assert "WELCOME" in answer.json["html"]


def test_without_javascript_the_answer_is_on_the_page_and_a_reload_scans_nothing(crew):
    ticket = make.ticket()
    sent = crew.post(
        "/team/deur/noord", data={"text": ticket.code, "nonce": "nonce-0001", "method": "typed"}
    )
    assert sent.headers["Location"] == "/team/deur/noord?scan=nonce-0001"
    for _ in range(2):
        assert "WELKOM" in crew.get(sent.headers["Location"]).text
    assert db.session.query(Scan).count() == 1


def test_a_scan_is_taken_back_from_the_phone_that_made_it(crew):
    ticket = make.ticket()
    scan(crew, ticket.code)
    undone = crew.post("/team/deur/noord/terug", json={"nonce": "nonce-0001"})
    assert "TERUGGEDRAAID" in undone.json["html"]
    assert undone.json["counts"]["gate"] == 0
    assert scan(crew, ticket.code, nonce="nonce-0002").json["outcome"] == "admitted"
    again = crew.post("/team/deur/noord/terug", json={"nonce": "nonce-0001"})
    assert (again.status_code, again.json["error"]) == (409, "CannotUndo")
    assert crew.post("/team/deur/noord/terug", json={"nonce": "of nobody"}).status_code == 404


def test_somebody_without_a_phone_is_found_by_name(crew):
    ticket = make.ticket()
    page = crew.get("/team/deur/noord", query_string={"q": ticket.holder_name}).text
    assert ticket.code in page
    assert "Laat binnen" in page
    assert "0 kaartjes gevonden" in crew.get("/team/deur/noord?q=niemand").text


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"text": "x", "nonce": "short", "method": "typed"},
        {"text": "x", "nonce": "long enough", "method": "magic"},
    ],
)
def test_a_scan_without_what_it_needs_is_refused(crew, sent):
    assert crew.post("/team/deur/noord", json=sent).status_code == 400


def test_a_code_with_markup_in_it_is_only_text(crew):
    scan(crew, "<script>alert(1)</script>")
    assert "<script>alert" not in crew.get("/team/deur/noord").text


def test_the_gate_is_for_the_crew_only(app, visitor):
    make.gate(slug="noord")
    assert visitor.get("/team/deur/noord").status_code == 302
    make.sign_in(visitor, "finance")
    assert visitor.get("/team/deur/noord").status_code == 403


def test_a_strangers_phone_learns_nothing_about_the_holder(app, visitor):
    ticket = make.ticket()
    page = visitor.get(f"/T/{ticket_qr.token(ticket)}")
    assert page.status_code == 200
    for private in (ticket.holder_name, ticket.secret, ticket.code, ticket.order.email):
        assert private not in page.text
    assert "geen kaartje van ons" in visitor.get("/T/ZOMAARIETS").text


def test_an_organiser_makes_a_gate_once(app, visitor):
    make.current_edition()
    make.sign_in(visitor, "organiser")
    sent = {"name": "Ingang Zuid", "slug": "zuid"}
    assert visitor.post("/team/ingangen/", data=sent).status_code == 302
    again = visitor.post("/team/ingangen/", data=sent)
    assert again.status_code == 409
    assert "Er is al een ingang" in again.text
    assert visitor.post("/team/ingangen/", data={"name": "X", "slug": "Zuid!"}).status_code == 422
    assert db.session.query(Gate).one().slug == "zuid"


def test_the_team_sees_every_scan_and_filters_them(crew):
    ticket = make.ticket()
    scan(crew, ticket.code)
    scan(crew, "iets anders", nonce="nonce-0002")
    make.sign_in(crew, "organiser")
    assert ticket.holder_name in crew.get("/team/ingangen/scans").text
    unknown = crew.get("/team/ingangen/scans?antwoord=unknown").text
    assert "iets anders" in unknown
    assert ticket.holder_name not in unknown


def test_nonsense_from_a_script_is_refused_and_no_fault(crew):
    assert crew.post("/team/deur/noord", json=["a list"]).status_code == 400
    assert crew.post("/team/deur/noord/terug", json="a text").status_code == 400
    assert scan(crew, "a\0b", nonce="nonce\0-0001").json["outcome"] == "unknown"
    assert db.session.query(Scan).one().read == "ab"
    half = "half a pair: \ud800"  # JSON can hold it, UTF-8 cannot
    assert scan(crew, half, nonce=half).json["outcome"] == "unknown"
    undone = crew.post("/team/deur/noord/terug", json={"nonce": half})
    assert undone.json["error"] == "CannotUndo"


def test_a_page_of_scans_beyond_the_last_is_the_last(visitor):
    make.edition()
    make.sign_in(visitor, "organiser")
    assert visitor.get("/team/ingangen/scans?page=99999999999999999999").status_code == 200


def test_after_the_back_button_another_code_gets_its_own_answer(crew):
    first, second = make.ticket(), make.ticket()
    pages = []
    for ticket in (first, second, second):
        sent = {"text": ticket.code, "nonce": "nonce-0001", "method": "typed"}
        pages.append(crew.post("/team/deur/noord", data=sent).headers["Location"])
    assert pages[0] != pages[1] == pages[2]
    for address, ticket in zip(pages, (first, second, second), strict=True):
        answer = crew.get(address).text
        assert "WELKOM" in answer
        assert f'<p class="answer-name">{ticket.holder_name}</p>' in answer
    sent = {"text": first.code, "nonce": "nonce-0001", "method": "typed"}
    answer = crew.post("/team/deur/noord", json={**sent, "text": "iets anders"}).json
    assert answer["outcome"] == "unknown"


def test_of_a_long_nonce_the_first_64_signs_are_kept(crew):
    for end in ("a", "b"):
        sent = {"text": "iets anders", "nonce": "n" * 64 + end, "method": "typed"}
        answer = crew.post("/team/deur/noord", data=sent)
        assert answer.headers["Location"] == f"/team/deur/noord?scan={'n' * 64}"
    assert db.session.query(Scan).count() == 1


@pytest.mark.parametrize(
    ("age", "ago"),
    [(7_200_000, 7200), (1.5, 0), (-1, 0), ("nu", 0), (1e300, 0), (True, 0), ([], 0)],
)
def test_a_phone_says_how_long_ago_it_read_a_code(crew, age, ago):
    crew.post(
        "/team/deur/noord",
        json={"text": "iets", "nonce": "nonce-0001", "method": "typed", "age": age},
    )
    [scan] = db.session.query(Scan)
    assert abs((scan.received_at - scan.scanned_at).total_seconds() - ago) < 1


def test_the_code_of_an_order_shows_its_tickets(crew):
    """Typed at the gate it used to be unknown; it is the code that people have at hand."""
    order = make.order(tickets=2, name="Łucja Nowak")
    order.code = "FPDMWTTG"
    db.session.commit()
    sent = {"text": "fpdm wttg", "nonce": "nonce-0001", "method": "typed"}
    answer = crew.post("/team/deur/noord", json=sent)
    assert answer.json == {"go": "/team/deur/noord?q=fpdm+wttg#gevonden"}
    page = crew.get(crew.post("/team/deur/noord", data=sent).headers["Location"]).text
    assert "2 kaartjes gevonden" in page
    assert all(ticket.code in page for ticket in order.tickets)
    assert db.session.query(Scan).count() == 0, "nobody was scanned yet"

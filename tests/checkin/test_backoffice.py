"""The team's lists of gates and of scans."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.checkin.models import Gate, Scan
from festival.db import db
from festival.team.models import AuditEntry
from tests import make
from tests.checkin.conftest import MORNING, Clock, Statements
from tests.scheduling.test_backoffice import form_of, shown

GATES, SCANS = "/team/ingangen/", "/team/ingangen/scans"


@pytest.fixture
def organiser(time: Clock, visitor: FlaskClient) -> FlaskClient:
    """An organiser's browser, at an edition."""
    make.edition()
    make.sign_in(visitor, "organiser")
    return visitor


def rows_of(html: str) -> list[list[str]]:
    """The cells of the table, row by row."""
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td.*?</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
        if "<td" in row
    ]


def scans(number: int = 1, **values: object) -> list[Scan]:
    """Refused scans at one gate with one phone."""
    same = {"gate": make.gate(), "device": make.device(), "outcome": "unknown"} | values
    return [make.scan(**same) for _ in range(number)]


def test_only_organisers(app: Flask, visitor: FlaskClient) -> None:
    make.edition()
    for role in ("checkin", "finance", "programme", "editor"):
        make.sign_in(visitor, role)
        assert visitor.get(GATES).status_code == 403
        assert visitor.get(SCANS).status_code == 403
        sent = {"name": "Ingang Noord", "slug": "noord"}
        assert visitor.post(GATES, data=sent).status_code == 403
    assert db.session.query(Gate).count() == 0


def test_gates_show_how_many_are_in_today(organiser: FlaskClient, time: Clock) -> None:
    assert "Er zijn nog geen ingangen" in shown(organiser.get(GATES))
    north = make.gate(name="Noord & West", slug="noord")
    practice = make.gate(name="Leren", slug="leren", is_practice=True)
    make.gate(name="Elders", edition_id=make.edition(is_current=False).id)
    make.scan(make.ticket(), gate=north)
    make.scan(make.ticket(), gate=practice, is_practice=True)
    practised = ["Leren (oefenen)", "leren", "–"]
    assert rows_of(shown(organiser.get(GATES))) == [["Noord & West", "noord", "1"], practised]
    time.now += timedelta(days=1)
    english = rows_of(shown(organiser.get(f"/en{GATES}")))
    assert english == [["Noord & West", "noord", "0"], ["Leren (practice)", "leren", "–"]]


def test_a_gate_is_made_and_noted_with_its_maker(organiser: FlaskClient, time: Clock) -> None:
    member = make.sign_in(organiser, "organiser")
    sent = form_of(shown(organiser.get(GATES)))
    made = organiser.post(
        GATES, data=sent | {"name": " Leren ", "slug": "leren", "is_practice": "y"}
    )
    assert made.location == GATES
    gate = db.session.query(Gate).one()
    assert (gate.name, gate.slug, gate.is_practice) == ("Leren", "leren", True)
    assert gate.edition_id == make.current_edition().id
    [entry] = db.session.query(AuditEntry)
    assert (entry.verb, entry.subject) == ("add_gate", "Leren")
    assert (entry.member_id, entry.at) == (member.id, MORNING)


@pytest.mark.parametrize(
    ("language", "sent", "status", "sentence"),
    [
        ("", {"name": ""}, 422, "Geef de ingang een naam."),
        ("", {"slug": "Noord!"}, 422, "Gebruik kleine letters, cijfers en streepjes"),
        ("", {}, 409, "Er is al een ingang met deze naam in het adres. Kies een andere."),
        ("/en", {"slug": "Noord!"}, 422, "Use small letters, digits and hyphens"),
        ("/en", {}, 409, "There is a gate with this name in the address already."),
    ],
)
def test_an_invalid_form_keeps_its_values_and_shows_the_errors(
    organiser: FlaskClient, language: str, sent: dict[str, str], status: int, sentence: str
) -> None:
    make.gate(slug="noord")
    typed = {"name": "Ingang Noord", "slug": "noord", "is_practice": "y"} | sent
    html = shown(organiser.post(f"{language}{GATES}", data=typed), status)
    assert sentence in html
    assert {name: values[0] for name, values in form_of(html).items() if name in typed} == typed
    assert db.session.query(Gate).count() == 1


def test_every_scan_says_when_where_what_who_and_by_whom(organiser: FlaskClient) -> None:
    ticket, member = make.ticket(), make.member("checkin")
    gate, device = make.gate(name="Ingang Noord"), make.device()
    same = {"gate": gate, "device": device}
    at = datetime(2026, 10, 25, 1, 30, 9, tzinfo=UTC)  # after the clocks went back
    make.scan(**same, outcome="unknown", read="<b>" + "x" * 60, scanned_at=MORNING)
    make.scan(ticket, **same, undone_at=at, member=member, scanned_at=at)
    whom = f"{ticket.holder_name} ({ticket.code})"
    first, second = rows_of(shown(organiser.get(SCANS)))
    assert first == [
        *("25-10 02.30.09", "Ingang Noord", "binnengelaten, teruggedraaid"),
        *(whom, device.name, member.email),
    ]
    assert second[0] == "23-10 09.41.00"
    assert second[2:4] == ["onbekend", "<b>" + "x" * 34 + "..."]
    assert second[5] == ""
    english = rows_of(shown(organiser.get(f"/en{SCANS}")))
    assert [row[2] for row in english] == ["let in, undone", "unknown"]


def test_scans_of_another_edition_are_not_shown(organiser: FlaskClient) -> None:
    scans(gate=make.gate(name="Elders", edition_id=make.edition(is_current=False).id))
    html = shown(organiser.get(SCANS))
    assert "Zodra de ploeg scant, staat elke scan hier." in html
    assert "Elders" not in html


def test_scans_are_filtered_and_the_choice_stays(organiser: FlaskClient) -> None:
    gate = make.gate(slug="noord", name="Ingang Noord")
    scans(gate=gate, outcome="forged", read="een")
    scans(gate=gate, outcome="unknown", read="twee")
    scans(outcome="forged", read="drie")

    def read(query: str) -> list[str]:
        return [row[3] for row in rows_of(shown(organiser.get(f"{SCANS}?{query}")))]

    assert read("") == ["drie", "twee", "een"]
    assert read("ingang=noord") == ["twee", "een"]
    assert read("antwoord=forged") == ["drie", "een"]
    assert read("ingang=noord&antwoord=forged") == ["een"]
    html = shown(organiser.get(f"{SCANS}?ingang=noord&antwoord=forged"))
    assert re.findall(r'<option value="(\w+)" selected>', html) == ["noord", "forged"]
    for nothing in ("ingang=west", "antwoord=already_in", "antwoord=nonsense"):
        html = shown(organiser.get(f"{SCANS}?{nothing}"))
        assert "Kies een andere ingang, een ander antwoord of een andere dag." in html


def test_fifty_scans_stand_on_a_page(organiser: FlaskClient) -> None:
    scans(51, outcome="forged")
    scans()

    def page(number: str, choice: str = "&antwoord=forged") -> tuple[int, str]:
        html = shown(organiser.get(f"{SCANS}?page={number}{choice}"))
        return len(rows_of(html)), html

    for first in ("1", "0", "-1", "nonsense", ""):
        rows, html = page(first)
        assert (rows, "Pagina 1 van 2 · 51 scans" in html) == (50, True), first
        assert re.findall(r'href="([^"]*)" rel="(next|prev)"', unescape(html)) == [
            (f"{SCANS}?page=2&antwoord=forged", "next")
        ]
    for last in ("2", "3", "9" * 30):
        rows, html = page(last)
        assert (rows, 'rel="prev"' in html, 'rel="next"' in html) == (1, True, False), last
    assert page("2", "")[0] == 2
    scans(50, outcome="not_paid")
    rows, html = page("2", "&antwoord=not_paid")
    assert (rows, "Pagina 1 van 1 · 50 scans" in html) == (50, True)
    assert "Page 1 of 1 · 1 scan<" in shown(organiser.get(f"/en{SCANS}?antwoord=unknown"))


def test_queries_of_a_page_of_scans_do_not_grow(
    organiser: FlaskClient, statements: Statements
) -> None:
    def ask() -> int:
        with statements() as sent:
            organiser.get(SCANS)
        return len(sent)

    make.scan(make.ticket(), member=make.member("checkin"))
    few = ask()
    for _ in range(5):
        make.scan(make.ticket(), member=make.member("checkin"))
    assert ask() == few

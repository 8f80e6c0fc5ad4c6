"""The team's first page: numbers that are right, and lead where this member may go."""

import re

import pytest
from flask.testing import FlaskClient

from festival import clock
from festival.bookings.rules import places
from festival.checkin import rules as checkin
from festival.checkin.rules import Reading
from festival.db import db
from festival.home import queries
from festival.mail.models import Letter
from festival.tickets import ticket_qr
from tests import make
from tests.make import NOW
from tests.world import at


@pytest.fixture(autouse=True)
def _before_the_festival(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def shown(client: FlaskClient, path: str = "/team/") -> str:
    answer = client.get(path)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200, html
    return re.sub(r"\s+", " ", html)


def test_before_the_first_edition(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    assert 'href="/team/edities/nieuw"' in shown(visitor)


def test_numbers(visitor: FlaskClient) -> None:
    edition = make.current_edition()
    paid = make.ticket_type(price_cents=2500, pool=make.pool(name="Bezoekers", capacity=10))
    make.order(of=paid, tickets=2)
    pending = make.order(of=paid, tickets=1, confirmed_at=None, due_at=at(20, 12))
    lapsed = make.order(of=paid, tickets=1, confirmed_at=None, lapsed_at=NOW)
    lapsed.tickets[0].released_at = NOW
    paid.pool.taken -= 1
    db.session.commit()
    slot = make.slot()
    places.book_slot(pending.tickets[0], slot, now=NOW)

    assert queries.ticket_counts(edition) == {"confirmed": 2, "pending": 1}
    assert queries.orders_by_state(edition) == {
        "confirmed": 1, "pending": 1, "lapsed": 1, "cancelled": 0,
    }  # fmt: skip
    assert queries.outstanding_cents(edition) == 3 * 2500
    assert [(each.taken, each.places) for each in queries.places_by_session(edition)] == [(1, 20)]
    assert queries.valid_tickets_by_day(edition) == {
        "2026-10-23": 2, "2026-10-24": 2, "2026-10-25": 2,
    }  # fmt: skip

    make.sign_in(visitor, "organiser")
    html = shown(visitor)
    assert "3 van 10" in html
    assert "in 1 bestelling" in html
    assert "€ 75,00" in html.replace("\xa0", " ")
    assert "0 van 2 binnen" in html
    assert "1 van 20 plekken zijn geboekt." in html
    assert 'href="/team/bestellingen/?state=pending"' in html


def test_who_is_in(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = make.ticket()
    gate, device = make.gate(), make.device()
    now = at(23, 10)
    reading = Reading(text=ticket_qr.token(ticket), method="camera", nonce="n1", scanned_at=now)
    checkin.scan(gate, device, reading, member_id=None, now=now)
    monkeypatch.setattr(clock, "now", lambda: now)
    make.sign_in(visitor, "organiser")
    html = shown(visitor)
    assert "Vandaag is het festival." in html
    assert "1 van 1 binnen" in html


def test_letters_that_failed_are_said(visitor: FlaskClient) -> None:
    make.edition()
    ticket, slot = make.ticket(), make.slot()
    places.book_slot(ticket, slot, now=NOW)
    db.session.query(Letter).update({"state": "failed"})
    db.session.commit()
    make.sign_in(visitor, "organiser")
    assert "1 brief is niet zeker aangekomen" in shown(visitor)


def test_links_are_only_where_one_may_go(visitor: FlaskClient) -> None:
    make.slot()
    make.ticket()
    make.sign_in(visitor, "checkin")
    html = shown(visitor)
    assert "/team/bestellingen/" not in html
    assert "geldig kaartje" in html
    assert "nog te ontvangen" not in html


def test_the_crew_finds_the_scanner_first(visitor: FlaskClient) -> None:
    make.slot()
    make.sign_in(visitor, "checkin")
    html = shown(visitor)
    assert html.index("Begin met scannen") < html.index("Kaartjes en geld")


def test_who_handles_money_needs_no_scanner_button(visitor: FlaskClient) -> None:
    make.slot()
    make.sign_in(visitor, "organiser")
    html = shown(visitor)
    assert "Begin met scannen" not in html
    assert "nog te ontvangen" in html


def test_english(visitor: FlaskClient) -> None:
    make.slot()
    make.sign_in(visitor, "organiser")
    html = shown(visitor, "/en/team/")
    assert "Workshops and coaches" in html
    assert "days to go." in html

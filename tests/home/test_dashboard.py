"""The team's first page: numbers that are right, and lead where this member may go."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from festival import clock
from festival.bookings.rules import places
from festival.checkin import rules as checkin
from festival.checkin.rules import ScanReading
from festival.db import db
from festival.home import queries, worker
from festival.mail.models import Letter
from festival.payments import queries as payments
from festival.tickets import ticket_qr
from festival.web.languages import Bilingual
from tests import make
from tests.home.test_queries import pay
from tests.make import NOW
from tests.team.test_outbox import letter
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
    assert payments.owed(edition, "due") == payments.OwedMoney(orders=2, cents=3 * 2500)
    assert [(each.taken, each.places) for each in queries.places_by_session(edition)] == [(1, 20)]
    assert queries.valid_tickets_by_day(edition) == {
        date(2026, 10, 23): (2, 1), date(2026, 10, 24): (2, 1), date(2026, 10, 25): (2, 1),
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
    reading = ScanReading(text=ticket_qr.token(ticket), method="camera", nonce="n1", scanned_at=now)
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


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "Nog 22 dagen."),
        (at(22, 23, 59), "Nog 1 dag."),
        (at(23, 0, 1), "Vandaag is het festival."),  # though its first day begins at six
        (at(23, 6), "Vandaag is het festival."),
        (at(25, 12), "Vandaag is het festival."),
        (at(26, 2), "Vandaag is het festival."),  # the last night is not over yet
        (at(26, 8), "Het festival is geweest."),
    ],
)
def test_how_long_it_still_takes(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, moment: datetime, words: str
) -> None:
    make.edition()
    make.sign_in(visitor, "organiser")
    monkeypatch.setattr(clock, "now", lambda: moment)
    with visitor.session_transaction() as session:
        session["fs_paa"] = session["in_use_at"] = moment.timestamp()
    lead = shown(visitor).partition('<p class="lead">')[2].partition("</p>")[0]
    assert lead == words


_MAKING = {
    "programma/dit/onderdelen?staat=new",
    "programma/dit/onderdelen?staat=waiting",
    "programma/dit/sprekers-post?toestand=niet-uitgenodigd",
    "programma/dit/sprekers-post?toestand=geen-antwoord",
    "programma/dit/sprekers-post?toestand=nee",
}
_VALID = {f"bestellingen/?state=confirmed&amp;dag=2026-10-{day}" for day in (23, 24, 25)}
_STEPS = {"programma/dit/podia", "programma/dit/onderdelen", "programma/dit/publiceren"}
LINKS = {
    "organiser": {
        *_STEPS,
        *_MAKING,
        *_VALID,
        *(f"ingangen/scans?antwoord=inside&amp;dag=2026-10-{day}" for day in (23, 24, 25)),
        "edities/",
        "edities/dit",
        "kaartsoorten/",
        "btw/",
        "bestellingen/?state=confirmed",
        "bestellingen/?state=pending",
        "bestellingen/?state=lapsed",
        "bestellingen/?state=cancelled",
        "bestellingen/?state=due",
        "bestellingen/?state=refund",
        "bestellingen/?state=paid",
        "boeken/",
        "ingangen/",
        "plekken/",
        "plekken/brood",
        "post/?state=underway",
        "post/?state=wrong",
    },
    "finance": {
        *_VALID,
        "btw/",
        "bestellingen/?state=confirmed",
        "bestellingen/?state=pending",
        "bestellingen/?state=lapsed",
        "bestellingen/?state=cancelled",
        "bestellingen/?state=due",
        "bestellingen/?state=refund",
        "bestellingen/?state=paid",
        "boeken/",
        "post/?state=underway",
        "post/?state=wrong",
    },
    "programme": {*_STEPS, *_MAKING, "plekken/", "plekken/brood"},
    "checkin": {"deur", "plekken/", "plekken/brood"},
    "editor": set(),
}


@pytest.mark.parametrize("role", sorted(LINKS))
def test_every_number_leads_to_what_it_counts_where_one_may_see_that(
    visitor: FlaskClient, role: str
) -> None:
    make.edition(slug="dit")
    make.slot(make.session(slug="brood"))
    make.sign_in(visitor, role)
    main = shown(visitor).partition("<main")[2].partition("</main>")[0]
    links = set(re.findall(r'href="/team/([^"]*)"', main))
    assert links == LINKS[role]
    for link in links:
        assert visitor.get(f"/team/{unescape(link)}").status_code == 200, link


@pytest.mark.parametrize("role", ["programme", "checkin", "editor"])
def test_money_is_of_no_concern_to_others(visitor: FlaskClient, role: str) -> None:
    make.order(of=make.ticket_type(price_cents=1234), confirmed_at=None, due_at=at(20, 12))
    make.sign_in(visitor, role)
    html = shown(visitor)
    assert "nog te ontvangen" not in html
    assert "12,34" not in html


def test_letters_are_counted_by_what_they_need(visitor: FlaskClient) -> None:
    make.edition()
    for state, number in (
        ("waiting", 2), ("sending", 1), ("failed", 3), ("unsure", 4), ("sent", 5), ("kept", 6),
    ):  # fmt: skip
        for _ in range(number):
            letter(state=state)
    make.sign_in(visitor, "finance")
    html = shown(visitor)
    assert "7 brieven zijn niet zeker aangekomen." in html
    figures = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html.partition('id="post"')[2])
    assert [(re.sub(r"<[^>]*>", "", label), number) for label, number in figures] == [
        ("onderweg", "3"),
        ("niet zeker aangekomen", "7"),
    ]


def test_all_is_well_says_nothing_of_letters(visitor: FlaskClient) -> None:
    make.edition()
    for state in ("waiting", "sent", "kept"):
        letter(state=state)
    make.sign_in(visitor, "organiser")
    assert "niet zeker aangekomen." not in shown(visitor)


def test_orders_that_ended_are_counted_apart(visitor: FlaskClient) -> None:
    of = make.ticket_type()
    for values in ({"lapsed_at": NOW, "confirmed_at": None}, {"cancelled_at": NOW}, {}):
        make.order(of=of, **values)
    make.sign_in(visitor, "organiser")
    html = shown(visitor)
    assert "bestelling is vervallen</a></dt><dd>1</dd>" in html
    assert "bestelling is geannuleerd</a></dt><dd>1</dd>" in html


def test_it_is_about_the_current_edition(visitor: FlaskClient) -> None:
    make.edition(name=Bilingual("Dit jaar"))
    old = make.edition(is_current=False, name=Bilingual("Vorig jaar"))
    make.order(of=make.ticket_type(edition_id=old.id, pool=make.pool(edition_id=old.id)))
    make.slot(make.session(edition_id=old.id, title=Bilingual("Oud brood")))
    make.sign_in(visitor, "organiser")
    html = shown(visitor).partition("<main")[2]
    assert "Dit jaar" in html
    for words in ("Vorig jaar", "Oud brood", "Contingent"):
        assert words not in html
    assert "Er is nog niets dat je kunt boeken." in html
    assert re.search(r"<dt>geldige kaartjes<br>.*?</dt><dd>0</dd>", html)


def test_who_is_in_is_counted_by_day_and_not_at_the_practice_gate(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = make.order(tickets=3).tickets
    device, gates = make.device(), [make.gate(), make.gate(is_practice=True)]
    for number, (ticket, gate, day) in enumerate([(0, 0, 23), (1, 0, 23), (2, 1, 23), (0, 0, 24)]):
        now = at(day, 10, number)
        reading = ScanReading(
            text=ticket_qr.token(tickets[ticket]),
            method="camera",
            nonce=f"n{number}",
            scanned_at=now,
        )
        checkin.scan(gates[gate], device, reading, member_id=None, now=now)
    make.sign_in(visitor, "organiser")
    door = shown(visitor).partition('id="deur"')[2].partition("</section>")[0]
    assert re.findall(r"<strong>(.*?)</strong>", door) == [
        "2 van 3 binnen",
        "1 van 3 binnen",
        "0 van 3 binnen",
    ]


def test_before_the_first_edition_only_an_organiser_can_make_one(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "finance")
    html = shown(visitor)
    assert "Er is nog geen editie" in html
    assert "edities/nieuw" not in html


def test_every_number_is_that_of_its_list(visitor: FlaskClient) -> None:
    of = make.ticket_type(price_cents=2000, pool=make.pool(capacity=100))
    pending = {"confirmed_at": None, "due_at": at(20, 12)}
    for number, values, paid in (
        (1, {}, 2000),
        (2, {}, 0),
        (3, pending, 0),
        (4, pending, 500),
        (5, {"confirmed_at": None, "lapsed_at": NOW}, 0),
        (6, {"cancelled_at": NOW}, 2000),
        (7, {}, 2100),
    ):
        for _ in range(number):
            row = make.order(of=of, tickets=1, **values)
            if paid:
                pay(row, paid)
    for state, number in (
        ("waiting", 2),
        ("sending", 1),
        ("failed", 3),
        ("unsure", 4),
        ("sent", 5),
    ):
        for _ in range(number):
            letter(state=state)
    make.sign_in(visitor, "finance")
    html = shown(visitor).replace("\xa0", " ")
    figures = re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", html)
    linked = {}
    for words, number in figures:
        link, text = re.findall(r'<a href="([^"]*)">(.*?)</a>', words)[0]
        counted = re.search(r"\d+", text)
        linked[link] = (number, int(counted[0] if counted else number))
    assert linked == {
        "/team/bestellingen/?state=confirmed": ("10", 10),
        "/team/bestellingen/?state=pending": ("7", 7),
        "/team/bestellingen/?state=due": ("€ 160,00", 9),  # 2 × 20, 3 × 20 and 4 × 15
        "/team/bestellingen/?state=refund": ("€ 127,00", 13),  # 6 × 20 and 7 × 1
        "/team/bestellingen/?state=partial": ("€ 60,00", 4),  # 4 × 15
        # 1 and 6 × 20, 4 × 5 and 7 × 21
        "/team/bestellingen/?state=paid": ("€ 307,00", 18),
        "/team/bestellingen/?state=lapsed": ("5", 5),
        "/team/bestellingen/?state=cancelled": ("6", 6),
        "/team/post/?state=underway": ("3", 3),
        "/team/post/?state=wrong": ("7", 7),
    }
    for link, (_shown, number) in linked.items():
        rows = shown(visitor, link).partition("<tbody")[2].partition("</tbody>")[0]
        assert rows.count("<tr") == number, link


@pytest.mark.parametrize(
    ("minutes", "says", "not_yet", "never"),
    [
        (0, "Wat nog niet gelopen heeft, komt vanzelf aan de beurt.", 14, 0),
        (5, "Wat nog niet gelopen heeft, komt vanzelf aan de beurt.", 14, 0),
        (6, "6 taken lopen niet goed.", 8, 6),  # those of every minute
        (24, "12 taken lopen niet goed.", 2, 12),
        (124, "14 taken lopen niet goed.", 0, 14),
    ],
)
def test_what_never_ran_is_missed_when_it_is_overdue(
    visitor: FlaskClient, minutes: int, says: str, not_yet: int, never: int
) -> None:
    make.edition()
    member = make.sign_in(visitor, "organiser")
    member.create_datetime = (NOW - timedelta(minutes=minutes)).replace(tzinfo=None)
    db.session.commit()
    section = shown(visitor).partition('id="vanzelf"')[2]
    assert says in section
    assert (section.count(">nog niet<"), section.count(">nog nooit<")) == (not_yet, never)
    assert ("lopen niet goed" in section) == bool(never)


def test_what_ran_needs_no_explanation(visitor: FlaskClient) -> None:
    make.edition()
    make.sign_in(visitor, "organiser")
    worker.run_due(NOW)
    section = shown(visitor).partition('id="vanzelf"')[2]
    assert "lopen niet goed" not in section
    assert "komt vanzelf aan de beurt" not in section

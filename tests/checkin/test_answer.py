"""What the crew reads after a scan, in both languages: word, shape, and nothing too much."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from festival import codes
from festival.db import db
from festival.tickets import ticket_qr
from festival.tickets.models import Ticket
from festival.web.languages import Bilingual
from tests import make
from tests.checkin.conftest import MORNING, Clock, Statements

NAME = "Ada <Kaartjes>"


def ticket_of_ada(**values: object) -> Ticket:
    ticket = make.ticket(**values)
    ticket.holder_name = NAME
    db.session.commit()
    return ticket


def answer_to(
    phone: FlaskClient, text: str, *, gate: str = "noord", language: str = "", at: object = None
) -> tuple[str, str]:
    """The outcome of a scan, and the words that the crew reads."""
    sent = {"text": text, "nonce": codes.secret(), "method": "typed"}
    answer = phone.post(f"{language}/team/deur/{gate}", json=sent | {"scanned_at": at}).json
    assert answer is not None
    return answer["outcome"], answer["html"]


def words_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def code_before_handing_on() -> str:
    ticket = ticket_of_ada()
    code = ticket.code
    make.handed_on(ticket)
    return code


@pytest.fixture
def texts(phone: FlaskClient) -> dict[str, str]:
    """What is read for each outcome, by its name."""
    weekend = Bilingual("Weekend", "Weekend ticket")
    hand_out = Bilingual("oranje polsbandje", "orange wristband")
    inside = ticket_of_ada(of=make.ticket_type(name=weekend, hand_out=hand_out))
    sunday = make.ticket_type(days=["2026-10-24", "2026-10-25"])
    other = make.edition(is_current=False).id
    elsewhere = make.ticket_type(edition_id=other, pool=make.pool(edition_id=other))
    entry = ticket_of_ada()
    make.scan(entry, gate=make.gate(name="Ingang Zuid"), scanned_at=MORNING, received_at=MORNING)
    token = ticket_qr.token(inside)
    return {
        "admitted": inside.code,
        "already_in": entry.code,
        "not_paid": ticket_of_ada(code="HJK34679", confirmed_at=None).code,
        "released": ticket_of_ada(lapsed_at=make.NOW).code,
        "handed_on": code_before_handing_on(),
        "wrong_day": ticket_of_ada(of=sunday).code,
        "wrong_edition": ticket_of_ada(of=elsewhere).code,
        "forged": token[:8] + ("A" if token[8] != "A" else "B") + token[9:],
        "unknown": "iets anders",
    }


DUTCH = {
    "admitted": f"WELKOM {NAME} Weekend · oranje polsbandje",
    "already_in": (
        f"AL BINNEN {NAME} 09.41 · Ingang Zuid Dit kaartje is vandaag al gebruikt."
        " Laat niet binnen. Vraag bij twijfel de organisatie."
    ),
    "not_paid": (
        f"NIET BETAALD {NAME} Bestelling HJK34679 is nog niet betaald. Stuur door naar de balie."
    ),
    "released": (
        f"VERVALLEN {NAME} Dit kaartje is geannuleerd of verlopen. Stuur door naar de balie."
    ),
    "handed_on": (
        "DOORGEGEVEN Dit kaartje is doorgegeven aan iemand anders. Deze code geldt niet meer."
        " Laat niet binnen. Vraag naar de nieuwe code, of stuur door naar de balie."
    ),
    "wrong_day": (
        f"ANDERE DAG {NAME} Dit kaartje is voor: zaterdag 24 oktober, zondag 25 oktober."
    ),
    "wrong_edition": "ANDER FESTIVAL Dit kaartje is van een andere editie. Laat niet binnen.",
    "forged": (
        "NIET ECHT Deze code is niet door ons gemaakt."
        " Laat niet binnen en haal de organisatie erbij."
    ),
    "unknown": (
        "ONBEKEND Dit is geen code van een kaartje. Scan opnieuw, typ de code of zoek op naam."
    ),
}
ENGLISH = {
    "admitted": f"WELCOME {NAME} Weekend ticket · orange wristband",
    "already_in": (
        f"ALREADY IN {NAME} 09.41 · Ingang Zuid This ticket was used today."
        " Do not let them in. Ask the organisers when in doubt."
    ),
    "not_paid": (f"NOT PAID {NAME} Order HJK34679 has not been paid yet. Send them to the desk."),
    "released": f"LAPSED {NAME} This ticket was cancelled or has lapsed. Send them to the desk.",
    "handed_on": (
        "HANDED ON This ticket was handed on to somebody else. This code is void."
        " Do not let them in. Ask for the new code, or send them to the desk."
    ),
    "wrong_day": f"OTHER DAY {NAME} This ticket is for: Saturday 24 October, Sunday 25 October.",
    "wrong_edition": "OTHER FESTIVAL This ticket is for another edition. Do not let them in.",
    "forged": (
        "NOT GENUINE We did not make this code. Do not let them in, and call the organisers."
    ),
    "unknown": (
        "UNKNOWN This is not the code of a ticket. Scan again, type the code or look for the name."
    ),
}
SHAPES = {"admitted": "welcome", "already_in": "already", "not_paid": "wait"}


@pytest.mark.parametrize(("language", "expected"), [("", DUTCH), ("/en", ENGLISH)])
def test_each_outcome_says_what_to_do(
    phone: FlaskClient, texts: dict[str, str], language: str, expected: dict[str, str]
) -> None:
    for outcome, text in texts.items():
        answered, html = answer_to(phone, text, language=language)
        assert answered == outcome
        assert words_of(html) == expected[outcome]
        assert f'class="answer answer-{SHAPES.get(outcome, "no")}"' in html
        assert f'data-outcome="{outcome}"' in html


def test_a_practice_gate_says_with_every_answer_that_it_is_one(
    phone: FlaskClient, texts: dict[str, str]
) -> None:
    make.gate(slug="oefenen", is_practice=True)
    for outcome in ("admitted", "unknown"):
        _, html = answer_to(phone, texts[outcome], gate="oefenen")
        assert words_of(html) == f"{DUTCH[outcome]} Oefenen: deze scan telt niet mee."


def test_a_welcome_tells_what_is_booked_for_that_day(phone: FlaskClient, time: Clock) -> None:
    """In the order of the day; the night after it belongs to it."""
    ticket = ticket_of_ada()
    hall = make.stage(name=Bilingual("De Hal", "The Hall"))
    for title, starts in (
        ("Nachtwandeling", datetime(2026, 10, 23, 23, 30, tzinfo=UTC)),
        ("Zagen", datetime(2026, 10, 23, 9, 0, tzinfo=UTC)),
        ("Vijlen", datetime(2026, 10, 24, 9, 0, tzinfo=UTC)),
    ):
        of = make.session(title=Bilingual(title))
        slot = make.slot(of, stage=hall, starts=starts)
        make.booking(ticket, slot, now=make.NOW)
    _, html = answer_to(phone, ticket.code)
    assert words_of(html).endswith("11.00 Zagen, De Hal 01.30 Nachtwandeling, De Hal")
    time.now += timedelta(days=1)
    _, html = answer_to(phone, ticket.code)
    assert "11.00 Vijlen" in words_of(html)
    assert "Zagen" not in html


def test_queries_of_a_scan_do_not_grow_with_bookings(
    phone: FlaskClient, statements: Statements
) -> None:
    idle, busy = ticket_of_ada(), ticket_of_ada()
    for hour in range(5):
        starts = datetime(2026, 10, 23, 9 + hour, 0, tzinfo=UTC)
        make.booking(busy, make.slot(starts=starts, minutes=30), now=make.NOW)
    numbers = []
    for code in (idle.code, busy.code):
        with statements() as sent:
            answer_to(phone, code)
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] <= 13  # one asks what was ordered with it


def test_the_time_on_the_phone_counts_and_nonsense_counts_as_now(
    phone: FlaskClient,
) -> None:
    for at, told in (
        ("2026-10-23T07:40:00.000Z", "09.40"),
        ("2026-10-23T09:39:30+02:00", "09.39"),
        ("2026-10-23T09:38:00", "09.41"),  # of no zone
        ("gisteren", "09.41"),
        (17, "09.41"),
    ):
        ticket = ticket_of_ada()
        assert answer_to(phone, ticket.code, at=at)[0] == "admitted"
        outcome, html = answer_to(phone, ticket.code)
        assert (outcome, f"{told} · Ingang Noord" in html) == ("already_in", True), at

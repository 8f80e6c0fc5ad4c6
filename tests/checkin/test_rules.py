from datetime import UTC, datetime, timedelta

import pytest

from festival.checkin import queries, rules
from festival.checkin.models import Scan
from festival.checkin.rules import Reading
from festival.db import db
from festival.tickets import ticket_qr
from tests import make

MORNING = datetime(2026, 10, 23, 7, 41, tzinfo=UTC)  # Friday 09.41 at the festival


def reading(text, *, nonce="n1", at=MORNING, method="camera"):
    return Reading(text=text, method=method, nonce=nonce, scanned_at=at)


def scan(gate, text, *, device=None, now=None, **values):
    what = reading(text, **values)
    return rules.scan(
        gate, device or make.device(), what, member_id=None, now=now or what.scanned_at
    )


def test_a_valid_ticket_is_let_in_for_the_day(any_app):
    ticket, gate = make.ticket(), make.gate()
    answer = scan(gate, ticket_qr.address(ticket))
    assert (answer.outcome, answer.ticket, answer.admitted_on) == ("admitted", ticket, make.FRIDAY)


def test_the_second_scan_is_turned_away_and_tells_where_the_first_was(any_app):
    ticket, gate = make.ticket(), make.gate(name="Ingang Noord")
    scan(gate, ticket_qr.address(ticket))
    again = scan(make.gate(), ticket_qr.address(ticket), at=MORNING + timedelta(minutes=5))
    assert again.outcome == "already_in"
    first = queries.last_entry(ticket.id, before=again.received_at, practice=False)
    assert (first.gate.name, first.scanned_at) == ("Ingang Noord", MORNING)


def test_the_next_day_the_same_ticket_opens_the_gate_again(any_app):
    ticket, gate = make.ticket(), make.gate()
    scan(gate, ticket_qr.address(ticket))
    assert (
        scan(gate, ticket_qr.address(ticket), at=MORNING + timedelta(days=1)).outcome == "admitted"
    )


def test_after_midnight_it_is_still_the_same_festival_day(any_app):
    ticket, gate = make.ticket(), make.gate()
    scan(gate, ticket_qr.address(ticket))
    late = datetime(2026, 10, 23, 23, 30, tzinfo=UTC)  # Saturday 01.30
    assert scan(gate, ticket_qr.address(ticket), at=late).outcome == "already_in"


def test_the_same_reading_sent_twice_is_one_scan_with_one_answer(any_app):
    ticket, gate, device = make.ticket(), make.gate(), make.device()
    first = scan(gate, ticket_qr.address(ticket), device=device)
    again = scan(gate, ticket_qr.address(ticket), device=device)
    assert (again.id, again.outcome) == (first.id, "admitted")
    assert db.session.query(Scan).count() == 1


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"confirmed_at": None}, "not_paid"),
        ({"lapsed_at": make.NOW}, "released"),
        ({"cancelled_at": make.NOW}, "released"),
    ],
)
def test_an_order_that_is_not_confirmed_opens_nothing(any_app, change, outcome):
    ticket = make.ticket(**change)
    answer = scan(make.gate(), ticket_qr.address(ticket))
    assert (answer.outcome, answer.admitted_on) == (outcome, None)


def test_a_released_ticket_of_a_confirmed_order_opens_nothing(any_app):
    ticket = make.ticket()
    ticket.released_at = make.NOW
    db.session.commit()
    assert scan(make.gate(), ticket_qr.address(ticket)).outcome == "released"


def test_a_ticket_for_another_day_or_another_edition_opens_nothing(any_app):
    ticket = make.ticket(of=make.ticket_type(days=["2026-10-24"]))
    assert scan(make.gate(), ticket_qr.address(ticket)).outcome == "wrong_day"
    elsewhere = make.gate(edition_id=make.edition(is_current=False).id)
    assert scan(elsewhere, ticket_qr.address(ticket)).outcome == "wrong_edition"


def test_a_forged_pass_and_any_other_code_are_kept_as_refusals(any_app):
    gate, token = make.gate(), ticket_qr.token(make.ticket())
    forged = token[:8] + ("A" if token[8] != "A" else "B") + token[9:]
    assert scan(gate, forged).outcome == "forged"
    assert scan(gate, "https://example.org/menu").outcome == "unknown"
    assert scan(gate, "x" * 5000).read == "x" * 300
    assert db.session.query(Scan).count() == 3


def test_a_code_is_accepted_when_typed_and_not_from_the_camera(any_app):
    ticket, gate = make.ticket(), make.gate()
    spaced = f"{ticket.code[:4]} {ticket.code[4:]}".lower()
    assert scan(gate, spaced, method="camera").outcome == "unknown"
    assert scan(gate, spaced, method="typed").outcome == "admitted"


def test_an_undone_scan_lets_the_ticket_in_again(any_app):
    ticket, gate = make.ticket(), make.gate()
    first = scan(gate, ticket_qr.address(ticket))
    rules.undo_scan(first, now=MORNING + timedelta(minutes=1))
    assert (
        scan(gate, ticket_qr.address(ticket), at=MORNING + timedelta(minutes=2)).outcome
        == "admitted"
    )
    with pytest.raises(rules.CannotUndo):
        rules.undo_scan(first, now=MORNING + timedelta(minutes=3))


def test_a_scan_is_undone_within_a_quarter_of_an_hour_or_not(any_app):
    first = scan(make.gate(), ticket_qr.address(make.ticket()))
    with pytest.raises(rules.CannotUndo):
        rules.undo_scan(first, now=MORNING + rules.UNDO_WITHIN)


def test_a_practice_gate_counts_for_nothing(any_app):
    ticket = make.ticket()
    practice = make.gate(is_practice=True)
    before = MORNING - timedelta(days=9)
    assert scan(practice, ticket_qr.address(ticket), at=before).outcome == "admitted"
    assert scan(practice, ticket_qr.address(ticket), at=before).outcome == "already_in"
    assert scan(make.gate(), ticket_qr.address(ticket)).outcome == "admitted"
    assert sum(queries.counts(practice.edition_id, make.FRIDAY).values()) == 1


def test_a_clock_that_is_far_ahead_is_not_believed(any_app):
    answer = scan(
        make.gate(), ticket_qr.address(make.ticket()), at=MORNING + timedelta(days=1), now=MORNING
    )
    assert (answer.scanned_at, answer.admitted_on) == (MORNING, make.FRIDAY)


def test_people_are_found_by_parts_of_their_name_or_their_code(any_app):
    ticket = make.ticket(name="Woongroep De Draad")
    ticket.holder_name = "Żaneta van der Łąka-100%"
    db.session.commit()
    edition_id = ticket.order.edition_id
    make.ticket()
    for words in ("van der", "100%", "draad woon", ticket.code[:5].lower()):
        assert list(queries.find_tickets(edition_id, words)) == [ticket], words
    assert list(queries.find_tickets(edition_id, "zzz")) == []


def test_another_code_under_a_nonce_that_was_used_gets_its_own_answer(any_app):
    """Without JavaScript the way back leads to a form with the nonce of the last visitor."""
    first, second = make.ticket(), make.ticket()
    gate, device = make.gate(), make.device()
    assert scan(gate, first.code, device=device, method="typed").ticket == first
    answers = [scan(gate, second.code, device=device, method="typed") for _ in range(2)]
    assert [(each.ticket, each.outcome) for each in answers] == [(second, "admitted")] * 2
    assert scan(gate, first.code, device=device, method="typed").ticket == first
    assert db.session.query(Scan).count() == 2

"""What the gate reads: gates, scans, counts, and people by their name."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from festival.checkin import queries
from festival.checkin.models import Scan
from festival.db import db
from festival.tickets.models import Ticket
from tests import make
from tests.checkin.conftest import MORNING, Statements


def named(holder: str, *, orderer: str = "Iemand Anders", **values: Any) -> Ticket:
    """A ticket of this holder, ordered by somebody else."""
    ticket = make.ticket(name=orderer, **values)
    ticket.holder_name = holder
    db.session.commit()
    return ticket


def found(words: str) -> list[str]:
    """The names of whom the gate finds by `words`, in order."""
    edition_id = make.current_edition().id
    return [ticket.holder_name for ticket in queries.find_tickets(edition_id, words)]


def test_a_part_of_a_name_is_enough_without_capitals_and_accents(any_app: Flask) -> None:
    name = "Żaneta van der Łąka-100%"
    named(name, orderer="Woongroep Élan De Draad")
    named("Bo de Vries")
    for words in (
        *(name, "ŻANETA", "żaneta", "zaneta laka", "van  der ", "łąka-100%", "neta", "laka zan"),
        *("draad woon", "élan", "ELAN", "draad zaneta"),
    ):
        assert found(words) == [name], words
    for words in ("vander", "zzz", "zaneta bo"):
        assert found(words) == [], words


def test_every_word_must_be_there(app: Flask) -> None:
    named("Ada de Boer", orderer="Bo Bakker")
    named("Ada Visser")
    assert found("ada") == ["Ada de Boer", "Ada Visser"]
    assert found("ada bakker") == ["Ada de Boer"]
    assert found("visser bakker") == []


@pytest.mark.parametrize("words", ["%", "_", "a_a", "a%a", "\\", "'", '"'])
def test_wildcards_are_plain_characters(app: Flask, words: str) -> None:
    named("Ada")
    assert found(words) == []


def test_a_code_is_found_by_how_it_begins(any_app: Flask) -> None:
    ticket = named("Ada")
    ticket.code = "GHJK3467"
    db.session.commit()
    for words in ("ghjk", "GHJK3467", "ada ghjk3"):
        assert found(words) == ["Ada"], words
    assert found("GHJK 3467") == ["Ada"], "as people read it out"
    assert found("hjk3") == [], "by its beginning or its second half only"


def test_unpaid_tickets_are_found_and_released_ones_are_not(app: Flask) -> None:
    """An unpaid ticket is found, so that its holder hears why; one given back is not."""
    named("Ada Betaald")
    named("Ada Onbetaald", confirmed_at=None)
    named("Ada Terug").released_at = make.NOW
    db.session.commit()
    elsewhere = make.edition(is_current=False)
    other = make.ticket_type(edition_id=elsewhere.id, pool=make.pool(edition_id=elsewhere.id))
    named("Ada Elders", of=other)
    assert found("ada") == ["Ada Betaald", "Ada Onbetaald"]


def test_the_first_tickets_by_name_are_found(any_app: Flask) -> None:
    order = make.order(tickets=queries.MOST_FOUND + 3)
    for number, ticket in enumerate(reversed(order.tickets)):
        ticket.holder_name = f"{'ada' if number % 2 else 'Áda'} {number:02}"
    db.session.commit()
    names = found("ada")
    assert [name[-2:] for name in names] == [f"{number:02}" for number in range(20)]
    assert names[:3] == ["Áda 00", "ada 01", "Áda 02"]


def test_gates_stand_in_their_order_and_practice_last(app: Flask) -> None:
    gates = [
        make.gate(name="Oefenen", is_practice=True, position=0),
        make.gate(name="Zuid", position=1),
        make.gate(name="Noord", position=1),
        make.gate(name="Artiesten", position=2),
    ]
    make.gate(name="Elders", edition_id=make.edition(is_current=False).id)
    names = [gate.name for gate in queries.gates(gates[0].edition_id)]
    assert names == ["Noord", "Zuid", "Artiesten", "Oefenen"]


def test_a_slug_finds_a_gate_of_the_current_edition(app: Flask) -> None:
    make.gate(slug="noord", edition_id=make.edition(is_current=False).id)
    assert queries.gate_by_slug("noord") is None
    gate = make.gate(slug="noord")
    assert queries.gate_by_slug("noord") == gate
    assert queries.gate_by_slug("zuid") is None


def test_a_nonce_is_looked_up_for_its_own_phone(app: Flask, statements: Statements) -> None:
    ticket, mine, theirs = make.ticket(), make.device(), make.device()
    make.scan(device=theirs, nonce="nonce-0001", outcome="unknown")
    scan = make.scan(ticket, device=mine, nonce="nonce-0001")
    scan_id, device_id = scan.id, mine.id
    db.session.expunge_all()
    with statements() as sent:
        found = queries.scan_of(device_id, "nonce-0001")
        assert found is not None
        seen = (found.id, found.ticket.order.code, found.ticket.type.name, found.gate.edition.name)
    assert seen[0] == scan_id
    assert len(sent) == 1, "all that the answer tells is read at once"
    assert queries.scan_of(device_id, "nonce-0002") is None


def test_the_last_scans_are_those_of_this_phone(app: Flask) -> None:
    mine = make.device()
    scans = [make.scan(device=mine, outcome="unknown") for _ in range(9)]
    make.scan(outcome="unknown")
    assert list(queries.recent_scans(mine.id)) == scans[:0:-1]
    assert list(queries.recent_scans(mine.id, limit=2)) == [scans[8], scans[7]]


def test_scans_are_chosen_by_gate_and_outcome(any_app: Flask) -> None:
    north, south = make.gate(slug="noord"), make.gate(slug="zuid")
    make.scan(gate=make.gate(edition_id=make.edition(is_current=False).id), outcome="forged")
    kept = [
        make.scan(gate=north, outcome="forged"),
        make.scan(gate=south, outcome="forged"),
        make.scan(gate=south, outcome="unknown"),
    ]

    def chosen(**choice: str) -> list[Scan]:
        found = queries.scans(north.edition_id, **choice)
        rows = list(queries.rows(found, offset=0, limit=50))
        assert queries.number_of(found) == len(rows)
        return rows

    assert chosen() == kept[::-1]
    assert chosen(gate="zuid") == [kept[2], kept[1]]
    assert chosen(outcome="forged") == [kept[1], kept[0]]
    assert chosen(gate="zuid", outcome="forged") == [kept[1]]
    assert chosen(gate="west") == []
    page = queries.rows(queries.scans(north.edition_id), offset=1, limit=1)
    assert list(page) == [kept[1]]


def test_the_last_entry_is_the_one_that_still_counts(any_app: Flask) -> None:
    ticket = make.ticket()

    def entry(minutes: int, **values: Any) -> Scan:
        at = MORNING + timedelta(minutes=minutes)
        return make.scan(ticket, received_at=at, scanned_at=at, **values)

    def last(minutes: int, *, on: date = make.FRIDAY, practice: bool = False) -> Scan | None:
        before = MORNING + timedelta(minutes=minutes)
        return queries.last_entry(ticket.id, on=on, before=before, practice=practice)

    entry(0, undone_at=MORNING)
    first = entry(10)
    entry(20, outcome="already_in")
    make.scan(make.ticket(), received_at=MORNING + timedelta(minutes=30))
    practised = entry(40, is_practice=True)
    saturday = make.FRIDAY + timedelta(days=1)
    second = entry(60, admitted_on=saturday)
    assert [last(minutes) for minutes in (9, 10, 59, 60)] == [None, first, first, first]
    assert [last(minutes, on=saturday) for minutes in (59, 60)] == [None, second]
    assert last(60, practice=True) == practised


def test_counts_are_of_one_day_and_of_entries_that_still_count(any_app: Flask) -> None:
    north, south = make.gate(), make.gate()
    practice = make.gate(is_practice=True)
    for _ in range(2):
        make.scan(make.ticket(), gate=north)
    make.scan(make.ticket(), gate=south)
    make.scan(make.ticket(), gate=south, undone_at=make.NOW)
    make.scan(make.ticket(), gate=south, outcome="already_in")
    make.scan(make.ticket(), gate=south, admitted_on=make.FRIDAY + timedelta(days=1))
    make.scan(make.ticket(), gate=practice, is_practice=True)
    make.scan(make.ticket(), gate=practice, is_practice=True, undone_at=make.NOW)
    elsewhere = make.gate(edition_id=make.edition(is_current=False).id)
    make.scan(make.ticket(), gate=elsewhere)
    edition_id = north.edition_id
    assert queries.counts(edition_id, make.FRIDAY) == {north.id: 2, south.id: 1}
    assert queries.counts(edition_id, make.FRIDAY, practice=True) == {practice.id: 1}
    assert queries.counts(edition_id, make.SUNDAY) == {}
    assert queries.practice_counts(practice.id) == 1
    assert queries.practice_counts(elsewhere.id + 1) == 0

"""Whole festivals: imported without a wrong moment, again without a change, corrected as moves."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from festival import sheets
from festival.db import db, transactional
from festival.editions.models import Edition
from festival.programme import queries
from festival.programme.models.sessions import Session, Slot
from festival.programme.rules.imports import ProgrammeChanged
from festival.scheduling import imports
from festival.scheduling.spreadsheet_columns import TABLES
from festival.sheets import Cell
from festival.team.imports.rows import ImportPreview
from festival.tickets.models import Order
from festival.tickets.rules import ordering
from tests import make
from tests.make import NOW
from tests.scheduling import festivals
from tests.scheduling.festivals import Schedule


def edition_of(days: int) -> Edition:
    edition = make.current_edition()
    set_days(edition, days)
    return edition


@transactional
def set_days(edition: Edition, days: int) -> None:
    festivals.lasts(edition, days)


def bring_in(edition: Edition, what: str, rows: list[list[Cell]]) -> ImportPreview:
    """As the screens do: through a file."""
    heads, *others = rows
    cells = sheets.read(sheets.xlsx(what, heads, others))
    table = TABLES[what]
    found = imports.preview(table, cells, edition)
    assert not found.summed_up()
    imports.import_rows(table, cells, edition, seen=edition.draft_version, now=NOW)
    return found


def starts_of(edition: Edition) -> dict[str, datetime]:
    rows = queries.all_sessions(edition)
    assert {len(row.all_slots) for row in rows} == {1}
    return {
        row.title.nl: edition.local(row.all_slots[0].starts_at).replace(tzinfo=None) for row in rows
    }


@pytest.mark.parametrize(("schedule", "days"), [(festivals.large, 4), (festivals.small, 2)])
def test_a_festival_comes_in_and_is_corrected(
    app: Flask, schedule: Callable[[], Schedule], days: int
) -> None:
    del app
    edition, festival = edition_of(days), schedule()
    bring_in(edition, "stages", festival.stages)
    bring_in(edition, "speakers", festival.people)
    bring_in(edition, "sessions", festival.sessions)
    assert starts_of(edition) == festival.starts
    again = bring_in(edition, "sessions", festival.sessions)
    assert again.count("unchanged") == len(festival.starts)
    corrected, expected = [festival.sessions[0]], dict(festival.starts)
    for n, row in enumerate(festival.sessions[1:]):
        if n % 3 == 0:
            title, moved = str(row[1]), festival.starts[str(row[1])] + timedelta(minutes=5)
            row = [*row[:5], f"{moved:%H:%M}", f"{moved + timedelta(minutes=50):%H:%M}", row[7]]
            expected[title] = moved
        corrected.append(row)
    found = bring_in(edition, "sessions", corrected)
    moves = [row for row in found.rows if row.notes and row.notes[0].startswith("Verplaatst van")]
    assert len(moves) == found.count("changed") == -(-len(festival.starts) // 3)
    assert starts_of(edition) == expected
    assert db.session.query(Slot).count() == len(festival.starts)


def many(number: int) -> list[list[Cell]]:
    rows: list[list[Cell]] = [
        ["Titel (Nederlands)", "Wie", "Dag", "Van", "Tot", "Podium", "Plekken om te boeken"]
    ]
    return rows + [
        [
            f"Los {n}",
            "Ria; Bo",
            festivals.FIRST_DAY.isoformat(),
            f"{8 + n % 14}:{n % 60:02}",
            "23:55",
            "Zaal",
            "9",
        ]
        for n in range(number)
    ]


def prepared_edition() -> Edition:
    edition = edition_of(2)
    bring_in(edition, "stages", [["Naam (Nederlands)"], ["Zaal"], ["Kelder"]])
    bring_in(edition, "speakers", [["Naam"], ["Ria"], ["Bo"], ["An"]])
    return edition


def test_a_thousand_rows_are_written_with_as_few_statements_as_ten(
    any_app: Flask, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """What holds the write lock of SQLite: everything from the first statement that writes."""
    del any_app
    edition = prepared_edition()
    counted: dict[int, list[int]] = {}
    for number in (10, 1000):
        for changed in (False, True):
            rows = many(number)
            if changed:
                for row in rows[1:]:
                    row[1], row[4], row[5], row[6] = "An", "23:59", "Kelder", "12"
            db.session.rollback()
            with queries() as sent:
                bring_in(edition, "sessions", rows)
            writes = [n for n, each in enumerate(sent) if each.startswith(("UPDATE", "INSERT"))]
            counted.setdefault(number, []).append(len(sent) - writes[0])
    assert db.session.query(Session).count() == 1000
    assert counted[1000][1] == counted[10][1] <= 12
    # PostgreSQL takes new rows by a thousand.
    assert counted[1000][0] <= 16


def test_an_order_is_placed_while_an_import_is_prepared(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only write lock is free while rows are read and compared, which takes seconds."""
    edition = prepared_edition()
    ticket_type = make.ticket_type(edition_id=edition.id)
    request = make.order_request(ticket_type)
    prepared = imports._prepared

    def order_meanwhile(*args: Any, **kwargs: Any) -> Any:
        def place() -> None:
            with sqlite_app.app_context():
                here = db.session.get_one(Edition, 1)
                ordering.place_order(here, request, now=NOW)

        visitor = threading.Thread(target=place)
        visitor.start()
        visitor.join()
        return prepared(*args, **kwargs)

    monkeypatch.setattr(imports, "_prepared", order_meanwhile)
    bring_in(edition, "sessions", many(5))
    assert db.session.query(Order).count() == 1
    assert db.session.query(Session).count() == 5


def test_a_maker_who_changes_something_meanwhile_stops_the_import(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    del any_app
    edition = prepared_edition()
    prepared = imports._prepared

    def change_meanwhile(*args: Any, **kwargs: Any) -> Any:
        made = prepared(*args, **kwargs)
        raise_version()
        return made

    @transactional
    def raise_version() -> None:
        db.session.execute(update(Edition).values(draft_version=Edition.draft_version + 1))

    monkeypatch.setattr(imports, "_prepared", change_meanwhile)
    with pytest.raises(ProgrammeChanged):
        bring_in(edition, "sessions", many(5))
    assert db.session.query(Session).count() == 0

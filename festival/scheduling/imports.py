"""Importing sessions, people, stages and themes: first a preview, then all rows or nothing.

A row is matched by its slug, or else by its title or name, exact or folded. A column that is not in
the file keeps its values; an empty cell empties the field. Cells that match the current value are
no change, so a file that comes straight from an export changes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from festival.db import db
from festival.editions.models import LAST_POSITION, Edition
from festival.programme import queries
from festival.programme.rules import imports as rules
from festival.programme.rules.imports import PreparedRows
from festival.scheduling.imported_rows import SessionReader, SessionRow
from festival.scheduling.known_names import KnownNames, read_known_names
from festival.scheduling.spreadsheet_columns import SESSIONS, SPEAKERS, STAGES, THEMES
from festival.sheets import Cell
from festival.team.imports.columns import SpreadsheetTable
from festival.team.imports.reading import RowReader, read_rows
from festival.team.imports.rows import FATES, ImportPreview, ImportRow, check_rows


def existing_rows(table: SpreadsheetTable, known: KnownNames) -> Sequence[Any]:
    """Returns the rows of the edition that are in that table."""
    return {
        SESSIONS.name: known.sessions,
        SPEAKERS.name: known.people.rows,
        STAGES.name: known.stages.rows,
        THEMES.name: known.themes.rows,
    }[table.name]


def preview(
    table: SpreadsheetTable,
    cells: Sequence[Sequence[Cell]],
    edition: Edition,
    answers: Mapping[int, str] | None = None,
) -> ImportPreview:
    """Returns the fate of each row of `cells`, without writing anything.

    The first row holds the headings; `answers` are choices by the number of the row. Runs a fixed
    number of queries. Raises NoHeadings.
    """
    known = read_known_names(edition)
    reader = (
        SessionReader(table, known)
        if table is SESSIONS
        else RowReader(table, known, existing_rows(table, known))
    )
    return read_rows(reader, table, cells, answers or {})


def import_rows(
    table: SpreadsheetTable,
    cells: Sequence[Sequence[Cell]],
    edition: Edition,
    *,
    seen: int,
    answers: Mapping[int, str] | None = None,
    skip_wrong: bool = False,
    now: datetime,
) -> ImportPreview:
    """Write what the preview of `cells` showed to the draft of version `seen`: all or nothing.

    With `skip_wrong`, wrong rows are left out. Returns what was done. Everything is read and
    compared before the transaction that writes. Raises NoHeadings, ProgrammeChanged, RowsAreWrong,
    RowsAsk or what the rules of the programme raise.
    """
    db.session.expire_all()  # what was read for the page may be of an older draft
    if edition.draft_version != seen:
        raise rules.ProgrammeChanged
    found = preview(table, cells, edition, answers)
    check_rows(found, skip_wrong=skip_wrong)
    prepared = _prepared(table, edition, found.rows, now=now)
    counts = {fate: found.count(fate) for fate in FATES if fate != "asks"}
    rules.write_rows(table.kind, edition, prepared, seen=seen, counts=counts, now=now)
    return found


def _prepared(
    table: SpreadsheetTable, edition: Edition, rows: Sequence[ImportRow], *, now: datetime
) -> PreparedRows:
    into = PreparedRows()
    slugs: dict[int, str] = {}
    position = _last_position(table, edition)
    for row in rows:
        if row.fate not in ("new", "changed"):
            continue
        values = table.joined(row.values, row.target)
        match row:
            case SessionRow():
                _prepare_session(into, edition, row, values, slugs, now=now)
            case _ if table is SPEAKERS:
                rules.prepare_speaker(into, edition, row.target, values)
            case _:
                if row.target is None and "position" not in values:
                    position = min(position + 1, LAST_POSITION)
                    values["position"] = position
                rules.prepare_place(into, edition, row.target, values, table.name[:-1])
    return into


def _prepare_session(
    into: PreparedRows,
    edition: Edition,
    row: SessionRow,
    values: dict[str, Any],
    slugs: dict[int, str],
    *,
    now: datetime,
) -> None:
    if row.leader is not None:
        slug = slugs.get(row.leader.number) or row.target.slug
    elif values:
        slug = rules.prepare_session(into, edition, row.target, values)
    else:
        slug = row.target.slug
    slugs[row.number] = slug
    if row.slot_values:
        rules.prepare_slot(into, edition, slug, row.slot, row.slot_values, now=now)


def _last_position(table: SpreadsheetTable, edition: Edition) -> int:
    if table not in (STAGES, THEMES):
        return 0
    rows = queries.stages(edition) if table is STAGES else queries.themes(edition)
    return max((row.position for row in rows), default=0)

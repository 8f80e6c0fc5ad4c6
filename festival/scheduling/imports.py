"""Importing sessions and people from a spreadsheet: first a preview, then all rows or nothing.

A row is matched by its slug, or else by its exact title or name. A column that is not in the file
keeps its values; an empty cell empties the field. Cells that match the current value are no change,
so a file that comes straight from an export changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from festival.db import change_one, db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import draft
from festival.programme.models.sessions import Session, Speaker
from festival.programme.rules import people as people_rules
from festival.programme.rules import sessions
from festival.programme.rules import slots as slot_rules
from festival.scheduling import spreadsheet_columns
from festival.scheduling.imported_rows import ImportRow, RowReader
from festival.scheduling.known_names import cell_text, read_known_names
from festival.scheduling.spreadsheet_columns import SpreadsheetTable
from festival.team import audit
from festival.team.editing import is_version

FATES = ("wrong", "new", "changed", "unchanged")


class NoHeadings(Refusal):
    """In de eerste rij staan geen kolomkoppen die we kennen. Gebruik het voorbeeldbestand."""

    status = 422


class ProgrammeChanged(Refusal):
    """Het programma is veranderd sinds je dit bekeek. Er is niets geïmporteerd. Kijk hieronder nog
    eens wat elke rij doet."""


class RowsAreWrong(Refusal):
    """Er kloppen nog rijen niet. Er is niets geïmporteerd."""


@dataclass
class ImportPreview:
    """What a file would change in the draft."""

    rows: list[ImportRow]
    unknown: list[str]  # headings of columns that are not used

    def count(self, fate: str) -> int:
        """Counts the rows with that fate."""
        return sum(row.fate == fate for row in self.rows)


def preview(
    table: SpreadsheetTable, cells: Sequence[Sequence[str]], edition: Edition
) -> ImportPreview:
    """Returns the fate of each row of `cells`, without writing anything.

    The first row holds the headings. Runs a fixed number of queries. Raises NoHeadings.
    """
    known = spreadsheet_columns.by_heading((*table.columns, *table.slot_columns))
    heads = [cell_text(head) for head in cells[0]] if cells else []
    used = [known.get(head.casefold()) for head in heads]
    if not {column.name for column in used if column} & {"slug", *table.titles}:
        raise NoHeadings
    reader = RowReader(table, read_known_names(edition))
    for number, row in enumerate(cells[1:], start=2):
        texts = {
            column: cell_text(row[n]) if n < len(row) else ""
            for n, column in enumerate(used)
            if column
        }
        if any(texts.values()):
            reader.read(number, texts)
    return ImportPreview(
        reader.rows, [head for head, column in zip(heads, used, strict=True) if head and not column]
    )


@transactional
def import_rows(
    table: SpreadsheetTable,
    cells: Sequence[Sequence[str]],
    edition: Edition,
    *,
    seen: int,
    skip_wrong: bool = False,
    now: datetime,
) -> ImportPreview:
    """Write what the preview of `cells` showed to the draft of version `seen`: all or nothing.

    With `skip_wrong`, wrong rows are left out. Returns what was done. Raises NoHeadings,
    ProgrammeChanged, RowsAreWrong or what the rules of the programme raise.
    """
    if not is_version(seen):
        raise ProgrammeChanged
    if not change_one(
        update(Edition)
        .where(Edition.id == edition.id, Edition.draft_version == seen)
        .values(draft_version=Edition.draft_version + 1)
    ):
        raise ProgrammeChanged
    db.session.expire_all()  # rows read before the lock may be outdated
    found = preview(table, cells, edition)
    if found.count("wrong") and not skip_wrong:
        raise RowsAreWrong
    written: dict[int, Session | Speaker] = {}
    for row in found.rows:
        if row.fate in ("new", "changed"):
            _write(table, edition, row, written, now=now)
    counts = {fate: found.count(fate) for fate in FATES}
    audit.record("import", f"{table.kind.__name__.lower()}s", now=now, **counts)
    return found


def _write(
    table: SpreadsheetTable,
    edition: Edition,
    row: ImportRow,
    written: dict[int, Session | Speaker],
    *,
    now: datetime,
) -> None:
    target = row.target
    if row.leader and target is None:
        target = written[row.leader.number]
    elif row.values:
        save = _write_session if table.kind is Session else _write_speaker
        target = written[row.number] = save(edition, target, row.values, now=now)
    if row.slot_values:
        assert isinstance(target, Session)
        if row.slot is None:
            slot_rules.add_slot(target, **row.slot_values, now=now)
        else:
            slot_rules.update_slot(row.slot, **row.slot_values, seen=row.slot.version, now=now)


def _write_speaker(
    edition: Edition, target: Any, cells: dict[str, Any], *, now: datetime
) -> Speaker:
    values = spreadsheet_columns.as_values(cells, target)
    return people_rules.save_speaker(
        edition, target, values, seen=target.version if target else 0, now=now
    )


def _write_session(
    edition: Edition, target: Any, cells: dict[str, Any], *, now: datetime
) -> Session:
    values = spreadsheet_columns.as_values(cells, target)
    people = {
        role: [
            db.session.get_one(Speaker, n)
            for n in values.pop(role, draft.value(target, role) if target else [])
        ]
        for role in ("speakers", "hosts")
    }
    return sessions.save_session(
        edition, target, values, **people, seen=target.version if target else 0, now=now
    )

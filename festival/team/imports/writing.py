"""Writing many rows of one kind with one statement each for the new and for the changed ones."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import insert, update

from festival.db import Base, db
from festival.web.languages import Bilingual


def as_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns values by column of the database: a text in two languages has two."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Bilingual):
            columns |= {f"{name}_nl": value.nl, f"{name}_en": value.en}
        else:
            columns[name] = value
    return columns


def insert_rows(
    kind: type[Base], rows: Sequence[Mapping[str, Any]], *, without: Collection[str] = ()
) -> None:
    """Insert `rows`, leaving out the names in `without`."""
    for same in _with_same_names(rows):
        written = [{name: row[name] for name in row if name not in without} for row in same]
        db.session.execute(insert(kind), written)


def update_rows(kind: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Update `rows`, each with its `id` and only the columns that change."""
    for same in _with_same_names(rows):
        db.session.execute(update(kind), [dict(row) for row in same])


def _with_same_names(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    def names(row: Mapping[str, Any]) -> list[str]:
        return sorted(row)

    # Sorting is stable: rows of the same kind keep the order of the file.
    return [list(same) for _, same in groupby(sorted(rows, key=names), key=names)]

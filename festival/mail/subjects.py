"""What a letter is about: an order, a ticket, a speaker, a member of the team …

A letter points at its subjects by table and id. The capabilities above mail register how the team
reads a kind of subject, and what to do when a letter about it could not be delivered.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from flask import Flask, current_app
from sqlalchemy import ColumnElement, and_, inspect, select

from festival.db import Base, db
from festival.mail.models import Letter, LetterSubject


class SubjectLink(NamedTuple):
    """A subject as the team reads it: its words, and its page in the back office."""

    words: str
    url: str


# Returns the links of these rows by id; rows that are gone are left out.
Describe = Callable[[Collection[int]], Mapping[int, SubjectLink]]
# Is told that a letter about the row with this id was delivered, or never will be.
Outcome = Callable[[Letter, int, bool, datetime], object]


def describe_with(app: Flask, kind: str, describe: Describe) -> None:
    """Let the team read subjects of `kind`, the name of a table, as `describe` says."""
    app.extensions.setdefault("letter_subjects", {})[kind] = describe


def tell_outcome(app: Flask, name: str, kind: str, outcome: Outcome) -> None:
    """Tell `outcome` what became of letters called `name`, for their subject of `kind`."""
    app.extensions.setdefault("letter_outcomes", {})[name] = (kind, outcome)


def of_rows(rows: Iterable[Base]) -> list[dict[str, object]]:
    """Returns the columns `kind` and `row_id` for each of `rows`, which must be in the database."""
    found: dict[tuple[str, int], None] = {}
    for row in rows:
        key = inspect(row).identity
        if key is None:
            db.session.flush()
            key = inspect(row).identity
        assert key is not None
        found[row.__tablename__, key[0]] = None
    return [{"kind": kind, "row_id": row_id} for kind, row_id in found]


def is_about(kind: str, row_id: int) -> ColumnElement[bool]:
    """Returns the condition for letters about this row."""
    return Letter.subjects.any(and_(LetterSubject.kind == kind, LetterSubject.row_id == row_id))


def links(subjects: Iterable[LetterSubject]) -> list[tuple[LetterSubject, SubjectLink]]:
    """Returns these subjects as the team reads them, without those that nobody describes."""
    describers: dict[str, Describe] = current_app.extensions.get("letter_subjects", {})
    by_kind: dict[str, list[LetterSubject]] = {}
    for subject in subjects:
        by_kind.setdefault(subject.kind, []).append(subject)
    found = []
    for kind, of_kind in by_kind.items():
        described = (
            describers[kind]([each.row_id for each in of_kind]) if kind in describers else {}
        )
        found += [(each, described[each.row_id]) for each in of_kind if each.row_id in described]
    return found


def settled(letter_ids: Collection[int], *, delivered: bool, now: datetime) -> None:
    """Tell those registered that these letters were delivered, or never will be."""
    watched: dict[str, tuple[str, Outcome]] = current_app.extensions.get("letter_outcomes", {})
    query = select(Letter).where(Letter.id.in_(letter_ids), Letter.name.in_(watched))
    for letter in db.session.scalars(query):
        kind, outcome = watched[letter.name]
        for subject in letter.subjects:
            if subject.kind == kind:
                outcome(letter, subject.row_id, delivered, now)

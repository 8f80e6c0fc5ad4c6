"""Shared steps of the draft's rules: locking the edition, checking the version, noting changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from festival.db import change_one, db
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.models.timetable import Block
from festival.programme.timing import Span
from festival.team import audit
from festival.team.editing import take_version

T = TypeVar("T", Stage, Theme, Speaker, Session, Block)


class EndsBeforeStart(Refusal):
    """Het einde ligt niet na het begin. Kijk de tijden na."""


class OutsideEdition(Refusal):
    """Dit moment valt niet op een dag van het festival. Kies een andere dag."""


def drafting(edition_id: int) -> None:
    """Lock the edition's row until the rule ends, and raise the version of the draft."""
    change_one(
        update(Edition)
        .where(Edition.id == edition_id)
        .values(draft_version=Edition.draft_version + 1)
    )


def row_to_write(kind: type[T], edition: Edition, row: T | None, seen: int) -> T:
    """Returns the row to write: a new one, or the one that the editor saw in version `seen`."""
    if row is None:
        return kind(edition_id=edition.id)
    take_version(row, seen)
    return row


def is_drafted(
    kind: type[Session] | type[Slot] | type[Block], edition_id: int, name: str, value: int
) -> bool:
    """Returns whether the draft of any row has `value` in its field `name`, which may be a list."""
    if issubclass(kind, Slot):
        query = select(Slot.draft).join(Slot.session).where(Session.edition_id == edition_id)
    else:
        query = select(kind.draft).where(kind.edition_id == edition_id)
    for waiting in db.session.scalars(query):
        drafted = waiting.get(name)
        if drafted == value or (isinstance(drafted, list) and value in drafted):
            return True
    return False


def without_dropped(values: dict[str, Any]) -> dict[str, Any]:
    """Returns `values` without `dropped`: a row that visitors never saw is deleted instead."""
    return {name: value for name, value in values.items() if name != "dropped"}


def changed_at_once(edition_id: int, verb: str, subject: str, now: datetime) -> None:
    """Record a change that visitors see at once, without a release."""
    raise_programme_version(edition_id)
    audit.record(verb, subject, now=now)


def delete_unused(row: Stage | Theme | Speaker | Session, refusal: Refusal) -> None:
    """Delete `row`, or refuse with `refusal` if another row refers to it.

    Somebody may have started to use it just after the rule checked.
    """
    db.session.delete(row)
    try:
        db.session.flush()
    except IntegrityError as used:
        raise refusal from used


def check_times(edition: Edition, starts_at: datetime, ends_at: datetime) -> None:
    """Refuse with EndsBeforeStart, or with OutsideEdition if the start is on no festival day."""
    if ends_at <= starts_at:
        raise EndsBeforeStart
    if edition.day_of(starts_at) not in edition.days:
        raise OutsideEdition


def check_spans(spans: Sequence[Span]) -> None:
    """Refuse with EndsBeforeStart if a span ends before it starts."""
    if any(ends_at <= starts_at for starts_at, ends_at in spans):
        raise EndsBeforeStart

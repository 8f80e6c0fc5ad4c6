"""What the rules of the draft begin and end with: holding the edition, the row that was seen."""

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
    """Hold the edition's row until the rule ends, and say that the draft is another now."""
    change_one(
        update(Edition)
        .where(Edition.id == edition_id)
        .values(draft_version=Edition.draft_version + 1)
    )


def row_to_write(kind: type[T], edition: Edition, row: T | None, seen: int) -> T:
    """The row to write: a new one, or the one that the editor saw in version `seen`."""
    if row is None:
        return kind(edition_id=edition.id)
    take_version(row, seen)
    return row


def is_drafted(
    kind: type[Session] | type[Slot] | type[Block], edition_id: int, name: str, value: int
) -> bool:
    """Whether the draft of some row has `value` as its `name`, or in it where that is a list."""
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
    """`values` for a row that no visitor knows: dropping it would be deleting it."""
    return {name: value for name, value in values.items() if name != "dropped"}


def changed_at_once(edition_id: int, verb: str, subject: str, now: datetime) -> None:
    """Note what was changed that visitors see at once, without a release."""
    raise_programme_version(edition_id)
    audit.record(verb, subject, now=now)


def delete_unused(row: Stage | Theme | Speaker | Session, refusal: Refusal) -> None:
    """Delete `row`, or refuse with `refusal` where the database knows who uses it.

    Somebody may have begun to use it a moment after the rule looked.
    """
    db.session.delete(row)
    try:
        db.session.flush()
    except IntegrityError as used:
        raise refusal from used


def check_times(edition: Edition, starts_at: datetime, ends_at: datetime) -> None:
    """Refuse with EndsBeforeStart, or with OutsideEdition what begins on no festival day."""
    if ends_at <= starts_at:
        raise EndsBeforeStart
    if edition.day_of(starts_at) not in edition.days:
        raise OutsideEdition


def check_spans(spans: Sequence[Span]) -> None:
    """Refuse with EndsBeforeStart."""
    if any(ends_at <= starts_at for starts_at, ends_at in spans):
        raise EndsBeforeStart

"""Changes to editions: their dates and texts, partners and questions."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError

from festival.db import change_one, db, transactional
from festival.editions.models import DEADLINES, LAST_POSITION, TEXTS, Edition, Partner, Question
from festival.errors import Refusal
from festival.team import audit
from festival.team.editing import save, take_version
from festival.web.languages import Bilingual

# Pages list every day: after a typo in the year they would list centuries.
MOST_DAYS = 31


class EndsBeforeItStarts(Refusal):
    """De laatste dag ligt voor de eerste. Draai ze om."""


class TooManyDays(Refusal):
    """Een editie duurt hooguit {most} dagen. Kijk de eerste en de laatste dag nog eens na."""


class DayHasTickets(Refusal):
    """Er zijn kaartsoorten, of dingen om erbij te bestellen, voor een dag die je weghaalt.
    Verplaats de editie naar andere dagen, of haal die dag daar eerst weg."""


class AlreadyCurrent(Refusal):
    """Deze editie is al de huidige."""


@transactional
def create_edition(values: dict[str, Any], *, now: datetime) -> Edition:
    """Create an edition; only the team sees it until it is the current one.

    `values` are fields of Edition by name. Refuses with EndsBeforeItStarts, TooManyDays or
    SlugTaken.
    """
    _check_dates(values)
    # From the clock: a new database must not repeat a version that a process may have kept.
    edition = Edition(programme_version=int(now.timestamp()))
    save(edition, values)
    edition.match_days()
    audit.record("create_edition", f"edition {edition.slug}", now=now)
    return edition


@transactional
def update_edition(
    edition: Edition, values: dict[str, Any], *, seen: int, now: datetime
) -> Edition:
    """Change the edition, if `seen` is still its version.

    Refuses with ChangedMeanwhile, EndsBeforeItStarts, TooManyDays, SlugTaken or DayHasTickets.
    """
    take_version(edition, seen)
    _check_dates(values)
    save(edition, values)
    _keep_days(edition)
    raise_programme_version(edition.id)
    audit.record("update_edition", f"edition {edition.slug}", now=now)
    return edition


@transactional
def update_texts(
    edition: Edition, texts: dict[str, Bilingual], *, seen: int, now: datetime
) -> Edition:
    """Change texts of the edition (of TEXTS, by name), if `seen` is still its version.

    Refuses with ChangedMeanwhile.
    """
    take_version(edition, seen)
    save(edition, {name: texts[name] for name in TEXTS})
    raise_programme_version(edition.id)
    audit.record("update_texts", f"edition {edition.slug}", now=now)
    return edition


def move_days(edition: Edition, by: timedelta) -> None:
    """Move the days of the edition, as part of the rule that moves what is on them."""
    # One at a time, the one in front first: two rows are never on one day.
    for row in sorted(edition.day_rows, key=lambda row: row.held_on, reverse=by > timedelta()):
        row.held_on += by
        db.session.flush()
    edition.starts_on, edition.ends_on = edition.starts_on + by, edition.ends_on + by
    for name in DEADLINES:
        if day := getattr(edition, name):
            setattr(edition, name, day + by)


@transactional
def make_current(edition: Edition, *, now: datetime) -> None:
    """Show this edition to visitors, and no other. Refuses with AlreadyCurrent."""
    if edition.is_current:
        raise AlreadyCurrent
    # The old one first: a unique index lets only one be current.
    former = db.session.query(Edition).filter(Edition.is_current).with_for_update().one_or_none()
    if former is not None:
        former.is_current = False
        db.session.flush()
        raise_programme_version(former.id)  # its pages move to addresses with its name
    edition.is_current = True
    db.session.flush()
    raise_programme_version(edition.id)
    audit.record("make_current", f"edition {edition.slug}", now=now)


@transactional
def save_partner(
    edition: Edition,
    partner: Partner | None,
    values: dict[str, Any],
    *,
    seen: int = 0,
    now: datetime,
) -> Partner:
    """Change `partner`, or add one to the edition if it is None. Returns the partner.

    Refuses with ChangedMeanwhile.
    """
    verb = "update_partner" if partner else "add_partner"
    partner = _row_to_write(Partner, edition, partner, seen)
    save(partner, values)
    audit.record(verb, f"partner {partner.name}", now=now, edition=edition.slug)
    return partner


@transactional
def remove_partner(partner: Partner, *, now: datetime) -> None:
    """Remove a partner from the edition."""
    audit.record("remove_partner", f"partner {partner.name}", now=now)
    db.session.delete(partner)


@transactional
def save_question(
    edition: Edition,
    question: Question | None,
    values: dict[str, Any],
    *,
    seen: int = 0,
    now: datetime,
) -> Question:
    """Change `question`, or add one to the edition if it is None. Returns the question.

    Refuses with ChangedMeanwhile.
    """
    verb = "update_question" if question else "add_question"
    question = _row_to_write(Question, edition, question, seen)
    save(question, values)
    audit.record(verb, f"question {question.id}", now=now, edition=edition.slug)
    return question


@transactional
def remove_question(question: Question, *, now: datetime) -> None:
    """Remove a question from the edition."""
    audit.record("remove_question", f"question {question.id}", now=now)
    db.session.delete(question)


def raise_programme_version(edition_id: int) -> None:
    """Mark the programme of this edition as changed. Call it in the rule that changes it."""
    change_one(
        update(Edition)
        .where(Edition.id == edition_id)
        .values(programme_version=Edition.programme_version + 1)
    )


def _keep_days(edition: Edition) -> None:
    edition.match_days()
    try:
        db.session.flush()
    except IntegrityError as clash:  # only what is for a day refers to it
        raise DayHasTickets from clash


def _check_dates(values: dict[str, Any]) -> None:
    if values["ends_on"] < values["starts_on"]:
        raise EndsBeforeItStarts
    if values["ends_on"] - values["starts_on"] >= timedelta(days=MOST_DAYS):
        raise TooManyDays(most=MOST_DAYS)


_Kind = TypeVar("_Kind", Partner, Question)


def _row_to_write(kind: type[_Kind], edition: Edition, row: _Kind | None, seen: int) -> _Kind:
    """Returns a new row at the end, or `row` if `seen` is still its version."""
    if row is None:
        return kind(edition_id=edition.id, position=_next_position(kind, edition))
    take_version(row, seen)
    return row


def _next_position(kind: type[Partner | Question], edition: Edition) -> int:
    # Not their number: after some are removed, it could be the position of another one.
    last = db.session.query(func.max(kind.position)).filter_by(edition_id=edition.id).scalar() or 0
    return min(last + 1, LAST_POSITION)

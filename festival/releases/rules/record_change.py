"""A change on the day, noted: in the list of releases, in calendars, in letters."""

from collections.abc import Sequence
from datetime import datetime

from festival.db import db
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.programme.changes import Change, ScheduledAt
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Slot
from festival.programme.rules import publishing
from festival.releases import letters
from festival.releases.change_descriptions import headline_of, in_both
from festival.team import audit
from festival.web.languages import Bilingual


class ReasonNeeded(Refusal):
    """Zeg waarom. Wie een plek heeft, leest het in de mail, en iedereen leest het in het
    programma."""


def need_reason(reason: Bilingual) -> None:
    """Refuse with ReasonNeeded where none is given."""
    if not reason:
        raise ReasonNeeded


def mark(slot: Slot, *, now: datetime) -> None:
    """Calendars take a change only with a higher number."""
    slot.sequence += 1
    slot.changed_at = now


def announced(slot: Slot) -> ScheduledAt:
    """When and where `slot` was to be."""
    return ScheduledAt(slot.starts_at, slot.ends_at, slot.stage.name)


def expected(slot: Slot) -> ScheduledAt:
    """The same with its delay."""
    return ScheduledAt(slot.expected_starts_at, slot.expected_ends_at, slot.stage.name)


def change_of(
    slot: Slot,
    kind: str,
    before: ScheduledAt | None,
    after: ScheduledAt | None,
    reason: Bilingual,
    *,
    minutes: int = 0,
) -> Change:
    """What changed of `slot`, as the release keeps it."""
    session = slot.session
    return Change(
        kind=kind,
        session_id=session.id,
        slug=session.slug,
        title=session.title,
        slot_code=slot.code,
        before=before,
        after=after,
        session_kind=session.kind,
        minutes=minutes,
        reason=reason,
    )


def released(
    edition: Edition,
    verb: str,
    changes: Sequence[Change],
    told: Sequence[Change],
    *,
    by: str,
    now: datetime,
) -> Release:
    """Enter the change into the list of releases and tell whom `told` concerns.

    The slots are in the database before anybody looks who has a place in them.
    """
    db.session.flush()
    release = publishing.add_release(
        edition,
        kind="change",
        name=in_both(lambda: headline_of(changes)),
        note=Bilingual(),
        changes=list(changes),
        by=by,
        now=now,
    )
    raise_programme_version(edition.id)
    audit.record(verb, f"release {release.number}", now=now, edition=edition.slug)
    letters.to_bookers(edition, told, now=now)
    letters.to_waiting(edition, told, now=now)
    letters.to_speakers(edition, told, former={}, now=now)
    return release

"""Recording a change on the day: in the list of releases, in calendars and in letters."""

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


def require_reason(reason: Bilingual) -> None:
    """Raises ReasonNeeded if there is no reason."""
    if not reason:
        raise ReasonNeeded


def mark_changed(slot: Slot, *, now: datetime) -> None:
    """Raise the sequence number: calendars ignore a change without a higher one."""
    slot.sequence += 1
    slot.changed_at = now


def as_announced(slot: Slot) -> ScheduledAt:
    """Returns the announced time and stage of `slot`."""
    return ScheduledAt(slot.starts_at, slot.ends_at, slot.stage.name)


def as_expected(slot: Slot) -> ScheduledAt:
    """Returns the time and stage of `slot` including its delay."""
    return ScheduledAt(slot.expected_starts_at, slot.expected_ends_at, slot.stage.name)


def build_change(
    slot: Slot,
    kind: str,
    before: ScheduledAt | None,
    after: ScheduledAt | None,
    reason: Bilingual,
    *,
    minutes: int = 0,
) -> Change:
    """Returns the change of `slot` in the form that the release stores."""
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


def record_change(
    edition: Edition,
    verb: str,
    changes: Sequence[Change],
    to_notify: Sequence[Change],
    *,
    by: str,
    now: datetime,
) -> Release:
    """Add the change to the list of releases and write to everyone whom `to_notify` affects.

    The slots are flushed before the letters look up who has a place in them.
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
    letters.notify_bookers(edition, to_notify, now=now)
    letters.notify_waiting_list(edition, to_notify, now=now)
    letters.notify_speakers(edition, to_notify, former={}, now=now)
    return release

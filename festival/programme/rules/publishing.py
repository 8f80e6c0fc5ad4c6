"""Publishing the draft, in one transaction.

Every change of the draft and every release first locks the edition's row (rows.drafting). So a
change is in a release completely or not at all, and the second of two simultaneous releases finds
nothing to publish.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update

from festival.db import change_one, change_rows, db, transactional
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.programme import changes as differences
from festival.programme import draft, kept_json, snapshot_reading
from festival.programme.changes import Change
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session, Slot, Speaker, speaker_of_session
from festival.programme.models.timetable import Block
from festival.programme.rules.people import write_people
from festival.programme.snapshot import Snapshot
from festival.team import audit
from festival.team.editing import is_version
from festival.web.languages import Bilingual


class NothingToPublish(Refusal):
    """Er is niets veranderd sinds de laatste uitgave. Er valt dus niets te publiceren."""


class DraftChanged(Refusal):
    """Het concept is veranderd sinds je deze pagina opende. Kijk nog eens wat er nu anders wordt,
    en publiceer dan."""


@transactional
def publish_draft(
    edition: Edition,
    *,
    name: Bilingual,
    note: Bilingual = Bilingual(),  # noqa: B008  it is frozen
    seen: int | None = None,
    by: str = "",
    now: datetime,
) -> tuple[Release, list[Change]]:
    """Show visitors the draft as a new release. Returns the release and its changes.

    `seen` is the Edition.draft_version that the maker looked at (None: do not compare). Sends no
    letters: releases.rules.publish_release does. Removed slots stay as `dropped`, with their
    bookings. Refuses with DraftChanged or NothingToPublish.
    """
    _take_draft(edition, seen)
    db.session.expire_all()  # the view may have read rows before the lock
    old, new = snapshot_reading.read_published(edition), snapshot_reading.read_draft(edition)
    changed = differences.between(old, new)
    texts = {change.session_id for change in changed if change.kind == "changed"}
    texts |= _with_another_name(old, new)
    _hold_slots(changed, texts)
    is_pending = _apply_sessions(edition, new) | _apply_slots(edition, now=now)
    is_pending |= _apply_blocks(edition)
    is_pending |= _apply_speakers(edition)  # last: it looks at which sessions are public now
    if not (changed or is_pending):
        raise NothingToPublish
    _raise_sequences(texts, now=now)
    release = add_release(
        edition, kind="release", name=name, note=note, changes=changed, by=by, now=now
    )
    release.programme = kept_json.write_snapshot(snapshot_reading.read_published(edition))
    raise_programme_version(edition.id)
    audit.record("publish_programme", f"release {release.number}", now=now, edition=edition.slug)
    return release, changed


@transactional
def discard_all(edition: Edition, *, seen: int, now: datetime) -> None:
    """Discard everything that makers changed since the last release.

    Slots that visitors never saw are deleted; the texts of sessions that were never public stay.
    Refuses with DraftChanged.
    """
    _take_draft(edition, seen)
    for row in (*_rows(Session, edition), *_rows(Speaker, edition)):
        _discard_draft(row)
    for row in (*_rows(Block, edition), *_slots(edition)):
        if row.is_public or (isinstance(row, Block) and row.kind == "blocker"):
            _discard_draft(row)
        else:
            db.session.delete(row)
    db.session.flush()
    audit.record("discard_all", f"edition {edition.slug}", now=now)


def _discard_draft(row: Session | Speaker | Block | Slot) -> None:
    """Discard the draft of `row`. Raises its version, so that an open form cannot restore it."""
    if row.draft:
        draft.discard(row)
        row.version += 1


def add_release(
    edition: Edition,
    *,
    kind: str,
    name: Bilingual,
    note: Bilingual,
    changes: list[Change],
    by: str,
    now: datetime,
) -> Release:
    """Add the next entry to the edition's list of releases, as part of another rule."""
    last = db.session.scalar(
        select(func.max(Release.number)).where(Release.edition_id == edition.id)
    )
    release = Release(
        edition_id=edition.id,
        number=(last or 0) + 1,
        kind=kind,
        name=name,
        note=note,
        released_at=now,
        released_by=by,
        changes=kept_json.write_changes(changes),
    )
    db.session.add(release)
    db.session.flush()
    return release


def _take_draft(edition: Edition, seen: int | None) -> None:
    query = update(Edition).where(Edition.id == edition.id)
    if seen is not None:
        if not is_version(seen):
            raise DraftChanged
        query = query.where(Edition.draft_version == seen)
    if not change_one(query.values(draft_version=Edition.draft_version + 1)):
        raise DraftChanged


def _with_another_name(old: Snapshot, new: Snapshot) -> set[int]:
    """Returns the ids of sessions with a renamed speaker: calendars show the names."""
    renamed = {
        person.id
        for person in new.speakers.values()
        if person.id in old.speakers and person.name != old.speakers[person.id].name
    }
    return {each.id for each in new.sessions.values() if renamed.intersection(each.speaker_ids)}


def _hold_slots(changed: list[Change], texts: set[int]) -> None:
    """Lock the slots that will be written, in the order in which bookings lock them.

    FOR NO KEY UPDATE, so that bookings of other slots can still refer to these rows.
    """
    codes = {change.slot_code for change in changed}
    db.session.execute(
        select(Slot.id)
        .where(or_(Slot.code.in_(codes), Slot.session_id.in_(texts)))
        .order_by(Slot.id)
        .with_for_update(key_share=True)
    ).all()


def _apply_sessions(edition: Edition, new: Snapshot) -> bool:
    """Apply the drafts of sessions. Sessions with a slot become public."""
    is_pending = False
    for row in _rows(Session, edition):
        planned = new.sessions[row.id]
        if row.draft:
            is_pending = True
            if {"speakers", "hosts"} & row.draft.keys():
                write_people(row, planned.speaker_ids, planned.host_ids)
            draft.apply(row)
        if planned.slots and not row.is_public:
            row.is_public = is_pending = True
    db.session.flush()
    return is_pending


def _apply_slots(edition: Edition, *, now: datetime) -> bool:
    is_pending = False
    for row in _slots(edition):
        if not row.is_public:
            is_pending = row.is_public = True
            row.changed_at = now
        elif row.draft:
            is_pending = True
            _apply_slot(row, now=now)
    db.session.flush()
    return is_pending


def _apply_slot(row: Slot, *, now: datetime) -> None:
    if "dropped" in row.draft:
        row.state = "dropped" if draft.is_dropped(row) else "scheduled"
    former = draft.apply(row)
    if {"stage_id", "starts_at"} & former.keys():
        row.moved_from_stage_id = former.get("stage_id", row.stage_id)
        row.moved_from_at = former.get("starts_at", row.starts_at)
        row.leaves_note = False
    elsewhere = {"stage_id", "starts_at", "dropped"} & former.keys()
    if row.state == "scheduled" and elsewhere:
        # "Full" and the reason were about the former place and time, and a delay about the time.
        row.is_full = False
        if elsewhere != {"stage_id"}:
            row.delay_minutes = 0
        if not row.delay_minutes:
            row.reason = Bilingual()
    row.moved_at = row.changed_at = now
    row.sequence += 1


def _apply_blocks(edition: Edition) -> bool:
    is_pending = False
    for row in _rows(Block, edition):
        is_pending |= bool(row.draft) or (row.kind == "break" and not row.is_public)
        is_dropped = draft.is_dropped(row)
        draft.apply(row)
        row.is_public = row.kind == "break"
        if is_dropped:
            db.session.delete(row)
    db.session.flush()
    return is_pending


def _apply_speakers(edition: Edition) -> bool:
    is_pending = False
    on_stage = set(
        db.session.scalars(
            select(speaker_of_session.c.speaker_id)
            .join(Session, Session.id == speaker_of_session.c.session_id)
            .where(Session.edition_id == edition.id, Session.is_public)
        )
    )
    for row in _rows(Speaker, edition):
        if row.draft:
            is_pending = True
            draft.apply(row)
        if row.is_public != (row.id in on_stage):  # hides those who are in no session now
            row.is_public, is_pending = row.id in on_stage, True
    db.session.flush()
    return is_pending


def _raise_sequences(session_ids: set[int], *, now: datetime) -> None:
    """Raise the sequence numbers: calendars only accept a changed text with a higher number."""
    change_rows(
        update(Slot)
        .where(Slot.session_id.in_(session_ids), Slot.is_public)
        .values(sequence=Slot.sequence + 1, changed_at=now)
    )
    db.session.expire_all()


def _slots(edition: Edition) -> list[Slot]:
    query = select(Slot).join(Slot.session).where(Session.edition_id == edition.id)
    return list(db.session.scalars(query.order_by(Slot.id)))


def _rows(kind: Any, edition: Edition) -> list[Any]:
    return list(
        db.session.scalars(select(kind).where(kind.edition_id == edition.id).order_by(kind.id))
    )

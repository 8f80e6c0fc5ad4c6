"""Reading the programme as one snapshot: what visitors see, or what makers work on."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from festival.db import db
from festival.editions.models import Edition
from festival.memory import Memory
from festival.programme import draft
from festival.programme.models.places import Stage, Theme, Walk
from festival.programme.models.sessions import Session, Slot, Speaker, speaker_of_session
from festival.programme.models.timetable import Block
from festival.programme.snapshot import (
    BlockSnapshot,
    SessionSnapshot,
    SlotSnapshot,
    Snapshot,
    SpeakerSnapshot,
    StageSnapshot,
    ThemeSnapshot,
)
from festival.programme.timing import Span

_published: Memory[int, Snapshot] = Memory(most=16)  # by edition


def published(edition: Edition) -> Snapshot:
    """Returns what visitors see, read once per version of the programme and kept.

    The number of taken places changes within a version, so read that separately.
    """
    return _published.get(
        edition.id, version=edition.programme_version, make=lambda: read_published(edition)
    )


def read_published(edition: Edition) -> Snapshot:
    """Reads what visitors see now, with a fixed number of queries."""
    return _load(edition, is_draft=False)


def read_draft(edition: Edition) -> Snapshot:
    """Reads what the next release will show, including sessions without a slot."""
    return _load(edition, is_draft=True)


def _load(edition: Edition, *, is_draft: bool) -> Snapshot:
    stages = (
        db.session.scalars(
            select(Stage)
            .where(Stage.edition_id == edition.id)
            .options(joinedload(Stage.hours))
            .order_by(Stage.position, Stage.id)
        )
        .unique()
        .all()
    )
    themes = db.session.scalars(
        select(Theme).where(Theme.edition_id == edition.id).order_by(Theme.position, Theme.id)
    ).all()
    sessions = _rows(Session, edition, is_draft)
    slots = db.session.scalars(
        select(Slot)
        .join(Slot.session)
        .where(Session.edition_id == edition.id, *([] if is_draft else [Slot.is_public]))
        .order_by(Slot.starts_at, Slot.id)
    ).all()
    speakers = _rows(Speaker, edition, is_draft, joinedload(Speaker.availability))
    people = _people(edition)
    by_session: dict[int, list[SlotSnapshot]] = {}
    for slot in slots:
        if not (draft.is_dropped(slot) if is_draft else slot.state == "dropped"):
            by_session.setdefault(slot.session_id, []).append(_slot(slot, is_draft=is_draft))
    stage_ids = {stage.id for stage in stages}
    return Snapshot(
        walk_minutes=edition.walk_minutes,
        stages={stage.id: _stage(stage) for stage in stages},
        themes={
            theme.id: ThemeSnapshot(id=theme.id, slug=theme.slug, name=theme.name)
            for theme in themes
        },
        speakers={row.id: _speaker(row, is_draft=is_draft) for row in speakers},
        sessions={
            row.id: _session(
                row, people.get(row.id, {}), by_session.get(row.id, ()), is_draft=is_draft
            )
            for row in sessions
        },
        blocks=[
            _block(row, is_draft=is_draft)
            for row in _rows(Block, edition, is_draft)
            if not (is_draft and draft.is_dropped(row))
        ],
        walks={
            (walk.stage_id, walk.other_id): walk.minutes
            for walk in db.session.scalars(select(Walk).where(Walk.stage_id.in_(stage_ids)))
        },
        dropped=[
            _slot(slot, is_draft=False)
            for slot in slots
            if slot.state == "dropped" and not is_draft
        ],
    )


def _rows(kind: Any, edition: Edition, is_draft: bool, *options: Any) -> list[Any]:
    query = select(kind).where(kind.edition_id == edition.id).options(*options).order_by(kind.id)
    return list(db.session.scalars(query if is_draft else query.where(kind.is_public)).unique())


def _people(edition: Edition) -> dict[int, dict[str, list[int]]]:
    """Returns for each session the ids of its people, by role, in order."""
    columns = speaker_of_session.c
    rows = db.session.execute(
        select(columns.session_id, columns.role, columns.speaker_id)
        .join(Session, Session.id == columns.session_id)
        .where(Session.edition_id == edition.id)
        .order_by(columns.session_id, columns.position)
    )
    people: dict[int, dict[str, list[int]]] = {}
    for session_id, role, speaker_id in rows:
        people.setdefault(session_id, {}).setdefault(role, []).append(speaker_id)
    return people


def _stage(row: Stage) -> StageSnapshot:
    return StageSnapshot(
        id=row.id,
        slug=row.slug,
        name=row.name,
        floor=row.floor,
        capacity=row.capacity,
        changeover_minutes=row.changeover_minutes,
        access=row.access,
        no_access=row.no_access,
        hours=tuple(Span(each.starts_at, each.ends_at) for each in row.hours),
    )


def _speaker(row: Speaker, *, is_draft: bool) -> SpeakerSnapshot:
    see = _reader(row, is_draft)
    return SpeakerSnapshot(
        id=row.id,
        slug=row.slug,
        name=see("name"),
        pronunciation=see("pronunciation"),
        organisation=see("organisation"),
        place=see("place"),
        bio=see("bio"),
        links=tuple(see("links")),
        photo=see("photo"),
        photo_alt=see("photo_alt"),
        availability=tuple(Span(each.starts_at, each.ends_at) for each in row.availability),
    )


def _session(
    row: Session,
    people: dict[str, list[int]],
    slots: Iterable[SlotSnapshot],
    *,
    is_draft: bool,
) -> SessionSnapshot:
    see = _reader(row, is_draft)
    waiting = row.draft if is_draft else {}
    return SessionSnapshot(
        id=row.id,
        slug=row.slug,
        kind=see("kind"),
        title=see("title"),
        summary=see("summary"),
        description=see("description"),
        bring=see("bring"),
        theme_id=see("theme_id"),
        languages=see("languages"),
        level=see("level"),
        min_age=see("min_age"),
        is_free=see("is_free"),
        is_highlight=see("is_highlight"),
        access=tuple(see("access")),
        no_access=tuple(see("no_access")),
        photo=see("photo"),
        photo_alt=see("photo_alt"),
        minutes_before=row.minutes_before,
        minutes_after=row.minutes_after,
        takes_feedback=row.takes_feedback,
        speaker_ids=tuple(waiting.get("speakers", people.get("speaker", ()))),
        host_ids=tuple(waiting.get("hosts", people.get("host", ()))),
        slots=tuple(sorted(slots, key=lambda slot: (slot.starts_at, slot.id))),
        version=row.version,
        is_public=row.is_public,
    )


def _slot(row: Slot, *, is_draft: bool) -> SlotSnapshot:
    see = _reader(row, is_draft)
    return SlotSnapshot(
        id=row.id,
        code=row.code,
        session_id=row.session_id,
        stage_id=see("stage_id"),
        starts_at=see("starts_at"),
        ends_at=see("ends_at"),
        places=row.places,
        taken=row.taken,
        door_places=row.door_places,
        state=row.state,
        delay_minutes=row.delay_minutes,
        is_full=row.is_full,
        reason=row.reason,
        replaced_by_id=row.replaced_by_id,
        moved_from_stage_id=row.moved_from_stage_id,
        moved_from_at=row.moved_from_at,
        leaves_note=row.leaves_note,
        sequence=row.sequence,
        changed_at=row.changed_at,
        version=row.version,
        is_public=row.is_public,
    )


def _block(row: Block, *, is_draft: bool) -> BlockSnapshot:
    see = _reader(row, is_draft)
    return BlockSnapshot(
        id=row.id,
        code=row.code,
        kind=see("kind"),
        title=see("title"),
        stage_id=see("stage_id"),
        starts_at=see("starts_at"),
        ends_at=see("ends_at"),
        version=row.version,
    )


def _reader(row: Session | Slot | Speaker | Block, is_draft: bool) -> Any:
    if is_draft and row.draft:
        return lambda name: draft.value(row, name)
    return lambda name: getattr(row, name)

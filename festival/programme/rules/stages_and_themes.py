"""Stages with their hours and the walks between them, and themes: they change at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from festival.db import change_rows, db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme.models.places import Stage, StageHours, Theme, Walk
from festival.programme.models.sessions import Session, Slot
from festival.programme.models.timetable import Block
from festival.programme.rules.rows import (
    changed_at_once,
    check_spans,
    delete_unused,
    drafting,
    is_drafted,
    row_to_write,
)
from festival.programme.timing import Span
from festival.team import audit
from festival.team.editing import save


class StageInUse(Refusal):
    """Op dit podium staat nog iets. Verplaats dat eerst."""


class ThemeInUse(Refusal):
    """Er zijn nog onderdelen met dit thema. Geef die eerst een ander thema."""


@transactional
def save_stage(
    edition: Edition,
    stage: Stage | None,
    values: dict[str, Any],
    *,
    hours: Sequence[Span] | None = None,
    walks: dict[Stage, int | None] | None = None,
    seen: int = 0,
    now: datetime,
) -> Stage:
    """Add a stage (with None) or change one, and its `hours` and `walks` if they are given.

    Refuses with ChangedMeanwhile, SlugTaken or EndsBeforeStart.
    """
    drafting(edition.id)
    row = row_to_write(Stage, edition, stage, seen)
    former = (row.name, row.floor)
    save(row, values)
    if stage is not None and (row.name, row.floor) != former:
        raise_sequences_of_stages([row.id], now=now)
    if hours is not None:
        set_hours(row, hours, now=now)
    if walks is not None:
        set_walks(row, walks, now=now)
    changed_at_once(edition.id, "save_stage", f"stage {row.slug}", now)
    return row


@transactional
def remove_stage(stage: Stage, *, now: datetime) -> None:
    """Remove a stage. Refuses with StageInUse, also if a break or blocker is on it."""
    drafting(stage.edition_id)
    for kind in (Slot, Block):
        if is_drafted(kind, stage.edition_id, "stage_id", stage.id):
            raise StageInUse
        if db.session.query(kind).filter_by(stage_id=stage.id).first() is not None:
            raise StageInUse
    changed_at_once(stage.edition_id, "remove_stage", f"stage {stage.slug}", now)
    delete_unused(stage, StageInUse())


@transactional
def set_hours(stage: Stage, spans: Sequence[Span], *, now: datetime) -> None:
    """Set when the stage can be used: in these spans only, or always if there are none.

    Refuses with EndsBeforeStart.
    """
    drafting(stage.edition_id)
    check_spans(spans)
    stage.hours = [StageHours(starts_at=a, ends_at=b) for a, b in spans]
    audit.record("set_hours", f"stage {stage.slug}", now=now)


@transactional
def set_walks(stage: Stage, minutes: dict[Stage, int | None], *, now: datetime) -> None:
    """Set the walking minutes from `stage` to each of the others; None means the usual number."""
    drafting(stage.edition_id)
    for other, takes in minutes.items():
        first, second = sorted((stage.id, other.id))
        db.session.execute(delete(Walk).where(Walk.stage_id == first, Walk.other_id == second))
        if takes is not None and first != second:
            db.session.add(Walk(stage_id=first, other_id=second, minutes=takes))
    db.session.flush()
    audit.record("set_walks", f"stage {stage.slug}", now=now)


@transactional
def save_theme(
    edition: Edition, theme: Theme | None, values: dict[str, Any], *, seen: int = 0, now: datetime
) -> Theme:
    """Add a theme (with None) or change one. Refuses with ChangedMeanwhile or SlugTaken."""
    drafting(edition.id)
    row = row_to_write(Theme, edition, theme, seen)
    save(row, values)
    changed_at_once(edition.id, "save_theme", f"theme {row.slug}", now)
    return row


@transactional
def remove_theme(theme: Theme, *, now: datetime) -> None:
    """Remove a theme. Refuses with ThemeInUse."""
    drafting(theme.edition_id)
    if is_drafted(Session, theme.edition_id, "theme_id", theme.id):
        raise ThemeInUse
    if db.session.query(Session).filter_by(theme_id=theme.id).first() is not None:
        raise ThemeInUse
    changed_at_once(theme.edition_id, "remove_theme", f"theme {theme.slug}", now)
    delete_unused(theme, ThemeInUse())


def raise_sequences_of_stages(stage_ids: Sequence[int], *, now: datetime) -> None:
    """Raise the sequence numbers of the stages' slots, so that calendars show a new name."""
    if not stage_ids:
        return
    known = select(Slot.id).where(Slot.stage_id.in_(stage_ids), Slot.is_public)
    # Locked in the same order as bookings do, see publishing.py.
    ids = db.session.scalars(known.order_by(Slot.id).with_for_update(key_share=True)).all()
    change_rows(
        update(Slot).where(Slot.id.in_(ids)).values(sequence=Slot.sequence + 1, changed_at=now)
    )
    db.session.expire_all()

"""The initial values of the editor's forms, and the fields that restore a row."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import request

from festival.editions.models import Edition
from festival.programme import draft
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.programme.models.timetable import Block
from festival.programme.timing import Span
from festival.scheduling.editor import grid as grids
from festival.scheduling.editor.forms import EVERYWHERE
from festival.scheduling.editor.urls import day_named


def new_form_values(edition: Edition, session: Session | None = None) -> dict[str, Any]:
    """Returns the values of a new form: from the query string, or else the usual ones."""
    day = day_named(edition, request.args.get("dag", ""))
    starts = _time(request.args.get("van", "")) or time(10)
    minutes, seen = 30, 0
    if session:
        seen = count_slots(session)
        last = _last_slot(session)
        last_span = Span(last.starts_at, last.ends_at) if last else None
        minutes = grids.usual_length(last_span, draft.value(session, "kind"))
    ends = (datetime.combine(day, starts) + timedelta(minutes=minutes)).time()
    return {
        "version": seen,
        "day": day.isoformat(),
        "starts": starts,
        "ends": _time(request.args.get("tot", "")) or ends,
        "stage": request.args.get("podium", EVERYWHERE),
    }


def fill_slot(edition: Edition, slot: Slot, stages: list[Stage]) -> dict[str, Any]:
    """Returns the form data of a slot as the draft has it."""
    return {"version": slot.version} | _time_and_stage(edition, slot, stages)


def fill_block(edition: Edition, row: Block, stages: list[Stage]) -> dict[str, Any]:
    """Returns the form data of a break or blocker as the draft has it."""
    title = draft.value(row, "title")
    texts = {"title_nl": title.nl, "title_en": title.en, "kind": draft.value(row, "kind")}
    return {"version": row.version} | texts | _time_and_stage(edition, row, stages)


def fields_of(edition: Edition, row: Slot | Block, stages: list[Stage]) -> dict[str, str]:
    """Returns the fields to post to restore `row` to its current state."""
    if isinstance(row, Block):
        filled = fill_block(edition, row, stages)
    else:
        filled = fill_slot(edition, row, stages) | {"anyway": "1"}
    return {
        name: f"{value:%H:%M}" if isinstance(value, time) else str(value)
        for name, value in filled.items()
    }


def usual_places(session: Session, stage: Stage) -> tuple[int | None, int]:
    """Returns the places of a new slot, to book and at the door: like the last slot or kind."""
    if last := _last_slot(session):
        return last.places, last.door_places
    kind = draft.value(session, "kind")
    return {"coaching": 1, "workshop": stage.capacity}.get(kind), 0


def count_slots(session: Session) -> int:
    """Counts the slots in the draft; a form for a further slot sends this number as seen."""
    return sum(not draft.is_dropped(slot) for slot in session.all_slots)


def _last_slot(session: Session) -> Slot | None:
    return max(session.all_slots, key=lambda slot: slot.id, default=None)


def _time_and_stage(edition: Edition, row: Slot | Block, stages: list[Stage]) -> dict[str, Any]:
    starts_at, ends_at = (draft.value(row, name) for name in ("starts_at", "ends_at"))
    slugs = {stage.id: stage.slug for stage in stages}
    return {
        "day": edition.day_of(starts_at).isoformat(),
        "starts": edition.local(starts_at).time(),
        "ends": edition.local(ends_at).time(),
        "stage": slugs.get(draft.value(row, "stage_id"), EVERYWHERE),
    }


def _time(written: str) -> time | None:
    try:
        return time.fromisoformat(written)
    except ValueError:
        return None

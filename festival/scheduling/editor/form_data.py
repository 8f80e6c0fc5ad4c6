"""What stands in the editor's forms before anybody fills them in, and how a row is posted again."""

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


def asked(edition: Edition, of: Session | None = None) -> dict[str, Any]:
    """What a form for something new starts with: as the address says, else as usual."""
    day = day_named(edition, request.args.get("dag", ""))
    starts = _time(request.args.get("van", "")) or time(10)
    minutes, seen = 30, 0
    if of:
        seen = count_moments(of)
        last = _last_slot(of)
        lasted = Span(last.starts_at, last.ends_at) if last else None
        minutes = grids.usual_length(lasted, draft.value(of, "kind"))
    ends = (datetime.combine(day, starts) + timedelta(minutes=minutes)).time()
    return {
        "version": seen,
        "day": day.isoformat(),
        "starts": starts,
        "ends": _time(request.args.get("tot", "")) or ends,
        "stage": request.args.get("podium", EVERYWHERE),
    }


def fill_slot(edition: Edition, slot: Slot, stages: list[Stage]) -> dict[str, Any]:
    """The form of a moment as it is now in the draft."""
    return {"version": slot.version} | _moment(edition, slot, stages)


def fill_block(edition: Edition, row: Block, stages: list[Stage]) -> dict[str, Any]:
    """The form of a break or blocker as it is now in the draft."""
    title = draft.value(row, "title")
    texts = {"title_nl": title.nl, "title_en": title.en, "kind": draft.value(row, "kind")}
    return {"version": row.version} | texts | _moment(edition, row, stages)


def fields_of(edition: Edition, row: Slot | Block, stages: list[Stage]) -> dict[str, str]:
    """What to post to have `row` as it is now."""
    if isinstance(row, Block):
        filled = fill_block(edition, row, stages)
    else:
        filled = fill_slot(edition, row, stages) | {"anyway": "1"}
    return {
        name: f"{value:%H:%M}" if isinstance(value, time) else str(value)
        for name, value in filled.items()
    }


def usual_places(of: Session, stage: Stage) -> tuple[int | None, int]:
    """How many places a new moment has, to book and at the door: as its last one, or its kind."""
    if last := _last_slot(of):
        return last.places, last.door_places
    kind = draft.value(of, "kind")
    return {"coaching": 1, "workshop": stage.capacity}.get(kind), 0


def count_moments(of: Session) -> int:
    """How many moments the session has in the draft: what a form for a further one has seen."""
    return sum(not draft.is_dropped(slot) for slot in of.all_slots)


def _last_slot(of: Session) -> Slot | None:
    return max(of.all_slots, key=lambda slot: slot.id, default=None)


def _moment(edition: Edition, row: Slot | Block, stages: list[Stage]) -> dict[str, Any]:
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

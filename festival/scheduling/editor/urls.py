"""The rows that the editor's URLs name, and the URLs of its pages."""

from datetime import date
from typing import Any

from flask import abort, request, url_for

from festival.editions.models import Edition
from festival.programme import queries
from festival.programme.models.sessions import Slot
from festival.programme.models.timetable import Block
from festival.programme.rules import slots


def slot_named(edition: Edition, code: str) -> Slot:
    """Returns the slot with `code`. A post about a slot that is gone raises SlotGone."""
    slot = queries.slot_by_code(edition, code)
    if slot is None and request.method == "POST":
        raise slots.SlotGone
    return slot or abort(404)


def block_named(edition: Edition, code: str) -> Block:
    """Returns the break or blocker with `code`. A post about one that is gone raises SlotGone."""
    row = queries.block_by_code(edition, code)
    if row is None and request.method == "POST":
        raise slots.SlotGone
    return row or abort(404)


def day_named(edition: Edition, written: str) -> date:
    """Returns the requested day, or the first day if that is no day of the festival."""
    named = {day.isoformat(): day for day in edition.days}
    return named.get(written, edition.days[0])


def page_url(name: str, edition: Edition, **values: Any) -> str:
    """Returns the URL of the editor's page `name`."""
    return url_for(f"editor_team.{name}", edition_slug=edition.slug, **values)

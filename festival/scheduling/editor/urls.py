"""What the addresses of the editor name, and the addresses of its pages."""

from datetime import date
from typing import Any

from flask import abort, request, url_for

from festival.editions.models import Edition
from festival.programme import queries
from festival.programme.models.sessions import Slot
from festival.programme.models.timetable import Block
from festival.programme.rules import slots


def slot_named(edition: Edition, code: str) -> Slot:
    """The slot with `code`; SlotGone for who posts about one that is not there (any more)."""
    slot = queries.slot_by_code(edition, code)
    if slot is None and request.method == "POST":
        raise slots.SlotGone
    return slot or abort(404)


def block_named(edition: Edition, code: str) -> Block:
    """The break or blocker with `code`; SlotGone as for a slot."""
    row = queries.block_by_code(edition, code)
    if row is None and request.method == "POST":
        raise slots.SlotGone
    return row or abort(404)


def day_named(edition: Edition, written: str) -> date:
    """The day that the address asks for; the first one where it asks for none of the festival."""
    named = {day.isoformat(): day for day in edition.days}
    return named.get(written, edition.days[0])


def page_url(name: str, edition: Edition, **values: Any) -> str:
    """Where the editor's page `name` is."""
    return url_for(f"editor_team.{name}", edition_slug=edition.slug, **values)

"""What else is on at the time of a slot: free stages, possible replacements and clashes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _

from festival.editions.models import Edition
from festival.programme import clashes, snapshot_reading
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.programme.snapshot import SlotSnapshot
from festival.releases import queries
from festival.sorting import title_key


def free_stages(
    edition: Edition, slot: Slot, stages: Sequence[Stage]
) -> list[tuple[Stage, list[str]]]:
    """Lists each stage with the titles of what is on there at the time of `slot`."""
    titles: dict[int, list[str]] = defaultdict(list)
    for other in _at_once(edition, slot):
        titles[other.stage_id].append(other.session.title.text())
    return [(stage, titles[stage.id]) for stage in stages]


def replacements(
    edition: Edition, slot: Slot, sessions: Iterable[Session]
) -> list[tuple[str, str]]:
    """Lists slug and title of possible replacements; those on elsewhere at that time come last."""
    busy = {other.session_id: other.stage.name.text() for other in _at_once(edition, slot)}
    found = []
    by_title = sorted(sessions, key=lambda each: title_key(each.title.text()))
    for session in sorted(by_title, key=lambda each: each.id in busy):
        title = session.title.text()
        if session.id in busy:
            title = _("%(title)s (is dan al in %(stage)s)", title=title, stage=busy[session.id])
        found.append((session.slug, title))
    return found


def clashes_after_move(
    edition: Edition, slot: Slot, stage: Stage, starts_at: datetime
) -> dict[str, str]:
    """Maps the keys of the clashes after moving `slot` to that stage and time to their sentences.

    On the day the expected times count, not the announced ones.
    """
    published = snapshot_reading.published(edition)
    sessions = {
        session.id: replace(
            session, slots=tuple(_as_expected(each) for each in session.slots if each.is_public)
        )
        for session in published.sessions.values()
    }
    session = sessions[slot.session_id]
    length = slot.ends_at - slot.starts_at
    if starts_at == slot.starts_at:
        starts_at = slot.expected_starts_at  # only a move to another stage keeps the delay
    moved_slots = [
        replace(each, stage_id=stage.id, starts_at=starts_at, ends_at=starts_at + length)
        if each.code == slot.code
        else each
        for each in session.slots
    ]
    moved_slots.sort(key=lambda each: (each.starts_at, each.id))
    sessions[session.id] = replace(session, slots=tuple(moved_slots))
    after_move = replace(published, sessions=sessions)
    return {
        clash.key: clashes.sentence(edition, clash, after_move)
        for clash in clashes.find(after_move)
        if slot.code in clash.slot_codes
    }


def _as_expected(slot: SlotSnapshot) -> SlotSnapshot:
    starts_at, ends_at = slot.expected
    return replace(slot, starts_at=starts_at, ends_at=ends_at)


def _at_once(edition: Edition, slot: Slot) -> list[Slot]:
    return [
        other
        for other in queries.slots_on(edition, slot.day)
        if other.id != slot.id
        and not other.is_cancelled
        and other.expected_starts_at < slot.expected_ends_at
        and slot.expected_starts_at < other.expected_ends_at
    ]

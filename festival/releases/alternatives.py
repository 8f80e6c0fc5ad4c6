"""What else goes on at the hours of a slot: which stages are free, what can come instead, and what
would clash."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _

from festival.editions.models import Edition
from festival.programme import clashes, snapshot
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.programme.snapshot import SlotSnapshot
from festival.releases import queries


def free_stages(
    edition: Edition, slot: Slot, stages: Sequence[Stage]
) -> list[tuple[Stage, list[str]]]:
    """What is at each stage at the hours of `slot`: nothing, or these."""
    there: dict[int, list[str]] = defaultdict(list)
    for other in _at_once(edition, slot):
        there[other.stage_id].append(other.session.title.text())
    return [(stage, there[stage.id]) for stage in stages]


def replacements(
    edition: Edition, slot: Slot, sessions: Iterable[Session]
) -> list[tuple[str, str]]:
    """What can come instead of `slot`: slug and title; last what is on elsewhere at those hours."""
    busy = {other.session_id: other.stage.name.text() for other in _at_once(edition, slot)}
    found = []
    for session in sorted(sessions, key=lambda each: (each.id in busy, each.title.text())):
        title = session.title.text()
        if session.id in busy:
            title = _("%(title)s (is dan al in %(stage)s)", title=title, stage=busy[session.id])
        found.append((session.slug, title))
    return found


def clashes_there(
    edition: Edition, slot: Slot, stage: Stage, starts_at: datetime
) -> dict[str, str]:
    """What would clash if `slot` went to that stage and hour now: the key of each and its sentence.

    On the day what counts is when things are expected, not when they were announced.
    """
    published = snapshot.published(edition)
    sessions = {
        session.id: replace(
            session, slots=tuple(_as_expected(each) for each in session.slots if each.is_public)
        )
        for session in published.sessions.values()
    }
    session = sessions[slot.session_id]
    lasts = slot.ends_at - slot.starts_at
    if starts_at == slot.starts_at:
        starts_at = slot.expected_starts_at  # at another stage only, it is as late as it was
    there = [
        replace(each, stage_id=stage.id, starts_at=starts_at, ends_at=starts_at + lasts)
        if each.code == slot.code
        else each
        for each in session.slots
    ]
    there.sort(key=lambda each: (each.starts_at, each.id))
    sessions[session.id] = replace(session, slots=tuple(there))
    supposed = replace(published, sessions=sessions)
    return {
        clash.key: clashes.sentence(edition, clash, supposed)
        for clash in clashes.find(supposed)
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

"""What else goes on at the hours of a slot: which stages are free, and what can come instead."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from festival.editions.models import Edition
from festival.programme.models import Session, Slot, Stage
from festival.releases import queries


def free(edition: Edition, slot: Slot, stages: Sequence[Stage]) -> list[tuple[Stage, list[str]]]:
    """What is at each stage at the hours of `slot`: nothing, or these."""
    there: dict[int, list[str]] = defaultdict(list)
    for other in _at_once(edition, slot):
        there[other.stage_id].append(other.session.title.text())
    return [(stage, there[stage.id]) for stage in stages]


def instead(edition: Edition, slot: Slot, sessions: Iterable[Session]) -> list[tuple[str, str]]:
    """What can come instead of `slot`: slug and title; last what is on elsewhere at those hours."""
    busy = {other.session_id: other.stage.name.text() for other in _at_once(edition, slot)}
    found = []
    for session in sorted(sessions, key=lambda each: (each.id in busy, each.title.text())):
        title = session.title.text()
        if session.id in busy:
            title = _("%(title)s (is dan al in %(stage)s)", title=title, stage=busy[session.id])
        found.append((session.slug, title))
    return found


def _at_once(edition: Edition, slot: Slot) -> list[Slot]:
    return [
        other
        for other in queries.slots_on(edition, slot.day)
        if other.id != slot.id
        and not other.is_cancelled
        and other.expected_starts_at < slot.expected_ends_at
        and slot.expected_starts_at < other.expected_ends_at
    ]

"""What is kept of the programme as JSON: a snapshot and its changes with each release.

Read again years later: a field that was added since has its default.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from festival.editions.models import Edition
from festival.programme.changes import Change
from festival.programme.snapshot import (
    BlockSnapshot,
    SessionSnapshot,
    Snapshot,
    SpeakerSnapshot,
    StageSnapshot,
    ThemeSnapshot,
)


@dataclass(frozen=True, kw_only=True)
class _Release:
    """A snapshot as a release keeps it."""

    stages: list[StageSnapshot]
    themes: list[ThemeSnapshot]
    speakers: list[SpeakerSnapshot]
    sessions: list[SessionSnapshot]
    blocks: list[BlockSnapshot]


def write_snapshot(snapshot: Snapshot) -> Any:
    """`snapshot` as a release keeps it: without when people can be there, which is theirs."""
    kept = _Release(
        stages=list(snapshot.stages.values()),
        themes=list(snapshot.themes.values()),
        speakers=[replace(each, availability=()) for each in snapshot.speakers.values()],
        sessions=list(snapshot.sessions.values()),
        blocks=snapshot.blocks,
    )
    return _plain(kept)


def read_snapshot(edition: Edition, written: Any) -> Snapshot:
    """What `write_snapshot` wrote."""
    kept = msgspec.convert(written, _Release)
    return Snapshot(
        walk_minutes=edition.walk_minutes,
        stages={each.id: each for each in kept.stages},
        themes={each.id: each for each in kept.themes},
        speakers={each.id: each for each in kept.speakers},
        sessions={each.id: each for each in kept.sessions},
        blocks=kept.blocks,
    )


def write_changes(changes: Iterable[Change]) -> Any:
    """`changes` as they are kept with a release."""
    return _plain(list(changes))


def read_changes(written: Any) -> list[Change]:
    """What `write_changes` wrote."""
    return msgspec.convert(written, list[Change])


def _plain(value: Any) -> Any:
    """`value` in what JSON knows: objects, lists, texts, numbers."""
    return msgspec.json.decode(msgspec.json.encode(value))

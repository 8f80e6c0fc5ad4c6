"""The programme as JSON: each release keeps a snapshot and its changes.

They may be read years later. A field that was added since then gets its default.
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
    """Returns `snapshot` as a release keeps it: without availability, which is private."""
    kept = _Release(
        stages=list(snapshot.stages.values()),
        themes=list(snapshot.themes.values()),
        speakers=[replace(each, availability=()) for each in snapshot.speakers.values()],
        sessions=list(snapshot.sessions.values()),
        blocks=snapshot.blocks,
    )
    return _plain(kept)


def read_snapshot(edition: Edition, written: Any) -> Snapshot:
    """Returns the snapshot that `write_snapshot` wrote."""
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
    """Returns `changes` as a release keeps them."""
    return _plain(list(changes))


def read_changes(written: Any) -> list[Change]:
    """Returns the changes that `write_changes` wrote."""
    return msgspec.convert(written, list[Change])


def _plain(value: Any) -> Any:
    """Returns `value` in the types of JSON: objects, lists, texts, numbers."""
    return msgspec.json.decode(msgspec.json.encode(value))

"""Programmes made up in memory, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from festival.editions.models import Edition
from festival.programme.snapshot import (
    BlockSnapshot,
    SessionSnapshot,
    SlotSnapshot,
    Snapshot,
    SpeakerSnapshot,
    StageSnapshot,
)
from festival.programme.timing import Span
from festival.web.languages import Bilingual
from tests.make import FRIDAY, SUNDAY

BEGIN = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)
NOTHING = Bilingual()


def edition() -> Edition:
    return Edition(
        slug="e", starts_on=FRIDAY, ends_on=SUNDAY, timezone="Europe/Amsterdam", walk_minutes=5
    )


def stage(number: int, **values: Any) -> StageSnapshot:
    fields: dict[str, Any] = {"capacity": None, "changeover_minutes": 10, "hours": ()}
    return StageSnapshot(
        id=number, slug=f"s{number}", name=Bilingual(f"Zaal {number}"), floor=NOTHING, access=(),
        **fields | values,
    )  # fmt: skip


def speaker(number: int, *availability: Span) -> SpeakerSnapshot:
    return SpeakerSnapshot(
        id=number, slug=f"p{number}", name=f"Persoon {number}", pronunciation="", organisation="",
        place="", bio=NOTHING, links=(), photo="", photo_alt=NOTHING, availability=availability,
    )  # fmt: skip


def slot(number: int, session: int, starts: int, minutes: int, **values: Any) -> SlotSnapshot:
    """`starts`: minutes after BEGIN."""
    begins = BEGIN + timedelta(minutes=starts)
    fields: dict[str, Any] = {
        "stage_id": 1, "places": None, "taken": 0, "door_places": 0, "state": "scheduled",
    }  # fmt: skip
    return SlotSnapshot(
        id=number, code=f"C{number:04}", session_id=session, starts_at=begins,
        ends_at=begins + timedelta(minutes=minutes), delay_minutes=0, is_full=False,
        reason=NOTHING, replaced_by_id=None, moved_from_stage_id=None, moved_from_at=None,
        leaves_note=False, sequence=0, changed_at=BEGIN, version=1, is_public=True,
        **fields | values,
    )  # fmt: skip


def session(number: int, *slots: SlotSnapshot, **values: Any) -> SessionSnapshot:
    fields: dict[str, Any] = {
        "kind": "talk", "minutes_before": 0, "minutes_after": 0, "speaker_ids": (), "host_ids": (),
    }  # fmt: skip
    return SessionSnapshot(
        id=number, slug=f"o{number}", title=Bilingual(f"Onderdeel {number}"), summary=NOTHING,
        description=NOTHING, bring=NOTHING, theme_id=None, languages="nl", level="open",
        min_age=None, is_free=False, access=(), photo="", photo_alt=NOTHING, takes_feedback=True,
        slots=slots, version=1, is_public=True, **fields | values,
    )  # fmt: skip


def snapshot_of(
    sessions: list[SessionSnapshot],
    *,
    stages: tuple[StageSnapshot, ...] = (stage(1), stage(2)),
    speakers: tuple[SpeakerSnapshot, ...] = (speaker(1), speaker(2)),
    blocks: tuple[BlockSnapshot, ...] = (),
    walks: dict[tuple[int, int], int] | None = None,
) -> Snapshot:
    return Snapshot(
        walk_minutes=5,
        stages={each.id: each for each in stages},
        themes={},
        speakers={each.id: each for each in speakers},
        sessions={each.id: each for each in sessions},
        blocks=list(blocks),
        walks=walks or {},
    )


def pause(number: int, starts: int, minutes: int, *, stage_id: int | None = None) -> BlockSnapshot:
    """A break at one stage, or at all of them; `starts`: minutes after BEGIN."""
    begins = BEGIN + timedelta(minutes=starts)
    return BlockSnapshot(
        id=number, code=f"B{number}", kind="break", title=Bilingual("Pauze"), stage_id=stage_id,
        starts_at=begins, ends_at=begins + timedelta(minutes=minutes), version=1,
    )  # fmt: skip

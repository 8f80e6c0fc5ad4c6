"""What all feeds of an edition are made of, read once per version and kept in memory.

How many places are left changes all the time and stands in no feed.
"""

import gzip
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.memory import Memory
from festival.programme import snapshot
from festival.programme.models.releases import Release
from festival.programme.snapshot import (
    Plan,
    PlannedSession,
    PlannedSlot,
    PlannedSpeaker,
    PlannedStage,
    PlannedTheme,
)
from festival.web import languages
from festival.web.languages import Bilingual


class Feed(NamedTuple):
    """The bytes of one feed, since when they are so, and a digest of them."""

    body: bytes
    packed: bytes  # the same in gzip, a tenth of it: made once, for many a phone that asks again
    etag: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """What feeds have one entry for: a slot, or all meetings of a coach at one stage on one day.

    The single meetings are between the coach and who booked them; they stand in that agenda only.
    """

    code: str  # the same for ever
    number: int  # the same for ever too, unique in the edition, from 1 to 999 982
    slot_codes: tuple[str, ...]
    session: PlannedSession
    stage: PlannedStage
    starts_at: datetime  # as announced
    ends_at: datetime
    state: str  # of models.SLOT_STATES
    delay_minutes: int
    is_full: bool
    reason: Bilingual
    replaced_by: PlannedSession | None
    moved_from_at: datetime | None
    sequence: int
    changed_at: datetime

    @property
    def expected_starts_at(self) -> datetime:
        """With its delay."""
        return self.starts_at + timedelta(minutes=self.delay_minutes)

    @property
    def expected_ends_at(self) -> datetime:
        """With its delay."""
        return self.ends_at + timedelta(minutes=self.delay_minutes)

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not happen after all."""
        return self.state != "scheduled"


@dataclass(frozen=True, slots=True)
class Known:
    """What feeds need of a plan: not the edition, for a row does not outlive its request."""

    stages: dict[int, PlannedStage]
    themes: dict[int, PlannedTheme]
    speakers: dict[int, PlannedSpeaker]
    sessions: dict[int, PlannedSession]


@dataclass(frozen=True)
class Source:
    """One version of an edition's programme."""

    edition_id: int
    version: int  # Edition.programme_version
    plan: Known
    moments: list[Moment]  # in order of time; dropped ones too
    release: str  # the number and the name of the last release; '' before the first
    made_at: datetime
    by_session: dict[int, list[Moment]]

    def of_speaker(self, speaker_id: int) -> list[Moment]:
        """When somebody is on stage, in order of time; without what was dropped."""
        return [
            each
            for each in self.moments
            if speaker_id in each.session.speaker_ids and each.state != "dropped"
        ]

    def feed(self, name: str, draw: Callable[[], bytes]) -> Feed:
        """The feed `name` in the language of the page, drawn at most once."""
        return _feeds.get(
            (self.edition_id, name, languages.current()),
            version=self.version,
            make=lambda: feed(draw(), self.made_at),
        )


# The sitemap asks for the sources of all editions.
_sources: Memory[int, Source] = Memory(most=64)
_feeds: Memory[tuple[int, str, str], Feed] = Memory(
    most=4096, most_bytes=64 * 1024 * 1024, size=lambda feed: len(feed.body) + len(feed.packed)
)


def source_of(edition: Edition, *, now: datetime) -> Source:
    """What the feeds of `edition` are made of, read at most once per version."""
    version = edition.programme_version
    return _sources.get(
        edition.id,
        version=version,
        make=lambda: _read(edition, _made_at(version, _sources.kept(edition.id), now)),
    )


def feed(body: bytes, made_at: datetime) -> Feed:
    """`body` with its digest."""
    return Feed(
        body, gzip.compress(body, mtime=0), blake2b(body, digest_size=12).hexdigest(), made_at
    )


def number_of(row_id: int) -> int:
    """Another number for the row, that tells nobody how many there are.

    A product modulo a prime is different for each, and has six digits, as frab's slugs demand.
    """
    return row_id * 387_137 % 999_983


def _made_at(version: int, other: Source | None, now: datetime) -> datetime:
    """`now`, or so that of `version` and the `other` one the newer looks newer.

    HTTP counts in seconds, and both may be read in the same one.
    """
    second = timedelta(seconds=1)
    if other is None:
        return now
    if other.version < version:
        return max(now, other.made_at + second)
    return min(now, other.made_at - second)


def _read(edition: Edition, made_at: datetime) -> Source:
    version = edition.programme_version
    programme = snapshot.published(edition)
    dropped = [slot for slot in programme.dropped if slot.session_id in programme.sessions]
    slots = programme.slots + dropped
    sessions = {slot.id: programme.sessions[slot.session_id] for slot in slots}
    by_session: dict[int, list[PlannedSlot]] = {}
    for slot in slots:
        by_session.setdefault(slot.session_id, []).append(slot)
    moments = [
        moment
        for session in programme.sessions.values()
        for moment in _moments(
            edition, programme, session, by_session.get(session.id, []), sessions
        )
    ]
    moments.sort(key=lambda each: (each.expected_starts_at, each.number))
    of_session: dict[int, list[Moment]] = {}
    for moment in moments:
        of_session.setdefault(moment.session.id, []).append(moment)
    last = db.session.execute(
        select(Release.number, Release.name_nl, Release.name_en)  # type: ignore[attr-defined]
        .where(Release.edition_id == edition.id)
        .order_by(Release.number.desc())
        .limit(1)
    ).first()
    return Source(
        edition_id=edition.id,
        version=version,
        plan=Known(programme.stages, programme.themes, programme.speakers, programme.sessions),
        moments=moments,
        release=f"{last[0]} {Bilingual(last[1], last[2])}".strip() if last else "",
        made_at=made_at,
        by_session=of_session,
    )


def _moments(
    edition: Edition,
    programme: Plan,
    session: PlannedSession,
    slots: Sequence[PlannedSlot],
    sessions: dict[int, PlannedSession],
) -> Iterable[Moment]:
    """What there is of a session; `slots` are all that visitors ever saw."""
    if session.kind != "coaching":
        for slot in slots:
            yield _moment(programme, session, [slot], sessions)
        return

    def half_day(slot: PlannedSlot) -> tuple[date, int]:
        return edition.day_of(slot.starts_at), slot.stage_id

    def former(slot: PlannedSlot) -> tuple[date, int]:
        assert slot.moved_from_at is not None
        return edition.day_of(slot.moved_from_at), slot.moved_from_stage_id or slot.stage_id

    there = {key: list(of) for key, of in groupby(sorted(slots, key=half_day), key=half_day)}
    moments = {key: _moment(programme, session, of, sessions) for key, of in there.items()}
    for slot in slots:
        if slot.moved_from_at and former(slot) not in there:
            # All of them went elsewhere: who subscribed must hear that nobody sits here any more.
            moments[former(slot)] = replace(
                _moment(programme, session, [slot], sessions),
                stage=programme.stages[former(slot)[1]],
                starts_at=slot.moved_from_at,
                ends_at=slot.moved_from_at + (slot.ends_at - slot.starts_at),
                state="dropped",
            )
    for (day, stage_id), moment in moments.items():
        yield replace(
            moment,
            # Not of one meeting: that has an event of its own, in the agenda of who booked it.
            code=f"{edition.slug}-{session.slug}-{day.isoformat()}-{programme.stages[stage_id].slug}",
            # Of all the coach's meetings, for they move from one half-day to another: neither
            # number goes back when one leaves. No slot that visitors saw is ever deleted.
            sequence=sum(slot.sequence + 1 for slot in slots) - 1,
            changed_at=max(slot.changed_at for slot in slots),
        )


def _moment(
    programme: Plan,
    session: PlannedSession,
    slots: Sequence[PlannedSlot],
    sessions: dict[int, PlannedSession],
) -> Moment:
    """`slots` at one stage as one; `sessions` are those of all slots, by the slot's id."""
    first = min(slots, key=lambda slot: slot.id)
    state = min((slot.state for slot in slots), key=("scheduled", "cancelled", "dropped").index)
    shown = [slot for slot in slots if slot.state == state]
    return Moment(
        code=first.code,
        number=number_of(first.id),
        slot_codes=tuple(slot.code for slot in shown),
        session=session,
        stage=programme.stages[first.stage_id],
        starts_at=min(slot.starts_at for slot in shown),
        ends_at=max(slot.ends_at for slot in shown),
        state=state,
        delay_minutes=min(slot.delay_minutes for slot in shown),
        is_full=all(slot.is_full for slot in shown),
        reason=shown[0].reason,
        replaced_by=sessions.get(shown[0].replaced_by_id or 0),
        moved_from_at=shown[0].moved_from_at if len(slots) == 1 else None,
        sequence=first.sequence,
        changed_at=first.changed_at,
    )

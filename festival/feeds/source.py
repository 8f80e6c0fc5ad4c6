"""The source of all feeds of an edition, read once per version and kept in memory.

The number of places left changes all the time, so it is in no feed.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import chain, groupby
from typing import NamedTuple

from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.memory import Memory
from festival.programme.models.releases import Release
from festival.programme.occurrences import Occurrence, occurrence_of
from festival.programme.snapshot import SessionSnapshot, SlotSnapshot, Snapshot
from festival.programme.snapshot_reading import published
from festival.web import languages
from festival.web.languages import Bilingual


class Feed(NamedTuple):
    """The bytes of one feed, when they last changed, and a digest of them."""

    body: bytes
    packed: bytes  # gzipped once, to a tenth of the size: phones fetch feeds again and again
    etag: str
    made_at: datetime


@dataclass(frozen=True)
class FeedSource:
    """One version of an edition's programme.

    Its events are occurrences. For a coach, all meetings at one stage on one day are one event: a
    single meeting only concerns the coach and the visitor, and is in their own agendas only.
    """

    edition_id: int
    version: int  # Edition.programme_version
    snapshot: Snapshot
    events: list[Occurrence]  # in order of time, including dropped ones
    release: str  # the number and the name of the last release; '' before the first
    made_at: datetime
    by_session: dict[int, list[Occurrence]]

    def of_speaker(self, speaker_id: int) -> list[Occurrence]:
        """Returns the speaker's events in order of time, without dropped ones."""
        return [
            each
            for each in self.events
            if speaker_id in each.session.speaker_ids and each.state != "dropped"
        ]

    def feed(self, name: str, draw: Callable[[], bytes]) -> Feed:
        """Returns the feed `name` in the language of the page, made at most once."""
        return _feeds.get(
            (self.edition_id, name, languages.current()),
            version=self.version,
            make=lambda: feed(draw(), self.made_at),
        )


# The sitemap asks for the sources of all editions.
_sources: Memory[int, FeedSource] = Memory(most=64)
_feeds: Memory[tuple[int, str, str], Feed] = Memory(
    most=4096, most_bytes=64 * 1024 * 1024, size=lambda feed: len(feed.body) + len(feed.packed)
)


def source_of(edition: Edition, *, now: datetime) -> FeedSource:
    """Returns the source of the edition's feeds, read at most once per version."""
    version = edition.programme_version
    return _sources.get(
        edition.id,
        version=version,
        make=lambda: _read(edition, _made_at(version, _sources.kept(edition.id), now)),
    )


def feed(body: bytes, made_at: datetime) -> Feed:
    """Returns `body` as a feed, with its digest."""
    return Feed(
        body, gzip.compress(body, mtime=0), blake2b(body, digest_size=12).hexdigest(), made_at
    )


def number_of(row_id: int) -> int:
    """Returns a stable public number for the row that does not show how many rows there are.

    A product modulo a prime is unique for each row, and has at most six digits, as frab wants.
    """
    return row_id * 387_137 % 999_983


def _made_at(version: int, other: FeedSource | None, now: datetime) -> datetime:
    """Returns `now`, shifted if needed so that the newer of two versions has the later time.

    HTTP dates have whole seconds, and two versions may be read within one second.
    """
    second = timedelta(seconds=1)
    if other is None:
        return now
    if other.version < version:
        return max(now, other.made_at + second)
    return min(now, other.made_at - second)


def _read(edition: Edition, made_at: datetime) -> FeedSource:
    version = edition.programme_version
    snapshot = published(edition)
    slots: dict[int, list[SlotSnapshot]] = {}
    for slot in (*snapshot.slots, *snapshot.dropped):
        slots.setdefault(slot.session_id, []).append(slot)
    by_session = {
        session.id: sorted(_events(edition, snapshot, session, slots[session.id]), key=_in_order)
        for session in snapshot.sessions.values()
        if session.id in slots
    }
    last = db.session.execute(
        select(Release.number, Release.name_nl, Release.name_en)  # type: ignore[attr-defined]
        .where(Release.edition_id == edition.id)
        .order_by(Release.number.desc())
        .limit(1)
    ).first()
    return FeedSource(
        edition_id=edition.id,
        version=version,
        snapshot=snapshot,
        events=sorted(chain.from_iterable(by_session.values()), key=_in_order),
        release=f"{last[0]} {Bilingual(last[1], last[2])}".strip() if last else "",
        made_at=made_at,
        by_session=by_session,
    )


def _in_order(event: Occurrence) -> tuple[datetime, int]:
    return event.expected_starts_at, number_of(event.id)


def _events(
    edition: Edition, snapshot: Snapshot, session: SessionSnapshot, slots: Sequence[SlotSnapshot]
) -> Iterable[Occurrence]:
    """Returns the events of a session; `slots` are all slots that visitors ever saw."""
    if session.kind != "coaching":
        return [occurrence_of(snapshot, session, [slot]) for slot in slots]
    return _coach_days(edition, snapshot, session, slots)


def _coach_days(
    edition: Edition, snapshot: Snapshot, session: SessionSnapshot, slots: Sequence[SlotSnapshot]
) -> Iterator[Occurrence]:
    def place(slot: SlotSnapshot) -> tuple[date, int]:
        return edition.day_of(slot.starts_at), slot.stage_id

    def former_place(slot: SlotSnapshot) -> tuple[date, int]:
        assert slot.moved_from_at is not None
        return edition.day_of(slot.moved_from_at), slot.moved_from_stage_id or slot.stage_id

    there = {key: list(group) for key, group in groupby(sorted(slots, key=place), key=place)}
    events = {key: _coach_day(snapshot, session, group) for key, group in there.items()}
    for slot in slots:
        if slot.moved_from_at and former_place(slot) not in there:
            # All meetings moved away: subscribers must hear that nobody sits here any more.
            events[former_place(slot)] = replace(
                occurrence_of(snapshot, session, [slot]),
                stage=snapshot.stages[former_place(slot)[1]],
                starts_at=slot.moved_from_at,
                ends_at=slot.moved_from_at + (slot.ends_at - slot.starts_at),
                state="dropped",
            )
    for (day, stage_id), event in events.items():
        stage = snapshot.stages[stage_id].slug
        yield replace(
            event,
            # Not the code of a meeting: that is the event in the agenda of whoever booked it.
            code=f"{edition.slug}-{session.slug}-{day.isoformat()}-{stage}",
            # Over all meetings of the coach, because they move between days: so neither value ever
            # goes back. No slot that visitors saw is ever deleted.
            sequence=sum(slot.sequence + 1 for slot in slots) - 1,
            changed_at=max(slot.changed_at for slot in slots),
        )


def _coach_day(
    snapshot: Snapshot, session: SessionSnapshot, slots: Sequence[SlotSnapshot]
) -> Occurrence:
    """Returns meetings at one stage on one day as one event: only those that go on, if any do."""
    shown = occurrence_of(snapshot, session, sorted(slots, key=lambda slot: slot.starts_at))
    event = occurrence_of(
        snapshot, session, [slot for slot in shown.slots if slot.state == shown.state]
    )
    moved_from_at = event.moved_from_at if len(slots) == 1 else None
    return replace(event, id=shown.id, moved_from_at=moved_from_at)

"""What all feeds of an edition are made of, read once per version and kept in memory.

How many places are left changes all the time and stands in no feed.
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
from festival.programme.snapshot import SessionSnapshot, SlotSnapshot, Snapshot, published
from festival.web import languages
from festival.web.languages import Bilingual


class Feed(NamedTuple):
    """The bytes of one feed, since when they are so, and a digest of them."""

    body: bytes
    packed: bytes  # the same in gzip, a tenth of it: made once, for many a phone that asks again
    etag: str
    made_at: datetime


@dataclass(frozen=True)
class FeedSource:
    """One version of an edition's programme.

    Its events are occurrences; of a coach there is one for all meetings at one stage on one day.
    The single meetings are between the coach and who booked them: they stand in that agenda only.
    """

    edition_id: int
    version: int  # Edition.programme_version
    snapshot: Snapshot
    events: list[Occurrence]  # in order of time; dropped ones too
    release: str  # the number and the name of the last release; '' before the first
    made_at: datetime
    by_session: dict[int, list[Occurrence]]

    def of_speaker(self, speaker_id: int) -> list[Occurrence]:
        """When somebody is on stage, in order of time; without what was dropped."""
        return [
            each
            for each in self.events
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
_sources: Memory[int, FeedSource] = Memory(most=64)
_feeds: Memory[tuple[int, str, str], Feed] = Memory(
    most=4096, most_bytes=64 * 1024 * 1024, size=lambda feed: len(feed.body) + len(feed.packed)
)


def source_of(edition: Edition, *, now: datetime) -> FeedSource:
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
    """Another number for the row, the same for ever, that tells nobody how many there are.

    A product modulo a prime is different for each, and has six digits, as frab's slugs demand.
    """
    return row_id * 387_137 % 999_983


def _made_at(version: int, other: FeedSource | None, now: datetime) -> datetime:
    """`now`, or so that of `version` and the `other` one the newer looks newer.

    HTTP counts in seconds, and both may be read in the same one.
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
    """What there is of a session; `slots` are all that visitors ever saw."""
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
            # All of them went elsewhere: who subscribed must hear that nobody sits here any more.
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
            # Not of one meeting: that has an event of its own, in the agenda of who booked it.
            code=f"{edition.slug}-{session.slug}-{day.isoformat()}-{stage}",
            # Of all the coach's meetings, for they move from one day to another: neither number
            # goes back when one leaves. No slot that visitors saw is ever deleted.
            sequence=sum(slot.sequence + 1 for slot in slots) - 1,
            changed_at=max(slot.changed_at for slot in slots),
        )


def _coach_day(
    snapshot: Snapshot, session: SessionSnapshot, slots: Sequence[SlotSnapshot]
) -> Occurrence:
    """Meetings at one stage on one day as one event: those that go on, if any do."""
    shown = occurrence_of(snapshot, session, sorted(slots, key=lambda slot: slot.starts_at))
    event = occurrence_of(
        snapshot, session, [slot for slot in shown.slots if slot.state == shown.state]
    )
    moved_from_at = event.moved_from_at if len(slots) == 1 else None
    return replace(event, id=shown.id, moved_from_at=moved_from_at)

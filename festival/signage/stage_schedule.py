"""The schedule of each stage, for door screens and paper.

It is made once per version of the programme and kept. The number of places left is read on every
request.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from festival.editions.models import Edition
from festival.memory import Memory
from festival.programme.occurrences import StageEntry, stage_entries
from festival.programme.snapshot import Snapshot, StageSnapshot
from festival.programme.snapshot_reading import published
from festival.web.languages import Bilingual


class Whereabouts(NamedTuple):
    """A stage and a time."""

    stage: Bilingual
    at: datetime


@dataclass(frozen=True)
class StageSchedule:
    """The stages in order, and all entries ordered by time and stage."""

    stages: tuple[StageSnapshot, ...]
    entries: tuple[StageEntry, ...]

    def entries_of(self, stage: StageSnapshot) -> list[StageEntry]:
        """Returns the entries of one stage."""
        return [entry for entry in self.entries if entry.stage_id == stage.id]

    def entries_on(self, day: date) -> list[StageEntry]:
        """Returns the entries of one festival day."""
        return [entry for entry in self.entries if entry.day == day]

    @property
    def days(self) -> list[date]:
        """The days on which something happens."""
        return sorted({entry.day for entry in self.entries if not entry.is_break})


_schedules: Memory[int, StageSchedule] = Memory(most=16)  # by edition


def schedule_of(edition: Edition) -> StageSchedule:
    """Returns the edition's schedule as visitors see it, made at most once per version."""
    return _schedules.get(
        edition.id,
        version=edition.programme_version,
        make=lambda: make_schedule(edition, published(edition)),
    )


def make_schedule(edition: Edition, snapshot: Snapshot) -> StageSchedule:
    """Returns the stage schedule of a snapshot."""
    numbers = {stage_id: number for number, stage_id in enumerate(snapshot.stages)}
    entries = sorted(
        _entries(edition, snapshot),
        key=lambda entry: (entry.expected.starts_at, numbers[entry.stage_id or 0], entry.slug),
    )
    return StageSchedule(tuple(snapshot.stages.values()), tuple(entries))


def _entries(edition: Edition, snapshot: Snapshot) -> Iterator[StageEntry]:
    """Yields every entry with its stage. A break at every stage becomes one entry for each."""
    for entry in stage_entries(edition, snapshot):
        if entry.stage_id is not None:
            yield entry
        else:
            yield from (replace(entry, stage_id=stage_id) for stage_id in snapshot.stages)


def shown_day(entries: Iterable[StageEntry], now: datetime) -> date | None:
    """Returns today if something is still on, or the next day with entries; None after the last."""
    left = (e.day for e in entries if now < e.expected.ends_at and not e.is_break)
    return min(left, default=None)


def places_in_time(entries: Sequence[StageEntry], day: date | None, now: datetime) -> list[str]:
    """Returns for each entry of one stage: `now`, `next`, `later` (on `day`) or `rest`.

    static/js/stage_schedule.js does the same in the browser.
    """
    left = [entry for entry in entries if entry.day == day and now < entry.expected.ends_at]
    coming = [
        entry.expected.starts_at
        for entry in left
        if now < entry.expected.starts_at and not entry.is_off
    ]
    first = min(coming, default=datetime.max.replace(tzinfo=now.tzinfo))

    def place(entry: StageEntry) -> str:
        if entry.day != day or entry.expected.ends_at <= now:
            return "rest"
        if entry.expected.starts_at <= now:
            return "now"
        return "next" if entry.expected.starts_at <= first else "later"

    return [place(entry) for entry in entries]


def moved_to(entry: StageEntry) -> Whereabouts | None:
    """Returns for a note where and when its occurrence is now."""
    if entry.occurrence is None or not entry.is_note:
        return None
    return Whereabouts(entry.occurrence.stage.name, entry.occurrence.slots[0].expected.starts_at)


def moved_from(entry: StageEntry) -> Whereabouts | None:
    """Returns for a moved occurrence where and when it was before."""
    occurrence = entry.occurrence
    if (
        occurrence is None
        or entry.is_note
        or not occurrence.is_moved
        or occurrence.moved_from_at is None
    ):
        return None
    return Whereabouts(occurrence.former_stage.name, occurrence.moved_from_at)

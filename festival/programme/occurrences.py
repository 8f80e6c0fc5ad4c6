"""Occurrences: what readers of the programme count as one thing, a slot or a coach's half-day.

A coach's half-day is a series of meetings at one stage. Timetable, door screens, paper, feeds and
calendars are all made from occurrences and their stage entries.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from festival.editions.models import Edition
from festival.programme.snapshot import (
    BlockSnapshot,
    SessionSnapshot,
    SlotSnapshot,
    Snapshot,
    SpeakerSnapshot,
    StageSnapshot,
    ThemeSnapshot,
)
from festival.programme.timing import Span, Timed
from festival.text import unlinked
from festival.web.languages import Bilingual

# A break of at least this long between two meetings starts a new half-day.
HALF_DAY_BREAK = timedelta(hours=1)
_BEST_FIRST = ("scheduled", "cancelled", "dropped")


class TimedAtStage(Protocol):
    """A slot, from the database or from a snapshot."""

    @property
    def stage_id(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


S = TypeVar("S", bound=TimedAtStage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence(Timed):
    """A slot, or all meetings of a coach's half-day.

    With several meetings, delay and state are those shared by all meetings that are not cancelled.
    """

    id: int  # the lowest id of its slots, so it stays the same
    code: str
    session: SessionSnapshot
    stage: StageSnapshot
    theme: ThemeSnapshot | None
    speakers: tuple[SpeakerSnapshot, ...]  # announced
    slots: tuple[SlotSnapshot, ...]  # in order of time, at one stage
    starts_at: datetime  # as announced
    ends_at: datetime
    state: str  # of models.SLOT_STATES
    delay_minutes: int
    is_full: bool  # the makers said so, whatever was booked
    reason: Bilingual
    instead: SessionSnapshot | None  # what replaces it, if it is cancelled
    former_stage: StageSnapshot  # before it moved; `stage` if only its time changed
    moved_from_at: datetime | None  # its former start
    leaves_note: bool  # at its former place
    sequence: int
    changed_at: datetime

    @property
    def going_on(self) -> list[SlotSnapshot]:
        """The slots that are not cancelled."""
        return [slot for slot in self.slots if not slot.is_cancelled]

    @property
    def bookable(self) -> list[SlotSnapshot]:
        """The slots that need a booking, including cancelled ones."""
        return [slot for slot in self.slots if slot.is_bookable]

    @property
    def is_moved(self) -> bool:
        """Whether it moved to another time or stage, and a note at its former place says so."""
        return self.leaves_note and self.moved_from_at is not None and not self.is_cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntry:
    """One thing at one stage: an occurrence, a note where it was before it moved, or a break.

    A `stage_id` of None means every stage. The times are as announced; see `expected`.
    """

    stage_id: int | None
    day: date  # of the festival
    starts_at: datetime
    ends_at: datetime
    occurrence: Occurrence | None = None  # None: a break
    block: BlockSnapshot | None = None
    is_note: bool = False

    @property
    def expected(self) -> Span:
        """The times expected now. Notes and breaks keep their announced times."""
        if self.occurrence is None or self.is_note:
            return Span(self.starts_at, self.ends_at)
        return self.occurrence.expected

    @property
    def kind(self) -> str:
        """One of models.KINDS, or `break`."""
        return self.occurrence.session.kind if self.occurrence else "break"

    @property
    def title(self) -> Bilingual:
        """The title of the session or the break."""
        if self.occurrence is not None:
            return self.occurrence.session.title
        return self.block.title if self.block else Bilingual()

    @property
    def slug(self) -> str:
        """The slug of the session; '' for a break."""
        return self.occurrence.session.slug if self.occurrence else ""

    @property
    def is_break(self) -> bool:
        """Whether it is a break."""
        return self.occurrence is None

    @property
    def state(self) -> str:
        """`scheduled` or `cancelled`; `moved` for a note."""
        if self.is_note:
            return "moved"
        return self.occurrence.state if self.occurrence else "scheduled"

    @property
    def is_off(self) -> bool:
        """Whether it does not happen at this time and stage."""
        return self.state != "scheduled"

    @property
    def speakers(self) -> list[str]:
        """The names of the announced speakers, without links; none for a note."""
        if self.occurrence is None or self.is_note:
            return []
        return [unlinked(speaker.name) for speaker in self.occurrence.speakers]

    @property
    def bookable(self) -> list[SlotSnapshot]:
        """The slots that need a booking and are not cancelled."""
        if self.occurrence is None or self.is_note:
            return []
        return [slot for slot in self.occurrence.going_on if slot.is_bookable]


def occurrences_of(snapshot: Snapshot, session: SessionSnapshot) -> list[Occurrence]:
    """Returns the occurrences of a session, in order of time."""
    return [
        occurrence_of(snapshot, session, slots)
        for slots in shown_together(session.kind, session.slots)
    ]


def occurrence_of(
    snapshot: Snapshot, session: SessionSnapshot, slots: Sequence[SlotSnapshot]
) -> Occurrence:
    """Returns `slots` of a session, in order of time and at one stage, as one occurrence."""
    first = slots[0]
    state = min((slot.state for slot in slots), key=_BEST_FIRST.index)
    shown = [slot for slot in slots if slot.state == state]
    delays = {slot.delay_minutes for slot in shown}
    stage = snapshot.stages[first.stage_id]
    return Occurrence(
        id=min(slot.id for slot in slots),
        code=first.code,
        session=session,
        stage=stage,
        theme=snapshot.themes.get(session.theme_id or 0),
        speakers=tuple(snapshot.speakers_of(session)),
        slots=tuple(slots),
        starts_at=first.starts_at,
        ends_at=slots[-1].ends_at,
        state=state,
        delay_minutes=delays.pop() if len(delays) == 1 else 0,
        is_full=all(slot.is_full for slot in shown),
        reason=first.reason,
        instead=None if state == "scheduled" else snapshot.replacement_of(first),
        former_stage=snapshot.stages.get(first.moved_from_stage_id or 0, stage),
        moved_from_at=first.moved_from_at,
        leaves_note=first.leaves_note,
        sequence=first.sequence,
        changed_at=first.changed_at,
    )


def stage_entries(edition: Edition, snapshot: Snapshot) -> Iterator[StageEntry]:
    """Yields everything in the timetable, in no particular order."""
    for session in snapshot.sessions.values():
        for each in occurrences_of(snapshot, session):
            yield StageEntry(
                stage_id=each.stage.id,
                day=edition.day_of(each.starts_at),
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                occurrence=each,
            )
            if each.is_moved and each.moved_from_at is not None:
                yield StageEntry(
                    stage_id=each.former_stage.id,
                    day=edition.day_of(each.moved_from_at),
                    starts_at=each.moved_from_at,
                    ends_at=each.moved_from_at + (each.ends_at - each.starts_at),
                    occurrence=each,
                    is_note=True,
                )
    for block in snapshot.blocks:
        if block.kind == "break":
            yield StageEntry(
                stage_id=block.stage_id,
                day=edition.day_of(block.starts_at),
                starts_at=block.starts_at,
                ends_at=block.ends_at,
                block=block,
            )


def shown_together(kind: str, slots: Iterable[S]) -> list[list[S]]:
    """Groups the slots of one session of `kind`, in order of time, into occurrences."""
    return half_days(slots) if kind == "coaching" else [[slot] for slot in slots]


def half_days(slots: Iterable[S]) -> list[list[S]]:
    """Groups the meetings of one coach, in order of time, by half-day."""
    found: list[list[S]] = []
    for slot in slots:
        last = found[-1][-1] if found else None
        if (
            last is not None
            and slot.stage_id == last.stage_id
            and goes_on(last.ends_at, slot.starts_at)
        ):
            found[-1].append(slot)
        else:
            found.append([slot])
    return found


def goes_on(ends_at: datetime, starts_at: datetime) -> bool:
    """Returns whether a meeting that starts at `starts_at` belongs to the same half-day."""
    return timedelta(0) <= starts_at - ends_at < HALF_DAY_BREAK

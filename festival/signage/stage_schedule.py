"""What happens at each stage, one thing after the other: for screens at doors and for paper.

Read once per version of the programme and kept; how many places are left is read at each look.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from festival.editions.models import Edition
from festival.memory import Memory
from festival.programme import snapshot
from festival.programme.half_days import shown_together
from festival.programme.snapshot import Plan, PlannedSession, PlannedSlot, PlannedStage
from festival.web.languages import Bilingual


class Where(NamedTuple):
    """A stage and a moment at it."""

    stage: Bilingual
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing at one stage: a slot, a coach's meetings in a row, a break, or a note of a move.

    `starts_at` and `ends_at` are as expected, with the delay; of what was cancelled or moved away,
    as announced.
    """

    stage_id: int
    day: date
    starts_at: datetime
    ends_at: datetime
    kind: str  # of models.KINDS, or "break"
    title: Bilingual
    slug: str = ""  # of the session
    summary: Bilingual = Bilingual()  # noqa: RUF009  it is frozen
    languages: str = ""
    access: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    speaker_ids: tuple[int, ...] = ()
    state: str = "scheduled"  # cancelled, moved (away)
    delay_minutes: int = 0
    reason: Bilingual = Bilingual()  # noqa: RUF009
    instead: Bilingual | None = None  # what replaces it
    moved_to: Where | None = None
    moved_from: Where | None = None
    is_full: bool = False  # as the makers said, whatever was booked
    door_places: int = 0
    bookable: tuple[int, ...] = ()  # ids of the slots of which places are booked

    @property
    def is_off(self) -> bool:
        """Whether it does not happen here and then."""
        return self.state != "scheduled"


@dataclass(frozen=True)
class Board:
    """The stages in their order, and all turns in order of time and stage."""

    stages: tuple[PlannedStage, ...]
    turns: tuple[Turn, ...]

    def of(self, stage: PlannedStage) -> list[Turn]:
        """The turns of one stage."""
        return [turn for turn in self.turns if turn.stage_id == stage.id]

    def on(self, day: date) -> list[Turn]:
        """The turns of one festival day."""
        return [turn for turn in self.turns if turn.day == day]

    @property
    def days(self) -> list[date]:
        """The days on which something happens."""
        return sorted({turn.day for turn in self.turns if turn.kind != "break"})


_boards: Memory[int, Board] = Memory(most=16)


def board_of(edition: Edition) -> Board:
    """The edition's board as visitors may see it, read at most once per version."""
    return _boards.get(
        edition.id,
        version=edition.programme_version,
        make=lambda: of_plan(snapshot.published(edition)),
    )


def of_plan(whole: Plan) -> Board:
    """The board of a programme."""
    turns = [
        turn for session in whole.sessions.values() for turn in _turns_of_session(whole, session)
    ]
    turns += _breaks(whole)
    numbers = {stage_id: number for number, stage_id in enumerate(whole.stages)}
    turns.sort(key=lambda turn: (turn.starts_at, numbers[turn.stage_id], turn.slug))
    return Board(tuple(whole.stages.values()), tuple(turns))


def shown_day(turns: Iterable[Turn], now: datetime) -> date | None:
    """The festival day that is on, or else the next on which something is; None after the last."""
    return min((t.day for t in turns if now < t.ends_at and t.kind != "break"), default=None)


def places_in_time(turns: Sequence[Turn], day: date | None, now: datetime) -> list[str]:
    """Of each turn of one stage: `now`, `next`, `later` on `day`, or `rest`.

    static/js/screen_turns.js does the same without network.
    """
    left = [turn for turn in turns if turn.day == day and now < turn.ends_at]
    coming = [turn.starts_at for turn in left if now < turn.starts_at and not turn.is_off]
    first = min(coming, default=datetime.max.replace(tzinfo=now.tzinfo))

    def place(turn: Turn) -> str:
        if turn.day != day or turn.ends_at <= now:
            return "rest"
        if turn.starts_at <= now:
            return "now"
        return "next" if turn.starts_at <= first else "later"

    return [place(turn) for turn in turns]


def _turns_of_session(whole: Plan, session: PlannedSession) -> Iterator[Turn]:
    for slots in _moments(session):
        first = slots[0]
        going_on = [slot for slot in slots if slot.state == "scheduled"]
        span = (first.expected.starts_at, slots[-1].expected.ends_at)
        if not going_on:
            span = (first.starts_at, slots[-1].ends_at)
        yield _turn(whole, session, slots, going_on, span)
        if first.leaves_note and going_on and first.moved_from_at is not None:
            yield _note(whole, session, first, first.moved_from_at)


def _turn(
    whole: Plan,
    session: PlannedSession,
    slots: Sequence[PlannedSlot],
    going_on: Sequence[PlannedSlot],
    span: tuple[datetime, datetime],
) -> Turn:
    first = slots[0]
    was_at = whole.stages.get(first.moved_from_stage_id or first.stage_id)
    was_moved = first.leaves_note and first.moved_from_at is not None and was_at is not None
    return Turn(
        stage_id=first.stage_id,
        day=whole.day_of(first),
        starts_at=span[0],
        ends_at=span[1],
        kind=session.kind,
        title=session.title,
        slug=session.slug,
        summary=session.summary,
        languages=session.languages,
        access=session.access,
        speakers=tuple(whole.speakers[n].name for n in _announced(whole, session)),
        speaker_ids=tuple(_announced(whole, session)),
        state="scheduled" if going_on else "cancelled",
        delay_minutes=first.delay_minutes if going_on else 0,
        reason=first.reason,
        instead=None if going_on else _instead(whole, first),
        moved_from=Where(was_at.name, first.moved_from_at)
        if was_moved and was_at and first.moved_from_at
        else None,
        is_full=bool(going_on) and all(slot.is_full for slot in going_on),
        door_places=first.door_places,
        bookable=tuple(slot.id for slot in going_on if slot.places is not None),
    )


def _note(whole: Plan, session: PlannedSession, slot: PlannedSlot, was_at: datetime) -> Turn:
    """What stands where the slot was before it moved."""
    return Turn(
        stage_id=slot.moved_from_stage_id or slot.stage_id,
        day=whole.edition.day_of(was_at),
        starts_at=was_at,
        ends_at=was_at + (slot.ends_at - slot.starts_at),
        kind=session.kind,
        title=session.title,
        slug=session.slug,
        state="moved",
        reason=slot.reason,
        moved_to=Where(whole.stages[slot.stage_id].name, slot.expected.starts_at),
    )


def _moments(session: PlannedSession) -> list[list[PlannedSlot]]:
    """The slots one by one; a coach's meetings at one stage together, until a longer break."""
    return shown_together(session.kind, session.slots)


def _announced(whole: Plan, session: PlannedSession) -> list[int]:
    return [n for n in session.speaker_ids if n in whole.speakers]


def _instead(whole: Plan, slot: PlannedSlot) -> Bilingual | None:
    if slot.replaced_by_id is None:
        return None
    for session in whole.sessions.values():
        if any(other.id == slot.replaced_by_id for other in session.slots):
            return session.title
    return None


def _breaks(whole: Plan) -> Iterator[Turn]:
    for block in whole.blocks:
        if block.kind != "break":
            continue
        for stage_id in whole.stages if block.stage_id is None else [block.stage_id]:
            yield Turn(
                stage_id=stage_id,
                day=whole.edition.day_of(block.starts_at),
                starts_at=block.starts_at,
                ends_at=block.ends_at,
                kind="break",
                title=block.title,
            )

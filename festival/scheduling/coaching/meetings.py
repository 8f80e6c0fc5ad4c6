"""A coach's time cut into meetings of one place each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from festival.db import transactional
from festival.errors import Refusal
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.rules import rows, slots
from festival.programme.snapshot import Snapshot, read_draft
from festival.programme.timing import Span

# Why a meeting is not made, worst first.
REASONS = ("coach_away", "coach_busy", "stage_closed", "stage_busy", "too_many")


class TimesChanged(Refusal):
    """Intussen is het programma veranderd, of je klikte twee keer. Kijk nog eens welke gesprekken
    er nu bij komen."""


class NothingFits(Refusal):
    """Er past geen enkel gesprek in deze tijden. Kies andere tijden, of een kortere duur."""


@dataclass(frozen=True)
class MeetingPlan:
    """What a maker asks for: in these spans, meetings of this length with this pause between."""

    stage: Stage
    spans: Sequence[Span]
    minutes: int
    pause: int
    most: int
    coach: Speaker | None = None


@dataclass(frozen=True)
class ProposedMeeting:
    """One meeting that would fit, or why it does not: '' or one of REASONS."""

    span: Span
    problem: str = ""


def proposed(session: Session, wish: MeetingPlan) -> list[ProposedMeeting]:
    """The meetings that `wish` makes of the draft as it is now, and those that it leaves out.

    Refuses with EndsBeforeStart.
    """
    if any(ends_at <= starts_at for starts_at, ends_at in wish.spans):
        raise rows.EndsBeforeStart
    draft = read_draft(session.edition)
    away: Sequence[Span] = ()
    busy = _busy_with(draft, {session.id})
    if wish.coach:
        theirs = {
            each.id
            for each in draft.sessions.values()
            if wish.coach.id in (*each.speaker_ids, *each.host_ids)
        }
        busy = _busy_with(draft, theirs | {session.id})
        away = draft.speakers[wish.coach.id].availability
    pause = timedelta(minutes=wish.pause)
    stage = draft.stages[wish.stage.id]
    return cut(
        wish.spans,
        length=timedelta(minutes=wish.minutes),
        pause=pause,
        most=wish.most,
        inside={"coach_away": away, "stage_closed": stage.hours},
        outside={
            "coach_busy": [Span(a - pause, b + pause) for a, b in busy],
            "stage_busy": _taken_at(draft, stage.id),
        },
    )


@transactional
def make_meetings(
    session: Session, wish: MeetingPlan, *, seen: Iterable[datetime], now: datetime
) -> list[Slot]:
    """Make the meetings of `wish` in the draft, one place each: those that begin at `seen`.

    Refuses with NothingFits, with TimesChanged where it would make others than the maker saw, with
    EndsBeforeStart or with OutsideEdition.
    """
    rows.drafting(session.edition_id)
    spans = [meeting.span for meeting in proposed(session, wish) if not meeting.problem]
    seen = list(seen)
    if not (spans or seen):
        raise NothingFits
    if [span.starts_at for span in spans] != seen:
        raise TimesChanged
    return [
        slots.add_slot(
            session,
            stage=wish.stage,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            places=1,
            now=now,
        )
        for span in spans
    ]


def cut(
    spans: Iterable[Span],
    *,
    length: timedelta,
    pause: timedelta,
    most: int,
    inside: dict[str, Sequence[Span]],
    outside: dict[str, Sequence[Span]],
) -> list[ProposedMeeting]:
    """Meetings of `length` in `spans` with `pause` between, each wholly within one span.

    `inside`: by reason the spans one of which must hold a meeting (none: no bounds); `outside`: by
    reason the spans that none may touch. One that breaks these is answered with the reason; the
    others keep their round times. Not more than `most` are good.
    """
    meetings: list[ProposedMeeting] = []
    made = 0
    for starts_at, ends_at in merged(spans):
        at = starts_at
        if meetings:  # a gap between two spans may be shorter than the pause
            at = max(at, meetings[-1].span.ends_at + pause)
        while at + length <= ends_at:
            span = Span(at, at + length)
            problem = _problem(span, inside, outside)
            if not problem and made == most:
                problem = "too_many"
            made += not problem
            meetings.append(ProposedMeeting(span, problem))
            at += length + pause
    return meetings


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as possible, in order."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.starts_at <= joined[-1].ends_at:
            joined[-1] = Span(joined[-1].starts_at, max(joined[-1].ends_at, span.ends_at))
        else:
            joined.append(span)
    return joined


def _problem(
    span: Span, inside: dict[str, Sequence[Span]], outside: dict[str, Sequence[Span]]
) -> str:
    for reason in REASONS:
        bounds = inside.get(reason)
        if bounds and not any(a <= span.starts_at and span.ends_at <= b for a, b in merged(bounds)):
            return reason
        if any(span.overlaps(other) for other in outside.get(reason, ())):
            return reason
    return ""


def _busy_with(draft: Snapshot, session_ids: set[int]) -> list[Span]:
    return [
        slot.span
        for session_id in session_ids
        for slot in draft.sessions[session_id].slots
        if slot.state == "scheduled"
    ]


def _taken_at(draft: Snapshot, stage_id: int) -> list[Span]:
    """When the stage is not free. Coaches share it: each sits at a table of their own."""
    spans = [
        slot.span
        for session in draft.sessions.values()
        if session.kind != "coaching"
        for slot in session.slots
        if slot.stage_id == stage_id and slot.state == "scheduled"
    ]
    return spans + [block.span for block in draft.blocks if block.stage_id in (None, stage_id)]

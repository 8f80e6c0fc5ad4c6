"""Cutting a coach's time into meetings with one place each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from festival.db import transactional
from festival.errors import Refusal
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.rules import rows, slots
from festival.programme.snapshot import Snapshot
from festival.programme.snapshot_reading import read_draft
from festival.programme.timing import Span

# Why a meeting is not made, the most important reason first.
REASONS = ("coach_away", "coach_busy", "stage_closed", "stage_busy", "too_many")


class TimesChanged(Refusal):
    """Intussen is het programma veranderd, of je klikte twee keer. Kijk nog eens welke gesprekken
    er nu bij komen."""


class NothingFits(Refusal):
    """Er past geen enkel gesprek in deze tijden. Kies andere tijden, of een kortere duur."""


@dataclass(frozen=True)
class MeetingPlan:
    """The plan: in these spans, meetings of this length with this pause between them."""

    stage: Stage
    spans: Sequence[Span]
    minutes: int
    pause: int
    most: int
    coach: Speaker | None = None


@dataclass(frozen=True)
class ProposedMeeting:
    """A possible meeting; `problem` says why it does not fit: '' or one of REASONS."""

    span: Span
    problem: str = ""


def propose_meetings(session: Session, plan: MeetingPlan) -> list[ProposedMeeting]:
    """Returns the meetings that `plan` makes in the current draft, and those that do not fit.

    Raises EndsBeforeStart.
    """
    if any(ends_at <= starts_at for starts_at, ends_at in plan.spans):
        raise rows.EndsBeforeStart
    draft = read_draft(session.edition)
    away: Sequence[Span] = ()
    busy = _busy_with(draft, {session.id})
    if plan.coach:
        theirs = {
            each.id
            for each in draft.sessions.values()
            if plan.coach.id in (*each.speaker_ids, *each.host_ids)
        }
        busy = _busy_with(draft, theirs | {session.id})
        away = draft.speakers[plan.coach.id].availability
    pause = timedelta(minutes=plan.pause)
    stage = draft.stages[plan.stage.id]
    return cut_meetings(
        plan.spans,
        length=timedelta(minutes=plan.minutes),
        pause=pause,
        most=plan.most,
        inside={"coach_away": away, "stage_closed": stage.hours},
        outside={
            "coach_busy": [Span(a - pause, b + pause) for a, b in busy],
            "stage_busy": _taken_at(draft, stage.id),
        },
    )


@transactional
def make_meetings(
    session: Session, plan: MeetingPlan, *, seen: Iterable[datetime], now: datetime
) -> list[Slot]:
    """Make the meetings of `plan` in the draft, with one place each.

    `seen` holds the start times of the preview. Raises NothingFits, TimesChanged if other meetings
    would be made than the organiser saw, EndsBeforeStart or OutsideEdition.
    """
    rows.drafting(session.edition_id)
    spans = [meeting.span for meeting in propose_meetings(session, plan) if not meeting.problem]
    seen = list(seen)
    if not (spans or seen):
        raise NothingFits
    if [span.starts_at for span in spans] != seen:
        raise TimesChanged
    return [
        slots.add_slot(
            session,
            stage=plan.stage,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            places=1,
            now=now,
        )
        for span in spans
    ]


def cut_meetings(
    spans: Iterable[Span],
    *,
    length: timedelta,
    pause: timedelta,
    most: int,
    inside: dict[str, Sequence[Span]],
    outside: dict[str, Sequence[Span]],
) -> list[ProposedMeeting]:
    """Cuts `spans` into meetings of `length` with `pause` between them, each within one span.

    Both dictionaries have reasons as keys. A meeting must lie within one of the spans of each
    `inside` (no spans: anywhere), and must not overlap any span of `outside`. Otherwise it gets the
    reason as its problem, and the other meetings keep their times. At most `most` are without one.
    """
    meetings: list[ProposedMeeting] = []
    made = 0
    for starts_at, ends_at in merge_spans(spans):
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


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Returns the same time in as few spans as possible, in order."""
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
        if bounds and not any(
            a <= span.starts_at and span.ends_at <= b for a, b in merge_spans(bounds)
        ):
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
    """Returns when the stage is taken. Coaches share it, because each has their own table."""
    spans = [
        slot.span
        for session in draft.sessions.values()
        if session.kind != "coaching"
        for slot in session.slots
        if slot.stage_id == stage_id and slot.state == "scheduled"
    ]
    return spans + [block.span for block in draft.blocks if block.stage_id in (None, stage_id)]

"""Reads of visitors' opinions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from festival.db import db
from festival.editions.models import Edition
from festival.feedback.models import Feedback
from festival.programme.models.sessions import Session, Slot
from festival.programme.snapshot import SessionSnapshot
from festival.programme.timing import Timed
from festival.sorting import title_key

OPEN_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class Summary:
    """The opinions of one session; `words` has the texts, newest first."""

    by_step: tuple[int, int, int, int, int]  # how many said 1 (not useful), 2, … 5 (very)
    words: list[str]

    @property
    def count(self) -> int:
        """The number of opinions."""
        return sum(self.by_step)

    @property
    def mean(self) -> float | None:
        """The mean of 1 to 5; None without opinions."""
        total = sum(step * number for step, number in enumerate(self.by_step, start=1))
        return total / self.count if self.count else None


def of_sessions(session_ids: Iterable[int]) -> dict[int, Summary]:
    """Returns a Summary for each of these sessions, even without opinions, in two queries."""
    wanted = list(session_ids)
    steps: dict[int, list[int]] = {session_id: [0] * 5 for session_id in wanted}
    counts = db.session.execute(
        select(Feedback.session_id, Feedback.useful, func.count())
        .where(Feedback.session_id.in_(wanted))
        .group_by(Feedback.session_id, Feedback.useful)
    )
    for session_id, useful, number in counts:
        steps[session_id][useful - 1] = number
    words: dict[int, list[str]] = defaultdict(list)
    said = db.session.execute(
        select(Feedback.session_id, Feedback.words)
        .where(Feedback.session_id.in_(wanted), Feedback.words != "")
        .order_by(Feedback.said_at.desc(), Feedback.id.desc())
    )
    for session_id, text in said:
        words[session_id].append(text)
    return {
        session_id: Summary((a, b, c, d, e), words[session_id])
        for session_id, (a, b, c, d, e) in steps.items()
    }


def takes_feedback(edition: Edition, session: Session | SessionSnapshot) -> bool:
    """Returns whether the edition and the session ask for opinions at all."""
    return edition.takes_feedback and session.takes_feedback


def open_slots(session: Session, *, now: datetime) -> list[Slot]:
    """Returns the slots about which visitors may give their opinion now, in order of time."""
    if not takes_feedback(session.edition, session):
        return []
    return [slot for slot in session.slots if _is_open(slot, now)]


def is_open(edition: Edition, session: Session | SessionSnapshot, *, now: datetime) -> bool:
    """Returns whether visitors may give their opinion about any slot now."""
    return takes_feedback(edition, session) and any(_is_open(slot, now) for slot in session.slots)


def _is_open(slot: Timed, now: datetime) -> bool:
    return (
        not slot.is_cancelled
        and slot.expected_starts_at <= now < slot.expected_ends_at + OPEN_AFTER
    )


def opinions_of(session: Session) -> Sequence[Feedback]:
    """Returns the opinions of a session with their slot and stage, newest first."""
    return db.session.scalars(
        select(Feedback)
        .where(Feedback.session_id == session.id)
        .options(selectinload(Feedback.slot).joinedload(Slot.stage))
        .order_by(Feedback.said_at.desc(), Feedback.id.desc())
    ).all()


def opinions_in(edition: Edition) -> Sequence[Feedback]:
    """Returns all opinions of an edition with session and slot, by session, newest first."""
    found = db.session.scalars(
        select(Feedback)
        .join(Feedback.session)
        .where(Session.edition_id == edition.id)
        .options(
            selectinload(Feedback.session),
            selectinload(Feedback.slot).joinedload(Slot.stage),
        )
        .order_by(Feedback.said_at.desc(), Feedback.id.desc())
    )
    return sorted(found, key=lambda each: (title_key(each.session.title.text()), each.session.slug))

"""Giving an opinion once, and removing an abusive one."""

from datetime import datetime

from festival.db import db, insert_unless_there, transactional
from festival.digests import digest
from festival.errors import Refusal
from festival.feedback import queries
from festival.feedback.models import Feedback, one_opinion_per_form
from festival.programme.models.sessions import Session, Slot
from festival.team import audit


class FeedbackClosed(Refusal):
    """Je mening geven kan vanaf het begin tot drie dagen na afloop. Daar valt dit moment buiten."""


@transactional
def give_feedback(
    session: Session, slot: Slot | None, *, useful: int, words: str, form_key: str, now: datetime
) -> bool:
    """Keep an opinion: `useful` is 1 (not at all) to 5 (very). Returns False for a double click.

    `slot` is None for meetings of a coach: each has one visitor, who must stay anonymous. The same
    opinion with the same `form_key` is kept once; another one with it is another opinion.
    Refuses with FeedbackClosed.
    """
    slots = queries.open_slots(session, now=now)
    if not slots or (slot is not None and slot not in slots):
        raise FeedbackClosed
    values = {
        "session_id": session.id,
        "slot_id": slot.id if slot else None,
        "form_key": form_key,
        "form_digest": digest(session.id, slot.id if slot else None, useful, words),
        "useful": useful,
        "words": words,
        "said_at": now,
    }
    return insert_unless_there(Feedback, values, unique=one_opinion_per_form) is not None


@transactional
def remove_feedback(opinion: Feedback, *, now: datetime) -> None:
    """Remove an opinion that hurts somebody. The audit trail does not keep its text."""
    audit.record(
        "remove_feedback", f"session {opinion.session.slug}", now=now, useful=opinion.useful
    )
    db.session.delete(opinion)

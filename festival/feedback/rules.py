"""Giving an opinion once, and taking an abusive one away."""

from datetime import datetime

from festival.db import db, insert_unless_there, transactional
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
    """Keep an opinion: `useful` is 1 (not at all) to 5 (very). Whether it is the form's first.

    `slot` is the moment that it is about; None for meetings of a coach, of which each has one
    visitor, who is not to be known by it. The same `form_key` again is kept once.
    Refuses with FeedbackClosed.
    """
    slots = queries.open_slots(session, now=now)
    if not slots or (slot is not None and slot not in slots):
        raise FeedbackClosed
    values = {
        "session_id": session.id,
        "slot_id": slot.id if slot else None,
        "form_key": form_key,
        "useful": useful,
        "words": words,
        "said_at": now,
    }
    return insert_unless_there(Feedback, values, unique=one_opinion_per_form) is not None


@transactional
def remove_feedback(opinion: Feedback, *, now: datetime) -> None:
    """Take an opinion away that hurts somebody; its words are not kept in the audit trail."""
    audit.record(
        "remove_feedback", f"session {opinion.session.slug}", now=now, useful=opinion.useful
    )
    db.session.delete(opinion)

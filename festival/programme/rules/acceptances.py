"""Accepting clashes, with a reason."""

from datetime import datetime

from festival import text
from festival.db import db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.programme import clashes
from festival.programme.models.timetable import AcceptedClash
from festival.programme.rules.rows import drafting
from festival.team import audit


class ReasonMissing(Refusal):
    """Schrijf erbij waarom dit zo mag. Dan weet wie na jou komt het ook."""


class ClashGone(Refusal):
    """Deze botsing is er niet meer: iemand heeft intussen iets veranderd."""


@transactional
def accept_clash(edition: Edition, key: str, reason: str, *, by: str, now: datetime) -> None:
    """Accept a clash of the draft: nobody is warned of it again. `key` is clashes.Clash.key.

    Refuses with ReasonMissing or ClashGone.
    """
    drafting(edition.id)
    reason = text.line(reason)
    if not reason:
        raise ReasonMissing
    if key not in {clash.key for clash in clashes.of_draft(edition)}:
        raise ClashGone
    row = clashes.accepted(edition).get(key) or AcceptedClash(edition_id=edition.id, key=key)
    row.reason, row.accepted_by, row.accepted_at = reason, by, now
    db.session.add(row)
    db.session.flush()
    audit.record("accept_clash", f"clash {key}", now=now, reason=row.reason)


@transactional
def withdraw_acceptance(edition: Edition, key: str, *, now: datetime) -> str:
    """Warn of a clash again. Returns why it was accepted. Refuses with ClashGone."""
    drafting(edition.id)
    row = clashes.accepted(edition).get(key)
    if row is None:
        raise ClashGone
    reason = row.reason
    db.session.delete(row)
    db.session.flush()
    audit.record("withdraw_acceptance", f"clash {key}", now=now, reason=reason)
    return reason

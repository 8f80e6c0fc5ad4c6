"""Reads of the outbox that several screens use."""

from datetime import datetime

from sqlalchemy import func, select

from festival.db import db
from festival.mail.models import STATES, Letter


def count_by_state() -> dict[str, int]:
    """Returns the number of letters in each of STATES, including those with none."""
    rows = db.session.execute(select(Letter.state, func.count()).group_by(Letter.state))
    counted = dict.fromkeys(STATES, 0)
    counted.update((state, number) for state, number in rows)
    return counted


def oldest_on_its_way() -> datetime | None:
    """Returns when the oldest undelivered letter was queued, or None."""
    return db.session.scalar(
        select(func.min(Letter.queued_at)).where(Letter.state.in_(("waiting", "sending")))
    )

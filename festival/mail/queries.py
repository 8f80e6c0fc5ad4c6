"""Reads of the outbox that more than one screen wants."""

from datetime import datetime

from sqlalchemy import func, select

from festival.db import db
from festival.mail.models import STATES, Letter


def count_by_state() -> dict[str, int]:
    """How many letters there are in each state, none left out."""
    rows = db.session.execute(select(Letter.state, func.count()).group_by(Letter.state))
    counted = dict.fromkeys(STATES, 0)
    counted.update((state, number) for state, number in rows)
    return counted


def oldest_on_its_way() -> datetime | None:
    """When the letter was written that waits for delivery longest of all."""
    return db.session.scalar(
        select(func.min(Letter.queued_at)).where(Letter.state.in_(("waiting", "sending")))
    )

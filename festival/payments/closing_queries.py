"""Until when the books are closed, and by whom."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from festival.db import db
from festival.payments.models import BooksEnd, ClosedMonth


def closed_until() -> date | None:
    """Returns the last day that is closed; None if none is."""
    return db.session.scalar(select(BooksEnd.closed_until_on))


def closed_months() -> Sequence[ClosedMonth]:
    """Returns who closed which month and when, the last first."""
    return db.session.scalars(
        select(ClosedMonth)
        .options(joinedload(ClosedMonth.closed_by))
        .order_by(ClosedMonth.month.desc())
    ).all()


def last_day(month: date) -> date:
    """Returns the last day of the month of this day."""
    return month.replace(day=monthrange(month.year, month.month)[1])

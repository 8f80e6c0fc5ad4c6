"""The workshop that a visitor takes along from its page into the order: `?plek=` in the address.

It is in the address so that it works without JavaScript and without a cookie, and so that the back
button and the other language keep it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition
from festival.programme.models.sessions import Session, Slot
from festival.web.languages import Bilingual


@dataclass(frozen=True)
class TakenAlong:
    """A slot that goes along into the order."""

    code: str
    slug: str  # of the session
    title: Bilingual
    when: str  # "zaterdag 18 september, 13.30–15.00 uur"
    day: date
    day_words: str  # "zaterdag 18 september"


def taken_along(edition: Edition, *, now: datetime) -> TakenAlong | None:
    """Returns what the address takes along; None for nothing, or for what nobody can book."""
    code = request.args.get("plek", "")[:64]
    slot = _slot(edition, code) if code else None
    if slot is None or slot.is_cancelled or not slot.is_bookable or now >= slot.booking_closes_at:
        return None
    return TakenAlong(
        slot.code,
        slot.session.slug,
        slot.session.title,
        dates.span(edition, slot.starts_at, slot.ends_at),
        slot.day,
        dates.day(slot.day),
    )


def _slot(edition: Edition, code: str) -> Slot | None:
    return db.session.scalar(
        select(Slot)
        .join(Slot.session)
        .where(
            Slot.code == code,
            Slot.is_public,
            Session.edition_id == edition.id,
            Session.kind != "coaching",  # a talk with a coach needs a question
        )
        .options(joinedload(Slot.session))
    )

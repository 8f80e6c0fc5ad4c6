"""Reads for the front page, the fixed pages and the team's dashboard."""

from sqlalchemy import func, select

from festival.db import db
from festival.editions.models import Edition, Partner, Question
from festival.programme.models import Session, Speaker
from festival.programme.queries import stages

__all__ = ["partners", "programme_counts", "questions", "stages"]


def programme_counts(edition: Edition) -> dict[str, int]:
    """How many sessions of each kind are placed, and how many people are on stage."""
    rows = db.session.execute(
        select(Session.kind, func.count())
        .where(Session.edition_id == edition.id, Session.slots.any())
        .group_by(Session.kind)
    )
    counts: dict[str, int] = {}
    counts.update(rows.all())
    counts["speakers"] = (
        db.session.scalar(
            select(func.count()).select_from(Speaker).where(Speaker.edition_id == edition.id)
        )
        or 0
    )
    return counts


def partners(edition: Edition) -> list[Partner]:
    """The partners in their order."""
    return list(
        db.session.scalars(
            select(Partner)
            .where(Partner.edition_id == edition.id)
            .order_by(Partner.position, Partner.id)
        )
    )


def questions(edition: Edition) -> list[Question]:
    """What people often ask, in its order."""
    return list(
        db.session.scalars(
            select(Question)
            .where(Question.edition_id == edition.id)
            .order_by(Question.position, Question.id)
        )
    )

"""Reads for the front page, the fixed pages and the team's dashboard."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, select

from festival.db import db
from festival.editions.models import Edition, EditionDay, Partner, Question
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.tickets.models import Order, Pool, Ticket, TicketType
from festival.web.languages import Bilingual

_LIVE = and_(Order.lapsed_at.is_(None), Order.cancelled_at.is_(None))


@dataclass(frozen=True)
class SessionFill:
    """How full a session is, all its slots together."""

    slug: str
    title: Bilingual
    kind: str
    taken: int
    places: int


def programme_counts(edition: Edition) -> dict[str, int]:
    """Returns the number of public sessions with a slot by kind, and of public speakers."""
    rows = db.session.execute(
        select(Session.kind, func.count())
        .where(Session.edition_id == edition.id, Session.is_public, Session.slots.any())
        .group_by(Session.kind)
    )
    counts: dict[str, int] = {}
    counts.update(rows.all())
    counts["speakers"] = (
        db.session.scalar(
            select(func.count())
            .select_from(Speaker)
            .where(Speaker.edition_id == edition.id, Speaker.is_public)
        )
        or 0
    )
    return counts


def partners(edition: Edition) -> list[Partner]:
    """Returns the partners in their order."""
    return list(
        db.session.scalars(
            select(Partner)
            .where(Partner.edition_id == edition.id)
            .order_by(Partner.position, Partner.id)
        )
    )


def questions(edition: Edition) -> list[Question]:
    """Returns the frequently asked questions in their order."""
    return list(
        db.session.scalars(
            select(Question)
            .where(Question.edition_id == edition.id)
            .order_by(Question.position, Question.id)
        )
    )


def pools(edition: Edition) -> list[Pool]:
    """Returns the pools of the edition."""
    return list(
        db.session.scalars(select(Pool).where(Pool.edition_id == edition.id).order_by(Pool.id))
    )


def ticket_counts(edition: Edition) -> dict[str, int]:
    """Returns the number of live tickets, `confirmed` and `pending`."""
    row = db.session.execute(
        select(
            func.count(case((Order.confirmed_at.is_not(None), 1))),
            func.count(case((Order.confirmed_at.is_(None), 1))),
        )
        .select_from(Ticket)
        .join(Ticket.order)
        .where(Order.edition_id == edition.id, Ticket.released_at.is_(None), _LIVE)
    ).one()
    return {"confirmed": row[0], "pending": row[1]}


def orders_by_state(edition: Edition) -> dict[str, int]:
    """Returns the number of orders in each state: confirmed, pending, lapsed and cancelled."""
    state = case(
        (Order.cancelled_at.is_not(None), "cancelled"),
        (Order.lapsed_at.is_not(None), "lapsed"),
        (Order.confirmed_at.is_not(None), "confirmed"),
        else_="pending",
    )
    rows = db.session.execute(
        select(state, func.count()).where(Order.edition_id == edition.id).group_by(state)
    )
    counted = dict.fromkeys(("confirmed", "pending", "lapsed", "cancelled"), 0)
    counted.update((state, number) for state, number in rows)
    return counted


def places_by_session(edition: Edition) -> list[SessionFill]:
    """Returns every session that has places to book, the fullest first."""
    taken, places = func.sum(Slot.taken), func.sum(Slot.places)
    rows = db.session.execute(
        select(Session.slug, Session.title, Session.kind, taken, places)
        .join(Session.slots)
        .where(Session.edition_id == edition.id, Slot.places.is_not(None))
        .group_by(Session.id)
    )
    filled = [
        SessionFill(slug, title, kind, number, of or 0) for slug, title, kind, number, of in rows
    ]
    return sorted(filled, key=lambda each: (-each.taken / max(each.places, 1), each.slug))


def valid_tickets_by_day(edition: Edition) -> dict[date, int]:
    """Returns the number of confirmed tickets that are valid on each day."""
    rows = db.session.execute(
        select(EditionDay.held_on, func.count(Ticket.id))
        .select_from(Ticket)
        .join(Ticket.type)
        .join(TicketType.days)
        .join(Ticket.order)
        .where(
            Order.edition_id == edition.id,
            Ticket.released_at.is_(None),
            Order.confirmed_at.is_not(None),
            _LIVE,
        )
        .group_by(EditionDay.held_on)
    )
    return {day: number for day, number in rows}  # noqa: C416  mypy does not see rows as pairs

"""Reads for the front page, the fixed pages and the team's dashboard."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, select

from festival.db import db
from festival.editions.models import Edition, EditionDay, Partner, Question
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.tickets.holds.models import HeldPlaces, Hold
from festival.tickets.models import Order, Pool, Ticket, TicketType, Voucher
from festival.web.languages import Bilingual

# A hold without a network is an offer from the waiting list.
_IS_ORDERING = Hold.network != ""
_LIVE = and_(Order.lapsed_at.is_(None), Order.cancelled_at.is_(None))


@dataclass(frozen=True)
class SessionFill:
    """How full a session is, all its slots together."""

    slug: str
    title: Bilingual
    kind: str
    taken: int
    places: int


class TicketsOfDay(NamedTuple):
    """How many tickets are valid on a day, and in how many orders."""

    tickets: int
    orders: int


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


class PoolCount(NamedTuple):
    """Who has the places of a pool: tickets, who is ordering now, the waiting list, and codes."""

    pool: Pool
    sold: int
    orders: int  # that hold its tickets
    held: int
    offered: int
    offers: int  # to so many
    blocked: int
    codes: int  # that block them


def pools(edition: Edition) -> list[PoolCount]:
    """Returns the pools of the edition, each with who has its places."""
    tickets = _by_pool(
        select(TicketType.pool_id, func.count(), func.count(Ticket.order_id.distinct()))
        .join(Ticket, Ticket.type_id == TicketType.id)
        .where(Ticket.released_at.is_(None))
        .group_by(TicketType.pool_id)
    )
    kept = (
        select(HeldPlaces.pool_id, func.sum(HeldPlaces.number), func.count())
        .join(Hold, Hold.id == HeldPlaces.hold_id)
        .where(Hold.edition_id == edition.id)
        .group_by(HeldPlaces.pool_id)
    )
    held, offered = _by_pool(kept.where(_IS_ORDERING)), _by_pool(kept.where(~_IS_ORDERING))
    blocked = _by_pool(
        select(Voucher.pool_id, func.sum(Voucher.blocked), func.count())
        .where(Voucher.edition_id == edition.id, Voucher.blocked > 0)
        .group_by(Voucher.pool_id)
    )
    none = (0, 0)
    there = select(Pool).where(Pool.edition_id == edition.id).order_by(Pool.id)
    return [
        PoolCount(
            pool,
            *tickets.get(pool.id, none),
            held.get(pool.id, none)[0],
            *offered.get(pool.id, none),
            *blocked.get(pool.id, none),
        )
        for pool in db.session.scalars(there)
    ]


def _by_pool(query: Select[Any, Any, Any]) -> dict[int, tuple[int, int]]:
    return {id: (int(places), rows) for id, places, rows in db.session.execute(query)}


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


class TicketsOfType(NamedTuple):
    """How many tickets of a type are out, valid or waiting for money."""

    slug: str
    name: Bilingual
    valid: int
    unpaid: int


def tickets_by_type(edition: Edition) -> list[TicketsOfType]:
    """Returns the live tickets of each type of the edition, in the order of the shop."""
    is_valid = Order.confirmed_at.is_not(None)
    rows = db.session.execute(
        select(
            TicketType.slug,
            TicketType.name,
            func.count(case((is_valid, 1))),
            func.count(case((~is_valid, 1))),
        )
        .join(Ticket, Ticket.type_id == TicketType.id)
        .join(Ticket.order)
        .where(TicketType.edition_id == edition.id, Ticket.released_at.is_(None), _LIVE)
        .group_by(TicketType.id)
        .order_by(TicketType.position, TicketType.id)
    )
    return [TicketsOfType(*row) for row in rows]


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
    """Returns every session that has places to book, the fullest first.

    Counts what visitors see and what goes on, as the list of places does.
    """
    taken, places = func.sum(Slot.taken), func.sum(Slot.places)
    rows = db.session.execute(
        select(Session.slug, Session.title, Session.kind, taken, places)
        .join(Session.slots)
        .where(
            Session.edition_id == edition.id,
            Slot.places.is_not(None),
            Slot.is_public,
            Slot.state == "scheduled",
        )
        .group_by(Session.id)
    )
    filled = [
        SessionFill(slug, title, kind, number, of or 0) for slug, title, kind, number, of in rows
    ]
    return sorted(filled, key=lambda each: (-each.taken / max(each.places, 1), each.slug))


def valid_tickets_by_day(edition: Edition) -> dict[date, TicketsOfDay]:
    """Returns the confirmed tickets that are valid on each day; a day without any is left out."""
    rows = db.session.execute(
        select(EditionDay.held_on, func.count(Ticket.id), func.count(Order.id.distinct()))
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
    return {day: TicketsOfDay(number, orders) for day, number, orders in rows}

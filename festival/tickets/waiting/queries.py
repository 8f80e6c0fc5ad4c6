"""Who waits for which tickets, and for which pools somebody waits."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Text, and_, func, or_, select, type_coerce
from sqlalchemy.orm import contains_eager, joinedload

from festival import search_index
from festival.config import HOME_ZONE
from festival.db import db
from festival.editions.models import Edition
from festival.email_addresses import mailbox_of
from festival.tickets import small_business
from festival.tickets.holds.queries import fits_network
from festival.tickets.models import Pool, TicketType
from festival.tickets.waiting.models import TicketWait

IN_LINE: tuple[ColumnElement[bool], ...] = (
    TicketWait.ended_at.is_(None),
    TicketWait.offered_at.is_(None),
    TicketWait.confirmed_at.is_not(None),
)


def wait_by_secret(secret: str) -> TicketWait | None:
    """Returns somebody's place in line."""
    return db.session.scalar(select(TicketWait).where(TicketWait.secret == secret))


def wait_of_team(edition: Edition, code: str) -> TicketWait | None:
    """Returns a place in line of the edition by its code."""
    return db.session.scalar(
        select(TicketWait)
        .join(TicketWait.type)
        .where(TicketWait.code == code, TicketType.edition_id == edition.id)
    )


def wait_of(of: TicketType, email: str) -> TicketWait | None:
    """Returns the place that this mailbox has in the line for a type, or its open offer.

    It may be one that nobody confirmed yet.
    """
    return db.session.scalar(
        select(TicketWait)
        .where(TicketWait.type_id == of.id, TicketWait.ended_at.is_(None), _of_mailbox(email))
        .order_by(TicketWait.id)
        .limit(1)
    )


def tickets_of_line(edition_id: int, email: str, *, besides: str = "") -> int:
    """Returns for how many tickets this mailbox is in line in an edition, or has an open offer.

    Without the place with the secret `besides`.
    """
    query = (
        select(func.coalesce(func.sum(TicketWait.number), 0))
        .join(TicketWait.type)
        .where(
            TicketType.edition_id == edition_id,
            TicketWait.ended_at.is_(None),
            TicketWait.confirmed_at.is_not(None),
            TicketWait.secret != besides,
            _of_mailbox(email),
        )
    )
    return db.session.scalar(query) or 0


def number_in_line(edition: Edition) -> int:
    """Returns how many people are in line for tickets of the edition, without open offers."""
    query = (
        select(func.count())
        .select_from(TicketWait)
        .join(TicketWait.type)
        .where(TicketType.edition_id == edition.id, *IN_LINE)
    )
    return db.session.scalar(query) or 0


def _of_mailbox(email: str) -> ColumnElement[bool]:
    mailbox = mailbox_of(email)
    name, _at, domain = mailbox.rpartition("@")
    address = type_coerce(TicketWait.email, Text)
    with_tag = and_(
        address.startswith(f"{name}+", autoescape=True),
        address.endswith(f"@{domain}", autoescape=True),
    )
    return or_(address == mailbox, with_tag)


def position_of(wait: TicketWait) -> int:
    """Returns the place in line, 1 for the next."""
    before = select(func.count()).where(
        TicketWait.type_id == wait.type_id,
        *IN_LINE,
        (TicketWait.confirmed_at < wait.confirmed_at)
        | ((TicketWait.confirmed_at == wait.confirmed_at) & (TicketWait.id < wait.id)),
    )
    return (db.session.scalar(before) or 0) + 1


def first_who_fits(pool_id: int, more: int = 0, *, now: datetime) -> TicketType | None:
    """Returns the type for which somebody waits whom the free places of the pool would serve.

    With `more` than are free now.
    """
    return db.session.scalar(
        select(TicketType)
        .join(TicketWait, TicketWait.type_id == TicketType.id)
        .join(TicketType.pool)
        .where(
            TicketType.pool_id == pool_id,
            TicketWait.number <= Pool.capacity - Pool.taken + more,
            *IN_LINE,
            _may_order(now),
        )
        .order_by(TicketWait.confirmed_at, TicketWait.id)
        .limit(1)
    )


def pools_waited_for(pool_ids: Collection[int], *, now: datetime) -> set[int]:
    """Returns those pools whose free places are for somebody in line."""
    return set(
        db.session.scalars(
            select(TicketType.pool_id)
            .join(TicketWait, TicketWait.type_id == TicketType.id)
            .join(TicketType.pool)
            .where(
                TicketType.pool_id.in_(pool_ids),
                TicketWait.number <= Pool.capacity - Pool.taken,
                *IN_LINE,
                _may_order(now),
            )
        )
    )


def waits_to_offer(*, now: datetime) -> list[int]:
    """Returns the ids of those in line for whom there are places, the longest waiting first."""
    return list(
        db.session.scalars(
            _line()
            .where(*IN_LINE, TicketWait.number <= Pool.capacity - Pool.taken, _may_order(now))
            .with_only_columns(TicketWait.id)
        )
    )


def offers_to_end(*, now: datetime) -> list[int]:
    """Returns the ids of those whose offer is over."""
    return list(
        db.session.scalars(
            select(TicketWait.id)
            .where(TicketWait.ended_at.is_(None), TicketWait.offer_ends_at <= now)
            .order_by(TicketWait.id)
        )
    )


class WaitingLine(NamedTuple):
    """The line for tickets of one type: how many wait or have an offer, and for how many."""

    type: TicketType
    people: int
    tickets: int


def lines_of(edition: Edition) -> list[WaitingLine]:
    """Returns the lines of this edition in which somebody waits or has an offer, by type.

    Who did not confirm their address yet stands in none.
    """
    rows = db.session.execute(
        select(TicketType, func.count(), func.sum(TicketWait.number))
        .join(TicketWait, TicketWait.type_id == TicketType.id)
        .where(TicketType.edition_id == edition.id, TicketWait.ended_at.is_(None))
        .where(TicketWait.confirmed_at.is_not(None))
        .options(joinedload(TicketType.pool))
        .group_by(*TicketType.__table__.primary_key)
        .order_by(TicketType.position, TicketType.id)
    )
    return [WaitingLine(of, people, int(tickets)) for of, people, tickets in rows]


def who_waits(
    edition: Edition, *, text: str = "", of: str = "", pool: str = "", standing: str = ""
) -> Select[TicketWait]:
    """Returns the query for people who wait or have an offer, by words and slugs of type and pool.

    `standing` is a state of TicketWait: `waiting`, `offered` or `unconfirmed`, or '' for all.
    """
    query = (
        _line()
        .where(TicketType.edition_id == edition.id, TicketWait.ended_at.is_(None))
        .options(contains_eager(TicketWait.type).contains_eager(TicketType.pool))
    )
    if text:
        query = query.where(search_index.holds_all(TicketWait.found_by, text))
    if of:
        query = query.where(TicketType.slug == of)
    if pool:
        query = query.where(Pool.slug == pool)
    is_offered = TicketWait.offered_at.is_not(None)
    is_confirmed = TicketWait.confirmed_at.is_not(None)
    if standing == "offered":
        query = query.where(is_offered)
    elif standing == "waiting":
        query = query.where(~is_offered, is_confirmed)
    elif standing == "unconfirmed":
        query = query.where(~is_confirmed)
    return query


def _line() -> Select[TicketWait]:
    return (
        select(TicketWait)
        .join(TicketWait.type)
        .join(TicketType.pool)
        .order_by(TicketWait.confirmed_at, TicketWait.id)
    )


def _may_order(now: datetime) -> ColumnElement[bool]:
    """SQL: whether who waits could order what they wait for. As rules.why_closed and _offer say.

    In a query with the type and its pool.
    """
    return and_(
        or_(
            TicketWait.network == "",
            fits_network(TicketWait.network, TicketType.pool_id, TicketWait.number, Pool.capacity),
        ),
        TicketType.sale_from <= now,
        TicketType.sale_until > now,
        ~TicketType.is_hidden,
        TicketWait.number.between(TicketType.min_per_order, TicketType.max_per_order),
        TicketType.edition.has(Edition.called_off_at.is_(None)),
        small_business.is_ready_sql(now.astimezone(ZoneInfo(HOME_ZONE)).date()),
    )

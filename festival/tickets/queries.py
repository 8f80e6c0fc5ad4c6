"""Queries for ticket types, orders and tickets, with everything that their readers need."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from festival.db import db
from festival.editions.models import Edition
from festival.email_addresses import canonical
from festival.sorting import title_key
from festival.tickets.models import BuyerMailbox, Order, Pool, Ticket, TicketType

# The tickets of an order with their types, and the days of those.
_TICKETS = (
    selectinload(Order.tickets)
    .joinedload(Ticket.type, innerjoin=True)
    .selectinload(TicketType.days)
)


# Of orders: neither lapsed nor cancelled.
LIVE = and_(Order.lapsed_at.is_(None), Order.cancelled_at.is_(None))


class TicketOffer(NamedTuple):
    """A ticket type as the shop shows it."""

    type: TicketType
    state: str  # "on_sale", "soon", "sold_out" or "closed"
    left: int
    numbers: range  # how many an order may hold


def offers(types: Iterable[TicketType], *, now: datetime) -> list[TicketOffer]:
    """Returns whether each of `types` is on sale now, and how many are left."""
    return [_offer(each, now) for each in types]


def _offer(of: TicketType, now: datetime) -> TicketOffer:
    left = of.pool.left
    if now < of.sale_from:
        state = "soon"
    elif now >= of.sale_until:
        state = "closed"
    else:
        state = "on_sale" if left >= of.min_per_order else "sold_out"
    return TicketOffer(of, state, left, range(of.min_per_order, min(of.max_per_order, left) + 1))


def ticket_types(edition: Edition) -> Sequence[TicketType]:
    """All ticket types of the edition with their pools, in the order in which they are shown."""
    return db.session.scalars(
        select(TicketType)
        .where(TicketType.edition_id == edition.id)
        .options(joinedload(TicketType.pool, innerjoin=True), selectinload(TicketType.days))
        .order_by(TicketType.position, TicketType.id)
    ).all()


def order_of_form(form_key: str, form_digest: str) -> Order | None:
    """Returns the order that this form made when it was sent with this content."""
    return db.session.scalar(
        select(Order).where(Order.form_key == form_key, Order.form_digest == form_digest)
    )


def order_by_secret(secret: str) -> Order | None:
    """The order whose page ends in `secret`, with its edition, tickets and their types."""
    return db.session.scalar(
        select(Order)
        .where(Order.secret == secret)
        .options(
            joinedload(Order.edition, innerjoin=True),
            _TICKETS,
        )
    )


def live_orders_of(edition: Edition, email: str) -> Sequence[Order]:
    """Returns the orders that neither lapsed nor were cancelled and that this address is part of.

    It placed the order, or holds a ticket in it.
    """
    address = canonical(email)
    holds = select(Ticket.order_id).where(
        Ticket.holder_email == address, Ticket.released_at.is_(None)
    )
    return db.session.scalars(
        select(Order)
        .where(
            Order.edition_id == edition.id,
            Order.lapsed_at.is_(None),
            Order.cancelled_at.is_(None),
            or_(Order.email == address, Order.id.in_(holds)),
        )
        .options(_TICKETS)
        .order_by(Order.id)
    ).all()


def mailbox_by_secret(secret: str) -> BuyerMailbox | None:
    """Returns the mailbox to which we mailed the link with this secret."""
    return db.session.scalar(select(BuyerMailbox).where(BuyerMailbox.secret == secret))


def types_by_slugs(edition: Edition, slugs: Iterable[str]) -> Sequence[TicketType]:
    """Returns the types that have one of `slugs`, with their pools, in the order they are shown."""
    return db.session.scalars(
        select(TicketType)
        .where(TicketType.edition_id == edition.id, TicketType.slug.in_(list(slugs)))
        .options(joinedload(TicketType.pool, innerjoin=True))
        .order_by(TicketType.position, TicketType.id)
    ).all()


def type_by_slug(edition: Edition, slug: str) -> TicketType | None:
    """One ticket type of the edition, with its pool."""
    return db.session.scalar(
        select(TicketType)
        .where(TicketType.edition_id == edition.id, TicketType.slug == slug)
        .options(joinedload(TicketType.pool, innerjoin=True))
    )


def pools(edition: Edition) -> Sequence[Pool]:
    """All pools of the edition, by name."""
    found = db.session.scalars(select(Pool).where(Pool.edition_id == edition.id).order_by(Pool.id))
    return sorted(found, key=lambda pool: title_key(pool.name))


def pool_by_slug(edition: Edition, slug: str) -> Pool | None:
    """One pool of the edition."""
    return db.session.scalar(select(Pool).where(Pool.edition_id == edition.id, Pool.slug == slug))


def order_by_code(code: str) -> Order | None:
    """The order of any edition with this code, with its edition, tickets and their types."""
    return db.session.scalar(
        select(Order)
        .where(Order.code == code)
        .options(
            joinedload(Order.edition, innerjoin=True),
            _TICKETS,
        )
    )

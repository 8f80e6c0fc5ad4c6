"""Queries for ticket types, orders and tickets, with everything that their readers need."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from festival.db import db
from festival.editions.models import Edition
from festival.email_addresses import canonical
from festival.sorting import title_key
from festival.tickets import changes, small_business
from festival.tickets.models import (
    AUDIENCES,
    BuyerMailbox,
    Order,
    Pool,
    Ticket,
    TicketType,
    Voucher,
)
from festival.tickets.vouchers import prices

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
    state: str  # "on_sale", "soon", "sold_out", "closed", or "unready": its VAT is not known
    left: int
    numbers: range  # how many an order may hold
    price_cents: int
    voucher: Voucher | None  # with which it costs that, and how many may
    most_with_voucher: int = 0


def offers(
    types: Iterable[TicketType],
    voucher: Voucher | None = None,
    held: Mapping[int, int] | None = None,
    waited: Collection[int] = (),
    *,
    now: datetime,
) -> list[TicketOffer]:
    """Returns whether each of `types` is on sale now, how many are left, and what it costs.

    `held` is what a hold of the buyer keeps, by pool id: that is left for them. What is free in
    the pools `waited` for (their ids) is for others.
    """
    return [
        _offer(
            each,
            voucher,
            (0 if each.pool_id in waited else each.pool.left) + (held or {}).get(each.pool_id, 0),
            now,
        )
        for each in types
    ]


def by_audience(found: Iterable[TicketOffer]) -> dict[str, list[TicketOffer]]:
    """Returns the offers by their audience, in the order of AUDIENCES."""
    groups: dict[str, list[TicketOffer]] = {kind: [] for kind in AUDIENCES}
    for each in found:
        groups[each.type.audience_kind].append(each)
    return {kind: group for kind, group in groups.items() if group}


def _offer(of: TicketType, voucher: Voucher | None, left: int, now: datetime) -> TicketOffer:
    many = [of] * of.max_per_order
    with_voucher = [each for each in prices.priced(many, voucher, now=now) if each.voucher]
    if voucher is not None and with_voucher:
        left += voucher.blocked
    if of.is_hidden:
        left = min(left, len(with_voucher))
    if of.edition.called_off_at is not None:
        state = "closed"
    elif now < of.sale_from:
        state = "soon"
    elif now >= of.sale_until:
        state = "closed"
    elif of.price_cents and not small_business.is_ready(of, of.edition.local(now).date()):
        state = "unready"
    else:
        state = "on_sale" if left >= of.min_per_order else "sold_out"
    return TicketOffer(
        of,
        state,
        left,
        range(of.min_per_order, min(of.max_per_order, left) + 1),
        with_voucher[0].price_cents if with_voucher else of.price_cents,
        voucher if with_voucher else None,
        len(with_voucher),
    )


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
    """The order whose page ends in `secret`, with its edition, tickets and their types.

    Of one that was put into another, the link leads there.
    """
    order = db.session.scalar(
        select(Order)
        .where(Order.secret == secret)
        .options(
            joinedload(Order.edition, innerjoin=True),
            _TICKETS,
        )
    )
    if order is not None and order.cancelled_at and not order.tickets:
        return changes.merged_into(order) or order
    return order


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


def first_claim(order: Order, type_ids: Collection[int]) -> Ticket | None:
    """Returns the first live ticket of these types in another order of the same address."""
    return db.session.scalar(
        select(Ticket)
        .join(Ticket.order)
        .where(
            Order.edition_id == order.edition_id,
            Order.email == order.email,
            Order.id != order.id,
            LIVE,
            Ticket.type_id.in_(type_ids),
            Ticket.released_at.is_(None),
        )
        .options(contains_eager(Ticket.order), joinedload(Ticket.type, innerjoin=True))
        .order_by(Ticket.id)
        .limit(1)
    )


def ticket_to_name(secret: str) -> Ticket | None:
    """Returns the ticket that was ordered without a name and is named by this secret."""
    return db.session.scalar(
        select(Ticket)
        .where(Ticket.naming_secret == secret)
        .options(joinedload(Ticket.order, innerjoin=True).joinedload(Order.edition, innerjoin=True))
    )


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


def is_alone(ticket: Ticket) -> bool:
    """Returns whether `ticket` goes to its buyer and is the only one of its order that is good."""
    others = select(Ticket.id).where(
        Ticket.order_id == ticket.order_id, Ticket.id != ticket.id, Ticket.released_at.is_(None)
    )
    return not ticket.holder_email and db.session.scalar(others.limit(1)) is None


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

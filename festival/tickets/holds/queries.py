"""Finding holds, and what they keep."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select

from festival.db import db
from festival.tickets.holds.models import HeldPlaces, Hold
from festival.tickets.models import Pool
from festival.tickets.waiting.models import TicketWait

# What the holds of one network keep of a pool, offers from a waiting list too: a hall may be behind
# one address, but may not take all for nothing. More is not held, and can still be ordered.
MOST_OF_NETWORK = 40
SHARE_OF_NETWORK = 4  # or this part of the pool, if that is more


def hold_by_secret(secret: str) -> Hold | None:
    """Returns the hold with this secret, also one whose time is over but that nobody ended yet."""
    return db.session.scalar(select(Hold).where(Hold.secret == secret)) if secret else None


def places_held(secrets: Iterable[str]) -> Counter[int]:
    """Returns how many places these holds keep, by the ids of their pools."""
    held: Counter[int] = Counter()
    if wanted := {secret for secret in secrets if secret}:
        for pool_id, number in db.session.execute(
            select(HeldPlaces.pool_id, HeldPlaces.number)
            .join(Hold, Hold.id == HeldPlaces.hold_id)
            .where(Hold.secret.in_(wanted))
        ):
            held[pool_id] += number
    return held


def offers_among(secrets: Iterable[str]) -> Sequence[Hold]:
    """Returns those holds with these secrets that were offered from a waiting list."""
    found: Sequence[Hold] = db.session.scalars(
        select(Hold)
        .where(
            Hold.secret.in_({each for each in secrets if each}),
            select(TicketWait.id).where(TicketWait.secret == Hold.secret).exists(),
        )
        .order_by(Hold.ends_at)
    ).all()
    return found


def lapsed_holds(*, now: datetime) -> list[int]:
    """Returns the ids of the holds whose time is over."""
    return list(db.session.scalars(select(Hold.id).where(Hold.ends_at <= now).order_by(Hold.id)))


def is_too_much(network: str, pool_id: int, number: int) -> bool:
    """Returns whether a network would keep too much of the pool with so many places more."""
    allowed = select(Pool.id).where(
        Pool.id == pool_id, fits_network(network, Pool.id, number, Pool.capacity)
    )
    return db.session.scalar(allowed) is None


def fits_network(
    network: str | SQLColumnExpression[str],
    pool_id: SQLColumnExpression[int],
    number: int | SQLColumnExpression[int],
    capacity: SQLColumnExpression[int],
) -> ColumnElement[bool]:
    """SQL: whether a network may keep so many places more of the pool."""
    held = (
        select(func.coalesce(func.sum(HeldPlaces.number), 0))
        .join(Hold, Hold.id == HeldPlaces.hold_id)
        .where(Hold.network == network, HeldPlaces.pool_id == pool_id)
        .scalar_subquery()
    )
    kept = held + number
    return (kept <= MOST_OF_NETWORK) | (kept * SHARE_OF_NETWORK <= capacity)

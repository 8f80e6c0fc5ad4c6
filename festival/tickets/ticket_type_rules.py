"""Ticket types and pools, as the organiser changes them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, or_, select, update

from festival.db import change_one, db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.team import audit, editing
from festival.tickets.holds.models import HeldPlaces
from festival.tickets.models import Pool, Ticket, TicketType, Voucher
from festival.tickets.swaps.models import TicketSwap
from festival.tickets.vouchers.queries import vouchers_for
from festival.tickets.waiting.models import TicketWait


class BelowTaken(Refusal):
    """Kies minstens {taken}: zoveel kaartjes van dit contingent zijn al weg."""


class TypeHasTickets(Refusal):
    """Van deze kaartsoort zijn al kaartjes besteld. Sluit liever de verkoop."""


class TypeHasLine(Refusal):
    """Er staan mensen op de wachtlijst voor deze kaartsoort. Sluit liever de verkoop."""


class TypeHasCodes(Refusal):
    """Er zijn codes voor deze kaartsoort. Geef die eerst een andere kaartsoort."""


class PoolInUse(Refusal):
    """Er zijn kaartsoorten die uit dit contingent komen. Geef die eerst een ander contingent."""


class PoolHasCodes(Refusal):
    """Er zijn codes die plaatsen vasthouden in dit contingent. Geef die eerst een ander."""


class PoolHeld(Refusal):
    """Iemand is net kaartjes uit dit contingent aan het bestellen. Probeer het over een half uur
    nog eens."""


class PoolFixed(Refusal):
    """Van deze kaartsoort zijn al kaartjes besteld. Ze blijft dus in haar contingent."""


class TypesChanged(Refusal):
    """De kaartsoorten zijn veranderd sinds je dit bekeek. Er is niets geïmporteerd. Kijk hieronder
    nog eens wat elke rij doet."""


class ImportedType(NamedTuple):
    """A ticket type of a file: a new one, or one that changes."""

    target: TicketType | None
    slug: str  # '' for what its name makes
    values: dict[str, Any]  # a pool that the file makes has a negative number


@transactional
def import_types(
    edition: Edition,
    rows: Sequence[ImportedType],
    new_pools: Mapping[int, tuple[str, int]],
    *,
    is_as_seen: Callable[[], bool],
    now: datetime,
) -> None:
    """Add and change ticket types and the pools that they need: all or nothing.

    `is_as_seen` tells, once the types are held, whether they are as the organiser saw them.
    Refuses with TypesChanged, SlugTaken or PoolFixed.
    """
    of_edition = select(TicketType.id).where(TicketType.edition_id == edition.id)
    db.session.execute(of_edition.order_by(TicketType.id).with_for_update())
    db.session.expire_all()
    if not is_as_seen():
        raise TypesChanged
    pools = {number: add_pool(edition, *pool, now=now).id for number, pool in new_pools.items()}
    for row in rows:
        values = row.values | {"pool_id": pools.get(row.values["pool_id"], row.values["pool_id"])}
        if row.target is not None:
            change_type(row.target, values, seen=row.target.version, now=now)
        else:
            add_type(edition, {"slug": row.slug} | values if row.slug else values, now=now)


@transactional
def add_type(edition: Edition, values: dict[str, Any], *, now: datetime) -> TicketType:
    """Add a ticket type with the fields in `values`. Refuses with SlugTaken."""
    slug = editing.slug_of(values["name"].nl or values["name"].en)
    ticket_type = TicketType(edition_id=edition.id)
    editing.save(ticket_type, {"slug": slug, **values})
    audit.record("add_ticket_type", _subject(ticket_type), now=now)
    return ticket_type


@transactional
def change_type(
    ticket_type: TicketType, values: dict[str, Any], *, seen: int, now: datetime
) -> TicketType:
    """Set the fields in `values`. Tickets that were ordered keep their price and VAT.

    Refuses with ChangedMeanwhile, or with PoolFixed if the pool changes and there are tickets of
    this type.
    """
    _hold(ticket_type)
    editing.take_version(ticket_type, seen)
    if values.get("pool_id", ticket_type.pool_id) != ticket_type.pool_id and _has_tickets(
        ticket_type
    ):
        raise PoolFixed
    changed = [name for name, value in values.items() if getattr(ticket_type, name) != value]
    editing.save(ticket_type, values)
    audit.record("change_ticket_type", _subject(ticket_type), now=now, fields=changed)
    return ticket_type


@transactional
def delete_type(ticket_type: TicketType, *, now: datetime) -> None:
    """Delete the type, and who waited for it once.

    Refuses with TypeHasTickets, TypeHasLine or TypeHasCodes.
    """
    _hold(ticket_type)
    if _has_tickets(ticket_type):
        raise TypeHasTickets
    of_type = TicketWait.type_id == ticket_type.id
    waits = select(TicketWait).where(of_type, TicketWait.ended_at.is_(None)).exists()
    if db.session.scalar(select(waits)):
        raise TypeHasLine
    if vouchers_for(ticket_type):  # without its types, a voucher would be for all
        raise TypeHasCodes
    audit.record("delete_ticket_type", _subject(ticket_type), now=now)
    db.session.execute(delete(TicketWait).where(of_type, TicketWait.ended_at.is_not(None)))
    db.session.delete(ticket_type)


@transactional
def add_pool(edition: Edition, name: str, capacity: int, *, now: datetime) -> Pool:
    """Add a pool of which no tickets are taken. Refuses with SlugTaken."""
    pool = Pool(edition_id=edition.id, taken=0)
    editing.save(pool, {"slug": editing.slug_of(name), "name": name, "capacity": capacity})
    audit.record("add_pool", f"pool {pool.slug}", now=now, capacity=capacity)
    return pool


@transactional
def change_pool(pool: Pool, name: str, capacity: int, *, seen: int, now: datetime) -> Pool:
    """Rename or resize the pool. Refuses with ChangedMeanwhile or BelowTaken."""
    editing.take_version(pool, seen)
    before = pool.capacity
    is_changed = change_one(
        update(Pool)
        .where(Pool.id == pool.id, Pool.taken <= capacity)
        .values(name=name, capacity=capacity)
    )
    db.session.expire(pool)
    if not is_changed:
        raise BelowTaken(taken=pool.taken)
    audit.record("change_pool", f"pool {pool.slug}", now=now, before=before, after=capacity)
    return pool


@transactional
def delete_pool(pool: Pool, *, now: datetime) -> None:
    """Delete the pool. Refuses with PoolInUse, PoolHasCodes or PoolHeld."""
    slug = pool.slug
    has_codes = select(Voucher).where(Voucher.pool_id == pool.id).exists()
    if db.session.scalar(select(has_codes)):
        raise PoolHasCodes
    is_held = select(HeldPlaces).where(HeldPlaces.pool_id == pool.id).exists()
    if db.session.scalar(select(is_held)):
        raise PoolHeld
    is_used = select(TicketType).where(TicketType.pool_id == pool.id).exists()
    if not change_one(delete(Pool).where(Pool.id == pool.id, ~is_used)):
        raise PoolInUse
    db.session.expunge(pool)
    audit.record("delete_pool", f"pool {slug}", now=now)


def _hold(ticket_type: TicketType) -> None:
    # Orders of this type that have begun go first; later ones wait and read the type again.
    editing.hold(ticket_type, with_for_update=True)


def _has_tickets(ticket_type: TicketType) -> bool:
    of_type = ticket_type.id
    tickets = select(Ticket).where(Ticket.type_id == of_type).exists()
    swaps = select(TicketSwap).where(
        or_(TicketSwap.from_type_id == of_type, TicketSwap.to_type_id == of_type)
    )
    return bool(db.session.scalar(select(or_(tickets, swaps.exists()))))


def _subject(ticket_type: TicketType) -> str:
    return f"ticket type {ticket_type.slug}"

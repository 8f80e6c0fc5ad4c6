"""Taking the tickets of an order or a hold from their pools."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from festival.db import db
from festival.tickets import pools
from festival.tickets.models import Pool, TicketType
from festival.tickets.waiting import queries as waiting


class TypeSoldOut(pools.SoldOut):
    """Kaartjes “{name}” zijn net uitverkocht. Kies een ander kaartje of kijk later nog eens."""


class TooFewLeft(pools.SoldOut):
    """Kaartjes “{name}”: nog maar {left} vrij. Kies er minder, of kies een ander kaartje."""


class OthersWait(pools.SoldOut):
    """Wat er vrijkomt van “{name}”, is voor wie op de wachtlijst staat. Zet je er ook op, of kies
    een ander kaartje."""


def claim_types(
    wanted: Mapping[TicketType, int],
    given: Mapping[int, int],
    *,
    passes_line: bool = False,
    now: datetime,
) -> None:
    """Take so many tickets of each type, by pool id, where the caller has what is `given` already.

    What is given and not wanted goes back. A refusal names the ticket type. Unless it
    `passes_line`, nobody gets what is free while somebody waits whom it would serve.
    """
    needed = Counter({of.pool_id: 0 for of in wanted})
    for of, number in wanted.items():
        needed[of.pool_id] += number
    for pool_id in sorted(needed.keys() | given.keys()):
        more = needed[pool_id] - given.get(pool_id, 0)
        if more < 0:
            pools.release(pool_id, -more)
        elif more > 0:
            _claim(pool_id, more, wanted, given)
            if passes_line:
                continue
            # After the claim, which holds the pool: who joins the line at this moment is seen.
            if waited_for := waiting.first_who_fits(pool_id, more, now=now):
                raise OthersWait(name=waited_for.name)


def sold_out(of: TicketType, left: int) -> pools.SoldOut:
    """Returns the refusal that says how many of this type are left."""
    return TooFewLeft(name=of.name, left=left) if left else TypeSoldOut(name=of.name)


def _claim(
    pool_id: int, more: int, wanted: Mapping[TicketType, int], given: Mapping[int, int]
) -> None:
    try:
        pools.claim(pool_id, more)
    except pools.SoldOut as refusal:
        free = db.session.scalar(select(Pool.capacity - Pool.taken).where(Pool.id == pool_id))
        left = (free or 0) + given.get(pool_id, 0)
        for of, number in wanted.items():
            if of.pool_id == pool_id:
                if left < number:
                    raise sold_out(of, left) from refusal
                left -= number
        raise

"""Taking tickets from a pool and giving them back, each in one guarded statement."""

from collections.abc import Mapping

from sqlalchemy import update

from festival.db import change_one
from festival.errors import Refusal
from festival.tickets.models import Pool


class SoldOut(Refusal):
    """Deze kaartjes zijn net op. Kies een ander kaartje of kijk later nog eens."""


def claim(pool_id: int, number: int) -> None:
    """Take `number` tickets from the pool, or refuse with SoldOut and take none."""
    if not change_one(
        update(Pool)
        .where(Pool.id == pool_id, Pool.taken + number <= Pool.capacity)
        .values(taken=Pool.taken + number)
    ):
        raise SoldOut


def claim_all(numbers: Mapping[int, int]) -> bool:
    """Take so many tickets from each pool (by id), or none. Returns whether there were enough."""
    taken: list[int] = []
    for pool_id in sorted(numbers):
        try:
            claim(pool_id, numbers[pool_id])
        except SoldOut:
            for earlier in taken:
                release(earlier, numbers[earlier])
            return False
        taken.append(pool_id)
    return True


def release(pool_id: int, number: int) -> None:
    """Give `number` tickets back to the pool."""
    change_one(update(Pool).where(Pool.id == pool_id).values(taken=Pool.taken - number))

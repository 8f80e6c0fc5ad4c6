"""Using a voucher and giving the use back, each in guarded statements.

A use of a voucher that blocks places turns a blocked place into the ticket's: the pool does not
change. The caller claims and releases in the pool what these functions say is not blocked.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, update

from festival.db import change_one, db
from festival.errors import Refusal
from festival.tickets.models import Voucher
from festival.tickets.vouchers import fund


class VoucherUsedUp(Refusal):
    """Je code is net voor het laatst gebruikt. Er is nog niets besteld."""


def claim(voucher_id: int, number: int, *, now: datetime | None) -> int:
    """Use the voucher for `number` tickets, or refuse and use nothing.

    Returns for how many of them a place was blocked. With `now` it must also be valid then; a use
    that comes back after its order lapsed was in time before. Refuses with VoucherUsedUp, or with
    FundEmpty or TooFewInFund where buyers' gifts pay for it.
    """
    blocked = _claim(voucher_id, number, now=now)
    voucher = db.session.get_one(Voucher, voucher_id)
    if voucher.is_solidarity:
        try:
            fund.claim(voucher.edition_id, number)
        except fund.FundEmpty:
            back = {"used": Voucher.used - number, "blocked": Voucher.blocked + blocked}
            change_one(update(Voucher).where(Voucher.id == voucher_id).values(back))
            raise
    return blocked


def _claim(voucher_id: int, number: int, *, now: datetime | None) -> int:
    more = Voucher.used + number
    open_ = [Voucher.id == voucher_id, Voucher.off_at.is_(None)]
    open_ += [or_(Voucher.uses.is_(None), more <= Voucher.uses)]
    if now is not None:
        open_ += [_is_valid(now)]
    if change_one(
        update(Voucher)
        .where(*open_, Voucher.blocked >= number)
        .values(used=more, blocked=Voucher.blocked - number)
    ):
        return number
    # Whose block is gone: the voucher blocks none, or is past its time.
    if change_one(update(Voucher).where(*open_, Voucher.blocked == 0).values(used=more)):
        return 0
    raise VoucherUsedUp


def release(voucher_id: int, pool_id: int, number: int, *, now: datetime) -> int:
    """Give `number` uses back. Returns for how many of them a place in that pool stays blocked.

    First the voucher and then the fund, as `claim` does: the other way round, the two would wait
    for each other.
    """
    blocked = _release(voucher_id, pool_id, number, now=now)
    voucher = db.session.get_one(Voucher, voucher_id)
    if voucher.is_solidarity:
        fund.release(voucher.edition_id, number)
    return blocked


def _release(voucher_id: int, pool_id: int, number: int, *, now: datetime) -> int:
    mine = Voucher.id == voucher_id
    fewer = Voucher.used - number
    still = and_(mine, Voucher.pool_id == pool_id, Voucher.off_at.is_(None), _not_over(now))
    if change_one(
        update(Voucher).where(still).values(used=fewer, blocked=Voucher.blocked + number)
    ):
        return number
    change_one(update(Voucher).where(mine).values(used=fewer))
    return 0


def _is_valid(now: datetime) -> ColumnElement[bool]:
    return and_(or_(Voucher.valid_from.is_(None), Voucher.valid_from <= now), _not_over(now))


def _not_over(now: datetime) -> ColumnElement[bool]:
    return or_(Voucher.valid_until.is_(None), Voucher.valid_until > now)


def is_over(voucher: Voucher, *, now: datetime) -> bool:
    """Whether the voucher is past its time."""
    return voucher.valid_until is not None and voucher.valid_until <= now

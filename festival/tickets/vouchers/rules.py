"""Vouchers, as the organiser makes, changes and switches them off."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from festival import codes, jobs
from festival.db import db, insert_once, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.team import audit
from festival.team.editing import hold, take_version
from festival.tickets import pools
from festival.tickets.models import Voucher, one_voucher_per_code
from festival.tickets.vouchers.uses import is_over


class CodeTaken(Refusal):
    """De code {code} is er al. Kies een andere."""


class BelowUsed(Refusal):
    """Kies minstens {used}: zo vaak is deze code al gebruikt."""


class NoRoomToBlock(Refusal):
    """Zo veel plaatsen zijn in dat contingent niet meer vrij: het gaat om {number}. Kies er minder,
    of maak het contingent groter."""


class TypeOfOtherPool(Refusal):
    """De code houdt plaatsen vast in één contingent. Kies alleen kaartsoorten die daaruit komen."""


class FundPaysAll(Refusal):
    """Deze code wordt uit het solidariteitspotje betaald. Hij geeft dus altijd een gratis
    kaartje."""


@transactional
def add_vouchers(
    edition: Edition,
    values: dict[str, Any],
    codes_of: Sequence[str],
    *,
    form_key: str = "",
    now: datetime,
) -> list[Voucher]:
    """Make a voucher with the fields in `values` for each of these codes: all of them, or none.

    `form_key` is a digest of a form and of what was in it: sent again, it returns what it made the
    first time. Refuses with CodeTaken, TypeOfOtherPool or NoRoomToBlock.
    """
    hold(edition, with_for_update={"key_share": True})  # of a double click, one goes first
    by_form = select(Voucher).where(Voucher.form_key == form_key).order_by(Voucher.id)
    if form_key and (first := list(db.session.scalars(by_form))):
        return first
    made = []
    for code in codes_of:
        voucher = Voucher(
            edition_id=edition.id,
            code=code,
            key=codes.tidy(code),
            used=0,
            blocked=0,
            created_at=now,
            form_key=form_key,
            **values,
        )
        insert_once(voucher, unique=one_voucher_per_code, refusal=CodeTaken(code=code))
        made.append(voucher)
    _check_pool(made[0])
    number = sum(_to_block(each, now=now) for each in made)
    if number:
        assert made[0].pool_id is not None
        _claim(made[0].pool_id, number)
    for voucher in made:
        voucher.blocked = _to_block(voucher, now=now)
    subject = f"voucher {made[0].code}" if len(made) == 1 else f"vouchers {made[0].tag}"
    audit.record("add_vouchers", subject, now=now, number=len(made))
    return made


@transactional
def change_voucher(
    voucher: Voucher, values: dict[str, Any], *, seen: int, now: datetime
) -> Voucher:
    """Set the fields in `values`. Tickets that were ordered keep what they cost.

    Refuses with ChangedMeanwhile, BelowUsed, FundPaysAll, TypeOfOtherPool or NoRoomToBlock.
    """
    _hold(voucher)
    take_version(voucher, seen)
    if voucher.is_solidarity and values.get("effect", "free") != "free":
        raise FundPaysAll
    if values.get("uses") is not None and values["uses"] < voucher.used:
        raise BelowUsed(used=voucher.used)
    before = {name: getattr(voucher, name) for name in values}
    pool_id, blocked = voucher.pool_id, voucher.blocked
    voucher.blocked = 0
    for name, value in values.items():
        setattr(voucher, name, value)
    _check_pool(voucher)
    _block(voucher, pool_id, blocked, now=now)
    changed = [name for name in values if before[name] != values[name]]
    audit.record("change_voucher", f"voucher {voucher.code}", now=now, fields=changed)
    return voucher


@transactional
def switch_off(voucher: Voucher, *, now: datetime) -> None:
    """Let nobody use the voucher any more. The places that it blocks are for others."""
    _switch(voucher, off_at=now, now=now)


@transactional
def switch_on(voucher: Voucher, *, now: datetime) -> None:
    """Let the voucher work again. Refuses with NoRoomToBlock."""
    _switch(voucher, off_at=None, now=now)


@transactional
def set_end(voucher: Voucher, until: datetime | None, *, now: datetime) -> None:
    """Let the voucher work until then; None: without an end. Refuses with NoRoomToBlock."""
    _hold(voucher)
    blocked = voucher.blocked
    voucher.valid_until, voucher.version = until, voucher.version + 1
    _block(voucher, voucher.pool_id, blocked, now=now)


@transactional
def stop_blocking(voucher: Voucher, *, now: datetime) -> bool:
    """Give back the places of a voucher that is past its time. Returns True if there were any."""
    _hold(voucher)
    blocked = voucher.blocked
    _block(voucher, voucher.pool_id, blocked, now=now)
    return voucher.blocked < blocked


def stop_blocking_expired(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Give back the places of all vouchers that are past their time."""
    expired = db.session.scalars(
        select(Voucher.id)
        .where(Voucher.blocked > 0, Voucher.valid_until <= read_clock())
        .order_by(Voucher.id)
    ).all()
    return jobs.for_each(
        "voucher",
        expired,
        lambda id: stop_blocking(db.session.get_one(Voucher, id), now=read_clock()),
    )


def _switch(voucher: Voucher, *, off_at: datetime | None, now: datetime) -> None:
    _hold(voucher)
    voucher.off_at = off_at
    _block(voucher, voucher.pool_id, voucher.blocked, now=now)
    verb = "switch_voucher_on" if off_at is None else "switch_voucher_off"
    audit.record(verb, f"voucher {voucher.code}", now=now)


def _hold(voucher: Voucher) -> None:
    # Whoever uses the voucher goes before this rule, or after it.
    hold(voucher, with_for_update={"key_share": True})


def _block(voucher: Voucher, pool_id: int | None, blocked: int, *, now: datetime) -> None:
    """Block what the voucher is to block now; until now it was `blocked` places in `pool_id`."""
    wanted = _to_block(voucher, now=now)
    if voucher.pool_id == pool_id:
        more = wanted - blocked
    else:
        more = wanted
        if pool_id is not None and blocked:
            pools.release(pool_id, blocked)
    if voucher.pool_id is not None and more > 0:
        _claim(voucher.pool_id, more)
    elif voucher.pool_id is not None and more < 0:
        pools.release(voucher.pool_id, -more)
    voucher.blocked = wanted
    db.session.flush()


def _to_block(voucher: Voucher, *, now: datetime) -> int:
    if voucher.pool_id is None or voucher.off_at is not None or is_over(voucher, now=now):
        return 0
    return voucher.left or 0


def _claim(pool_id: int, number: int) -> None:
    try:
        pools.claim(pool_id, number)
    except pools.SoldOut as sold_out:
        raise NoRoomToBlock(number=number) from sold_out


def _check_pool(voucher: Voucher) -> None:
    if voucher.pool_id and any(of.pool_id != voucher.pool_id for of in voucher.types):
        raise TypeOfOtherPool

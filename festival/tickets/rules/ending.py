"""What becomes of an order: it is confirmed, lapses, is cancelled, or comes back."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update

from festival import codes
from festival.db import change_one, db, transactional
from festival.editions.models import Edition
from festival.email_addresses import canonical
from festival.tickets import letters, pools, queries
from festival.tickets.extras import taking
from festival.tickets.models import Order, Ticket
from festival.tickets.rules import sales
from festival.tickets.swaps.models import TicketSwap
from festival.tickets.vouchers import fund, uses


@transactional
def confirm_order(order: Order, *, now: datetime) -> bool:
    """Confirm a pending order: its tickets become valid. Returns True if this call did it.

    Guarded: an order that lapsed or was cancelled meanwhile is not confirmed.
    """
    return _stamp(order, confirmed_at=now, unless_confirmed=True)


@transactional
def end_order(order: Order, *, lapsed: bool, swap: TicketSwap | None = None, now: datetime) -> bool:
    """Let a pending order lapse, or cancel a live one. Its tickets go back to the pools.

    So does the place that `swap` keeps, if one waits in it.

    Returns True if this call did it. Guarded: an order ends once, and one that was paid meanwhile
    does not lapse. The rule that calls this gives back the places of its tickets.
    """
    ended = (
        _stamp(order, lapsed_at=now, unless_confirmed=True)
        if lapsed
        else _stamp(order, cancelled_at=now, unless_confirmed=False)
    )
    if ended:
        release_tickets(order, swap=swap, now=now)
    return ended


@transactional
def release_tickets(
    order: Order,
    *,
    only: Collection[int] | None = None,
    swap: TicketSwap | None = None,
    now: datetime,
) -> int:
    """Give the tickets of `order` back to their pools, each once. Returns how many.

    With `only`, their ids, these are cancelled by themselves: they do not come back with the order.
    The `swap` that waits for one of them is called off, and its place goes back with theirs.
    """
    held = _locked_tickets(order, released=False)
    if only is not None:
        held = [ticket for ticket in held if ticket.id in only]
    if not held:
        return 0
    for ticket in held:
        ticket.released_at = now
        ticket.cancelled_at = now if only is not None else None
    db.session.flush()
    sales.reverse_sale(order, held, now=now)
    ids = None if only is None else {ticket.id for ticket in held}
    kept = swap.pool_id if swap is not None else None
    if swap is not None and close_swap(swap, "called_off", now=now) and kept is not None:
        _give_back(held, besides=kept, now=now)
    else:
        _give_back(held, now=now)
    taking.give_back(order, ids, now=now)
    return len(held)


@transactional
def revive_order(order: Order, *, now: datetime) -> bool:
    """Confirm a lapsed order after all, if there are tickets left for all of it, with its voucher.

    Returns True if it was. The tickets keep their codes and links; places in workshops stay gone.
    """
    lock_order(order)
    if order.edition.called_off_at is not None:
        return False
    held = [each for each in _locked_tickets(order, released=True) if not each.cancelled_at]
    if order.state != "lapsed" or not held:
        return False
    if not _take_again(held, now=now):
        return False
    extras = taking.take_again(order, {ticket.id for ticket in held})
    if extras is None:
        _give_back(held, now=now)
        return False
    order.lapsed_at, order.confirmed_at = None, now
    for ticket in held:
        ticket.released_at = None
    db.session.flush()
    sales.enter_sale(order, held, now=now)
    taking.restore(order, extras, now=now)
    return True


@transactional
def renew_agenda_address(ticket: Ticket) -> None:
    """Give the agenda feed of `ticket` a new address, because others have seen the old one."""
    change_one(update(Ticket).where(Ticket.id == ticket.id).values(agenda_secret=codes.secret()))


def close_swap(swap: TicketSwap, outcome: str, *, now: datetime) -> bool:
    """End a swap that waits, once. Returns whether this call did it; the caller has its place."""
    closed = change_one(
        update(TicketSwap)
        .where(TicketSwap.id == swap.id, TicketSwap.ended_at.is_(None))
        .values(outcome=outcome, ended_at=now, pool_id=None)
    )
    db.session.expire(swap, ["outcome", "ended_at", "pool_id"])
    return closed


def _give_back(held: Sequence[Ticket], *, besides: int | None = None, now: datetime) -> None:
    """Give back the uses of vouchers and the places in pools that these tickets took.

    `besides`: the id of a pool of which one place more goes back.
    """
    numbers = Counter(ticket.type.pool_id for ticket in held)
    if besides is not None:
        numbers[besides] += 1
    for (voucher_id, pool_id), number in _uses(held):
        numbers[pool_id] -= uses.release(voucher_id, pool_id, number, now=now)
    for pool_id in sorted(+numbers):
        pools.release(pool_id, numbers[pool_id])


def _take_again(held: Sequence[Ticket], *, now: datetime) -> bool:
    """Take uses of vouchers and places in pools for these tickets: all, or none."""
    numbers = Counter(ticket.type.pool_id for ticket in held)
    used: list[tuple[int, int, int]] = []
    try:
        for (voucher_id, pool_id), number in _uses(held):
            numbers[pool_id] -= uses.claim(voucher_id, number, now=None)
            used.append((voucher_id, pool_id, number))
        if pools.claim_all(+numbers):
            return True
    except (uses.VoucherUsedUp, fund.FundEmpty):
        pass
    for voucher_id, pool_id, number in used:
        uses.release(voucher_id, pool_id, number, now=now)
    return False


def _uses(tickets: Sequence[Ticket]) -> list[tuple[tuple[int, int], int]]:
    """Returns how many tickets have which voucher, by its id and that of their pool, in order."""
    numbers = Counter(
        (each.voucher_id, each.type.pool_id) for each in tickets if each.voucher_id is not None
    )
    return sorted(numbers.items())


def lock_order(order: Order) -> None:
    """Read `order` again and lock it until the rule ends, so that it cannot lapse or be paid."""
    db.session.refresh(order, with_for_update={"key_share": True})


@transactional
def send_again(edition: Edition, email: str, *, language: str, now: datetime) -> int:
    """Mail `email` the links of its live orders and tickets. Returns how many orders.

    Does nothing for an unknown address. The caller responds the same in both cases.
    """
    found = queries.live_orders_of(edition, email)
    if found:
        letters.tickets_again(edition, canonical(email), found, language=language, now=now)
    return len(found)


def _stamp(order: Order, *, unless_confirmed: bool, **moment: datetime) -> bool:
    """Write when a live order was confirmed or ended. Returns False if another call was first."""
    live = [Order.id == order.id, Order.lapsed_at.is_(None), Order.cancelled_at.is_(None)]
    if unless_confirmed:
        live.append(Order.confirmed_at.is_(None))
    is_stamped = change_one(update(Order).where(*live).values(**moment))
    db.session.expire(order, ["confirmed_at", "lapsed_at", "cancelled_at"])
    return is_stamped


def _locked_tickets(order: Order, *, released: bool) -> Sequence[Ticket]:
    """Returns the tickets of `order` that are (not) given back, read again and locked."""
    given_back = Ticket.released_at.is_not(None) if released else Ticket.released_at.is_(None)
    return db.session.scalars(
        select(Ticket)
        .where(Ticket.order_id == order.id, given_back)
        .order_by(Ticket.id)
        .with_for_update(of=Ticket, key_share=True)
        .execution_options(populate_existing=True)
    ).all()

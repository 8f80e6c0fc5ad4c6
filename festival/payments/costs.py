"""What it takes to settle an order: the one answer, also for an order that lapsed."""

from festival.payments import queries
from festival.tickets.extras import taking
from festival.tickets.models import Order
from festival.tickets.swaps.queries import open_swap


def needed_cents(order: Order) -> int:
    """Returns what is to be paid still; for an order that lapsed, what brings it back.

    The swap that waits for money in it is a part of that. Nothing is needed for one that was
    cancelled. Negative if too much was paid.
    """
    balance = queries.balance(order)
    if order.state == "cancelled":
        return 0
    if order.state == "lapsed":
        return balance.due_cents + _again_cents(order)
    swap = open_swap(order)
    return balance.due_cents + (swap.more_cents if swap else 0)


def _again_cents(order: Order) -> int:
    """Returns what a lapsed order would cost again; its ledger has taken that back.

    A ticket that was cancelled by itself does not come back, nor does what went with it.
    """
    live = [each for each in order.tickets if not each.cancelled_at]
    ids = {each.id for each in live}
    extras = taking.of_tickets(order, None, released=True)
    return sum(each.price_cents + each.gift_cents for each in live) + sum(
        each.price_cents for each in extras if each.ticket_id is None or each.ticket_id in ids
    )

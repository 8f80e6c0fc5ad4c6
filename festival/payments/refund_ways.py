"""How money goes back: the team transfers it, unless a provider takes it.

A payment provider registers which refunds it takes, and what it does with one. That is called in
the transaction that asks for the refund, under the lock of its order, so it only writes rows and
queues a job. Each provider brings its refunds forward itself.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from flask import Flask, current_app

from festival.payments import queries
from festival.payments.models import Payment, Refund
from festival.tickets.models import Order


class Way(NamedTuple):
    """What one provider takes, and how."""

    takes: Callable[[Refund], bool]
    take: Callable[[Refund, datetime], object]


def register(
    app: Flask, takes: Callable[[Refund], bool], take: Callable[[Refund, datetime], object]
) -> None:
    """Let `take` send the refunds that `takes` says yes to."""
    app.extensions.setdefault("refund_ways", []).append(Way(takes, take))


def is_by_hand(refund: Refund) -> bool:
    """Whether the team transfers this refund itself."""
    return not any(way.takes(refund) for way in _ways())


def take(refund: Refund, *, now: datetime) -> None:
    """Hand the refund to its provider. Without one it waits for the team."""
    for way in _ways():
        if way.takes(refund):
            way.take(refund, now)
            return


def is_owed(refund: Refund) -> bool:
    """Whether so much is still too much on its order, as it was when the refund was asked for.

    Of an order that is not paid in full, all that was paid may go back.
    """
    balance = queries.balance(refund.order)
    over = balance.paid_cents if refund.order.state == "pending" else -balance.due_cents
    return refund.amount_cents <= over


def parts(order: Order, cents: int) -> list[tuple[Payment | None, int]]:
    """Returns how `cents` go back: how much of which payment, the newest first.

    None is for what came in by no payment in particular: it goes by bank transfer.
    """
    left, found = cents, list[tuple[Payment | None, int]]()
    for payment, most in [*_still_ours(order), (None, cents)]:
        part = min(left, most)
        if part > 0:
            found.append((payment, part))
            left -= part
    return found


def by_hand_cents(order: Order, cents: int) -> int:
    """Returns how much of `cents` of `order` the team would have to transfer itself."""
    return sum(
        part
        for payment, part in parts(order, cents)
        if payment is None or is_by_hand(Refund(payment_id=payment.id, method=payment.method))
    )


def _ways() -> list[Way]:
    ways: list[Way] = current_app.extensions.get("refund_ways", [])
    return ways


def _still_ours(order: Order) -> list[tuple[Payment, int]]:
    """Returns the payments of `order`, the newest first, with what of each is still ours."""
    given: defaultdict[int | None, int] = defaultdict(int)
    for refund in queries.refunds_of(order):
        if refund.state != "dropped":
            given[refund.payment_id] += refund.amount_cents
    found = []
    for payment in reversed(queries.payments_of(order)):
        # A refund that failed and money that went another way may be more than the payment was.
        left = max(0, payment.amount_cents - given[payment.id])
        # What the team paid back by itself, of no payment in particular, is of the newest ones.
        taken = min(left, given[None])
        given[None] -= taken
        found.append((payment, left - taken))
    return found

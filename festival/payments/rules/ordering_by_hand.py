"""Orders that the team places for somebody: after the sale closed, hidden types, or for nothing."""

from dataclasses import dataclass
from datetime import datetime

from festival.db import transactional
from festival.editions.models import Edition
from festival.payments import letters, queries
from festival.payments.rules import recording
from festival.payments.rules.checking_out import OrderedBefore
from festival.team import audit
from festival.tickets.models import Order
from festival.tickets.rules import ordering
from festival.tickets.rules.ordering import OrderRequest


@dataclass(frozen=True)
class ReceivedMoney:
    """The price of an order, which somebody paid already: how, and what the team notes about it."""

    method: str  # of methods.py
    note: str = ""


@transactional
def order_by_hand(
    edition: Edition, request: OrderRequest, received: ReceivedMoney | None, *, now: datetime
) -> Order:
    """Order for somebody, and record what they paid (None: they pay later, or nothing).

    The pools hold as always. Whoever has an e-mail address in it gets the letters of any order. The
    same form again returns the first order. Refuses as tickets.rules.place_order does for the team
    (`request.by_team`), or with OrderedBefore.
    """
    assert request.by_team is not None
    order, is_new = ordering.place_once(edition, request, besides=[received], now=now)
    if not is_new:
        if order.state in {"cancelled", "lapsed"}:
            raise OrderedBefore
        return order
    audit.record(
        "order_by_hand",
        f"order {order.code}",
        now=now,
        tickets=len(order.tickets),
        total_cents=order.total_cents,
        free_reason=order.free_reason,
    )
    if order.confirmed_at:
        letters.tickets_ready(order, [], now=now)
    elif received:
        recording.record_payment(
            order,
            order.total_cents,
            now,
            f"by hand {order.code}",
            received.note,
            method=received.method,
            member_id=request.by_team.member_id,
            now=now,
        )
    else:
        letters.pay_by_transfer(order, [], queries.balance(order), now=now)
    return order

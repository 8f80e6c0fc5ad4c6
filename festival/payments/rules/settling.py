"""An order of which all is paid is confirmed, whether money came in or tickets went.

Money for a confirmed order may be for the swap of a ticket.
"""

from datetime import datetime

from festival.payments import costs, letters, queries
from festival.payments.rules import swapping
from festival.tickets.models import Order
from festival.tickets.rules import ending


def settle(order: Order, *, now: datetime) -> None:
    """Confirm an order that is fully paid; if it lapsed, try to bring it back.

    The swap of a ticket is done once its difference is paid. A live order of an edition that was
    called off is left as it is: its turn to be cancelled comes, and then all goes back. The caller
    has locked the order.
    """
    if order.edition.called_off_at is not None and order.state != "lapsed":
        return
    if order.state == "confirmed":
        swapping.settle_swap(order, now=now)
        return
    if costs.needed_cents(order) > 0:
        return
    if order.state == "lapsed":
        if ending.revive_order(order, now=now):
            letters.payment_received(order, [], came_back=True, now=now)
        else:
            letters.paid_too_late(order, now=now)
    elif ending.confirm_order(order, now=now):
        letters.payment_received(order, queries.places_of(order), came_back=False, now=now)

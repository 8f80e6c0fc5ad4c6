"""What the tickets of an order cost, in its ledger."""

from collections.abc import Iterable
from datetime import datetime

from festival import vat
from festival.tickets import ledger, small_business
from festival.tickets.ledger import Charge
from festival.tickets.models import Order, Ticket
from festival.tickets.own_prices import GIFT
from festival.tickets.vouchers import prices


def enter_sale(order: Order, tickets: Iterable[Ticket], *, now: datetime) -> None:
    """Enter what these tickets cost in the ledger, with the VAT of today, and the gifts on them.

    A gift is a fee that names its ticket.
    """
    priced = [ticket for ticket in tickets if ticket.price_cents or ticket.gift_cents]
    if not priced:
        return
    outside = vat.of_category("outside")
    gifts = [Charge(GIFT, each.gift_cents, outside, each.id, kind="fee") for each in priced]
    ledger.enter(order, [*_sales(order, priced, now=now), *gifts], now=now)


def change_sale(order: Order, ticket: Ticket, *, besides: Iterable[Charge], now: datetime) -> None:
    """Take back what `ticket` cost and enter what it costs now, with `besides`. A gift stays."""
    sold = [
        entry
        for entry in ledger.standing(order)
        if entry.ticket_id == ticket.id and entry.kind == "sale"
    ]
    ledger.reverse(order, sold, now=now)
    ledger.enter(order, [*_sales(order, [ticket], now=now), *besides], now=now)


def reverse_sale(order: Order, tickets: Iterable[Ticket], *, now: datetime) -> None:
    """Take back in the ledger what these tickets cost.

    A gift that was paid stays one: people may have got a ticket for it.
    """
    ids = {ticket.id for ticket in tickets}
    kinds = {"sale"} if order.confirmed_at else {"sale", "fee"}
    sold = [
        entry for entry in ledger.standing(order) if entry.ticket_id in ids and entry.kind in kinds
    ]
    ledger.reverse(order, sold, now=now)


def _sales(order: Order, tickets: Iterable[Ticket], *, now: datetime) -> list[Charge]:
    today = order.edition.local(now).date()
    is_kor = small_business.applies(today)
    return [
        Charge(prices.sale_name(ticket.type, ticket.voucher), ticket.price_cents, rate, ticket.id)
        for ticket in tickets
        if (rate := ticket.type.vat_on(today, is_kor=is_kor))
    ]

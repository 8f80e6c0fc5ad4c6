"""The lines and places of an order, as pages show them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from festival.bookings.models import Booking
from festival.payments.queries import Balance
from festival.tickets.extras.models import Extra, OrderedExtra
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order
from festival.tickets.own_prices import GIFT
from festival.tickets.vouchers.prices import SoldTicket, sale_name
from festival.web.languages import Bilingual


class SummaryLine(NamedTuple):
    """A number of tickets of one type."""

    number: int
    name: Bilingual
    price_cents: int

    @property
    def total_cents(self) -> int:
        """The price of all of them."""
        return self.number * self.price_cents


def lines(prices: Iterable[tuple[Bilingual, int]]) -> list[SummaryLine]:
    """Returns one line per name and price. `prices` holds a pair for each ticket."""
    return [SummaryLine(number, *of) for of, number in Counter(prices).items()]


def lines_of_sold(sold: Sequence[SoldTicket], extras: Sequence[Extra]) -> list[SummaryLine]:
    """Returns what an order of these costs: its tickets, then the gifts and the extras."""
    gifts = [(GIFT, each.gift_cents) for each in sold if each.gift_cents]
    besides = [(each.name, each.price_cents) for each in extras]
    return lines([*((each.name, each.price_cents) for each in sold), *gifts, *besides])


def lines_of(
    order: Order, entries: Sequence[LedgerEntry], ordered: Sequence[OrderedExtra] = ()
) -> list[SummaryLine]:
    """Returns what `order` costs now, or what it cost if it ended: tickets, extras and fees.

    `ordered` holds all its extras.
    """
    ended = _has_ended(order)
    # What was cancelled by itself before the order ended was no part of it any more.
    tickets = [
        each for each in order.tickets if not (each.cancelled_at if ended else each.released_at)
    ]
    prices = [(sale_name(each.type, each.voucher), each.price_cents) for each in tickets]
    held = {None, *(each.id for each in tickets)}
    prices += [
        (each.extra.name, each.price_cents)
        for each in ordered
        if (each.ticket_id in held if ended else each.released_at is None)
    ]
    if not ended:
        return lines(prices + fees_of(entries))
    return lines([*prices, *((GIFT, each.gift_cents) for each in tickets if each.gift_cents)])


def total_of(order: Order, lines: Iterable[SummaryLine], balance: Balance) -> int:
    """Returns the sum under those lines: what the ledger says, or what it cost if it ended."""
    if _has_ended(order):
        return sum(each.total_cents for each in lines)
    return balance.total_cents


def _has_ended(order: Order) -> bool:
    return order.state in {"lapsed", "cancelled"}


def fees_of(entries: Sequence[LedgerEntry]) -> list[tuple[Bilingual, int]]:
    """Returns the name and amount of what is charged besides tickets."""
    taken_back = {entry.reverses_id for entry in entries}
    return [
        (entry.name, entry.amount_cents)
        for entry in entries
        if entry.kind == "fee" and entry.id not in taken_back
    ]


def places_by_ticket(bookings: Iterable[Booking]) -> dict[int, list[Booking]]:
    """Returns the bookings by ticket id, in the order given."""
    places: defaultdict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        places[booking.ticket_id].append(booking)
    return dict(places)

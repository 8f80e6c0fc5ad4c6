"""The lines, VAT and places of an order, as pages show them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from festival import money
from festival.bookings.models import Booking
from festival.web.languages import Bilingual


class Priced(Protocol):
    """A ticket, or the type of one: what it costs, VAT included."""

    @property
    def price_cents(self) -> int:
        """In cents."""

    @property
    def vat_percent(self) -> int:
        """As part of the price."""


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


def vat_by_rate(priced: Iterable[Priced]) -> dict[int, int]:
    """Returns the VAT in cents included in these prices, by rate in percent, the highest first.

    Rounded per ticket, so that an order's VAT is the sum of its tickets' and can be split.
    """
    vat: defaultdict[int, int] = defaultdict(int)
    for each in priced:
        vat[each.vat_percent] += money.vat_included(each.price_cents, each.vat_percent)
    return {percent: vat[percent] for percent in sorted(vat, reverse=True) if vat[percent]}


def places_by_ticket(bookings: Iterable[Booking]) -> dict[int, list[Booking]]:
    """Returns the bookings by ticket id, in the order given."""
    places: defaultdict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        places[booking.ticket_id].append(booking)
    return dict(places)

"""What an order comes to, in the words and numbers of a page."""

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
    """So many tickets of one type."""

    number: int
    name: Bilingual
    price_cents: int

    @property
    def total_cents(self) -> int:
        """For all of them."""
        return self.number * self.price_cents


def lines(prices: Iterable[tuple[Bilingual, int]]) -> list[SummaryLine]:
    """One line per name and price of `prices`, which holds those of each ticket."""
    return [SummaryLine(number, *of) for of, number in Counter(prices).items()]


def vat_by_rate(priced: Iterable[Priced]) -> dict[int, int]:
    """The VAT in cents that is part of what these tickets cost, per rate, the highest first.

    Rounded per ticket, so that an order's VAT is the sum of its tickets' and can be split.
    """
    vat: defaultdict[int, int] = defaultdict(int)
    for each in priced:
        vat[each.vat_percent] += money.vat_included(each.price_cents, each.vat_percent)
    return {percent: vat[percent] for percent in sorted(vat, reverse=True) if vat[percent]}


def places_by_ticket(bookings: Iterable[Booking]) -> dict[int, list[Booking]]:
    """The places per ticket id, in the order of the day."""
    places: defaultdict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        places[booking.ticket_id].append(booking)
    return dict(places)

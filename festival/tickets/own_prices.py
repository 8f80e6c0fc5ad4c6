"""Pay what you can: the levels of a ticket type, and what a buyer chose to pay.

What is above the usual price is a gift. It pays for tickets of people who cannot.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import or_
from werkzeug.datastructures import MultiDict

from festival import money
from festival.errors import Refusal
from festival.tickets.models import Order, Ticket, TicketType
from festival.web.amounts import AmountForm
from festival.web.languages import Bilingual

GIFT = Bilingual("Gift voor het solidariteitspotje", "Gift for the solidarity fund")
MOST_CENTS = 1_000_00  # per ticket
LEVELS = ("laag", "gewoon", "meer", "zelf")  # as the address has them

# SQL: whether the gift on a ticket is still one. It goes with a ticket that was not paid.
GIFT_STANDS = or_(Ticket.released_at.is_(None), Ticket.released_at > Order.confirmed_at)


class AmountUnclear(Refusal):
    """Wat je voor “{name}” wilt betalen, kunnen we niet lezen. Schrijf het bedrag als 45,00."""


class TooLittle(Refusal):
    """Voor “{name}” betaal je minstens {least}. Kies een ander bedrag."""


class TooMuch(Refusal):
    """Voor “{name}” kun je hier hoogstens {most} per kaartje betalen. Wil je meer geven? Mail
    ons."""


class ChosenPrice(NamedTuple):
    """What the address says about the price of a type: a level, and what was typed."""

    level: str = "gewoon"
    typed: str = ""


def chosen(args: Mapping[str, str], of: TicketType) -> ChosenPrice:
    """Returns what the address chooses for `of`: `?prijs-weekend=zelf&bedrag-weekend=12,50`."""
    level = args.get(f"prijs-{of.slug}", "")
    return ChosenPrice(
        level if level in LEVELS else "gewoon", args.get(f"bedrag-{of.slug}", "")[:20]
    )


def amounts(args: Mapping[str, str], types: Iterable[TicketType]) -> dict[str, int]:
    """Returns what the buyer pays for each ticket of these types, by slug, where they choose it.

    Refuses with AmountUnclear, TooLittle or TooMuch.
    """
    found = {of.slug: _amount(chosen(args, of), of) for of in types if of.least_cents is not None}
    check(found, types)
    return found


def allowed(args: Mapping[str, str], types: Iterable[TicketType]) -> dict[str, str]:
    """Returns `args` with each amount that is too low or too high brought to what may be.

    The organiser may have changed that since the address was made.
    """
    found = dict(args)
    for of in types:
        try:
            amounts(args, [of])
        except (TooLittle, TooMuch):
            cents = max(of.least_cents or 0, min(_amount(chosen(args, of), of), MOST_CENTS))
            found[f"prijs-{of.slug}"] = "zelf"
            found[f"bedrag-{of.slug}"] = f"{cents // 100},{cents % 100:02}"
        except AmountUnclear:
            continue
    return found


def check(found: Mapping[str, int], types: Iterable[TicketType]) -> None:
    """Refuse amounts that are too low or too high, with TooLittle or TooMuch."""
    for of in types:
        if of.least_cents is None or of.slug not in found:
            continue
        if found[of.slug] < of.least_cents:
            raise TooLittle(name=of.name, least=money.shown(of.least_cents))
        if found[of.slug] > max(MOST_CENTS, of.high_cents or 0):
            raise TooMuch(name=of.name, most=money.shown(MOST_CENTS))


def levels(of: TicketType) -> list[int]:
    """Returns the least amount and the two levels around the price; nothing for a fixed price."""
    found = (of.least_cents, of.low_cents, of.high_cents)
    return [cents for cents in found if cents is not None]


def _amount(of_buyer: ChosenPrice, of: TicketType) -> int:
    match of_buyer.level:
        case "laag":
            return of.low_cents or 0
        case "meer":
            return of.high_cents or 0
        case "zelf":
            form = AmountForm(MultiDict({"amount": of_buyer.typed}))
            if not form.validate() or form.amount.data is None:
                raise AmountUnclear(name=of.name)
            return int(form.amount.data)
    return of.price_cents

"""VAT: its categories, and how much of it is in what was paid. Rounded once per rate, only here.

A document (an order's page, a PDF, an invoice, the ledger) adds the gross amounts of each rate and
takes the VAT out of that sum; lines share it, so that they add up to it to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

# Percentages by category, as Dutch law has them in 2026. `exempt` carries a reason; with `kor`
# the organiser uses the small business scheme and charges no VAT on anything.
PERCENTAGES: Mapping[str, int] = {
    "standard": 21,
    "reduced": 9,
    "exempt": 0,
    "outside": 0,
    "kor": 0,
}


class Vat(NamedTuple):
    """The VAT on something: its category, the percentage then, and why it is exempt."""

    category: str
    percent: int
    reason: str = ""


def of_category(category: str, reason: str = "") -> Vat:
    """Returns the VAT of a category of PERCENTAGES. Only `exempt` has a reason."""
    return Vat(category, PERCENTAGES[category], reason if category == "exempt" else "")


def included(gross_cents: int, percent: int) -> int:
    """Returns the VAT in cents that is included in `gross_cents`, rounded half away from zero."""
    part = Decimal(gross_cents) * percent / (100 + percent)
    return int(part.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def by_rate(lines: Iterable[tuple[Vat, int]]) -> dict[int, int]:
    """Returns the VAT in cents by percentage, the highest first, in these gross amounts.

    Percentages of which the VAT is nothing are left out.
    """
    gross: defaultdict[int, int] = defaultdict(int)
    for vat, cents in lines:
        gross[vat.percent] += cents
    found = {percent: included(gross[percent], percent) for percent in sorted(gross, reverse=True)}
    return {percent: cents for percent, cents in found.items() if cents}


def of_lines(
    lines: Sequence[tuple[Vat, int]], before: Mapping[int, int] | None = None
) -> list[int]:
    """Returns the VAT in cents of each line (its VAT and gross amount), in the order of `lines`.

    `before` holds the gross amounts by percentage that the same order has already: the lines get
    what they add to the VAT of all of it.
    """
    shares = [0] * len(lines)
    for percent in {vat.percent for vat, _ in lines}:
        places = [place for place, (vat, _) in enumerate(lines) if vat.percent == percent]
        gross = [lines[place][1] for place in places]
        already = before.get(percent, 0) if before else 0
        total = included(already + sum(gross), percent) - included(already, percent)
        for place, share in zip(places, _shared(total, gross, percent), strict=True):
            shares[place] = share
    return shares


def _shared(total: int, gross: Sequence[int], percent: int) -> list[int]:
    """Returns `total` cents of VAT over lines with these gross amounts, by largest remainder."""
    exact = [Decimal(cents) * percent / (100 + percent) for cents in gross]
    shares = [int(each // 1) if each >= 0 else -int(-each // 1) for each in exact]
    rest = total - sum(shares)
    step = 1 if rest > 0 else -1
    # The lines from which most was cut off come first; equal ones in their own order.
    by_remainder = sorted(
        range(len(gross)), key=lambda place: (shares[place] - exact[place]) * step
    )
    for number in range(abs(rest)):
        shares[by_remainder[number % len(gross)]] += step
    return shares

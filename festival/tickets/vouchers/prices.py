"""What tickets cost with a voucher, and why one does not work."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from festival.errors import Refusal
from festival.tickets import dates
from festival.tickets.models import TicketType, Voucher
from festival.tickets.vouchers import fund
from festival.web.languages import Bilingual


class VoucherOff(Refusal):
    """De code {code} werkt niet meer."""


class VoucherSoon(Refusal):
    """De code {code} werkt vanaf {begins}."""


class VoucherExpired(Refusal):
    """De code {code} werkte tot {ended}."""


class VoucherGone(Refusal):
    """De code {code} is al zo vaak gebruikt als mocht."""


class SoldTicket(NamedTuple):
    """A ticket as it is sold: what it costs, and with which voucher."""

    type: TicketType
    price_cents: int
    voucher: Voucher | None
    gift_cents: int = 0  # what the buyer gives above the usual price

    @property
    def name(self) -> Bilingual:
        """What it is called on a bill."""
        return sale_name(self.type, self.voucher)


def why_not(voucher: Voucher, *, now: datetime, asks_fund: bool = True) -> Refusal | None:
    """Returns why `voucher` does not work now; None if it does.

    Without `asks_fund`, leaves out whether buyers gave enough for it: that costs a query.
    """
    if voucher.off_at is not None:
        return VoucherOff(code=voucher.code)
    if voucher.valid_from and now < voucher.valid_from:
        begins = dates.moment(voucher.edition, voucher.valid_from)
        return VoucherSoon(code=voucher.code, begins=begins)
    if voucher.valid_until and now >= voucher.valid_until:
        ended = dates.moment(voucher.edition, voucher.valid_until)
        return VoucherExpired(code=voucher.code, ended=ended)
    if voucher.left == 0:
        return VoucherGone(code=voucher.code)
    if asks_fund and voucher.is_solidarity:
        stands = fund.standing(voucher.edition)
        if stands is None or not stands.left:
            return fund.FundEmpty()
    return None


def priced(
    types: Sequence[TicketType],
    voucher: Voucher | None,
    amounts: Mapping[str, int] | None = None,
    *,
    now: datetime,
) -> list[SoldTicket]:
    """Returns what a ticket of each of `types` costs, in that order, with a voucher or without.

    A voucher that is used up or good for only some goes to hidden types first, and then to where
    it saves most. The others cost what they cost everybody, or what the buyer pays for them:
    `amounts`, by the slugs of types (see own_prices.py).
    """
    chosen = set() if voucher is None else _chosen(types, voucher, now=now)
    return [
        _sold(of, voucher if place in chosen else None, (amounts or {}).get(of.slug))
        for place, of in enumerate(types)
    ]


def _sold(of: TicketType, voucher: Voucher | None, amount: int | None) -> SoldTicket:
    price = of.price_cents if voucher is None else voucher.price_of(of)
    if amount is None or of.least_cents is None or (voucher and voucher.effect != "opens"):
        return SoldTicket(of, price, voucher)
    return SoldTicket(of, min(amount, price), voucher, max(amount - price, 0))


def _chosen(types: Sequence[TicketType], voucher: Voucher, *, now: datetime) -> set[int]:
    """Returns the places in `types` of the tickets that use the voucher."""
    if why_not(voucher, now=now) is not None:
        return set()

    def saves(place: int) -> tuple[bool, int]:
        of = types[place]
        return of.is_hidden, of.price_cents - voucher.price_of(of)

    # A use is not spent where it does nothing: no hidden type, no price, no blocked place.
    useful = [
        place
        for place, of in enumerate(types)
        if voucher.is_for(of) and (voucher.pool_id is not None or any(saves(place)))
    ]
    useful.sort(key=saves, reverse=True)
    limits = (len(useful), voucher.left, voucher.max_per_order)
    most = min(each for each in limits if each is not None)
    return set(useful[:most])


def sale_name(of: TicketType, voucher: Voucher | None) -> Bilingual:
    """Returns what a ticket is called on a bill. It names the voucher that changed its price."""
    if voucher is None or voucher.effect == "opens":
        return of.name
    return Bilingual(
        f"{of.name.nl}, met code {voucher.code}" if of.name.nl else "",
        f"{of.name.en}, with code {voucher.code}" if of.name.en else "",
    )

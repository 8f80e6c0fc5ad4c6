"""Which ticket may become which other type, and what that does to its price and places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from festival.bookings.models import Booking
from festival.bookings.queries.held_places import live_bookings
from festival.digests import digest
from festival.editions import dates
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.payments import due, queries, terms
from festival.tickets import ledger, use
from festival.tickets import queries as tickets
from festival.tickets.extras import queries as extra_queries
from festival.tickets.extras import taking
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.models import Order, Ticket, TicketType
from festival.tickets.rules import ordering
from festival.tickets.swaps.queries import open_swap


class SwapNotPossible(Refusal):
    """Dit kaartje geldt niet meer. Je kunt het niet wisselen."""


class PayFirst(Refusal):
    """Je bestelling is nog niet helemaal betaald. Betaal eerst, daarna kun je een kaartje
    wisselen."""


class SwapWaits(Refusal):
    """In deze bestelling wacht al een wissel op betaling. Is die klaar, of is ervan afgezien? Dan
    kan er weer gewisseld worden."""


class TooLateToSwap(Refusal):
    """Wisselen kon tot en met {day}. Moet er toch iets anders? Mail ons, dan kijken we samen."""


class SwapByTeam(Refusal):
    """Dit kaartje kreeg je van ons. Wil je een ander? Mail ons."""


class UsedAlready(Refusal):
    """Met dit kaartje is al iemand binnen geweest. Daarom kun je het niet meer wisselen."""


class MoneyWentBack(Refusal):
    """Van deze bestelling ging al een deel van de prijs terug. Daarom kunnen kaartjes niet meer
    gewisseld worden: annuleer het kaartje en bestel een ander."""


class SameType(Refusal):
    """Dit kaartje is er al een van deze soort. Kies een andere."""


class NoSuchType(Refusal):
    """Dit soort kaartje is er niet (meer). Kies een ander."""


class CodeNotFor(Refusal):
    """Dit kaartje is besteld met de code {code}, en die geldt niet voor “{name}”. Kies een ander
    soort kaartje."""


class TooFewStay(Refusal):
    """Kaartjes “{name}” bestel je met minstens {number} tegelijk, en dan houd je er te weinig over.
    Mail ons, dan kijken we samen."""


class NoMoneyBack(Refusal):
    """“{name}” is goedkoper, en geld teruggeven kan niet meer. Kies een kaartje dat evenveel of
    meer kost, of mail ons."""


@dataclass(frozen=True)
class Quote:
    """What swapping `ticket` for one of type `to` does, as a page shows it."""

    ticket: Ticket
    to: TicketType
    to_cents: int  # what it costs afterwards
    fee_cents: int  # what is kept of what it costs less
    spare_cents: int  # what was paid too much before
    lost: Sequence[Booking]  # places on days on which it admits no longer
    extras: Sequence[OrderedExtra] = ()  # what was ordered with it for those days

    @property
    def more_cents(self) -> int:
        """What the ticket costs more; negative if it costs less."""
        return self.to_cents - self.ticket.price_cents

    @property
    def due_cents(self) -> int:
        """What is to be paid before it is done; 0 if it is done at once."""
        return max(0, self.more_cents - self.spare_cents) if self.more_cents > 0 else 0

    @property
    def back_cents(self) -> int:
        """What goes back to the buyer, if need be once the difference is paid."""
        return max(0, self.spare_cents - self.more_cents - self.fee_cents) + self.extras_cents

    @property
    def extras_cents(self) -> int:
        """What was paid for `extras`."""
        return sum(each.price_cents for each in self.extras)

    @property
    def extras_in_words(self) -> list[str]:
        """Returns `extras` as people read them."""
        return extra_queries.in_words(self.extras)

    @property
    def mark(self) -> str:
        """What the form sends along, so that nobody gets another swap than they saw."""
        days = [day.isoformat() for day in self.to.admits_on]
        lost = [each.slot.code for each in self.lost]
        sums = [self.ticket.price_cents, self.to_cents, self.fee_cents, self.due_cents]
        names = [self.ticket.code, self.ticket.type.slug, self.to.slug, str(self.to.name)]
        return digest([*names, *sums, self.back_cents, days, lost, self.extras_in_words])


def quote(
    ticket: Ticket, to: TicketType, *, by_team: bool, keeps_price: bool = False, now: datetime
) -> Quote:
    """Returns what swapping `ticket` for one of type `to` does now.

    With a voucher it costs what the voucher makes it; what was ordered for nothing stays so. What
    it costs less goes back to a buyer by the terms of the edition, and in full if the team swaps.
    `keeps_price`: the team lets the price be what it was.
    """
    order = ticket.order
    price = to.price_cents if ticket.voucher is None else ticket.voucher.price_of(to)
    if keeps_price or order.free_reason:
        price = ticket.price_cents
    less = ticket.price_cents - price
    fee = terms.fee_cents(order.edition, less, now=now) if less > 0 and not by_team else 0
    days = to.admits_on
    lost = [each for each in live_bookings([ticket.id]) if each.slot.day not in days]
    extras = taking.of_other_days(ticket, days)
    return Quote(ticket, to, price, fee, max(0, due.spare_cents(order)), lost, extras)


def last_day(edition: Edition) -> date:
    """Returns the last day on which buyers swap."""
    return edition.changes_until_on or edition.starts_on - timedelta(days=1)


def why_not(
    ticket: Ticket, *, by_team: bool, now: datetime, besides_open: bool = False
) -> Refusal | None:
    """Returns why `ticket` cannot be swapped at all; None if it can.

    `besides_open` leaves out that another swap waits in the order.
    """
    order = ticket.order
    if refusal := _why_not_order(order, besides_open=besides_open):
        return refusal
    if ticket.released_at is not None:
        return SwapNotPossible()
    if by_team:
        return None
    return _why_not_buyers(order, now=now) or (UsedAlready() if use.used([ticket.id]) else None)


def may_swap(order: Order, *, now: datetime) -> bool:
    """Returns whether the buyer can swap any ticket of `order`; asks of all of them at once."""
    held = {each.id for each in order.tickets if each.released_at is None}
    if not held or _why_not_buyers(order, now=now) or _why_not_order(order, besides_open=False):
        return False
    return bool(held.difference(use.used(held)))


def _why_not_buyers(order: Order, *, now: datetime) -> Refusal | None:
    if order.free_reason:
        return SwapByTeam()
    day = last_day(order.edition)
    if order.edition.local(now).date() > day:
        return TooLateToSwap(day=dates.day(day))
    return None


def _why_not_order(order: Order, *, besides_open: bool) -> Refusal | None:
    if order.edition.called_off_at is not None or order.state in {"lapsed", "cancelled"}:
        return SwapNotPossible()
    if order.state == "pending" or queries.balance(order).due_cents > 0:
        return PayFirst()
    if not besides_open and open_swap(order):
        return SwapWaits()
    if any(entry.name == terms.ALLOWANCE for entry in ledger.standing(order)):
        return MoneyWentBack()
    return None


def check_type(
    ticket: Ticket, to: TicketType, *, by_team: bool, keeps_price: bool = False, now: datetime
) -> None:
    """Refuse a type that this ticket cannot become.

    The team may choose any. Refuses with SameType, NoSuchType, CodeNotFor, or for buyers with
    TooFewStay, NoMoneyBack, or as ordering.check_type.
    """
    edition = ticket.order.edition
    if to.id == ticket.type_id:
        raise SameType
    if to.edition_id != edition.id:
        raise NoSuchType
    if to.is_companion or ticket.type.is_companion:
        raise NoSuchType
    if ticket.voucher is not None and not ticket.voucher.is_for(to):
        raise CodeNotFor(code=ticket.voucher.code, name=to.name)
    ordering.check_ready(edition, [to], now=now)
    if by_team:
        return
    if not ordering.is_open(to, ticket.voucher):
        raise NoSuchType
    live = [each.type_id for each in ticket.order.tickets if each.released_at is None]
    ordering.check_type(edition, to, live.count(to.id) + 1, now=now)
    least = ticket.type.min_per_order
    if 0 < live.count(ticket.type_id) - 1 < least:
        raise TooFewStay(name=ticket.type.name, number=least)
    if quote(ticket, to, by_team=False, now=now).more_cents < 0 and not _gives_back(
        edition, now=now
    ):
        raise NoMoneyBack(name=to.name)


def choices(ticket: Ticket, *, by_team: bool, now: datetime) -> list[Quote]:
    """Returns what `ticket` can become, in the order of the shop."""
    found = []
    for to in tickets.ticket_types(ticket.order.edition):
        try:
            check_type(ticket, to, by_team=by_team, now=now)
        except Refusal:
            continue
        found.append(quote(ticket, to, by_team=by_team, now=now))
    return found


def _gives_back(edition: Edition, *, now: datetime) -> bool:
    """Whether buyers still get money back, by the terms for cancelling."""
    until = edition.cancel_until_on
    return until is not None and edition.local(now).date() <= until

"""What comes back and what is kept when tickets are cancelled, by the terms of the edition."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from festival import money
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.payments import queries
from festival.payments.queries import Balance
from festival.tickets import ledger
from festival.tickets.extras import taking
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.ledger import Charge, LedgerEntry
from festival.tickets.models import Order, Ticket
from festival.vat import Vat
from festival.web.languages import Bilingual

# What the team gave back of the price of tickets that are still good.
ALLOWANCE = Bilingual("Tegemoetkoming", "Allowance")


class NotInReach(Refusal):
    """Terug kan van {least} tot {most}. Vul een bedrag in dat daartussen ligt."""


@dataclass(frozen=True)
class GiveBack:
    """What the team gives back when it cancels: one of WAYS, with the cents of an `amount`."""

    how: str
    cents: int = 0


WAYS = ("all", "terms", "none", "amount")
ALL_BACK = GiveBack("all")


@dataclass(frozen=True)
class Settlement:
    """What cancelling tickets does to the money of their order, in cents."""

    price_cents: int  # of the tickets, and of what goes with them
    fee_cents: int  # is kept
    back_cents: int  # goes back to the buyer, or to the festival as a gift

    @property
    def mark(self) -> str:
        """What the page sends along, so that nobody gets other sums than they saw."""
        return f"{self.price_cents}-{self.fee_cents}-{self.back_cents}"


def fee_cents(edition: Edition, price_cents: int, *, now: datetime) -> int:
    """Returns what is kept of a ticket of this price that its buyer cancels now."""
    free_until = edition.cancel_free_until_on
    if free_until and edition.local(now).date() <= free_until:
        return 0
    part = (price_cents * edition.cancel_fee_percent + 50) // 100
    return min(price_cents, edition.cancel_fee_cents + part)


def fees_of(
    order: Order, tickets: Sequence[Ticket], *, has_fee: bool, now: datetime
) -> dict[int, int]:
    """Returns the fee in cents of each of `tickets`, by id.

    An order that is not paid has none, nor has one of an edition that was called off.
    """
    if not has_fee or order.state != "confirmed" or order.edition.called_off_at is not None:
        return {ticket.id: 0 for ticket in tickets}
    return {ticket.id: fee_cents(order.edition, ticket.price_cents, now=now) for ticket in tickets}


def allowances_back(
    order: Order, tickets: Sequence[Ticket], fees: Mapping[int, int]
) -> list[Charge]:
    """Returns charges that take allowances back that have nothing left to be given on.

    With the last ticket as much as goes; before that what is more than the tickets of that VAT
    cost. Allowances are never on gifts.
    """
    is_last = len(tickets) == sum(ticket.released_at is None for ticket in order.tickets)
    gone = {ticket.id for ticket in tickets}
    given: defaultdict[Vat, int] = defaultdict(int)
    goes: defaultdict[Vat, int] = defaultdict(int)  # less what is kept of it
    stays: defaultdict[Vat, int] = defaultdict(int)
    extras = {each.entry_id for each in extras_of(order, tickets)}
    for entry in ledger.standing(order):
        if entry.name == ALLOWANCE:
            given[entry.vat] -= entry.amount_cents
        elif entry.id in extras:
            goes[entry.vat] += entry.amount_cents
        elif entry.kind == "sale" and entry.ticket_id in gone:
            goes[entry.vat] += entry.amount_cents - fees[entry.ticket_id]
            stays[entry.vat] += fees[entry.ticket_id]
        elif not is_gift(entry):
            stays[entry.vat] += entry.amount_cents
    charges = []
    for vat, cents in given.items():
        back = min(cents, goes[vat]) if is_last else max(0, cents - stays[vat])
        charges.append(Charge(ALLOWANCE, back, vat, kind="fee"))
    return charges


def is_gift(entry: LedgerEntry) -> bool:
    """Whether an entry is what a buyer gave above the price of a ticket."""
    return entry.kind == "fee" and entry.ticket_id is not None


def most_back(order: Order, balance: Balance) -> int:
    """Returns how much of what was paid for `order` the team can give back now: all but gifts."""
    left = balance.paid_cents - queries.promised_cents(order)
    if order.state == "pending":
        return max(0, left)
    gifts = sum(each.amount_cents for each in ledger.standing(order) if is_gift(each))
    cost = balance.total_cents - gifts
    return max(0, min(left, cost + max(0, left - balance.total_cents)))


def extras_of(order: Order, tickets: Sequence[Ticket]) -> list[OrderedExtra]:
    """Returns the extras that go with these tickets: with the last of an order, all it has."""
    is_last = len(tickets) == sum(ticket.released_at is None for ticket in order.tickets)
    return taking.of_tickets(order, None if is_last else {ticket.id for ticket in tickets})


def settlement(
    order: Order,
    tickets: Sequence[Ticket],
    balance: Balance,
    fees: Mapping[int, int],
) -> Settlement:
    """Returns what cancelling `tickets` of `order` with these `fees` does to its money."""
    price = sum(ticket.price_cents for ticket in tickets)
    if not order.confirmed_at:  # a gift that was not paid goes with its ticket
        price += sum(ticket.gift_cents for ticket in tickets)
    price += sum(each.price_cents for each in extras_of(order, tickets))
    fee = sum(fees.values())
    again = sum(charge.amount_cents for charge in allowances_back(order, tickets, fees))
    cost = balance.total_cents - price + fee + again
    over = balance.paid_cents - queries.promised_cents(order) - cost
    return Settlement(price, fee, max(0, over))


def fees_giving(
    order: Order, tickets: Sequence[Ticket], balance: Balance, give: GiveBack, *, now: datetime
) -> dict[int, int]:
    """Returns the fee in cents of each of `tickets`, by id, with which `give` goes back.

    What was paid too much before always goes back. Refuses with NotInReach.
    """
    if give.how in {"all", "terms"}:
        return fees_of(order, tickets, has_fee=give.how == "terms", now=now)

    def back(kept: int) -> int:
        return settlement(order, tickets, balance, _spread(tickets, kept)).back_cents

    price = sum(ticket.price_cents for ticket in tickets)
    least, most = back(price), back(0)
    wanted = least if give.how == "none" else give.cents
    if not least <= wanted <= most:
        raise NotInReach(least=money.shown(least), most=money.shown(most))
    # The least that is kept: by halves, since an allowance that ends may take a part of a fee.
    kept = bisect_left(range(price), -wanted, key=lambda kept: -back(kept))
    return _spread(tickets, kept)


def _spread(tickets: Sequence[Ticket], cents: int) -> dict[int, int]:
    """Returns `cents` divided over `tickets` by their prices, to the last cent."""
    price, before, fees = sum(ticket.price_cents for ticket in tickets), 0, {}
    for ticket in tickets:
        upto = before + ticket.price_cents
        fees[ticket.id] = (upto * cents // price - before * cents // price) if price else 0
        before = upto
    return fees

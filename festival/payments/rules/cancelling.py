"""Cancelling an order or some of its tickets, for its buyer or for the team."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from festival import text
from festival.bookings.rules import places as place_rules
from festival.bookings.rules.locks import lock_tickets
from festival.db import transactional
from festival.editions import dates
from festival.errors import Refusal
from festival.payments import letters, queries, terms
from festival.payments.rules import invoicing, refunding, settling
from festival.team import audit
from festival.tickets import companions, ledger, use
from festival.tickets.models import Order, Ticket
from festival.tickets.rules import ending
from festival.tickets.swaps.queries import swap_of
from festival.vat import Vat, of_category
from festival.web.languages import Bilingual

FEE = Bilingual("Kosten van annuleren", "Cancellation fee")
GIFT = Bilingual("Gift", "Gift")


class AlreadyEnded(Refusal):
    """Deze bestelling was al vervallen of geannuleerd. Je hoeft niets meer te doen."""


class TicketGone(Refusal):
    """Een kaartje dat je koos, is al geannuleerd. Kijk op de pagina van je bestelling hoe het nu
    staat."""


class NoTicketChosen(Refusal):
    """Kies eerst welke kaartjes je wilt annuleren."""


class AskTheTeam(Refusal):
    """Deze bestelling is betaald. Wil je annuleren? Mail ons, dan lossen we het samen op."""


class TooLateToCancel(Refusal):
    """Annuleren kon tot en met {day}. Kom je niet? Geef je kaartje dan aan iemand anders."""


class FestivalBegan(Refusal):
    """Het festival is al begonnen, dus annuleren hoeft niet meer."""


class TicketUsed(Refusal):
    """{name} is met dit kaartje al binnen geweest. Daarom kun je het niet meer annuleren."""


class SumsChanged(Refusal):
    """Terwijl je keek, veranderde er iets aan de bedragen. Er is nog niets geannuleerd. Kijk nog
    eens wat er nu teruggaat."""


@transactional
def cancel_order(order: Order, *, now: datetime) -> None:
    """Cancel an order for the team, without a fee. Its tickets and places become free.

    Refuses with AlreadyEnded or TicketUsed.
    """
    cancel_tickets(order, None, now=now)


@transactional
def cancel_tickets(
    order: Order,
    codes: Collection[str] | None,
    give: terms.GiveBack = terms.ALL_BACK,
    *,
    reason: str = "",
    shown: str = "",
    member_id: int | None = None,
    now: datetime,
) -> None:
    """Cancel the tickets of `order` with these codes (None: all) for the team.

    What `give` says and what was paid too much is to go back. With the last ticket the order is
    cancelled. `shown` and refusals are as in cancel_own_tickets, with NotInReach for an amount.
    """
    ending.lock_order(order)
    tickets, reason = _chosen(order, codes), text.line(reason)
    balance = queries.balance(order)
    fees = terms.fees_giving(order, tickets, balance, give, now=now)
    if shown and shown != terms.settlement(order, tickets, balance, fees).mark:
        raise SumsChanged
    for ticket in tickets:
        ticket.cancel_note = reason
    _cancel(order, tickets, fees, gift_cents=0, reason=reason, member_id=member_id, now=now)
    verb = "cancel_tickets" if order.state in {"pending", "confirmed"} else "cancel_order"
    names = [ticket.code for ticket in tickets]
    audit.record(verb, f"order {order.code}", now=now, tickets=names, reason=reason)


@transactional
def cancel_called_off(order: Order, *, now: datetime) -> None:
    """Cancel an order because its edition does not go on: all goes back, also of tickets used.

    Refuses with AlreadyEnded.
    """
    ending.lock_order(order)
    if order.state not in {"pending", "confirmed"}:
        raise AlreadyEnded
    lock_tickets({ticket.id for ticket in order.tickets})
    live = [ticket for ticket in order.tickets if ticket.released_at is None]
    fees = terms.fees_of(order, live, has_fee=False, now=now)
    _cancel(order, live, fees, gift_cents=0, tell=letters.called_off, now=now)
    audit.record("cancel_called_off", f"order {order.code}", now=now)


@transactional
def cancel_own_tickets(
    order: Order,
    codes: Collection[str] | None = None,
    *,
    is_gift: bool = False,
    shown: str = "",
    now: datetime,
) -> None:
    """Cancel the tickets of `order` with these codes (None: all) for its buyer.

    `shown` is the mark of the sums that the page showed; '' compares nothing. With `is_gift` the
    festival keeps what would go back. Refuses with AlreadyEnded, NoTicketChosen, TicketGone,
    AskTheTeam, TooLateToCancel, FestivalBegan, TicketUsed or SumsChanged.
    """
    ending.lock_order(order)
    balance = queries.balance(order)
    if refusal := why_not_cancel(order, balance, now=now):
        raise refusal
    tickets = _chosen(order, codes)
    fees = terms.fees_of(order, tickets, has_fee=True, now=now)
    sums = terms.settlement(order, tickets, balance, fees)
    if shown and shown != sums.mark:
        raise SumsChanged
    # Only what these tickets cost can be a gift, not what was paid too much before.
    gift = min(sums.back_cents, sums.price_cents - sums.fee_cents) if is_gift else 0
    _cancel(order, tickets, fees, gift_cents=gift, now=now)


def why_not_cancel(order: Order, balance: queries.Balance, *, now: datetime) -> Refusal | None:
    """Returns why the buyer cannot cancel any more; None if they can."""
    if order.state not in {"pending", "confirmed"}:
        return AlreadyEnded()
    today, until = order.edition.local(now).date(), order.edition.cancel_until_on
    if today >= order.edition.starts_on:
        return FestivalBegan()
    if balance.paid_cents > 0:
        if until is None or order.state == "pending":
            return AskTheTeam()
        if today > until:
            return TooLateToCancel(day=dates.day(until))
    return None


def _chosen(order: Order, codes: Collection[str] | None) -> list[Ticket]:
    """Returns the live tickets with these codes, locked: nobody scans or cancels them now."""
    if order.state not in {"pending", "confirmed"}:
        raise AlreadyEnded
    lock_tickets({ticket.id for ticket in order.tickets})
    live = [ticket for ticket in order.tickets if ticket.released_at is None]
    chosen = live if codes is None else [ticket for ticket in live if ticket.code in codes]
    if codes is not None and not codes:
        raise NoTicketChosen
    if codes is not None and len(chosen) < len(set(codes)):
        raise TicketGone
    inside = use.used([ticket.id for ticket in chosen])
    for ticket in chosen:
        if ticket.id in inside:
            raise TicketUsed(name=ticket.holder_name)
    companions.check_none_left(order, chosen)
    return chosen


def _cancel(
    order: Order,
    tickets: Sequence[Ticket],
    fees: Mapping[int, int],
    *,
    gift_cents: int,
    reason: str = "",
    member_id: int | None = None,
    tell: Callable[..., None] = letters.tickets_cancelled,
    now: datetime,
) -> None:
    """Cancel `tickets` of an order, all of which the caller has locked."""
    holders_know = order.state == "confirmed"
    swap = swap_of(order, tickets)
    is_last = len(tickets) == sum(ticket.released_at is None for ticket in order.tickets)
    allowances = terms.allowances_back(order, tickets, fees)
    sold = {each.ticket_id: each.vat for each in ledger.standing(order) if each.kind == "sale"}
    if is_last:
        if not ending.end_order(order, lapsed=False, swap=swap, now=now):
            raise AlreadyEnded
    else:
        ids = {each.id for each in tickets}
        if ending.release_tickets(order, only=ids, swap=swap, now=now) < len(tickets):
            raise TicketGone
    ledger.enter(order, [*_kept(fees, sold, gift_cents), *allowances], now=now)
    place_rules.release_places(tickets, now=now)
    invoicing.settle_invoices(order, now=now)
    refunds = refunding.request_what_is_over(order, reason=reason, member_id=member_id, now=now)
    tell(
        order,
        tickets,
        refunds,
        kept_cents=sum(fees.values()),
        gift_cents=gift_cents,
        holders_know=holders_know,
        now=now,
    )
    if order.state == "pending":  # what is left may be free, or paid already
        settling.settle(order, now=now)


def _kept(
    fees: Mapping[int, int], sold: Mapping[int | None, Vat], gift_cents: int
) -> list[ledger.Charge]:
    """Returns what the festival keeps: a fee per rate, with the VAT of the tickets, and a gift."""
    by_vat: defaultdict[Vat, int] = defaultdict(int)
    for ticket_id, cents in fees.items():
        if cents:
            by_vat[sold[ticket_id]] += cents
    kept = [ledger.Charge(FEE, cents, vat, kind="fee") for vat, cents in by_vat.items()]
    return [*kept, ledger.Charge(GIFT, gift_cents, of_category("outside"), kind="fee")]

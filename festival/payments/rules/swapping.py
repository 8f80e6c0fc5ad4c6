"""Swapping a ticket for one of another type: the old one stays good until the new one is certain.

A dearer one is asked for: its place is kept until the difference is paid. What costs the same or
less changes at once.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from festival import text
from festival.bookings.rules import places as place_rules
from festival.bookings.rules.locks import lock_tickets
from festival.db import db, insert_once, transactional
from festival.errors import Refusal
from festival.payments import due, letters, queries
from festival.payments.rules import invoicing, refunding
from festival.payments.swaps import terms
from festival.payments.swaps.terms import SwapWaits
from festival.team import audit
from festival.tickets import ledger, pools, use
from festival.tickets.extras import taking
from festival.tickets.models import Order, TicketType
from festival.tickets.rules import claiming, ending, ordering, sales
from festival.tickets.swaps.models import TicketSwap, one_open_swap
from festival.tickets.swaps.queries import open_swap, swap_of_form, swaps_of
from festival.web.languages import Bilingual

FEE = Bilingual("Kosten van wisselen", "Swapping fee")
# So long after a swap ended, money that comes in for its order may be about it.
_ABOUT_IT = timedelta(days=30)


class SwapChanged(Refusal):
    """Terwijl je keek, veranderde er iets aan de prijs, de dagen of je plekken. Er is nog niets
    gewisseld. Kijk nog eens wat er nu staat, en kies dan opnieuw."""


class SwapOver(Refusal):
    """Deze wissel is al afgehandeld. Kijk bij de bestelling hoe het nu staat."""


@dataclass(frozen=True)
class SwapRequest:
    """Which ticket is to become which type, by code and slug, and who asks for it.

    `shown` is the mark of what the page showed; '' compares nothing. `keeps_price`: the team lets
    the price be what it was.
    """

    ticket_code: str
    type_slug: str
    form_key: str
    shown: str = ""
    maker: str = "buyer"
    member_id: int | None = None
    reason: str = ""
    keeps_price: bool = False

    @property
    def by_team(self) -> bool:
        """Whether the team asks for it."""
        return self.maker == "team"


@transactional
def request_swap(order: Order, wanted: SwapRequest, *, now: datetime) -> TicketSwap:
    """Swap a ticket of `order`, or keep a place for the new one until the difference is paid.

    The same form returns the first swap. The team may swap to any type and passes the waiting
    line, but gets no place that is not there. Refuses as terms.why_not and terms.check_type, with
    SwapChanged, or as claiming.claim_types.
    """
    ending.lock_order(order)
    if first := swap_of_form(wanted.form_key):
        return _same_again(first, order, wanted)
    lock_tickets({ticket.id for ticket in order.tickets})
    ticket = next((each for each in order.tickets if each.code == wanted.ticket_code), None)
    if ticket is None:
        raise terms.SwapNotPossible
    if refusal := terms.why_not(ticket, by_team=wanted.by_team, now=now):
        raise refusal
    to = _locked_type(order, wanted.type_slug)
    keeps = wanted.by_team and wanted.keeps_price
    terms.check_type(ticket, to, by_team=wanted.by_team, keeps_price=keeps, now=now)
    offer = terms.quote(ticket, to, by_team=wanted.by_team, keeps_price=keeps, now=now)
    if wanted.shown and wanted.shown != offer.mark:
        raise SwapChanged
    due_cents = offer.due_cents
    swap = TicketSwap(
        order=order,
        ticket=ticket,
        from_type=ticket.type,
        to_type=to,
        from_cents=ticket.price_cents,
        to_cents=offer.to_cents,
        fee_cents=offer.fee_cents,
        maker=wanted.maker,
        member_id=wanted.member_id,
        reason=text.line(wanted.reason),
        form_key=wanted.form_key,
        requested_at=now,
        due_at=ordering.payment_due(order.edition, now),
    )
    insert_once(swap, unique=one_open_swap, refusal=SwapWaits())
    if wanted.by_team:
        names = {"ticket": ticket.code, "to": to.slug, "reason": swap.reason}
        audit.record("swap_ticket", f"order {order.code}", now=now, **names)
    _claim_place(swap, passes_line=wanted.by_team, now=now)
    if due_cents:
        letters.swap_requested(swap, due_cents, now=now)
    else:
        _complete(swap, now=now)
        swap.due_at = None
    return swap


@transactional
def call_off_swap(swap: TicketSwap, *, now: datetime) -> None:
    """End a swap that waits for money; the ticket stays what it was. Refuses with SwapOver."""
    ending.lock_order(swap.order)
    db.session.refresh(swap)
    if not _end(swap, "called_off", now=now):
        raise SwapOver
    audit.record("call_off_swap", f"order {swap.order.code}", now=now, ticket=swap.ticket.code)
    _give_back_what_came(swap, now=now)


@transactional
def lapse_swap(swap: TicketSwap, *, now: datetime) -> bool:
    """End a swap that was not paid in time. Returns True if this call did it.

    One that somebody may be paying online at this moment stays, until Stripe was asked.
    """
    ending.lock_order(swap.order)
    db.session.refresh(swap)
    if swap.ended_at is not None or due.lapses_at(swap) > now or queries.is_being_paid(swap.order):
        return False
    if not _end(swap, "lapsed", now=now):
        return False
    _give_back_what_came(swap, now=now)
    return True


def settle_swap(order: Order, *, now: datetime) -> None:
    """Do what money that came in for a confirmed `order`, which the caller has locked, is for.

    A swap that waits is done once all of the difference is there. Money for one that ended gets
    the place if there is one still, or goes back with an apology, as does money for a ticket that
    was used meanwhile on a day that the new one does not have. What comes a month later is about
    something else, such as a refund that bounced, and is left to the team.
    """
    if swap := open_swap(order):
        if due.still_due(swap) > 0:
            return
        if not _is_spent(swap):
            _complete(swap, now=now)
        elif _end(swap, "late", now=now):
            _apologise(swap, "lapsed", now=now)
        return
    latest = next(reversed(swaps_of(order)), None)
    if latest is None or latest.outcome not in {"lapsed", "called_off"}:
        return
    if due.spare_cents(order) <= 0 or now - (latest.ended_at or now) > _ABOUT_IT:
        return
    if latest.outcome == "lapsed" and _come_back(latest, now=now):
        return
    ended_as, latest.outcome = latest.outcome, "late"
    db.session.flush()
    _apologise(latest, ended_as, now=now)


def _same_again(first: TicketSwap, order: Order, wanted: SwapRequest) -> TicketSwap:
    is_same = (first.order_id, first.ticket.code) == (order.id, wanted.ticket_code)
    if not is_same or first.to_type.slug != wanted.type_slug:
        raise SwapChanged
    return first


def _locked_type(order: Order, slug: str) -> TicketType:
    """Returns the type, which stays in its pool until this rule ends; see ticket_type_rules.py."""
    found: TicketType | None = db.session.scalar(
        select(TicketType)
        .where(TicketType.edition_id == order.edition_id, TicketType.slug == slug)
        .with_for_update(read=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise terms.NoSuchType
    return found


def _claim_place(swap: TicketSwap, *, passes_line: bool, now: datetime) -> None:
    """Keep a place for the new ticket, unless that of the old one serves."""
    if swap.from_type.pool_id == swap.to_type.pool_id:
        return
    claiming.claim_types({swap.to_type: 1}, Counter(), passes_line=passes_line, now=now)
    swap.pool_id = swap.to_type.pool_id
    db.session.flush()


def _complete(swap: TicketSwap, *, now: datetime) -> None:
    """Change the ticket: type, price, days, places, ledger and invoices; and tell who holds it."""
    order, ticket, held = swap.order, swap.ticket, swap.pool_id
    lock_tickets({ticket.id})
    old_pool_id = swap.from_type.pool_id
    if not ending.close_swap(swap, "done", now=now):
        raise SwapOver
    kept_vat = next(
        (
            entry.vat
            for entry in ledger.standing(order)
            if entry.ticket_id == ticket.id and entry.kind == "sale"
        ),
        None,
    )
    ticket.type, ticket.price_cents = swap.to_type, swap.to_cents
    db.session.flush()
    fee = [ledger.Charge(FEE, swap.fee_cents, kept_vat, kind="fee")] if kept_vat else []
    sales.change_sale(order, ticket, besides=fee, now=now)
    if held is not None:
        pools.release(old_pool_id, 1)
    lost = place_rules.release_elsewhere(ticket, swap.to_type.admits_on, now=now)
    extras = taking.give_back_other_days(ticket, swap.to_type.admits_on, now=now)
    invoicing.settle_invoices(order, now=now)
    refunds = refunding.request_what_is_over(
        order, reason=swap.reason, member_id=swap.member_id, now=now
    )
    letters.swap_done(swap, refunds, queries.places_of(order), lost, extras, now=now)


def _come_back(swap: TicketSwap, *, now: datetime) -> bool:
    """Do a swap that lapsed, if all of it is paid and there is a place. Returns whether it was."""
    ticket = swap.ticket
    is_as_it_was = (ticket.type_id, ticket.price_cents) == (swap.from_type_id, swap.from_cents)
    if not is_as_it_was or terms.why_not(ticket, by_team=True, now=now) or _is_spent(swap):
        return False
    if due.still_due(swap) > 0:
        return False
    lock_tickets({ticket.id})
    pool_id = swap.to_type.pool_id
    if pool_id != swap.from_type.pool_id:
        if not pools.claim_all({pool_id: 1}):
            return False
        swap.pool_id = pool_id
    swap.outcome, swap.ended_at = "", None
    db.session.flush()
    _complete(swap, now=now)
    return True


def _is_spent(swap: TicketSwap) -> bool:
    """Returns whether the ticket let somebody in, and the new one is not for all of its days.

    Then one ticket would be two. The team knows what it does.
    """
    if swap.maker == "team" or set(swap.from_type.admits_on) <= set(swap.to_type.admits_on):
        return False
    lock_tickets({swap.ticket_id})  # a scan holds the row: it is before this or after it
    return bool(use.used([swap.ticket_id]))


def _apologise(swap: TicketSwap, ended_as: str, *, now: datetime) -> None:
    """Pay back what came for a swap that cannot be done any more."""
    refunds = refunding.request_what_is_over(swap.order, now=now)
    is_spent = ended_as != "called_off" and _is_spent(swap)
    letters.swap_ended(swap, refunds, outcome=ended_as, is_late=True, is_spent=is_spent, now=now)


def _give_back_what_came(swap: TicketSwap, *, now: datetime) -> None:
    refunds = refunding.request_what_is_over(swap.order, now=now)
    letters.swap_ended(swap, refunds, outcome=swap.outcome, now=now)


def _end(swap: TicketSwap, outcome: str, *, now: datetime) -> bool:
    """End a swap without doing it; its place is free again. Returns False if it had ended."""
    pool_id = swap.pool_id
    if not ending.close_swap(swap, outcome, now=now):
        return False
    if pool_id is not None:
        pools.release(pool_id, 1)
    return True

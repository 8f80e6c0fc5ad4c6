"""Ordering tickets and giving them back.

A rule that changes several of these rows locks them in this order, so that two rules never wait
for each other: ticket types (shared), the order, its buyer's mailbox, its tickets by id, pools by
id, slots by id.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value
from stdnum.iso7064 import mod_97_10

from festival import codes, text
from festival.db import change_one, db, insert_unless_there, transactional
from festival.digests import digest
from festival.editions.models import Edition
from festival.email_addresses import canonical
from festival.errors import Refusal
from festival.tickets import dates, holding, letters, offers, pools, queries, ticket_qr
from festival.tickets.models import (
    Order,
    Pool,
    Ticket,
    TicketType,
    mailbox_of,
    one_order_per_form,
)
from festival.web import languages

MOST_TICKETS = 40  # in one order, of all types together


class NothingChosen(Refusal):
    """Je hebt nog geen kaartjes gekozen. Kies hoeveel je er wilt en ga dan verder."""


class UnknownType(Refusal):
    """Een kaartje dat je koos is er niet meer. Ga terug en kies opnieuw."""


class NotYetOnSale(Refusal):
    """Kaartjes “{name}” kun je nog niet bestellen. De verkoop begint op {begins}."""


class SaleClosed(Refusal):
    """Kaartjes “{name}” kun je niet meer bestellen. Kies een ander kaartje."""


class TooFew(Refusal):
    """Kaartjes “{name}” bestel je met minstens {number} tegelijk. Kies er meer."""


class TooMany(Refusal):
    """Kaartjes “{name}” bestel je met hoogstens {number} tegelijk. Kies er minder."""


class TooManyTogether(Refusal):
    """Je kunt hoogstens {most} kaartjes tegelijk bestellen. Bestel anders twee keer."""


class TypeSoldOut(pools.SoldOut):
    """Kaartjes “{name}” zijn net uitverkocht. Kies een ander kaartje of kijk later nog eens."""


class TooFewLeft(pools.SoldOut):
    """Kaartjes “{name}”: nog maar {left} vrij. Kies er minder, of kies een ander kaartje."""


class OfferChanged(Refusal):
    """Terwijl je invulde, veranderde er iets. {changes} Er is nog niets besteld. Vind je het goed
    zo? Bestel dan nog een keer."""


@dataclass(frozen=True)
class TicketRequest:
    """One ticket in an order request: its type, its holder, and where it is mailed to."""

    type_slug: str
    holder_name: str
    holder_email: str = ""  # '' means to the buyer


@dataclass(frozen=True)
class OrderRequest:
    """What a buyer asks for in one go. The form made `form_key`; `code` opens hidden types."""

    form_key: str
    name: str
    email: str
    tickets: Sequence[TicketRequest]
    language: str = "nl"
    code: str = ""
    shown: offers.ShownOffer | None = None  # what the buyer agreed to; None compares nothing


@transactional
def place_order(edition: Edition, request: OrderRequest, *, now: datetime) -> Order:
    """Order the tickets of `request`: all of them, or none. A free order is confirmed at once.

    The same request with the same `form_key` returns the order that it made the first time; another
    request with it is another order. Writes no letters. Refuses with NothingChosen,
    TooManyTogether, UnknownType, NotYetOnSale, SaleClosed, TooFew, TooMany, TypeSoldOut,
    TooFewLeft or OfferChanged, or with holding's AddressUnknown or TooManyHeld.
    """
    order, _ = place_once(edition, request, now=now)
    return order


@transactional
def place_once(
    edition: Edition, request: OrderRequest, *, besides: Sequence[Any] = (), now: datetime
) -> tuple[Order, bool]:
    """As place_order. Also returns whether this call made the order.

    `besides` is what the form asked for besides tickets.
    """
    types = _types_asked_for(edition, request)
    total_cents = sum(types[ticket.type_slug].price_cents for ticket in request.tickets)
    # Comes first, so that a second click gets its order and not a refusal for sold-out tickets.
    sent = _digest(edition, request, besides)
    order = _insert_order(edition, request, sent, total_cents, now=now)
    if order is None:
        first = queries.order_of_form(request.form_key, sent)
        assert first is not None
        return first, False
    if request.shown is not None:
        with languages.speaking(request.language):
            check_offer(request.shown, offers.offer_of(edition, types.values(), order.due_at))
    holding.check_hold(order, len(request.tickets))
    numbers = Counter(ticket.type_slug for ticket in request.tickets)
    for slug, number in numbers.items():
        _check_type(edition, types[slug], number, now=now)
    _insert_tickets(order, types, request.tickets)
    _claim([(types[slug], number) for slug, number in numbers.items()])
    return order, True


@transactional
def confirm_order(order: Order, *, now: datetime) -> bool:
    """Confirm a pending order: its tickets become valid. Returns True if this call did it.

    Guarded: an order that lapsed or was cancelled meanwhile is not confirmed.
    """
    return _stamp(order, confirmed_at=now, unless_confirmed=True)


@transactional
def end_order(order: Order, *, lapsed: bool, now: datetime) -> bool:
    """Let a pending order lapse, or cancel a live one. Its tickets go back to the pools.

    Returns True if this call did it. Guarded: an order ends once, and one that was paid meanwhile
    does not lapse. The rule that calls this gives back the places of its tickets.
    """
    ended = (
        _stamp(order, lapsed_at=now, unless_confirmed=True)
        if lapsed
        else _stamp(order, cancelled_at=now, unless_confirmed=False)
    )
    if ended:
        release_tickets(order, now=now)
    return ended


@transactional
def release_tickets(order: Order, *, now: datetime) -> int:
    """Give the tickets of `order` back to their pools, each once. Returns how many."""
    held = _locked_tickets(order, released=False)
    if not held:
        return 0
    for ticket in held:
        ticket.released_at = now
    db.session.flush()
    numbers = Counter(ticket.type.pool_id for ticket in held)
    for pool_id in sorted(numbers):
        pools.release(pool_id, numbers[pool_id])
    return len(held)


@transactional
def revive_order(order: Order, *, now: datetime) -> bool:
    """Confirm a lapsed order after all, if there are tickets left for all of it.

    Returns True if it was. The tickets keep their codes and links; places in workshops stay gone.
    """
    lock_order(order)
    held = _locked_tickets(order, released=True)
    numbers = Counter(ticket.type.pool_id for ticket in held)
    if order.state != "lapsed" or not held or not pools.claim_all(numbers):
        return False
    order.lapsed_at, order.confirmed_at = None, now
    for ticket in held:
        ticket.released_at = None
    db.session.flush()
    return True


@transactional
def renew_agenda_address(ticket: Ticket) -> None:
    """Give the agenda feed of `ticket` a new address, because others have seen the old one."""
    change_one(update(Ticket).where(Ticket.id == ticket.id).values(agenda_secret=codes.secret()))


def check_types(edition: Edition, types: Sequence[TicketType], *, now: datetime) -> None:
    """Refuse what place_order would refuse now. `types` holds the type of each ticket.

    Takes nothing from the pools. Refuses with NothingChosen, TooManyTogether, NotYetOnSale,
    SaleClosed, TooFew, TooMany, TypeSoldOut or TooFewLeft.
    """
    if not types:
        raise NothingChosen
    if len(types) > MOST_TICKETS:
        raise TooManyTogether(most=MOST_TICKETS)
    left = {of.pool_id: of.pool.left for of in types}
    for of, number in Counter(types).items():
        _check_type(edition, of, number, now=now)
        if left[of.pool_id] < number:
            raise _sold_out(of, left[of.pool_id])
        left[of.pool_id] -= number  # the next type may draw from the same pool


def lock_order(order: Order) -> None:
    """Read `order` again and lock it until the rule ends, so that it cannot lapse or be paid."""
    db.session.refresh(order, with_for_update={"key_share": True})


@transactional
def send_again(edition: Edition, email: str, *, language: str, now: datetime) -> int:
    """Mail `email` the links of its live orders and tickets. Returns how many orders.

    Does nothing for an unknown address. The caller responds the same in both cases.
    """
    found = queries.live_orders_of(edition, email)
    if found:
        letters.tickets_again(edition, canonical(email), found, language=language, now=now)
    return len(found)


def _types_asked_for(edition: Edition, request: OrderRequest) -> dict[str, TicketType]:
    if not request.tickets:
        raise NothingChosen
    if len(request.tickets) > MOST_TICKETS:
        raise TooManyTogether(most=MOST_TICKETS)
    slugs = {ticket.type_slug for ticket in request.tickets}
    found = {
        each.slug: each
        for each in db.session.scalars(
            select(TicketType)
            .where(TicketType.edition_id == edition.id, TicketType.slug.in_(slugs))
            # Keeps types in their pools until this order is counted; see ticket_type_rules.py.
            .with_for_update(read=True, key_share=True)
        )
    }
    # A list, not a generator: every type is compared, so that the time gives nothing away.
    allowed = [each.opens_with(request.code) for each in found.values()]
    if len(found) < len(slugs) or not all(allowed):
        raise UnknownType
    return found


def _check_type(edition: Edition, of: TicketType, number: int, *, now: datetime) -> None:
    if now < of.sale_from:
        raise NotYetOnSale(name=of.name, begins=dates.moment(edition, of.sale_from))
    if now >= of.sale_until:
        raise SaleClosed(name=of.name)
    if number < of.min_per_order:
        raise TooFew(name=of.name, number=of.min_per_order)
    if number > of.max_per_order:
        raise TooMany(name=of.name, number=of.max_per_order)


def check_offer(shown: offers.ShownOffer, now: offers.ShownOffer) -> None:
    """Refuse with OfferChanged if what was shown is no longer what is sold, and say the changes."""
    changes = offers.changes(shown, now)
    if changes:
        raise OfferChanged(changes=" ".join(changes))


def _digest(edition: Edition, request: OrderRequest, besides: Sequence[Any]) -> str:
    tickets = [(each.type_slug, each.holder_name, each.holder_email) for each in request.tickets]
    return digest(edition.id, request.name, request.email, tickets, list(besides))


def _insert_order(
    edition: Edition, request: OrderRequest, sent: str, total_cents: int, *, now: datetime
) -> Order | None:
    """Returns the new row; None if this form made it already, even a moment ago."""
    code = codes.readable()
    values = {
        "edition_id": edition.id,
        "code": code,
        "secret": codes.secret(),
        "form_key": request.form_key,
        "form_digest": sent,
        "name": text.line(request.name),
        "email": canonical(request.email),
        "mailbox": mailbox_of(request.email),
        "language": request.language,
        "total_cents": total_cents,
        "reference": reference(code),
        "placed_at": now,
        "due_at": payment_due(edition, now) if total_cents else None,
        "confirmed_at": None if total_cents else now,
    }
    return insert_unless_there(Order, values, unique=one_order_per_form)


def reference(code: str) -> str:
    """Returns the creditor reference (ISO 11649) of an order: `RF`, two check digits, its code."""
    return f"RF{mod_97_10.calc_check_digits(code + 'RF')}{code}"


def payment_due(edition: Edition, placed_at: datetime) -> datetime:
    """Returns the last minute to pay: before the festival begins, or else today."""
    today = edition.local(placed_at).date()
    eve = edition.starts_on - timedelta(days=1)
    last = min(today + timedelta(days=edition.payment_days), max(eve, today))
    return edition.moment(last, time(23, 59))


def _insert_tickets(
    order: Order, types: dict[str, TicketType], requests: Sequence[TicketRequest]
) -> None:
    tickets = [
        Ticket(
            order_id=order.id,
            type=types[request.type_slug],
            code=codes.readable(),
            secret=codes.secret(),
            pass_id=ticket_qr.new_id(),
            holder_name=text.line(request.holder_name),
            holder_email=_own_email(order, request),
            price_cents=types[request.type_slug].price_cents,
            vat_percent=types[request.type_slug].vat_percent,
        )
        for request in requests
    ]
    db.session.add_all(tickets)
    db.session.flush()
    # What the database would return if we asked again.
    set_committed_value(order, "tickets", tickets)
    for ticket in tickets:
        set_committed_value(ticket, "order", order)


def _own_email(order: Order, request: TicketRequest) -> str:
    email = canonical(request.holder_email)
    return "" if email == order.email else email


def _claim(wanted: list[tuple[TicketType, int]]) -> None:
    """Take the tickets from their pools, by pool id. A refusal names the ticket type."""
    for ticket_type, number in sorted(wanted, key=lambda each: each[0].pool_id):
        try:
            pools.claim(ticket_type.pool_id, number)
        except pools.SoldOut as sold_out:
            left = db.session.scalar(
                select(Pool.capacity - Pool.taken).where(Pool.id == ticket_type.pool_id)
            )
            raise _sold_out(ticket_type, left or 0) from sold_out


def _sold_out(of: TicketType, left: int) -> pools.SoldOut:
    return TooFewLeft(name=of.name, left=left) if left else TypeSoldOut(name=of.name)


def _stamp(order: Order, *, unless_confirmed: bool, **moment: datetime) -> bool:
    """Write when a live order was confirmed or ended. Returns False if another call was first."""
    live = [Order.id == order.id, Order.lapsed_at.is_(None), Order.cancelled_at.is_(None)]
    if unless_confirmed:
        live.append(Order.confirmed_at.is_(None))
    is_stamped = change_one(update(Order).where(*live).values(**moment))
    db.session.expire(order, ["confirmed_at", "lapsed_at", "cancelled_at"])
    return is_stamped


def _locked_tickets(order: Order, *, released: bool) -> Sequence[Ticket]:
    """Returns the tickets of `order` that are (not) given back, read again and locked."""
    given_back = Ticket.released_at.is_not(None) if released else Ticket.released_at.is_(None)
    return db.session.scalars(
        select(Ticket)
        .where(Ticket.order_id == order.id, given_back)
        .order_by(Ticket.id)
        .with_for_update(of=Ticket, key_share=True)
        .execution_options(populate_existing=True)
    ).all()

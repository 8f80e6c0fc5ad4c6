"""Ordering tickets: all of an order, or nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value
from stdnum.iso7064 import mod_97_10

from festival import codes, text
from festival.db import db, insert_unless_there, transactional
from festival.digests import digest
from festival.editions.models import Edition
from festival.email_addresses import canonical, mailbox_of, other_than
from festival.errors import Refusal
from festival.tickets import (
    companions,
    dates,
    holding,
    nameless,
    offers,
    own_prices,
    queries,
    small_business,
    ticket_qr,
)
from festival.tickets.extras import taking
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.holds import rules as holds
from festival.tickets.models import (
    Order,
    Ticket,
    TicketType,
    Voucher,
    one_order_per_form,
)
from festival.tickets.rules import claiming, sales
from festival.tickets.vouchers import prices, uses
from festival.tickets.vouchers.prices import SoldTicket
from festival.tickets.vouchers.queries import voucher_of
from festival.tickets.waiting import queries as waiting
from festival.tickets.waiting import rules as waiting_rules
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


class EditionCalledOff(Refusal):
    """Deze editie gaat niet door. Je kunt er geen kaartjes meer voor bestellen."""


class NotReady(Refusal):
    """Kaartjes “{name}” kun je nog niet bestellen: we leggen er nog de laatste hand aan."""


class TooFew(Refusal):
    """Kaartjes “{name}” bestel je met minstens {number} tegelijk. Kies er meer."""


class TooMany(Refusal):
    """Kaartjes “{name}” bestel je met hoogstens {number} tegelijk. Kies er minder."""


class TooManyTogether(Refusal):
    """Je kunt hoogstens {most} kaartjes tegelijk bestellen. Bestel anders twee keer."""


class TooFewOfVoucher(Refusal):
    """Kies er hoogstens {left}: voor meer kaartjes is de code {code} niet goed."""


class OfferChanged(Refusal):
    """Terwijl je invulde, veranderde er iets. {changes} Er is nog niets besteld. Vind je het goed
    zo? Bestel dan nog een keer."""


class ClaimedBefore(Refusal):
    """Op dit toestel bestelde je al een gratis kaartje “{name}” met dit e-mailadres. Is dat genoeg?
    Dan hoef je niets te doen. Wil je er echt nog een? Bestel dan nog een keer."""


@dataclass(frozen=True)
class TicketRequest:
    """One ticket in an order request: its type, its holder, and where it is mailed to."""

    type_slug: str
    holder_name: str  # '' means that it is named later
    holder_email: str = ""  # '' means to the buyer


@dataclass(frozen=True)
class TeamTerms:
    """On whose word the team orders for somebody, and why for nothing ('': at the price).

    The team may order what the shop refuses: types that are hidden or not on sale, any number of
    each, and as much as it likes without paying. No more than there are in the pools.
    """

    member_id: int | None
    free_reason: str = ""


@dataclass(frozen=True)
class OrderRequest:
    """What a buyer asks for in one go. The form made `form_key`; `code` is that of a voucher.

    Only the team orders without `email`; then nobody is written to.
    """

    form_key: str
    name: str
    email: str
    tickets: Sequence[TicketRequest]
    language: str = "nl"
    code: str = ""
    # Where buyers choose what they pay: how much per ticket, by the slugs of types.
    amounts: Mapping[str, int] = field(default_factory=dict)
    extras: Sequence[ExtraRequest] = ()
    extras_cents: int | None = None  # what the page counted for them; None compares nothing
    shown: offers.ShownOffer | None = None  # what the buyer agreed to; None compares nothing
    by_team: TeamTerms | None = None  # None: a visitor orders
    own_orders: Sequence[str] = ()  # the secrets of orders that this browser placed before
    is_knowingly_again: bool = False  # the buyer was asked about a first free ticket
    hold: str = ""  # the secret of the hold that keeps these tickets, see holds/


@transactional
def place_order(edition: Edition, request: OrderRequest, *, now: datetime) -> Order:
    """Order the tickets of `request`: all of them, or none. A free order is confirmed at once.

    The same request with the same `form_key` returns the order that it made the first time; another
    request with it is another order. Writes no letters. Refuses with NothingChosen,
    TooManyTogether, UnknownType, CompanionAlone, NotYetOnSale, SaleClosed, NotReady, TooFew,
    TooMany, OfferChanged, claiming's TypeSoldOut or TooFewLeft, own_prices' TooLittle or TooMuch,
    holding's AddressUnknown or TooManyHeld, taking's ExtraGone, SumChanged, ExtraSoldOut or
    TooFewExtras, or, about the voucher, as check_voucher or with VoucherUsedUp.
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
    sent = _digest(edition, request, besides)
    if request.extras and (first := queries.order_of_form(request.form_key, sent)):
        return first, False  # a second click: what it asks for may be gone by now
    voucher = voucher_of(edition, request.code)
    types = _types_asked_for(edition, request, voucher)
    wanted = [types[each.type_slug] for each in request.tickets]
    sold = prices.priced(wanted, voucher, request.amounts, now=now)
    if is_free := bool(request.by_team and request.by_team.free_reason):
        sold = [SoldTicket(each.type, 0, None) for each in sold]
    extras = taking.asked_for(edition, request.extras, is_free=is_free, now=now)
    total_cents = sum(each.price_cents + each.gift_cents for each in sold)
    total_cents += sum(each.price_cents for each in extras)
    # Comes first, so that a second click gets its order and not a refusal for sold-out tickets.
    order = _insert_order(edition, request, sent, total_cents, now=now)
    if order is None:
        first = queries.order_of_form(request.form_key, sent)
        assert first is not None
        return first, False
    if edition.called_off_at is not None:
        raise EditionCalledOff
    if request.shown is not None:
        # The team read its own language, whatever that of the letters is.
        with languages.speaking(languages.current() if request.by_team else request.language):
            on_sale = dict.fromkeys(each.extra for each in extras)
            offer = offers.offer_of(edition, sold, order.due_at, on_sale, now=now)
            check_offer(request.shown, offer)
    check_voucher(sold, voucher, now=now)
    own_prices.check(request.amounts, types.values())
    taking.check_sum(extras, request.extras_cents)
    if request.by_team is None:
        if not request.is_knowingly_again and request.own_orders:
            _check_first_claim(order, types, request.own_orders)
        companions.check_numbers(each.type for each in sold)
        holding.check_hold(order, len(request.tickets), hold=request.hold)
        for of, number in Counter(each.type for each in sold).items():
            check_type(edition, of, number, now=now)
    elif not is_free:
        check_ready(edition, types.values(), now=now)
    _insert_tickets(order, sold, request.tickets)
    sales.enter_sale(order, order.tickets, now=now)
    number = sum(each.voucher is not None for each in sold)
    has_blocked = bool(voucher and number and uses.claim(voucher.id, number, now=now))
    open_to_all = Counter(each.type for each in sold if not (has_blocked and each.voucher))
    # Before its hold, as in the rules of the line: two never wait for each other.
    waiting_rules.note_order(request.hold, now=now)
    claiming.claim_types(
        open_to_all,
        holds.end_holds([request.hold]),
        passes_line=request.by_team is not None,
        now=now,
    )
    taking.take(order, extras, now=now)
    return order, True


def check_voucher(sold: Sequence[SoldTicket], voucher: Voucher | None, *, now: datetime) -> None:
    """Refuse hidden types for which the voucher that opens them is not, or no longer, good.

    Refuses with prices' VoucherOff, VoucherSoon, VoucherExpired or VoucherGone, or with
    TooFewOfVoucher.
    """
    if voucher is None or all(each.voucher for each in sold if each.type.is_hidden):
        return
    if refusal := prices.why_not(voucher, now=now):
        raise refusal
    raise TooFewOfVoucher(code=voucher.code, left=sum(each.voucher is not None for each in sold))


def check_types(
    edition: Edition,
    sold: Sequence[SoldTicket],
    held: Mapping[int, int] | None = None,
    *,
    now: datetime,
) -> None:
    """Refuse what place_order would refuse now, of types and pools.

    Takes nothing from the pools; `held` is what a hold of the buyer keeps there, by pool id.
    Refuses with NothingChosen, TooManyTogether, CompanionAlone, NotYetOnSale, SaleClosed, TooFew,
    TooMany, or claiming's TypeSoldOut or TooFewLeft.
    """
    types = [each.type for each in sold]
    if edition.called_off_at is not None:
        raise EditionCalledOff
    if not types:
        raise NothingChosen
    if len(types) > MOST_TICKETS:
        raise TooManyTogether(most=MOST_TICKETS)
    companions.check_numbers(types)
    waited = waiting.pools_waited_for({of.pool_id for of in types}, now=now)
    left = {
        of.pool_id: (0 if of.pool_id in waited else of.pool.left) + (held or {}).get(of.pool_id, 0)
        for of in types
    }
    for each in sold:
        if each.voucher is not None and each.voucher.blocked:
            left[each.type.pool_id] += 1
    for of, number in Counter(types).items():
        check_type(edition, of, number, now=now)
        if left[of.pool_id] < number:
            raise claiming.sold_out(of, left[of.pool_id])
        left[of.pool_id] -= number  # the next type may draw from the same pool


def _types_asked_for(
    edition: Edition, request: OrderRequest, voucher: Voucher | None
) -> dict[str, TicketType]:
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
    # Whether the voucher still works is asked later: the same form again must find its order.
    is_open_to_all = request.by_team is not None
    if len(found) < len(slugs) or not all(
        is_open_to_all or is_open(of, voucher) for of in found.values()
    ):
        raise UnknownType
    return found


def is_open(of: TicketType, voucher: Voucher | None) -> bool:
    """Whether this type is for everybody, or opened by this voucher."""
    return not of.is_hidden or (voucher is not None and voucher.is_for(of))


def check_type(edition: Edition, of: TicketType, number: int, *, now: datetime) -> None:
    """Refuse if the shop sells no `number` tickets of this type now.

    Refuses with NotYetOnSale, SaleClosed, NotReady, TooFew or TooMany.
    """
    if now < of.sale_from:
        raise NotYetOnSale(name=of.name, begins=dates.moment(edition, of.sale_from))
    if now >= of.sale_until:
        raise SaleClosed(name=of.name)
    check_ready(edition, [of], now=now)
    if number < of.min_per_order:
        raise TooFew(name=of.name, number=of.min_per_order)
    if number > of.max_per_order:
        raise TooMany(name=of.name, number=of.max_per_order)


def check_ready(edition: Edition, types: Iterable[TicketType], *, now: datetime) -> None:
    """Refuse with NotReady types of which nobody said the VAT yet."""
    today = edition.local(now).date()
    for of in types:
        if not small_business.is_ready(of, today):
            raise NotReady(name=of.name)


def check_offer(shown: offers.ShownOffer, now: offers.ShownOffer) -> None:
    """Refuse with OfferChanged if what was shown is no longer what is sold, and say the changes."""
    changes = offers.changes(shown, now)
    if changes:
        raise OfferChanged(changes=" ".join(changes))


def _check_first_claim(
    order: Order, types: dict[str, TicketType], own_orders: Sequence[str]
) -> None:
    """Refuse with ClaimedBefore if an earlier live order holds a free ticket of the same type.

    Only orders that this browser placed itself: whoever merely types an address learns nothing.
    """
    free = {of.id for of in types.values() if not of.price_cents}
    first = queries.first_claim(order, free)
    if first is not None and first.order.secret in own_orders:
        raise ClaimedBefore(name=first.type.name, secret=first.order.secret)


def _digest(edition: Edition, request: OrderRequest, besides: Sequence[Any]) -> str:
    tickets = [(each.type_slug, each.holder_name, each.holder_email) for each in request.tickets]
    code = codes.tidy(request.code)
    with_code = [*besides, code] if code else list(besides)
    terms = [] if request.by_team is None else [request.by_team.free_reason]
    amounts = [sorted(request.amounts.items())] if request.amounts else []
    extras = [list(request.extras)] if request.extras else []
    besides = [*with_code, *terms, *amounts, *extras]
    return digest(edition.id, request.name, request.email, tickets, besides)


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
        "placed_by_id": request.by_team.member_id if request.by_team else None,
        "free_reason": text.line(request.by_team.free_reason) if request.by_team else "",
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
    order: Order, sold: Sequence[SoldTicket], requests: Sequence[TicketRequest]
) -> None:
    tickets = [
        Ticket(
            order_id=order.id,
            type=each.type,
            code=codes.readable(),
            secret=codes.secret(),
            pass_id=ticket_qr.new_id(),
            holder_name=text.line(request.holder_name) or nameless.stand_in(order, number),
            holder_email=other_than(order.email, request.holder_email),
            naming_secret=None if text.line(request.holder_name) else codes.secret(),
            price_cents=each.price_cents,
            gift_cents=each.gift_cents,
            voucher=each.voucher,
        )
        for number, (each, request) in enumerate(zip(sold, requests, strict=True), start=1)
    ]
    db.session.add_all(tickets)
    db.session.flush()
    companions.bind(tickets)  # after the flush, which would insert them in another order
    # What the database would return if we asked again.
    set_committed_value(order, "tickets", tickets)
    for ticket in tickets:
        set_committed_value(ticket, "order", order)

"""Selling at a gate: one sale per screen, paid at once; undoing it; and counting the till."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from festival import money, text
from festival.checkin import queries as scans
from festival.checkin import rules as checkin
from festival.checkin.models import Device, Gate, Scan
from festival.checkin.rules import ScanReading
from festival.db import insert_once, transactional
from festival.doorsales import queries
from festival.doorsales.models import (
    DoorSale,
    TillCount,
    one_count_per_form,
    one_door_sale_per_form,
)
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.payments import queries as payments
from festival.payments.rules import cancelling, recording, refunding
from festival.team import audit
from festival.tickets import queries as tickets
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.models import Order, TicketType
from festival.tickets.rules import ending, ordering
from festival.tickets.rules.ordering import OrderRequest, TeamTerms, TicketRequest

UNDO_WITHIN = timedelta(minutes=15)
METHODS = ("card_terminal", "cash")


class PracticeGate(Refusal):
    """Bij een oefeningang verkoop je niets. Kies een echte ingang."""


class NotSoldToday(Refusal):
    """Dit kaartje verkoop je vandaag niet. Dat kan op de dagen van het festival, en zolang de
    verkoop op de site open is."""


class NotAtTheDoor(Refusal):
    """Deze kaartsoort is niet aan de deur te koop. Kies een andere."""


class PriceIsOther(Refusal):
    """De prijs is net veranderd: een kaartje kost nu {price}. Er is nog niets verkocht. Zeg het de
    bezoeker, en kies dan opnieuw."""


class FreeReasonMissing(Refusal):
    """Schrijf op waarom het gratis is. Er is nog niets verkocht."""


class ScreenSoldAlready(Refusal):
    """Met dit scherm verkocht je al iets. Er is niets nieuws verkocht. Kijk bij je laatste verkopen
    wat er staat, en begin opnieuw."""


class CannotUndoSale(Refusal):
    """Deze verkoop draai je hier niet terug. Dat kan één keer, tot een kwartier erna, op het
    toestel dat verkocht. Vraag het anders de balie."""


class CountedAlready(Refusal):
    """Met dit scherm telde je al. Open de kassa opnieuw om nog een keer te tellen."""


@dataclass(frozen=True)
class DoorRequest:
    """What is sold on one screen: `number` tickets of one type, at the price that it showed.

    `extras_cents` is what the screen showed for the extras. `paid_by` is one of METHODS, or `free`,
    which has a reason if anything has a price.
    """

    form_key: str
    type_slug: str
    number: int
    name: str
    paid_by: str
    shown_cents: int  # of one ticket
    reason: str = ""
    language: str = "nl"
    extras: Sequence[ExtraRequest] = ()
    extras_cents: int = 0


@transactional
def sell(
    gate: Gate, device: Device, wanted: DoorRequest, *, member_id: int | None, now: datetime
) -> DoorSale:
    """Sell tickets at `gate`: all of them, paid and valid at once.

    The same screen sent again returns its first sale. On the days of the festival the sale on the
    web may be closed; the pools hold as always. Refuses with PracticeGate, NotAtTheDoor,
    NotSoldToday, PriceIsOther, FreeReasonMissing or ScreenSoldAlready, or as
    tickets.rules.place_order does for the team.
    """
    edition = gate.edition
    today = edition.day_of(now)
    if gate.is_practice:
        raise PracticeGate
    of = tickets.type_by_slug(edition, wanted.type_slug)
    if of is None or not of.is_sold_at_door:
        raise NotAtTheDoor
    if not is_sold_now(of, now=now):
        raise NotSoldToday
    request = _order_request(of, wanted, member_id)
    besides = [device.id, wanted.paid_by]
    order, is_new = ordering.place_once(edition, request, besides=besides, now=now)
    if not is_new:
        sold = queries.sale_of(order)
        assert sold is not None
        return sold
    if of.price_cents != wanted.shown_cents:
        raise PriceIsOther(price=money.shown(of.price_cents))
    sale = DoorSale(
        order_id=order.id,
        device_id=device.id,
        gate_id=gate.id,
        sold_on=today,
        form_key=wanted.form_key,
    )
    insert_once(sale, unique=one_door_sale_per_form, refusal=ScreenSoldAlready())
    if order.total_cents:
        recording.record_payment(
            order,
            order.total_cents,
            now,
            f"door {order.code}",
            method=wanted.paid_by,
            member_id=member_id,
            now=now,
        )
    audit.record(
        "sell_at_door",
        f"order {order.code}",
        now=now,
        gate=gate.slug,
        tickets=wanted.number,
        paid_by=wanted.paid_by,
    )
    return sale


@transactional
def admit(
    sale: DoorSale,
    gate: Gate,
    device: Device,
    nonce: str,
    *,
    member_id: int | None,
    now: datetime,
) -> list[Scan]:
    """Let everybody of a sale in at `gate`, each by a scan. The same `nonce` lets them in once."""
    return [
        checkin.scan(
            gate,
            device,
            ScanReading(ticket.code, "typed", f"{nonce}-{number}", now),
            member_id=member_id,
            now=now,
        )
        for number, ticket in enumerate(sale.order.tickets)
    ]


@transactional
def undo_sale(sale: DoorSale, device: Device, *, member_id: int | None, now: datetime) -> None:
    """Undo a sale on the device that made it: its tickets end, and the money goes back as it came.

    Refuses with CannotUndoSale once it was undone, later than UNDO_WITHIN, or on another device.
    """
    order = sale.order
    ending.lock_order(order)
    if sale.device_id != device.id or not is_undoable(order, now=now):
        raise CannotUndoSale
    for entry in scans.entries_of([ticket.id for ticket in order.tickets]):
        checkin.undo_scan(entry, now=now)
    cancelling.cancel_order(order, now=now)
    for refund in payments.refunds_of(order):
        if refund.state == "requested":  # from the till, at once
            refund.requested_by_id = member_id
            refunding.finish_refund(refund, done_at=now, now=now)


def is_sold_now(of: TicketType, *, now: datetime) -> bool:
    """Whether the door sells this type now: on a day of the festival, or as long as the web does.

    The crew may sell before the festival too, at a stall.
    """
    is_festival = of.edition.day_of(now) in of.edition.days
    return of.is_sold_at_door and (is_festival or of.sale_from <= now < of.sale_until)


def is_undoable(order: Order, *, now: datetime) -> bool:
    """Whether the sale of `order` still holds and is not too long ago."""
    return order.state == "confirmed" and order.placed_at > now - UNDO_WITHIN


@transactional
def count_till(
    edition: Edition,
    device: Device,
    day: date,
    form_key: str,
    *,
    cash_cents: int,
    card_cents: int,
    note: str = "",
    member_id: int | None,
    now: datetime,
) -> TillCount:
    """Keep what was counted of a device's day, beside what it had sold by then.

    Refuses with CountedAlready if this form counted before.
    """
    till = queries.till(edition, device, day)
    count = TillCount(
        edition_id=edition.id,
        device_id=device.id,
        held_on=day,
        cash_cents=cash_cents,
        card_cents=card_cents,
        sold_cash_cents=till.cash_cents,
        sold_card_cents=till.card_cents,
        note=text.line(note),
        counted_at=now,
        counted_by_id=member_id,
        form_key=form_key,
    )
    insert_once(count, unique=one_count_per_form, refusal=CountedAlready())
    audit.record("count_till", f"device {device.name}", now=now, day=day.isoformat())
    return count


def _order_request(of: TicketType, wanted: DoorRequest, member_id: int | None) -> OrderRequest:
    is_gift = wanted.paid_by == "free" and of.price_cents + wanted.extras_cents > 0
    if is_gift and not wanted.reason:
        raise FreeReasonMissing
    return OrderRequest(
        form_key=wanted.form_key,
        name=wanted.name,
        email="",
        language=wanted.language,
        tickets=[TicketRequest(of.slug, wanted.name)] * wanted.number,
        extras=wanted.extras,
        extras_cents=0 if is_gift else wanted.extras_cents,
        by_team=TeamTerms(member_id, wanted.reason if is_gift else ""),
    )

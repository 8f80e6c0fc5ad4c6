"""Checks that stored numbers agree with the rows they count. Nothing is changed.

Every function returns sentences, one for each thing that is wrong; an empty list if all is well.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from festival import search_index
from festival.bookings.models import Booking, Star
from festival.checkin.models import Scan
from festival.db import db
from festival.editions.models import Edition, EditionDay
from festival.invoices.models import Invoice, InvoiceCounter, InvoiceLine
from festival.payments.models import Payment, Refund
from festival.programme.models.sessions import Session, Slot
from festival.tickets import ledger
from festival.tickets.extras.models import Extra, OrderedExtra
from festival.tickets.holds.models import HeldPlaces
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order, Pool, SolidarityFund, Ticket, TicketType, Voucher
from festival.tickets.own_prices import GIFT_STANDS
from festival.tickets.swaps.models import TicketSwap


def pools() -> list[str]:
    """Pools whose `taken` is not their tickets and what vouchers, holds and swaps keep."""
    blocked = _number(
        select(func.coalesce(func.sum(Voucher.blocked), 0)).where(Voucher.pool_id == Pool.id)
    )
    kept = _number(
        select(func.coalesce(func.sum(HeldPlaces.number), 0)).where(HeldPlaces.pool_id == Pool.id)
    )
    swapped = _number(select(func.count(TicketSwap.id)).where(TicketSwap.pool_id == Pool.id))
    counted = _number(
        select(func.count(Ticket.id))
        .join(TicketType, Ticket.type_id == TicketType.id)
        .where(TicketType.pool_id == Pool.id, Ticket.released_at.is_(None))
    )
    query = select(Pool.slug, Pool.taken, counted, blocked, kept, swapped).where(
        Pool.taken != counted + blocked + kept + swapped
    )
    return [
        f"Pool {slug} says {taken} taken; {tickets} tickets are out."
        + (f" Vouchers block {held} places." if held else "")
        + (f" Buyers hold {held_now} while they order." if held_now else "")
        + (f" Swaps keep {swaps} until they are paid." if swaps else "")
        for slug, taken, tickets, held, held_now, swaps in db.session.execute(query)
    ]


def vouchers() -> list[str]:
    """Vouchers whose `used` is not the number of live tickets that use them."""
    counted = _number(
        select(func.count(Ticket.id)).where(
            Ticket.voucher_id == Voucher.id, Ticket.released_at.is_(None)
        )
    )
    query = select(Voucher.code, Voucher.used, counted).where(Voucher.used != counted)
    return [
        f"Voucher {code} says {used} used; {tickets} tickets use it."
        for code, used, tickets in db.session.execute(query.order_by(Voucher.id))
    ]


def days() -> list[str]:
    """Editions with other days than they say, and ticket types for other days than they have."""
    held = func.count(EditionDay.id)
    counted = (
        select(Edition, func.min(EditionDay.held_on), func.max(EditionDay.held_on), held)
        .outerjoin(Edition.day_rows)
        .group_by(Edition.id)
        .order_by(Edition.id)
    )
    wrong = [
        f"Edition {edition.slug} has {number} days, from {first} to {last}; it says"
        f" {edition.starts_on} to {edition.ends_on}."
        for edition, first, last, number in db.session.execute(counted)
        if (first, last, number) != (edition.starts_on, edition.ends_on, len(edition.days))
    ]
    elsewhere = (
        select(TicketType.slug, EditionDay.held_on)
        .join(TicketType.days)
        .where(EditionDay.edition_id != TicketType.edition_id)
        .order_by(TicketType.id)
    )
    without = select(TicketType.slug).where(~TicketType.days.any()).order_by(TicketType.id)
    return [
        *wrong,
        *(
            f"Ticket type {slug} is for {day}, which is a day of another edition."
            for slug, day in db.session.execute(elsewhere)
        ),
        *(
            f"Ticket type {slug} is for no day: its tickets admit nobody."
            for slug in db.session.scalars(without)
        ),
    ]


def slots() -> list[str]:
    """Slots whose `taken` is not the number of bookings that hold a place."""
    counted = _number(
        select(func.count(Booking.id)).where(
            Booking.slot_id == Slot.id, Booking.cancelled_at.is_(None)
        )
    )
    query = select(Slot.code, Slot.taken, counted).where(Slot.taken != counted)
    return [
        f"Slot {code} says {taken} taken; {bookings} bookings hold a place."
        for code, taken, bookings in db.session.execute(query)
    ]


def bookings() -> list[str]:
    """Places that are still held by tickets that were given back."""
    query = (
        select(Booking.id, Ticket.code)
        .join(Ticket, Booking.ticket_id == Ticket.id)
        .where(Booking.cancelled_at.is_(None), Ticket.released_at.is_not(None))
    )
    return [
        f"Ticket {code} was given back but still holds a place (booking {booking_id})."
        for booking_id, code in db.session.execute(query)
    ]


def stars() -> list[str]:
    """Stars of tickets that were given back or that are of another edition."""
    query = (
        select(Ticket.code, Slot.code)
        .join(Star, Star.ticket_id == Ticket.id)
        .join(Slot, Star.slot_id == Slot.id)
        .join(Session, Slot.session_id == Session.id)
        .join(Order, Ticket.order_id == Order.id)
        .where(
            Star.removed_at.is_(None),
            or_(Ticket.released_at.is_not(None), Session.edition_id != Order.edition_id),
        )
    )
    return [
        f"Ticket {code} keeps a star at slot {slot}, which it cannot have."
        for code, slot in db.session.execute(query)
    ]


def lost_places() -> list[str]:
    """Slots that are dropped or not public while people still hold places in them."""
    query = (
        select(Slot.code, func.count(Booking.id))
        .join(Booking, Booking.slot_id == Slot.id)
        .where(
            Booking.cancelled_at.is_(None),
            or_(Slot.state == "dropped", Slot.is_public.is_(False)),
        )
        .group_by(Slot.code)
        .order_by(Slot.code)
    )
    return [
        f"Slot {code} is off the programme; {number} people who booked it have not rebooked."
        for code, number in db.session.execute(query)
    ]


def funds() -> list[str]:
    """Solidarity funds whose `used` is not the number of live tickets that they paid for."""
    counted = _number(
        select(func.count(Ticket.id))
        .join(Voucher, Ticket.voucher_id == Voucher.id)
        .where(
            Voucher.edition_id == SolidarityFund.edition_id,
            Voucher.is_solidarity,
            Ticket.released_at.is_(None),
        )
    )
    query = (
        select(Edition.slug, SolidarityFund.used, counted)
        .join(Edition, SolidarityFund.edition_id == Edition.id)
        .where(SolidarityFund.used != counted)
    )
    return [
        f"The solidarity fund of {slug} says {used} used; it paid for {tickets} tickets."
        for slug, used, tickets in db.session.execute(query)
    ]


def extras() -> list[str]:
    """Extras whose `taken` is not the number of those that are ordered, or that were not charged.

    What was given back is charged to nobody.
    """
    counted = _number(
        select(func.count(OrderedExtra.id)).where(
            OrderedExtra.extra_id == Extra.id, OrderedExtra.released_at.is_(None)
        )
    )
    query = select(Extra.slug, Extra.taken, counted).where(Extra.taken != counted)
    found = [
        f"Extra {slug} says {taken} taken; {number} are ordered."
        for slug, taken, number in db.session.execute(query)
    ]
    wanted = case((OrderedExtra.released_at.is_(None), OrderedExtra.price_cents), else_=0)
    charged = func.coalesce(LedgerEntry.amount_cents, 0)
    wrong = (
        select(Order.code)
        .join(OrderedExtra, OrderedExtra.order_id == Order.id)
        .outerjoin(LedgerEntry, LedgerEntry.id == OrderedExtra.entry_id)
        .where(wanted != charged)
        .distinct()
    )
    return found + [
        f"The ledger of order {code} does not charge its extras."
        for code in db.session.scalars(wrong.order_by(Order.code))
    ]


def totals() -> list[str]:
    """Orders of which the ledger does not charge what their tickets cost."""
    price = case((Ticket.released_at.is_(None), Ticket.price_cents), else_=0)
    tickets = _number(
        select(func.coalesce(func.sum(price + Ticket.gift_cents), 0)).where(
            Ticket.order_id == Order.id, GIFT_STANDS
        )
    )
    charged = _number(
        select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0)).where(
            LedgerEntry.order_id == Order.id, LedgerEntry.ticket_id.is_not(None)
        )
    )
    query = select(Order.code, charged, tickets).where(charged != tickets).order_by(Order.id)
    return [
        f"The ledger of order {code} charges {cents} cents; its tickets cost {sum_of_tickets}."
        for code, cents, sum_of_tickets in db.session.execute(query)
    ]


def movements() -> list[str]:
    """Payments and refunds that the ledger does not have with the same amount."""
    return [
        f"The {kind} of {cents} cents for order {code} is not in its ledger."
        for kind, model, sign in (("payment", Payment, -1), ("refund", Refund, 1))
        for code, cents in db.session.execute(
            select(Order.code, model.amount_cents)
            .join(Order, model.order_id == Order.id)
            .join(LedgerEntry, model.entry_id == LedgerEntry.id)
            .where(
                or_(
                    LedgerEntry.kind != kind,
                    LedgerEntry.order_id != model.order_id,
                    LedgerEntry.amount_cents != sign * model.amount_cents,
                )
            )
            .order_by(model.id)
        )
    ]


def endings() -> list[str]:
    """Orders that ended but kept tickets, or that go on but lost all of their tickets."""
    ended = or_(Order.lapsed_at.is_not(None), Order.cancelled_at.is_not(None))
    live = _number(
        select(func.count(Ticket.id)).where(
            Ticket.order_id == Order.id, Ticket.released_at.is_(None)
        )
    )
    kept = select(Order.code, live).where(ended, live > 0)
    had_tickets = select(Ticket.id).where(Ticket.order_id == Order.id).exists()
    lost = select(Order.code).where(~ended, live == 0, had_tickets)
    return [
        *(
            f"Order {code} has ended but still has {tickets} live tickets."
            for code, tickets in db.session.execute(kept)
        ),
        *(
            f"Order {code} did not end but all of its tickets were given back."
            for code in db.session.scalars(lost)
        ),
    ]


def payments() -> list[str]:
    """Confirmed orders that are not paid in full, for a person to check."""
    cost, paid = _charged(), _paid()
    query = select(Order.code, cost, paid).where(
        Order.confirmed_at.is_not(None),
        Order.lapsed_at.is_(None),
        Order.cancelled_at.is_(None),
        paid < cost,
    )
    return [
        f"Order {code} is confirmed; of its {total} cents {received} came in."
        for code, total, received in db.session.execute(query)
    ]


def money_of_others() -> list[str]:
    """Money to pay back: of orders that ended, or more than the order costs."""
    cost, paid = _charged(), _paid()
    query = select(Order.code, cost, paid).where(paid > cost)
    return [
        f"Order {code} of {total} cents has had {received} cents that are to be paid back."
        for code, total, received in db.session.execute(query)
    ]


def invoices() -> list[str]:
    """Gaps in the numbers of invoices, and invoices whose lines do not add up to them."""
    gross = _number(
        select(func.coalesce(func.sum(InvoiceLine.amount_cents), 0)).where(
            InvoiceLine.invoice_id == Invoice.id
        )
    )
    vat = _number(
        select(func.coalesce(func.sum(InvoiceLine.vat_cents), 0)).where(
            InvoiceLine.invoice_id == Invoice.id
        )
    )
    wrong = select(Invoice.number).where(
        or_(gross != Invoice.total_cents, vat != Invoice.vat_cents)
    )
    made, highest = func.count(Invoice.id), func.coalesce(func.max(Invoice.sequence), 0)
    counted = (
        select(InvoiceCounter.series, InvoiceCounter.year, InvoiceCounter.last, made, highest)
        .outerjoin(
            Invoice,
            (Invoice.series == InvoiceCounter.series) & (Invoice.year == InvoiceCounter.year),
        )
        .group_by(InvoiceCounter.id)
        .order_by(InvoiceCounter.id)
    )
    return [
        *(
            f"The lines of invoice {number} do not add up to it."
            for number in db.session.scalars(wrong.order_by(Invoice.id))
        ),
        *(
            f"Of invoices {series}{year}, {last} numbers were drawn; there are {number}, up to"
            f" {sequence}."
            for series, year, last, number, sequence in db.session.execute(counted)
            if not last == number == sequence
        ),
    ]


def words() -> list[str]:
    """Orders and tickets that a search does not find by all that stands in them."""
    found = []
    for model, name in ((Order, "orders"), (Ticket, "tickets")):
        different, number = search_index.wrong(model)
        if different:
            found.append(
                f"{different} of {number} {name} are not found by all of their words:"
                " run `flask refill-words`."
            )
    return found


def entries() -> list[str]:
    """Tickets that were admitted more than once on one day."""
    query = (
        select(Ticket.code, Scan.admitted_on, func.count(Scan.id))
        .join(Ticket, Scan.ticket_id == Ticket.id)
        .where(Scan.outcome == "admitted", Scan.undone_at.is_(None), Scan.is_practice.is_(False))
        .group_by(Ticket.code, Scan.admitted_on)
        .having(func.count(Scan.id) > 1)
    )
    return [
        f"Ticket {code} was let in {times} times on {day}."
        for code, day, times in db.session.execute(query)
    ]


def _charged() -> ColumnElement[int]:
    return _number(ledger.sum_of(*ledger.CHARGES).where(LedgerEntry.order_id == Order.id))


def _paid() -> ColumnElement[int]:
    return -_number(ledger.sum_of(*ledger.MOVEMENTS).where(LedgerEntry.order_id == Order.id))


def _number(query: Select[Any]) -> ColumnElement[int]:
    # SQLAlchemy works out which tables the inner query takes from the outer one.
    return query.scalar_subquery()

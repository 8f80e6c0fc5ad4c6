"""Letters about orders and money: one function each."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from stdnum import iban, iso11649

from festival import money
from festival.bookings.models import Booking
from festival.editions import dates as edition_dates
from festival.mail import rules as mail
from festival.payments.queries import Balance
from festival.tickets import dates
from festival.tickets import letters as tickets
from festival.tickets.models import Order
from festival.web import languages


def tickets_ready(order: Order, places: Sequence[Booking], *, now: datetime) -> None:
    """Here are your tickets, with the places taken on them."""
    tickets.order_confirmed(order, places=_in_words(order, places), now=now)


def pay_by_transfer(
    order: Order, places: Sequence[Booking], balance: Balance, *, now: datetime
) -> None:
    """We keep your tickets; pay this, there, before then."""
    with languages.speaking(order.language):
        lines = tickets.ticket_lines(order, order.email, _in_words(order, places))
    transfer = _transfer(order, balance.due_cents)
    paid = _amount(order, balance.paid_cents)
    _send("pay_by_transfer", order, lines=lines, transfer=transfer, paid=paid, now=now)


def payment_reminder(order: Order, balance: Balance, *, now: datetime) -> None:
    """We did not see your money yet; there are a few days left."""
    transfer = _transfer(order, balance.due_cents)
    paid = _amount(order, balance.paid_cents)
    _send("payment_reminder", order, transfer=transfer, paid=paid, now=now)


def payment_received(
    order: Order, places: Sequence[Booking], *, came_back: bool, now: datetime
) -> None:
    """Your money came in: here are your tickets."""
    tickets.tickets_to_all(
        "payments/payment_received",
        order,
        places=_in_words(order, places),
        came_back=came_back,
        now=now,
    )


def order_lapsed(order: Order, *, now: datetime) -> None:
    """We saw no money, so the tickets are for others now."""
    _send("order_lapsed", order, now=now)


def paid_too_late(order: Order, *, now: datetime) -> None:
    """Your money came, but the tickets are gone: you get it back."""
    _send("paid_too_late", order, now=now)


def order_cancelled(order: Order, balance: Balance, *, holders_know: bool, now: datetime) -> None:
    """Your order is cancelled: to who ordered, and to other holders who had their tickets."""
    _send("order_cancelled", order, paid=_amount(order, balance.paid_cents), now=now)
    others = {ticket.email for ticket in order.tickets} - {order.email}
    for email in sorted(others) if holders_know else ():
        mail.queue(
            "payments/ticket_cancelled",
            to=email,
            language=order.language,
            now=now,
            edition=order.edition,
            order=order,
            names=[ticket.holder_name for ticket in order.tickets if ticket.email == email],
        )


def _send(name: str, order: Order, *, now: datetime, **values: Any) -> None:
    mail.queue(
        f"payments/{name}",
        to=order.email,
        language=order.language,
        now=now,
        edition=order.edition,
        order=order,
        order_url=tickets.order_url(order, order.language),
        **values,
    )


def _amount(order: Order, cents: int) -> str:
    """The amount in the order's language; '' for nothing."""
    return money.shown(cents, order.language) if cents > 0 else ""


def _transfer(order: Order, amount_cents: int) -> dict[str, str]:
    """What somebody needs to know to pay by transfer, in the order's language."""
    assert order.due_at is not None
    with languages.speaking(order.language):
        return {
            "amount": money.shown(amount_cents),
            "due_day": dates.local_day(order.edition, order.due_at),
            "iban": iban.format(order.edition.organiser_iban),
            "reference": iso11649.format(order.reference),
        }


def _in_words(order: Order, places: Sequence[Booking]) -> dict[int, list[str]]:
    """Per ticket id the places on it, each in a line, in the order's language."""
    lines: dict[int, list[str]] = defaultdict(list)
    with languages.speaking(order.language):
        for booking in sorted(places, key=lambda each: each.slot.starts_at):
            slot = booking.slot
            when = edition_dates.span(order.edition, slot.starts_at, slot.ends_at)
            lines[booking.ticket_id].append(f"{slot.session.title}, {when}")
    return dict(lines)

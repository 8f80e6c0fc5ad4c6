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
    """Send the tickets, with the places booked on them."""
    tickets.order_confirmed(order, places=_in_words(order, places), now=now)


def pay_by_transfer(
    order: Order, places: Sequence[Booking], balance: Balance, *, now: datetime
) -> None:
    """Ask the buyer to pay by bank transfer: how much, where to and before when."""
    with languages.speaking(order.language):
        lines = tickets.ticket_lines(order, order.email, _in_words(order, places))
    transfer = _transfer(order, balance.due_cents)
    paid = _amount(order, balance.paid_cents)
    _send("pay_by_transfer", order, lines=lines, transfer=transfer, paid=paid, now=now)


def payment_reminder(order: Order, balance: Balance, *, now: datetime) -> None:
    """Remind the buyer, who has a few days left to pay."""
    transfer = _transfer(order, balance.due_cents)
    paid = _amount(order, balance.paid_cents)
    _send("payment_reminder", order, transfer=transfer, paid=paid, now=now)


def payment_received(
    order: Order, places: Sequence[Booking], *, came_back: bool, now: datetime
) -> None:
    """Send the tickets now that the money came in. `came_back`: the order had lapsed."""
    tickets.tickets_to_all(
        "payments/payment_received",
        order,
        places=_in_words(order, places),
        came_back=came_back,
        now=now,
    )


def order_lapsed(order: Order, *, now: datetime) -> None:
    """Tell the buyer that the order lapsed because no money came in."""
    _send("order_lapsed", order, now=now)


def paid_too_late(order: Order, *, now: datetime) -> None:
    """Tell the buyer that the money came too late for the tickets and is paid back."""
    _send("paid_too_late", order, now=now)


def order_cancelled(order: Order, balance: Balance, *, holders_know: bool, now: datetime) -> None:
    """Tell the buyer that the order is cancelled, and the other holders if `holders_know` of it."""
    _send("order_cancelled", order, paid=_amount(order, balance.paid_cents), now=now)
    others = {ticket.email for ticket in order.tickets} - {order.email}
    for email in sorted(others) if holders_know else ():
        mail.queue(
            "payments/ticket_cancelled",
            to=email,
            language=order.language,
            now=now,
            about=(order,),
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
        about=(order,),
        edition=order.edition,
        order=order,
        order_url=tickets.order_url(order, order.language),
        **values,
    )


def _amount(order: Order, cents: int) -> str:
    """Returns the amount in the order's language; '' for 0 or less."""
    return money.shown(cents, order.language) if cents > 0 else ""


def _transfer(order: Order, amount_cents: int) -> dict[str, str]:
    """Returns what the buyer needs to pay by transfer, in the order's language."""
    assert order.due_at is not None
    with languages.speaking(order.language):
        return {
            "amount": money.shown(amount_cents),
            "due_day": dates.local_day(order.edition, order.due_at),
            "iban": iban.format(order.edition.organiser_iban),
            "reference": iso11649.format(order.reference),
        }


def _in_words(order: Order, places: Sequence[Booking]) -> dict[int, list[str]]:
    """Returns the places by ticket id, one line each, in the order's language."""
    lines: dict[int, list[str]] = defaultdict(list)
    with languages.speaking(order.language):
        for booking in sorted(places, key=lambda each: each.slot.starts_at):
            slot = booking.slot
            when = edition_dates.span(order.edition, slot.starts_at, slot.ends_at)
            lines[booking.ticket_id].append(f"{slot.session.title}, {when}")
    return dict(lines)

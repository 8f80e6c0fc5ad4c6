"""Letters about orders and money: one function each."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from stdnum import iban, iso11649

from festival import money
from festival.bookings.models import Booking, WaitingListEntry
from festival.editions import dates as edition_dates
from festival.invoices.models import Invoice
from festival.mail import rules as mail
from festival.mail.models import Attachment
from festival.payments import refund_ways
from festival.payments.models import Refund
from festival.payments.queries import Balance
from festival.payments.stripe import client
from festival.tickets import dates
from festival.tickets import letters as tickets
from festival.tickets.extras import queries as extra_queries
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.models import Order, Ticket
from festival.tickets.swaps.models import TicketSwap
from festival.web import languages


def tickets_ready(
    order: Order,
    places: Sequence[Booking],
    waits: Sequence[WaitingListEntry] = (),
    *,
    now: datetime,
) -> None:
    """Send the tickets, with the places booked on them and the waiting lists they are on."""
    tickets.order_confirmed(order, places=places_in_words(order, places, waits), now=now)


def pay_by_transfer(
    order: Order,
    places: Sequence[Booking],
    balance: Balance,
    *,
    waits: Sequence[WaitingListEntry] = (),
    now: datetime,
) -> None:
    """Ask the buyer to pay: how much, where to and before when, and online if that is possible."""
    with languages.speaking(order.language):
        lines = tickets.ticket_lines(order, order.email, places_in_words(order, places, waits))
    transfer = _transfer(order, balance.due_cents)
    paid = _amount(order, balance.paid_cents)
    _send(
        "pay_by_transfer",
        order,
        lines=lines,
        transfer=transfer,
        paid=paid,
        pays_online=client.takes(balance.due_cents),
        now=now,
    )


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
        places=places_in_words(order, places),
        came_back=came_back,
        now=now,
    )


def payment_under_way(order: Order, *, now: datetime) -> None:
    """Tell the buyer, who asked for the letter again, that the money is on its way to us."""
    _send("payment_under_way", order, now=now)


def order_lapsed(order: Order, *, now: datetime) -> None:
    """Tell the buyer that the order lapsed because no money came in."""
    _send("order_lapsed", order, now=now)


def paid_too_late(order: Order, *, now: datetime) -> None:
    """Tell the buyer that the money came too late for the tickets, and why, and is paid back."""
    called_off = order.edition.called_off_at is not None
    _send("paid_too_late", order, called_off=called_off, now=now)


def paid_after_cancelling(order: Order, *, now: datetime) -> None:
    """Tell the buyer that money came in for a cancelled order and goes back."""
    _send("paid_after_cancelling", order, now=now)


def payment_failed(order: Order, *, now: datetime) -> None:
    """Tell the buyer that a payment that was on its way failed, and how to pay after all."""
    _send("payment_failed", order, now=now)


def payment_stuck(order: Order, problem: str, *, language: str = "nl", now: datetime) -> None:
    """Tell the organiser that nobody knows whether an order was paid at Stripe."""
    _to_organiser("payment_stuck", order, language, problem=problem, now=now)


def payment_disputed(
    order: Order, amount_cents: int, *, language: str = "nl", now: datetime
) -> None:
    """Tell the organiser that the buyer's bank took a payment back."""
    amount = money.shown(amount_cents, language)
    _to_organiser("payment_disputed", order, language, amount=amount, now=now)


def tickets_cancelled(
    order: Order,
    tickets: Sequence[Ticket],
    refunds: Sequence[Refund],
    *,
    kept_cents: int,
    gift_cents: int,
    holders_know: bool,
    now: datetime,
) -> None:
    """Tell the buyer what was cancelled and what that does to their money.

    The other holders of these tickets hear it too, if `holders_know` that they had one.
    """
    by_hand = [each for each in refunds if refund_ways.is_by_hand(each)]
    _send(
        "order_cancelled" if order.state == "cancelled" else "tickets_cancelled",
        order,
        names=[ticket.holder_name for ticket in tickets],
        back=_amount(order, sum(each.amount_cents for each in refunds)),
        kept=_amount(order, kept_cents),
        gift=_amount(order, gift_cents),
        asks_account=bool(by_hand),
        now=now,
    )
    for email, names in _others(order, tickets) if holders_know else ():
        ticket_cancelled(order, email, names, now=now)


def ticket_cancelled(order: Order, email: str, names: Sequence[str], *, now: datetime) -> None:
    """Tell the holder of tickets in a cancelled order, with these `names`, that they are void."""
    _to_holder("ticket_cancelled", order, email, names, now=now)


def called_off(
    order: Order,
    tickets: Sequence[Ticket],
    refunds: Sequence[Refund],
    *,
    holders_know: bool,
    now: datetime,
    **_sums: int,
) -> None:
    """Tell the buyer that the edition does not go on, why, and what comes back; and the holders."""
    reason = order.edition.called_off_reason.text(order.language)
    _send(
        "called_off",
        order,
        reason=reason,
        was_to_pay=not holders_know,
        back=_amount(order, sum(each.amount_cents for each in refunds)),
        asks_account=any(refund_ways.is_by_hand(each) for each in refunds),
        now=now,
    )
    for email, names in _others(order, tickets) if holders_know else ():
        called_off_holder(order, email, names, now=now)


def called_off_holder(order: Order, email: str, names: Sequence[str], *, now: datetime) -> None:
    """Tell the holder of tickets with these `names` that the edition does not go on, and why."""
    reason = order.edition.called_off_reason.text(order.language)
    _to_holder("called_off_holder", order, email, names, reason=reason, now=now)


def money_back(order: Order, refunds: Sequence[Refund], *, now: datetime) -> None:
    """Tell the buyer that money goes back to them, and ask for an account where one is needed."""
    _send(
        "money_back",
        order,
        back=_amount(order, sum(each.amount_cents for each in refunds)),
        asks_account=any(refund_ways.is_by_hand(each) for each in refunds),
        now=now,
    )


def invoice_made(order: Order, invoice: Invoice, *, now: datetime) -> None:
    """Send an invoice or a credit note, on paper and for bookkeeping programs."""
    kinds = ("invoice_pdf", "invoice_ubl")
    _send(
        "invoice_made",
        order,
        invoice=invoice,
        attachments=[Attachment(kind, invoice.number) for kind in kinds],
        amount=money.shown(abs(invoice.total_cents), order.language),
        now=now,
    )


def swap_requested(swap: TicketSwap, due_cents: int, *, now: datetime) -> None:
    """Ask the buyer to pay what the new ticket costs more; until then the old one is good."""
    order = swap.order
    _send(
        "swap_requested",
        order,
        **_names(swap),
        transfer=_transfer(order, due_cents, due_at=swap.due_at),
        pays_online=client.takes(due_cents),
        now=now,
    )


def swap_reminder(swap: TicketSwap, due_cents: int, *, now: datetime) -> None:
    """Remind the buyer, who has a few days left to pay for the swap."""
    order = swap.order
    _send(
        "swap_reminder",
        order,
        **_names(swap),
        transfer=_transfer(order, due_cents, due_at=swap.due_at),
        paid=_amount(order, swap.more_cents - due_cents),
        pays_online=client.takes(due_cents),
        now=now,
    )


def swap_done(
    swap: TicketSwap,
    refunds: Sequence[Refund],
    places: Sequence[Booking],
    lost: Sequence[Booking],
    extras: Sequence[OrderedExtra] = (),
    *,
    now: datetime,
) -> None:
    """Send the new ticket to its holder, and to the buyer with what it did to their money."""
    order, ticket = swap.order, swap.ticket
    words = places_in_words(order, places)
    gone = places_in_words(order, lost).get(ticket.id, [])
    with languages.speaking(order.language):
        back_too = extra_queries.in_words(extras)
    if order.email:
        with languages.speaking(order.language):
            lines = tickets.ticket_lines(order, order.email, words)
        _send(
            "swap_done",
            order,
            **_names(swap),
            lines=lines,
            lost=gone if ticket.email == order.email else [],
            extras=back_too,
            back=_amount(order, sum(each.amount_cents for each in refunds)),
            kept=_amount(order, swap.fee_cents),
            asks_account=any(refund_ways.is_by_hand(each) for each in refunds),
            attachments=tickets.attached(order, order.email),
            now=now,
        )
    if ticket.email and ticket.email != order.email:
        with languages.speaking(order.language):
            lines = tickets.ticket_lines(order, ticket.email, words)
        _to_holder(
            "swap_done_holder",
            order,
            ticket.email,
            [ticket.holder_name],
            **_names(swap),
            lines=[line for line in lines if line.url],
            lost=gone,
            extras=back_too,
            attachments=tickets.attached(order, ticket.email),
            now=now,
        )


def swap_ended(
    swap: TicketSwap,
    refunds: Sequence[Refund],
    *,
    outcome: str,
    is_late: bool = False,
    is_spent: bool = False,
    now: datetime,
) -> None:
    """Tell the buyer that the swap lapsed or was called off, and what goes back of what they paid.

    `outcome` is which of both. `is_late`: the money came when it was off already; `is_spent`: when
    the ticket had been used.
    """
    order = swap.order
    _send(
        "swap_ended",
        order,
        **_names(swap),
        outcome=outcome,
        is_late=is_late,
        is_good=swap.ticket.released_at is None,
        is_spent=is_spent,
        back=_amount(order, sum(each.amount_cents for each in refunds)),
        asks_account=any(refund_ways.is_by_hand(each) for each in refunds),
        now=now,
    )


def _names(swap: TicketSwap) -> dict[str, str]:
    """Returns whose ticket it is and the names of both types, in the order's language."""
    language = swap.order.language
    return {
        "holder": swap.ticket.holder_name,
        "old": swap.from_type.name.text(language),
        "new": swap.to_type.name.text(language),
    }


def _others(order: Order, tickets: Sequence[Ticket]) -> list[tuple[str, list[str]]]:
    """Returns the addresses of holders besides the buyer, each with the names on its tickets."""
    addresses = {ticket.email for ticket in tickets} - {order.email, ""}
    return [
        (email, [ticket.holder_name for ticket in tickets if ticket.email == email])
        for email in sorted(addresses)
    ]


def _to_holder(
    name: str, order: Order, email: str, names: Sequence[str], *, now: datetime, **values: Any
) -> None:
    mail.queue(
        f"payments/{name}",
        to=email,
        language=order.language,
        now=now,
        about=(order,),
        edition=order.edition,
        order=order,
        names=names,
        **values,
    )


def _send(name: str, order: Order, *, now: datetime, **values: Any) -> None:
    if not order.email:  # ordered by hand, or at the door
        return
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


def _to_organiser(name: str, order: Order, language: str, *, now: datetime, **values: Any) -> None:
    """Sends nothing if the organiser has no address."""
    if order.edition.organiser_email:
        mail.queue(
            f"payments/{name}",
            to=order.edition.organiser_email,
            language=language,
            now=now,
            about=(order,),
            edition=order.edition,
            order=order,
            **values,
        )


def _amount(order: Order, cents: int) -> str:
    """Returns the amount in the order's language; '' for 0 or less."""
    return money.shown(cents, order.language) if cents > 0 else ""


def _transfer(order: Order, amount_cents: int, *, due_at: datetime | None = None) -> dict[str, str]:
    """Returns what the buyer needs to pay by transfer, in the order's language."""
    due_at = due_at or order.due_at
    assert due_at is not None
    with languages.speaking(order.language):
        return {
            "amount": money.shown(amount_cents),
            "due_day": dates.local_day(order.edition, due_at),
            "iban": iban.format(order.edition.organiser_iban),
            "reference": iso11649.format(order.reference),
        }


def places_in_words(
    order: Order, places: Sequence[Booking], waits: Sequence[WaitingListEntry] = ()
) -> dict[int, list[str]]:
    """Returns the places and waiting lists by ticket id, a line each, in the order's language."""
    lines: dict[int, list[str]] = defaultdict(list)
    with languages.speaking(order.language):
        for booking in sorted(places, key=lambda each: each.slot.starts_at):
            slot = booking.slot
            when = edition_dates.span(order.edition, slot.starts_at, slot.ends_at)
            lines[booking.ticket_id].append(f"{slot.session.title}, {when}")
        for entry in sorted(waits, key=lambda each: each.slot.starts_at):
            when = edition_dates.span(order.edition, entry.slot.starts_at, entry.slot.ends_at)
            place = f"{entry.slot.session.title}, {when}"
            lines[entry.ticket_id].append(_("wachtlijst voor %(place)s", place=place))
    return dict(lines)

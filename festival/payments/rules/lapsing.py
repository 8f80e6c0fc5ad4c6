"""Reminding buyers, letting orders lapse that nobody paid, and sending letters again."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update

from festival import jobs
from festival.bookings.rules import places as place_rules
from festival.db import change_one, db, transactional
from festival.errors import Refusal
from festival.payments import due, letters, queries
from festival.payments.rules import invoicing
from festival.payments.rules.cancelling import AlreadyEnded
from festival.team import audit
from festival.tickets.models import Order
from festival.tickets.rules import ending
from festival.tickets.swaps.models import TicketSwap


class NobodyToWriteTo(Refusal):
    """Van deze bestelling weten we geen e-mailadres. Print de kaartjes, of lees de code voor."""


@transactional
def lapse_order(order: Order, *, now: datetime) -> bool:
    """Let an order that was not paid in time lapse. Returns True if this call did it.

    Its tickets and places become free. Guarded: an order that was confirmed, cancelled or lapsed
    meanwhile stays as it is, and so does one of which a part is paid: the team decides about it.
    One that somebody may be paying online at this moment stays too, until Stripe was asked.
    """
    ending.lock_order(order)
    if queries.balance(order).paid_cents > 0 or queries.is_being_paid(order):
        return False
    if not ending.end_order(order, lapsed=True, now=now):
        return False
    place_rules.release_places(order.tickets, now=now)
    invoicing.settle_invoices(order, now=now)
    letters.order_lapsed(order, now=now)
    return True


def remind_unpaid(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Remind, once, every buyer with a few days left to pay an order, or the swap of a ticket."""
    unpaid = queries.orders_to_remind(now=read_clock())
    tally = jobs.for_each(
        "order", unpaid, lambda id: remind_order(db.session.get_one(Order, id), now=read_clock())
    )
    return jobs.for_each(
        "swap",
        due.swaps_to_remind(now=read_clock()),
        lambda id: remind_swap(db.session.get_one(TicketSwap, id), now=read_clock()),
        tally=tally,
    )


@transactional
def remind_order(order: Order, *, now: datetime) -> bool:
    """Send the only reminder for a pending order. Returns True if this call sent it."""
    if not change_one(
        update(Order)
        .where(
            Order.id == order.id,
            Order.reminded_at.is_(None),
            Order.confirmed_at.is_(None),
            Order.lapsed_at.is_(None),
            Order.cancelled_at.is_(None),
            ~queries.MONEY_UNDER_WAY,
        )
        .values(reminded_at=now)
    ):
        return False
    letters.payment_reminder(order, queries.balance(order), now=now)
    return True


@transactional
def remind_swap(swap: TicketSwap, *, now: datetime) -> bool:
    """Send the only reminder for a swap that waits. Returns True if this call sent it."""
    if not change_one(
        update(TicketSwap)
        .where(
            TicketSwap.id == swap.id,
            TicketSwap.reminded_at.is_(None),
            TicketSwap.ended_at.is_(None),
            ~TicketSwap.order.has(queries.MONEY_UNDER_WAY),
        )
        .values(reminded_at=now)
    ):
        return False
    letters.swap_reminder(swap, due.still_due(swap), now=now)
    return True


@transactional
def send_letters_again(order: Order, *, now: datetime) -> None:
    """Send the letters that fit the order's state once more: its tickets, and what is to be paid.

    Nobody is asked to pay while their money is on its way. Refuses with NobodyToWriteTo, or with
    AlreadyEnded, also if the edition was called off.
    """
    if not any(ticket.email for ticket in order.tickets):
        raise NobodyToWriteTo
    if order.state not in {"pending", "confirmed"} or order.edition.called_off_at is not None:
        raise AlreadyEnded
    if order.state == "confirmed":
        letters.tickets_ready(order, queries.places_of(order), now=now)
    if to_pay := due.due_now(order):
        if queries.is_under_way(order):
            letters.payment_under_way(order, now=now)
        elif to_pay.swap:
            letters.swap_requested(to_pay.swap, to_pay.cents, now=now)
        else:
            balance = queries.balance(order)
            letters.pay_by_transfer(order, queries.places_of(order), balance, now=now)
    audit.record("send_letters_again", f"order {order.code}", now=now)

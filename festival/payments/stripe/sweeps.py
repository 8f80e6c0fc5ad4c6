"""What the worker does about payments at Stripe: it looks at events and at what nobody told us."""

from collections.abc import Callable
from datetime import datetime, timedelta

from festival import clock, jobs
from festival.db import db
from festival.payments import due, refund_ways
from festival.payments import queries as payments
from festival.payments.models import Refund
from festival.payments.rules import lapsing, swapping
from festival.payments.stripe import client, paying, queries, rules
from festival.payments.stripe.client import Checkout, StripeRefused, Unclear
from festival.payments.stripe.models import PaymentAttempt, StripeEvent
from festival.tickets.models import Order
from festival.tickets.swaps.models import TicketSwap

# Stripe may be away for a while before the team hears about it.
_DARK = timedelta(hours=1)


def handle_event(event_id: int) -> None:
    """Look at what an event is about. Raises Unclear; the sweep tries again."""
    event = db.session.get(StripeEvent, event_id)
    if event is not None and event.handled_at is None:
        _handle(event, clock.now)


def send_refund(refund_id: int) -> None:
    """Send a refund to Stripe. Raises Unclear; the sweep tries again."""
    _send(db.session.get_one(Refund, refund_id), clock.now)


def queue_refund(refund: Refund, _now: datetime) -> None:
    """Queue the job that sends a refund to Stripe, as part of the rule that asks for it."""
    jobs.after_commit("send_stripe_refund", refund)


def lapse_overdue(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Let every order lapse that is overdue by more than GRACE, unless Stripe has its money."""
    overdue = payments.overdue_orders(now=read_clock())
    return jobs.for_each("order", overdue, lambda id: _lapse(id, read_clock))


def ask_stripe(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Ask about everything that no webhook told us: attempts, events, refunds and disputes."""
    now = read_clock()
    tally = jobs.for_each(
        "stripe event",
        queries.events_to_handle(now=now),
        lambda id: _handle(db.session.get_one(StripeEvent, id), read_clock),
    )
    jobs.for_each(
        "payment attempt",
        queries.attempts_to_ask(now=now),
        lambda id: _ask(db.session.get_one(PaymentAttempt, id), read_clock),
        tally=tally,
    )
    jobs.for_each(
        "paid attempt",
        queries.paid_attempts_to_ask(now=now),
        lambda id: _ask_about_paid(db.session.get_one(PaymentAttempt, id), read_clock),
        tally=tally,
    )
    return jobs.for_each(
        "refund",
        queries.refunds_to_send(now=now),
        lambda id: _send(db.session.get_one(Refund, id), read_clock),
        tally=tally,
    )


def _lapse(order_id: int, read_clock: Callable[[], datetime]) -> bool:
    order = db.session.get_one(Order, order_id)
    paying.close_all(order, read_clock)
    return lapsing.lapse_order(order, now=read_clock())


def lapse_swaps(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """End every swap that was not paid in time, unless Stripe has its money."""
    return jobs.for_each(
        "swap", due.swaps_to_lapse(now=read_clock()), lambda id: _lapse_swap(id, read_clock)
    )


def _lapse_swap(swap_id: int, read_clock: Callable[[], datetime]) -> bool:
    swap = db.session.get_one(TicketSwap, swap_id)
    paying.close_all(swap.order, read_clock)
    return swapping.lapse_swap(swap, now=read_clock())


def _handle(event: StripeEvent, read_clock: Callable[[], datetime]) -> bool:
    if attempt := _attempt_of(event):
        paying.ask(attempt, read_clock)
    elif checkout := _unknown(event):
        rules.settle_unknown(checkout, now=read_clock())
    rules.close_event(event, now=read_clock())
    return True


def _attempt_of(event: StripeEvent) -> PaymentAttempt | None:
    """Returns the attempt that has the session or the payment of an event; None if none has."""
    if event.session_id:
        return queries.attempt_of_session(event.session_id)
    return queries.attempt_of_intent(event.intent_id) if event.intent_id else None


def _unknown(event: StripeEvent) -> Checkout | None:
    """Returns what Stripe says of a session that no attempt has; None if it is no session of ours.

    Its answer may have been lost, or be on its way still.
    """
    try:
        session_id = event.session_id
        if not session_id and event.intent_id:
            session_id = client.session_of_payment(event.intent_id)
        return client.fetch_checkout(session_id) if session_id else None
    except StripeRefused:
        return None


def _ask(attempt: PaymentAttempt, read_clock: Callable[[], datetime]) -> bool:
    """Ask about one attempt; end it if its order needs no more money."""
    try:
        if due.due_now(attempt.order):
            paying.ask(attempt, read_clock)
        else:
            paying.close(attempt, read_clock)
    except StripeRefused as fault:
        return rules.mark_stuck(attempt, str(fault), now=read_clock())
    except Unclear as fault:
        if read_clock() - (attempt.asked_at or attempt.begun_at) < _DARK:
            return False
        return rules.mark_stuck(attempt, str(fault), now=read_clock())
    return True


def _ask_about_paid(attempt: PaymentAttempt, read_clock: Callable[[], datetime]) -> bool:
    """Look once a day whether money of a paid attempt went back. It is never stuck: it was paid."""
    try:
        paying.ask(attempt, read_clock)
    except (StripeRefused, Unclear):
        rules.note_asked(attempt, now=read_clock())
        return False
    return True


def _send(refund: Refund, read_clock: Callable[[], datetime]) -> bool:
    """Send a refund that was asked for, or look how one goes on. Returns whether it went."""
    attempt = queries.attempt_of_payment(refund.payment_id)
    if attempt is None or attempt.intent_id is None or refund.state not in {"requested", "sent"}:
        return False
    # Looked at first: Stripe forgets a key after a day, and may have the refund already.
    checkout = paying.ask(attempt, read_clock)
    key = str(refund.id)
    if checkout is None or any(each.ours == key for each in checkout.refunds):
        return True
    if not refund_ways.is_owed(refund):  # somebody gave it back at Stripe, or the bank took it
        rules.refuse_refund(refund, now=read_clock())
        return True
    try:
        client.create_refund(key, attempt.intent_id, refund.amount_cents)
    except StripeRefused:
        rules.refuse_refund(refund, now=read_clock())
        return True
    paying.ask(attempt, read_clock)
    return True

"""What happens to an attempt to pay, once Stripe answered. No rule here calls Stripe.

`settle_attempt` is the one way in for all news: webhook, return page and poller call it with what
they fetched. It may be called twice, late and with old news: an attempt only goes forward.
"""

from datetime import datetime, timedelta

from sqlalchemy import case, update

from festival import jobs, money, text
from festival.db import (
    change_one,
    db,
    insert_once,
    insert_unless_there,
    transactional,
)
from festival.errors import Refusal
from festival.payments import due, letters
from festival.payments import queries as payments
from festival.payments.models import Payment, Refund, one_refund_per_form
from festival.payments.rules import recording, settling
from festival.payments.stripe import queries
from festival.payments.stripe.client import LEAST_CENTS, Checkout, Dispute, Knock, MoneyBack
from festival.payments.stripe.models import (
    LIVE,
    PaymentAttempt,
    StripeEvent,
    one_live_attempt,
    one_row_per_event,
)
from festival.team import audit
from festival.tickets import changes, ledger
from festival.tickets import queries as tickets
from festival.tickets.models import Order
from festival.tickets.rules import ending

# Stripe wants half an hour at least; a minute more is for the clocks.
SESSION_LASTS = timedelta(hours=1)
SHORTEST_SESSION = timedelta(minutes=31)
# Nearer to the festival than this, methods whose money comes days later are left out.
SLOW_UNTIL = timedelta(days=21)

_FORWARD = ("begun", "open", "processing", "failed", "expired", "paid")
_REFUND_STATES = {"succeeded": "done", "failed": "failed", "canceled": "failed"}


class NothingToPay(Refusal):
    """Voor deze bestelling hoef je niets meer te betalen."""


class OrderEnded(Refusal):
    """Deze bestelling is vervallen of geannuleerd. Bestel opnieuw als je nog wilt komen."""


class SwapEnded(Refusal):
    """Het is te laat om deze wissel nog te betalen. Je oude kaartje blijft gelden."""


class CalledOff(Refusal):
    """Deze editie gaat niet door. Je hoeft niets te betalen."""


class TooLittleOnline(Refusal):
    """Minder dan {least} kun je niet online betalen. Maak het bedrag over."""


class MoneyOnItsWay(Refusal):
    """Je betaling is nog onderweg. Betaal niet nog een keer: we mailen je zodra het geld er is."""


class AnotherPageOpen(Refusal):
    """Je hebt de betaalpagina net al geopend. Probeer het zo nog een keer."""


class WhyGiveUp(Refusal):
    """Schrijf op waarom je deze poging opgeeft."""


class NotStuck(Refusal):
    """Deze poging zit niet (meer) vast. Kijk wat er nu bij staat."""


class RefundAskedBefore(Refusal):
    """Deze terugbetaling is al gevraagd. Open de bestelling opnieuw om te zien hoe het staat."""


@transactional
def begin_attempt(order: Order, *, now: datetime) -> PaymentAttempt:
    """Returns the attempt by which to pay what is due: the live one, or a new one.

    Refuses with NothingToPay, OrderEnded, SwapEnded, CalledOff, MoneyOnItsWay or TooLittleOnline.
    """
    ending.lock_order(order)
    if order.state not in {"pending", "confirmed"}:
        raise OrderEnded
    to_pay = due.due_now(order)
    if to_pay is None:
        raise NothingToPay
    if to_pay.lapses_at <= now:
        raise SwapEnded if to_pay.swap else OrderEnded
    if order.edition.called_off_at is not None:
        raise CalledOff
    if live := queries.live_attempt(order):
        if live.state == "processing":
            raise MoneyOnItsWay
        return live
    if to_pay.cents < LEAST_CENTS:
        raise TooLittleOnline(least=money.shown(LEAST_CENTS))
    lasts = min(SESSION_LASTS, max(SHORTEST_SESSION, to_pay.lapses_at - now))
    attempt = PaymentAttempt(
        order_id=order.id,
        number=queries.last_number(order) + 1,
        amount_cents=to_pay.cents,
        language=order.language,
        excludes_slow=order.edition.local(now).date() > order.edition.starts_on - SLOW_UNTIL,
        begun_at=now,
        expires_at=now + lasts,
    )
    insert_once(attempt, unique=one_live_attempt, refusal=AnotherPageOpen())
    return attempt


@transactional
def settle_attempt(attempt: PaymentAttempt, checkout: Checkout, *, now: datetime) -> None:
    """Write down what Stripe says about `attempt` now, and do what follows from it, once.

    Money is recorded, and confirms the order; money for an order that ended goes back with an
    apology, unless there are tickets to bring it back. Refunds and disputes made at Stripe come
    into the ledger too. Old news changes nothing.
    """
    order = attempt.order
    ending.lock_order(order)
    db.session.refresh(attempt)
    before = attempt.state
    if _FORWARD.index(checkout.state) >= _FORWARD.index(before):
        attempt.state = checkout.state
        attempt.url = checkout.url
    attempt.session_id = checkout.id
    attempt.intent_id = checkout.intent_id or attempt.intent_id
    attempt.method = checkout.method or attempt.method
    attempt.asked_at = now
    attempt.stuck_at, attempt.problem = None, ""
    db.session.flush()
    if checkout.state == "paid" and before != "paid":
        _receive(order, attempt, checkout, now=now)
    if attempt.state == "failed" and before != "failed" and due.due_now(order):
        letters.payment_failed(order, now=now)
    for each in checkout.refunds:
        _settle_refund(order, attempt, each, now=now)
    for dispute in checkout.disputes:
        _settle_dispute(order, attempt, dispute, now=now)


@transactional
def settle_unknown(checkout: Checkout, *, now: datetime) -> bool:
    """Settle a session that no attempt has, if it is for an order of ours. Returns whether it is.

    The answer in which Stripe named it was lost; or a backup has forgotten the attempt, and then
    one is written down that has the money.
    """
    order = tickets.order_by_code(checkout.order_code)
    if order is None:
        return False
    order = changes.merged_into(order) or order
    ending.lock_order(order)
    attempt = queries.attempt_of_session(checkout.id)  # it may have come in just now
    attempt = attempt or queries.attempt_by_names(order.code, checkout.attempt)
    if attempt is None or attempt.session_id not in {None, checkout.id}:
        if checkout.state != "paid":
            return False
        attempt = PaymentAttempt(
            order_id=order.id,
            number=queries.last_number(order) + 1,
            state="expired",
            amount_cents=checkout.amount_cents,
            language=order.language,
            excludes_slow=False,
            begun_at=now,
            expires_at=now,
            session_id=checkout.id,
        )
        db.session.add(attempt)
        db.session.flush()
    settle_attempt(attempt, checkout, now=now)
    return True


@transactional
def drop_attempt(attempt: PaymentAttempt) -> bool:
    """End an attempt that never got a session, so that nobody can have paid. True if it did."""
    return change_one(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt.id, PaymentAttempt.state == "begun")
        .values(state="expired", stuck_at=None, problem="")
    )


@transactional
def mark_stuck(attempt: PaymentAttempt, problem: str, *, now: datetime) -> bool:
    """Show the team an attempt of which nobody knows whether it was paid; one letter says so.

    Returns True if this call did it. The next answer of Stripe's clears it.
    """
    marked = change_one(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt.id, PaymentAttempt.stuck_at.is_(None))
        .values(stuck_at=now, problem=text.line(problem)[:300])
    )
    if marked:
        letters.payment_stuck(attempt.order, problem, now=now)
    return marked


@transactional
def give_up_attempt(attempt: PaymentAttempt, reason: str, *, now: datetime) -> None:
    """End a stuck attempt, because Stripe does not know it; its order goes on by its own terms.

    If Stripe knows of money after all, settle_attempt records it as always. Refuses with WhyGiveUp
    or NotStuck.
    """
    reason = text.line(reason)
    if not reason:
        raise WhyGiveUp
    ending.lock_order(attempt.order)
    state = case((PaymentAttempt.state.in_(LIVE), "expired"), else_=PaymentAttempt.state)
    if not change_one(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt.id, PaymentAttempt.stuck_at.is_not(None))
        .values(state=state, stuck_at=None, problem=reason[:300])
    ):
        raise NotStuck
    db.session.expire(attempt)
    subject = f"order {attempt.order.code}"
    audit.record("give_up_attempt", subject, now=now, number=attempt.number, reason=reason)


@transactional
def note_asked(attempt: PaymentAttempt, *, now: datetime) -> None:
    """Note that Stripe was asked about an attempt and had no news that we understand."""
    change_one(update(PaymentAttempt).where(PaymentAttempt.id == attempt.id).values(asked_at=now))


@transactional
def receive_event(knock: Knock, *, now: datetime) -> bool:
    """Keep an event of Stripe's and let the worker look at it. False if it came before."""
    values = {
        "event_id": knock.event_id,
        "kind": knock.kind,
        "session_id": knock.session_id,
        "intent_id": knock.intent_id,
        "received_at": now,
    }
    row = insert_unless_there(StripeEvent, values, unique=one_row_per_event)
    if row is None:
        return False
    jobs.after_commit("handle_stripe_event", row)
    return True


@transactional
def close_event(event: StripeEvent, *, now: datetime) -> None:
    """Note that what an event was about has been looked at."""
    change_one(update(StripeEvent).where(StripeEvent.id == event.id).values(handled_at=now))


@transactional
def refuse_refund(refund: Refund, *, now: datetime) -> None:
    """Note that Stripe did not take a refund; the team pays it back another way."""
    ending.lock_order(refund.order)
    db.session.refresh(refund)
    _move_refund(refund.order, refund, "failed", now=now)


def _receive(order: Order, attempt: PaymentAttempt, checkout: Checkout, *, now: datetime) -> None:
    payment = recording.record_payment(
        order,
        checkout.amount_cents,
        now,
        f"stripe {checkout.id}",
        method=checkout.method or "stripe",
        settles=False,
        now=now,
    )
    attempt.payment_id = payment.id  # first, so that what goes back knows where it came from
    db.session.flush()
    settling.settle(order, now=now)
    if order.state == "cancelled":
        letters.paid_after_cancelling(order, now=now)
    if order.state in {"lapsed", "cancelled"}:
        # There were no tickets to bring it back: settle has told the buyer.
        cents, key = payment.amount_cents, f"too late {checkout.id}"
        refund = _insert_refund(order, payment, cents, key, state="requested", reason="", now=now)
        audit.record("request_refund", f"order {order.code}", now=now, amount_cents=cents)
        jobs.after_commit("send_stripe_refund", refund)


def _settle_refund(
    order: Order, attempt: PaymentAttempt, told: MoneyBack, *, now: datetime
) -> None:
    """Bring a refund of ours forward, or write down one that somebody made at Stripe."""
    assert attempt.payment is not None
    state = _REFUND_STATES.get(told.state, "sent")
    refund = db.session.get(Refund, int(told.ours)) if told.ours.isdecimal() else None
    if refund is None or refund.payment_id != attempt.payment_id:
        refund = payments.refund_of_form(f"stripe {told.id}")
    if refund is None and state == "failed":
        return  # nothing moved
    if refund is None:
        refund = _insert_refund(
            order,
            attempt.payment,
            told.amount_cents,
            f"stripe {told.id}",
            state="sent",
            reason="Gedaan bij Stripe",
            now=now,
        )
    _move_refund(order, refund, state, now=now)


def _settle_dispute(
    order: Order, attempt: PaymentAttempt, dispute: Dispute, *, now: datetime
) -> None:
    """Write down money that the buyer's bank took back, and money that it gave again."""
    assert attempt.payment is not None
    if not dispute.has_taken:
        return
    key = f"stripe {dispute.id}"
    if payments.refund_of_form(key) is None:
        refund = _insert_refund(
            order,
            attempt.payment,
            dispute.amount_cents,
            key,
            state="sent",
            reason="Teruggehaald door de bank van de koper",
            now=now,
        )
        _move_refund(order, refund, "done", now=now)
        letters.payment_disputed(order, dispute.amount_cents, now=now)
    if dispute.state == "won" and payments.payment_of_form(f"{key} won") is None:
        recording.record_payment(
            order,
            dispute.amount_cents,
            now,
            f"{key} won",
            "De bank gaf het terug",
            method=attempt.method or "stripe",
            now=now,
        )


def _move_refund(order: Order, refund: Refund, state: str, *, now: datetime) -> None:
    """Bring a refund forward. What was done and came back after all is a payment again."""
    if refund.state == "done" and state == "failed":
        key = f"refund {refund.id} came back"
        if payments.payment_of_form(key) is None:
            recording.record_payment(
                order,
                refund.amount_cents,
                now,
                key,
                "Een terugbetaling kwam terug",
                method=refund.method,
                now=now,
            )
        return
    if refund.state in {"done", "failed", "dropped"} or refund.state == state:
        return
    if state == "done":
        refund.entry_id = ledger.move(order, "refund", refund.amount_cents, now=now).id
        refund.done_at = now
    refund.state = state
    db.session.flush()


def _insert_refund(
    order: Order,
    payment: Payment,
    amount_cents: int,
    form_key: str,
    *,
    state: str,
    reason: str,
    now: datetime,
) -> Refund:
    refund = Refund(
        order=order,
        payment=payment,
        method=payment.method,
        amount_cents=amount_cents,
        state=state,
        reason=reason,
        requested_at=now,
        form_key=form_key,
    )
    insert_once(refund, unique=one_refund_per_form, refusal=RefundAskedBefore())
    return refund

"""In the demo a third of the buyers paid online, and Stripe paid that out every two weeks."""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.payments.models import Payment
from festival.payments.stripe import payouts
from festival.payments.stripe.models import PaymentAttempt
from festival.payments.stripe.payout_client import BalanceTransaction, Payout
from festival.tickets.models import Order

FEE_CENTS = 29
_EVERY = timedelta(days=14)


def load_payouts(edition: Edition, *, now: datetime) -> None:
    """Let each payment online have its attempt, and pay out what is older than two weeks."""
    paid = db.session.scalars(
        select(Payment)
        .join(Payment.order)
        .where(Order.edition_id == edition.id, Payment.method == "ideal")
        .order_by(Payment.received_at, Payment.id)
    ).all()
    db.session.add_all(_attempt(each) for each in paid)
    db.session.flush()
    first = min((each.received_at for each in paid), default=now)
    paid_out: list[Payment] = []
    for number, group in groupby(paid, key=lambda each: (each.received_at - first) // _EVERY):
        arrives = (first + (number + 1) * _EVERY + timedelta(days=2)).date()
        if arrives <= now.date():
            part = list(group)
            _pay_out(part, number + 1, arrives, now=now)
            paid_out += part
    _tell_the_simulator(paid, paid_out)


def _attempt(payment: Payment) -> PaymentAttempt:
    order = payment.order
    return PaymentAttempt(
        order_id=order.id,
        number=1,
        state="paid",
        amount_cents=payment.amount_cents,
        language=order.language,
        excludes_slow=False,
        begun_at=payment.received_at,
        expires_at=payment.received_at + timedelta(hours=1),
        session_id=f"cs_demo_{order.code}",
        intent_id=f"pi_demo_{order.code}",
        method=payment.method,
        payment_id=payment.id,
        asked_at=payment.received_at,
    )


def _tell_the_simulator(paid: Sequence[Payment], paid_out: Collection[Payment]) -> None:
    """Let the payment simulator of `make run` know the payments, so that they can go back."""
    sessions, intents = {}, {}
    for each in paid:
        code, intent_id = each.order.code, f"pi_demo_{each.order.code}"
        at = int(each.received_at.timestamp())
        names = {"order": code, "attempt": "1"}
        price = {"amount": each.amount_cents, "currency": "eur"}
        charge = {
            **price, "id": f"ch_demo_{code}", "object": "charge", "amount_refunded": 0,
            "refunded": False, "payment_intent": intent_id,
            "payment_method_details": {"type": each.method},
        }  # fmt: skip
        intents[intent_id] = {
            **price, "id": intent_id, "object": "payment_intent", "metadata": names,
            "status": "succeeded",
            "latest_charge": charge | ({"is_paid_out": True} if each in paid_out else {}),
        }  # fmt: skip
        sessions[f"cs_demo_{code}"] = {
            "id": f"cs_demo_{code}", "object": "checkout.session", "created": at,
            "expires_at": at + 3600, "status": "complete", "payment_status": "paid",
            "mode": "payment", "amount_total": each.amount_cents, "currency": "eur",
            "client_reference_id": code, "metadata": names, "payment_intent": intent_id,
            "livemode": False, "intent_data": {}, "excluded": [], "lines": [],
        }  # fmt: skip
    kept = Path(current_app.config["INSTANCE_PATH"], "stripe_simulator.json")
    kept.write_text(json.dumps({"sessions": sessions, "intents": intents}))


def _pay_out(paid: list[Payment], number: int, arrives: date, *, now: datetime) -> None:
    lines = [
        BalanceTransaction(
            f"txn_demo_{each.order.code}", "charge", f"pi_demo_{each.order.code}",
            each.amount_cents, FEE_CENTS, each.received_at,
        )
        for each in paid
    ]  # fmt: skip
    total = sum(each.amount_cents - each.fee_cents for each in lines)
    payouts.keep_payouts([Payout(f"po_demo_{number}", "paid", total, arrives)])
    row = payouts.payout_by_id(f"po_demo_{number}")
    assert row is not None
    payouts.keep_lines(row.id, lines, now=now)

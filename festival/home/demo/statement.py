"""A bank statement of invented people: a line that pays an order, and some that wait."""

from datetime import datetime, timedelta

from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.payments.bank.rules import import_lines
from festival.payments.bank.statements import StatementLine
from festival.payments.queries import balances
from festival.tickets.models import Order


def load_statement(edition: Edition, *, now: datetime) -> None:
    """Import the lines as the bank would have them on the day before `now`."""
    unpaid = db.session.scalars(
        select(Order)
        .where(
            Order.edition_id == edition.id,
            Order.confirmed_at.is_(None),
            Order.lapsed_at.is_(None),
            Order.cancelled_at.is_(None),
        )
        .order_by(Order.id)
        .limit(4)
    ).all()
    if len(unpaid) < 4:
        return
    due = balances(unpaid)
    first, second, third, fourth = unpaid
    wrong = second.code[1] + second.code[0] + second.code[2:]
    lines = [
        (first, due[first.id].due_cents, f"Kaartjes {first.reference}"),
        (second, due[second.id].due_cents, f"kenmerk {second.reference[:4]}{wrong}"),
        (third, 1000, f"{third.reference} eerste deel"),
        (
            fourth,
            due[third.id].due_cents + due[fourth.id].due_cents,
            f"{third.reference} en {fourth.reference}",
        ),
        (None, 25_000, "Bijdrage buurtfonds, veel plezier!"),
    ]
    import_lines(
        edition,
        [
            StatementLine(
                key=f"demo-{number}",
                booked_on=edition.local(now - timedelta(days=1)).date(),
                amount_cents=cents,
                payer_name=order.name if order else "Buurtfonds Groeseind",
                payer_iban="NL91ABNA0417164300",
                reference="",
                description=description,
            )
            for number, (order, cents, description) in enumerate(lines)
        ],
        now=now,
    )

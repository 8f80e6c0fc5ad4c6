"""Payouts beside payments: what Stripe paid out, of which payments, and what it still holds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update

from festival import jobs
from festival.db import change_one, db, insert_unless_there, transactional
from festival.payments.models import Payment
from festival.payments.stripe import payout_client
from festival.payments.stripe.models import PaymentAttempt, PayoutLine, StripePayout
from festival.tickets.models import Order

_BEGIN = timedelta(days=400)  # how far back the first time
_AGAIN = timedelta(days=30)  # a payout may fail, or change its day, after it was first seen
_PAYMENT, _FEE = "charge", "fee"  # Stripe's words for lines; all others are of money that went back


@dataclass(frozen=True)
class PayoutSums:
    """What a payout is made of, in cents: paid + back - fees = amount, if all of it is known.

    `strange` counts payments in it that are none of ours, or of another amount.
    """

    paid_cents: int = 0
    back_cents: int = 0
    fee_cents: int = 0
    strange: int = 0

    def adds_up_to(self, cents: int) -> bool:
        """Whether all parts together are what was paid out."""
        return self.paid_cents + self.back_cents - self.fee_cents == cents


def read_payouts(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Ask Stripe what it paid out since the last time, and of what each payout is made."""
    tally = jobs.for_each("payouts", [0], lambda _: _read_list(read_clock()))
    unread = select(StripePayout.id).where(StripePayout.read_at.is_(None))
    return jobs.for_each(
        "payout",
        db.session.scalars(unread.order_by(StripePayout.id)).all(),
        lambda id: _read_lines(id, read_clock()),
        tally=tally,
    )


@transactional
def keep_payouts(found: Iterable[payout_client.Payout]) -> int:
    """Keep these payouts as Stripe has them now. Returns how many are new."""
    new = 0
    for each in found:
        row = {
            "state": each.state,
            "amount_cents": each.amount_cents,
            "arrives_on": each.arrives_on,
        }
        if insert_unless_there(StripePayout, {"payout_id": each.id, **row}):
            new += 1
        else:
            change_one(update(StripePayout).where(StripePayout.payout_id == each.id).values(**row))
    return new


@transactional
def keep_lines(
    payout_id: int, lines: Iterable[payout_client.BalanceTransaction], *, now: datetime
) -> bool:
    """Keep all that a payout is made of. Returns True if this call did it."""
    is_first = change_one(
        update(StripePayout)
        .where(StripePayout.id == payout_id, StripePayout.read_at.is_(None))
        .values(read_at=now)
    )
    for each in lines if is_first else ():
        row = {
            "payout_id": payout_id,
            "transaction_id": each.id,
            "kind": each.kind,
            "intent_id": each.intent_id,
            "amount_cents": each.amount_cents,
            "fee_cents": each.fee_cents,
            "happened_at": each.happened_at,
        }
        insert_unless_there(PayoutLine, row)
    return is_first


def payouts() -> Select[StripePayout]:
    """Returns the query for all payouts."""
    return select(StripePayout)


def payout_by_id(payout_id: str) -> StripePayout | None:
    """Returns the payout that Stripe calls so."""
    return db.session.scalar(select(StripePayout).where(StripePayout.payout_id == payout_id))


def sums(of: Sequence[StripePayout]) -> dict[int, PayoutSums]:
    """Returns what these payouts are made of, by id. Runs one query."""
    is_payment, is_fee = PayoutLine.kind == _PAYMENT, PayoutLine.kind == _FEE
    amount = PayoutLine.amount_cents
    rows = db.session.execute(
        select(
            PayoutLine.payout_id,
            func.sum(case((is_payment, amount), else_=0)),
            func.sum(case((or_(is_payment, is_fee), 0), else_=amount)),
            # A fee of its own is a line that takes away: its amount is below 0.
            func.sum(PayoutLine.fee_cents + case((is_fee, -amount), else_=0)),
            func.sum(case((and_(is_payment, _is_strange()), 1), else_=0)),
        )
        .outerjoin(PaymentAttempt, PaymentAttempt.intent_id == PayoutLine.intent_id)
        .outerjoin(Payment, Payment.id == PaymentAttempt.payment_id)
        .where(PayoutLine.payout_id.in_([each.id for each in of]))
        .group_by(PayoutLine.payout_id)
    )
    return {payout_id: PayoutSums(*(int(each) for each in parts)) for payout_id, *parts in rows}


@dataclass(frozen=True)
class KnownLine:
    """A line of a payout, with the order that it is about if we know that."""

    line: PayoutLine
    order_code: str
    is_strange: bool


def lines_of(payout: StripePayout) -> list[KnownLine]:
    """Returns what a payout is made of, in the order of time."""
    rows = db.session.execute(
        select(PayoutLine, Order.code, _is_strange())
        .outerjoin(PaymentAttempt, PaymentAttempt.intent_id == PayoutLine.intent_id)
        .outerjoin(Payment, Payment.id == PaymentAttempt.payment_id)
        .outerjoin(Order, Order.id == PaymentAttempt.order_id)
        .where(PayoutLine.payout_id == payout.id)
        .order_by(PayoutLine.happened_at, PayoutLine.id)
    )
    return [
        KnownLine(line, code or "", bool(is_strange) and line.kind == _PAYMENT)
        for line, code, is_strange in rows
    ]


def not_paid_out() -> tuple[int, int]:
    """Returns how many payments at Stripe are in no payout yet, and their sum in cents."""
    paid_out = select(PayoutLine.intent_id).where(PayoutLine.kind == _PAYMENT)
    number, cents = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Payment.amount_cents), 0))
        .select_from(PaymentAttempt)
        .join(Payment, Payment.id == PaymentAttempt.payment_id)
        .where(PaymentAttempt.intent_id.not_in(paid_out))
    ).one()
    return int(number), int(cents)


def _is_strange() -> ColumnElement[bool]:
    """Whether a line is of no payment of ours, or of another amount than we have."""
    return or_(Payment.id.is_(None), Payment.amount_cents != PayoutLine.amount_cents)


def _read_list(now: datetime) -> bool:
    last: date | None = db.session.scalar(select(func.max(StripePayout.arrives_on)))
    since = last - _AGAIN if last else now.date() - _BEGIN
    found = list(payout_client.payouts(since=since))  # no call to Stripe inside a transaction
    return keep_payouts(found) > 0


def _read_lines(row_id: int, now: datetime) -> bool:
    payout = db.session.get_one(StripePayout, row_id)
    found = list(payout_client.lines(payout.payout_id))
    return keep_lines(row_id, found, now=now)

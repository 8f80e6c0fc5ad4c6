"""Money that came in for an order, and money that went back: each recorded once."""

from datetime import datetime

from festival import money, text
from festival.db import insert_once, transactional
from festival.errors import Refusal
from festival.payments import queries
from festival.payments.models import Payment, Refund, one_payment_per_form, one_refund_per_form
from festival.payments.rules import closing, settling
from festival.team import audit
from festival.tickets import ledger
from festival.tickets.models import Order
from festival.tickets.rules import ending


class NothingReceived(Refusal):
    """Vul het bedrag in dat je ontving. Voor geld dat terugging, zet je er een min voor."""


class MoreThanPaid(Refusal):
    """Er kan niet meer terug dan er voor deze bestelling op staat: {paid}."""


class RefundWaits(Refusal):
    """Er staat al {promised} klaar om terug te betalen. Vink dat af, of boek een lager bedrag."""


class DayToCome(Refusal):
    """Deze dag moet nog komen. Vul de dag in waarop het geld binnenkwam of terugging."""


class AlreadyRecorded(Refusal):
    """Dit is al geboekt. Open de bestelling opnieuw om te zien wat er staat."""


class AnotherAmount(Refusal):
    """Met dit formulier boekte je al {amount}; wat je nu invulde, is niet geboekt. Open de
    bestelling opnieuw om nog iets te boeken."""


@transactional
def record_payment(
    order: Order,
    amount_cents: int,
    received_at: datetime,
    form_key: str,
    note: str = "",
    *,
    method: str = "bank_transfer",
    member_id: int | None = None,
    bank_line_id: int | None = None,
    settles: bool = True,
    now: datetime,
) -> Payment:
    """Record money that came in for `order`. The same form twice records it once.

    A pending order is confirmed once all of it is paid. A lapsed one comes back if there are
    tickets left for all of it; if not, the team has to pay the money back. Unless it `settles`, the
    caller does all that. Refuses with NothingReceived, DayToCome, MonthClosed (money from the bank
    moves to the first open day), or
    AnotherAmount if this form recorded something else before.
    """
    if amount_cents <= 0:
        raise NothingReceived
    ending.lock_order(order)
    note = text.line(note)
    if first := queries.payment_of_form(form_key):
        kept = (first.order_id, first.amount_cents, first.received_at, first.note)
        if kept != (order.id, amount_cents, received_at, note):
            raise AnotherAmount(amount=money.shown(first.amount_cents))
        return first
    if other := queries.refund_of_form(form_key):
        raise AnotherAmount(amount=money.shown(-other.amount_cents))
    if bank_line_id is None:
        _check_day(order, received_at, now=now)
        closing.hold_open(order, received_at, now=now)
    else:
        received_at = closing.first_open(order, received_at, now=now)
    entry = ledger.move(order, "payment", amount_cents, now=now)
    payment = Payment(
        order=order,
        entry=entry,
        method=method,
        amount_cents=amount_cents,
        received_at=received_at,
        note=note,
        form_key=form_key,
        recorded_by_id=member_id,
        bank_line_id=bank_line_id,
    )
    insert_once(payment, unique=one_payment_per_form, refusal=AlreadyRecorded())
    audit.record("record_payment", f"order {order.code}", now=now, amount_cents=amount_cents)
    if settles:
        settling.settle(order, now=now)
    return payment


@transactional
def record_refund(
    order: Order,
    amount_cents: int,
    paid_back_at: datetime,
    form_key: str,
    reason: str = "",
    *,
    method: str = "bank_transfer",
    member_id: int | None = None,
    now: datetime,
) -> Refund:
    """Record money that somebody paid back. The same form twice records it once.

    Refuses with NothingReceived, MoreThanPaid, RefundWaits, DayToCome, MonthClosed, or with
    AnotherAmount if this form recorded something else before.
    """
    if amount_cents <= 0:
        raise NothingReceived
    ending.lock_order(order)
    reason = text.line(reason)
    if first := queries.refund_of_form(form_key):
        kept = (first.order_id, first.amount_cents, first.done_at, first.reason)
        if kept != (order.id, amount_cents, paid_back_at, reason):
            raise AnotherAmount(amount=money.shown(-first.amount_cents))
        return first
    if other := queries.payment_of_form(form_key):
        raise AnotherAmount(amount=money.shown(other.amount_cents))
    paid_cents = queries.balance(order).paid_cents
    if amount_cents > paid_cents:
        raise MoreThanPaid(paid=money.shown(paid_cents))
    promised_cents = queries.promised_cents(order)
    if amount_cents > paid_cents - promised_cents:
        raise RefundWaits(promised=money.shown(promised_cents))
    _check_day(order, paid_back_at, now=now)
    closing.hold_open(order, paid_back_at, now=now)
    refund = Refund(
        order=order,
        entry_id=ledger.move(order, "refund", amount_cents, now=now).id,
        method=method,
        amount_cents=amount_cents,
        state="done",
        reason=reason,
        requested_at=now,
        done_at=paid_back_at,
        form_key=form_key,
        requested_by_id=member_id,
    )
    insert_once(refund, unique=one_refund_per_form, refusal=AlreadyRecorded())
    audit.record("record_refund", f"order {order.code}", now=now, amount_cents=amount_cents)
    return refund


def _check_day(order: Order, moved_at: datetime, *, now: datetime) -> None:
    local = order.edition.local
    if local(moved_at).date() > local(now).date():
        raise DayToCome

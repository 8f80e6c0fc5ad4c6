"""Money that goes back to a buyer: asked for, done, refused by a bank, and tried again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import update
from stdnum import iban as ibans

from festival import codes, money, text
from festival.db import change_one, db, insert_once, transactional
from festival.errors import Refusal
from festival.payments import letters, queries, refund_ways, terms
from festival.payments.models import Refund, one_refund_per_form
from festival.payments.rules import closing, invoicing
from festival.team import audit
from festival.tickets import ledger
from festival.tickets.models import Order
from festival.tickets.rules import ending
from festival.tickets.swaps.queries import open_swap
from festival.vat import Vat


class NothingToRefund(Refusal):
    """Vul in hoeveel er terug moet."""


class MoreThanIsThere(Refusal):
    """Er kan hoogstens {most} terug. Meer is er niet betaald, of het was een gift, of het staat al
    klaar."""


class LessIsLeft(Refusal):
    """Van bestelling {code} is nog maar {left} over: er ging al geld terug langs een andere weg.
    Laat deze terugbetaling vallen, en geef terug wat er nog is."""


class WhyDrop(Refusal):
    """Schrijf op waarom deze terugbetaling niet doorgaat."""


class SwapFirst(Refusal):
    """In deze bestelling wacht een wissel op betaling. Wacht tot die klaar is, of zie eerst van de
    wissel af."""


class RefundMoved(Refusal):
    """Deze terugbetaling staat er anders voor dan je zag. Kijk nog eens in de lijst."""


class NoRefundChosen(Refusal):
    """Kies eerst welke terugbetalingen je wilt afvinken."""


class NotYetDone(Refusal):
    """Deze dag moet nog komen. Vul de dag in waarop je het geld terugbetaalde."""


class RefundsMoved(Refusal):
    """De terugbetaling van bestelling {code} staat er al anders voor. Er is nog niets afgevinkt.
    Haal dat vinkje weg en probeer het opnieuw."""


class AlreadyAsked(Refusal):
    """Deze terugbetaling staat al klaar."""


class BadIban(Refusal):
    """Dit rekeningnummer klopt niet. Kijk het nog eens na."""


class NoAccountNeeded(Refusal):
    """We hebben je rekeningnummer niet (meer) nodig. Je hoeft niets te doen."""


def request_what_is_over(
    order: Order, *, reason: str = "", member_id: int | None = None, now: datetime
) -> list[Refund]:
    """Ask that what is paid too much goes back to where it came from. Returns the refunds.

    Part of a rule that has locked `order`.
    """
    over = -queries.balance(order).due_cents - queries.promised_cents(order)
    return _request(
        order, over, reason=reason, member_id=member_id, form_key=codes.secret(), now=now
    )


@transactional
def request_refund(
    order: Order,
    amount_cents: int,
    reason: str,
    form_key: str,
    *,
    member_id: int | None = None,
    now: datetime,
) -> list[Refund]:
    """Ask that a part of what was paid goes back. A paid order costs so much less from then on.

    What was paid too much goes first; gifts stay. The same form twice asks once. Refuses
    with NothingToRefund, MoreThanIsThere, SwapFirst or AlreadyAsked.
    """
    ending.lock_order(order)
    if amount_cents <= 0:
        raise NothingToRefund
    if queries.refund_of_form(form_key):
        raise AlreadyAsked
    if open_swap(order):
        raise SwapFirst
    balance, promised = queries.balance(order), queries.promised_cents(order)
    most = terms.most_back(order, balance)
    if amount_cents > most:
        raise MoreThanIsThere(most=money.shown(most))
    over = max(0, -balance.due_cents - promised)
    if order.state != "pending":  # an order that is not paid goes on costing what it costs
        ledger.enter(order, _allowance(order, amount_cents - over), now=now)
        invoicing.settle_invoices(order, now=now)
    audit.record(
        "request_refund", f"order {order.code}", now=now, amount_cents=amount_cents, reason=reason
    )
    refunds = _request(
        order,
        amount_cents,
        reason=text.line(reason),
        member_id=member_id,
        form_key=form_key,
        now=now,
    )
    letters.money_back(order, refunds, now=now)
    return refunds


@transactional
def finish_refund(refund: Refund, *, done_at: datetime, method: str = "", now: datetime) -> None:
    """Note that the money went back on `done_at`: from then on it is in the ledger.

    `method` says how, if not as the refund says. Refuses with RefundMoved if it is done already, or
    failed, with LessIsLeft if so much is not there any more, or with MonthClosed.
    """
    ending.lock_order(refund.order)
    db.session.refresh(refund)
    if refund.state not in {"requested", "sent"}:
        raise RefundMoved
    left = max(0, queries.balance(refund.order).paid_cents)
    if refund.amount_cents > left:
        raise LessIsLeft(code=refund.order.code, left=money.shown(left))
    closing.hold_open(refund.order, done_at, now=now)
    entry = ledger.move(refund.order, "refund", refund.amount_cents, now=now)
    done = {"state": "done", "done_at": done_at, "method": method or refund.method}
    _move(refund, ("requested", "sent"), **done, entry_id=entry.id)
    audit.record("finish_refund", f"order {refund.order.code}", now=now, id=refund.id)


@transactional
def finish_refunds(refunds: Sequence[Refund], *, done_on: date, method: str, now: datetime) -> None:
    """Note that the team paid all of these back on `done_on`, in this way: all of them or none.

    Refuses with NoRefundChosen, NotYetDone, RefundsMoved, LessIsLeft or MonthClosed.
    """
    if not refunds:
        raise NoRefundChosen
    # Always in the same order, so that two people who tick off the same wait for each other. And
    # all orders before the row of the books, as whoever records money does.
    ordered = sorted(refunds, key=lambda each: (each.order_id, each.id))
    for refund in ordered:
        ending.lock_order(refund.order)
    for refund in ordered:
        edition = refund.order.edition
        if done_on > edition.local(now).date():
            raise NotYetDone
        if not refund_ways.is_by_hand(refund):
            raise RefundsMoved(code=refund.order.code)
        done_at = edition.moment(done_on, time(12))
        try:
            finish_refund(refund, done_at=done_at, method=method, now=now)
        except RefundMoved as moved:
            raise RefundsMoved(code=refund.order.code) from moved


@transactional
def fail_refund(refund: Refund, *, now: datetime) -> None:
    """Note that the money came back: the bank refused it. Refuses with RefundMoved."""
    _move(refund, ("requested", "sent"), state="failed")
    audit.record("fail_refund", f"order {refund.order.code}", now=now, id=refund.id)


@transactional
def request_again(
    refund: Refund,
    amount_cents: int | None = None,
    *,
    member_id: int | None = None,
    now: datetime,
) -> Refund:
    """Pay a refund that failed, or less of it, by bank transfer. The buyer is asked for an account.

    Returns the refund that goes: another one if it is less, and the first is dropped. Refuses with
    RefundMoved, NothingToRefund, MoreThanIsThere if money went back another way meanwhile, or
    SwapFirst if it is less.
    """
    order = refund.order
    ending.lock_order(order)
    db.session.refresh(refund)
    if refund.state != "failed":
        raise RefundMoved
    cents = refund.amount_cents if amount_cents is None else amount_cents
    if cents <= 0:
        raise NothingToRefund
    most = most_again(refund)
    if cents > most:
        raise MoreThanIsThere(most=money.shown(most))
    if cents == refund.amount_cents:
        by_transfer = {"method": "bank_transfer", "payment_id": None, "iban": ""}
        _move(refund, ("failed",), state="requested", **by_transfer)
    else:
        reason = refund.reason
        _drop(refund, "Er gaat minder terug", ("failed",), member_id=member_id, now=now)
        refund = Refund(
            order=order,
            method="bank_transfer",
            amount_cents=cents,
            state="requested",
            reason=reason,
            requested_at=now,
            form_key=codes.secret(),
            requested_by_id=member_id,
        )
        insert_once(refund, unique=one_refund_per_form, refusal=AlreadyAsked())
    letters.money_back(order, [refund], now=now)
    audit.record("request_again", f"order {order.code}", now=now, id=refund.id, amount_cents=cents)
    return refund


@transactional
def drop_refund(refund: Refund, note: str, *, member_id: int | None = None, now: datetime) -> None:
    """Drop a refund that failed, or that the team would transfer: nothing goes back by it.

    What the order costs stays as it is. Refuses with WhyDrop, SwapFirst or RefundMoved.
    """
    note = text.line(note)
    if not note:
        raise WhyDrop
    ending.lock_order(refund.order)
    db.session.refresh(refund)
    states = ("requested", "failed") if refund_ways.is_by_hand(refund) else ("failed",)
    _drop(refund, note, states, member_id=member_id, now=now)
    audit.record("drop_refund", f"order {refund.order.code}", now=now, id=refund.id, reason=note)


def most_again(refund: Refund) -> int:
    """Returns how much of a refund that failed can go back still, in cents."""
    order = refund.order
    others = queries.promised_cents(order) - refund.amount_cents
    return max(0, min(refund.amount_cents, queries.balance(order).paid_cents - others))


@transactional
def set_account(order: Order, iban: str) -> None:
    """Note the account to which the refunds that we transfer ourselves go.

    Refuses with BadIban or NoAccountNeeded.
    """
    ending.lock_order(order)
    if not ibans.is_valid(iban):
        raise BadIban
    waiting = [
        each
        for each in queries.refunds_of(order)
        if each.state == "requested" and refund_ways.is_by_hand(each)
    ]
    if not waiting:
        raise NoAccountNeeded
    for refund in waiting:
        refund.iban = ibans.compact(iban)


def _request(
    order: Order,
    amount_cents: int,
    *,
    reason: str,
    member_id: int | None,
    form_key: str,
    now: datetime,
) -> list[Refund]:
    """Ask for refunds of together `amount_cents`, the newest payment first."""
    refunds: list[Refund] = []
    for payment, cents in refund_ways.parts(order, amount_cents):
        refund = Refund(
            order=order,
            payment=payment,
            method=payment.method if payment else "bank_transfer",
            amount_cents=cents,
            state="requested",
            reason=reason,
            requested_at=now,
            # Those after the first have a key of their own: one form, one refund per payment.
            form_key=codes.secret() if refunds else form_key,
            requested_by_id=member_id,
        )
        insert_once(refund, unique=one_refund_per_form, refusal=AlreadyAsked())
        refund_ways.take(refund, now=now)
        refunds.append(refund)
    return refunds


def _allowance(order: Order, cents: int) -> list[ledger.Charge]:
    """Returns charges that lower what `order` costs by `cents`, from what costs most first.

    Gifts are left alone.
    """
    charged: defaultdict[Vat, int] = defaultdict(int)
    for entry in ledger.standing(order):
        if not terms.is_gift(entry):
            charged[entry.vat] += entry.amount_cents
    charges = []
    for vat, gross in sorted(charged.items(), key=lambda each: -each[1]):
        part = min(cents, max(gross, 0))
        cents -= part
        charges.append(ledger.Charge(terms.ALLOWANCE, -part, vat, kind="fee"))
    return charges


def _drop(
    refund: Refund, note: str, states: tuple[str, ...], *, member_id: int | None, now: datetime
) -> None:
    if open_swap(refund.order):  # what stays here would pay for it, and nobody asked for that
        raise SwapFirst
    dropped = {"dropped_at": now, "drop_note": note, "dropped_by_id": member_id}
    _move(refund, states, state="dropped", **dropped)


def _move(refund: Refund, states: tuple[str, ...], **values: object) -> None:
    if not change_one(
        update(Refund).where(Refund.id == refund.id, Refund.state.in_(states)).values(values)
    ):
        raise RefundMoved
    db.session.expire(refund)

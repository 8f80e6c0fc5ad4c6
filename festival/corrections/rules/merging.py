"""Putting an order into another of the same buyer: from then on they are one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, select, update

from festival.bookings.rules.locks import lock_tickets
from festival.corrections.people import Maker
from festival.db import change_rows, db, transactional
from festival.digests import digest
from festival.email_addresses import mailbox_of
from festival.errors import Refusal
from festival.invoices.models import Invoice
from festival.mail.models import LetterSubject
from festival.payments import queries
from festival.payments.models import InvoiceRequest
from festival.payments.stripe import queries as stripe
from festival.payments.stripe.models import PaymentAttempt
from festival.questions.models import OrderAnswer
from festival.team import audit
from festival.tickets.changes import OrderMerge
from festival.tickets.models import Order, Ticket
from festival.tickets.rules import ending
from festival.tickets.swaps.queries import open_swap


class NotOfOneBuyer(Refusal):
    """Deze bestellingen zijn niet van hetzelfde e-mailadres. Wijzig eerst het adres van de ene;
    daarna kunnen ze samen."""


class NotInOneEdition(Refusal):
    """Deze bestellingen zijn van twee edities. Die blijven apart."""


class NotBothGood(Refusal):
    """Alleen bestellingen die rond zijn, kunnen samen: betaald of gratis, en niet geannuleerd."""


class MoneyMoves(Refusal):
    """In bestelling {code} is nog geld onderweg of er wacht een wissel. Wacht tot dat rond is;
    daarna kunnen ze samen."""


class InvoiceOfItsOwn(Refusal):
    """Voor bestelling {code} is een factuur op naam gevraagd. Die bestelling blijft apart, want een
    factuur is voor wie hem vroeg."""


class ChangedSinceShown(Refusal):
    """Terwijl je keek, veranderde er iets aan een van de bestellingen. Ze zijn nog niet samen. Kijk
    het nog eens na."""


@transactional
def merge_orders(into: Order, gone: Order, *, seen: str, by: Maker, now: datetime) -> None:
    """Put all of `gone` into `into`: tickets, money, invoices, answers, letters, history.

    Nothing is charged, paid or sent, and tickets, links and codes stay good. `gone` stays as an
    empty order, whose link leads to the other. Does nothing the second time. Refuses with
    ChangedSinceShown unless `seen` is their mark, or as why_not says.
    """
    for order in sorted((into, gone), key=lambda each: each.id):  # two never wait for each other
        ending.lock_order(order)
    lock_tickets({ticket.id for order in (into, gone) for ticket in order.tickets})
    if db.session.scalar(select(OrderMerge.order_id).where(OrderMerge.merged_id == gone.id)):
        return
    if refusal := why_not(into, gone):
        raise refusal
    if seen != mark(into, gone):
        raise ChangedSinceShown
    merge = {"order_id": into.id, "merged_id": gone.id, "merged_at": now}
    db.session.add(OrderMerge(**merge, member_id=by.member_id, reason=by.reason))
    db.session.flush()  # with it the database lets entries and invoices go along
    _erase_answered_twice(into, gone, now=now)
    # Attempts to pay are numbered within their order, and no two have one number at any moment.
    beyond = max(stripe.last_number(into), stripe.last_number(gone))
    change_rows(
        update(PaymentAttempt)
        .where(PaymentAttempt.order_id == gone.id)
        .values(number=PaymentAttempt.number + beyond)
    )
    for ticket in list(gone.tickets):
        ticket.order = into  # not by a statement: the words by which it is found follow
    into.total_cents, gone.total_cents, gone.cancelled_at = (
        into.total_cents + gone.total_cents, 0, now,
    )  # fmt: skip
    db.session.flush()
    for table in _parts_of_orders():
        change_rows(update(table).where(*_goes_along(table, gone)).values(order_id=into.id))
    for subjects, kind, row_id in (
        (LetterSubject, LetterSubject.kind, LetterSubject.row_id),
        (Invoice, Invoice.subject_kind, Invoice.subject_id),
    ):
        of_it = (kind == Order.__tablename__, row_id == gone.id)
        change_rows(update(subjects).where(*of_it).values({row_id: into.id}))
    audit.record("merge_orders", f"order {into.code}", now=now, merged=gone.code, reason=by.reason)
    db.session.flush()
    db.session.expire_all()


def why_not(into: Order, gone: Order) -> Refusal | None:
    """Returns why these two cannot become one; None if they can."""
    if into.id == gone.id or {into.state, gone.state} != {"confirmed"}:
        return NotBothGood()
    if into.edition_id != gone.edition_id:
        return NotInOneEdition()
    if not into.email or mailbox_of(into.email) != mailbox_of(gone.email):
        return NotOfOneBuyer()
    for order in (into, gone):
        is_settled = queries.balance(order).due_cents <= 0 and not queries.promised_cents(order)
        if not is_settled or queries.is_being_paid(order) or open_swap(order):
            return MoneyMoves(code=order.code)
        if db.session.get(InvoiceRequest, order.id):
            return InvoiceOfItsOwn(code=order.code)
    return None


def candidates(order: Order) -> Sequence[Order]:
    """Returns the other orders of the same buyer that can be put into `order`, the oldest first."""
    same = select(Order).where(
        Order.edition_id == order.edition_id,
        Order.mailbox == mailbox_of(order.email),
        Order.id != order.id,
    )
    found = db.session.scalars(same.order_by(Order.id)).all() if order.email else []
    return [each for each in found if why_not(order, each) is None]


def mark(into: Order, gone: Order) -> str:
    """Returns what a form sends along, so that nothing is merged but what was shown."""
    live = [
        [each.code, [ticket.code for ticket in each.tickets if ticket.released_at is None]]
        for each in (into, gone)
    ]
    return digest(live, [queries.balance(each).total_cents for each in (into, gone)])


def _erase_answered_twice(into: Order, gone: Order, *, now: datetime) -> None:
    """Erase what was answered for both orders as a whole. It stays behind; one answer is enough."""
    given = db.session.scalars(
        select(OrderAnswer.question_id).where(
            OrderAnswer.order_id == into.id, OrderAnswer.ticket_id.is_(None)
        )
    ).all()
    change_rows(
        update(OrderAnswer)
        .where(
            OrderAnswer.order_id == gone.id,
            OrderAnswer.ticket_id.is_(None),
            OrderAnswer.question_id.in_(given),
        )
        .values(value="", erased_at=now)
    )


def _parts_of_orders() -> list[Table]:
    """Returns each table of which a row belongs to an order, besides that of tickets."""
    return [
        table
        for table in db.metadata.sorted_tables
        if table is not Ticket.__table__
        and "order_id" in table.c
        and any(key.column.table is Order.__table__ for key in table.c.order_id.foreign_keys)
    ]


def _goes_along(table: Table, gone: Order) -> list[ColumnElement[bool]]:
    conditions = [table.c.order_id == gone.id]
    if table is OrderAnswer.__table__:
        conditions.append(table.c.erased_at.is_(None))
    return conditions

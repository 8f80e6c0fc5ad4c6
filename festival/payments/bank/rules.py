"""Money on a bank statement: matched with its order by itself where reference and amount fit.

Everything else waits for a person, who books it on one or several orders, or sets it aside.
"""

from collections.abc import Iterable
from datetime import datetime, time

from sqlalchemy import update

from festival import money, text
from festival.db import change_one, db, insert_unless_there, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.payments import costs, queries
from festival.payments.bank import queries as bank_queries
from festival.payments.bank.statements import StatementLine
from festival.payments.models import BankLine, Payment, one_row_per_bank_line
from festival.payments.rules import recording
from festival.team import audit
from festival.tickets.models import Order


class LineSettled(Refusal):
    """Deze bijschrijving is al helemaal geboekt of opzijgezet. Kijk wat er nu bij staat."""


class MoreThanLineHolds(Refusal):
    """Vul hoogstens in wat van deze bijschrijving nog te boeken is: {left}."""


class WhyAside(Refusal):
    """Schrijf op waarom deze bijschrijving bij geen bestelling hoort."""


@transactional
def import_line(
    edition: Edition,
    line: StatementLine,
    *,
    books: bool = True,
    member_id: int | None = None,
    now: datetime,
) -> BankLine | None:
    """Keep a line of a statement and match it if nothing is in doubt.

    Returns the row; None if it was imported before. A match needs exactly one order with a
    reference or code that stands in the line, for which exactly this amount is due. Without `books`
    it is only kept.
    """
    row = insert_unless_there(
        BankLine,
        {
            **line._asdict(),
            "imported_at": now,
            "imported_by_id": member_id,
            "settled_at": None,
            "set_aside_note": "",
        },
        unique=one_row_per_bank_line,
    )
    if row is None or not books:
        return row
    named = bank_queries.orders_named(row)
    if len(named) == 1 and costs.needed_cents(named[0]) == row.amount_cents:
        book_line(edition, row, named[0], row.amount_cents, member_id=member_id, now=now)
    return row


@transactional
def book_line(
    edition: Edition,
    line: BankLine,
    order: Order,
    amount_cents: int,
    *,
    member_id: int | None = None,
    now: datetime,
) -> Payment:
    """Record `amount_cents` of the line as a payment for `order`, at noon of the day it was booked,
    or of the first day whose month is not closed.

    The same order and amount twice are two payments. Refuses with LineSettled,
    MoreThanLineHolds, or as record_payment.
    """
    _lock(line)
    if line.settled_at is not None:
        raise LineSettled
    booked = bank_queries.booked_cents(line)
    left = line.amount_cents - booked
    if amount_cents > left:
        raise MoreThanLineHolds(left=money.shown(left))
    payment = recording.record_payment(
        order,
        amount_cents,
        edition.moment(line.booked_on, time(12)),
        f"bank-{line.key}-{booked}",
        line.payer_name,
        member_id=member_id,
        bank_line_id=line.id,
        now=now,
    )
    if amount_cents == left:
        line.settled_at = now
        db.session.flush()
    return payment


@transactional
def set_aside(line: BankLine, why: str, *, now: datetime) -> None:
    """Note that what is left of the line is for no order. Refuses with WhyAside or LineSettled."""
    note = text.line(why)
    if not note:
        raise WhyAside
    if not change_one(
        update(BankLine)
        .where(BankLine.id == line.id, BankLine.settled_at.is_(None))
        .values(settled_at=now, set_aside_note=note)
    ):
        raise LineSettled
    audit.record("set_bank_line_aside", f"bank line {line.id}", now=now, note=note)


@transactional
def take_back(line: BankLine, *, now: datetime) -> None:
    """Let a line that was set aside wait again. Again changes nothing."""
    if change_one(
        update(BankLine)
        .where(BankLine.id == line.id, BankLine.set_aside_note != "")
        .values(settled_at=None, set_aside_note="")
    ):
        audit.record("take_bank_line_back", f"bank line {line.id}", now=now)


def import_lines(
    edition: Edition,
    lines: Iterable[StatementLine],
    *,
    member_id: int | None = None,
    now: datetime,
) -> list[BankLine]:
    """Import each line in a transaction of its own. Returns the rows that are new.

    A line that cannot be booked on its order is kept all the same, and waits for a person.
    """
    rows = []
    for line in lines:
        try:
            row = import_line(edition, line, member_id=member_id, now=now)
        except Refusal:
            row = import_line(edition, line, books=False, member_id=member_id, now=now)
        if row is not None:
            rows.append(row)
    return rows


def suggestion(line: BankLine) -> tuple[str, list[Order]]:
    """Returns what keeps the line from matching by itself, and the orders that it may be for.

    `part`, `too_much` or `nothing_due`: it names one order; `several`: it names more; `near`: a
    reference with an error in it; `unknown`.
    """
    named = bank_queries.orders_named(line)
    if len(named) > 1:
        return "several", named
    if named:
        needed = costs.needed_cents(named[0])
        left = line.amount_cents - bank_queries.booked_cents(line)
        if needed <= 0:
            return "nothing_due", named
        return ("part" if left < needed else "too_much"), named
    near = queries.orders_near(bank_queries.words_like_a_reference(line))
    return ("near", near) if near else ("unknown", [])


def _lock(line: BankLine) -> None:
    """Read the line again and lock it, so that its money is booked once."""
    db.session.refresh(line, with_for_update=True)

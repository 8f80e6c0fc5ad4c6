"""Queries for the lines of bank statements and for the orders that they name."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Select, func, or_, select
from stdnum import iso11649

from festival import codes, search, search_index
from festival.db import db
from festival.payments.models import BankLine, Payment
from festival.tickets.models import Order

STATES = ("waiting", "settled", "aside")
# The reference of an order: RF, two check digits and a code of eight; people put blanks anywhere.
_REFERENCE = re.compile(r"RF\d{2}[A-Z0-9]{8}")
_CODE = re.compile(r"[A-Z0-9]{8}")


@dataclass(frozen=True)
class WaitingMoney:
    """How many lines wait for a person, and how much of them is not booked, in cents."""

    lines: int
    cents: int


def lines(*, text: str = "", state: str = "") -> Select[BankLine]:
    """Returns the query for the lines with all words of `text` in the name, account, reference or
    description.

    `state`: one of STATES, or '' for all.
    """
    query = select(BankLine)
    if state == "waiting":
        query = query.where(BankLine.settled_at.is_(None))
    elif state == "aside":
        query = query.where(BankLine.set_aside_note != "")
    elif state == "settled":
        query = query.where(BankLine.settled_at.is_not(None), BankLine.set_aside_note == "")
    if text:
        query = query.where(search_index.holds_all(BankLine.found_by, text))
    return query


def line_by_key(key: str) -> BankLine | None:
    """Returns the line with this key."""
    return db.session.scalar(select(BankLine).where(BankLine.key == key))


def waiting() -> WaitingMoney:
    """Returns what waits for a person."""
    booked = (
        select(func.coalesce(func.sum(Payment.amount_cents), 0))
        .where(Payment.bank_line_id == BankLine.id)
        .correlate(BankLine)
        .scalar_subquery()
    )
    number, cents = db.session.execute(
        select(func.count(), func.coalesce(func.sum(BankLine.amount_cents - booked), 0)).where(
            BankLine.settled_at.is_(None)
        )
    ).one()
    return WaitingMoney(number, int(cents))


def booked_cents(line: BankLine) -> int:
    """Returns how much of the line payments took."""
    return booked_of([line])[line.id]


def booked_of(rows: Iterable[BankLine]) -> dict[int, int]:
    """Returns by line id how much of these lines payments took. Runs one query."""
    ids = [row.id for row in rows]
    sums = db.session.execute(
        select(Payment.bank_line_id, func.sum(Payment.amount_cents))
        .where(Payment.bank_line_id.in_(ids))
        .group_by(Payment.bank_line_id)
    )
    found = {line_id: int(cents) for line_id, cents in sums if line_id}
    return {id: found.get(id, 0) for id in ids}


def payments_of(line: BankLine) -> Sequence[Payment]:
    """Returns the payments that the line became."""
    return db.session.scalars(
        select(Payment).where(Payment.bank_line_id == line.id).order_by(Payment.id)
    ).all()


def orders_named(line: BankLine) -> list[Order]:
    """Returns the orders of which the line holds the whole reference or code, in that order.

    A reference with wrong check digits names nothing: that may be anybody's.
    """
    wanted = words_like_a_reference(line)
    references = [each for each in wanted if each.startswith("RF") and iso11649.is_valid(each)]
    codes_ = [each for each in wanted if not each.startswith("RF")]
    if not references and not codes_:
        return []
    return list(
        db.session.scalars(
            select(Order)
            .where(or_(Order.reference.in_(references), Order.code.in_(codes_)))
            .order_by(Order.id)
        )
    )


def words_like_a_reference(line: BankLine) -> list[str]:
    """Returns what in the line may be a reference or a code of an order, each once."""
    found: dict[str, None] = {}
    if line.reference:
        found[codes.tidy(line.reference)] = None
    for written in (line.reference, line.description):
        # Blanks may stand anywhere in a reference, and words may touch it.
        joined = re.sub(r"[^A-Z0-9]", "", written.upper())
        found |= dict.fromkeys(_REFERENCE.findall(joined))
        words = [word.upper() for word in search.words(written)]
        pairs = [first + second for first, second in pairwise(words)]
        found |= dict.fromkeys(each for each in (*words, *pairs) if _CODE.fullmatch(each))
    return [each for each in found if each]

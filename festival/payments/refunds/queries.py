"""Refunds that are open: what the team has to transfer, and what is on its way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager

from festival import search, search_index
from festival.db import db
from festival.editions.models import Edition
from festival.payments.models import OPEN, Refund
from festival.payments.stripe.models import PaymentAttempt
from festival.tickets import finding
from festival.tickets.models import Order, order_word, ticket_word

_ONLINE = exists().where(PaymentAttempt.payment_id == Refund.payment_id)
_BY_HAND = and_(Refund.state == "requested", ~_ONLINE)
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "open": Refund.state.in_(OPEN),
    "transfer": and_(_BY_HAND, Refund.iban != ""),
    "account": and_(_BY_HAND, Refund.iban == ""),  # the buyer was asked for it
    "online": and_(Refund.state.in_(("requested", "sent")), _ONLINE),
    "failed": Refund.state == "failed",
    "done": Refund.state == "done",
    "dropped": Refund.state == "dropped",
}
STATES = tuple(_CONDITIONS)


@dataclass(frozen=True)
class RefundSum:
    """How many refunds, and how much together, in cents."""

    number: int
    cents: int


def refunds(edition: Edition, *, text: str = "", state: str = "open") -> Select[Refund]:
    """Returns the query for the refunds of the edition, with their orders.

    `state`: one of STATES. `text`: words by which the order is found, or in the account or reason.
    """
    query = (
        select(Refund)
        .join(Refund.order)
        .where(Order.edition_id == edition.id, _CONDITIONS[state])
        .options(contains_eager(Refund.order))
    )
    if text:
        query = query.where(or_(finding.orders(text), and_(*map(_holds, search.wanted(text)))))
    return query


def _holds(word: str) -> ColumnElement[bool]:
    """Returns the condition that a refund, or its order, has this word."""
    return or_(
        Refund.order_id.in_(search_index.rows_with(order_word, word)),
        Refund.order_id.in_(search_index.rows_with(ticket_word, word, ids="order_id")),
        Refund.found_by.contains(word, autoescape=True),
        Refund.iban.contains(word.upper(), autoescape=True),
    )


def sums(edition: Edition) -> dict[str, RefundSum]:
    """Returns how much there is in each of STATES."""
    return {state: refund_sum(edition, state) for state in STATES}


def refund_sum(edition: Edition, state: str) -> RefundSum:
    """Returns how many refunds are in `state` (of STATES), and how much together."""
    number, cents = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Refund.amount_cents), 0))
        .select_from(Refund)
        .join(Refund.order)
        .where(Order.edition_id == edition.id, _CONDITIONS[state])
    ).one()
    return RefundSum(number, int(cents))


def names_of(rows: Iterable[Refund]) -> dict[int, str]:
    """Returns by id what a page calls each of these refunds: its order and its number there."""
    orders = {refund.order_id: refund.order.code for refund in rows}
    numbers: dict[int, int] = dict.fromkeys(orders, 0)
    found = {}
    for id, order_id in db.session.execute(
        select(Refund.id, Refund.order_id)
        .where(Refund.order_id.in_(orders))
        .order_by(Refund.requested_at, Refund.id)
    ):
        numbers[order_id] += 1
        found[id] = f"{orders[order_id]}-{numbers[order_id]}"
    return found


def refunds_by_names(edition: Edition, names: Sequence[str]) -> list[Refund]:
    """Returns the refunds of the edition that names_of calls so; unknown ones are left out."""
    wanted = [name.partition("-")[0] for name in names]
    rows = db.session.scalars(
        select(Refund)
        .join(Refund.order)
        .where(Order.edition_id == edition.id, Order.code.in_(wanted))
        .options(contains_eager(Refund.order))
    ).all()
    called = names_of(rows)
    return [row for row in rows if called[row.id] in names]

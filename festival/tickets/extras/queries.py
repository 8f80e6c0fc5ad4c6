"""Queries for extras."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from festival.db import db
from festival.editions.models import Edition
from festival.tickets import finding, small_business
from festival.tickets.extras.models import Extra, OrderedExtra
from festival.tickets.models import Order, Ticket
from festival.tickets.queries import LIVE


class ExtraCount(NamedTuple):
    """How many of an extra are ordered, how many of these are paid or free, and handed out."""

    ordered: int = 0
    paid: int = 0
    handed_out: int = 0


def extras(edition: Edition) -> Sequence[Extra]:
    """Returns the extras of the edition in their order."""
    return db.session.scalars(
        select(Extra)
        .where(Extra.edition_id == edition.id)
        .options(joinedload(Extra.day))
        .order_by(Extra.position, Extra.id)
    ).all()


def by_day(edition: Edition) -> list[Extra]:
    """Returns the extras of the edition by the day they are for; first those for any day."""
    return sorted(extras(edition), key=lambda each: each.day.held_on if each.day else date.min)


def on_offer(edition: Edition, day: date) -> list[Extra]:
    """Returns the extras that can be ordered: on, in stock, and of known VAT where they cost."""
    there = extras(edition)
    is_kor = bool(there) and small_business.applies(day)
    return [
        each
        for each in there
        if each.is_on
        and each.left != 0
        and (not each.price_cents or each.vat_on(day, is_kor=is_kor) is not None)
    ]


def extra_by_slug(edition: Edition, slug: str) -> Extra | None:
    """Returns one extra of the edition."""
    return db.session.scalar(
        select(Extra).where(Extra.edition_id == edition.id, Extra.slug == slug)
    )


def of_orders(orders: Iterable[Order]) -> Sequence[OrderedExtra]:
    """Returns all extras of these orders, also those that were given back, in order."""
    return db.session.scalars(
        select(OrderedExtra)
        .where(OrderedExtra.order_id.in_([order.id for order in orders]))
        .options(joinedload(OrderedExtra.extra, innerjoin=True).joinedload(Extra.day))
        .order_by(OrderedExtra.id)
    ).all()


def in_words(ordered: Iterable[OrderedExtra]) -> list[str]:
    """Returns them as people read them: `Lunch`, `2 × T-shirt`."""
    numbers = Counter(each.extra for each in ordered)
    return [
        f"{number} × {extra.name.text()}" if number > 1 else extra.name.text()
        for extra, number in numbers.items()
    ]


def words_by_ticket(ordered: Iterable[OrderedExtra]) -> dict[int | None, list[str]]:
    """Returns what was not given back in words, by the id of its ticket; None for a whole order."""
    live = [each for each in ordered if each.released_at is None]
    ids = dict.fromkeys(each.ticket_id for each in live)
    return {id: in_words(each for each in live if each.ticket_id == id) for id in ids}


def words_with(ticket: Ticket, ordered: Iterable[OrderedExtra]) -> list[str]:
    """Returns in words what the holder of `ticket` has coming, of all extras of its order.

    What goes with the whole order stands with one ticket: the first that is the buyer's own.
    """
    words = words_by_ticket(ordered)
    own, with_order = words.get(ticket.id, []), words.get(None, [])
    if not with_order:
        return own
    live = (each for each in ticket.order.tickets if not each.released_at)
    of_buyer = next((each for each in live if each.email == ticket.order.email), None)
    return own + with_order if ticket is of_buyer else own


def counts(edition: Edition) -> dict[int, ExtraCount]:
    """Returns by id how many of each extra are ordered, paid and handed out."""
    is_paid = case((Order.confirmed_at.is_not(None), 1), else_=0)
    is_out = case((OrderedExtra.handed_out_at.is_not(None), 1), else_=0)
    rows = db.session.execute(
        select(OrderedExtra.extra_id, func.count(), func.sum(is_paid), func.sum(is_out))
        .join(OrderedExtra.order)
        .where(Order.edition_id == edition.id, OrderedExtra.released_at.is_(None), LIVE)
        .group_by(OrderedExtra.extra_id)
    )
    return {id: ExtraCount(number, int(paid), int(out)) for id, number, paid, out in rows}


# By what the list of who has an extra can be sorted: whom it is for, or when it was ordered.
WHO_ORDERS: Mapping[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    "name": func.coalesce(Ticket.holder_key, Order.name_key),
    "since": OrderedExtra.id,
}


def who_has(extra: Extra, *, text: str = "") -> Select[OrderedExtra]:
    """Returns the query for what was ordered of an extra and still stands, by whom it is for.

    `text` finds orders, by their buyer, tickets and codes.
    """
    query = (
        select(OrderedExtra)
        .join(OrderedExtra.order)
        .outerjoin(OrderedExtra.ticket)
        .where(OrderedExtra.extra_id == extra.id, OrderedExtra.released_at.is_(None), LIVE)
        .options(contains_eager(OrderedExtra.order), contains_eager(OrderedExtra.ticket))
        .order_by(WHO_ORDERS["name"], OrderedExtra.id)
    )
    return query.where(finding.orders(text)) if text else query

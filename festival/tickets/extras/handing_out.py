"""Handing extras out at the door: each once, however many phones say so."""

from datetime import datetime

from sqlalchemy import select, update

from festival.db import change_one, db, transactional
from festival.errors import Refusal
from festival.team import audit
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.models import Order
from festival.tickets.queries import LIVE


class HandedOutBefore(Refusal):
    """“{name}” is om {time} al uitgereikt. Geef het niet nog een keer."""


class NotToHandOut(Refusal):
    """“{name}” is niet betaald of niet meer besteld. Geef het niet, en stuur door naar de balie."""


class NotHandedOut(Refusal):
    """“{name}” staat al als niet uitgereikt."""


@transactional
def hand_out(ordered: OrderedExtra, key: str, *, member_id: int | None, now: datetime) -> None:
    """Hand out one extra of a paid order.

    The same button, by its `key`, says it once. Refuses with HandedOutBefore or NotToHandOut.
    """
    is_paid = select(Order.id).where(
        Order.id == OrderedExtra.order_id, Order.confirmed_at.is_not(None), LIVE
    )
    if change_one(
        update(OrderedExtra)
        .where(
            OrderedExtra.id == ordered.id,
            OrderedExtra.handed_out_at.is_(None),
            OrderedExtra.released_at.is_(None),
            is_paid.exists(),
        )
        .values(handed_out_at=now, handed_out_by_id=member_id, handed_out_key=key)
    ):
        audit.record("hand_out", _subject(ordered), now=now, extra=ordered.extra.slug)
        return
    db.session.refresh(ordered)
    if ordered.handed_out_at is None:
        raise NotToHandOut(name=ordered.extra.name)
    if ordered.handed_out_key != key:
        at = ordered.order.edition.local(ordered.handed_out_at)
        raise HandedOutBefore(name=ordered.extra.name, time=at.strftime("%H.%M"))


@transactional
def take_back(ordered: OrderedExtra, *, now: datetime) -> None:
    """Say that an extra was not handed out after all. Refuses with NotHandedOut."""
    if not change_one(
        update(OrderedExtra)
        .where(OrderedExtra.id == ordered.id, OrderedExtra.handed_out_at.is_not(None))
        .values(handed_out_at=None, handed_out_by_id=None, handed_out_key="")
    ):
        raise NotHandedOut(name=ordered.extra.name)
    audit.record("take_back", _subject(ordered), now=now, extra=ordered.extra.slug)


def _subject(ordered: OrderedExtra) -> str:
    return f"ticket {ordered.ticket.code}" if ordered.ticket else f"order {ordered.order.code}"

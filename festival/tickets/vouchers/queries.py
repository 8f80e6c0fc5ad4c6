"""Queries for vouchers."""

from collections.abc import Sequence

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import selectinload

from festival import codes, search
from festival.db import db
from festival.editions.models import Edition
from festival.search_index import rows_with
from festival.sorting import title_key
from festival.tickets.models import TicketType, Voucher, voucher_word


def voucher_of(edition: Edition, code: str) -> Voucher | None:
    """Returns the voucher of the edition with this code, however it was typed."""
    key = codes.tidy(code)
    if not key:
        return None
    return db.session.scalar(
        select(Voucher)
        .where(Voucher.edition_id == edition.id, Voucher.key == key)
        .options(selectinload(Voucher.types))
    )


def vouchers(
    edition: Edition, *, text: str = "", tag: str = "", pool: str = "", standing: str = ""
) -> Select[Voucher]:
    """Returns the query for the vouchers of the edition that match all of these, where given.

    `text` is words of the code, the note or the label, or a part of the code. `standing` is
    `left`, `used_up`, `used`, `holds` (it blocks places) or `off`; `pool` is a slug.
    """
    query = (
        select(Voucher)
        .where(Voucher.edition_id == edition.id)
        .options(selectinload(Voucher.types), selectinload(Voucher.pool))
    )
    if text:
        have = (rows_with(voucher_word, word) for word in search.wanted(text))
        is_there = and_(*(Voucher.id.in_(ids) for ids in have))
        if key := codes.tidy(text):
            is_there = or_(is_there, Voucher.key.contains(key, autoescape=True))
        query = query.where(is_there)
    if tag:
        query = query.where(Voucher.tag == tag)
    if pool:
        query = query.where(Voucher.pool.has(slug=pool))
    match standing:
        case "holds":
            query = query.where(Voucher.blocked > 0)
        case "left":
            query = query.where(
                Voucher.off_at.is_(None),
                or_(Voucher.uses.is_(None), Voucher.used < Voucher.uses),
            )
        case "used":
            query = query.where(Voucher.used > 0)
        case "used_up":
            query = query.where(Voucher.used == Voucher.uses)
        case "off":
            query = query.where(Voucher.off_at.is_not(None))
    return query


def tags(edition: Edition) -> Sequence[str]:
    """Returns the tags of the edition's vouchers, in alphabetical order."""
    there = select(Voucher.tag).where(Voucher.edition_id == edition.id, Voucher.tag != "")
    return sorted(db.session.scalars(there.distinct()), key=lambda tag: (title_key(tag), tag))


def vouchers_for(of: TicketType) -> Sequence[Voucher]:
    """Returns the vouchers that name this type, the oldest first."""
    return db.session.scalars(
        select(Voucher).where(Voucher.types.any(TicketType.id == of.id)).order_by(Voucher.id)
    ).all()

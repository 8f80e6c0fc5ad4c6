"""Reads of the gate: who is in already, how many, and who is called what."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from festival.checkin.models import Gate, Scan
from festival.db import db
from festival.tickets.models import Order, Ticket


def entry(ticket_id: int, day: date, *, practice: bool) -> Scan | None:
    """The scan that let this ticket in on `day`, with its gate."""
    return db.session.scalar(
        select(Scan)
        .options(joinedload(Scan.gate))
        .where(
            Scan.ticket_id == ticket_id,
            Scan.admitted_on == day,
            Scan.is_practice == practice,
            Scan.outcome == "admitted",
            Scan.undone_at.is_(None),
        )
    )


def last_entry(ticket_id: int, *, before: datetime, practice: bool) -> Scan | None:
    """The last scan that let this ticket in before `before`: what `already_in` tells about."""
    return db.session.scalar(
        select(Scan)
        .options(joinedload(Scan.gate))
        .where(
            Scan.ticket_id == ticket_id,
            Scan.is_practice == practice,
            Scan.outcome == "admitted",
            Scan.undone_at.is_(None),
            Scan.received_at <= before,
        )
        .order_by(Scan.received_at.desc())
        .limit(1)
    )


def counts(edition_id: int, day: date, *, practice: bool = False) -> dict[int, int]:
    """How many were let in on `day`, by gate id."""
    rows = db.session.execute(
        select(Scan.gate_id, func.count())
        .join(Gate)
        .where(
            Gate.edition_id == edition_id,
            Scan.admitted_on == day,
            Scan.is_practice == practice,
            Scan.outcome == "admitted",
            Scan.undone_at.is_(None),
        )
        .group_by(Scan.gate_id)
    )
    return dict(rows.tuples().all())


def find_tickets(edition_id: int, words: str, *, limit: int = 20) -> Sequence[Ticket]:
    """Live tickets whose holder, order name or code holds every one of `words`."""
    query = (
        select(Ticket)
        .join(Ticket.order)
        .options(joinedload(Ticket.order), joinedload(Ticket.type))
        .where(Order.edition_id == edition_id, Ticket.released_at.is_(None))
        .order_by(func.lower(Ticket.holder_name))
        .limit(limit)
    )
    for word in words.split():
        query = query.where(
            Ticket.holder_name.icontains(word, autoescape=True)
            | Order.name.icontains(word, autoescape=True)
            | Ticket.code.startswith(word.upper(), autoescape=True)
        )
    return db.session.scalars(query).all()

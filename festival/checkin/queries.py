"""Queries for the gates: scans, how many tickets are in, and tickets by name."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Select, func, inspect, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from festival import codes
from festival.checkin.models import Gate, Scan
from festival.db import db
from festival.editions.models import Edition
from festival.sorting import title_key
from festival.tickets import finding
from festival.tickets.models import Order, Ticket, TicketType

MOST_FOUND = 20
COUNTS = (Scan.outcome == "admitted", Scan.undone_at.is_(None))


def gates(edition_id: int) -> Sequence[Gate]:
    """Returns the gates of an edition in their order, practice gates last."""
    found = db.session.scalars(select(Gate).where(Gate.edition_id == edition_id).order_by(Gate.id))
    return sorted(found, key=lambda gate: (gate.is_practice, gate.position, title_key(gate.name)))


def gate_by_slug(slug: str) -> Gate | None:
    """Returns the gate of the current edition with this slug, with its edition."""
    return db.session.scalar(
        select(Gate)
        .join(Gate.edition)
        .options(contains_eager(Gate.edition))
        .where(Gate.slug == slug, Edition.is_current)
    )


def scan_of(device_id: int, nonce: str) -> Scan | None:
    """Returns the scan that a device made with `nonce`, with all that its answer shows."""
    return db.session.scalar(_with_answer().where(Scan.device_id == device_id, Scan.nonce == nonce))


def answered(scan: Scan) -> Scan:
    """Returns `scan`, read again in one query with all that its answer shows."""
    key = inspect(scan).identity  # scan.id would read the row an extra time
    assert key is not None
    return db.session.scalars(_with_answer().where(Scan.id == key[0])).one()


def entries_of(ticket_ids: Collection[int]) -> Sequence[Scan]:
    """Returns the scans that let these tickets in and still count, not those of practice."""
    return db.session.scalars(
        select(Scan)
        .where(Scan.ticket_id.in_(ticket_ids), Scan.is_practice.is_(False), *COUNTS)
        .order_by(Scan.id)
    ).all()


def recent_scans(device_id: int, *, limit: int = 8) -> Sequence[Scan]:
    """Returns the last scans of a device, newest first."""
    return db.session.scalars(
        select(Scan)
        .options(joinedload(Scan.ticket))
        .where(Scan.device_id == device_id)
        .order_by(Scan.id.desc())
        .limit(limit)
    ).all()


def scans(
    edition_id: int, *, gate: str = "", outcome: str = "", day: date | None = None
) -> Select[Scan]:
    """Returns the query for an edition's scans, of one gate (by slug), outcome and day if given.

    `outcome`: one of OUTCOMES, or `inside`: those that `counts` counts. `day`: let in on that day.
    """
    query = select(Scan).join(Scan.gate).where(Gate.edition_id == edition_id)
    if gate:
        query = query.where(Gate.slug == gate)
    if outcome == "inside":
        query = query.where(*COUNTS, Scan.is_practice.is_(False))
    elif outcome:
        query = query.where(Scan.outcome == outcome)
    if day:
        query = query.where(Scan.admitted_on == day)
    return query


def number_of(scans: Select[Scan]) -> int:
    """Returns how many scans the query finds."""
    return db.session.scalar(select(func.count()).select_from(scans.subquery())) or 0


def rows(scans: Select[Scan], *, offset: int, limit: int) -> Sequence[Scan]:
    """Returns one page of these scans, newest first, with all that a table of them shows."""
    return db.session.scalars(
        scans.options(
            contains_eager(Scan.gate),
            joinedload(Scan.ticket),
            joinedload(Scan.device),
            joinedload(Scan.member),
        )
        .order_by(Scan.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()


def last_entry(ticket_id: int, *, on: date, before: datetime, practice: bool) -> Scan | None:
    """Returns the scan that let this ticket in on the festival day `on`, the last up to `before`.

    That is what `already_in` refers to: an entry on another day keeps nobody out.
    """
    return db.session.scalar(
        select(Scan)
        .options(joinedload(Scan.gate))
        .where(
            Scan.ticket_id == ticket_id,
            Scan.is_practice == practice,
            Scan.outcome == "admitted",
            Scan.admitted_on == on,
            Scan.undone_at.is_(None),
            Scan.received_at <= before,
        )
        .order_by(Scan.received_at.desc())
        .limit(1)
    )


def tickets_inside(ticket_ids: Collection[int]) -> Collection[int]:
    """Returns which of these tickets, by id, let their holder in, on any day."""
    return db.session.scalars(
        select(Ticket.id).where(
            Ticket.id.in_(ticket_ids),
            Ticket.id.in_(select(Scan.ticket_id).where(*COUNTS, Scan.is_practice.is_(False))),
        )
    ).all()


def counts(edition_id: int, day: date, *, practice: bool = False) -> dict[int, int]:
    """Returns how many tickets were let in on `day`, by gate id."""
    rows = db.session.execute(
        select(Scan.gate_id, func.count())
        .join(Gate)
        .where(
            Gate.edition_id == edition_id,
            Scan.admitted_on == day,
            Scan.is_practice == practice,
            *COUNTS,
        )
        .group_by(Scan.gate_id)
    )
    return dict(rows.all())


def let_in(day: date) -> Select[int | None]:
    """Returns the query for the ids of the tickets that were let in on the festival day `day`."""
    return select(Scan.ticket_id).where(
        Scan.admitted_on == day,
        Scan.ticket_id.is_not(None),
        Scan.is_practice.is_(False),
        *COUNTS,
    )


def entries(ticket_ids: Collection[int], day: date) -> dict[int, datetime]:
    """Returns when each of these tickets was let in on the festival day `day`, by ticket id."""
    query = let_in(day).add_columns(Scan.scanned_at).where(Scan.ticket_id.in_(ticket_ids))
    return {ticket_id: at for ticket_id, at in db.session.execute(query) if ticket_id}


def practice_counts(gate_id: int) -> int:
    """Returns how many tickets are in at a practice gate."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Scan.gate_id == gate_id, Scan.outcome == "admitted", Scan.undone_at.is_(None)
            )
        )
        or 0
    )


def find_tickets(edition_id: int, typed: str) -> Sequence[Ticket]:
    """Returns at most MOST_FOUND live tickets in which `typed` is found, by the holder's name.

    See tickets/finding.py.
    """
    by_name = (Ticket.holder_key, Ticket.id)
    first = (  # Only these are read in full: a first name may be that of thousands.
        select(Ticket.id)
        .join(Ticket.type)
        .where(
            TicketType.edition_id == edition_id,
            Ticket.released_at.is_(None),
            finding.tickets(typed),
        )
        .order_by(*by_name)
        .limit(MOST_FOUND)
    )
    return db.session.scalars(
        select(Ticket)
        .join(Ticket.order)
        .options(contains_eager(Ticket.order), joinedload(Ticket.type, innerjoin=True))
        .where(Ticket.id.in_(first))
        .order_by(*by_name)
    ).all()


def has_order(edition_id: int, typed: str) -> bool:
    """Returns whether `typed` is the code or payment reference of an order with live tickets."""
    code = codes.tidy(typed)
    query = (
        select(Ticket.id)
        .join(Ticket.order)
        .where(
            Order.edition_id == edition_id,
            Ticket.released_at.is_(None),
            or_(Order.code == code, Order.reference == code),
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def _with_answer() -> Select[Scan]:
    return select(Scan).options(
        joinedload(Scan.gate, innerjoin=True).joinedload(Gate.edition, innerjoin=True),
        joinedload(Scan.ticket).joinedload(Ticket.order),
        joinedload(Scan.ticket).joinedload(Ticket.type),
    )

"""Queries for the people who are coming: tickets as the team asks, read in bounded parts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, not_, select
from sqlalchemy.orm import contains_eager

from festival.bookings.models import Booking
from festival.checkin import queries as checkin
from festival.db import db
from festival.editions.models import Edition, EditionDay
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.questions import queries as questions
from festival.tickets import finding
from festival.tickets.models import Order, Ticket, TicketType, day_of_type
from festival.tickets.queries import LIVE
from festival.web.languages import Bilingual

AT_A_TIME = 1000  # tickets that are in memory together while a file is written

_HELD = and_(Ticket.released_at.is_(None), LIVE)
# `coming` are those that the pool holds, whether or not they are paid.
STATES: Mapping[str, ColumnElement[bool]] = {
    "coming": _HELD,
    "valid": and_(_HELD, Order.confirmed_at.is_not(None)),
    "unpaid": and_(_HELD, Order.confirmed_at.is_(None)),
    "cancelled": not_(_HELD),
}


@dataclass(frozen=True)
class Wanted:
    """Which tickets are asked for. Empty values ask for nothing.

    `inside` is `in` or `out`: let in on `entered_on` or not. `session` is a slug.
    """

    entered_on: date
    text: str = ""
    type: str = ""
    day: date | None = None
    state: str = "coming"
    inside: str = ""
    session: str = ""


class Attendee(NamedTuple):
    """One ticket and its holder, with what lists and files tell of them."""

    ticket_id: int
    code: str
    name: str
    email: str  # where letters about this ticket go
    order_code: str
    order_name: str
    type_id: int
    state: str  # "valid", "unpaid" or "cancelled"
    entered_at: datetime | None
    sessions: Sequence["Place"]
    answers: Mapping[int, str]  # values by the id of the question


class Place(NamedTuple):
    """A place in a slot that a ticket holds."""

    title: Bilingual
    starts_at: datetime


class Participant(NamedTuple):
    """One place and who holds it, for the list of a workshop."""

    title: Bilingual
    starts_at: datetime
    ends_at: datetime
    stage: Bilingual
    is_cancelled: bool
    name: str
    type_id: int
    code: str
    is_paid: bool


def tickets(edition: Edition, wanted: Wanted) -> Select[Ticket]:
    """Returns the query for the tickets of `edition` that are `wanted`, their orders joined."""
    query = (
        select(Ticket)
        .join(Ticket.order)
        .join(Ticket.type)
        .where(TicketType.edition_id == edition.id, STATES.get(wanted.state, _HELD))
    )
    if wanted.text:
        query = query.where(finding.tickets(wanted.text))
    if wanted.type:
        query = query.where(TicketType.slug == wanted.type)
    if wanted.day:
        query = query.where(TicketType.days.any(EditionDay.held_on == wanted.day))
    if wanted.inside:
        inside = Ticket.id.in_(checkin.let_in(wanted.entered_on))
        query = query.where(inside if wanted.inside == "in" else not_(inside))
    if wanted.session:
        query = query.where(Ticket.id.in_(_with_place(edition, wanted.session)))
    return query


def ticket_by_code(edition: Edition, code: str) -> Ticket | None:
    """Returns the ticket of the edition with this code, with its order."""
    return db.session.scalar(
        select(Ticket)
        .join(Ticket.order)
        .where(Order.edition_id == edition.id, Ticket.code == code)
        .options(contains_eager(Ticket.order))
    )


def number_of(tickets: Select[Ticket]) -> int:
    """Returns how many tickets the query finds."""
    ids = tickets.with_only_columns(Ticket.id, maintain_column_froms=True)
    return db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0


def attendees(tickets: Select[Ticket], *, entered_on: date) -> Iterator[Attendee]:
    """Yields these tickets by surname. Never more than AT_A_TIME are in memory."""
    rows = db.session.execute(
        tickets.with_only_columns(
            Ticket.id,
            Ticket.code,
            Ticket.holder_name,
            Ticket.holder_email,
            Ticket.type_id,
            _HELD,
            Order.code,
            Order.name,
            Order.email,
            Order.confirmed_at,
            maintain_column_froms=True,
        )
        .order_by(Ticket.holder_key, Ticket.id)
        .execution_options(yield_per=AT_A_TIME)
    )
    for part in rows.partitions():
        ids = [row[0] for row in part]
        entered, places = checkin.entries(ids, entered_on), _places(ids)
        answers = questions.answers_of(ids)
        for ticket_id, code, name, email, type_id, is_held, *order in part:
            order_code, order_name, order_email, confirmed_at = order
            paid = "valid" if confirmed_at else "unpaid"
            yield Attendee(
                ticket_id=ticket_id,
                code=code,
                name=name,
                email=email or order_email,
                order_code=order_code,
                order_name=order_name,
                type_id=type_id,
                state=paid if is_held else "cancelled",
                entered_at=entered.get(ticket_id),
                sessions=places.get(ticket_id, ()),
                answers=answers.get(ticket_id, {}),
            )


def participants(edition: Edition) -> Iterator[Participant]:
    """Yields every place that a ticket holds, by session, start and surname."""
    rows = db.session.execute(
        select(
            Session.title,
            Slot.starts_at,
            Slot.ends_at,
            Stage.name,
            Slot.state == "cancelled",
            Ticket.holder_name,
            Ticket.type_id,
            Ticket.code,
            Order.confirmed_at.is_not(None),
        )
        .select_from(Booking)
        .join(Booking.slot)
        .join(Slot.session)
        .join(Slot.stage)
        .join(Booking.ticket)
        .join(Ticket.order)
        .where(Session.edition_id == edition.id, Booking.cancelled_at.is_(None), _HELD)
        .order_by(Session.slug, Slot.starts_at, Slot.id, Ticket.holder_key, Ticket.id)
        .execution_options(yield_per=AT_A_TIME)
    )
    for row in rows:
        yield Participant(*row)


def sessions_with_places(edition: Edition) -> list[tuple[str, Bilingual]]:
    """Returns slug and title of each session in which a ticket has a place."""
    booked = select(Slot.session_id).join(Booking, Booking.slot_id == Slot.id)
    rows = db.session.execute(
        select(Session.slug, Session.title)
        .where(
            Session.edition_id == edition.id,
            Session.id.in_(booked.where(Booking.cancelled_at.is_(None))),
        )
        .order_by(Session.slug)
    )
    return [(slug, title) for slug, title in rows]


def numbers_by_day(edition: Edition) -> list[tuple[date, int, int, int]]:
    """Returns day, id of the ticket type, and how many of those are valid and unpaid."""
    paid = func.count(Order.confirmed_at)
    rows = db.session.execute(
        select(EditionDay.held_on, TicketType.id, paid, func.count(Ticket.id) - paid)
        .select_from(Ticket)
        .join(Ticket.order)
        .join(Ticket.type)
        .join(day_of_type, day_of_type.c.type_id == TicketType.id)
        .join(EditionDay, EditionDay.id == day_of_type.c.day_id)
        .where(TicketType.edition_id == edition.id, _HELD)
        .group_by(EditionDay.held_on, TicketType.id, TicketType.position)
        .order_by(EditionDay.held_on, TicketType.position, TicketType.id)
    )
    return [(day, type_id, valid, unpaid) for day, type_id, valid, unpaid in rows]


def _with_place(edition: Edition, session: str) -> Select[int]:
    return (
        select(Booking.ticket_id)
        .join(Booking.slot)
        .join(Slot.session)
        .where(
            Session.edition_id == edition.id,
            Session.slug == session,
            Booking.cancelled_at.is_(None),
        )
    )


def _places(ticket_ids: Sequence[int]) -> dict[int, list[Place]]:
    """Returns the places of these tickets by ticket id, by start; not those that are off."""
    found: dict[int, list[Place]] = {}
    rows = db.session.execute(
        select(Booking.ticket_id, Session.title, Slot.starts_at)
        .join(Booking.slot)
        .join(Slot.session)
        .where(
            Booking.ticket_id.in_(ticket_ids),
            Booking.cancelled_at.is_(None),
            Slot.state.not_in(("cancelled", "dropped")),
        )
        .order_by(Slot.starts_at, Slot.id)
    )
    for ticket_id, title, starts_at in rows:
        found.setdefault(ticket_id, []).append(Place(title, starts_at))
    return found

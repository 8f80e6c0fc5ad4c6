"""Places and who holds them: tickets, days, sessions with who comes."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import contains_eager, joinedload, load_only, selectinload

from festival import search
from festival.bookings.models import Booking, Star
from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition
from festival.programme.models.places import Stage, Walk
from festival.programme.models.sessions import Session, Slot
from festival.sorting import person_key
from festival.speakers.questions import CoachQuestion
from festival.tickets.models import Order, Ticket, TicketType
from festival.web.languages import Bilingual


def live_bookings(ticket_ids: Iterable[int]) -> list[Booking]:
    """Returns the places that these tickets hold, by start; slot, session and stage loaded."""
    return list(db.session.scalars(_live_bookings(), {"ticket_ids": list(ticket_ids)}))


@cache  # every page of a ticket uses it, and building it takes longer than running it
def _live_bookings() -> Select[Booking]:
    of_them = Booking.ticket_id.in_(bindparam("ticket_ids", expanding=True))
    return (
        _with_slots()
        .where(of_them, Booking.cancelled_at.is_(None))
        .order_by(Slot.starts_at, Slot.id)
    )


def all_bookings(ticket: Ticket) -> list[Booking]:
    """Returns all bookings that `ticket` ever had, oldest first; slot, session and stage loaded."""
    return list(
        db.session.scalars(_with_slots().where(Booking.ticket_id == ticket.id).order_by(Booking.id))
    )


def all_stars(ticket: Ticket) -> list[Star]:
    """Returns every star of `ticket`, removed ones too; slot, session and stage loaded."""
    return list(db.session.scalars(_all_stars(), {"ticket_id": ticket.id}))


@cache
def _all_stars() -> Select[Star]:
    return (
        select(Star)
        .join(Star.slot)
        .join(Slot.session)
        .options(contains_eager(Star.slot).options(*of_slot()))
        .where(Star.ticket_id == bindparam("ticket_id"))
        .order_by(Slot.starts_at, Slot.id)
    )


def walks(edition: Edition) -> dict[tuple[int, int], int]:
    """Returns the minutes to walk between stages (ids, lower first) where not the usual time."""
    rows = db.session.scalars(
        select(Walk).join(Stage, Stage.id == Walk.stage_id).where(Stage.edition_id == edition.id)
    )
    return {(walk.stage_id, walk.other_id): walk.minutes for walk in rows}


class StarChoice(NamedTuple):
    """A slot that can be starred, with only what a list of hundreds needs."""

    code: str
    hours: str  # as expected, "13.30–15.00 uur"
    stage_name: Bilingual
    kind: str
    slug: str  # of the session
    title: Bilingual
    is_cancelled: bool


def programme_of_day(edition: Edition, day: date, *, typed: str = "") -> list[StarChoice]:
    """Returns every slot of one day except coaching, in order of time. One query."""
    start = edition.day_begins(day)
    query = (
        select(
            Slot.code,
            Slot.starts_at,
            Slot.ends_at,
            Slot.delay_minutes,
            Slot.state,
            Stage.name,
            Session.kind,
            Session.slug,
            Session.title,
        )
        .join(Slot.session)
        .join(Slot.stage)
        .where(
            Session.edition_id == edition.id,
            Session.kind != "coaching",
            Slot.is_public,
            Slot.state != "dropped",
            Slot.starts_at >= start,
            Slot.starts_at < start + timedelta(days=1, hours=1),
        )
        .order_by(Slot.starts_at, Session.slug)
    )
    wanted = search.wanted(typed)
    moments = []
    rows = db.session.execute(query)
    for code, starts_at, ends_at, delay, state, stage_name, kind, slug, title in rows:
        if not _is_titled(title, wanted):
            continue
        if edition.day_of(starts_at) == day:  # an hour too many was read, for when clocks change
            later = timedelta(minutes=delay)
            hours = dates.hours(edition, starts_at + later, ends_at + later)
            is_cancelled = state == "cancelled"
            moments.append(StarChoice(code, hours, stage_name, kind, slug, title, is_cancelled))
    return moments


def booking_of(ticket: Ticket, slot_code: str) -> Booking | None:
    """Returns the place that `ticket` has in the slot, or else the last that it gave up there."""
    return db.session.scalars(
        _with_slots()
        .where(Booking.ticket_id == ticket.id, Slot.code == slot_code)
        .order_by(Booking.cancelled_at.is_(None).desc(), Booking.id.desc())
        .limit(1)
    ).one_or_none()


def slots_with_places(edition: Edition, *, kind: str = "", typed: str = "") -> list[Slot]:
    """Returns the slots of the edition that take bookings, by start, with session and stage."""
    query = (
        select(Slot)
        .join(Slot.session)
        .where(
            Session.edition_id == edition.id,
            Slot.places.is_not(None),
            Slot.is_public,
            Slot.state != "dropped",
        )
        .options(contains_eager(Slot.session), joinedload(Slot.stage, innerjoin=True))
        .order_by(Slot.starts_at, Session.slug)
    )
    if kind:
        query = query.where(Session.kind == kind)
    wanted = search.wanted(typed)
    return [slot for slot in db.session.scalars(query) if _is_titled(slot.session.title, wanted)]


def session_by_slug(edition: Edition, slug: str) -> Session | None:
    """Returns the session of this edition, with all its slots and their stages."""
    return db.session.scalar(
        select(Session)
        .where(Session.edition_id == edition.id, Session.slug == slug)
        .options(selectinload(Session.all_slots).joinedload(Slot.stage, innerjoin=True))
    )


def who_comes(session: Session) -> dict[int, list[Booking]]:
    """Returns the bookings in each slot of `session` by slot id, ordered by name; ticket loaded."""
    who: dict[int, list[Booking]] = {slot.id: [] for slot in session.all_slots}
    for booking in db.session.scalars(
        select(Booking)
        .join(Booking.ticket)
        .where(Booking.slot_id.in_(who), Booking.cancelled_at.is_(None))
        .options(
            contains_eager(Booking.ticket).options(
                joinedload(Ticket.order, innerjoin=True), joinedload(Ticket.type, innerjoin=True)
            )
        )
        .order_by(Booking.id)
    ):
        who[booking.slot_id].append(booking)
    for bookings in who.values():
        bookings.sort(key=lambda each: person_key(each.ticket.holder_name))
    return who


def who_has_a_place_in(codes: Collection[str]) -> dict[Ticket, list[str]]:
    """Returns the tickets with places in these slots and the codes of those; order loaded."""
    rows = db.session.execute(
        select(Ticket, Slot.code)
        .join(Booking, Booking.ticket_id == Ticket.id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.code.in_(codes), Booking.cancelled_at.is_(None))
        .options(joinedload(Ticket.order, innerjoin=True))
        .order_by(Ticket.id, Slot.starts_at)
    )
    return codes_by_ticket(rows)


def codes_by_ticket(rows: Iterable[Row[Ticket, str]]) -> dict[Ticket, list[str]]:
    """Returns the codes of slots by ticket, in the order of the rows."""
    found: dict[Ticket, list[str]] = {}
    for ticket, code in rows:
        found.setdefault(ticket, []).append(code)
    return found


def questions_of(slot_ids: Collection[int]) -> dict[int, list[CoachQuestion]]:
    """Returns what the holders of places in these slots ask their coach, by slot id."""
    found: dict[int, list[CoachQuestion]] = {}
    for slot_id, name, words in db.session.execute(
        select(Booking.slot_id, Ticket.holder_name, Booking.question)
        .join(Booking.ticket)
        .where(
            Booking.slot_id.in_(slot_ids), Booking.cancelled_at.is_(None), Booking.question != ""
        )
        .order_by(Booking.id)
    ):
        found.setdefault(slot_id, []).append(CoachQuestion(name, words))
    return found


def codes_of_tickets(ids: Collection[int]) -> list[tuple[int, str, str]]:
    """Returns the id and code of each of these tickets, and the code of its order."""
    query = select(Ticket.id, Ticket.code, Order.code).join(Ticket.order)
    rows = db.session.execute(query.where(Ticket.id.in_(ids)))
    return [(ticket_id, code, order) for ticket_id, code, order in rows]


def ticket_by_secret(secret: str) -> Ticket | None:
    """Returns the ticket whose holder's link ends in `secret`, with its type, order and edition."""
    return db.session.scalars(_ticket_by_secret(), {"secret": secret}).unique().one_or_none()


@cache
def _ticket_by_secret() -> Select[Ticket]:
    return (
        select(Ticket)
        .where(Ticket.secret == bindparam("secret"))
        .options(
            joinedload(Ticket.order, innerjoin=True).joinedload(Order.edition, innerjoin=True),
            joinedload(Ticket.type, innerjoin=True).joinedload(TicketType.days),
        )
    )


def ticket_by_agenda(agenda_secret: str) -> Ticket | None:
    """Returns the ticket whose agenda feed has this secret, with its order and edition."""
    return db.session.scalar(
        select(Ticket)
        .where(Ticket.agenda_secret == agenda_secret)
        .options(joinedload(Ticket.order, innerjoin=True).joinedload(Order.edition, innerjoin=True))
    )


def ticket_and_slot(secret: str, code: str) -> tuple[Ticket, Slot] | None:
    """Returns the ticket and the slot, of one edition, with only their ids loaded.

    For a rule, which reads the rest itself. A slot that is off the programme is found too: a
    visitor who was just looking at it must hear so.
    """
    found = db.session.execute(_ticket_and_slot(), {"secret": secret, "code": code}).one_or_none()
    return None if found is None else (found[0], found[1])


@cache
def _ticket_and_slot() -> Select[Ticket, Slot]:
    of_it = Ticket.secret == bindparam("secret"), Slot.code == bindparam("code")
    return (
        select(Ticket, Slot)
        .join(Ticket.order)
        .join(Session, Session.edition_id == Order.edition_id)
        .join(Session.all_slots)
        .where(*of_it, Slot.is_public)
        .options(load_only(Ticket.id), load_only(Slot.id))
    )


def _with_slots() -> Select[Booking]:
    return (
        select(Booking)
        .join(Booking.slot)
        .join(Slot.session)
        .options(contains_eager(Booking.slot).options(*of_slot()))
    )


def of_slot() -> tuple[Any, ...]:
    """Returns options to load what a holder's pages show of a slot. The query joins its session."""
    return (
        contains_eager(Slot.session),
        joinedload(Slot.stage, innerjoin=True),
        # Rarely set, and only then a query.
        selectinload(Slot.moved_from_stage),
        selectinload(Slot.replaced_by).joinedload(Slot.session, innerjoin=True),
    )


def _is_titled(title: Bilingual, wanted: list[str]) -> bool:
    return search.holds_all(search.folded(title.nl, title.en), wanted)

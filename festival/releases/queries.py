"""Queries about releases, the people to notify, and the slots of one festival day."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, undefer

from festival.bookings.models import Booking
from festival.db import db
from festival.editions.models import Edition
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session, Slot, Speaker, speaker_of_session
from festival.programme.snapshot import Snapshot
from festival.sorting import person_key, title_key
from festival.tickets.models import Order, Ticket
from festival.web.languages import Bilingual


def releases(edition: Edition, *, at_most: int = 200) -> list[Release]:
    """Returns releases and changes on the day, the latest first."""
    return list(
        db.session.scalars(
            select(Release)
            .where(Release.edition_id == edition.id)
            .order_by(Release.number.desc())
            .limit(at_most)
        )
    )


def release_by_number(edition: Edition, number: int) -> Release | None:
    """Returns one release, with the programme as it was then."""
    return db.session.scalar(
        select(Release)
        .where(Release.edition_id == edition.id, Release.number == number)
        .options(undefer(Release.programme))
    )


def next_number(edition: Edition) -> int:
    """Returns the number of the next release."""
    last = db.session.scalar(
        select(func.max(Release.number)).where(Release.edition_id == edition.id)
    )
    return (last or 0) + 1


def live_bookings(codes: Collection[str]) -> dict[str, int]:
    """Counts the booked places of each of these slots; slots without bookings are left out."""
    rows = db.session.execute(
        select(Slot.code, func.count())
        .join(Booking, Booking.slot_id == Slot.id)
        .where(Slot.code.in_(codes), Booking.cancelled_at.is_(None))
        .group_by(Slot.code)
    )
    return {code: number for code, number in rows}  # noqa: C416  mypy does not see rows as pairs


def waiting_sessions(edition: Edition) -> list[int]:
    """Returns the ids of the public sessions that have any change in the draft."""
    rows = db.session.execute(
        select(Session.id, Session.draft)
        .where(Session.edition_id == edition.id, Session.is_public)
        .order_by(Session.slug)
    )
    return [session_id for session_id, draft in rows if draft]


def cancelled_slots(edition: Edition) -> set[str]:
    """Returns the codes of the slots that visitors see as cancelled."""
    return set(
        db.session.scalars(
            select(Slot.code)
            .join(Slot.session)
            .where(Session.edition_id == edition.id, Slot.is_public, Slot.state == "cancelled")
        )
    )


def live_tickets(edition: Edition) -> int:
    """Counts the tickets of the edition that were not given back, paid or not."""
    return (
        db.session.scalar(
            select(func.count(Ticket.id))
            .join(Ticket.order)
            .where(Order.edition_id == edition.id, Ticket.released_at.is_(None))
        )
        or 0
    )


def live_orders(edition: Edition) -> list[Order]:
    """Returns the orders that hold tickets which were not given back, with all of their tickets."""
    return list(
        db.session.scalars(
            select(Order)
            .where(
                Order.edition_id == edition.id,
                Order.tickets.any(Ticket.released_at.is_(None)),
            )
            .options(selectinload(Order.tickets))
            .order_by(Order.id)
        )
    )


def tickets_with_places(edition: Edition) -> set[int]:
    """Returns the ids of the tickets that hold a place."""
    return set(
        db.session.scalars(
            select(Booking.ticket_id)
            .join(Ticket, Ticket.id == Booking.ticket_id)
            .join(Ticket.order)
            .where(Order.edition_id == edition.id, Booking.cancelled_at.is_(None))
        )
    )


def placed(edition: Edition) -> tuple[int, int]:
    """Counts the sessions that have a slot, drafts included, and the places booked in them."""
    sessions = db.session.scalar(
        select(func.count(Slot.session_id.distinct()))
        .join(Slot.session)
        .where(Session.edition_id == edition.id, Slot.state != "dropped")
    )
    places = db.session.scalar(
        select(func.sum(Slot.taken))
        .join(Slot.session)
        .where(Session.edition_id == edition.id, Slot.state != "dropped")
    )
    return sessions or 0, places or 0


def people_on_stage(edition: Edition) -> list[Speaker]:
    """Returns the speakers and hosts of public sessions that have a slot, who have an address."""
    link = speaker_of_session.c
    return speakers(
        db.session.scalars(
            select(link.speaker_id)
            .join(Session, Session.id == link.session_id)
            .where(
                Session.edition_id == edition.id,
                Session.is_public,
                Session.all_slots.any(and_(Slot.is_public, Slot.state == "scheduled")),
            )
        )
    )


def people_in(session_ids: Iterable[int]) -> dict[int, set[int]]:
    """Maps the id of each speaker and host to those of these sessions that they are in."""
    link = speaker_of_session.c
    rows = db.session.execute(
        select(link.speaker_id, link.session_id).where(link.session_id.in_(session_ids))
    )
    found: dict[int, set[int]] = {}
    for speaker_id, session_id in rows:
        found.setdefault(speaker_id, set()).add(session_id)
    return found


def declined_sessions(new: Snapshot) -> list[tuple[str, Bilingual]]:
    """Lists people who declined a session that has a slot in `new`, with its title, by name."""
    link = speaker_of_session.c
    rows = db.session.execute(
        select(link.speaker_id, link.session_id).where(
            link.session_id.in_(new.sessions), link.answer == "no"
        )
    )
    found = []
    for speaker_id, session_id in rows:
        session = new.sessions[session_id]
        if session.slots and speaker_id in (*session.speaker_ids, *session.host_ids):
            found.append((new.speakers[speaker_id].name, session.title))
    return sorted(found, key=lambda each: (person_key(each[0]), title_key(each[1].text())))


def speakers(ids: Iterable[int]) -> list[Speaker]:
    """Returns these people, except those without an email address."""
    query = select(Speaker).where(Speaker.id.in_(ids), Speaker.email != "").order_by(Speaker.id)
    return list(db.session.scalars(query))


def slots_on(edition: Edition, day: date) -> list[Slot]:
    """Returns the published slots of a festival day by time, with session and stage loaded."""
    begins, ends = edition.day_begins(day), edition.day_begins(day + timedelta(days=1))
    return list(
        db.session.scalars(
            _published()
            .where(Session.edition_id == edition.id)
            .where(Slot.starts_at >= begins, Slot.starts_at < ends)
            .order_by(Slot.starts_at, Slot.id)
        )
    )


def slot_by_code(code: str) -> Slot | None:
    """Returns a published slot of any edition, with its session and stage."""
    return db.session.scalar(_published().where(Slot.code == code))


def _published() -> Select[Slot]:
    return (
        select(Slot)
        .join(Slot.session)
        .where(Slot.is_public, Slot.state != "dropped")
        .options(contains_eager(Slot.session), joinedload(Slot.stage, innerjoin=True))
    )

"""Reads of places and of who holds them, each with everything its readers need."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, load_only, selectinload

from festival.bookings.models import Booking
from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition
from festival.languages import Bilingual
from festival.programme.models import Session, Slot, Stage
from festival.tickets.models import Order, Ticket


class SlotRow(NamedTuple):
    """A slot that can be booked, in as few words as a long list of them needs."""

    code: str
    starts_at: datetime
    ends_at: datetime
    hours: str  # "13.30–15.00 uur"
    places_left: int
    stage_name: Bilingual
    kind: str
    slug: str  # of the session
    title: Bilingual


class Coach(NamedTuple):
    """A coaching session with its slots of one day."""

    slug: str
    title: Bilingual
    summary: Bilingual
    stage_name: Bilingual
    slots: list[SlotRow]

    @property
    def is_full(self) -> bool:
        """Whether every slot is taken."""
        return all(slot.places_left <= 0 for slot in self.slots)


class DayGroup(NamedTuple):
    """What can be booked on one day: workshops and the like by time, and coaches."""

    day: date
    label: str  # "zaterdag 18 september"
    workshops: list[SlotRow]
    coaches: list[Coach]


def choosable_slots(
    edition: Edition, now: datetime, days: Collection[date] | None = None
) -> list[DayGroup]:
    """All that can still be booked, full ones too, by day; one query. `days`: only those."""
    closes_before = now + timedelta(minutes=edition.booking_closes_minutes)
    rows = db.session.execute(
        select(
            Session.slug,
            Session.kind,
            Session.title,
            Session.summary,
            Stage.name,
            Slot.code,
            Slot.starts_at,
            Slot.ends_at,
            Slot.places,
            Slot.taken,
        )
        .join(Slot.session)
        .join(Slot.stage)
        .where(
            Session.edition_id == edition.id,
            Slot.is_public,
            Slot.places.is_not(None),
            Slot.state == "scheduled",
            Slot.starts_at > closes_before,
        )
        .order_by(Slot.starts_at, Session.slug)
    )
    groups: dict[date, DayGroup] = {}
    coaches: dict[tuple[date, str], Coach] = {}
    for slug, kind, title, summary, stage_name, code, starts_at, ends_at, places, taken in rows:
        day = edition.day_of(starts_at)
        if days is not None and day not in days:
            continue
        if day not in groups:
            groups[day] = DayGroup(day, dates.day(day), [], [])
        hours = dates.hours(edition, starts_at, ends_at)
        left = (places or 0) - taken
        row = SlotRow(code, starts_at, ends_at, hours, left, stage_name, kind, slug, title)
        if kind != "coaching":
            groups[day].workshops.append(row)
            continue
        if (day, slug) not in coaches:
            coaches[day, slug] = Coach(slug, title, summary, stage_name, [])
            groups[day].coaches.append(coaches[day, slug])
        coaches[day, slug].slots.append(row)
    return list(groups.values())


def live_bookings(ticket_ids: Iterable[int]) -> list[Booking]:
    """What these tickets hold, offers too, in the order of the day; slot, session, stage loaded."""
    return list(
        db.session.scalars(
            _with_slots()
            .where(Booking.ticket_id.in_(ticket_ids), Booking.cancelled_at.is_(None))
            .order_by(Slot.starts_at, Slot.id)
        )
    )


def last_bookings(ticket: Ticket) -> list[Booking]:
    """Per slot what happened last: the place that `ticket` holds there, or the one it gave up."""
    bookings = db.session.scalars(
        _with_slots()
        .where(Booking.ticket_id == ticket.id, Booking.offered_until.is_(None))
        .order_by(Slot.starts_at, Booking.id)
    )
    return list({booking.slot_id: booking for booking in bookings}.values())


def booking_of(ticket: Ticket, slot_code: str) -> Booking | None:
    """What `ticket` holds in the slot with that code, or else what it last gave up there."""
    return db.session.scalars(
        _with_slots()
        .where(Booking.ticket_id == ticket.id, Slot.code == slot_code)
        .order_by(Booking.cancelled_at.is_(None).desc(), Booking.id.desc())
        .limit(1)
    ).one_or_none()


def slots_with_places(edition: Edition, *, kind: str = "", search: str = "") -> list[Slot]:
    """Every slot of the edition that is booked, in order of time, with its session and stage."""
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
    if search:
        like = f"%{search}%"
        titles = Session.__table__.c["title_nl"], Session.__table__.c["title_en"]
        query = query.where(or_(*(column.ilike(like) for column in titles)))
    return list(db.session.scalars(query))


def session_by_slug(edition: Edition, slug: str) -> Session | None:
    """The session of this edition, with its slots and their stages."""
    return db.session.scalar(
        select(Session)
        .where(Session.edition_id == edition.id, Session.slug == slug)
        .options(selectinload(Session.slots).joinedload(Slot.stage, innerjoin=True))
    )


def who_comes(session: Session) -> dict[int, list[Booking]]:
    """Per slot of `session` who holds a place, by name, with ticket, type and order."""
    who: dict[int, list[Booking]] = {slot.id: [] for slot in session.slots}
    for booking in db.session.scalars(
        select(Booking)
        .join(Booking.ticket)
        .where(Booking.slot_id.in_(who), Booking.cancelled_at.is_(None))
        .options(
            contains_eager(Booking.ticket).options(
                joinedload(Ticket.order, innerjoin=True), joinedload(Ticket.type, innerjoin=True)
            )
        )
        .order_by(func.lower(Ticket.holder_name), Booking.id)
    ):
        who[booking.slot_id].append(booking)
    return who


def ticket_by_secret(secret: str) -> Ticket | None:
    """The ticket whose holder's link ends in `secret`, with its type, order and edition."""
    return db.session.scalar(
        select(Ticket)
        .where(Ticket.secret == secret)
        .options(
            joinedload(Ticket.order, innerjoin=True).joinedload(Order.edition, innerjoin=True),
            joinedload(Ticket.type, innerjoin=True),
        )
    )


def ticket_and_slot(secret: str, code: str) -> tuple[Ticket, Slot] | None:
    """The ticket and the slot, of one edition, with nothing but their ids.

    For a rule, which reads them anew.
    """
    found = db.session.execute(
        select(Ticket, Slot)
        .join(Ticket.order)
        .join(Session, Session.edition_id == Order.edition_id)
        .join(Session.slots)
        .where(Ticket.secret == secret, Slot.code == code)
        .options(load_only(Ticket.id), load_only(Slot.id))
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def _with_slots() -> Select[Booking]:
    return (
        select(Booking)
        .join(Booking.slot)
        .join(Slot.session)
        .options(
            contains_eager(Booking.slot).options(
                contains_eager(Slot.session), joinedload(Slot.stage, innerjoin=True)
            )
        )
    )

"""What can be booked, or taken instead of a place."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import case, or_, select

from festival.bookings.models import Booking
from festival.bookings.queries.held_places import live_bookings
from festival.bookings.queries.waiting_list import count_in_line, is_waited_for
from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.web.languages import Bilingual


class BookableSlot(NamedTuple):
    """A slot that can be booked, with only what a long list of them needs."""

    code: str
    starts_at: datetime
    ends_at: datetime
    hours: str  # "13.30–15.00 uur"
    places_left: int  # for anyone who is not in line
    waiting: int  # how many are in line
    stage_id: int
    stage_name: Bilingual
    kind: str
    slug: str  # of the session
    title: Bilingual
    summary: Bilingual  # in one line


class CoachingDay(NamedTuple):
    """A coaching session with its slots of one day."""

    slug: str
    title: Bilingual
    summary: Bilingual
    stage_name: Bilingual
    slots: list[BookableSlot]

    @property
    def is_full(self) -> bool:
        """Whether every slot is taken."""
        return all(slot.places_left <= 0 for slot in self.slots)


class BookableDay(NamedTuple):
    """What can be booked on one day: workshops and the like by time, and coaches."""

    day: date
    label: str  # "zaterdag 18 september"
    workshops: list[BookableSlot]
    coaches: list[CoachingDay]

    @property
    def slots(self) -> list[BookableSlot]:
        """All of them."""
        return [*self.workshops, *(slot for coach in self.coaches for slot in coach.slots)]


def choosable_slots(
    edition: Edition, now: datetime, days: Collection[date] | None = None
) -> list[BookableDay]:
    """Returns every slot that can still be booked, full ones too, by day (of `days`). One query."""
    closes_before = now + timedelta(minutes=edition.booking_closes_minutes)
    rows = db.session.execute(
        select(
            Session.slug,
            Session.kind,
            Session.title,
            Session.summary,
            Slot.stage_id,
            Stage.name,
            Slot.code,
            Slot.starts_at,
            Slot.ends_at,
            case((or_(Slot.is_full, is_waited_for(Slot.id)), 0), else_=Slot.places - Slot.taken),
            count_in_line(Slot.id),
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
    groups: dict[date, BookableDay] = {}
    coaches: dict[tuple[date, str], CoachingDay] = {}
    for (
        slug, kind, title, summary, stage_id, stage_name, code, starts_at, ends_at, left, waiting
    ) in rows:  # fmt: skip
        day = edition.day_of(starts_at)
        if days is not None and day not in days:
            continue
        if day not in groups:
            groups[day] = BookableDay(day, dates.day(day), [], [])
        hours = dates.hours(edition, starts_at, ends_at)
        row = BookableSlot(
            code,
            starts_at,
            ends_at,
            hours,
            left,
            waiting,
            stage_id,
            stage_name,
            kind,
            slug,
            title,
            summary,
        )
        if kind != "coaching":
            groups[day].workshops.append(row)
            continue
        if (day, slug) not in coaches:
            coaches[day, slug] = CoachingDay(slug, title, summary, stage_name, [])
            groups[day].coaches.append(coaches[day, slug])
        coaches[day, slug].slots.append(row)
    return list(groups.values())


class SlotOffer(NamedTuple):
    """A slot that can be taken instead of another one."""

    slot: BookableSlot
    when: str  # "zaterdag 18 september, 13.30–15.00 uur"


class SwapOffers(NamedTuple):
    """What a holder can take instead of a booking: the same at another time, or something else
    then."""

    moments: list[SlotOffer]
    others: list[SlotOffer]


def offers_instead(booking: Booking, *, now: datetime) -> SwapOffers:
    """Returns what its ticket can take instead of `booking`: places left, at a free time."""
    ticket, slot = booking.ticket, booking.slot
    edition = ticket.order.edition
    held = [other.slot for other in live_bookings([ticket.id]) if other.holds_time]
    offers = SwapOffers([], [])
    for group in choosable_slots(edition, now, ticket.type.admits_on):
        for row in sorted(group.slots, key=lambda row: row.starts_at):
            is_free = not any(overlaps(row, other) for other in held if other.id != slot.id)
            if row.places_left <= 0 or row.code == slot.code or not is_free:
                continue
            offer = SlotOffer(row, dates.span(edition, row.starts_at, row.ends_at))
            if row.slug == slot.session.slug:
                offers.moments.append(offer)
            elif row.kind != "coaching" and _at_that_time(row, slot):
                offers.others.append(offer)
    return offers


def overlaps(row: BookableSlot, slot: Slot) -> bool:
    """Whether `row` is on at the same time as `slot`."""
    return row.starts_at < slot.ends_at and slot.starts_at < row.ends_at


def _at_that_time(row: BookableSlot, slot: Slot) -> bool:
    """Whether `row` is on when `slot` is, or was before it moved: that time was kept free."""
    if slot.moved_from_at is not None:
        ends_at = slot.moved_from_at + (slot.ends_at - slot.starts_at)
        if row.starts_at < ends_at and slot.moved_from_at < row.ends_at:
            return True
    return overlaps(row, slot)

"""Publishing a release of 400 sessions, with letters to thousands of people who booked."""

import random
import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle

from flask import Flask
from sqlalchemy import func, insert, select, update

from bench.failure import BenchmarkFailed
from festival import clock
from festival.bookings import co_interest
from festival.bookings.models import Booking, Star
from festival.db import db
from festival.editions.models import Edition
from festival.mail.models import Letter
from festival.programme.models.sessions import Session, Slot
from festival.programme.rules import slots as slot_rules
from festival.releases.rules import publishing
from festival.tickets.models import Ticket
from festival.web.languages import Bilingual

SESSIONS_TIMES = 6  # times the demo's programme: about 400 sessions
BOOKERS = 3000
STARS = 6  # of each booker
MOVED = 50  # slots, which hold the places of all bookers


@dataclass(frozen=True)
class Released:
    """How long it took, and with how many sessions."""

    sessions: int
    seconds: float  # with letters to everybody
    untold_seconds: float  # the same moves with nobody to write to
    counting_seconds: float  # counting which slots are wanted together, for timetable warnings


def measure(app: Flask) -> Released:
    """Move MOVED slots twice: before anybody booked, and after BOOKERS have booked them.

    Raises BenchmarkFailed if there are too few slots or letters.
    """
    with app.test_request_context(base_url="https://localhost"):
        edition = db.session.scalars(select(Edition).where(Edition.is_current)).one()
        sessions = db.session.scalar(select(func.count()).select_from(Session)) or 0
        codes = db.session.scalars(
            select(Slot.code)
            .join(Slot.session)
            .where(Session.kind == "workshop", Slot.places.is_not(None))
            .order_by(Slot.id)
            .limit(MOVED)
        ).all()
        if len(codes) < MOVED:
            raise BenchmarkFailed(f"only {len(codes)} slots to move")
        untold = _publish(edition, codes, 5)
        _book(codes)
        before = _letters()
        seconds = _publish(edition, codes, -5)
        told = _letters() - before
        if told < BOOKERS:
            raise BenchmarkFailed(f"{BOOKERS} have a place, but {told} letters were written")
        return Released(sessions, seconds, untold, _count(edition))


def _publish(edition: Edition, codes: list[str], minutes: int) -> float:
    for slot in db.session.scalars(select(Slot).where(Slot.code.in_(codes))).all():
        later = timedelta(minutes=minutes)
        slot_rules.move_slot(
            slot,
            stage=slot.stage,
            starts_at=slot.starts_at + later,
            ends_at=slot.ends_at + later,
            seen=slot.version,
            now=clock.now(),
        )
    db.session.expire_all()
    began = time.perf_counter()
    publishing.publish_release(edition, name=Bilingual("Volgende", "Next"), now=clock.now())
    return time.perf_counter() - began


def _book(codes: list[str]) -> None:
    tickets = db.session.scalars(select(Ticket.id).order_by(Ticket.id).limit(BOOKERS)).all()
    slots = db.session.scalars(select(Slot.id).where(Slot.code.in_(codes))).all()
    places = [
        {"ticket_id": ticket, "slot_id": slot, "booked_at": clock.now(), "question": ""}
        for ticket, slot in zip(tickets, cycle(slots), strict=False)
    ]
    db.session.execute(insert(Booking), places)
    held = select(func.count()).where(Booking.slot_id == Slot.id).scalar_subquery()
    db.session.execute(update(Slot).where(Slot.id.in_(slots)).values(taken=held))
    db.session.commit()


def _count(edition: Edition) -> float:
    _star_at_random()
    began = time.perf_counter()
    co_interest.count_wanted_together(edition)
    return time.perf_counter() - began


def _star_at_random() -> None:
    """Star STARS slots for every booker, so that there is something to count."""
    chance = random.Random(STARS)
    slots = db.session.scalars(select(Slot.id).order_by(Slot.id)).all()
    tickets = db.session.scalars(select(Ticket.id).order_by(Ticket.id).limit(BOOKERS)).all()
    stars = [
        {"ticket_id": ticket, "slot_id": slot, "starred_at": clock.now()}
        for ticket in tickets
        for slot in chance.sample(slots, STARS)
    ]
    db.session.execute(insert(Star), stars)
    db.session.commit()


def _letters() -> int:
    return db.session.scalar(select(func.count()).select_from(Letter)) or 0

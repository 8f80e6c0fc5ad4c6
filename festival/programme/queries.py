"""Reads of the programme, each with everything its readers need."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from festival.db import db
from festival.editions.models import Edition
from festival.programme.models import Session, Slot, Speaker, Stage, Theme


class Places(NamedTuple):
    """How many places of a slot are taken, of how many."""

    taken: int
    total: int


def programme_of(edition: Edition) -> list[Session]:
    """Every session of the edition that has a slot; with slots, speakers and theme."""
    return list(
        db.session.scalars(
            select(Session)
            .where(Session.edition_id == edition.id, Session.slots.any())
            .options(
                joinedload(Session.theme),
                selectinload(Session.speakers),
                selectinload(Session.slots),
            )
            .order_by(Session.slug)
        )
    )


def places_between(start: datetime, end: datetime) -> dict[int, Places]:
    """The places of each bookable slot that starts from `start` to before `end`, by slot id."""
    # Bare columns: hundreds of slots, on every look at the programme.
    rows = db.session.execute(
        select(Slot.id, Slot.taken, Slot.places).where(
            Slot.starts_at >= start, Slot.starts_at < end, Slot.places.is_not(None)
        )
    )
    return {slot_id: Places(taken, total or 0) for slot_id, taken, total in rows}


def stages(edition: Edition) -> list[Stage]:
    """The stages in the order in which the timetable shows them."""
    return list(
        db.session.scalars(
            select(Stage).where(Stage.edition_id == edition.id).order_by(Stage.position, Stage.id)
        )
    )


def themes(edition: Edition) -> list[Theme]:
    """The themes in their order."""
    return list(
        db.session.scalars(
            select(Theme).where(Theme.edition_id == edition.id).order_by(Theme.position, Theme.id)
        )
    )


def session_by_slug(edition: Edition, slug: str) -> Session | None:
    """A session with its theme, speakers, slots and their stages."""
    return db.session.scalar(
        select(Session)
        .where(Session.edition_id == edition.id, Session.slug == slug)
        .options(
            joinedload(Session.theme),
            selectinload(Session.speakers),
            selectinload(Session.slots).joinedload(Slot.stage, innerjoin=True),
        )
    )


def highlights(edition: Edition, most: int) -> list[Session]:
    """The sessions that the front page shows, by their first slot; with slots, stages, speakers."""
    first = select(func.min(Slot.starts_at)).where(Slot.session_id == Session.id).scalar_subquery()
    return list(
        db.session.scalars(
            select(Session)
            .where(Session.edition_id == edition.id, Session.is_highlight, first.is_not(None))
            .options(
                joinedload(Session.theme),
                selectinload(Session.speakers),
                selectinload(Session.slots).joinedload(Slot.stage, innerjoin=True),
            )
            .order_by(first, Session.id)
            .limit(most)
        )
    )


def speakers(edition: Edition) -> list[Speaker]:
    """All who are on stage, by name, with their sessions."""
    return list(
        db.session.scalars(
            select(Speaker)
            .where(Speaker.edition_id == edition.id)
            .options(selectinload(Speaker.sessions))
            .order_by(func.lower(Speaker.name), Speaker.id)
        )
    )


def speaker_by_slug(edition: Edition, slug: str) -> Speaker | None:
    """A speaker with the sessions, slots and stages."""
    return db.session.scalar(
        select(Speaker)
        .where(Speaker.edition_id == edition.id, Speaker.slug == slug)
        .options(
            selectinload(Speaker.sessions).options(
                joinedload(Session.theme),
                selectinload(Session.speakers),
                selectinload(Session.slots).joinedload(Slot.stage, innerjoin=True),
            )
        )
    )


def stage_by_slug(edition: Edition, slug: str) -> Stage | None:
    """One stage."""
    return db.session.scalar(
        select(Stage).where(Stage.edition_id == edition.id, Stage.slug == slug)
    )


def theme_by_slug(edition: Edition, slug: str) -> Theme | None:
    """One theme."""
    return db.session.scalar(
        select(Theme).where(Theme.edition_id == edition.id, Theme.slug == slug)
    )


def all_sessions(edition: Edition) -> list[Session]:
    """For the team: every session, also those without a slot, with speakers, slots and stages."""
    return list(
        db.session.scalars(
            select(Session)
            .where(Session.edition_id == edition.id)
            .options(
                selectinload(Session.speakers),
                selectinload(Session.slots).joinedload(Slot.stage, innerjoin=True),
            )
            .order_by(Session.slug)
        )
    )


def photo_in_use(name: str) -> bool:
    """Whether somebody's photo is kept under this name."""
    return db.session.scalar(select(Speaker.id).where(Speaker.photo == name).limit(1)) is not None

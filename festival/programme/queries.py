"""Reads of the programme, each with everything its readers need."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from festival.db import db
from festival.editions.models import Edition
from festival.programme import draft
from festival.programme.models.places import Stage, Theme, Walk
from festival.programme.models.sessions import Session, Slot, Speaker, speaker_of_session
from festival.programme.models.timetable import Block


class Places(NamedTuple):
    """How many places of a slot are taken, of how many, and whether it has begun."""

    taken: int
    total: int
    has_begun: bool = False

    @property
    def left(self) -> int:
        """How many are not taken."""
        return self.total - self.taken


def slot_by_code(edition: Edition, code: str) -> Slot | None:
    """For the team: any slot that is not gone, with its session and stage."""
    return db.session.scalar(
        select(Slot)
        .join(Slot.session)
        .where(Session.edition_id == edition.id, Slot.code == code, Slot.state != "dropped")
        .options(contains_eager(Slot.session), joinedload(Slot.stage, innerjoin=True))
    )


def block_by_code(edition: Edition, code: str) -> Block | None:
    """For the team: a break or blocker."""
    return db.session.scalar(
        select(Block).where(Block.edition_id == edition.id, Block.code == code)
    )


def places_on(edition: Edition, days: Sequence[date], now: datetime) -> dict[int, Places]:
    """The places of all bookable slots on `days`, which follow each other, as of now, by id."""
    if not days:
        return {}
    start, end = edition.day_begins(days[0]), edition.day_begins(days[-1] + timedelta(days=1))
    return _places(now, Slot.is_public, Slot.starts_at >= start, Slot.starts_at < end)


def places_of(slot_ids: Collection[int], now: datetime) -> dict[int, Places]:
    """The places of these slots as of now, by id; of those that need not be booked none."""
    return _places(now, Slot.id.in_(slot_ids)) if slot_ids else {}


def _places(now: datetime, *which: Any) -> dict[int, Places]:
    # Bare columns: hundreds of slots, on every look at the programme.
    rows = db.session.execute(
        select(Slot.id, Slot.taken, Slot.places, Slot.starts_at, Slot.delay_minutes).where(
            *which, Slot.places.is_not(None)
        )
    )
    return {
        slot_id: Places(taken, total or 0, starts_at + timedelta(minutes=late) <= now)
        for slot_id, taken, total, starts_at, late in rows
    }


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
    """A session that was released, with its theme, speakers, slots and their stages."""
    return db.session.scalar(
        select(Session)
        .where(Session.edition_id == edition.id, Session.slug == slug, Session.is_public)
        .options(
            joinedload(Session.theme),
            selectinload(Session.speakers),
            _slots(),
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


def team_session(edition: Edition, slug: str) -> Session | None:
    """For the team: any session, with its theme, who is in it, all slots and their stages."""
    return db.session.scalar(
        select(Session)
        .where(Session.edition_id == edition.id, Session.slug == slug)
        .options(
            joinedload(Session.theme),
            selectinload(Session.speakers),
            selectinload(Session.hosts),
            selectinload(Session.all_slots).joinedload(Slot.stage, innerjoin=True),
        )
    )


def team_speaker(edition: Edition, slug: str) -> Speaker | None:
    """For the team: anybody, with when they can be there."""
    return db.session.scalar(
        select(Speaker)
        .where(Speaker.edition_id == edition.id, Speaker.slug == slug)
        .options(selectinload(Speaker.availability))
    )


def team_speakers(edition: Edition) -> list[Speaker]:
    """For the team: everybody, by name."""
    return list(
        db.session.scalars(
            select(Speaker)
            .where(Speaker.edition_id == edition.id)
            .options(selectinload(Speaker.sessions))
            .order_by(func.lower(Speaker.name), Speaker.id)
        )
    )


def all_sessions(edition: Edition) -> list[Session]:
    """For the team: every session, also those without a slot, with all that lists show."""
    return list(
        db.session.scalars(
            select(Session)
            .where(Session.edition_id == edition.id)
            .options(
                joinedload(Session.theme),
                selectinload(Session.speakers),
                selectinload(Session.hosts),
                selectinload(Session.all_slots).joinedload(Slot.stage, innerjoin=True),
            )
            .order_by(Session.slug)
        )
    )


def sessions_by_speaker(edition: Edition) -> dict[int, list[Session]]:
    """For the team: of each speaker's id the sessions that they are in, as the draft has it."""
    found: dict[int, list[Session]] = {}
    for session in all_sessions(edition):
        for role in ("speakers", "hosts"):
            for speaker_id in draft.value(session, role):
                found.setdefault(speaker_id, []).append(session)
    return found


def answers_of(speaker: Speaker) -> dict[int, str]:
    """For the team: what the speaker said, by session id: '', `yes` or `no`."""
    of = speaker_of_session.c
    rows = db.session.execute(select(of.session_id, of.answer).where(of.speaker_id == speaker.id))
    return {row.session_id: row.answer for row in rows}


def walks_from(stage: Stage) -> dict[int, int]:
    """How many minutes it takes from `stage` to others, by id, where it is not as usual."""
    rows = db.session.scalars(
        select(Walk).where(or_(Walk.stage_id == stage.id, Walk.other_id == stage.id))
    )
    return {
        walk.other_id if walk.stage_id == stage.id else walk.stage_id: walk.minutes for walk in rows
    }


def photos_of_edition(edition: Edition) -> set[str]:
    """The names of all photos of the edition, those that wait for a release too."""
    names: set[str] = set()
    for kind in (Speaker, Session):
        rows = db.session.execute(
            select(kind.photo, kind.draft).where(kind.edition_id == edition.id)
        )
        for photo, waiting in rows:
            names |= {photo, waiting.get("photo", "")}
    return names - {""}


def photo_in_use(name: str) -> bool:
    """Whether a photo of somebody or of a session is kept under this name, in a draft too."""
    for kind in (Speaker, Session):
        query = select(kind.id).where(
            or_(kind.photo == name, kind.draft["photo"].as_string() == name)
        )
        if db.session.scalar(query.limit(1)) is not None:
            return True
    return False


def _slots() -> Any:  # what SQLAlchemy calls it, it keeps to itself
    """The slots of sessions with all that their states are told with."""
    return selectinload(Session.slots).options(
        joinedload(Slot.stage, innerjoin=True),
        joinedload(Slot.moved_from_stage),
        joinedload(Slot.replaced_by).joinedload(Slot.session),
    )

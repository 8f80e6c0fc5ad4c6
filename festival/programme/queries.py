"""Reads of the programme. Each loads everything that its callers need."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from festival.db import db
from festival.editions.models import Edition
from festival.programme import draft
from festival.programme.models.places import Stage, Theme, Walk
from festival.programme.models.sessions import Session, Slot, Speaker, speaker_of_session
from festival.programme.models.timetable import Block
from festival.sorting import person_key, title_key


class Places(NamedTuple):
    """How many places of a slot are taken, how many it has, and whether it has begun."""

    taken: int
    total: int
    has_begun: bool = False

    @property
    def left(self) -> int:
        """How many places are not taken."""
        return self.total - self.taken


def slot_by_code(edition: Edition, code: str) -> Slot | None:
    """For the team: any slot that was not dropped, with its session and stage."""
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
    """Returns the places of all bookable slots on `days` (consecutive days), by slot id."""
    if not days:
        return {}
    start, end = edition.day_begins(days[0]), edition.day_begins(days[-1] + timedelta(days=1))
    return _places(now, Slot.is_public, Slot.starts_at >= start, Slot.starts_at < end)


def places_of(slot_ids: Collection[int], now: datetime) -> dict[int, Places]:
    """Returns the places of these slots by id, leaving out slots that need no booking."""
    return _places(now, Slot.id.in_(slot_ids)) if slot_ids else {}


def _places(now: datetime, *which: Any) -> dict[int, Places]:
    # Bare columns instead of rows: this reads hundreds of slots on every view of the programme.
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
    """Returns the stages in the order of the timetable."""
    return list(
        db.session.scalars(
            select(Stage).where(Stage.edition_id == edition.id).order_by(Stage.position, Stage.id)
        )
    )


def themes(edition: Edition) -> list[Theme]:
    """Returns the themes in their order."""
    return list(
        db.session.scalars(
            select(Theme).where(Theme.edition_id == edition.id).order_by(Theme.position, Theme.id)
        )
    )


def session_by_slug(edition: Edition, slug: str) -> Session | None:
    """Returns a released session, with its theme, speakers, slots and their stages."""
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
    """Returns the stage with this slug."""
    return db.session.scalar(
        select(Stage).where(Stage.edition_id == edition.id, Stage.slug == slug)
    )


def theme_by_slug(edition: Edition, slug: str) -> Theme | None:
    """Returns the theme with this slug."""
    return db.session.scalar(
        select(Theme).where(Theme.edition_id == edition.id, Theme.slug == slug)
    )


def team_session(edition: Edition, slug: str) -> Session | None:
    """For the team: any session, with its theme, speakers, hosts, all slots and their stages."""
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
    """For the team: any speaker, with their availability."""
    return db.session.scalar(
        select(Speaker)
        .where(Speaker.edition_id == edition.id, Speaker.slug == slug)
        .options(selectinload(Speaker.availability))
    )


def team_speakers(edition: Edition) -> list[Speaker]:
    """For the team: all speakers, by the name that they have in the draft."""
    found = db.session.scalars(
        select(Speaker)
        .where(Speaker.edition_id == edition.id)
        .options(selectinload(Speaker.sessions))
        .order_by(Speaker.id)
    )
    return sorted(found, key=lambda each: person_key(draft.value(each, "name")))


def all_sessions(edition: Edition) -> list[Session]:
    """For the team: every session by title, even without a slot, with all that lists show."""
    found = db.session.scalars(
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
    return sorted(found, key=lambda each: title_key(draft.value(each, "title").text()))


def sessions_by_speaker(edition: Edition) -> dict[int, list[Session]]:
    """For the team: each speaker's sessions according to the draft, by speaker id."""
    found: dict[int, list[Session]] = {}
    for session in all_sessions(edition):
        for role in ("speakers", "hosts"):
            for speaker_id in draft.value(session, role):
                found.setdefault(speaker_id, []).append(session)
    return found


def answers_of(speaker: Speaker) -> dict[int, str]:
    """For the team: the speaker's answers by session id: '', `yes` or `no`."""
    columns = speaker_of_session.c
    rows = db.session.execute(
        select(columns.session_id, columns.answer).where(columns.speaker_id == speaker.id)
    )
    return {row.session_id: row.answer for row in rows}


def walks_from(stage: Stage) -> dict[int, int]:
    """Returns the walking minutes from `stage` to other stages, by id, if not the usual number."""
    rows = db.session.scalars(
        select(Walk).where(or_(Walk.stage_id == stage.id, Walk.other_id == stage.id))
    )
    return {
        walk.other_id if walk.stage_id == stage.id else walk.stage_id: walk.minutes for walk in rows
    }


def photos_of_edition(edition: Edition) -> set[str]:
    """Returns the names of all photos of the edition, including those that wait for a release."""
    names: set[str] = set()
    for kind in (Speaker, Session):
        rows = db.session.execute(
            select(kind.photo, kind.draft).where(kind.edition_id == edition.id)
        )
        for photo, waiting in rows:
            names |= {photo, waiting.get("photo", "")}
    return names - {""}


def photo_in_use(name: str) -> bool:
    """Returns whether any speaker or session, or the draft of one, uses the photo of this name."""
    for kind in (Speaker, Session):
        query = select(kind.id).where(
            or_(kind.photo == name, kind.draft["photo"].as_string() == name)
        )
        if db.session.scalar(query.limit(1)) is not None:
            return True
    return False


def _slots() -> Any:  # SQLAlchemy's type for this is private
    """Returns the option to load slots of sessions with everything needed to show their state."""
    return selectinload(Session.slots).options(
        joinedload(Slot.stage, innerjoin=True),
        joinedload(Slot.moved_from_stage),
        joinedload(Slot.replaced_by).joinedload(Slot.session),
    )

"""Making the programme: stages, themes, people on stage, sessions, and when and where they are.

Every rule raises the programme's version, so that no page shows an old card.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import CursorResult, delete, insert, update
from sqlalchemy.exc import IntegrityError

from festival import codes
from festival.backoffice import audit
from festival.backoffice.editing import take_version, write
from festival.db import db, transactional
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.programme.models import (
    Session,
    Slot,
    Speaker,
    Stage,
    Theme,
    speaker_of_session,
)

T = TypeVar("T", Stage, Theme, Speaker, Session)

MOST_SLOTS_AT_ONCE = 60


class StageInUse(Refusal):
    """Op dit podium staat nog iets. Verplaats dat eerst."""


class ThemeInUse(Refusal):
    """Er zijn nog onderdelen met dit thema. Geef die eerst een ander thema."""


class SpeakerOnStage(Refusal):
    """Deze spreker staat nog bij een onderdeel. Haal de naam daar eerst weg."""


class SessionHasSlots(Refusal):
    """Dit onderdeel heeft nog momenten. Haal die eerst weg."""


class EndsBeforeStart(Refusal):
    """Het einde ligt niet na het begin. Kijk de tijden na."""


class OutsideEdition(Refusal):
    """Dit moment valt niet op een dag van het festival. Kies een andere dag."""


class PlacesTaken(Refusal):
    """Er zijn al {taken} plekken geboekt. Minder kunnen het er niet worden."""


class SlotHasBookings(Refusal):
    """Voor dit moment zijn plekken geboekt, of geboekt geweest. Het kan daarom niet weg."""


class TooManySlots(Refusal):
    """Je kunt hoogstens {most} gesprekken in één keer maken."""


class NoSlots(Refusal):
    """Vul in hoeveel gesprekken je wilt maken, en hoe lang ze duren."""


@transactional
def save_stage(
    edition: Edition, stage: Stage | None, values: dict[str, Any], *, seen: int = 0, now: datetime
) -> Stage:
    """Add a stage (with None) or change one. Refuses with ChangedMeanwhile or SlugTaken."""
    row = _row(Stage, edition, stage, seen)
    write(row, values)
    _changed(edition.id, "save_stage", f"stage {row.slug}", now)
    return row


@transactional
def remove_stage(stage: Stage, *, now: datetime) -> None:
    """Take a stage away. Refuses with StageInUse."""
    if db.session.query(Slot).filter_by(stage_id=stage.id).first() is not None:
        raise StageInUse
    _changed(stage.edition_id, "remove_stage", f"stage {stage.slug}", now)
    _delete(stage, StageInUse())


@transactional
def save_theme(
    edition: Edition, theme: Theme | None, values: dict[str, Any], *, seen: int = 0, now: datetime
) -> Theme:
    """Add a theme (with None) or change one. Refuses with ChangedMeanwhile or SlugTaken."""
    row = _row(Theme, edition, theme, seen)
    write(row, values)
    _changed(edition.id, "save_theme", f"theme {row.slug}", now)
    return row


@transactional
def remove_theme(theme: Theme, *, now: datetime) -> None:
    """Take a theme away. Refuses with ThemeInUse."""
    if db.session.query(Session).filter_by(theme_id=theme.id).first() is not None:
        raise ThemeInUse
    _changed(theme.edition_id, "remove_theme", f"theme {theme.slug}", now)
    _delete(theme, ThemeInUse())


@transactional
def save_speaker(
    edition: Edition,
    speaker: Speaker | None,
    values: dict[str, Any],
    *,
    seen: int = 0,
    now: datetime,
) -> Speaker:
    """Add somebody (with None) or change them. Refuses with ChangedMeanwhile or SlugTaken."""
    row = _row(Speaker, edition, speaker, seen)
    write(row, values)
    _changed(edition.id, "save_speaker", f"speaker {row.slug}", now)
    return row


@transactional
def remove_speaker(speaker: Speaker, *, now: datetime) -> None:
    """Take somebody off the programme. Refuses with SpeakerOnStage."""
    on_stage = speaker_of_session.select().where(speaker_of_session.c.speaker_id == speaker.id)
    if db.session.execute(on_stage).first() is not None:
        raise SpeakerOnStage
    _changed(speaker.edition_id, "remove_speaker", f"speaker {speaker.slug}", now)
    _delete(speaker, SpeakerOnStage())


@transactional
def save_session(
    edition: Edition,
    session: Session | None,
    values: dict[str, Any],
    *,
    speakers: Sequence[Speaker],
    seen: int = 0,
    now: datetime,
) -> Session:
    """Add a session (with None) or change one, with who is in it, in that order.

    Refuses with ChangedMeanwhile or SlugTaken.
    """
    row = _row(Session, edition, session, seen)
    write(row, values)
    set_speakers(row, speakers)
    _changed(edition.id, "save_session", f"session {row.slug}", now)
    return row


@transactional
def remove_session(session: Session, *, now: datetime) -> None:
    """Take a session off the programme. Refuses with SessionHasSlots."""
    if session.slots:
        raise SessionHasSlots
    _changed(session.edition_id, "remove_session", f"session {session.slug}", now)
    _delete(session, SessionHasSlots())


@transactional
def set_speakers(session: Session, speakers: Sequence[Speaker]) -> None:
    """These people are in the session, announced in this order."""
    db.session.execute(
        delete(speaker_of_session).where(speaker_of_session.c.session_id == session.id)
    )
    if speakers:
        db.session.execute(
            insert(speaker_of_session),
            [
                {"session_id": session.id, "speaker_id": speaker.id, "position": position}
                for position, speaker in enumerate(dict.fromkeys(speakers))
            ],
        )
    db.session.expire(session, ["speakers"])


@transactional
def add_slot(
    session: Session,
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    places: int | None,
    door_places: int = 0,
    now: datetime,
) -> Slot:
    """Give the session a moment. Refuses with EndsBeforeStart or OutsideEdition."""
    _check_times(session.edition, starts_at, ends_at)
    slot = Slot(
        code=codes.readable(),
        session_id=session.id,
        stage_id=stage.id,
        starts_at=starts_at,
        ends_at=ends_at,
        places=places,
        door_places=door_places,
    )
    db.session.add(slot)
    db.session.flush()
    db.session.expire(session, ["slots"])
    _changed(session.edition_id, "add_slot", f"slot {slot.code}", now, session=session.slug)
    return slot


@transactional
def add_coaching_slots(
    session: Session,
    *,
    stage: Stage,
    starts_at: datetime,
    minutes: int,
    pause: int,
    number: int,
    now: datetime,
) -> list[Slot]:
    """Give a coach `number` meetings of one place, each `minutes` long with `pause` between them.

    Refuses with NoSlots, TooManySlots or OutsideEdition.
    """
    if number < 1 or minutes < 1 or pause < 0:
        raise NoSlots
    if number > MOST_SLOTS_AT_ONCE:
        raise TooManySlots(most=MOST_SLOTS_AT_ONCE)
    length, step = timedelta(minutes=minutes), timedelta(minutes=minutes + pause)
    return [
        add_slot(
            session,
            stage=stage,
            starts_at=starts_at + n * step,
            ends_at=starts_at + n * step + length,
            places=1,
            now=now,
        )
        for n in range(number)
    ]


@transactional
def update_slot(
    slot: Slot,
    *,
    stage: Stage,
    starts_at: datetime,
    ends_at: datetime,
    places: int | None,
    door_places: int,
    now: datetime,
) -> None:
    """Change when, where and for how many.

    Refuses with EndsBeforeStart, OutsideEdition or PlacesTaken.
    """
    _check_times(slot.session.edition, starts_at, ends_at)
    # Guarded: while we look, somebody may book. Nobody who holds a place may lose it here.
    enough = Slot.taken == 0 if places is None else Slot.taken <= places
    changed = db.session.execute(
        update(Slot)
        .where(Slot.id == slot.id, enough)
        .values(
            stage_id=stage.id,
            starts_at=starts_at,
            ends_at=ends_at,
            places=places,
            door_places=door_places,
        )
        .execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)
    db.session.expire(slot)
    if changed.rowcount != 1:
        raise PlacesTaken(taken=slot.taken)
    edition_id = slot.session.edition_id
    _changed(edition_id, "update_slot", f"slot {slot.code}", now, session=slot.session.slug)


@transactional
def drop_slot(slot: Slot, *, now: datetime) -> None:
    """Take a moment off the programme. Refuses with SlotHasBookings, cancelled ones too."""
    session, code = slot.session, slot.code
    _changed(session.edition_id, "drop_slot", f"slot {code}", now, session=session.slug)
    db.session.flush()
    try:
        gone = db.session.execute(
            delete(Slot)
            .where(Slot.id == slot.id, Slot.taken == 0)
            .execution_options(synchronize_session=False)
        )
    except IntegrityError as history:  # bookings that were cancelled still tell of this slot
        raise SlotHasBookings from history
    assert isinstance(gone, CursorResult)
    if gone.rowcount != 1:
        raise SlotHasBookings
    db.session.expunge(slot)
    db.session.expire(session, ["slots"])


def _row(kind: type[T], edition: Edition, row: T | None, seen: int) -> T:
    """The row to write: a new one, or the one that the editor saw in version `seen`."""
    if row is None:
        return kind(edition_id=edition.id)
    take_version(row, seen)
    return row


def _changed(edition_id: int, verb: str, subject: str, now: datetime, **details: Any) -> None:
    raise_programme_version(edition_id)
    audit.record(verb, subject, now=now, **details)


def _delete(row: Stage | Theme | Speaker | Session, refusal: Refusal) -> None:
    # Somebody may have begun to use it a moment ago; then the database says no.
    db.session.delete(row)
    try:
        db.session.flush()
    except IntegrityError as used:
        raise refusal from used


def _check_times(edition: Edition, starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise EndsBeforeStart
    if edition.day_of(starts_at) not in edition.days:
        raise OutsideEdition

"""Reads about speakers: their own sessions, their answers and their files."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from festival.db import db
from festival.editions.models import Edition
from festival.programme.models.sessions import (
    Session,
    Slot,
    Speaker,
    SpeakerFile,
    speaker_of_session,
)
from festival.sorting import person_key


@dataclass(frozen=True)
class OwnSession:
    """A session as one of its speakers sees it. `role` is '' if it is only in the draft."""

    session: Session
    role: str  # speaker, host
    answer: str  # '', 'yes', 'no'
    answered_at: datetime | None

    @property
    def slots(self) -> list[Slot]:
        """Its slots in order of time, without those taken off the programme."""
        return [slot for slot in self.session.all_slots if slot.state != "dropped"]


class SpeakerAnswer(NamedTuple):
    """A speaker's answer for one session."""

    session: Session
    answer: str
    answered_at: datetime | None
    reason: str


@dataclass
class SpeakerContact:
    """A speaker with their answers."""

    speaker: Speaker
    answers: list[SpeakerAnswer] = field(default_factory=list)

    @property
    def is_invited(self) -> bool:
        """Whether the present link was mailed to them, as far as we know with success."""
        return self.speaker.invited_at is not None and self.speaker.unreached_at is None

    @property
    def written_to_at(self) -> datetime | None:
        """When they were last sent the present link."""
        return self.speaker.reminded_at or self.speaker.invited_at

    @property
    def open_answers(self) -> list[SpeakerAnswer]:
        """The sessions without an answer yet."""
        return [each for each in self.answers if not each.answer]

    @property
    def has_said_no(self) -> bool:
        """Whether they said no to a session."""
        return any(each.answer == "no" for each in self.answers)


# What a speaker may be found by in the team's list, by the word in its address.
STATES: dict[str, Callable[[SpeakerContact], bool]] = {
    "niet-uitgenodigd": lambda person: not person.is_invited,
    "geen-antwoord": lambda person: person.is_invited and bool(person.open_answers),
    "nee": lambda person: person.has_said_no,
    "geen-adres": lambda person: not person.speaker.email,
    "geen-tijden": lambda person: not person.speaker.availability,
    "bestanden": lambda person: bool(person.speaker.files),
    "wacht": lambda person: bool(person.speaker.is_public and person.speaker.draft),
}


def count_by_state(people: Collection[SpeakerContact]) -> dict[str, int]:
    """Returns how many of `people` are in each of STATES; somebody may be in several."""
    return {name: sum(map(is_so, people)) for name, is_so in STATES.items()}


def speaker_by_secret(secret: str) -> Speaker | None:
    """Returns the speaker whose own page has this secret."""
    return db.session.scalar(select(Speaker).where(Speaker.secret == secret))


def speakers_with_edition(ids: Collection[int]) -> list[tuple[Speaker, str]]:
    """Returns these speakers, each with the slug of their edition."""
    query = select(Speaker, Edition.slug).join(Edition, Edition.id == Speaker.edition_id)
    rows = db.session.execute(query.where(Speaker.id.in_(ids)))
    return [(speaker, slug) for speaker, slug in rows]


def own_sessions(speaker: Speaker) -> list[OwnSession]:
    """Returns all sessions of the speaker, released or not, by time, with slots, stages and people.

    A session to which a maker added them since the last release has no role yet.
    """
    columns = speaker_of_session.c
    loads = (
        selectinload(Session.all_slots).joinedload(Slot.stage, innerjoin=True),
        selectinload(Session.speakers),
        selectinload(Session.hosts),
    )
    found = [
        OwnSession(*row)
        for row in db.session.execute(
            select(Session, columns.role, columns.answer, columns.answered_at)
            .join(speaker_of_session, columns.session_id == Session.id)
            .where(columns.speaker_id == speaker.id)
            .options(*loads)
        )
    ]
    held = {own.session.id for own in found}
    waiting = [
        session_id
        for session_id, draft in db.session.execute(
            select(Session.id, Session.draft).where(
                Session.edition_id == speaker.edition_id, Session.is_public
            )
        )
        if session_id not in held
        and speaker.id in (*draft.get("speakers", ()), *draft.get("hosts", ()))
    ]
    if waiting:
        query = select(Session).where(Session.id.in_(waiting)).options(*loads)
        found += [OwnSession(row, "", "", None) for row in db.session.scalars(query)]
    return sorted(found, key=_first_moment)


def file_of(speaker: Speaker, code: str) -> SpeakerFile | None:
    """Returns one of the speaker's own files."""
    return db.session.scalar(
        select(SpeakerFile).where(SpeakerFile.speaker_id == speaker.id, SpeakerFile.code == code)
    )


def files_for_host(speaker: Speaker) -> dict[int, list[SpeakerFile]]:
    """Returns the other people's files for each session that `speaker` hosts, by session id."""
    mine, theirs = speaker_of_session.alias(), speaker_of_session.alias()
    rows = db.session.execute(
        select(mine.c.session_id, SpeakerFile)
        .join(theirs, theirs.c.session_id == mine.c.session_id)
        .join(SpeakerFile, SpeakerFile.speaker_id == theirs.c.speaker_id)
        .where(
            mine.c.speaker_id == speaker.id,
            mine.c.role == "host",
            theirs.c.speaker_id != speaker.id,
        )
        .options(joinedload(SpeakerFile.speaker, innerjoin=True))
        .order_by(SpeakerFile.id)
    )
    found: dict[int, list[SpeakerFile]] = {}
    for session_id, file in rows:
        found.setdefault(session_id, []).append(file)
    return found


def file_for(speaker: Speaker, code: str) -> SpeakerFile | None:
    """Returns a file that `speaker` may download: their own, or for a session that they host."""
    led = chain.from_iterable(files_for_host(speaker).values())
    return file_of(speaker, code) or next((file for file in led if file.code == code), None)


def files_of(edition: Edition) -> list[SpeakerFile]:
    """For the team: all files of the edition by speaker, with the speaker and their sessions."""
    files = db.session.scalars(
        select(SpeakerFile)
        .join(Speaker, Speaker.id == SpeakerFile.speaker_id)
        .where(Speaker.edition_id == edition.id)
        .options(joinedload(SpeakerFile.speaker, innerjoin=True).selectinload(Speaker.sessions))
        .order_by(SpeakerFile.id)
    )
    return sorted(files, key=lambda file: person_key(file.speaker.name))


def file_in(edition: Edition, code: str) -> SpeakerFile | None:
    """For the team: one file of the edition."""
    return db.session.scalar(
        select(SpeakerFile)
        .join(Speaker, Speaker.id == SpeakerFile.speaker_id)
        .where(Speaker.edition_id == edition.id, SpeakerFile.code == code)
    )


def people(edition: Edition) -> list[SpeakerContact]:
    """Returns all speakers by name, with answers, availability and files.

    Takes a fixed number of queries.
    """
    speakers = db.session.scalars(
        select(Speaker)
        .where(Speaker.edition_id == edition.id)
        .options(selectinload(Speaker.availability), selectinload(Speaker.files))
        .order_by(Speaker.id)
    )
    return persons(sorted(speakers, key=lambda speaker: person_key(speaker.name)))


def persons(speakers: Iterable[Speaker]) -> list[SpeakerContact]:
    """Returns these speakers with their answers."""
    found = {speaker.id: SpeakerContact(speaker) for speaker in speakers}
    columns = speaker_of_session.c
    for speaker_id, answer, answered_at, reason, session in db.session.execute(
        select(columns.speaker_id, columns.answer, columns.answered_at, columns.reason, Session)
        .join(Session, Session.id == columns.session_id)
        .where(columns.speaker_id.in_(found))
        .order_by(Session.slug)
    ):
        found[speaker_id].answers.append(SpeakerAnswer(session, answer, answered_at, reason))
    return list(found.values())


def _first_moment(own: OwnSession) -> tuple[bool, str, str]:
    first = own.slots[0].starts_at.isoformat() if own.slots else ""
    return (not first, first, own.session.slug)

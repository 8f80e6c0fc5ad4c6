"""Reads around one speaker: their own sessions, their files, and how the post with them stands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from festival.db import db
from festival.editions.models import Edition
from festival.mail.models import Letter
from festival.programme.models.sessions import (
    Session,
    Slot,
    Speaker,
    SpeakerFile,
    speaker_of_session,
)
from festival.team.models import AuditEntry

# The letters with the link of somebody's own page.
INVITED, REMINDED = "speakers/speaker_invited", "speakers/speaker_reminded"
_LINK = re.compile(r"/spreker/([\w-]+)")


@dataclass(frozen=True)
class OwnSession:
    """A session as one of its speakers sees it. `role` is '' where it is only in the draft."""

    session: Session
    role: str  # speaker, host
    answer: str  # '', 'yes', 'no'
    answered_at: datetime | None

    @property
    def slots(self) -> list[Slot]:
        """Its moments in order of time; those of before that are off the programme are not."""
        return [slot for slot in self.session.all_slots if slot.state != "dropped"]


class SpeakerAnswer(NamedTuple):
    """What somebody said of one session."""

    session: Session
    answer: str
    answered_at: datetime | None
    reason: str = ""


@dataclass
class SpeakerContact:
    """A speaker as the team writes with them."""

    speaker: Speaker
    answers: list[SpeakerAnswer] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)  # with the link that works, oldest first

    @property
    def is_invited(self) -> bool:
        """Whether a letter with the link that works is on its way or there."""
        return any(letter.state != "failed" for letter in self.letters)

    @property
    def last_letter(self) -> Letter | None:
        """The last one with the link that works."""
        return self.letters[-1] if self.letters else None

    @property
    def open_answers(self) -> list[SpeakerAnswer]:
        """The sessions of which we do not know yet."""
        return [each for each in self.answers if not each.answer]

    @property
    def has_said_no(self) -> bool:
        """Whether there is a session that they cannot do."""
        return any(each.answer == "no" for each in self.answers)


def speaker_by_secret(secret: str) -> Speaker | None:
    """The speaker whose own page has this secret."""
    return db.session.scalar(select(Speaker).where(Speaker.secret == secret))


def own_sessions(speaker: Speaker) -> list[OwnSession]:
    """All that the speaker is in, released or not, by time; with slots, stages and who else is in.

    A session to which a maker added them since the last release comes with no role.
    """
    of = speaker_of_session.c
    loads = (
        selectinload(Session.all_slots).joinedload(Slot.stage, innerjoin=True),
        selectinload(Session.speakers),
        selectinload(Session.hosts),
    )
    found = [
        OwnSession(*row)
        for row in db.session.execute(
            select(Session, of.role, of.answer, of.answered_at)
            .join(speaker_of_session, of.session_id == Session.id)
            .where(of.speaker_id == speaker.id)
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
    """One of the speaker's own files."""
    return db.session.scalar(
        select(SpeakerFile).where(SpeakerFile.speaker_id == speaker.id, SpeakerFile.code == code)
    )


def files_for_host(speaker: Speaker) -> dict[int, list[SpeakerFile]]:
    """By id of each session that `speaker` leads as host, what the others in it sent."""
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
    """A file that `speaker` may fetch: their own, or for a session that they lead as host."""
    led = chain.from_iterable(files_for_host(speaker).values())
    return file_of(speaker, code) or next((file for file in led if file.code == code), None)


def files_of(edition: Edition) -> list[SpeakerFile]:
    """For the team: all files of the edition by speaker, with the speaker and what they are in."""
    return list(
        db.session.scalars(
            select(SpeakerFile)
            .join(Speaker, Speaker.id == SpeakerFile.speaker_id)
            .where(Speaker.edition_id == edition.id)
            .options(joinedload(SpeakerFile.speaker, innerjoin=True).selectinload(Speaker.sessions))
            .order_by(func.lower(Speaker.name), SpeakerFile.id)
        )
    )


def file_in(edition: Edition, code: str) -> SpeakerFile | None:
    """For the team: one file of the edition."""
    return db.session.scalar(
        select(SpeakerFile)
        .join(Speaker, Speaker.id == SpeakerFile.speaker_id)
        .where(Speaker.edition_id == edition.id, SpeakerFile.code == code)
    )


def people(edition: Edition) -> list[SpeakerContact]:
    """Everybody of the edition by name, with answers, letters, availability and files.

    A fixed number of queries, however many there are.
    """
    speakers = db.session.scalars(
        select(Speaker)
        .where(Speaker.edition_id == edition.id)
        .options(selectinload(Speaker.availability), selectinload(Speaker.files))
        .order_by(func.lower(Speaker.name), Speaker.id)
    )
    return persons(list(speakers))


def persons(speakers: Iterable[Speaker]) -> list[SpeakerContact]:
    """These speakers with their answers and letters."""
    found = {speaker.id: SpeakerContact(speaker) for speaker in speakers}
    reasons = _reasons({_subject(person.speaker) for person in found.values()})
    of = speaker_of_session.c
    for speaker_id, answer, answered_at, session in db.session.execute(
        select(of.speaker_id, of.answer, of.answered_at, Session)
        .join(Session, Session.id == of.session_id)
        .where(of.speaker_id.in_(found))
        .options(joinedload(Session.edition, innerjoin=True))
        .order_by(Session.slug)
    ):
        person = found[speaker_id]
        reason = reasons.get((_subject(person.speaker), session.edition.slug, session.slug), "")
        person.answers.append(
            SpeakerAnswer(session, answer, answered_at, reason if answer == "no" else "")
        )
    by_secret = {person.speaker.secret: person for person in found.values()}
    for letter in db.session.scalars(
        select(Letter).where(Letter.name.in_((INVITED, REMINDED))).order_by(Letter.id)
    ):
        link = _LINK.search(letter.body_text)
        if link and link[1] in by_secret:
            by_secret[link[1]].letters.append(letter)
    return list(found.values())


def _subject(speaker: Speaker) -> str:
    """As whom the trail knows somebody: by a name that somebody else may have in another year."""
    return f"speaker {speaker.slug}"


def _reasons(subjects: set[str]) -> dict[tuple[str, str, str], str]:
    """The reason each of them gave last, by the slugs of edition and session."""
    entries = db.session.execute(
        select(AuditEntry.subject, AuditEntry.details)
        .where(AuditEntry.verb == "decline_session", AuditEntry.subject.in_(subjects))
        .order_by(AuditEntry.id)
    )
    return {
        (subject, said.get("edition", ""), said.get("session", "")): said.get("reason", "")
        for subject, said in entries
    }


def _first_moment(own: OwnSession) -> tuple[bool, str, str]:
    first = own.slots[0].starts_at.isoformat() if own.slots else ""
    return (not first, first, own.session.slug)

"""What speakers change on their own page, and letters from the team to speakers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, update

from festival import codes
from festival.db import change_one, db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.mail.models import Letter
from festival.programme.models.sessions import (
    Session,
    Speaker,
    SpeakerFile,
    speaker_of_session,
)
from festival.speakers import letters, queries
from festival.speakers.files import MOST_FILES
from festival.speakers.queries import SpeakerContact
from festival.team import audit

# The minimum time between two letters with the link to the same speaker.
LETTERS_APART = timedelta(hours=20)


class NotYourSession(Refusal):
    """Je staat niet meer bij dit onderdeel. Ververs de pagina."""


class TooManyFiles(Refusal):
    """Je hebt al {most} bestanden gestuurd. Haal er eerst een weg."""


class LetterCounts(NamedTuple):
    """How many speakers got a letter, and why the others did not."""

    sent: int
    without_address: int
    not_needed: int  # already invited, answered everything, or just got a letter


@transactional
def answer_session(
    speaker: Speaker, session: Session, answer: str, *, reason: str = "", now: datetime
) -> None:
    """Keep the speaker's 'yes' or 'no' to a session. Tells the team of a no, or a yes after a no.

    Repeating an answer changes nothing. Refuses with NotYourSession.
    """
    # A release rewrites these rows: locking the edition makes one wait for the other.
    db.session.execute(
        select(Edition.id).where(Edition.id == speaker.edition_id).with_for_update(key_share=True)
    )
    columns = speaker_of_session.c
    mine = (columns.session_id == session.id, columns.speaker_id == speaker.id)
    former = db.session.scalar(select(columns.answer).where(*mine))
    if former is None:
        raise NotYourSession
    if not change_one(
        update(speaker_of_session)
        .where(*mine, columns.answer != answer)
        .values(answer=answer, answered_at=now, reason=reason if answer == "no" else "")
    ):
        return
    verb = "decline_session" if answer == "no" else "confirm_session"
    why = {"reason": reason} if reason else {}
    at = {"edition": session.edition.slug, "session": session.slug}
    audit.record(verb, f"speaker {speaker.slug}", now=now, **at, **why)
    if "no" in (answer, former):
        letters.speaker_answered(speaker, session, answer, reason, now=now)


@transactional
def add_file(
    speaker: Speaker, *, name: str, stored: str, mimetype: str, size: int, now: datetime
) -> SpeakerFile:
    """Add a file that is already in storage. Refuses with TooManyFiles."""
    _hold([speaker.id])
    count = select(func.count()).where(SpeakerFile.speaker_id == speaker.id)
    if (db.session.scalar(count) or 0) >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    file = SpeakerFile(
        speaker_id=speaker.id,
        name=name,
        stored=stored,
        mimetype=mimetype,
        size=size,
        uploaded_at=now,
    )
    db.session.add(file)
    db.session.flush()
    audit.record("add_file", f"speaker {speaker.slug}", now=now, file=file.code)
    return file


@transactional
def remove_file(speaker: Speaker, code: str, *, now: datetime) -> str:
    """Remove a file. Returns its name in storage, for the caller to remove, or '' for none."""
    _hold([speaker.id])
    file = queries.file_of(speaker, code)
    if file is None:
        return ""  # a double click: it was removed already
    stored = file.stored
    audit.record("remove_file", f"speaker {speaker.slug}", now=now, file=code)
    db.session.delete(file)
    return stored


@transactional
def renew_secret(speaker: Speaker, *, now: datetime) -> None:
    """Give the speaker's own page a new link. The old link stops working."""
    _hold([speaker.id])
    speaker.secret = codes.secret()
    speaker.invited_at = speaker.reminded_at = speaker.unreached_at = None
    audit.record("renew_link", f"speaker {speaker.slug}", now=now)


@transactional
def invite_speakers(speakers: Sequence[Speaker], *, now: datetime) -> LetterCounts:
    """Send the link to their own page to each speaker who does not have it yet."""
    number = 0
    people = _held(speakers)
    for person in people:
        if person.speaker.email and not person.is_invited:
            sessions = [each.session for each in person.answers]
            letters.speaker_invited(person.speaker, sessions, now=now)
            person.speaker.invited_at = now
            person.speaker.reminded_at = person.speaker.unreached_at = None
            audit.record("invite_speaker", f"speaker {person.speaker.slug}", now=now)
            number += 1
    return _sent(people, number)


@transactional
def remind_speakers(speakers: Sequence[Speaker], *, now: datetime) -> LetterCounts:
    """Remind each speaker who was invited a while ago and has not answered everything yet."""
    number = 0
    people = _held(speakers)
    for person in people:
        last = person.written_to_at
        is_quiet = last is not None and last <= now - LETTERS_APART
        if person.speaker.email and person.is_invited and person.open_answers and is_quiet:
            sessions = [each.session for each in person.open_answers]
            letters.speaker_reminded(person.speaker, sessions, now=now)
            person.speaker.reminded_at = now
            audit.record("remind_speaker", f"speaker {person.speaker.slug}", now=now)
            number += 1
    return _sent(people, number)


@transactional
def note_shown_link(speaker: Speaker, *, now: datetime) -> None:
    """Record who of the team looked at the link of the speaker's own page."""
    audit.record("show_link", f"speaker {speaker.slug}", now=now)


def note_outcome(letter: Letter, speaker_id: int, delivered: bool, now: datetime) -> None:
    """Remember on the speaker whether the last letter with their link reached them."""
    change_one(
        update(Speaker)
        .where(Speaker.id == speaker_id, Speaker.invited_at <= letter.queued_at)
        .values(unreached_at=None if delivered else now)
    )


def _held(speakers: Sequence[Speaker]) -> list[SpeakerContact]:
    """Locks and returns these speakers, so that a double click waits."""
    ids = [speaker.id for speaker in speakers]
    _hold(ids)
    query = (
        select(Speaker)
        .where(Speaker.id.in_(ids))
        .order_by(Speaker.id)
        # Read again: whoever we waited for may have written to them.
        .execution_options(populate_existing=True)
    )
    return queries.persons(db.session.scalars(query).all())


def _hold(speaker_ids: Sequence[int]) -> None:
    db.session.execute(
        select(Speaker.id)
        .where(Speaker.id.in_(speaker_ids))
        .order_by(Speaker.id)
        .with_for_update(key_share=True)
    )


def _sent(people: Sequence[SpeakerContact], number: int) -> LetterCounts:
    without = sum(not person.speaker.email for person in people)
    return LetterCounts(number, without, len(people) - number - without)

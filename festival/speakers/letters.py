"""Letters to and about speakers, one function each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from festival.db import db
from festival.editions.models import Edition
from festival.mail import rules as mail
from festival.programme.models.sessions import Session, Speaker


def speaker_invited(speaker: Speaker, sessions: Sequence[Session], *, now: datetime) -> None:
    """Tells a speaker that they are on the programme, with the link to their own page."""
    _to_speaker("speakers/speaker_invited", speaker, sessions, now)


def speaker_reminded(speaker: Speaker, sessions: Sequence[Session], *, now: datetime) -> None:
    """Reminds a speaker that they did not answer for these sessions yet."""
    _to_speaker("speakers/speaker_reminded", speaker, sessions, now)


def speaker_answered(
    speaker: Speaker,
    session: Session,
    answer: str,
    reason: str,
    *,
    language: str = "nl",
    now: datetime,
) -> None:
    """Tells the organiser that a speaker cannot come, or comes after all.

    Sends nothing if the organiser has no address.
    """
    edition = db.session.get_one(Edition, speaker.edition_id)
    if not edition.organiser_email:
        return
    mail.queue(
        "speakers/speaker_answered",
        to=edition.organiser_email,
        language=language,
        now=now,
        about=(speaker, session),
        reply_to=speaker.email,
        edition=edition,
        speaker=speaker,
        session=session,
        is_coming=answer == "yes",
        reason=reason,
    )


def _to_speaker(
    letter: str, speaker: Speaker, sessions: Sequence[Session], now: datetime, **values: Any
) -> None:
    mail.queue(
        letter,
        to=speaker.email,
        language=speaker.language,
        now=now,
        about=(speaker,),
        edition=db.session.get_one(Edition, speaker.edition_id),
        speaker=speaker,
        sessions=sessions,
        **values,
    )

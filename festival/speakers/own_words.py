"""The letters to speakers in which the team writes sentences of its own."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.mail.prose import EditableLetter, Field, FixedLetter
from festival.programme.models.sessions import Session, Speaker
from festival.speakers import letters

_FIELDS: dict[str, Field] = {
    "naam": lambda values: values["speaker"].name,
    "voornaam": lambda values: values["speaker"].name.partition(" ")[0],
    "festival": lambda values: values["edition"].name,
}


def _example(
    queue: Callable[..., object],
) -> Callable[[Edition, str, datetime], object]:
    """Returns an example to an invented speaker, about the latest session of the edition."""

    def write(edition: Edition, language: str, now: datetime) -> None:
        sessions: Sequence[Session] = db.session.scalars(
            select(Session)
            .where(Session.edition_id == edition.id)
            .order_by(Session.id.desc())
            .limit(1)
        ).all()
        speaker = Speaker(
            edition_id=edition.id, name="Sanne Vermeer", email="sanne@example.org",
            language=language, secret="x" * 20,
        )  # fmt: skip
        queue(speaker, sessions, now=now)

    return write


LETTERS = (
    EditableLetter(
        "speakers/speaker_invited",
        _l("Uitnodiging voor een spreker"),
        ("subject", "closing"),
        _FIELDS,
        _example(letters.speaker_invited),
    ),
    EditableLetter(
        "speakers/speaker_reminded",
        _l("Herinnering voor een spreker"),
        ("subject", "opening", "closing"),
        _FIELDS,
        _example(letters.speaker_reminded),
    ),
)
FIXED = (
    FixedLetter(
        "speakers/speaker_answered",
        _l("Een spreker kan niet, of komt toch"),
        _l("Gaat alleen naar de organisatie zelf."),
    ),
)

"""How each letter with speakers comes to be, for tests/test_letters.py."""

from festival.db import db
from festival.programme.models.sessions import Session, Speaker
from festival.programme.rules.people import set_speakers
from festival.speakers import letters
from festival.web.languages import Bilingual
from tests import make


def ria(language: str) -> Speaker:
    """Somebody with a session, as the builders number them."""
    edition = make.edition(slug="2026")
    row = Speaker(
        edition_id=edition.id,
        slug="ria-vos",
        name="Ria Vos",
        email="ria@example.org",
        language=language,
        secret="geheim-van-ria",
    )
    db.session.add(row)
    db.session.flush()
    return row


def soup(*speakers: Speaker) -> Session:
    row = make.session(title=Bilingual("Soep is geen project", "Soup is not a project"))
    set_speakers(row, speakers)
    return row


def speaker_invited(language: str) -> None:
    speaker = ria(language)
    coach = make.session(title=Bilingual("Waar begin ik?", "Where do I start?"))
    letters.speaker_invited(speaker, [soup(speaker), coach], now=make.NOW)


def speaker_reminded(language: str) -> None:
    speaker = ria(language)
    letters.speaker_reminded(speaker, [soup(speaker)], now=make.NOW)


def speaker_answered(language: str) -> None:
    speaker = ria(language)
    reason = "Ik moet die dag naar Gent.\nZondag kan wel."
    letters.speaker_answered(speaker, soup(speaker), "no", reason, language=language, now=make.NOW)

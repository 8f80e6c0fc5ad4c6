"""Mailings to speakers, makers and coaches: whoever is named with a session."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, Subquery, literal, select

from festival.db import db
from festival.editions.models import Edition
from festival.mailings import filters
from festival.mailings.audiences import Audience, Recipient
from festival.mailings.criteria import Criteria
from festival.mailings.filters import Filter
from festival.programme.labels import KINDS
from festival.programme.models.sessions import Session, Speaker, speaker_of_session
from festival.sorting import title_key
from festival.web import languages

KEY = "speakers"
_OPEN = "open"  # no answer yet
_named = speaker_of_session.c


def people(edition: Edition, criteria: Criteria) -> Subquery:
    """Returns a query of the addresses of the speakers who are chosen."""
    query = _chosen(edition, criteria).with_only_columns(
        Speaker.email.label("address"),
        Speaker.language.label("language"),
        literal(0).label("at"),
        Speaker.id.label("id"),
    )
    return query.subquery()


def recipients(edition: Edition, criteria: Criteria, addresses: Sequence[str]) -> list[Recipient]:
    """Returns the speakers with these addresses, in their order."""
    chosen = _chosen(edition, criteria).where(Speaker.email.in_(addresses))
    rows = db.session.scalars(select(Speaker).where(Speaker.id.in_(chosen)).order_by(Speaker.id))
    found: dict[str, list[Speaker]] = defaultdict(list)
    for row in rows:
        found[row.email].append(row)
    return [_recipient(to, found[to]) for to in addresses if to in found]


def why(edition: Edition, _kind: str) -> object:
    """Returns why a speaker gets a letter."""
    return _(
        "Je krijgt deze mail omdat je op het programma van %(festival)s staat.",
        festival=edition.name,
    )


def _recipient(address: str, speakers: Sequence[Speaker]) -> Recipient:
    """Returns one recipient; people of a group may share an address, and each has a page."""
    return Recipient(
        address,
        " & ".join(dict.fromkeys(each.name for each in speakers)),
        speakers[-1].language,
        rows=tuple(speakers),
        own_pages={each.name: partial(_own_page, each.secret) for each in speakers},
    )


def _own_page(secret: str, language: str) -> str:
    return str(languages.url_in(language, "speakers.show", secret=secret))


def _chosen(edition: Edition, criteria: Criteria) -> Select[Any]:
    """Returns a query of speakers, joined with each session that they are named with.

    So that who said no to one session and yes to another is not taken for a no to both.
    """
    return (
        select(Speaker.id)
        .join(speaker_of_session, _named.speaker_id == Speaker.id)
        .join(Session, Session.id == _named.session_id)
        .where(
            Speaker.edition_id == edition.id,
            Speaker.email != "",
            *filters.conditions(KEY, edition, criteria),
        )
    )


def _answers(_edition: Edition) -> list[tuple[str, str]]:
    return [
        ("yes", _("Zei ja")),
        (_OPEN, _("Nog geen antwoord")),
        ("no", _("Zei nee")),
    ]


def _has_answered(_edition: Edition, chosen: Collection[str]) -> ColumnElement[bool]:
    return _named.answer.in_(["" if each == _OPEN else each for each in chosen])


def _kinds(_edition: Edition) -> list[tuple[str, str]]:
    return [(kind, str(words)) for kind, words in KINDS.items()]


def _of_kind(_edition: Edition, kinds: Collection[str]) -> ColumnElement[bool]:
    return Session.kind.in_(kinds)


def _sessions(edition: Edition) -> list[tuple[str, str]]:
    with_people = select(_named.session_id)
    rows = db.session.scalars(
        select(Session).where(Session.edition_id == edition.id, Session.id.in_(with_people))
    )
    return [
        (row.slug, str(row.title))
        for row in sorted(rows, key=lambda row: title_key(str(row.title)))
    ]


def _of_session(_edition: Edition, slugs: Collection[str]) -> ColumnElement[bool]:
    return Session.slug.in_(slugs)


AUDIENCE = Audience(
    KEY,
    _l("Sprekers, makers en coaches"),
    people,
    recipients,
    why,
    lambda _criteria: ("pagina",),
    {"speaker_answer": ["yes", _OPEN]},
)
FILTERS = (
    Filter("speaker_answer", _l("Antwoord op onze vraag"), _answers, _has_answered, KEY),
    Filter("speaker_kind", _l("Soort onderdeel"), _kinds, _of_kind, KEY),
    Filter("speaker_session", _l("Onderdeel"), _sessions, _of_session, KEY),
)

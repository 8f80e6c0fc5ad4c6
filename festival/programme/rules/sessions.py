"""Sessions: saving one or several, copying, removing, and discarding a draft."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from festival.db import db, transactional
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.programme import draft
from festival.programme.draft import write_draft
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.rules.people import set_speakers
from festival.programme.rules.rows import delete_unused, drafting, row_to_write
from festival.team import audit
from festival.team.editing import ChangedMeanwhile, reserved_words, slug_of, take_version
from festival.web.languages import Bilingual


class SessionHasSlots(Refusal):
    """Dit onderdeel heeft nog momenten. Haal die eerst weg."""


class SessionWasPublished(Refusal):
    """Bezoekers kennen dit onderdeel al. Haal de momenten weg en publiceer: dan vervalt het."""


class SomeChanged(Refusal):
    """Iemand anders heeft dit intussen gewijzigd: {titles}. Er is daarom niets veranderd. Kijk wat
    er nu staat en doe het dan opnieuw."""


@transactional
def save_session(
    edition: Edition,
    session: Session | None,
    values: dict[str, Any],
    *,
    speakers: Sequence[Speaker],
    hosts: Sequence[Speaker] = (),
    seen: int = 0,
    now: datetime,
) -> Session:
    """Add a session (with None) or change one, with its speakers and hosts in their order.

    Somebody is either a speaker or a host. Refuses with ChangedMeanwhile or SlugTaken.
    """
    drafting(edition.id)
    row = row_to_write(Session, edition, session, seen)
    speakers = list(dict.fromkeys(speakers))
    hosts = [host for host in dict.fromkeys(hosts) if host not in speakers]
    people = {"speakers": [each.id for each in speakers], "hosts": [each.id for each in hosts]}
    if write_draft(row, values | people if row.is_public else values):
        raise_programme_version(edition.id)
    if not row.is_public:
        set_speakers(row, speakers, hosts)
    audit.record("save_session", f"session {row.slug}", now=now)
    return row


@transactional
def save_sessions(
    edition: Edition, seen: Mapping[Session, int], values: dict[str, Any], *, now: datetime
) -> None:
    """Write the same `values` into several sessions, as the maker saw each of them.

    Writes all or none of them. Refuses with SomeChanged.
    """
    save_each(edition, {row: (version, values) for row, version in seen.items()}, now=now)


@transactional
def save_each(
    edition: Edition, changes: Mapping[Session, tuple[int, dict[str, Any]]], *, now: datetime
) -> None:
    """Write its own values into each session. Each comes with the version that the maker saw.

    Writes all or none of them. Refuses with SomeChanged.
    """
    drafting(edition.id)
    changed, is_seen = [], False
    for session, (version, values) in changes.items():
        try:
            take_version(session, version)
        except ChangedMeanwhile:
            changed.append(draft.value(session, "title").text())
        else:
            is_seen |= write_draft(session, values)
            audit.record("save_session", f"session {session.slug}", now=now, together=len(changes))
    if changed:
        raise SomeChanged(titles=", ".join(changed))
    if is_seen:
        raise_programme_version(edition.id)


@transactional
def copy_session(session: Session, *, title: Bilingual, now: datetime) -> Session:
    """Add a session called `title` with the texts and people of this one, but without slots."""
    edition = session.edition
    drafting(edition.id)
    values = draft.merged(session) | {"title": title}
    people = {
        person.id: person for person in db.session.query(Speaker).filter_by(edition_id=edition.id)
    }
    speakers, hosts = (
        [people[n] for n in values.pop(role) if n in people] for role in ("speakers", "hosts")
    )
    private = ("takes_feedback", "host_notes", "needs", "minutes_before", "minutes_after")
    values |= {name: getattr(session, name) for name in private}
    values["slug"] = free_slug(edition, Session, slug_of(title.text("nl")))
    return save_session(edition, None, values, speakers=speakers, hosts=hosts, now=now)


@transactional
def discard_draft(row: Session | Speaker | Slot, *, seen: int, now: datetime) -> None:
    """Discard the changes to `row` since the last release. Refuses with ChangedMeanwhile."""
    edition_id = row.session.edition_id if isinstance(row, Slot) else row.edition_id
    drafting(edition_id)
    take_version(row, seen)
    draft.discard(row)
    db.session.flush()
    name = row.code if isinstance(row, Slot) else row.slug
    audit.record("discard_draft", f"{type(row).__name__.lower()} {name}", now=now)


@transactional
def remove_session(session: Session, *, now: datetime) -> None:
    """Remove a session that visitors never saw.

    Refuses with SessionHasSlots or SessionWasPublished.
    """
    drafting(session.edition_id)
    if session.is_public:
        raise SessionWasPublished
    if session.all_slots:
        raise SessionHasSlots
    audit.record("remove_session", f"session {session.slug}", now=now)
    delete_unused(session, SessionHasSlots())


def free_slug(
    edition: Edition, kind: type[Session] | type[Speaker], wanted: str, taken: Iterable[str] = ()
) -> str:
    """Returns `wanted`, with a number added if it is in use in the edition or in `taken`."""
    used = {*taken, *reserved_words(kind)}
    used |= set(db.session.scalars(select(kind.slug).where(kind.edition_id == edition.id)))
    numbered = (f"{wanted[:56]}-{n}" for n in itertools.count(2))
    return next(slug for slug in itertools.chain([wanted], numbered) if slug not in used)

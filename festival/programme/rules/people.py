"""Speakers, their availability, and who is in which session."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from festival.db import db, transactional
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.programme.draft import write_draft
from festival.programme.models.sessions import (
    Availability,
    Session,
    Speaker,
    speaker_of_session,
)
from festival.programme.rules.rows import (
    changed_at_once,
    check_spans,
    delete_unused,
    drafting,
    is_drafted,
    row_to_write,
)
from festival.programme.timing import Span
from festival.team import audit
from festival.team.editing import take_version


class SpeakerOnStage(Refusal):
    """Deze spreker staat nog bij een onderdeel. Haal de naam daar eerst weg."""


@transactional
def save_speaker(
    edition: Edition,
    speaker: Speaker | None,
    values: dict[str, Any],
    *,
    availability: Sequence[Span] | None = None,
    seen: int = 0,
    now: datetime,
) -> Speaker:
    """Add a speaker (with None) or change one, and their availability if it is given.

    Refuses with ChangedMeanwhile, SlugTaken or EndsBeforeStart.
    """
    drafting(edition.id)
    row = row_to_write(Speaker, edition, speaker, seen)
    if write_draft(row, values):
        raise_programme_version(edition.id)
    if availability is not None:
        _be_available(row, availability, now=now)
    audit.record("save_speaker", f"speaker {row.slug}", now=now)
    return row


@transactional
def set_availability(speaker: Speaker, spans: Sequence[Span], *, seen: int, now: datetime) -> None:
    """Set when the speaker can be there: in these spans only, or always if there are none.

    Refuses with ChangedMeanwhile or EndsBeforeStart.
    """
    drafting(speaker.edition_id)
    take_version(speaker, seen)
    _be_available(speaker, spans, now=now)


@transactional
def remove_speaker(speaker: Speaker, *, now: datetime) -> None:
    """Remove a speaker. Refuses with SpeakerOnStage."""
    drafting(speaker.edition_id)
    if any(
        is_drafted(Session, speaker.edition_id, role, speaker.id) for role in ("speakers", "hosts")
    ):
        raise SpeakerOnStage
    on_stage = speaker_of_session.select().where(speaker_of_session.c.speaker_id == speaker.id)
    if db.session.execute(on_stage).first() is not None:
        raise SpeakerOnStage
    changed_at_once(speaker.edition_id, "remove_speaker", f"speaker {speaker.slug}", now)
    delete_unused(speaker, SpeakerOnStage())


@transactional
def set_speakers(
    session: Session, speakers: Sequence[Speaker], hosts: Sequence[Speaker] = ()
) -> None:
    """Set who is in the session, announced in this order, at once."""
    write_people(session, [each.id for each in speakers], [host.id for host in hosts])


def write_people(session: Session, speaker_ids: Sequence[int], host_ids: Sequence[int]) -> None:
    """Write who is in the session, as part of another rule. Keeps their answers yes and no."""
    columns = speaker_of_session.c
    answers: dict[int, Any] = {
        speaker_id: {"answer": answer, "answered_at": answered_at, "reason": reason}
        for speaker_id, answer, answered_at, reason in db.session.execute(
            select(columns.speaker_id, columns.answer, columns.answered_at, columns.reason).where(
                columns.session_id == session.id
            )
        )
    }
    db.session.execute(delete(speaker_of_session).where(columns.session_id == session.id))
    roles = dict.fromkeys(host_ids, "host") | dict.fromkeys(speaker_ids, "speaker")
    in_order = dict.fromkeys([*speaker_ids, *host_ids])
    nothing = {"answer": "", "answered_at": None, "reason": ""}
    if in_order:
        db.session.execute(
            insert(speaker_of_session),
            [
                {"session_id": session.id, "speaker_id": n, "role": roles[n], "position": position}
                | answers.get(n, nothing)
                for position, n in enumerate(in_order)
            ],
        )
    db.session.expire(session, ["speakers", "hosts"])


def _be_available(speaker: Speaker, spans: Sequence[Span], *, now: datetime) -> None:
    check_spans(spans)
    speaker.availability = [Availability(starts_at=a, ends_at=b) for a, b in spans]
    audit.record("set_availability", f"speaker {speaker.slug}", now=now)

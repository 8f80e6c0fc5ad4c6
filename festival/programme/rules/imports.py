"""Writing what an import changes: prepared without any lock, then written in a few statements.

The rules for one row take a dozen statements each. A thousand rows would hold the only write lock
of SQLite for many seconds, and visitors' orders would wait. So the rows are compared and prepared
first; the transaction checks that nobody changed the draft since, and writes each kind of rows
with one statement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, insert, or_, select, update

from festival import codes
from festival.db import Base, change_one, change_rows, db, transactional
from festival.editions.models import Edition
from festival.editions.rules import raise_programme_version
from festival.errors import Refusal
from festival.programme import draft
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Slot, Speaker, speaker_of_session
from festival.programme.rules.rows import check_times
from festival.programme.rules.slots import PlacesTaken
from festival.programme.rules.stages_and_themes import raise_sequences_of_stages
from festival.team import audit
from festival.team.editing import is_version
from festival.team.imports.writing import as_columns, insert_rows, update_rows

Entry = tuple[str, str, dict[str, Any]]  # of the audit trail


class ProgrammeChanged(Refusal):
    """Het programma is veranderd sinds je dit bekeek. Er is niets geïmporteerd. Kijk hieronder nog
    eens wat elke rij doet."""


@dataclass
class PreparedRows:
    """What will be written, by statement. Values are by column of the database."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)  # with `id`
    # Who is in a session, by its slug: ids of speakers and of hosts, in their order.
    people: dict[str, tuple[list[int], list[int]]] = field(default_factory=dict)
    new_slots: list[dict[str, Any]] = field(default_factory=list)  # with the slug of the session
    changed_slots: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)  # of slots, guarded
    renamed_stages: list[int] = field(default_factory=list)
    is_seen: bool = False  # by visitors, before the next release
    entries: list[Entry] = field(default_factory=list)


def prepare_session(
    into: PreparedRows, edition: Edition, session: Session | None, values: Mapping[str, Any]
) -> str:
    """Prepare a new session (with None) or changes of one, with its people. Returns its slug.

    Somebody is either a speaker or a host; ids of people stand in `values`, if these change.
    """
    values = dict(values)
    slug = values.get("slug") or (session.slug if session else "")
    if not session or {"speakers", "hosts"} & values.keys():
        speakers, hosts = (
            list(dict.fromkeys(values.pop(role, draft.value(session, role) if session else [])))
            for role in ("speakers", "hosts")
        )
        hosts = [host for host in hosts if host not in speakers]
        if session is not None and session.is_public:
            values |= {"speakers": speakers, "hosts": hosts}
        else:
            into.people[slug] = speakers, hosts
    _prepare(into, edition, session, values, "save_session", f"session {slug}")
    return slug


def prepare_speaker(
    into: PreparedRows, edition: Edition, speaker: Speaker | None, values: Mapping[str, Any]
) -> None:
    """Prepare a new speaker (with None) or changes of one."""
    slug = values.get("slug") or (speaker.slug if speaker else "")
    _prepare(into, edition, speaker, dict(values), "save_speaker", f"speaker {slug}")


def prepare_place(
    into: PreparedRows, edition: Edition, row: Stage | Theme | None, values: Mapping[str, Any],
    name: str,
) -> None:  # fmt: skip
    """Prepare a new stage or theme (with None) or changes of one: visitors see them at once."""
    slug = values.get("slug") or (row.slug if row else "")
    columns = as_columns(values)
    if row is None:
        into.new.append({"edition_id": edition.id, **columns})
    else:
        into.changed.append({"id": row.id, "version": row.version + 1, **columns})
        if isinstance(row, Stage) and {"name", "floor"} & values.keys():
            into.renamed_stages.append(row.id)
    into.is_seen = True
    into.entries.append((f"save_{name}", f"{name} {slug}", {}))


def prepare_slot(
    into: PreparedRows,
    edition: Edition,
    session_slug: str,
    slot: Slot | None,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Prepare a new slot (with None) or the move of one. Refuses like add_slot and update_slot."""
    check_times(edition, values["starts_at"], values["ends_at"])
    if slot is None:
        code = codes.readable()
        into.new_slots.append({"code": code, "session": session_slug, "changed_at": now, **values})
        into.entries.append(("add_slot", f"slot {code}", {"session": session_slug}))
        return
    moved = {name: values[name] for name in ("stage_id", "starts_at", "ends_at")}
    waiting, direct = draft.divided(slot, {**moved, "dropped": False} if slot.is_public else moved)
    into.changed_slots.append(
        {"id": slot.id, "version": slot.version + 1, "draft": waiting, **direct}
    )
    places = {name: values[name] for name in ("places", "door_places")}
    if places != {name: getattr(slot, name) for name in places}:
        into.places.append({"id": slot.id, **places})
        into.is_seen = True
    into.entries.append(("move_slot", f"slot {slot.code}", {"session": session_slug}))


@transactional
def write_rows(
    kind: type[Base],
    edition: Edition,
    rows: PreparedRows,
    *,
    seen: int,
    counts: Mapping[str, int],
    now: datetime,
) -> None:
    """Write all of `rows`, prepared from version `seen` of the draft, or nothing.

    Refuses with ProgrammeChanged or PlacesTaken.
    """
    _take_draft(edition.id, seen)
    insert_rows(kind, rows.new)
    update_rows(kind, rows.changed)
    ids = _session_ids(edition) if rows.people or rows.new_slots else {}
    _write_people({ids[slug]: people for slug, people in rows.people.items()})
    insert_rows(
        Slot,
        [{**slot, "session_id": ids[slot["session"]]} for slot in rows.new_slots],
        without=("session",),
    )
    update_rows(Slot, rows.changed_slots)
    _write_places(rows.places)
    raise_sequences_of_stages(rows.renamed_stages, now=now)
    if rows.is_seen:
        raise_programme_version(edition.id)
    name = f"{kind.__name__.lower()}s"
    audit.record_each([*rows.entries, ("import", name, dict(counts))], now=now)
    db.session.expire_all()


def _prepare(
    into: PreparedRows,
    edition: Edition,
    row: Session | Speaker | None,
    values: dict[str, Any],
    verb: str,
    subject: str,
) -> None:
    if row is None:
        into.new.append({"edition_id": edition.id, **as_columns(values)})
    else:
        waiting, direct = draft.divided(row, values)
        into.is_seen |= draft.is_seen_at_once(row, values)
        columns = as_columns(direct) | {"draft": waiting, "version": row.version + 1}
        into.changed.append({"id": row.id, **columns})
    into.entries.append((verb, subject, {}))


def _take_draft(edition_id: int, seen: int) -> None:
    """Hold the edition's row, as every rule of the programme does, if the draft is as it was."""
    if not is_version(seen) or not change_one(
        update(Edition)
        .where(Edition.id == edition_id, Edition.draft_version == seen)
        .values(draft_version=Edition.draft_version + 1)
    ):
        raise ProgrammeChanged


def _session_ids(edition: Edition) -> dict[str, int]:
    rows = db.session.execute(
        select(Session.slug, Session.id).where(Session.edition_id == edition.id)
    )
    return dict(rows.all())


def _write_people(people: Mapping[int, tuple[Sequence[int], Sequence[int]]]) -> None:
    """Write who is in each session, by its id. Keeps their answers yes and no."""
    columns = speaker_of_session.c
    if not people:
        return
    of_these = columns.session_id.in_(people)
    answers = {
        (row.session_id, row.speaker_id): {"answer": row.answer, "answered_at": row.answered_at}
        for row in db.session.execute(select(speaker_of_session).where(of_these))
    }
    change_rows(delete(speaker_of_session).where(of_these))
    nothing = {"answer": "", "answered_at": None}
    rows = [
        {
            **{"session_id": session_id, "speaker_id": speaker_id, "position": position},
            "role": "speaker" if speaker_id in speakers else "host",
            **answers.get((session_id, speaker_id), nothing),
        }
        for session_id, (speakers, hosts) in people.items()
        for position, speaker_id in enumerate(dict.fromkeys([*speakers, *hosts]))
    ]
    if rows:
        db.session.execute(insert(speaker_of_session), rows)


def _write_places(places: Sequence[Mapping[str, Any]]) -> None:
    """Guarded: somebody may book at this moment, and nobody who has a place may lose it here."""
    table: Any = Slot.__table__
    slot = table.c
    total = bindparam("total", type_=Integer)
    enough = or_(slot.taken == 0, slot.taken <= total)  # nothing is at most NULL
    statement = (
        update(table)
        .where(slot.id == bindparam("slot_id"), enough)
        .values(places=total, door_places=bindparam("at_door"))
    )
    rows = [
        {"slot_id": each["id"], "total": each["places"], "at_door": each["door_places"]}
        for each in places
    ]
    if rows and change_rows(statement, rows) != len(rows):
        raise PlacesTaken(taken=_most_taken(places))


def _most_taken(places: Sequence[Mapping[str, Any]]) -> int:
    """Returns how many places are taken of the first slot that has too few."""
    wanted = {each["id"]: each["places"] for each in places}
    rows = db.session.execute(select(Slot.id, Slot.taken).where(Slot.id.in_(wanted)))
    return next((n for key, n in rows if n and (wanted[key] is None or n > wanted[key])), 0)

"""The differences between two versions of the programme, in terms that people understand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from festival.programme.snapshot import SessionSnapshot, SlotSnapshot, Snapshot
from festival.web.languages import Bilingual

# Changes in a release: `between` finds them.
KINDS = ("new", "moved", "changed", "cancelled")
# Changes on the day itself, besides `new`, `moved` and `cancelled`: late and on time again, full
# and no longer full, on after all, replaced by another session.
KINDS_OF_THE_DAY = ("late", "on_time", "full", "open", "back", "replaced")
# Fields of a session that visitors see.
_SEEN = (
    *("kind", "title", "summary", "description", "bring", "theme_id", "languages", "level"),
    *("min_age", "is_free", "access", "no_access", "photo", "photo_alt", "speaker_ids", "host_ids"),
)


@dataclass(frozen=True, slots=True)
class ScheduledAt:
    """When and where a slot was or is, with the stage's name at that time."""

    starts_at: datetime
    ends_at: datetime
    stage: Bilingual


# A text, a code, a number, yes or no, or names; None if there is no value.
EditedValue = Bilingual | tuple[str, ...] | str | int | bool | None


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed field of a session: a text, a code, or names of people or of access.

    A theme or a person is kept by name, so that it can still be read after it is removed.
    """

    field: str
    before: EditedValue
    after: EditedValue


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: in a slot, or (`changed`) in a session as a whole."""

    kind: str  # of KINDS or KINDS_OF_THE_DAY
    session_id: int
    slug: str
    title: Bilingual
    slot_code: str = ""  # '' for a session as a whole
    before: ScheduledAt | None = None
    after: ScheduledAt | None = None
    # For a moved slot `time`, `duration`, `stage`; for a changed session its changed fields.
    fields: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()  # the same fields of a changed session, with their values
    session_kind: str = ""
    minutes: int = 0  # the delay, for `late`
    reason: Bilingual = field(default_factory=Bilingual)
    instead: Bilingual = field(default_factory=Bilingual)  # what comes in its place
    instead_slug: str = ""


def between(old: Snapshot, new: Snapshot) -> list[Change]:
    """Returns what changed in `new`, by session and time. Sessions without slots do not count."""
    found: list[Change] = []
    before = {slot.code: slot for slot in old.slots}
    after = {slot.code: slot for slot in new.slots}
    for code, slot in after.items():
        session = new.sessions[slot.session_id]
        if code not in before:
            found.append(_of_slot("new", session, slot, None, _where(new, slot)))
        elif moved := _moved(before[code], slot):
            places = (_where(old, before[code]), _where(new, slot))
            found.append(_of_slot("moved", session, slot, *places, moved))
    for code, slot in before.items():
        if code not in after:
            session = old.sessions[slot.session_id]
            found.append(_of_slot("cancelled", session, slot, _where(old, slot), None))
    for session in new.sessions.values():
        former = old.sessions.get(session.id)
        if former and former.slots and session.slots:
            edits = tuple(_edits(old, former, new, session))
            if edits:
                found.append(
                    Change(
                        "changed",
                        session.id,
                        session.slug,
                        session.title,
                        fields=tuple(edit.field for edit in edits),
                        edits=edits,
                        session_kind=session.kind,
                    )
                )
    return sorted(found, key=lambda change: (change.slug, _begins(change), change.slot_code))


def _begins(change: Change) -> str:
    where = change.after or change.before
    return where.starts_at.isoformat() if where else ""


def _moved(old: SlotSnapshot, new: SlotSnapshot) -> tuple[str, ...]:
    """Returns in which ways a slot was moved: `time`, `duration`, `stage`."""
    lasted, lasts = old.ends_at - old.starts_at, new.ends_at - new.starts_at
    is_so = {
        "time": old.starts_at != new.starts_at,
        "duration": lasted != lasts,
        "stage": old.stage_id != new.stage_id,
    }
    return tuple(name for name, moved in is_so.items() if moved)


def _edits(
    old: Snapshot, former: SessionSnapshot, new: Snapshot, session: SessionSnapshot
) -> Iterable[Edit]:
    for name in _SEEN:
        if getattr(former, name) != getattr(session, name):
            yield Edit(name, _named(old, former, name), _named(new, session, name))


def _named(snapshot: Snapshot, session: SessionSnapshot, name: str) -> Any:
    """Returns the field's value, with names of people and of the theme instead of their ids."""
    value = getattr(session, name)
    if name in {"speaker_ids", "host_ids"}:
        return tuple(snapshot.speakers[n].name for n in value if n in snapshot.speakers)
    if name == "theme_id":
        return snapshot.themes[value].name if value in snapshot.themes else Bilingual()
    return value


def _of_slot(
    kind: str,
    session: SessionSnapshot,
    slot: SlotSnapshot,
    before: ScheduledAt | None,
    after: ScheduledAt | None,
    fields: tuple[str, ...] = (),
) -> Change:
    return Change(
        kind,
        session.id,
        session.slug,
        session.title,
        slot.code,
        before,
        after,
        fields,
        session_kind=session.kind,
    )


def _where(snapshot: Snapshot, slot: SlotSnapshot) -> ScheduledAt:
    return ScheduledAt(slot.starts_at, slot.ends_at, snapshot.stages[slot.stage_id].name)

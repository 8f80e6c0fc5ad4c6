"""What is different between two states of the programme, as people speak of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from festival.languages import Bilingual
from festival.programme.plan import Plan, PlannedSession, PlannedSlot

KINDS = ("new", "moved", "changed", "cancelled")
# Fields of a session in which visitors see a change.
_SEEN = (
    *("kind", "title", "summary", "description", "bring", "theme_id", "languages", "level"),
    *("min_age", "access", "photo", "photo_alt", "speaker_ids", "host_ids"),
)


@dataclass(frozen=True, slots=True)
class Where:
    """When and where a slot was or is, with the name of the stage as it was then."""

    starts_at: datetime
    ends_at: datetime
    stage: Bilingual


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of a slot (new, moved, cancelled), or of a session as a whole (changed)."""

    kind: str  # of KINDS
    session_id: int
    slug: str
    title: Bilingual
    slot_code: str = ""  # '' of a session as a whole
    before: Where | None = None
    after: Where | None = None
    # Of a moved slot `time`, `duration`, `stage`; of a changed session the names of its fields.
    fields: tuple[str, ...] = ()


def between(old: Plan, new: Plan) -> list[Change]:
    """What is different in `new`, by session and time. Sessions without slots do not count."""
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
            fields = tuple(n for n in _SEEN if getattr(former, n) != getattr(session, n))
            if fields:
                found.append(
                    Change("changed", session.id, session.slug, session.title, fields=fields)
                )
    return sorted(found, key=lambda change: (change.slug, change.slot_code))


def as_json(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """`changes` as they are kept with a release."""
    return [
        asdict(change)
        | {"before": _where_as_json(change.before), "after": _where_as_json(change.after)}
        | {"fields": list(change.fields)}
        for change in changes
    ]


def from_json(written: Iterable[dict[str, Any]]) -> list[Change]:
    """What `as_json` wrote."""
    return [
        Change(
            **each
            | {
                "title": Bilingual(**each["title"]),
                "before": _where_from_json(each["before"]),
                "after": _where_from_json(each["after"]),
                "fields": tuple(each["fields"]),
            }
        )
        for each in written
    ]


def _moved(old: PlannedSlot, new: PlannedSlot) -> tuple[str, ...]:
    """In what a slot was moved."""
    lasted, lasts = old.ends_at - old.starts_at, new.ends_at - new.starts_at
    is_so = {
        "time": old.starts_at != new.starts_at,
        "duration": lasted != lasts,
        "stage": old.stage_id != new.stage_id,
    }
    return tuple(name for name, moved in is_so.items() if moved)


def _of_slot(
    kind: str,
    session: PlannedSession,
    slot: PlannedSlot,
    before: Where | None,
    after: Where | None,
    fields: tuple[str, ...] = (),
) -> Change:
    return Change(kind, session.id, session.slug, session.title, slot.code, before, after, fields)


def _where(plan: Plan, slot: PlannedSlot) -> Where:
    return Where(slot.starts_at, slot.ends_at, plan.stages[slot.stage_id].name)


def _where_as_json(where: Where | None) -> dict[str, Any] | None:
    if where is None:
        return None
    return {
        "starts_at": where.starts_at.isoformat(),
        "ends_at": where.ends_at.isoformat(),
        "stage": asdict(where.stage),
    }


def _where_from_json(written: dict[str, Any] | None) -> Where | None:
    if written is None:
        return None
    return Where(
        datetime.fromisoformat(written["starts_at"]),
        datetime.fromisoformat(written["ends_at"]),
        Bilingual(**written["stage"]),
    )

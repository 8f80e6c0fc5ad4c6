"""A programme as it is kept with its release, and read again years later.

Without when people can be there: that is theirs, and of no use afterwards.
"""

from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from festival.editions.models import Edition
from festival.programme.snapshot import (
    Plan,
    PlannedBlock,
    PlannedSession,
    PlannedSpeaker,
    PlannedStage,
    PlannedTheme,
    Span,
)

_KINDS: dict[str, type] = {
    "stages": PlannedStage,
    "themes": PlannedTheme,
    "speakers": PlannedSpeaker,
    "sessions": PlannedSession,
}


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """`plan` as a release keeps it."""
    kept: dict[str, Any] = {name: list(getattr(plan, name).values()) for name in _KINDS}
    kept["speakers"] = [replace(each, availability=()) for each in kept["speakers"]]
    kept["blocks"] = plan.blocks
    return {name: _written(rows) for name, rows in kept.items()}


def plan_from_json(edition: Edition, written: dict[str, Any]) -> Plan:
    """What `plan_as_json` wrote. Fields that did not exist then are None."""
    rows: dict[str, Any] = {
        name: {each["id"]: _read(kind, each) for each in written[name]}
        for name, kind in _KINDS.items()
    }
    blocks = [_read(PlannedBlock, each) for each in written["blocks"]]
    return Plan(edition=edition, blocks=blocks, **rows)


def _written(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _written(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, list | tuple):
        return [_written(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _read(kind: Any, written: Any) -> Any:
    """`written` as a value of type `kind`."""
    if get_origin(kind) is UnionType:
        kind = get_args(kind)[0]  # the other one is None
    if written is None:
        return None
    if kind is datetime:
        return datetime.fromisoformat(written)
    if kind is Span:
        return Span(*map(datetime.fromisoformat, written))
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], each) for each in written)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _read(hint, written.get(name)) for name, hint in hints.items()})
    return written


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}

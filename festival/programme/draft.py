"""Changes by makers that visitors do not see yet: kept with the row, applied by a release.

A row that was never released is written directly, because no visitor sees it. For a released row,
the fields below wait in its `draft`, by name; other fields (private ones, a slug) change at once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.models.timetable import Block
from festival.team.editing import save
from festival.web.languages import Bilingual

Row = Session | Slot | Speaker | Block

_TEXTS = ("title", "summary", "description", "bring", "photo_alt")
# The fields of each kind of row that wait for a release. `speakers` and `hosts` are lists of
# speaker ids; `dropped` says that the row will be removed.
FIELDS: dict[type[Row], tuple[str, ...]] = {
    Session: (
        *("kind", *_TEXTS, "theme_id", "languages", "level", "min_age", "access", "no_access"),
        "photo",
        *("is_free", "is_highlight", "speakers", "hosts"),
    ),
    Slot: ("stage_id", "starts_at", "ends_at", "dropped"),
    Speaker: (
        "name",
        "pronunciation",
        "organisation",
        "place",
        "bio",
        "links",
        "photo",
        "photo_alt",
    ),
    Block: ("kind", "title", "stage_id", "starts_at", "ends_at", "dropped"),
}
# Fields of a public row that visitors see and that change at once.
AT_ONCE = ("slug", "takes_feedback")
# Fields of types that JSON lacks; other fields are texts, numbers and lists of them.
_TYPES: dict[str, type] = dict.fromkeys((*_TEXTS, "bio"), Bilingual) | dict.fromkeys(
    ("starts_at", "ends_at"), datetime
)


def value(row: Row, name: str) -> Any:
    """Returns the field `name` of `row` as the next release will show it."""
    return _read(name, row.draft[name]) if name in row.draft else _released(row, name)


def merged(row: Row) -> dict[str, Any]:
    """Returns all fields that wait for a release, as the next one will show them."""
    return {name: value(row, name) for name in FIELDS[type(row)]}


def is_dropped(row: Slot | Block) -> bool:
    """Returns whether the next release removes the row, or it is removed already."""
    return bool(value(row, "dropped"))


def write_draft(row: Row, values: Mapping[str, Any]) -> bool:
    """Write `values` by name: fields that wait for a release into the draft, others into the row.

    Returns whether visitors see any of it at once. Refuses with SlugTaken. `speakers` and `hosts`
    of a session that is not released are not written here: rules.set_speakers does that.
    """
    draft, direct = divided(row, values)
    is_seen = is_seen_at_once(row, values)
    row.draft = draft
    save(row, direct)
    return is_seen


def divided(row: Row, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns the draft of `row` after writing `values`, and those that go into the row itself."""
    waiting = {} if not row.is_public else {n: values[n] for n in FIELDS[type(row)] if n in values}
    draft = dict(row.draft or {})
    for name, new in waiting.items():
        if new == _released(row, name):
            draft.pop(name, None)
        else:
            draft[name] = written(new)
    return draft, {name: new for name, new in values.items() if name not in waiting}


def is_seen_at_once(row: Row, values: Mapping[str, Any]) -> bool:
    """Returns whether visitors see any of `values` before the next release."""
    return row.is_public and any(
        name in values and values[name] != getattr(row, name) for name in AT_ONCE
    )


def written(new: Any) -> Any:
    """Returns a field as it is written in a draft."""
    return msgspec.json.decode(msgspec.json.encode(new))


def apply(row: Row) -> dict[str, Any]:
    """Show the draft to visitors. Returns the former values of the changed fields, by name.

    The caller applies lists of people and `dropped`.
    """
    former = {}
    for name in list(row.draft):
        former[name] = _released(row, name)
        if name not in {"speakers", "hosts", "dropped"}:
            setattr(row, name, value(row, name))
    row.draft = {}
    return former


def discard(row: Row) -> None:
    """Forget what was changed since the last release."""
    row.draft = {}


def _released(row: Row, name: str) -> Any:
    if name == "dropped":
        return isinstance(row, Slot) and row.state == "dropped"
    if name in {"speakers", "hosts"}:
        return [speaker.id for speaker in getattr(row, name)]
    return getattr(row, name)


def _read(name: str, written: Any) -> Any:
    return msgspec.convert(written, _TYPES[name]) if name in _TYPES else written

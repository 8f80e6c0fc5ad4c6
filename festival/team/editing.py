"""Helps to edit rows: warns the later of two editors, and keeps slugs unique."""

import re
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import UniqueConstraint, inspect, update
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from festival import codes, search
from festival.db import Base, change_one, db, violates
from festival.errors import Refusal
from festival.web.languages import LANGUAGES


class ChangedMeanwhile(Refusal):
    """Iemand anders heeft dit intussen gewijzigd. Wat je nu invulde, is nog niet bewaard. Open de
    pagina opnieuw, kijk wat er nu staat en wijzig dan wat er nog mist."""


class SlugTaken(Refusal):
    """Het adres “{slug}” is al van iets anders. Kies een ander woord voor in het adres."""


class Versioned(Protocol):
    """A row with an id, and a version that rises with every change."""

    id: Any
    version: Any


def is_version(number: int) -> bool:
    """Returns whether `number` fits in a column of versions: forms can send any number."""
    return 0 <= number < 2**31


def take_version(row: Versioned, seen: int) -> None:
    """Raise the version of `row` by one, if it is still the version that the editor saw.

    The row is then read again: a release that this waited for may have changed it without raising
    its version. Refuses with ChangedMeanwhile.
    """
    if not is_version(seen):
        raise ChangedMeanwhile
    kind: Any = type(row)
    [row_id] = inspect(row).identity  # without reading the row, which may be gone by now
    if not change_one(
        update(kind).where(kind.id == row_id, kind.version == seen).values(version=kind.version + 1)
    ):
        raise ChangedMeanwhile
    db.session.expire(row)


def hold(row: Base, *, with_for_update: Any) -> None:
    """Lock `row` until the rule ends, and read it again. Refuses with ChangedMeanwhile if gone."""
    try:
        db.session.refresh(row, with_for_update=with_for_update)
    except InvalidRequestError as gone:
        raise ChangedMeanwhile from gone


def save(row: Base, values: dict[str, Any]) -> None:
    """Set the fields of `row` and write it to the database.

    Refuses with SlugTaken. Raises AttributeError for an unknown field.
    """
    if values.get("slug") in reserved_words(type(row)):
        raise SlugTaken(slug=values["slug"])
    for name, value in values.items():
        if not hasattr(row, name):
            raise AttributeError(f"{type(row).__name__} has no {name}")
        setattr(row, name, value)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as clash:
        if _is_about_slug(clash, row):
            raise SlugTaken(slug=values.get("slug", "")) from clash
        raise


def reserved_words(kind: type[Base]) -> set[str]:
    """Returns the words that our own addresses use where the slug of a row of `kind` may be.

    An edition's slug comes first in an address, beside all our pages; other slugs come later.
    """
    words: dict[bool, set[str]] | None = current_app.extensions.get("reserved_words")
    if words is None:
        words = current_app.extensions["reserved_words"] = _words_beside_slugs()
    return words[True] if hasattr(kind, "edition_id") else words[True] | words[False]


def _words_beside_slugs() -> dict[bool, set[str]]:
    """Returns the words that stand where a slug may be, by whether something comes before them."""
    paths = [
        re.sub(r"<[^>]*>", "*", rule.rule).strip("/").split("/")
        for rule in current_app.url_map.iter_rules()
    ]
    places = [(tuple(path[:n]), part) for path in paths for n, part in enumerate(path)]
    slugs = {before for before, part in places if part == "*"}
    words: dict[bool, set[str]] = {True: set(LANGUAGES), False: set()}
    for before, part in places:
        if before in slugs and re.fullmatch(r"[a-z0-9-]+", part):
            words[bool(before)].add(part)
    return words


def slug_of(text: str) -> str:
    """Returns a slug of at most 60 characters: `Łódź, derde plein` becomes `lodz-derde-plein`.

    A text without letters that can be in a slug, such as `Мария`, gets a random code.
    """
    plain = " ".join(search.words(text)).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-") or codes.readable().lower()


def _is_about_slug(clash: IntegrityError, row: Base) -> bool:
    return any(
        isinstance(constraint, UniqueConstraint)
        and "slug" in constraint.columns
        and violates(clash, constraint)
        for constraint in type(row).__table__.constraints  # type: ignore[attr-defined]
    )

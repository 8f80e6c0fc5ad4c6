"""The rows that the cells of a spreadsheet may name: themes, stages and people."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from festival.editions.models import Edition
from festival.programme import draft, queries
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Speaker
from festival.text import plain

_NOT_FOUND = {
    "themes": _l("Er is niet precies één thema “%(text)s”. Maak het eerst, of schrijf het adres."),
    "stages": _l("Er is niet precies één podium “%(text)s”. Maak het eerst, of schrijf het adres."),
    "people": _l("Er is niet precies één mens “%(text)s”. Maak die eerst, of schrijf het adres."),
}


class UnreadableCell(Exception):
    """A cell has a wrong value; `str` of this says why, in the language of the page."""


@dataclass(frozen=True)
class KnownNames:
    """The rows that cells may name, read once for a whole file."""

    edition: Edition
    themes: list[Theme]
    stages: list[Stage]
    people: list[Speaker]
    sessions: list[Session] = field(default_factory=list)

    def find(self, kind: str, text: str) -> Any:
        """Returns the theme, stage or person with that slug or name.

        Raises UnreadableCell if there is none or more than one.
        """
        rows: list[Any] = getattr(self, kind)
        found = [row for row in rows if row.slug == text] or [
            row for row in rows if text.casefold() in _names(row)
        ]
        if len(found) != 1:
            raise UnreadableCell(_NOT_FOUND[kind] % {"text": text})
        return found[0]

    def name(self, kind: str, row_id: int | None) -> str:
        """Returns the name or, if that is unclear, the slug by which `find` finds the row."""
        row = next((each for each in getattr(self, kind) if each.id == row_id), None)
        if row is None:
            return ""
        name = cell_text(str(draft.value(row, "name") if kind == "people" else row.name.text("nl")))
        try:
            is_clear = bool(name) and ";" not in name and self.find(kind, name) is row
        except UnreadableCell:
            is_clear = False
        return name if is_clear else str(row.slug)


def read_known_names(edition: Edition) -> KnownNames:
    """Reads all rows of the edition that cells may name, with a fixed number of queries."""
    return KnownNames(
        edition,
        queries.themes(edition),
        queries.stages(edition),
        queries.team_speakers(edition),
        queries.all_sessions(edition),
    )


def cell_text(text: str) -> str:
    """Returns `text` without what spreadsheets lose: outer whitespace and control characters."""
    return plain(text).strip()


def _names(row: Theme | Stage | Speaker) -> set[str]:
    if isinstance(row, Speaker):
        names = [draft.value(row, "name")]
    else:
        names = [row.name.nl, row.name.en]
    return {cell_text(name).casefold() for name in names if name}

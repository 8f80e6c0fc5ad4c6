"""What the cells of a spreadsheet may name: themes, stages and people, by the draft."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l

from festival.editions.models import Edition
from festival.programme import draft, queries
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Speaker
from festival.team.imports.names import NamedRows


@dataclass(frozen=True)
class KnownNames:
    """The rows that cells may name, read once for a whole file."""

    edition: Edition
    themes: NamedRows[Theme]
    stages: NamedRows[Stage]
    people: NamedRows[Speaker]
    sessions: Sequence[Session] = field(default_factory=list)


def read_known_names(edition: Edition) -> KnownNames:
    """Reads all rows of the edition that cells may name, with a fixed number of queries."""
    return KnownNames(
        edition,
        NamedRows(
            queries.themes(edition),
            _names,
            none=_l("Dit thema is er niet. Maak het eerst, of schrijf het zoals het heet."),
            several=_l("Er zijn meer thema's die zo heten. Schrijf het adres: %(slugs)s."),
        ),
        NamedRows(
            queries.stages(edition),
            _names,
            none=_l("Dit podium is er niet. Maak het eerst, of schrijf het zoals het heet."),
            several=_l("Er zijn meer podia die zo heten. Schrijf het adres: %(slugs)s."),
        ),
        NamedRows(
            queries.team_speakers(edition),
            _name,
            none=_l("Er is niemand die zo heet. Importeer of maak eerst de mensen."),
            several=_l("Er zijn meer mensen die zo heten. Schrijf het adres: %(slugs)s."),
        ),
        queries.all_sessions(edition),
    )


def _names(row: Theme | Stage) -> Iterable[str]:
    # An export is written in Dutch, whatever the language of the page.
    return [name for name in (row.name.text("nl"), row.name.nl, row.name.en) if name]


def _name(row: Speaker) -> Iterable[str]:
    return [draft.value(row, "name")]

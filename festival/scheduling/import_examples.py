"""Rows that show how a spreadsheet of sessions, people, stages or themes is filled in.

They name what the edition has, so they import as they are; imported again they change nothing.
Cells are written by the columns.
"""

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any

from festival.scheduling.known_names import KnownNames
from festival.scheduling.spreadsheet_columns import SESSIONS, SPEAKERS, STAGES, THEMES
from festival.team.imports.columns import SpreadsheetTable


def example_rows(table: SpreadsheetTable, known: KnownNames) -> list[list[str]]:
    """Returns a few rows for `table`, in the language of the page."""
    values = {
        SESSIONS.name: lambda: _sessions(known),
        SPEAKERS.name: lambda: iter(_SPEAKERS),
        STAGES.name: lambda: iter(_STAGES),
        THEMES.name: lambda: iter(_THEMES),
    }[table.name]()
    return [table.written(known, each) for each in values]


_THEMES: list[Mapping[str, Any]] = [
    {
        "name_nl": "Voorbeeld: het dorp van morgen",
        "name_en": "Example: the village of tomorrow",
        "position": 50,
    },
    {
        "name_nl": "Voorbeeld: eten van dichtbij",
        "name_en": "Example: food from nearby",
        "position": 51,
    },
]
_STAGES: list[Mapping[str, Any]] = [
    {
        "name_nl": "Voorbeeld: de Schuur",
        "name_en": "Example: the Barn",
        "floor_nl": "Begane grond",
        "floor_en": "Ground floor",
        "capacity": 80,
        "is_step_free": True,
        "has_hearing_loop": False,
        "changeover_minutes": 15,
        "position": 50,
    },
    {
        "name_nl": "Voorbeeld: de Zolder",
        "name_en": "Example: the Attic",
        "floor_nl": "Tweede verdieping",
        "floor_en": "Second floor",
        "capacity": 20,
        "is_step_free": False,
        "changeover_minutes": 10,
        "position": 51,
    },
]
_SPEAKERS: list[Mapping[str, Any]] = [
    {
        "name": "Fenna Voorbeeld",
        "pronunciation": "FEN-na",
        "organisation": "Zeepmakerij",
        "place": "Deventer",
        "bio_nl": "Fenna maakt zeep van wat anderen weggooien.",
        "bio_en": "Fenna makes soap of what others throw away.",
        "links": ["https://example.org/fenna"],
        "email": "fenna@example.org",
        "language": "nl",
    },
    {
        "name": "Sam Example",
        "place": "Gent",
        "bio_en": "Sam repairs radios.",
        "email": "sam@example.org",
        "language": "en",
    },
]


def _sessions(known: KnownNames) -> Iterator[Mapping[str, Any]]:
    workshop = {
        "title_nl": "Voorbeeld: zelf zeep maken",
        "title_en": "Example: make your own soap",
        "kind": "workshop",
        "languages": "nl",
        "level": "open",
        "min_age": 12,
        "speakers": [row.id for row in known.people.rows[:1]],
        "summary_nl": "In een uur maak je je eigen stuk zeep.",
        "summary_en": "In an hour you make your own piece of soap.",
        "bring_nl": "Een oud shirt",
        "bring_en": "An old shirt",
        "takes_feedback": True,
    }
    party = {
        "title_nl": "Voorbeeld: dansen tot de ochtend",
        "title_en": "Example: dancing till morning",
        "kind": "music",
        "languages": "nl+en",
        "level": "open",
        "is_free": True,
        "takes_feedback": True,
    }
    if known.themes.rows:
        workshop["theme_id"] = known.themes.rows[0].id
    if not known.stages.rows:  # a moment needs one
        yield from (workshop, party)
        return
    first, last = known.edition.days[0], known.edition.days[-1]
    stage = {"stage_id": known.stages.rows[0].id}
    hour = {"starts": time(13, 30), "ends": time(14, 30), "places": 12, "door_places": 2}
    night = {"starts": time(23), "ends": time(7)}
    yield workshop | stage | {"day": first} | hour
    yield workshop | stage | {"day": last} | hour | {"starts": time(15), "ends": time(16)}
    yield party | stage | {"day": last} | night

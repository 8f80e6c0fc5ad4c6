"""The columns of sessions, people, stages and themes in a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l

from festival.editions.fields import LONGEST_LINE, LONGEST_TEXT
from festival.editions.models import LAST_POSITION, Edition
from festival.programme import draft, labels, session_languages
from festival.programme.fields import LONGEST_NOTE
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.scheduling import spreadsheet_moments as moments
from festival.scheduling.known_names import KnownNames
from festival.team.imports.columns import (
    SpreadsheetColumn,
    SpreadsheetTable,
    UnreadableCell,
    cell_text,
    choice,
    in_both,
    number,
    read_email,
    read_links,
    read_several_of,
    read_text,
    slug_column,
    yes_no_or_nothing,
    yes_or_no,
)


def _people(known: KnownNames, text: str) -> list[int]:
    names = [cell_text(each) for each in text.split(";")]
    return [known.people.find(name).id for name in names if name]


def _theme(known: KnownNames, text: str) -> int | None:
    return known.themes.find(text).id if text else None


def _languages(_known: KnownNames, text: str) -> str:
    try:
        spoken, unknown = session_languages.read(text), text
    except session_languages.UnknownLanguage as wrong:
        spoken, unknown = "", wrong.word
    if not spoken:
        raise UnreadableCell(
            _l(
                "Deze taal kennen we niet. Schrijf namen of codes van twee of drie letters, met"
                " een puntkomma ertussen, zoals: Nederlands; Turks."
            ),
            unknown,
        )
    return spoken


def _show_people(known: KnownNames, ids: list[int]) -> str:
    return "; ".join(known.people.name(each) for each in ids)


def _several(name: str, heading: Any, table: Mapping[str, Any]) -> SpreadsheetColumn:
    return SpreadsheetColumn(
        name,
        heading,
        partial(read_several_of, table),
        lambda _known, value: "; ".join(str(table[each]) for each in table if each in value),
    )


_line, _long = partial(read_text, LONGEST_LINE), partial(read_text, LONGEST_TEXT)
_note = partial(read_text, LONGEST_NOTE)
_LETTER_LANGUAGES = {"nl": _l("Nederlands"), "en": _l("Engels")}

SESSION_COLUMNS = (
    slug_column(),
    *in_both("title", _l("Titel (Nederlands)"), _l("Titel (Engels)"), _line),
    choice("kind", _l("Soort"), labels.KINDS),
    SpreadsheetColumn(
        "theme_id", _l("Thema"), _theme, lambda known, value: known.themes.name(value)
    ),
    SpreadsheetColumn(
        "languages",
        _l("Taal"),
        _languages,
        lambda _known, value: "; ".join(
            session_languages.name(code) for code in session_languages.codes(value)
        ),
        empties=False,
    ),
    choice("level", _l("Niveau"), labels.LEVELS),
    number("min_age", _l("Vanaf welke leeftijd"), 99),
    SpreadsheetColumn("speakers", _l("Wie"), _people, _show_people),
    SpreadsheetColumn("hosts", _l("Begeleiders"), _people, _show_people),
    *in_both("summary", _l("Kort (Nederlands)"), _l("Kort (Engels)"), _long),
    *in_both(
        "description", _l("Het hele verhaal (Nederlands)"), _l("Het hele verhaal (Engels)"), _long
    ),
    *in_both("bring", _l("Neem mee (Nederlands)"), _l("Neem mee (Engels)"), _line),
    _several("access", _l("Toegang"), labels.ACCESS),
    _several("no_access", _l("Wat er niet is"), labels.NO_ACCESS),
    *in_both("photo_alt", _l("Bij de foto (Nederlands)"), _l("Bij de foto (Engels)"), _line),
    yes_or_no("is_free", _l("Gratis, zonder kaartje")),
    yes_or_no("is_highlight", _l("Staat op de voorpagina")),
    yes_or_no("takes_feedback", _l("Vraagt wat bezoekers vonden")),
    SpreadsheetColumn("host_notes", _l("Notities voor wie begeleidt"), _note),
    SpreadsheetColumn("needs", _l("Wat er klaar moet staan"), _note),
    number("minutes_before", _l("Minuten om op te bouwen"), 240, empty=0),
    number("minutes_after", _l("Minuten om op te ruimen"), 240, empty=0),
)


def _time(name: str, heading: Any) -> SpreadsheetColumn:
    return SpreadsheetColumn(
        name,
        heading,
        moments.read_time,
        lambda _known, value: f"{value:%H:%M}",
        clean=moments.clean_time,
    )


# A session with several slots has a row for each, which starts with the same session cells. The
# values are those of `slot_values`.
SLOT_COLUMNS = (
    SpreadsheetColumn("code", _l("Moment"), _line),
    SpreadsheetColumn(
        "day",
        _l("Dag"),
        moments.read_day,
        lambda _known, value: value.isoformat(),
        clean=moments.clean_day,
    ),
    _time("starts", _l("Van")),
    _time("ends", _l("Tot")),
    SpreadsheetColumn(
        "stage_id",
        _l("Podium"),
        lambda known, text: known.stages.find(text).id,
        lambda known, value: known.stages.name(value),
    ),
    number("places", _l("Plekken om te boeken"), 100_000),
    number("door_places", _l("Plekken bij de deur"), 100_000, empty=0),
)

SPEAKER_COLUMNS = (
    slug_column(),
    SpreadsheetColumn("name", _l("Naam"), partial(read_text, 120)),
    SpreadsheetColumn("pronunciation", _l("Uitspraak"), partial(read_text, 120)),
    SpreadsheetColumn("organisation", _l("Organisatie"), partial(read_text, 120)),
    SpreadsheetColumn("place", _l("Plaats"), partial(read_text, 80)),
    *in_both("bio", _l("Over deze persoon (Nederlands)"), _l("Over deze persoon (Engels)"), _long),
    SpreadsheetColumn("links", _l("Links"), read_links, lambda _known, value: " ".join(value)),
    *in_both("photo_alt", _l("Bij de foto (Nederlands)"), _l("Bij de foto (Engels)"), _line),
    SpreadsheetColumn("email", _l("E-mailadres"), read_email),
    SpreadsheetColumn("phone", _l("Telefoon"), partial(read_text, 40)),
    choice("language", _l("Taal van de mail"), _LETTER_LANGUAGES),
    SpreadsheetColumn("needs", _l("Wat deze persoon nodig heeft"), _note),
)


STAGE_COLUMNS = (
    slug_column(),
    *in_both("name", _l("Naam (Nederlands)"), _l("Naam (Engels)"), _line),
    *in_both("floor", _l("Waar het is (Nederlands)"), _l("Waar het is (Engels)"), _line),
    number("capacity", _l("Hoeveel mensen er in mogen"), 100_000),
    yes_no_or_nothing("is_step_free", _l("Zonder trap te bereiken")),
    yes_no_or_nothing("has_hearing_loop", _l("Met ringleiding")),
    yes_no_or_nothing("is_quiet", _l("Een rustige plek")),
    number("changeover_minutes", _l("Minuten om te wisselen"), 240, empty=10),
    number("position", _l("Plaats in de rij"), LAST_POSITION, empty=0),
)

THEME_COLUMNS = (
    slug_column(),
    *in_both("name", _l("Naam (Nederlands)"), _l("Naam (Engels)"), _line),
    number("position", _l("Plaats in de rij"), LAST_POSITION, empty=0),
)


@dataclass(frozen=True)
class SessionTable(SpreadsheetTable):
    """Sessions with their slots: a row for each slot."""

    slot_columns: tuple[SpreadsheetColumn, ...] = SLOT_COLUMNS

    @property
    def all_columns(self) -> tuple[SpreadsheetColumn, ...]:
        """The columns of the session and then those of the slot."""
        return *self.columns, *self.slot_columns

    def rows(self, known: KnownNames, chosen: Iterable[Session]) -> Iterator[list[str]]:
        """Yields a row for each of the slots of `chosen`, or one for a session without any."""
        for row in chosen:
            own = [self.cell(column, known, row) for column in self.columns]
            slots = kept_slots(row)
            for slot in slots:
                values = slot_values(known.edition, slot)
                yield own + [column.show(known, values[column.name]) for column in SLOT_COLUMNS]
            if not slots:
                yield own + [""] * len(self.slot_columns)


SESSIONS = SessionTable(
    "sessions",
    Session,
    SESSION_COLUMNS,
    ("title_nl", "title_en"),
    {"kind": "talk", "languages": "nl", "level": "open", "takes_feedback": True},
    draft.value,
)
SPEAKERS = SpreadsheetTable(
    "speakers", Speaker, SPEAKER_COLUMNS, ("name",), {"language": "nl"}, draft.value
)
STAGES = SpreadsheetTable("stages", Stage, STAGE_COLUMNS, ("name_nl", "name_en"))
THEMES = SpreadsheetTable("themes", Theme, THEME_COLUMNS, ("name_nl", "name_en"))
TABLES: dict[str, SpreadsheetTable] = {
    table.name: table for table in (SESSIONS, SPEAKERS, STAGES, THEMES)
}


def kept_slots(row: Session) -> list[Slot]:
    """Returns the slots that the next release will have, by time."""
    kept = [slot for slot in row.all_slots if not draft.is_dropped(slot)]
    return sorted(kept, key=lambda slot: (draft.value(slot, "starts_at"), slot.id))


def slot_values(edition: Edition, slot: Slot) -> dict[str, Any]:
    """Returns the values of a slot by column, as the next release will show it.

    Its day is that of the calendar, also at night.
    """
    starts_at, ends_at = draft.value(slot, "starts_at"), draft.value(slot, "ends_at")
    return {
        "code": slot.code,
        "day": edition.local(starts_at).date(),
        "starts": edition.local(starts_at).time(),
        "ends": edition.local(ends_at).time(),
        "stage_id": draft.value(slot, "stage_id"),
        "places": slot.places,
        "door_places": slot.door_places,
    }

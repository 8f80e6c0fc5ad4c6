"""The columns of sessions and people in a spreadsheet: how to write and read each cell.

Headings and words are written in the language of the page, and read in both languages.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from festival.editions.fields import LONGEST_LINE, LONGEST_TEXT
from festival.editions.models import Edition
from festival.programme import draft, labels
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.scheduling.known_names import KnownNames, UnreadableCell, cell_text
from festival.web import languages

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(
    r"(?:(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)[-/.](\d\d?)[-/.](\d{4}|\d\d))(?:[ T]0?0:00(?::00)?)?"
)
_TIME = re.compile(r"(\d\d?)[.:u](\d\d)(?:[.:]\d\d)?(?: ?uur)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,5}(\.\d+)?")
_FIRST_DAY = date(1899, 12, 30)  # day 0 of spreadsheets
_A_DAY_OF_OURS = 36_526  # 2000; a fraction of an earlier day is no time but a typed number
_YES = {"ja", "yes", "j", "y", "x", "1", "true", "waar"}
_NO = {"", "nee", "no", "n", "0", "false", "onwaar"}


@dataclass(frozen=True, eq=False)  # compared by identity
class SpreadsheetColumn:
    """One column. `show` turns a value into the text of a cell, `read` does the reverse."""

    name: str  # of the field; with `_nl` or `_en` for a text in two languages
    heading: Any
    read: Callable[[KnownNames, str], Any]
    show: Callable[[KnownNames, Any], str] = lambda _known, value: (
        "" if value is None else str(value)
    )
    empties: bool = True  # whether an empty cell empties the field

    def value(self, row: Session | Speaker | Slot) -> Any:
        """Returns the value of `row`, as the next release will show it."""
        text, _, language = self.name.rpartition("_")
        if language in languages.LANGUAGES:
            return getattr(draft.value(row, text), language)
        return draft.value(row, self.name)

    def cell(self, known: KnownNames, row: Session | Speaker | Slot) -> str:
        """Returns the text of the cell of `row`."""
        return cell_text(self.show(known, self.value(row)))


def by_heading(columns: Iterable[SpreadsheetColumn]) -> dict[str, SpreadsheetColumn]:
    """Returns the columns by all their headings: in both languages, and the field's name."""
    found = {column.name: column for column in columns}
    for language in languages.LANGUAGES:
        with languages.speaking(language):
            found |= {str(column.heading).casefold(): column for column in columns}
    return found


def as_values(cells: Mapping[str, Any], row: Session | Speaker | None) -> dict[str, Any]:
    """Turns values by column into values by field, joining both languages of a text."""
    values: dict[str, Any] = {}
    for name, value in cells.items():
        text, _, language = name.rpartition("_")
        if language in languages.LANGUAGES:
            former = draft.value(row, text) if row else languages.Bilingual()
            both = values.setdefault(text, {"nl": former.nl, "en": former.en})
            both[language] = value
        else:
            values[name] = value
    return {
        name: languages.Bilingual(**value) if isinstance(value, dict) else value
        for name, value in values.items()
    }


def day_of(known: KnownNames, text: str) -> date:
    """Reads a day of the festival: `2027-09-17`, `17-9-2027`, or a spreadsheet's day number.

    A year of two digits belongs to this century; a time of midnight after the day is ignored.
    """
    found = _DATE.fullmatch(text)
    try:
        if found:
            year, month, day = (found[1], found[2], found[3]) if found[1] else found.group(6, 5, 4)
            day_read = date(int(year) + 2000 * (len(year) == 2), int(month), int(day))
        elif _NUMBER.fullmatch(text):
            day_read = _FIRST_DAY + timedelta(days=int(float(text)))
        else:
            raise UnreadableCell(_l("Schrijf de dag als 2027-09-17."))
    except ValueError as wrong:
        raise UnreadableCell(_l("Deze dag bestaat niet.")) from wrong
    if day_read not in known.edition.days:
        raise UnreadableCell(_l("Dan is er geen festival."))
    return day_read


def time_of(_known: KnownNames, text: str) -> time:
    """Reads a time: `13:30`, `13.30`, `13u30` or a spreadsheet's fraction of a day."""
    if found := _TIME.fullmatch(text):
        hour, minute = int(found[1]), int(found[2])
    elif text == "0" or ("." in text and _NUMBER.fullmatch(text) and _is_part_of_day(float(text))):
        hour, minute = divmod(round(float(text) % 1 * 24 * 60) % (24 * 60), 60)
    else:
        raise UnreadableCell(_l("Schrijf de tijd als 13:30."))
    if hour > 23 or minute > 59:
        raise UnreadableCell(_l("Schrijf de tijd als 13:30."))
    return time(hour, minute)


def _is_part_of_day(number: float) -> bool:
    return number < 1 or number > _A_DAY_OF_OURS


def _text(most: int, _known: KnownNames, text: str) -> str:
    if len(text) > most:
        raise UnreadableCell(_l("Dit is te lang: hoogstens %(most)s tekens.", most=most))
    return text


def _slug(_known: KnownNames, text: str) -> str:
    if text and not (_SLUG.fullmatch(text) and len(text) <= 60):
        raise UnreadableCell(
            _l("Gebruik alleen kleine letters, cijfers en streepjes, zoals: pak-een-stoel.")
        )
    return text


def _one_of(table: Mapping[str, Any], _known: KnownNames, text: str) -> str:
    found = {key.casefold(): key for key in table}
    for language in languages.LANGUAGES:
        with languages.speaking(language):
            found |= {str(word).casefold(): key for key, word in table.items()}
    if text.casefold() not in found:
        wanted = ", ".join(str(word) for word in table.values())
        raise UnreadableCell(
            _l("“%(text)s” kennen we niet. Kies uit: %(wanted)s.", text=text, wanted=wanted)
        )
    return found[text.casefold()]


def _several_of(table: Mapping[str, Any], known: KnownNames, text: str) -> list[str]:
    found = {_one_of(table, known, cell_text(each)) for each in text.split(";") if each.strip()}
    return [key for key in table if key in found]


def _word(table: Mapping[str, Any], _known: KnownNames, value: Any) -> str:
    return str(table[value])


def _yes_or_no(_known: KnownNames, text: str) -> bool:
    if text.casefold() not in _YES | _NO:
        raise UnreadableCell(_l("Schrijf ja of nee."))
    return text.casefold() in _YES


def _number(most: int, empty: int | None, _known: KnownNames, text: str) -> int | None:
    if not text:
        return empty
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not (is_number and int(text) <= most):
        raise UnreadableCell(_l("Schrijf een heel getal van 0 tot %(most)s.", most=most))
    return int(text)


def _people(known: KnownNames, text: str) -> list[int]:
    names = [cell_text(each) for each in text.split(";")]
    return [known.find("people", name).id for name in names if name]


def _theme(known: KnownNames, text: str) -> int | None:
    return known.find("themes", text).id if text else None


def _links(_known: KnownNames, text: str) -> list[str]:
    if any(not each.startswith(("https://", "http://")) for each in text.split()):
        raise UnreadableCell(_l("Begin elk adres met https:// en zet er een spatie tussen."))
    return text.split()


def _email(_known: KnownNames, text: str) -> str:
    try:
        if text:
            validate_email(text, check_deliverability=False)
    except EmailNotValidError as wrong:
        raise UnreadableCell(_l("Dit e-mailadres klopt niet. Kijk het nog eens na.")) from wrong
    return text


def _show_people(known: KnownNames, ids: list[int]) -> str:
    return "; ".join(known.name("people", each) for each in ids)


def _show_yes(_known: KnownNames, value: bool) -> str:
    return str(_l("ja")) if value else str(_l("nee"))


_line, _long = partial(_text, LONGEST_LINE), partial(_text, LONGEST_TEXT)
_note = partial(_text, 5_000)
_LETTER_LANGUAGES = {language: labels.LANGUAGES[language] for language in languages.LANGUAGES}


def _choice(name: str, heading: Any, table: Mapping[str, Any]) -> SpreadsheetColumn:
    return SpreadsheetColumn(
        name, heading, partial(_one_of, table), partial(_word, table), empties=False
    )


def _in_both(
    name: str, dutch: Any, english: Any, read: Any
) -> tuple[SpreadsheetColumn, SpreadsheetColumn]:
    return SpreadsheetColumn(f"{name}_nl", dutch, read), SpreadsheetColumn(
        f"{name}_en", english, read
    )


SESSION_COLUMNS = (
    SpreadsheetColumn("slug", _l("Adres"), _slug, empties=False),
    *_in_both("title", _l("Titel (Nederlands)"), _l("Titel (Engels)"), _line),
    _choice("kind", _l("Soort"), labels.KINDS),
    SpreadsheetColumn(
        "theme_id", _l("Thema"), _theme, lambda known, value: known.name("themes", value)
    ),
    _choice("languages", _l("Taal"), labels.LANGUAGES),
    _choice("level", _l("Niveau"), labels.LEVELS),
    SpreadsheetColumn("min_age", _l("Vanaf welke leeftijd"), partial(_number, 99, None)),
    SpreadsheetColumn("speakers", _l("Wie"), _people, _show_people),
    SpreadsheetColumn("hosts", _l("Begeleiders"), _people, _show_people),
    *_in_both("summary", _l("Kort (Nederlands)"), _l("Kort (Engels)"), _long),
    *_in_both(
        "description", _l("Het hele verhaal (Nederlands)"), _l("Het hele verhaal (Engels)"), _long
    ),
    *_in_both("bring", _l("Neem mee (Nederlands)"), _l("Neem mee (Engels)"), _line),
    SpreadsheetColumn(
        "access",
        _l("Toegang"),
        partial(_several_of, labels.ACCESS),
        lambda _known, value: "; ".join(str(labels.ACCESS[n]) for n in labels.ACCESS if n in value),
    ),
    *_in_both("photo_alt", _l("Bij de foto (Nederlands)"), _l("Bij de foto (Engels)"), _line),
    SpreadsheetColumn("is_free", _l("Gratis, zonder kaartje"), _yes_or_no, _show_yes),
    SpreadsheetColumn("is_highlight", _l("Staat op de voorpagina"), _yes_or_no, _show_yes),
    SpreadsheetColumn("takes_feedback", _l("Vraagt wat bezoekers vonden"), _yes_or_no, _show_yes),
    SpreadsheetColumn("host_notes", _l("Notities voor wie begeleidt"), _note),
    SpreadsheetColumn("needs", _l("Wat er klaar moet staan"), _note),
    SpreadsheetColumn("minutes_before", _l("Minuten om op te bouwen"), partial(_number, 240, 0)),
    SpreadsheetColumn("minutes_after", _l("Minuten om op te ruimen"), partial(_number, 240, 0)),
)

# A session with several slots has a row for each, which starts with the same session cells. The
# values are those of `slot_values`.
SLOT_COLUMNS = (
    SpreadsheetColumn("code", _l("Moment"), _line),
    SpreadsheetColumn("day", _l("Dag"), day_of, lambda _known, value: value.isoformat()),
    SpreadsheetColumn("starts", _l("Van"), time_of, lambda _known, value: f"{value:%H:%M}"),
    SpreadsheetColumn("ends", _l("Tot"), time_of, lambda _known, value: f"{value:%H:%M}"),
    SpreadsheetColumn(
        "stage_id",
        _l("Podium"),
        lambda known, text: known.find("stages", text).id,
        lambda known, value: known.name("stages", value),
    ),
    SpreadsheetColumn("places", _l("Plekken om te boeken"), partial(_number, 100_000, None)),
    SpreadsheetColumn("door_places", _l("Plekken bij de deur"), partial(_number, 100_000, 0)),
)

SPEAKER_COLUMNS = (
    SpreadsheetColumn("slug", _l("Adres"), _slug, empties=False),
    SpreadsheetColumn("name", _l("Naam"), partial(_text, 120)),
    SpreadsheetColumn("pronunciation", _l("Uitspraak"), partial(_text, 120)),
    SpreadsheetColumn("organisation", _l("Organisatie"), partial(_text, 120)),
    SpreadsheetColumn("place", _l("Plaats"), partial(_text, 80)),
    *_in_both("bio", _l("Over deze persoon (Nederlands)"), _l("Over deze persoon (Engels)"), _long),
    SpreadsheetColumn("links", _l("Links"), _links, lambda _known, value: " ".join(value)),
    *_in_both("photo_alt", _l("Bij de foto (Nederlands)"), _l("Bij de foto (Engels)"), _line),
    SpreadsheetColumn("email", _l("E-mailadres"), _email),
    SpreadsheetColumn("phone", _l("Telefoon"), partial(_text, 40)),
    _choice("language", _l("Taal van de mail"), _LETTER_LANGUAGES),
    SpreadsheetColumn("needs", _l("Wat deze persoon nodig heeft"), _note),
)


@dataclass(frozen=True)
class SpreadsheetTable:
    """The kind of rows and the columns of a file."""

    kind: type[Session] | type[Speaker]
    columns: tuple[SpreadsheetColumn, ...]
    titles: tuple[str, ...]  # at least one of these columns must be filled
    slot_columns: tuple[SpreadsheetColumn, ...] = ()

    @property
    def heads(self) -> list[str]:
        """The headings, in the language of the page."""
        return [str(column.heading) for column in (*self.columns, *self.slot_columns)]

    def rows(self, known: KnownNames, chosen: Iterable[Session | Speaker]) -> Iterator[list[str]]:
        """Yields a row for each of `chosen`, and for a session one for each of its slots."""
        for row in chosen:
            own = [column.cell(known, row) for column in self.columns]
            slots = kept_slots(row)
            for slot in slots:
                values = slot_values(known.edition, slot)
                yield own + [column.show(known, values[column.name]) for column in SLOT_COLUMNS]
            if not slots:
                yield own + [""] * len(self.slot_columns)


TABLES = {
    "sessions": SpreadsheetTable(Session, SESSION_COLUMNS, ("title_nl", "title_en"), SLOT_COLUMNS),
    "speakers": SpreadsheetTable(Speaker, SPEAKER_COLUMNS, ("name",)),
}


def kept_slots(row: Session | Speaker) -> list[Slot]:
    """Returns the slots that the next release will have, by time; none for a person."""
    slots = row.all_slots if isinstance(row, Session) else []
    kept = [slot for slot in slots if not draft.is_dropped(slot)]
    return sorted(kept, key=lambda slot: draft.value(slot, "starts_at"))


def slot_values(edition: Edition, slot: Slot) -> dict[str, Any]:
    """Returns the values of a slot by column, as the next release will show it."""
    starts_at, ends_at = draft.value(slot, "starts_at"), draft.value(slot, "ends_at")
    return {
        "code": slot.code,
        "day": edition.day_of(starts_at),
        "starts": edition.local(starts_at).time(),
        "ends": edition.local(ends_at).time(),
        "stage_id": draft.value(slot, "stage_id"),
        "places": slot.places,
        "door_places": slot.door_places,
    }

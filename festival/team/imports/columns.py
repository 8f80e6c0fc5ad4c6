"""The columns of a spreadsheet: how a cell is written, cleaned and read.

Headings and words are written in the language of the page, and read in both languages.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from festival.db import Base
from festival.email_addresses import canonical
from festival.sheets import Cell
from festival.text import lines
from festival.web import languages

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_YES = {"ja", "yes", "j", "y", "x", "1", "true", "waar"}
_NO = {"", "nee", "no", "n", "0", "false", "onwaar"}


class UnreadableCell(Exception):
    """A cell has a wrong value. `reason` says why, and `about` which word of the cell it is about.

    Rows are summed up by their reasons, so a reason that many rows have holds no word of the cell.
    """

    def __init__(self, reason: Any, about: str = "") -> None:
        self.reason, self.about = reason, about
        super().__init__(str(reason))


def cell_text(cell: Cell) -> str:
    """Returns the text of a cell, clean; a cell may hold several lines."""
    return lines(str(cell))


@dataclass(frozen=True, eq=False)  # compared by identity
class SpreadsheetColumn:
    """One column. `clean` makes a text of a cell of the file, and `read` a value of that text.

    `show` turns a value into the text of a cell. `known` is what cells may name.
    """

    name: str  # of the field; with `_nl` or `_en` for a text in two languages
    heading: Any
    read: Callable[[Any, str], Any]
    show: Callable[[Any, Any], str] = lambda _known, value: "" if value is None else str(value)
    empties: bool = True  # whether an empty cell empties the field
    clean: Callable[[Cell], str] = cell_text


@dataclass(frozen=True)
class SpreadsheetTable:
    """The columns of one kind of rows. `field` reads a field of a row by its name."""

    name: str  # for the audit trail
    kind: type[Base]
    columns: tuple[SpreadsheetColumn, ...]
    titles: tuple[str, ...]  # at least one of these columns must be filled
    standard: Mapping[str, Any] = field(default_factory=dict)  # what a new row has
    field: Callable[[Any, str], Any] = getattr

    @property
    def all_columns(self) -> tuple[SpreadsheetColumn, ...]:
        """The columns in the order of the file."""
        return self.columns

    @property
    def heads(self) -> list[str]:
        """The headings, in the language of the page."""
        return [str(column.heading) for column in self.all_columns]

    def value(self, column: SpreadsheetColumn, row: Any) -> Any:
        """Returns the value of `row` in that column."""
        text, _, language = column.name.rpartition("_")
        if language in languages.LANGUAGES:
            return getattr(self.field(row, text), language)
        return self.field(row, column.name)

    def cell(self, column: SpreadsheetColumn, known: Any, row: Any) -> str:
        """Returns the text of the cell of `row`."""
        return cell_text(column.show(known, self.value(column, row)))

    def rows(self, known: Any, chosen: Iterable[Any]) -> Iterator[list[str]]:
        """Yields the cells of each of `chosen`."""
        for row in chosen:
            yield [self.cell(column, known, row) for column in self.columns]

    def written(self, known: Any, values: Mapping[str, Any]) -> list[str]:
        """Returns the cells of `values` by column; a column that is not in it stays empty."""
        return [
            cell_text(column.show(known, values[column.name])) if column.name in values else ""
            for column in self.all_columns
        ]

    def joined(self, cells: Mapping[str, Any], row: Any) -> dict[str, Any]:
        """Turns values by column into values by field, joining both languages of a text."""
        values: dict[str, Any] = {}
        for name, value in cells.items():
            text, _, language = name.rpartition("_")
            if language in languages.LANGUAGES:
                former = self.field(row, text) if row else languages.Bilingual()
                both = values.setdefault(text, {"nl": former.nl, "en": former.en})
                both[language] = value
            else:
                values[name] = value
        return {
            name: languages.Bilingual(**value) if isinstance(value, dict) else value
            for name, value in values.items()
        }


def by_heading(columns: Iterable[SpreadsheetColumn]) -> dict[str, SpreadsheetColumn]:
    """Returns the columns by all their headings: in both languages, and the field's name."""
    columns = list(columns)
    found = {column.name: column for column in columns}
    for language in languages.LANGUAGES:
        with languages.speaking(language):
            found |= {str(column.heading).casefold(): column for column in columns}
    return found


def read_text(most: int, _known: Any, text: str) -> str:
    """Reads a text of at most `most` characters."""
    if len(text) > most:
        raise UnreadableCell(_l("Dit is te lang: hoogstens %(most)s tekens.", most=most))
    return text


def read_slug(_known: Any, text: str) -> str:
    """Reads the word for in an address."""
    if text and not (_SLUG.fullmatch(text) and len(text) <= 60):
        raise UnreadableCell(
            _l("Gebruik alleen kleine letters, cijfers en streepjes, zoals: pak-een-stoel.")
        )
    return text


def read_one_of(table: Mapping[str, Any], _known: Any, text: str) -> str:
    """Reads one of the words of `table`, in both languages, or its key. Returns the key."""
    found = {key.casefold(): key for key in table}
    for language in languages.LANGUAGES:
        with languages.speaking(language):
            found |= {str(word).casefold(): key for key, word in table.items()}
    if text.casefold() not in found:
        wanted = ", ".join(str(word) for word in table.values())
        raise UnreadableCell(_l("Dit kennen we niet. Kies uit: %(wanted)s.", wanted=wanted), text)
    return found[text.casefold()]


def read_several_of(table: Mapping[str, Any], known: Any, text: str) -> list[str]:
    """Reads words with a semicolon between them."""
    found = {read_one_of(table, known, cell_text(each)) for each in text.split(";") if each.strip()}
    return [key for key in table if key in found]


def read_yes_or_no(_known: Any, text: str) -> bool:
    """Reads yes or no; empty is no."""
    if text.casefold() not in _YES | _NO:
        raise UnreadableCell(_l("Schrijf ja of nee."), text)
    return text.casefold() in _YES


def read_number(
    most: int, empty: int | None, _known: Any, text: str, *, least: int = 0
) -> int | None:
    """Reads a whole number from `least` to `most`; an empty cell is `empty`."""
    if not text:
        return empty
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not (is_number and least <= int(text) <= most):
        raise UnreadableCell(
            _l("Schrijf een heel getal van %(least)s tot %(most)s.", least=least, most=most), text
        )
    return int(text)


def read_links(_known: Any, text: str) -> list[str]:
    """Reads web addresses with blanks between them."""
    if any(not each.startswith(("https://", "http://")) for each in text.split()):
        raise UnreadableCell(_l("Begin elk adres met https:// en zet er een spatie tussen."))
    return text.split()


def read_email(_known: Any, text: str) -> str:
    """Reads an e-mail address in its one form, or nothing."""
    try:
        if text:
            validate_email(text, check_deliverability=False)
    except EmailNotValidError as wrong:
        raise UnreadableCell(_l("Dit e-mailadres klopt niet. Kijk het nog eens na."), text) from (
            wrong
        )
    return canonical(text)


def show_yes(_known: Any, value: bool) -> str:
    """Writes yes or no."""
    return str(_l("ja")) if value else str(_l("nee"))


def slug_column() -> SpreadsheetColumn:
    """Returns the column of the word in the address."""
    return SpreadsheetColumn("slug", _l("Adres"), read_slug, empties=False)


def choice(name: str, heading: Any, table: Mapping[str, Any]) -> SpreadsheetColumn:
    """Returns a column of one of the words of `table`."""
    return SpreadsheetColumn(
        name,
        heading,
        partial(read_one_of, table),
        lambda _known, value: str(table[value]),
        empties=False,
    )


def yes_or_no(name: str, heading: Any) -> SpreadsheetColumn:
    """Returns a column of yes or no."""
    return SpreadsheetColumn(name, heading, read_yes_or_no, show_yes)


def yes_no_or_nothing(name: str, heading: Any) -> SpreadsheetColumn:
    """Returns a column of yes, no, or nothing where nobody said so."""
    return SpreadsheetColumn(
        name,
        heading,
        lambda known, text: read_yes_or_no(known, text) if text else None,
        lambda known, value: "" if value is None else show_yes(known, value),
    )


def number(
    name: str, heading: Any, most: int, *, empty: int | None = None, least: int = 0
) -> SpreadsheetColumn:
    """Returns a column of a whole number."""
    return SpreadsheetColumn(name, heading, partial(read_number, most, empty, least=least))


def in_both(name: str, dutch: Any, english: Any, read: Any) -> tuple[SpreadsheetColumn, ...]:
    """Returns the two columns of a text in two languages."""
    return (
        SpreadsheetColumn(f"{name}_nl", dutch, read),
        SpreadsheetColumn(f"{name}_en", english, read),
    )

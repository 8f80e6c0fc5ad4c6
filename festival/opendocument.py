"""Reads the first table of an OpenDocument spreadsheet (`.ods`), as LibreOffice writes it.

One pass over `content.xml` with the parser of Python itself; styles and formulas are not looked
at, as each cell carries its type and its value. A file may say of a row or a cell that it is
repeated a billion times: nothing is repeated here before a limit is checked.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from xml.parsers import expat

Value = str | float | bool | date | datetime | time | timedelta

CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_READ_AT_ONCE = 64 * 1024
_MOST_SPACES = 100_000  # that one file writes as a number of spaces

_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = (f"{_NAMESPACE}{name}:1.0 " for name in ("office", "table", "text"))
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
# What may stand between a table and its rows.
_GROUPS = tuple(
    f"{_TABLE}{name}" for name in ("table-row-group", "table-header-rows", "table-rows")
)
_DURATION = re.compile(r"PT(\d{1,6})H(\d{1,2})M(\d{1,2}(?:[.,]\d*)?)S")
_BLANKS = re.compile("[ \t\r\n]+")


class TableTooLarge(ValueError):
    """The table is wider than is wanted, or has more spaces than a table of people."""


class Row(NamedTuple):
    """A row without the empty cells at its end, and how many times it is there."""

    values: list[Value]  # "" where a cell is empty
    times: int


def is_locked(archive: zipfile.ZipFile) -> bool:
    """Returns whether the parts of an OpenDocument file are kept under a password."""
    return _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST)


def read_table(archive: zipfile.ZipFile, most_columns: int) -> Iterator[Row]:
    """Yields the rows of the first table.

    The caller checks how large the parts are. Raises TableTooLarge, or another ValueError if this
    is no spreadsheet.
    """
    table = _Table(most_columns)
    with archive.open(CONTENT) as file:
        while not table.is_read and (piece := file.read(_READ_AT_ONCE)):
            table.parse(piece)
            yield from table.taken_rows()
    if not table.is_read:
        raise ValueError("there is no table")


class _Table:
    """Gathers the rows of the first table while the parser goes through the file."""

    def __init__(self, most_columns: int) -> None:
        self.is_read = False
        self._most_columns = most_columns
        self._rows: list[Row] = []
        self._values: list[Value] = []  # of this row
        self._empty = 0  # cells since the last one with a value
        self._times = 1  # this row
        self._cell: dict[str, str] | None = None  # the attributes of this cell
        self._text: io.StringIO | None = None  # of this cell, from its first paragraph
        self._is_in_paragraph = False
        self._is_in_table = self._is_in_spreadsheet = False
        self._skipped = 0  # how deep we are in something that is no cell: a note, a picture
        self._spaces = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add_text
        self._parser = parser

    def parse(self, piece: bytes) -> None:
        try:
            self._parser.Parse(piece)
        except expat.ExpatError as wrong:
            raise ValueError("this is no XML") from wrong

    def taken_rows(self) -> list[Row]:
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped or self.is_read:
            self._skipped += 1
        elif self._cell is not None:
            self._start_in_cell(name, attributes)
        elif not self._is_in_table:
            self._is_in_spreadsheet |= name == f"{_OFFICE}spreadsheet"
            self._is_in_table = self._is_in_spreadsheet and name == f"{_TABLE}table"
        elif name == f"{_TABLE}table-row":
            self._values, self._empty = [], 0
            self._times = _repeated(attributes, "rows")
        elif name in _CELLS:
            self._cell, self._text = attributes, None
        elif name not in _GROUPS:
            self._skipped = 1

    def _start_in_cell(self, name: str, attributes: dict[str, str]) -> None:
        if not name.startswith(_TEXT):
            self._skipped = 1
        elif name in _PARAGRAPHS:
            self._is_in_paragraph = True
            if self._text is None:
                self._text = io.StringIO()
            else:
                self._text.write("\n")
        elif self._text is not None:
            match name.removeprefix(_TEXT):
                case "s":
                    number = int(attributes.get(f"{_TEXT}c", "1"))
                    self._spaces += number
                    if self._spaces > _MOST_SPACES:
                        raise TableTooLarge
                    self._text.write(" " * number)
                case "tab":
                    self._text.write("\t")
                case "line-break":
                    self._text.write("\n")

    def _add_text(self, text: str) -> None:
        if self._is_in_paragraph and not self._skipped and self._text is not None:
            self._text.write(_BLANKS.sub(" ", text))

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif name in _PARAGRAPHS:
            self._is_in_paragraph = False
        elif name in _CELLS and self._cell is not None:
            text = self._text.getvalue() if self._text else ""
            is_covered = name == _CELLS[1]  # by a cell that goes over several
            self._add_cell("" if is_covered else _value(self._cell, text))
            self._cell = None
        elif name == f"{_TABLE}table-row":
            self._rows.append(Row(self._values, self._times))
        elif name == f"{_TABLE}table" and self._is_in_table:
            self.is_read = True

    def _add_cell(self, value: Value) -> None:
        assert self._cell is not None
        times = _repeated(self._cell, "columns")
        if value == "":
            self._empty += times
            return
        if len(self._values) + self._empty + times > self._most_columns:
            raise TableTooLarge
        self._values += [""] * self._empty + [value] * times
        self._empty = 0


def _refuse_doctype(*_declared: Any) -> None:
    raise ValueError("a spreadsheet declares nothing")  # entities could become gigabytes


def _repeated(attributes: dict[str, str], what: str) -> int:
    return max(1, int(attributes.get(f"{_TABLE}number-{what}-repeated", "1")))


def _value(cell: dict[str, str], text: str) -> Value:
    """Returns the value of a cell by its type, or its text where that is not understood."""

    def attribute(name: str) -> str:
        return cell.get(f"{_OFFICE}{name}", "")

    try:
        match attribute("value-type"):
            case "float" | "percentage" | "currency":
                return float(attribute("value"))
            case "date":
                return _moment(attribute("date-value"))
            case "time":
                return _duration(attribute("time-value"))
            case "boolean":
                return attribute("boolean-value") == "true"
    except (ValueError, OverflowError):
        return text
    return text or attribute("string-value")


def _moment(written: str) -> date | datetime:
    if "T" not in written:
        return date.fromisoformat(written)
    # Fractions of a second are what is left of a time as a part of a day.
    rounded = datetime.fromisoformat(written) + timedelta(seconds=0.5)
    return rounded.replace(microsecond=0)


def _duration(written: str) -> time | timedelta:
    found = _DURATION.fullmatch(written)
    if not found:
        raise ValueError(written)
    seconds = round(float(found[3].replace(",", ".")))
    minutes, second = divmod(int(found[1]) * 3600 + int(found[2]) * 60 + seconds, 60)
    if minutes >= 24 * 60:
        return timedelta(minutes=minutes, seconds=second)
    return time(minutes // 60, minutes % 60, second)

"""Spreadsheets as rows of cells: reads XLSX, ODS and CSV that people upload, and writes XLSX.

openpyxl reads a sheet as a stream, so that a single cell far away does not become a table of a
billion cells. What a file unpacks to, its size and its number of elements, is checked before.
"""

import csv
import io
import lzma
import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from festival import charsets, opendocument
from festival.errors import Refusal
from festival.lanes import FOR_FILES

# A text, or the value of a number cell. Days and times are texts: `2026-10-23`, `18:00`.
Cell = str | int | float

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 25 * 1024 * 1024
# Of XML, counted by "<", and of attributes: each becomes an object of some hundred bytes, and one
# cell format two thousand. 100,000 cells have 400,000; what is not a sheet has few.
MOST_ELEMENTS, _MOST_ELSEWHERE = 1_500_000, 60_000
_FULL_PARTS = ("xl/worksheets/", "xl/sharedStrings", opendocument.CONTENT)
_READ_AT_ONCE = 256 * 1024
MOST_ROWS = 1_000  # below the heading; more would keep somebody waiting too long
MOST_COLUMNS = 100
_PART_OF_ZIP = b"PK\x01\x02"  # how the entry of a part begins
MOST_CELLS = 2_000_000  # that are read, empty ones included
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_PARTS = 1_000
_FIRST_YEAR = 1901  # of a real day; earlier ones are what a time alone is counted from
_LAST_ROW = 1_048_576  # of any spreadsheet; a false row number beyond it would take forever
# A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_DELIMITERS = ";,\t"
# A first line that only tells Excel the delimiter; Excel does not show it.
_SEPARATOR = re.compile(r'\A"?sep=[;,\t]"?\r?\n', re.IGNORECASE)
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|table|\?xml|meta)", re.IGNORECASE)
# Characters that XML cannot contain.
_NO_TEXT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNREADABLE = (
    *(csv.Error, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(InvalidFileException, EOFError, OSError),
    *(KeyError, IndexError, ValueError, TypeError, AttributeError),  # a part is missing
    *(
        SyntaxError,
        NotImplementedError,
        RuntimeError,
    ),  # no XML, odd compression, or a password
)


class SheetTooLarge(Refusal):
    """Dit bestand is te groot. Deel het op in stukken van hoogstens 1.000 rijen en 5 MB."""

    status = 413


class NotASheet(Refusal):
    """Dit bestand kunnen we niet lezen. Kies een XLSX, een ODS of een CSV."""

    status = 422


class OtherFormat(NotASheet):
    """Dit is {format}. Dat lezen we niet. Bewaar het in je programma als XLSX en kies dat."""


class SheetLocked(NotASheet):
    """Dit bestand zit op slot met een wachtwoord, of is nog een oude Excel-werkmap. Haal het
    wachtwoord eraf of bewaar het als XLSX, en kies het opnieuw."""


class CharsetUnclear(NotASheet):
    """We weten niet zeker welke letters met accenten er in dit bestand staan. Bewaar het als XLSX,
    of als CSV met tekenset UTF-8, en kies het opnieuw."""


def read(content: bytes) -> list[list[Cell]]:
    """Returns the rows of a CSV or of the first sheet of an XLSX or an ODS.

    Days and times in an XLSX or an ODS are known by their type, and become `2026-10-23`, `18:00` or
    `2026-10-23 18:00`; other numbers stay numbers. All cells of a CSV are texts. Refuses with
    SheetTooLarge, TooBusy or NotASheet, which has kinds.
    """
    if len(content) > MOST_BYTES:
        raise SheetTooLarge
    _refuse_other_formats(content)
    kept: list[list[Cell]] = []
    try:
        with FOR_FILES.turn():
            for row in _workbook_rows(content) if content.startswith(b"PK") else _csv_rows(content):
                if len(kept) > MOST_ROWS or len(row) > MOST_COLUMNS:
                    raise SheetTooLarge
                kept.append(row)
    except opendocument.TableTooLarge as problem:
        raise SheetTooLarge from problem
    except charsets.UnclearCharset as problem:
        raise CharsetUnclear from problem
    except _UNREADABLE as problem:
        raise NotASheet from problem
    return kept


def xlsx(title: str, heads: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Returns a workbook of one sheet with a fixed heading; no text in it becomes a formula.

    `read` takes one guard from every text. So a text that begins with what looks like a guard gets
    another one here; other texts need none, as a workbook says that they are texts.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])  # more is not allowed
    sheet.freeze_panes = "A2"
    for number in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 24
    bold = Font(bold=True)
    sheet.append([_cell(sheet, head, bold) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def guarded(text: str) -> str:
    """Returns `text` for a CSV, so that a spreadsheet shows it and never runs it."""
    return f"'{text}" if _looks_like_formula(text) else text


def unguarded(text: str) -> str:
    """Returns the text that `guarded` was given."""
    return text[1:] if text.startswith("'") and _looks_like_formula(text[1:]) else text


def _looks_like_formula(text: str) -> bool:
    return text.lstrip("' ").startswith(_FORMULA)


def _refuse_other_formats(content: bytes) -> None:
    """Name formats that people confuse with the ones we read. Refuses with NotASheet's kinds."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # a container of old Office, and of locked files
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise SheetLocked
        raise OtherFormat(format=_l("een oude Excel-werkmap (.xls)"))
    if re.match(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00", content):  # an even older one
        raise OtherFormat(format=_l("een oude Excel-werkmap (.xls)"))
    if content.startswith(b"%PDF"):
        raise OtherFormat(format=_l("een PDF"))
    if re.match(
        rb"(\xef\xbb\xbf)?\s*<(!doctype|html|table|\?xml|meta)", content[:200], re.IGNORECASE
    ):
        raise OtherFormat(format=_l("een webpagina of XML, ook al heet het misschien .xls"))


def _refuse_other_archives(names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise OtherFormat(format=_l("een binaire Excel-werkmap (.xlsb)"))
    if any(name.endswith(".iwa") for name in names):
        raise OtherFormat(format=_l("een bestand van Apple Numbers"))


def _csv_rows(content: bytes) -> Iterator[list[Cell]]:
    text = _SEPARATOR.sub("", charsets.decoded(content), count=1)
    delimiter = max(_DELIMITERS, key=lambda each: len(next(_reader(text, each), ())))
    for row in _reader(text, delimiter):
        yield [unguarded(cell) for cell in row]


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _workbook_rows(content: bytes) -> Iterator[list[Cell]]:
    """Yields the rows without empty cells at their end, and without empty rows at the bottom."""
    if content.count(_PART_OF_ZIP) > MOST_PARTS:  # before they are all listed in memory
        raise SheetTooLarge
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_size(archive)
        empty = 0
        is_xlsx = "xl/workbook.xml" in archive.namelist()
        for cells, times in _xlsx_rows(content) if is_xlsx else _ods_rows(archive):
            if not cells:
                empty += times
                continue
            yield from ([] for _ in range(empty))
            yield from (list(cells) for _ in range(times))
            empty = 0


def _xlsx_rows(content: bytes) -> Iterator[tuple[list[Cell], int]]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # some programs write a wrong size
    room = MOST_CELLS
    for row in sheet.iter_rows(max_row=_LAST_ROW):
        room -= len(row)  # up to its last cell, which may be empty
        if room < 0:
            raise SheetTooLarge
        cells = [_read_value(cell.value, cell.number_format) for cell in row]
        while cells and cells[-1] == "":
            cells.pop()
        yield cells, 1


def _ods_rows(archive: zipfile.ZipFile) -> Iterator[tuple[list[Cell], int]]:
    if opendocument.is_locked(archive):
        raise SheetLocked
    for values, times in opendocument.read_table(archive, MOST_COLUMNS):
        yield [_read_value(value) for value in values], times


def _check_size(archive: zipfile.ZipFile) -> None:
    """Refuse with SheetTooLarge before anything is parsed, or with OtherFormat."""
    parts = archive.infolist()
    _refuse_other_archives({part.filename for part in parts})
    # A part never unpacks to more than the size stated here.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise SheetTooLarge
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            _refuse_crowded(archive, part)


def _refuse_crowded(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    most = MOST_ELEMENTS if part.filename.startswith(_FULL_PARTS) else _MOST_ELSEWHERE
    elements = attributes = 0
    with archive.open(part) as file:
        while piece := file.read(_READ_AT_ONCE):
            elements += piece.count(b"<")
            attributes += piece.count(b"=")
            if max(elements, attributes) > most:
                raise SheetTooLarge


def _read_value(value: Any, number_format: str = "") -> Cell:
    match value:
        case None:
            return ""
        case bool():
            return int(value)
        case time():
            return _clock(value)
        case timedelta():
            minutes = round(value / timedelta(minutes=1))
            return f"{minutes // 60}:{minutes % 60:02}"
        case datetime():
            return _read_moment(value, number_format)
        case date():
            return value.isoformat()
        case float() if math.isfinite(value):
            return int(value) if value.is_integer() else value
        case int():
            return value
        case _:
            return unguarded(str(value))


def _read_moment(value: datetime, number_format: str) -> str:
    if value.year < _FIRST_YEAR:  # a time only: 24:00 counts as a day too
        return _clock(value.time())
    has_time = value.time() != time() or "h" in number_format.lower()
    return f"{value:%Y-%m-%d} {_clock(value.time())}" if has_time else f"{value:%Y-%m-%d}"


def _clock(at: time) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _cell(sheet: Any, value: Cell, font: Font | None = None) -> Any:
    if isinstance(value, str):
        text = _NO_TEXT.sub("", value)
        value = text if unguarded(text) == text else f"'{text}"
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text, even if it begins with "="
    if font is not None:
        cell.font = font
    return cell

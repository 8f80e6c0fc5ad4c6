"""Spreadsheets as rows of text: reads XLSX and CSV that people upload, and writes XLSX.

openpyxl reads a sheet as a stream, so that a single cell far away does not become a table of a
billion cells. The unpacked size of a file is checked before.
"""

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.utils.exceptions import InvalidFileException

from festival.errors import Refusal

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS = 1_000  # below the heading; more would keep somebody waiting too long
MOST_COLUMNS = 100
MOST_CELLS = 2_000_000  # that are read, empty ones included
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_LAST_ROW = 1_048_576  # of any spreadsheet; a false row number beyond it would take forever
# A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_DELIMITERS = ";,\t"
# A first line that only tells Excel the delimiter; Excel does not show it.
_SEPARATOR = re.compile(r'\A"?sep=[;,\t]"?\r?\n', re.IGNORECASE)
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
    """Dit bestand kunnen we niet lezen. Kies een CSV of een XLSX."""

    status = 422


def read(content: bytes) -> list[list[str]]:
    """Returns the rows of a CSV or of the first sheet of an XLSX, each a list of texts.

    Dates and times in an XLSX become numbers of days, as spreadsheets count them (`0.4375` is
    10:30). Refuses with SheetTooLarge or NotASheet.
    """
    if len(content) > MOST_BYTES:
        raise SheetTooLarge
    kept: list[list[str]] = []
    try:
        for row in _xlsx_rows(content) if content.startswith(b"PK") else _csv_rows(content):
            if len(kept) > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise SheetTooLarge
            kept.append(row)
    except _UNREADABLE as problem:
        raise NotASheet from problem
    return kept


def xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """Returns a workbook of one sheet with a fixed heading; no text in it becomes a formula."""
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


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = _SEPARATOR.sub("", _decoded(content), count=1)
    delimiter = max(_DELIMITERS, key=lambda each: len(next(_reader(text, each), ())))
    for row in _reader(text, delimiter):
        yield [unguarded(cell) for cell in row]


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    if b"\0" in content[:2]:  # UTF-16 without a byte order mark
        return content.decode("utf-16-be" if content.startswith(b"\0") else "utf-16-le")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    """Yields the rows without empty cells at their end, and without empty rows at the bottom."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # A part never unpacks to more than the size stated here.
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            raise SheetTooLarge
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # some programs write a wrong size
    empty, room = 0, MOST_CELLS
    for row in sheet.iter_rows(max_row=_LAST_ROW, values_only=True):
        room -= len(row)  # up to its last cell, which may be empty
        if room < 0:
            raise SheetTooLarge
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield from ([] for _ in range(empty))
            yield cells
        empty = 0 if cells else empty + 1


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case date() | datetime() | time() | timedelta():
            return _text(to_excel(value))  # type: ignore[no-untyped-call]
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _cell(sheet: Any, value: str | int, font: Font | None = None) -> Any:
    cell = WriteOnlyCell(sheet, _NO_TEXT.sub("", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text, even if it begins with "="
    if font is not None:
        cell.font = font
    return cell

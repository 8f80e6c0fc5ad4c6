"""Spreadsheets as rows of text: XLSX and CSV that people send, and XLSX that we give them.

Written here and not taken from a library: openpyxl has not been released since 2024, and the
faster readers take memory for every cell up to the last one, so that one far cell ends the
process. We read the first sheet as a stream, and stop where it is larger than a person makes it.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from festival.errors import Refusal

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS = 5_000  # below the heading
MOST_COLUMNS = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_DELIMITERS = ";,\t"
_CELL = re.compile(r"([A-Z]{1,3})[0-9]+")
# What XML cannot hold, and what looks as if it stood for that, is written so: _x000D_.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile(
    "_(?=x[0-9A-Fa-f]{4}_)|[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_UNREADABLE = (
    *(csv.Error, zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError),
    *(KeyError, IndexError, ValueError),  # a part, a text or a number that is not there
    *(NotImplementedError, RuntimeError),  # packed in a way we do not know, or with a password
)


class SheetTooLarge(Refusal):
    """Dit bestand is te groot. Deel het op in stukken van hoogstens 5.000 rijen en 5 MB."""

    status = 413


class NotASheet(Refusal):
    """Dit bestand kunnen we niet lezen. Kies een CSV of een XLSX."""

    status = 422


def read(content: bytes) -> list[list[str]]:
    """The rows of a CSV or of the first sheet of an XLSX, each a list of texts.

    Numbers are as the file has them, days and times too (`0.4375` of a day). Refuses with
    SheetTooLarge or NotASheet.
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
    """A workbook of one sheet: the heading stands still, and no text in it is a formula."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in _PARTS.items():
            archive.writestr(zipfile.ZipInfo(name), _XML + part.replace("TITLE", quoteattr(title)))
        lines = [_row([(head, 1) for head in heads])]
        lines += [_row([(cell, 2) for cell in row]) for row in rows]
        sheet = _SHEET.replace("COLUMNS", str(max(len(heads), 1))).replace("ROWS", "".join(lines))
        archive.writestr("xl/worksheets/sheet1.xml", _XML + sheet)
    return file.getvalue()


def guarded(text: str) -> str:
    """`text` as a CSV may hold it: a spreadsheet shows it and never runs it."""
    return f"'{text}" if _looks_like_formula(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and _looks_like_formula(text[1:]) else text


def _looks_like_formula(text: str) -> bool:
    return text.lstrip("' ").startswith(_FORMULA)


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    delimiter = max(_DELIMITERS, key=lambda each: len(next(_reader(text, each), ())))
    for row in _reader(text, delimiter):
        yield [unguarded(cell) for cell in row]


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = _Unpacked(archive)
        strings = _Strings()
        if "xl/sharedStrings.xml" in archive.namelist():
            for _ in unpacked.parsed("xl/sharedStrings.xml", strings):
                pass
        sheet = _Sheet(strings.texts)
        for _ in unpacked.parsed(_first_sheet(unpacked), sheet):
            yield from sheet.rows
            sheet.rows.clear()


class _Unpacked:
    """The parts of a workbook, together never more than MOST_UNPACKED."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.left = MOST_UNPACKED

    def parsed(self, name: str, reader: "_Reader") -> Iterator[None]:
        """Hand the part `name` to `reader`, a bit at a time."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _no_doctype  # nor entities, which could grow for ever
        parser.StartElementHandler = lambda tag, attributes: reader.start(_local(tag), attributes)
        parser.EndElementHandler = lambda tag: reader.end(_local(tag))
        parser.CharacterDataHandler = reader.text
        with self.archive.open(name) as part:
            while bit := part.read(64 * 1024):
                self.left -= len(bit)
                if self.left < 0:
                    raise SheetTooLarge
                parser.Parse(bit)
                yield
            parser.Parse(b"", True)
            yield


class _Reader:
    """What is told of a part as it goes by."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """It ends."""

    def text(self, text: str) -> None:
        """Characters in it; one text may come in several pieces."""


class _Found(_Reader):
    """The attributes of every element `tag`."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.found: list[dict[str, str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == self.tag:
            self.found.append({_local(name): value for name, value in attributes.items()})


class _Strings(_Reader):
    """The texts that cells point to."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._is_text = self._is_reading_aid = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._pieces = []
        elif tag == "rPh":  # how a Japanese text is pronounced
            self._is_reading_aid = True
        self._is_text = tag == "t" and not self._is_reading_aid

    def end(self, tag: str) -> None:
        if tag == "si":
            self.texts.append(_unescaped("".join(self._pieces)))
        elif tag == "rPh":
            self._is_reading_aid = False
        self._is_text = False

    def text(self, text: str) -> None:
        if self._is_text:
            self._pieces.append(text)


class _Sheet(_Reader):
    """The rows of a sheet; empty ones between them are there, those below are not."""

    def __init__(self, strings: list[str]) -> None:
        self.rows: list[list[str]] = []
        self._strings = strings
        self._number = self._told = 0  # of this row, from 1; how many rows were told of
        self._row: list[str] = []
        self._column = 0
        self._kind = ""
        self._pieces: list[str] = []
        self._is_value = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._row = []
            self._column = -1
        elif tag == "c":
            at = _CELL.fullmatch(attributes.get("r", ""))
            self._column = _column(at[1]) if at else self._column + 1
            self._kind = attributes.get("t", "n")
            self._pieces = []
        self._is_value = tag in ("v", "t")

    def end(self, tag: str) -> None:
        self._is_value = False
        if tag == "c" and (value := self._value()):
            if self._column >= MOST_COLUMNS:
                raise SheetTooLarge
            self._row += [""] * (self._column + 1 - len(self._row))
            self._row[self._column] = value
        elif tag == "row" and self._row:
            if self._number > MOST_ROWS + 1:
                raise SheetTooLarge
            self.rows += [[] for _ in range(self._number - self._told - 1)]
            self.rows.append(self._row)
            self._told = self._number

    def text(self, text: str) -> None:
        if self._is_value:
            self._pieces.append(text)

    def _value(self) -> str:
        written = "".join(self._pieces)
        if self._kind == "s":
            return self._strings[int(written)]
        if self._kind == "n" and written:
            number = float(written)
            return str(int(number)) if number.is_integer() else str(number)
        return _unescaped(written)


def _first_sheet(unpacked: _Unpacked) -> str:
    sheets, targets = _Found("sheet"), _Found("Relationship")
    for name, reader in (
        ("xl/workbook.xml", sheets),
        ("xl/_rels/workbook.xml.rels", targets),
    ):
        for _ in unpacked.parsed(name, reader):
            pass
    first = sheets.found[0]["id"]
    target = next(each["Target"] for each in targets.found if each["Id"] == first)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _no_doctype(*_declared: object) -> None:
    raise NotASheet


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _column(letters: str) -> int:
    """The number of a column, from 0: A, B, … Z, AA, …"""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _row(cells: Sequence[tuple[str | int, int]]) -> str:
    return f"<row>{''.join(_cell(value, style) for value, style in cells)}</row>"


def _cell(value: str | int, style: int) -> str:
    if isinstance(value, int):
        return f'<c s="{style}"><v>{value}</v></c>'
    text = escape(_TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", value))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = f"{_OPEN}/spreadsheetml/2006/main"
_TYPES = "application/vnd.openxmlformats"
_RELATIONS = f"{_OPEN}/officeDocument/2006/relationships"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_OPEN}/package/2006/content-types">'
    f'<Default Extension="rels" ContentType="{_TYPES}-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX}.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    f' ContentType="{_TYPES}-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml"'
    f' ContentType="{_TYPES}-officedocument.spreadsheetml.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OPEN}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
    '<sheets><sheet name=TITLE sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OPEN}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    # 1: bold, for headings; 2: a text (so that what is typed there stays one), lines broken.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}
_SHEET = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
    '</sheetViews><cols><col min="1" max="COLUMNS" width="24" customWidth="1"/></cols>'
    "<sheetData>ROWS</sheetData></worksheet>"
)

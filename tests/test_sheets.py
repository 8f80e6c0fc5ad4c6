"""Spreadsheets: what people send is read as text, and never takes more than it should."""

import csv
import io
import re
import zipfile
from contextlib import suppress
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from festival import sheets

# Whatever a database may hold.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
TABLES = st.lists(st.lists(TEXTS, min_size=1, max_size=4), min_size=1, max_size=5)


def as_csv(rows: list[list[str]], delimiter: str = ";") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(
        [sheets.guarded(cell) for cell in row] for row in rows
    )
    return buffer.getvalue()


def changed(workbook: bytes, **parts: bytes) -> bytes:
    """`workbook` with some parts (`sheet`, `strings`, `book`) replaced."""
    names = {
        "sheet": "xl/worksheets/sheet1.xml",
        "strings": "xl/sharedStrings.xml",
        "book": "xl/workbook.xml",
        "types": "[Content_Types].xml",
    }
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        replaced = {names[name]: content for name, content in parts.items()}
        for name in {*old.namelist(), *replaced}:
            new.writestr(name, replaced.get(name) or old.read(name))
    return file.getvalue()


def sheet(*rows: str) -> bytes:
    """A sheet of these rows, as another program may write it."""
    return (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<x:sheetData>{''.join(rows)}</x:sheetData></x:worksheet>"
    ).encode()


def trimmed(rows: list[list[str]]) -> list[list[str]]:
    """As an XLSX is read: without what XML cannot hold, and what is empty at an end."""
    cut = []
    for row in rows:
        row = [re.sub("[^\t\n\x20-\ufffd\U00010000-\U0010ffff]", "", cell) for cell in row]
        while row and not row[-1]:
            row = row[:-1]
        cut.append(row)
    while cut and not cut[-1]:
        cut.pop()
    return cut


@settings(deadline=None)
@given(TABLES)
def test_a_workbook_there_and_back(rows: list[list[str]]) -> None:
    heads, *others = rows
    assert sheets.read(sheets.xlsx("Blad", heads, others)) == trimmed(rows)


@settings(deadline=None)
@given(TEXTS)
def test_a_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    assert not sheets.guarded(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert sheets.unguarded(sheets.guarded(text)) == text


@settings(deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=4))
def test_csv_there_and_back(rows: list[list[str]]) -> None:
    rows = [["titel", "soort", "podium"], *rows]
    assert sheets.read(as_csv(rows).encode("utf-8-sig")) == rows


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_any_program(encoding: str, delimiter: str) -> None:
    rows = [["titel", "prijs"], ["Café, “één”; en – €", "x\ny"]]
    assert sheets.read(as_csv(rows, delimiter).encode(encoding)) == rows


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_line_that_is_for_excel_only_is_no_row(line: str) -> None:
    assert sheets.read(f"{line}\r\ntitel;soort\r\n".encode()) == [["titel", "soort"]]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    for sent in (content, b"PK\x03\x04" + content):
        with suppress(sheets.NotASheet, sheets.SheetTooLarge):
            sheets.read(sent)


def test_a_workbook_of_another_program() -> None:
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<si><r><t>een </t></r><r><t>twee</t></r><rPh sb="0" eb="1"><t>nee</t></rPh></si></sst>'
    )
    ours = sheets.xlsx("Blad", ["x"], [])
    with zipfile.ZipFile(io.BytesIO(ours)) as archive:
        types = archive.read("[Content_Types].xml").replace(
            b"</Types>",
            b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
            b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
        )
    content = changed(
        ours,
        types=types,
        strings=strings,
        sheet=sheet(
            '<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c>'
            '<x:c r="C1"><x:v>46318</x:v></x:c><x:c><x:v>0.4375</x:v></x:c></x:row>',
            '<x:row r="2"/>',
            '<x:row r="4"><x:c t="str"><x:f>A1</x:f><x:v>uitkomst</x:v></x:c>'
            '<x:c t="b"><x:v>1</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c></x:row>',
        ),
    )
    assert sheets.read(content) == [
        ["een twee", "", "46318", "0.4375"],
        [],
        [],
        ["uitkomst", "1", "#N/A"],
    ]


def test_days_and_times_are_numbers() -> None:
    book = openpyxl.Workbook()
    both = datetime(2026, 10, 23, 11, 30)  # noqa: DTZ001  a spreadsheet knows no zones
    book.active.append([date(2026, 10, 23), time(10, 30), both, 0.5, 7])
    file = io.BytesIO()
    book.save(file)
    assert sheets.read(file.getvalue()) == [["46318", "0.4375", "46318.479166666664", "0.5", "7"]]


def test_what_is_no_sheet() -> None:
    good = sheets.xlsx("Blad", ["x"], [["y"]])
    entities = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b"<worksheet><sheetData><row><c t='str'><v>&b;</v></c></row></sheetData></worksheet>"
    )
    picture = io.BytesIO()
    with zipfile.ZipFile(picture, "w") as archive:
        archive.writestr("foto.jpg", b"JFIF")
    for content in (
        good[: len(good) // 2],
        picture.getvalue(),
        changed(good, sheet=b"<worksheet>"),
        changed(good, sheet=entities),
        changed(good, sheet=sheet('<x:row><x:c t="s"><x:v>7</x:v></x:c></x:row>')),
        changed(good, book=b"<workbook/>"),
        b"\x81\x8d\xff",
    ):
        with pytest.raises(sheets.NotASheet):
            sheets.read(content)


@pytest.mark.parametrize(
    "row",
    [
        '<x:row r="1048576"><x:c r="A1048576"><x:v>1</x:v></x:c></x:row>',
        '<x:row r="1"><x:c r="XFD1"><x:v>1</x:v></x:c></x:row>',
        f'<x:row r="1"><x:c t="str"><x:v>{"a" * sheets.MOST_UNPACKED}</x:v></x:c></x:row>',
        "".join(f'<x:row r="{n}"><x:c r="XFD{n}"/></x:row>' for n in range(1, 20_000)),
    ],
    ids=["a far row", "a far column", "packed very small", "far cells without anything"],
)
def test_a_small_file_that_would_be_a_large_sheet(row: str) -> None:
    content = changed(sheets.xlsx("Blad", ["x"], []), sheet=sheet(row))
    assert len(content) < 1_000_000
    with pytest.raises(sheets.SheetTooLarge):
        sheets.read(content)


def test_a_damaged_workbook_however_it_is_packed() -> None:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheets.xlsx("Blad", ["x"], []))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    content = bytearray(file.getvalue())
    assert sheets.read(bytes(content)) == [["x"]]
    with zipfile.ZipFile(file) as archive:
        book = archive.getinfo("xl/workbook.xml")
    begins = book.header_offset + 30 + len(book.filename) + 9  # behind the heading of LZMA
    content[begins : begins + 20] = b"\xff" * 20
    with pytest.raises(sheets.NotASheet):
        sheets.read(bytes(content))


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    ours = sheets.xlsx("Blad", ["x"], [])
    rows = sheet('<x:row r="1"><x:c r="B1"><x:v>1</x:v></x:c></x:row>', '<x:row r="99999999999"/>')
    small = rows.replace(b"<x:sheetData>", b'<x:dimension ref="A1"/><x:sheetData>')
    assert sheets.read(changed(ours, sheet=small)) == [["", "1"]]


def test_too_many_rows_or_bytes() -> None:
    heading = [["titel"]]
    assert len(sheets.read(as_csv(heading + [["x"]] * sheets.MOST_ROWS).encode())) == 1001
    for rows in (heading + [["x"]] * (sheets.MOST_ROWS + 1), [["x"] * (sheets.MOST_COLUMNS + 1)]):
        with pytest.raises(sheets.SheetTooLarge):
            sheets.read(as_csv(rows).encode())
        with pytest.raises(sheets.SheetTooLarge):
            sheets.read(sheets.xlsx("Blad", rows[0], rows[1:]))
    with pytest.raises(sheets.SheetTooLarge):
        sheets.read(b"x" * (sheets.MOST_BYTES + 1))

"""Spreadsheets: what people send is read as text, and never takes more than it should."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path

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
        "styles": "xl/styles.xml",
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
        ["een twee", "", 46318, 0.4375],
        [],
        [],
        ["uitkomst", 1, "#N/A"],
    ]


def written(*rows: list[object]) -> bytes:
    """A workbook of another program, with typed cells."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_cells_are_read_by_their_type() -> None:
    both = datetime(2026, 10, 23, 11, 30)  # noqa: DTZ001  a spreadsheet knows no zones
    midnight = datetime(2026, 10, 23)  # noqa: DTZ001
    row = [date(2026, 10, 23), time(10, 30), both, midnight, timedelta(hours=24), 0.5, 7, 7.0, "7"]
    assert sheets.read(written(row)) == [
        ["2026-10-23", "10:30", "2026-10-23 11:30", "2026-10-23 00:00", "24:00", 0.5, 7, 7, "7"]
    ]


def test_a_guard_that_another_program_kept_is_taken_off() -> None:
    """LibreOffice opens our CSV and saves it as a workbook: what was guarded still is."""
    assert sheets.read(written(["'+31 6 1", "'=x", "'rek", "+31"])) == [
        ["+31 6 1", "=x", "'rek", "+31"]
    ]


DAY = [time(minute // 60, minute % 60) for minute in range(1440)]


def test_every_minute_of_a_day_survives_in_a_workbook() -> None:
    """As openpyxl writes them (full precision) and as LibreOffice does (15 digits)."""
    halves = [[DAY[n], DAY[n + 720]] for n in range(720)]
    assert sheets.read(written(*halves)) == [[f"{at:%H:%M}" for at in row] for row in halves]
    styles = (
        b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<numFmts count="2"><numFmt numFmtId="164" formatCode="hh:mm"/>'
        b'<numFmt numFmtId="165" formatCode="[hh]:mm:ss"/></numFmts>'
        b'<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills>'
        b'<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        b'<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
        b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        b"</styleSheet>"
    )
    rows = (
        f'<x:row><x:c s="1"><x:v>{n / 1440:.15g}</x:v></x:c>'
        f'<x:c s="2"><x:v>{(n + 720) / 1440:.15g}</x:v></x:c></x:row>'
        for n in range(720)
    )
    content = changed(sheets.xlsx("Blad", ["x"], []), styles=styles, sheet=sheet(*rows))
    assert sheets.read(content) == [[f"{a:%H:%M}", f"{b.hour}:{b:%M}"] for a, b in halves]


def saved_again(folder: Path, name: str, content: bytes, form: str) -> bytes:
    """`content` as LibreOffice saves it when somebody opens it and saves it as `form`."""
    (folder / name).write_bytes(content)
    there = folder / "saved"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ["--infilter=CSV:59,34,76"] if name.endswith("csv") else []
    convert += ["--convert-to", form, "--outdir", str(there), str(folder / name)]
    command = ["soffice", profile, "--headless", *convert]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (there / f"{Path(name).stem}.{form[: 3 if form[0] == 'c' else 4]}").read_bytes()


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed here")
def test_libreoffice_saves_a_file_again_and_nothing_is_lost(tmp_path: Path) -> None:
    halves = [[DAY[n], DAY[n + 720]] for n in range(720)]
    for form in ("xlsx", "ods"):
        again = sheets.read(saved_again(tmp_path, "tijden.xlsx", written(*halves), form))
        assert again == [[f"{at:%H:%M}" for at in row] for row in halves]
    texts = ["=1+1", "+31 6 1", "-5", "@x", "'=x", "'rek", "Łódź", "a;b\nc"]
    content = as_csv([["tekst"], *([text] for text in texts)]).encode("utf-8-sig")
    for form in ("xlsx", "ods", "csv:Text - txt - csv (StarCalc):59,34,76"):
        again = sheets.read(saved_again(tmp_path, "uitvoer.csv", content, form))
        assert again == [["tekst"], *([text] for text in texts)]


def test_what_other_programs_write_is_named() -> None:
    numbers, binary = io.BytesIO(), io.BytesIO()
    for file, part in (
        (numbers, "Index/Document.iwa"),
        (binary, "xl/workbook.bin"),
    ):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(part, b"<x/>")
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    for content, said in (
        (old, ".xls"),
        (b"\x09\x08\x10\x00\x00\x06", ".xls"),
        (numbers.getvalue(), "Numbers"),
        (binary.getvalue(), ".xlsb"),
        (b"<html><table>", "webpagina"),
        (b"%PDF-1.7", "PDF"),
    ):
        with pytest.raises(sheets.OtherFormat) as refused:
            sheets.read(content)
        assert said in str(refused.value.details["format"])
    with pytest.raises(sheets.SheetLocked):
        sheets.read(old + "EncryptedPackage".encode("utf-16-le"))


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
        "<x:row/>" * (sheets.MOST_ELEMENTS + 1),
    ],
    ids=["a far row", "a far column", "packed very small", "far cells", "many small elements"],
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
    assert sheets.read(changed(ours, sheet=small)) == [["", 1]]


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


def repacked(**parts: bytes) -> bytes:
    """A workbook in which the parts whose names end so have another content."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheets.xlsx("Blad", ["x"], []))) as former,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in former.namelist():
            stem = name.rpartition("/")[2].removesuffix(".xml")
            archive.writestr(name, parts.get(stem, former.read(name)))
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        repacked(styles=b"<styleSheet><cellXfs>" + b"<xf/>" * 100_000 + b"</cellXfs></styleSheet>"),
        repacked(sheet1=b"<worksheet " + b'a="" ' * 1_600_000 + b"/>"),
        repacked(
            sharedStrings=b"<sst>" + b"<si/>" * 1_600_000 + b"</sst>", sheet1=b"<x" * 1_600_000
        ),
    ],
    ids=["formats of cells", "attributes", "strings"],
)
def test_a_workbook_that_would_take_much_memory_is_refused_before_it_is_parsed(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_args: object, **_values: object) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(sheets, "load_workbook", parse)
    with pytest.raises(sheets.SheetTooLarge):
        sheets.read(content)


def test_a_list_of_many_parts_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(sheets.MOST_PARTS + 1):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")

    def read(*_args: object, **_values: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr(sheets.zipfile, "ZipFile", read)
    with pytest.raises(sheets.SheetTooLarge):
        sheets.read(file.getvalue())

"""Spreadsheets of LibreOffice: cells are read by their type, and nothing is repeated for ever."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from festival import sheets

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
# What LibreOffice writes below the last row and behind the last cell.
BEHIND = '<table:table-cell table:number-columns-repeated="16380"/>'
BELOW = f'<table:table-row table:number-rows-repeated="1048570">{BEHIND}</table:table-row>'


def ods(*rows: str, before: str = "", **parts: bytes) -> bytes:
    """A spreadsheet with these rows, and perhaps other parts."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {SPACES}>'
        "<office:body><office:spreadsheet>"
        "<table:tracked-changes><text:p>vroeger</text:p></table:tracked-changes><table:table>"
        f'<table:table-column table:number-columns-repeated="16384"/>{"".join(rows)}{BELOW}'
        "</table:table><table:table><table:table-row><table:table-cell><text:p>tweede blad</text:p>"
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", SPREADSHEET, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        for name, part in parts.items():
            archive.writestr(f"META-INF/{name}.xml", part)
    return file.getvalue()


def row(*cells: str, times: int = 1) -> str:
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{''.join(cells)}{BEHIND}</table:table-row>"


def cell(kind: str, value: str, shown: str = "zo staat het er") -> str:
    name = "value" if kind in ("float", "percentage", "currency") else f"{kind}-value"
    return (
        f'<table:table-cell office:value-type="{kind}" office:{name}="{value}"'
        f' calcext:value-type="{kind}"><text:p>{shown}</text:p></table:table-cell>'
    )


def text(*paragraphs: str, more: str = "") -> str:
    inside = "".join(f"<text:p>{each}</text:p>" for each in paragraphs)
    return f'<table:table-cell office:value-type="string"{more}>{inside}</table:table-cell>'


def test_cells_are_read_by_their_type_and_not_by_what_is_shown() -> None:
    content = ods(
        row(
            cell("float", "7"),
            cell("float", "12.5"),
            cell("percentage", "0.21"),
            cell("currency", "17.5"),
            cell("date", "2026-10-23"),
            cell("date", "2026-10-23T11:30:00"),
            cell("date", "1899-12-30T11:30:00"),
            cell("time", "PT24H00M00S"),
            cell("time", "PT10H30M15S"),
            cell("boolean", "true"),
            cell("float", "1e999"),
            text("7"),
        )
    )
    assert sheets.read(content) == [
        [
            *(7, 12.5, 0.21, 17.5, "2026-10-23", "2026-10-23 11:30", "11:30", "24:00"),
            *("10:30:15", 1, "inf", "7"),
        ]
    ]


def test_a_value_that_is_not_understood_is_the_text_that_is_shown() -> None:
    cells = (cell("date", "-0044-03-15", "15 maart"), cell("time", "-PT1H", "een uur terug"))
    error = '<table:table-cell office:value-type="string" office:string-value=""><text:p>#N/A'
    content = ods(row(*cells, f"{error}</text:p></table:table-cell>"))
    assert sheets.read(content) == [["15 maart", "een uur terug", "#N/A"]]


@pytest.mark.parametrize(
    "seconds",
    [
        lambda minute: f"PT{minute // 60:02}H{minute % 60:02}M00S",
        lambda minute: f"PT{minute // 60:02}H{minute % 60:02}M00.000000123S",
        lambda minute: f"PT{(minute - 1) // 60:02}H{(minute - 1) % 60:02}M59.999999744S",
    ],
    ids=["exact", "a little more", "a little less"],
)
def test_every_minute_of_a_day_survives(seconds: object) -> None:
    assert callable(seconds)
    minutes = range(1440)
    cells = [cell("time", seconds(n) if n else "PT00H00M00S") for n in minutes]
    halves = [row(*pair) for pair in zip(cells[:720], cells[720:], strict=True)]
    clocks = [f"{n // 60:02}:{n % 60:02}" for n in minutes]
    assert sheets.read(ods(*halves)) == [
        list(pair) for pair in zip(clocks[:720], clocks[720:], strict=True)
    ]


@pytest.mark.parametrize("clock", ["2026-10-25T02:29:59.999999744", "2026-10-25T02:30:00.0000001"])
def test_a_moment_with_a_rest_of_a_second_is_the_moment(clock: str) -> None:
    assert sheets.read(ods(row(cell("date", clock)))) == [["2026-10-25 02:30"]]


def test_texts_with_all_that_stands_in_them() -> None:
    content = ods(
        row(
            text("een <text:span>twee</text:span>", "drie<text:line-break/>vier"),
            text('a<text:s/>b<text:s text:c="3"/>c<text:tab/>d'),
            text("x", more=' office:string-value="y"'),
            text(more=' office:string-value="zonder alinea"'),
            text("&lt;b&gt; &amp; “é” 😀"),
            text("'+31 6 1"),
        )
    )
    assert sheets.read(content) == [
        ["een twee\ndrie\nvier", "a b   c\td", "x", "zonder alinea", "<b> & “é” 😀", "+31 6 1"]
    ]


def test_notes_pictures_and_covered_cells_are_no_text() -> None:
    note = "<office:annotation><text:p>een opmerking</text:p></office:annotation>"
    picture = "<draw:frame><draw:text-box><text:p>bijschrift</text:p></draw:text-box></draw:frame>"
    shapes = f"<table:shapes>{picture}<table:table>{row(text('a'))}</table:table></table:shapes>"
    noted = f'<table:table-cell office:value-type="string">{note}{picture}<text:p>x</text:p>'
    covered = "<table:covered-table-cell><text:p>verborgen</text:p></table:covered-table-cell>"
    content = ods(shapes, row(f"{noted}</table:table-cell>", covered, text("z")))
    assert sheets.read(content) == [["x", "", "z"]]


def test_rows_and_cells_that_are_repeated() -> None:
    gap = '<table:table-cell table:number-columns-repeated="3"/>'
    twice = text("b", more=' table:number-columns-repeated="2"')
    heading = f"<table:table-header-rows>{row(text('kop'))}</table:table-header-rows>"
    content = ods(heading, row(times=2), row(text("a"), gap, twice, times=3), row(text("c")))
    line = ["a", "", "", "", "b", "b"]
    assert sheets.read(content) == [["kop"], [], [], line, line, line, ["c"]]


BILLION = 10**9


@pytest.mark.parametrize(
    "rows",
    [
        [row(text("a"), times=BILLION)],
        [row(times=BILLION), row(text("a"))],
        [row(text("a", more=f' table:number-columns-repeated="{BILLION}"'))],
        [row(f'<table:table-cell table:number-columns-repeated="{BILLION}"/>', text("a"))],
        [row(text(f'a<text:s text:c="{BILLION}"/>b'))],
        ["<table:table-row/>" * (sheets.MOST_ELEMENTS + 1)],
    ],
    ids=["rows", "empty rows", "cells", "empty cells", "spaces", "elements"],
)
def test_a_small_file_that_would_be_a_large_table(rows: list[str]) -> None:
    content = ods(*rows)
    assert len(content) < 1_000_000
    with pytest.raises(sheets.SheetTooLarge):
        sheets.read(content)


def test_what_is_no_spreadsheet_of_libreoffice() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    letter = io.BytesIO()
    with zipfile.ZipFile(letter, "w") as archive:
        body = f"<table:table>{row(text('a'))}</table:table>"
        archive.writestr(
            "content.xml",
            f"<office:document-content {SPACES}><office:text>{body}</office:text>"
            "</office:document-content>",
        )
    for content in (
        ods(row(text("&b;")), before=laughs),
        ods("<table:table-row>"),
        ods(row(text("a", more=' table:number-columns-repeated="veel"'))),
        letter.getvalue(),
    ):
        with pytest.raises(sheets.NotASheet):
            sheets.read(content)


def test_a_file_under_a_password_is_named() -> None:
    manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    with pytest.raises(sheets.SheetLocked):
        sheets.read(ods(manifest=manifest))


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/ abc\"'&;=1:tablerowcxp-"), max_size=60))
def test_whatever_stands_in_the_table_is_read_or_refused(inside: str) -> None:
    for rows in (inside, row(inside), row(text(inside))):
        with suppress(sheets.NotASheet, sheets.SheetTooLarge):
            sheets.read(ods(rows))

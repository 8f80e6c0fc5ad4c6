"""Lists for spreadsheets: what stands in the file, in which language, under which name."""

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from zipfile import ZipFile

import pytest
from flask import Flask, Response
from flask_babel import lazy_gettext
from openpyxl import load_workbook

from festival.team.exports import Cell, csv_response, harmless, xlsx_response
from festival.web import languages
from festival.web.languages import Bilingual

# What a spreadsheet would run, whatever stands before it.
FORMULAS = [
    "=1+1",
    "+31 6 1234",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "'=1",
    "=HYPERLINK()",
]


def lines(answer: Response) -> list[list[str]]:
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_is_a_formula(app: Flask, text: str) -> None:
    with app.test_request_context():
        head, row = lines(csv_response("x", [text], [[text]]))
    assert head == row == [f"'{text}"]


@pytest.mark.parametrize("text", FORMULAS[:4])
def test_no_cell_of_a_workbook_is_a_formula_and_each_shows_what_was_typed(
    app: Flask, text: str
) -> None:
    with app.test_request_context():
        answer = xlsx_response("x", [text], [[text]])
    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    cells = [row[0] for row in sheet.iter_rows()]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s")] * 2


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (None, ""),
        ("", ""),
        (0, 0),
        (-12, -12),
        (0.5, "0,5"),
        (-1234.75, "-1234,75"),
        (date(2026, 10, 2), "2026-10-02"),
        (datetime(2026, 10, 2, 0, 30, 59, tzinfo=UTC), "2026-10-02 00:30+00:00"),
        (
            datetime(2026, 10, 2, 0, 30, tzinfo=timezone(timedelta(hours=2))),
            "2026-10-02 00:30+02:00",
        ),
        ("1.5", "1.5"),
        ("06 12345678", "06 12345678"),
        ("a=b", "a=b"),
        ("-", "'-"),
    ],
)
def test_what_a_cell_looks_like(cell: Cell, shown: str | int) -> None:
    assert harmless(cell) == shown
    assert type(harmless(cell)) is type(shown)


def test_a_dutch_spreadsheet_opens_a_csv_without_questions(app: Flask) -> None:
    with app.test_request_context():
        answer = csv_response("lijst", ["naam", "bedrag"], [["Zoë; “Één”", 12.5], ['a"b\r\nc', 3]])
    assert answer.get_data() == (
        b"\xef\xbb\xbf"
        b"naam;bedrag\r\n"
        b'"Zo\xc3\xab; \xe2\x80\x9c\xc3\x89\xc3\xa9n\xe2\x80\x9d";12,5\r\n'
        b'"a""b\r\nc";3\r\n'
    )
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nl", ["Naam", "Grote zaal", "Alleen Nederlands"]),
        ("en", ["Name", "Main hall", "Alleen Nederlands"]),
    ],
)
def test_heads_and_cells_are_in_the_language_of_the_page(
    app: Flask, language: str, expected: list[str]
) -> None:
    heads = [
        lazy_gettext("Naam"),
        Bilingual("Grote zaal", "Main hall"),
        Bilingual("Alleen Nederlands"),
    ]
    with app.test_request_context(), languages.speaking(language):
        answer = csv_response("x", [str(head) for head in heads], [heads[1:]])
    assert lines(answer) == [expected, expected[1:]]


def test_a_list_without_rows_still_has_its_heads(app: Flask) -> None:
    with app.test_request_context():
        assert lines(csv_response("x", ["a", "b"], iter(()))) == [["a", "b"]]
        book = load_workbook(io.BytesIO(xlsx_response("x", ["a", "b"], iter(())).get_data()))
    assert [[cell.value for cell in row] for row in book.active.iter_rows()] == [["a", "b"]]


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("bestellingen", "attachment; filename=bestellingen."),
        ("wie-komt-repair-cafe", "attachment; filename=wie-komt-repair-cafe."),
        ('a"b; c', 'attachment; filename="a\\"b; c.'),
    ],
)
def test_the_name_of_the_file(app: Flask, filename: str, header: str) -> None:
    with app.test_request_context():
        answers = {
            "csv": csv_response(filename, ["a"], []),
            "xlsx": xlsx_response(filename, ["a"], []),
        }
    for end, answer in answers.items():
        said = answer.headers["Content-Disposition"]
        assert said.startswith(f"{header}{end}")
        assert "\n" not in said
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_workbook_is_a_workbook_with_a_heading_that_stands_still(app: Flask) -> None:
    name = "onderdelen-van-een-festival-met-een-lange-naam"
    with app.test_request_context():
        answer = xlsx_response(name, ["titel", "soort"], [["Brood", "workshop"], ["🍞", ""]])
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    content = io.BytesIO(answer.get_data())
    assert ZipFile(content).testzip() is None
    sheet = load_workbook(content).active
    assert sheet.title == name[:31]
    assert sheet.freeze_panes == "A2"
    assert [cell.font.bold for cell in sheet["A"]] == [True, False, False]
    assert [cell.value for cell in sheet["A"]] == ["titel", "Brood", "🍞"]

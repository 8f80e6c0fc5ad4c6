"""Lists as CSV or XLSX, for spreadsheets: they open well in Excel and run no formulas."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice

from flask import Response, stream_with_context

from festival import sheets
from festival.lanes import FOR_FILES
from festival.web import languages
from festival.web.languages import Bilingual

_ROWS_PER_BLOCK = 200

Cell = str | int | float | date | Bilingual | None


def csv_response(filename: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Returns a download named `filename`.csv.

    UTF-8 with a byte order mark, and semicolons: Dutch spreadsheets open that without questions.
    """
    text = _text(chain([heads], rows))
    response = Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{filename}.csv")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def csv_stream(filename: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Like `csv_response`, for more rows than memory should hold.

    The session of the database stays open until the last row is sent.
    """
    language = languages.current()  # that of the request, which has been answered by then

    def blocks() -> Iterator[bytes]:
        left = iter(rows)
        yield b"\xef\xbb\xbf" + _text([heads]).encode()
        while True:
            with languages.speaking(language):
                block = _text(islice(left, _ROWS_PER_BLOCK))
            if not block:
                return
            yield block.encode()

    response = Response(stream_with_context(blocks()), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{filename}.csv")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def xlsx_response(
    filename: str, heads: Sequence[sheets.Cell], rows: Iterable[Sequence[sheets.Cell]]
) -> Response:
    """Returns a download named `filename`.xlsx."""
    with FOR_FILES.turn():
        book = sheets.xlsx(filename, heads, rows)
    response = Response(book, content_type=sheets.XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"{filename}.xlsx")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def harmless(cell: Cell) -> str | int:
    """Returns `cell` in a form that a Dutch spreadsheet shows and never runs."""
    match cell:
        case None:
            return ""
        case float():
            return str(cell).replace(".", ",")  # with a point it would be a text, or even a date
        case int():
            return cell
        case datetime():
            return cell.isoformat(" ", "minutes")
        case date():
            return cell.isoformat()
    return sheets.guarded(str(cell))


def _text(rows: Iterable[Sequence[Cell]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue()

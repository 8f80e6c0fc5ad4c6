"""Lists as CSV, for spreadsheets: opens well in Excel, and runs no formulas."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from flask import Response, stream_with_context

from festival.languages import Bilingual

Cell = str | int | float | date | Bilingual | None

# A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_response(filename: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A download named `filename`.csv; `rows` are written as they come, however many there are.

    UTF-8 with a byte order mark and semicolons: what Dutch spreadsheets open without questions.
    """
    response = Response(
        stream_with_context(_lines(heads, rows)), content_type="text/csv; charset=utf-8"
    )
    response.headers.set("Content-Disposition", "attachment", filename=f"{filename}.csv")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def harmless(cell: Cell) -> str | int | float:
    """`cell` as a spreadsheet shows it and never runs it."""
    match cell:
        case None:
            return ""
        case int() | float():
            return cell
        case datetime():
            return cell.isoformat(" ", "minutes")
        case date():
            return cell.isoformat()
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _lines(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([harmless(head) for head in heads])
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if buffer.tell() > 16_384:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()

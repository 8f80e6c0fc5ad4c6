"""Lists as CSV, for spreadsheets: opens well in Excel, and runs no formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from flask import Response

from festival.languages import Bilingual

Cell = str | int | float | date | Bilingual | None

# A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_response(filename: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A download named `filename`.csv.

    UTF-8 with a byte order mark and semicolons: what Dutch spreadsheets open without questions.
    """
    text = _text(heads, rows)
    response = Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{filename}.csv")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def harmless(cell: Cell) -> str | int:
    """`cell` as a Dutch spreadsheet shows it and never runs it."""
    match cell:
        case None:
            return ""
        case float():
            return str(cell).replace(".", ",")  # with a point it is a text, or even a date
        case int():
            return cell
        case datetime():
            return cell.isoformat(" ", "minutes")
        case date():
            return cell.isoformat()
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _text(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(head) for head in heads])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue()

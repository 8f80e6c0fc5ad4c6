"""The audit trail as the example of a list: sorted, filtered, turned over, and as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from festival.db import db, transactional
from festival.team import audit
from festival.team.exports import csv_response, harmless
from festival.web.languages import Bilingual
from tests import make

NOW = datetime(2026, 10, 1, 22, 30, tzinfo=UTC)  # the second of October in Tilburg


@transactional
def done(count: int) -> None:
    for number in range(count):
        at = NOW - timedelta(minutes=number)
        audit.record("mark_paid", f"order {number:03}", now=at, cents=number)


def subjects(page: str) -> list[str]:
    return [line.split("<")[0] for line in page.split("<td>order ")[1:]]


def test_latest_first_in_pages_of_fifty(visitor: FlaskClient) -> None:
    done(120)
    make.sign_in(visitor, "organiser")
    first = visitor.get("/team/logboek/").text
    assert subjects(first) == [f"{number:03}" for number in range(50)]
    assert "Pagina 1 van 3 · 120 regels" in first
    assert subjects(visitor.get("/team/logboek/?page=3").text)[-1] == "119"
    # Beyond the end is the last page, nonsense is the first.
    assert subjects(visitor.get("/team/logboek/?page=99").text)[-1] == "119"
    assert subjects(visitor.get("/team/logboek/?page=x&sort=password").text)[0] == "000"


def test_sorted_by_a_column(visitor: FlaskClient) -> None:
    done(60)
    make.sign_in(visitor, "organiser")
    assert subjects(visitor.get("/team/logboek/?sort=-subject").text)[0] == "059"
    assert subjects(visitor.get("/team/logboek/?sort=subject").text)[0] == "000"


def test_filtered(visitor: FlaskClient) -> None:
    done(12)
    make.sign_in(visitor, "organiser")
    assert subjects(visitor.get("/team/logboek/?q=011").text) == ["011"]
    assert subjects(visitor.get("/team/logboek/?q=%25").text) == []
    assert "Niets gevonden" in visitor.get("/team/logboek/?verb=nothing").text
    assert visitor.get("/team/logboek/?day=9999-12-31").status_code == 200
    assert len(subjects(visitor.get("/team/logboek/?day=2026-10-02").text)) == 12
    assert subjects(visitor.get("/team/logboek/?day=2026-10-01").text) == []
    assert visitor.get("/team/logboek/?day=gisteren").status_code == 200


def test_page_asks_the_database_as_often_for_many_lines_as_for_few(app: Flask) -> None:
    client = app.test_client()
    make.sign_in(client, "organiser")
    asked: list[str] = []
    event.listen(
        db.engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_rest: asked.append(statement),
    )
    counts = []
    for lines in (1, 60):
        done(lines)
        asked.clear()
        client.get("/team/logboek/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8


def test_csv_holds_all_lines_that_were_asked_for(visitor: FlaskClient) -> None:
    done(120)
    make.sign_in(visitor, "organiser")
    answer = visitor.get("/team/logboek/csv?q=order")
    assert answer.headers["Content-Disposition"] == "attachment; filename=logboek.csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 121
    assert rows[1][2:] == ["mark_paid", "order 119", "cents: 119"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " ="])
def test_cells_run_no_formulas(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"


def test_cells_keep_what_is_harmless(app: Flask) -> None:
    assert harmless("Noor = fijn") == "Noor = fijn"
    assert harmless(-5) == -5
    assert harmless(None) == ""
    assert harmless(NOW) == "2026-10-01 22:30+00:00"
    assert harmless(NOW.date()) == "2026-10-01"
    assert harmless(Bilingual("=nl", "en")) == "'=nl"
    with app.test_request_context():
        answer = csv_response("x", ['é; "a"'], [["één\r\ntwee"]])
        rows = list(csv.reader(io.StringIO(answer.get_data(True).lstrip("\ufeff")), delimiter=";"))
    assert rows == [['é; "a"'], ["één\r\ntwee"]]

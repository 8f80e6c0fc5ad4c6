"""The audit trail as the example of a list: sorted, filtered, turned over, and as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from festival.accounts.models import TeamMember
from festival.db import db, transactional
from festival.team import audit, lists
from festival.team.exports import csv_response, harmless
from festival.team.models import AuditEntry
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
    # One asks whether the session was ended, four are for the bar and for the zone of the times.
    assert counts[0] == counts[1] <= 11


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


# -- the pager and the order, without a page around it ----------------------------------------

COLUMNS = {"at": AuditEntry.at, "subject": AuditEntry.subject, "member": AuditEntry.member_id}


def asked(app: Flask, query: str = "", **values: Any) -> lists.ListPage[AuditEntry]:
    with app.test_request_context(f"/?{query}"):
        return lists.listing(
            values.pop("of", select(AuditEntry)),
            COLUMNS,
            **{"default": "at", "per_page": 5, **values},
        )


def of_memory(app: Flask, query: str = "", *, count: int = 11) -> lists.ListPage[int]:
    with app.test_request_context(f"/?{query}"):
        return lists.listing_of(
            range(count), {"up": int, "odd": lambda n: n % 2}, default="up", per_page=5
        )


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("", 1),
        ("page=1", 1),
        ("page=2", 2),
        ("page=3", 3),
        ("page=4", 3),
        ("page=0", 1),
        ("page=-1", 1),
        ("page=abc", 1),
        ("page=2.5", 1),
        ("page=", 1),
        ("page=99999999999999999999", 3),
        ("page=2&page=3", 2),
    ],
)
def test_which_page_is_shown(app: Flask, query: str, page: int) -> None:
    done(11)
    for found in (asked(app, query), of_memory(app, query)):
        assert (found.page, found.pages, found.total) == (page, 3, 11)
        assert len(found.rows) == (1 if page == 3 else 5)


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (5, 1), (6, 2), (10, 2), (11, 3)])
def test_how_many_pages_there_are(app: Flask, count: int, pages: int) -> None:
    done(count)
    for found in (asked(app, "page=99"), of_memory(app, "page=99", count=count)):
        assert (found.pages, found.page, found.total) == (pages, pages, count)
        assert len(found.rows) == (count - 5 * (pages - 1))


@pytest.mark.parametrize(
    ("query", "sort", "descending"),
    [
        ("", "at", True),
        ("sort=subject", "subject", False),
        ("sort=-subject", "subject", True),
        ("sort=at", "at", False),
        # What may not be sorted by is not sorted by, and turns nothing round.
        ("sort=details", "at", True),
        ("sort=-details", "at", True),
        ("sort=--subject", "at", True),
        ("sort=", "at", True),
        ("sort=-", "at", True),
        ("sort=SUBJECT", "at", True),
    ],
)
def test_what_it_is_sorted_by(app: Flask, query: str, sort: str, descending: bool) -> None:
    done(3)
    found = asked(app, query, default="-at")
    assert (found.sort, found.descending) == (sort, descending)
    key = {"at": lambda row: row.at, "subject": lambda row: row.subject}[sort]
    assert list(found.rows) == sorted(found.rows, key=key, reverse=descending)


def test_empty_cells_are_last_whichever_way_it_is_sorted(any_app: Flask) -> None:
    members = [make.member().id for _ in range(2)]
    for number, member in enumerate([None, members[0], None, members[1]]):
        db.session.add(
            AuditEntry(at=NOW, verb="x", subject=f"order {number}", member_id=member, details={})
        )
    db.session.commit()
    assert [row.subject[-1] for row in asked(any_app, "sort=member").rows] == ["1", "3", "0", "2"]
    assert [row.subject[-1] for row in asked(any_app, "sort=-member").rows] == ["3", "1", "0", "2"]


def test_a_query_keeps_its_conditions_and_joins_and_loses_its_own_order(any_app: Flask) -> None:
    member = make.member(name="Noor")
    done(4)
    db.session.query(AuditEntry).filter(AuditEntry.subject != "order 002").update(
        {"member_id": member.id}
    )
    db.session.commit()
    query = (
        select(AuditEntry)
        .join(AuditEntry.member)
        .where(TeamMember.name == "Noor")
        .order_by(AuditEntry.subject.desc())
    )
    found = asked(any_app, "sort=subject", of=query, per_page=2)
    assert [row.subject for row in found.rows] == ["order 000", "order 001"]
    assert (found.total, found.pages) == (3, 2)


def test_rows_in_memory_that_are_equal_stay_in_their_order(app: Flask) -> None:
    assert of_memory(app, "sort=odd").rows == [0, 2, 4, 6, 8]
    assert of_memory(app, "sort=-odd").rows == [1, 3, 5, 7, 9]
    assert of_memory(app, "sort=-up&page=3").rows == [0]
    assert of_memory(app, "sort=even").sort == "up"

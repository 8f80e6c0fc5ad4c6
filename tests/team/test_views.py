"""The page of the audit trail: who did what, found again, in our own time, and as a file."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from festival.accounts.models import TeamMember
from festival.db import db
from festival.team.models import AuditEntry
from tests import make

# Half past midnight on the second of October, on the clocks of the festival.
NIGHT = datetime(2026, 10, 1, 22, 30, tzinfo=UTC)


@pytest.fixture
def organiser(visitor: FlaskClient) -> FlaskClient:
    make.sign_in(visitor, make.member("organiser", name="Marijke"))
    return visitor


def line(subject: str = "order K7P4", **values: Any) -> AuditEntry:
    """A line of the trail, by nobody of the team."""
    entry = AuditEntry(**{"at": NIGHT, "verb": "mark_paid", "subject": subject, **values})
    db.session.add(entry)
    db.session.commit()
    return entry


def shown(client: FlaskClient, query: str = "") -> list[str]:
    """The subjects on the page, from top to bottom."""
    answer = client.get(f"/team/logboek/{query}")
    assert answer.status_code == 200, query
    return re.findall(r"<td>((?:order|letter|member) [^<]*)</td>", answer.text)


def downloaded(client: FlaskClient, query: str = "") -> list[list[str]]:
    answer = client.get(f"/team/logboek/csv{query}")
    text = answer.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_before_anything_was_done(organiser: FlaskClient) -> None:
    page = organiser.get("/team/logboek/").text
    assert "Nog niets gedaan" in page
    assert "Download als CSV" not in page
    assert downloaded(organiser) == [["at", "member", "verb", "subject", "details"]]


def test_a_line_says_who_did_what_to_what_and_when(organiser: FlaskClient) -> None:
    member = make.member("finance", name="Prem & Zn", email="prem@example.org")
    line(member_id=member.id, details={"before": ["editor", "checkin"], "note": "<b>ja</b>"})
    line("order <i>", at=NIGHT - timedelta(minutes=1))
    page = organiser.get("/team/logboek/").text
    first, second = re.findall(r"<tr>\s*<td><time.*?</tr>", page, re.DOTALL)
    assert ">2 okt 2026, 00.30</time>" in first
    assert "<td>Prem &amp; Zn</td>" in first
    assert '<td lang="en">mark paid</td>' in first
    assert "before: editor, checkin" in first
    assert "note: &lt;b&gt;ja&lt;/b&gt;" in first
    assert "<td>het systeem</td>" in second
    assert "order &lt;i&gt;" in second


def test_in_english(organiser: FlaskClient) -> None:
    line()
    page = organiser.get("/en/team/logboek/").text
    assert ">2 Oct 2026, 00.30</time>" in page
    assert "<td>the system</td>" in page


def test_a_member_without_a_name_is_called_by_address(organiser: FlaskClient) -> None:
    member = make.member("editor", name="", email="noor@example.org")
    line(member_id=member.id)
    page = organiser.get("/team/logboek/").text
    assert "<td>noor@example.org</td>" in page
    assert f'<option value="{member.code}">noor@example.org</option>' in page


def test_lines_are_found_by_who_and_what_and_when_together(organiser: FlaskClient) -> None:
    members = [make.member("finance"), make.member("editor")]
    for number, (member, verb, hours) in enumerate(
        [(0, "mark_paid", 0), (0, "cancel_order", 0), (1, "mark_paid", 0), (0, "mark_paid", 24)]
    ):
        line(
            f"order {number}",
            member_id=members[member].id,
            verb=verb,
            at=NIGHT + timedelta(hours=hours),
        )
    code = members[0].code
    assert shown(organiser, f"?member={code}") == ["order 3", "order 0", "order 1"]
    assert shown(organiser, f"?member={code}&verb=mark_paid") == ["order 3", "order 0"]
    assert shown(organiser, f"?member={code}&verb=mark_paid&day=2026-10-02") == ["order 0"]
    assert shown(organiser, f"?member={code}&verb=mark_paid&day=2026-10-02&q=3") == []
    assert shown(organiser, "?member=geen") == []


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 10, 1, 21, 59, 59, tzinfo=UTC), "2026-10-01"),
        (datetime(2026, 10, 1, 22, 0, tzinfo=UTC), "2026-10-02"),
        # The day on which the clocks go back has twenty-five hours.
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), "2026-10-26"),
    ],
)
def test_a_day_begins_at_midnight_on_our_clocks(
    organiser: FlaskClient, at: datetime, day: str
) -> None:
    line(at=at)
    days = [f"2026-10-{number:02}" for number in (1, 2, 24, 25, 26)]
    assert [each for each in days if shown(organiser, f"?day={each}")] == [day]


@pytest.mark.parametrize(
    "query",
    [
        "?day=0001-01-01",
        "?day=9999-12-31",
        "?day=2026-02-30",
        "?day=",
        "?page=0",
        "?page=-1",
        "?page=abc",
        "?page=99999999999999999999",
        "?sort=password",
        "?sort=-",
        "?verb=%27%3B--",
        "?endpoint=x",
        "?_external=1&_scheme=x&_anchor=y&_method=z",
        "?q=%5C%25_",
    ],
)
def test_whatever_stands_in_the_address_is_answered_with_a_page(
    organiser: FlaskClient, query: str
) -> None:
    line()
    assert organiser.get(f"/team/logboek/{query}").status_code == 200
    assert organiser.get(f"/team/logboek/csv{query}").status_code == 200


def test_signs_that_mean_something_to_a_database_are_just_signs(organiser: FlaskClient) -> None:
    line("order 100%")
    line("order 1_0")
    line("order 1\\0")
    assert shown(organiser, "?q=%25") == ["order 100%"]
    assert shown(organiser, "?q=_") == ["order 1_0"]
    assert shown(organiser, "?q=%5C") == ["order 1\\0"]
    assert len(shown(organiser, "?q=+ORDER+")) == 3


def test_the_form_offers_what_occurs_and_remembers_what_was_asked(organiser: FlaskClient) -> None:
    someone = make.member("finance", name="Bea")
    make.member("editor", name="nooit iets gedaan")
    other = make.member("finance", name="anna")
    line(member_id=someone.id, verb="mark_paid")
    line(member_id=other.id, verb="cancel_order")
    line(member_id=other.id, verb="cancel_order")
    page = organiser.get(
        f"/team/logboek/?verb=mark_paid&member={someone.code}&q=K7&day=2026-10-02"
    ).text
    options = re.findall(r'<option value="([^"]+)"( selected)?>([^<]*)', page)
    assert [(label, bool(mark)) for _value, mark, label in options] == [
        ("anna", False),
        ("Bea", True),
        ("cancel order", False),
        ("mark paid", True),
    ]
    assert 'name="q" value="K7"' in page
    assert 'name="day" value="2026-10-02"' in page
    assert ">Toon alles</a>" in page
    assert ">Toon alles</a>" not in organiser.get("/team/logboek/").text


def test_what_was_asked_goes_along_to_every_link(organiser: FlaskClient) -> None:
    for number in range(60):
        line(f"order {number:02}")
    page = organiser.get("/team/logboek/?q=order&verb=mark_paid&sort=subject").text
    assert 'href="/team/logboek/csv?q=order&amp;verb=mark_paid&amp;sort=subject"' in page
    assert 'href="/team/logboek/?q=order&amp;verb=mark_paid&amp;sort=-subject"' in page
    assert 'href="/team/logboek/?q=order&amp;verb=mark_paid&amp;sort=at"' in page
    next_page = re.search(r'<a href="([^"]*)" rel="next">', page)
    assert next_page
    address = next_page[1].replace("&amp;", "&")
    assert address == "/team/logboek/?q=order&verb=mark_paid&sort=subject&page=2"
    assert shown(organiser, address.removeprefix("/team/logboek/"))[0] == "order 50"
    assert 'href="/en/team/logboek/csv"' in organiser.get("/en/team/logboek/").text


def test_the_file_holds_every_line_in_order_of_time_and_runs_nothing(
    organiser: FlaskClient,
) -> None:
    member = db.session.query(TeamMember).one()
    line("order 2", at=NIGHT + timedelta(hours=1), member_id=member.id)
    line("=1+1", details={"note": "+31", "cents": -5})
    assert downloaded(organiser, "?sort=-subject&page=7")[1:] == [
        ["2026-10-01 22:30+00:00", "", "mark_paid", "'=1+1", "note: +31, cents: -5"],
        ["2026-10-01 23:30+00:00", member.email, "mark_paid", "order 2", ""],
    ]


def test_lines_of_one_instant_keep_an_order(organiser: FlaskClient) -> None:
    """Else one line might stand on two pages, and another one on none."""
    for number in range(55):
        line(f"order {number:02}")
    both = shown(organiser) + shown(organiser, "?page=2")
    assert sorted(both) == [f"order {number:02}" for number in range(55)]


def test_nothing_can_be_changed_there(organiser: FlaskClient) -> None:
    line()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert organiser.open("/team/logboek/", method=method).status_code == 405
    page = organiser.get("/team/logboek/").text
    assert page.count('method="post"') == 1, "only the button that signs out"

"""The curve of sales: tickets by days before the festival, beside the edition before it."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import clock
from festival.editions.models import Edition
from festival.home.sales_curve import sales_picture
from tests import make
from tests.make import FRIDAY, NOW

TODAY = NOW.date()


def sold(edition: Edition, before: int, tickets: int, **values: object) -> None:
    """Tickets of an order that was confirmed so many days before the edition."""
    days_from_now = (edition.starts_on - TODAY).days - before
    at = NOW + timedelta(days=days_from_now)
    of = make.ticket_type(edition_id=edition.id, pool=make.pool(edition_id=edition.id))
    make.order(of=of, tickets=tickets, **{"confirmed_at": at, "placed_at": at} | values)


@pytest.fixture
def edition(any_app: Flask) -> Edition:
    """This edition, and the one of last year, which went faster."""
    edition = make.edition()
    former = make.edition(
        is_current=False, starts_on=date(2025, 10, 24), ends_on=date(2025, 10, 26)
    )
    for before, tickets in ((60, 2), (30, 1)):
        sold(edition, before, tickets)
    for before, tickets in ((80, 1), (60, 4), (10, 5), (-1, 2)):
        sold(former, before, tickets)
    sold(edition, 40, 9, confirmed_at=None)
    sold(edition, 40, 9, cancelled_at=NOW)
    return edition


def test_both_editions_on_the_same_days_before_the_festival(edition: Edition) -> None:
    picture = sales_picture(edition, today=TODAY)
    assert picture
    assert picture.former
    assert (FRIDAY - TODAY).days == 22
    rows = {day: (now, former) for day, now, former in picture.weeks}
    assert rows[84] == (0, 0)
    assert rows[77] == (0, 1)
    assert rows[63] == (0, 1)
    assert rows[56] == (2, 5)
    assert rows[28] == (3, 5)
    assert rows[22] == (3, 5), "today"
    assert rows[7] == (None, 10), "has not come yet"
    assert picture.most == 12
    assert (picture.first, picture.last) == (80, -2)


def test_the_line_ends_today_at_what_is_out_now(edition: Edition) -> None:
    picture = sales_picture(edition, today=TODAY)
    assert picture
    assert picture.former
    points = re.findall(r"([\d.]+) ([\d.]+)", picture.path(picture.now))
    assert len(points) == 80 - 22 + 1
    assert points[0] == ("0.0", "300.0")
    assert points[-1] == (f"{58 * 1000 / 82:.1f}", f"{300 - 300 * 3 / 12:.1f}")
    assert picture.path(picture.former).endswith("L1000.0 0.0")


def test_the_first_edition_has_a_curve_of_its_own(any_app: Flask) -> None:
    edition = make.edition()
    assert sales_picture(edition, today=TODAY) is None
    sold(edition, 22, 3)
    picture = sales_picture(edition, today=TODAY)
    assert picture
    assert picture.former is None
    assert picture.weeks[-1] == (22, 3, None)


def test_very_early_sales_stand_at_the_edge(any_app: Flask) -> None:
    edition = make.edition()
    sold(edition, 900, 3)
    picture = sales_picture(edition, today=TODAY)
    assert picture
    assert (picture.first, picture.weeks[-1]) == (730, (22, 3, None))


@pytest.mark.parametrize(
    ("path", "words"), [("/team/", "dagen ervoor"), ("/en/team/", "days before")]
)
def test_the_overview_draws_it_and_lists_it(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, words: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    edition = make.edition()
    sold(edition, 40, 4)
    make.sign_in(visitor, "programme")
    page = visitor.get(path).text
    chart = page.partition("sales-chart")[2].partition("</figure>")[0]
    assert 'aria-hidden="true"' in chart, "who hears the page reads the table"
    assert re.search(rf'<th scope="row">22 {words}</th><td class="number">4</td>', chart)

"""An edition's days, its clocks, and what the database holds to."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from festival.db import db
from festival.editions.models import Edition, Partner, Question
from tests import make
from tests.make import FRIDAY, SUNDAY

HOUR = timedelta(hours=1)


def edition(zone: str = "Europe/Amsterdam", **values: Any) -> Edition:
    """An edition that no database knows."""
    return Edition(**{"starts_on": FRIDAY, "ends_on": SUNDAY, "timezone": zone} | values)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "days"),
    [
        (FRIDAY, FRIDAY, [FRIDAY]),
        (FRIDAY, SUNDAY, [FRIDAY, date(2026, 10, 24), SUNDAY]),
        (date(2028, 2, 28), date(2028, 3, 1),
         [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]),
        (date(2026, 12, 31), date(2027, 1, 1), [date(2026, 12, 31), date(2027, 1, 1)]),
    ],
)  # fmt: skip
def test_its_days(starts_on: date, ends_on: date, days: list[date]) -> None:
    assert edition(starts_on=starts_on, ends_on=ends_on).days == days


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/Amsterdam", datetime(2026, 10, 24, 3, 59, 59, tzinfo=UTC), 23),  # 5.59 summer time
        ("Europe/Amsterdam", datetime(2026, 10, 24, 4, 0, tzinfo=UTC), 24),
        ("Europe/Amsterdam", datetime(2026, 10, 25, 4, 59, 59, tzinfo=UTC), 24),  # 5.59 winter time
        ("Europe/Amsterdam", datetime(2026, 10, 25, 5, 0, tzinfo=UTC), 25),
        ("America/New_York", datetime(2026, 10, 24, 9, 59, 59, tzinfo=UTC), 23),
        ("America/New_York", datetime(2026, 10, 24, 10, 0, tzinfo=UTC), 24),
        ("Pacific/Auckland", datetime(2026, 10, 23, 16, 59, 59, tzinfo=UTC), 23),
        ("Pacific/Auckland", datetime(2026, 10, 23, 17, 0, tzinfo=UTC), 24),
    ],
)
def test_a_day_ends_at_six_on_its_own_clocks(zone: str, moment: datetime, day: int) -> None:
    assert edition(zone).day_of(moment) == date(2026, 10, day)


@pytest.mark.parametrize(
    ("first", "hours"),
    [
        (date(2026, 10, 23), [24, 25, 24]),  # the clocks go back in the night to Sunday
        (date(2027, 3, 26), [24, 23, 24]),  # and forward
    ],
)
def test_every_moment_is_of_one_day(first: date, hours: list[int]) -> None:
    amsterdam = edition()
    begin = amsterdam.moment(first, time(6))
    days = [amsterdam.day_of(begin + n * HOUR / 2) for n in range(2 * sum(hours))]
    assert days == sorted(days)
    half_hours = Counter(days)
    assert half_hours == {first + timedelta(n): 2 * each for n, each in enumerate(hours)}


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        (FRIDAY, time(11), datetime(2026, 10, 23, 9, 0, tzinfo=UTC)),
        (SUNDAY, time(11), datetime(2026, 10, 25, 10, 0, tzinfo=UTC)),
        (SUNDAY, time(0), datetime(2026, 10, 24, 22, 0, tzinfo=UTC)),
        # Twice in this night: the first.
        (SUNDAY, time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Not in this night: as if the clocks had not been put forward.
        (date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_time_of_its_clocks_is_a_moment(day: date, at: time, moment: datetime) -> None:
    told = edition().moment(day, at)
    assert (told, told.utcoffset()) == (moment, timedelta(0))


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York", "Pacific/Auckland"])
def test_a_moment_and_its_time_on_the_clocks_are_the_same(zone: str) -> None:
    somewhere = edition(zone)
    for n in range(0, 24 * 365, 7):
        moment = datetime(2026, 10, 23, tzinfo=UTC) + n * HOUR
        local = somewhere.local(moment)
        if not local.fold:  # an hour that comes twice is the first one
            assert somewhere.moment(local.date(), local.time()) == moment
        assert local.timestamp() == moment.timestamp()


def test_a_new_edition_begins_with_what_most_festivals_want(any_app: Flask) -> None:
    row = Edition(slug="2027", starts_on=FRIDAY, ends_on=SUNDAY)
    db.session.add(row)
    db.session.commit()
    assert (row.timezone, row.zone.key) == ("Europe/Amsterdam", "Europe/Amsterdam")
    assert (row.is_current, row.takes_feedback) == (False, True)
    assert (row.payment_days, row.coaching_per_ticket) == (5, 1)
    assert (row.booking_closes_minutes, row.walk_minutes) == (15, 5)
    assert (row.version, row.programme_version, row.draft_version) == (1, 0, 0)
    assert not row.name
    assert row.organiser_iban == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_on": SUNDAY, "ends_on": FRIDAY},
        {"slug": "2026", "is_current": False},
        {"is_current": True},
    ],
    ids=["ends before it starts", "slug taken", "two current"],
)
def test_the_database_refuses(any_app: Flask, wrong: dict[str, Any]) -> None:
    make.edition(slug="2026")
    make.edition(slug="2025", is_current=False)
    with pytest.raises(IntegrityError):
        make.edition(**{"is_current": False} | wrong)
    db.session.rollback()
    assert db.session.query(Edition).count() == 2


def test_partners_and_questions_go_with_their_edition(any_app: Flask) -> None:
    going, staying = make.edition(), make.edition(is_current=False)
    for each in (going, staying):
        db.session.add_all([Partner(edition=each, name="Een"), Question(edition=each)])
    db.session.commit()
    db.session.execute(delete(Edition).where(Edition.id == going.id))
    for kind in (Partner, Question):
        assert [row.edition for row in db.session.query(kind)] == [staying]
    db.session.rollback()

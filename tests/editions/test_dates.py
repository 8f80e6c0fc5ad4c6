"""Days and hours as people read them, in both languages and in the nights of the clocks."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from festival.editions import dates
from festival.editions.models import Edition
from festival.web import languages
from tests.make import FRIDAY, SUNDAY

SATURDAY = date(2026, 10, 24)
NEW_YEARS_EVE, NEW_YEARS_DAY = date(2026, 12, 31), date(2027, 1, 1)
AMSTERDAM = Edition(starts_on=FRIDAY, ends_on=SUNDAY, timezone="Europe/Amsterdam")


def at(day: int, hour: int, minute: int = 0, *, winter: bool = False) -> datetime:
    """A moment in October 2026 on the clocks of Amsterdam; winter time is an hour later."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC) - timedelta(hours=1 if winter else 2)


@pytest.fixture
def said(bare_app: Flask) -> Callable[[Callable[[], str]], tuple[str, str]]:
    """What is written in Dutch and in English."""

    def both(write: Callable[[], str]) -> tuple[str, str]:
        with bare_app.app_context():
            with languages.speaking("nl"):
                dutch = write()
            with languages.speaking("en"):
                return dutch, write()

    return both


Said = Callable[[Callable[[], str]], tuple[str, str]]


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (SATURDAY, ("zaterdag 24 oktober", "Saturday 24 October"), ("za 24 okt", "Sat 24 Oct")),
        (date(2027, 3, 1), ("maandag 1 maart", "Monday 1 March"), ("ma 1 mrt", "Mon 1 Mar")),
        (date(2028, 2, 29), ("dinsdag 29 februari", "Tuesday 29 February"),
         ("di 29 feb", "Tue 29 Feb")),
        (date(2027, 9, 18), ("zaterdag 18 september", "Saturday 18 September"),
         ("za 18 sep", "Sat 18 Sept")),
        (date(2027, 5, 5), ("woensdag 5 mei", "Wednesday 5 May"), ("wo 5 mei", "Wed 5 May")),
    ],
)  # fmt: skip
def test_a_day(said: Said, day: date, long: tuple[str, str], short: tuple[str, str]) -> None:
    assert said(lambda: dates.day(day)) == long
    assert said(lambda: dates.short_day(day)) == short


@pytest.mark.parametrize(
    ("days", "dutch", "english"),
    [
        ([], "", ""),
        ([SATURDAY], "zaterdag 24 oktober", "Saturday 24 October"),
        ([FRIDAY, SATURDAY], "vrijdag 23 en zaterdag 24 oktober",
         "Friday 23 and Saturday 24 October"),
        ([FRIDAY, SATURDAY, SUNDAY], "vrijdag 23, zaterdag 24 en zondag 25 oktober",
         "Friday 23, Saturday 24 and Sunday 25 October"),
        ([FRIDAY, SUNDAY], "vrijdag 23 en zondag 25 oktober", "Friday 23 and Sunday 25 October"),
        ([date(2026, 10, 31), date(2026, 11, 1)], "zaterdag 31 oktober en zondag 1 november",
         "Saturday 31 October and Sunday 1 November"),
        ([NEW_YEARS_EVE, NEW_YEARS_DAY], "donderdag 31 december en vrijdag 1 januari",
         "Thursday 31 December and Friday 1 January"),
    ],
)  # fmt: skip
def test_days_name_a_month_once_where_it_is_the_same(
    said: Said, days: list[date], dutch: str, english: str
) -> None:
    assert said(lambda: dates.days(days)) == (dutch, english)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (at(23, 0), "0.00"),
        (at(23, 9, 5), "9.05"),
        (at(23, 13, 30), "13.30"),
        (at(25, 2, 59), "2.59"),
        (at(25, 2, winter=True), "2.00"),  # a minute later
        (at(25, 11, winter=True), "11.00"),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "1.59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "3.00"),  # a minute later
    ],
)
def test_the_clocks_of_the_festival(moment: datetime, shown: str) -> None:
    assert dates.clock(AMSTERDAM, moment) == shown


def test_the_clocks_are_those_of_the_editions_zone() -> None:
    auckland = Edition(starts_on=FRIDAY, ends_on=SUNDAY, timezone="Pacific/Auckland")
    assert dates.clock(auckland, datetime(2026, 10, 23, 9, 0, tzinfo=UTC)) == "22.00"


def test_hours_say_so_in_dutch_only(said: Said) -> None:
    hours = said(lambda: dates.hours(AMSTERDAM, at(23, 13, 30), at(23, 14, 15)))
    assert hours == ("13.30–14.15 uur", "13.30–14.15")


@pytest.mark.parametrize(
    ("starts", "ends", "dutch", "english"),
    [
        (at(24, 13, 30), at(24, 14, 15), "zaterdag 24 oktober, 13.30–14.15 uur",
         "Saturday 24 October, 13.30–14.15"),
        (at(24, 23), at(25, 1), "zaterdag 24 oktober, 23.00–1.00 uur",
         "Saturday 24 October, 23.00–1.00"),
        (at(24, 0), at(24, 1), "vrijdag 23 oktober, 0.00–1.00 uur (nacht van vrijdag op zaterdag)",
         "Friday 23 October, 0.00–1.00 (night from Friday to Saturday)"),
        # From the hour that comes twice into itself.
        (at(25, 2, 30), at(25, 2, 30, winter=True),
         "zaterdag 24 oktober, 2.30–2.30 uur (nacht van zaterdag op zondag)",
         "Saturday 24 October, 2.30–2.30 (night from Saturday to Sunday)"),
        (at(24, 5, 59), at(24, 7), "vrijdag 23 oktober, 5.59–7.00 uur"
         " (nacht van vrijdag op zaterdag)",
         "Friday 23 October, 5.59–7.00 (night from Friday to Saturday)"),
        (at(24, 6), at(24, 7), "zaterdag 24 oktober, 6.00–7.00 uur",
         "Saturday 24 October, 6.00–7.00"),
    ],
)  # fmt: skip
def test_a_span_is_of_the_evenings_day(
    said: Said, starts: datetime, ends: datetime, dutch: str, english: str
) -> None:
    assert said(lambda: dates.span(AMSTERDAM, starts, ends)) == (dutch, english)


@pytest.mark.parametrize(
    ("moment", "dutch"),
    [
        (at(23, 23, 59), ""),
        (at(24, 0), "nacht van vrijdag op zaterdag"),
        (at(24, 5, 59), "nacht van vrijdag op zaterdag"),
        (at(24, 6), ""),
        (at(25, 2, winter=True), "nacht van zaterdag op zondag"),
        (at(26, 3, winter=True), "nacht van zondag op maandag"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "nacht van donderdag op vrijdag"),
    ],
)
def test_the_night_is_named_after_both_its_days(said: Said, moment: datetime, dutch: str) -> None:
    assert said(lambda: dates.night(AMSTERDAM, moment))[0] == dutch


def test_the_night_after_an_evening(said: Said) -> None:
    night = said(lambda: dates.night_after(NEW_YEARS_EVE))
    assert night == ("nacht van donderdag op vrijdag", "night from Thursday to Friday")

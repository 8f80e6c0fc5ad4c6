"""Days and moments as people read them, on the clocks of the festival."""

from datetime import UTC, datetime

import pytest

from festival.editions.models import Edition
from festival.tickets import dates
from festival.web.languages import speaking

# Half an hour after midnight in Tilburg, early evening of the day before in New York.
AFTER_MIDNIGHT = datetime(2026, 10, 22, 22, 30, tzinfo=UTC)


def edition(zone="Europe/Amsterdam"):
    return Edition(timezone=zone)


@pytest.mark.parametrize(
    ("zone", "language", "written"),
    [
        ("Europe/Amsterdam", "nl", "vrijdag 23 oktober 2026"),
        ("Europe/Amsterdam", "en", "Friday 23 October 2026"),
        ("America/New_York", "nl", "donderdag 22 oktober 2026"),
        ("America/New_York", "en", "Thursday 22 October 2026"),
    ],
)
def test_a_day_is_the_one_at_the_festival_in_the_language_of_the_page(
    texts, zone, language, written
):
    with speaking(language):
        assert dates.local_day(edition(zone), AFTER_MIDNIGHT) == written


def test_the_new_year_begins_at_the_festival_and_not_in_utc(texts):
    eve = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert dates.local_day(edition(), eve) == "vrijdag 1 januari 2027"


@pytest.mark.parametrize(
    ("at", "dutch", "english"),
    [
        (
            datetime(2026, 10, 23, 7, 5, tzinfo=UTC),
            "vrijdag 23 oktober 2026, 9.05 uur",
            "Friday 23 October 2026, 9.05",
        ),
        (AFTER_MIDNIGHT, "vrijdag 23 oktober 2026, 0.30 uur", "Friday 23 October 2026, 0.30"),
        # Half past two comes twice that night, and an hour later in UTC it is half past three.
        (
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            "zondag 25 oktober 2026, 2.30 uur",
            "Sunday 25 October 2026, 2.30",
        ),
        (
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            "zondag 25 oktober 2026, 2.30 uur",
            "Sunday 25 October 2026, 2.30",
        ),
        (
            datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
            "zondag 25 oktober 2026, 3.30 uur",
            "Sunday 25 October 2026, 3.30",
        ),
    ],
)
def test_a_moment_is_a_day_and_what_the_clock_shows(texts, at, dutch, english):
    assert dates.moment(edition(), at) == dutch
    with speaking("en"):
        assert dates.moment(edition(), at) == english

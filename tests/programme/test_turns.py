"""What stands where on a screen: server and script in the browser follow one list of cases."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from festival.signage import stage_schedule
from festival.signage.stage_schedule import Turn
from festival.web.languages import Bilingual
from tests.world import at

# tests/js/screen_turns.test.js holds the script to the same.
CASES = json.loads((Path(__file__).parents[1] / "js/cases/places_in_time.json").read_text())


def moment(day: str, time: str) -> datetime:
    hour, minute = time.split(":")
    return at(int(day), int(hour), int(minute))


def turn(written: str) -> Turn:
    """A turn from `23 10:00-11:00`, followed by `off` or `break` if it is that."""
    day, hours, *flag = written.split()
    starts, ends = hours.split("-")
    return Turn(
        stage_id=1,
        day=date(2026, 10, int(day)),
        starts_at=moment(day, starts),
        ends_at=moment(day, ends),
        kind="break" if flag == ["break"] else "talk",
        state="cancelled" if flag == ["off"] else "scheduled",
        title=Bilingual("Soep"),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_places_in_time(case: dict[str, Any]) -> None:
    here = [turn(written) for written in case["turns"]]
    now = moment(*case["now"].split())
    day = stage_schedule.shown_day(here, now)
    assert (f"{day:%d}" if day else None) == case["day"]
    assert stage_schedule.places_in_time(here, day, now) == case["places"]

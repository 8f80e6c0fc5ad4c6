"""What stands where on a screen: server and script in the browser follow one list of cases."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from festival.programme.occurrences import StageEntry, occurrences_of
from festival.signage import stage_schedule
from tests.snapshots import pause, session, slot, snapshot_of
from tests.world import at

# tests/js/stage_schedule.test.js holds the script to the same.
CASES = json.loads((Path(__file__).parents[1] / "js/cases/places_in_time.json").read_text())


def moment(day: str, time: str) -> datetime:
    hour, minute = time.split(":")
    return at(int(day), int(hour), int(minute))


def entry(written: str) -> StageEntry:
    """An entry from `23 10:00-11:00`, followed by `off` or `break` if it is that."""
    day, hours, *flag = written.split()
    starts_at, ends_at = (moment(day, each) for each in hours.split("-"))
    found = StageEntry(
        stage_id=1, day=date(2026, 10, int(day)), starts_at=starts_at, ends_at=ends_at
    )
    if flag == ["break"]:
        return replace(found, block=pause(1, 0, 0))
    state = "cancelled" if flag == ["off"] else "scheduled"
    only = replace(slot(1, 1, 0, 60, state=state), starts_at=starts_at, ends_at=ends_at)
    of = session(1, only)
    return replace(found, occurrence=occurrences_of(snapshot_of([of]), of)[0])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_places_in_time(case: dict[str, Any]) -> None:
    here = [entry(written) for written in case["entries"]]
    now = moment(*case["now"].split())
    day = stage_schedule.shown_day(here, now)
    assert (f"{day:%d}" if day else None) == case["day"]
    assert stage_schedule.places_in_time(here, day, now) == case["places"]

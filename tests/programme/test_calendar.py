"""Slots as iCalendar: read by two libraries that no one here wrote, and compared with the zone."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from festival.programme import calendar, snapshot_reading
from festival.text import line, plain
from festival.web.languages import Bilingual, speaking
from tests import make
from tests.make import NOW
from tests.world import at

URL = "http://localhost/programma/zagen"


def written(slot, **values) -> bytes:
    edition = make.current_edition()
    made = calendar.calendar(edition, "Mijn; dag, en verder")
    made.add_component(calendar.event(edition, slot, slot.session, slot.stage, url=URL, **values))
    return calendar.write(made)


def event(slot, **values):
    return Calendar.from_ical(written(slot, **values)).walk("VEVENT")[0]


def test_a_subscription_says_what_it_is_called_and_how_often_it_may_be_read(app: Flask) -> None:
    raw = written(make.slot())
    for name in (b"NAME", b"X-WR-CALNAME"):
        assert b"\r\n" + name + b":Mijn\\; dag\\, en verder\r\n" in raw
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n" in raw
    assert b"\r\nX-PUBLISHED-TTL:PT15M\r\n" in raw
    read = Calendar.from_ical(raw)
    assert read["VERSION"] == "2.0"
    assert "METHOD" not in read
    assert len(read.walk("VTIMEZONE")) == 1


def test_an_event_is_stamped_with_the_change_of_its_row(app: Flask) -> None:
    slot = make.slot(sequence=3, changed_at=NOW)
    read = event(slot)
    assert read["UID"] == f"{slot.code}@localhost"
    assert read["DTSTAMP"].dt == read["LAST-MODIFIED"].dt == NOW
    assert read["SEQUENCE"] == 3
    assert (read["STATUS"], read["URL"]) == ("CONFIRMED", URL)
    later = NOW + timedelta(hours=1)
    assert event(slot, changed_at=later)["DTSTAMP"].dt == later
    assert event(slot, changed_at=NOW - timedelta(hours=1))["DTSTAMP"].dt == NOW


def test_times_are_local_and_include_the_delay(app: Flask) -> None:
    slot = make.slot(starts=at(23, 11), minutes=60, delay_minutes=15)
    read = event(slot)
    assert read["DTSTART"].params["TZID"] == "Europe/Amsterdam"
    assert read["DTSTART"].to_ical() == b"20261023T111500"
    assert read["DTEND"].to_ical() == b"20261023T121500"
    assert "Begint 15 minuten later." in read["DESCRIPTION"]


def test_a_repeated_hour_is_written_in_utc(app: Flask) -> None:
    """A local time names the first of the two."""
    first, second = (
        datetime(2026, 10, 25, 0, 15, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 15, tzinfo=UTC),
    )
    assert event(make.slot(starts=first, minutes=30))["DTSTART"].to_ical() == b"20261025T021500"
    again = event(make.slot(starts=second, minutes=30))
    assert again["DTSTART"].to_ical() == b"20261025T011500Z"
    assert again["DTEND"].dt - again["DTSTART"].dt == timedelta(minutes=30)


@pytest.mark.parametrize("state", ["cancelled", "dropped"])
def test_a_cancelled_slot_stays_as_cancelled(app: Flask, state: str) -> None:
    slot = make.slot(state=state, reason=Bilingual("De maker is ziek.", "The maker is ill."))
    read = event(slot)
    assert read["STATUS"] == "CANCELLED"
    assert read["TRANSP"] == "TRANSPARENT"
    assert read["SUMMARY"].startswith("Gaat niet door: ")
    assert "De maker is ziek." in read["DESCRIPTION"]
    with speaking("en"):
        assert event(slot)["SUMMARY"].startswith("Cancelled: ")


def test_the_owner_of_the_calendar_may_have_cancelled(app: Flask) -> None:
    read = event(make.slot(), is_cancelled=True)
    assert read["STATUS"] == "CANCELLED"
    assert "Gaat niet door" not in read["SUMMARY"], "for others it goes on"


def test_a_row_and_a_snapshot_give_the_same_event(app: Flask) -> None:
    row = make.slot()
    edition = row.session.edition
    planned = snapshot_reading.read_published(edition)
    [slot] = planned.slots
    made = calendar.calendar(edition, "Mijn; dag, en verder")
    stage = planned.stages[slot.stage_id]
    made.add_component(
        calendar.event(edition, slot, planned.sessions[slot.session_id], stage, url=URL)
    )
    assert calendar.write(made) == written(row)


def test_the_zone_changes_when_the_clocks_do(app: Flask) -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    [read] = Calendar.from_ical(written(make.slot())).walk("VTIMEZONE")
    onsets = {
        part["DTSTART"].dt - part["TZOFFSETFROM"].td: part["TZOFFSETTO"].td
        for part in read.subcomponents
    }
    assert len(onsets) >= 5
    for onset, offset in list(onsets.items())[1:]:
        moment = onset.replace(tzinfo=UTC)
        assert moment.astimezone(zone).utcoffset() == offset
        assert (moment - timedelta(minutes=1)).astimezone(zone).utcoffset() != offset
    assert datetime(2026, 10, 25, 1, tzinfo=UTC).replace(tzinfo=None) in onsets


@pytest.mark.parametrize("name", ["America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"])
def test_a_festival_elsewhere_has_its_own_zone(app: Flask, name: str) -> None:
    make.edition(timezone=name)
    slot = make.slot()
    read = vobject.readOne(written(slot).decode())
    assert read.vevent.dtstart.value.astimezone(UTC) == slot.starts_at


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(title=st.text(min_size=1), summary=st.text(), extra=st.text())
def test_any_text_survives_the_round_trip(world, title: str, summary: str, extra: str) -> None:
    slot = world.workshop.slots[0]
    with_text = type("Session", (), {"title": Bilingual(title), "summary": Bilingual(summary)})()
    made = calendar.calendar(world.edition, title)
    made.add_component(
        calendar.event(world.edition, slot, with_text, slot.stage, url=URL, extra=extra)
    )
    raw = calendar.write(made)
    assert raw.endswith(b"\r\n")
    assert all(len(folded) <= 75 for folded in raw.split(b"\r\n"))
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(?<!\r)\n|\r(?!\n)", raw)
    wanted = "\n\n".join(text for part in (summary, extra) if (text := plain(part).strip()))
    [read] = Calendar.from_ical(raw).walk("VEVENT")
    other = vobject.readOne(raw.decode())
    assert read["SUMMARY"] == line(title)
    assert str(read.get("DESCRIPTION", "")) == wanted
    assert other.vevent.summary.value == line(title)
    assert getattr(other.vevent, "description", None) is None or (
        other.vevent.description.value == wanted
    )

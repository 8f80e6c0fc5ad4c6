"""Calendars of the edition, a stage, somebody on stage and a session; read by two libraries."""

from datetime import timedelta

import pytest
import vobject
from flask.testing import FlaskClient
from icalendar import Calendar

from festival.web.languages import Bilingual
from tests import make
from tests.feeds.test_schedule import changed
from tests.world import World, at


def events(visitor: FlaskClient, address: str) -> dict[str, dict]:
    """What is in a calendar by UID; both libraries must read the same of it."""
    answer = visitor.get(address)
    assert answer.status_code == 200, address
    assert answer.content_type == "text/calendar; charset=utf-8"
    found = {str(each["UID"]): each for each in Calendar.from_ical(answer.data).walk("VEVENT")}
    others = vobject.readOne(answer.text).contents.get("vevent", [])
    assert {other.uid.value for other in others} == found.keys()
    for other in others:
        read = found[other.uid.value]
        assert other.dtstart.value == read["DTSTART"].dt
        assert other.dtend.value == read["DTEND"].dt
        assert other.summary.value == read["SUMMARY"]
        assert other.status.value == read["STATUS"]
        assert int(other.sequence.value) == read["SEQUENCE"]
    return found


def titles(visitor: FlaskClient, address: str) -> list[str]:
    return sorted(str(each["SUMMARY"]) for each in events(visitor, address).values())


def test_the_whole_programme(world: World, visitor: FlaskClient) -> None:
    assert titles(visitor, "/schedule.ics") == [
        "Soep is geen project",
        "Waar begin ik?",
        "Zagen voor beginners",
        "Zagen voor beginners",
    ]
    slot = world.talk.slots[0]
    talk = events(visitor, "/schedule.ics")[f"{slot.code}@localhost"]
    assert talk["URL"] == "http://localhost/programma/soep"
    assert talk["LOCATION"] == "De Hal"
    assert "Met Ria Wróżyńska" in talk["DESCRIPTION"]


def test_a_part_of_it(world: World, visitor: FlaskClient) -> None:
    assert titles(visitor, "/podium/hal.ics") == ["Soep is geen project"]
    assert titles(visitor, "/sprekers/ria.ics") == ["Soep is geen project"]
    assert titles(visitor, "/programma/zagen.ics") == ["Zagen voor beginners"] * 2
    assert titles(visitor, "/programma/coach.ics") == ["Waar begin ik?"], "not each meeting"
    meetings = {f"{slot.code}@localhost" for slot in world.coach.slots}
    assert not meetings & events(visitor, "/schedule.ics").keys(), "those are in agendas"
    make.stage(slug="leeg")
    changed(world)
    assert events(visitor, "/podium/leeg.ics") == {}


def test_both_languages_have_the_same_events(world: World, visitor: FlaskClient) -> None:
    dutch, english = events(visitor, "/schedule.ics"), events(visitor, "/en/schedule.ics")
    assert dutch.keys() == english.keys()
    assert "Soup is not a project" in titles(visitor, "/en/podium/hal.ics")
    assert "Soup is not a project" in titles(visitor, "/en/sprekers/ria.ics")
    assert "Soup is not a project" in titles(visitor, "/en/programma/soep.ics")


def test_what_is_cancelled_or_dropped_stays_as_cancelled(
    world: World, visitor: FlaskClient
) -> None:
    """Many calendars keep an event that vanishes from the file."""
    cancelled, dropped = world.talk.slots[0], world.workshop.slots[0]
    cancelled.state, dropped.state = "cancelled", "dropped"
    changed(world)
    for address in ("/schedule.ics", "/programma/zagen.ics", "/podium/tafel.ics"):
        assert events(visitor, address)[f"{dropped.code}@localhost"]["STATUS"] == "CANCELLED"
    for address in ("/schedule.ics", "/podium/hal.ics", "/sprekers/ria.ics"):
        assert events(visitor, address)[f"{cancelled.code}@localhost"]["STATUS"] == "CANCELLED"
    other = world.workshop.slots[0]  # the one that is left
    assert (
        events(visitor, "/programma/zagen.ics")[f"{other.code}@localhost"]["STATUS"] == "CONFIRMED"
    )


def test_a_coach_s_day_is_confirmed_while_one_meeting_is_left(
    world: World, visitor: FlaskClient
) -> None:
    [(uid, before)] = events(visitor, "/programma/coach.ics").items()
    slots = sorted(world.coach.slots, key=lambda slot: slot.starts_at)
    for slot in slots[:-1]:
        slot.state, slot.sequence = "dropped", slot.sequence + 1
    changed(world)
    left = events(visitor, "/programma/coach.ics")[uid]
    assert left["STATUS"] == "CONFIRMED"
    assert left["DTSTART"].dt == slots[-1].starts_at
    assert left["SEQUENCE"] > before["SEQUENCE"]
    slots[-1].state, slots[-1].sequence = "cancelled", 1
    changed(world)
    none = events(visitor, "/programma/coach.ics")[uid]
    assert none["STATUS"] == "CANCELLED"
    assert none["SEQUENCE"] > left["SEQUENCE"]


def test_the_sequence_of_a_coach_s_day_never_goes_back(world: World, visitor: FlaskClient) -> None:
    slots = sorted(world.coach.slots, key=lambda slot: slot.starts_at)
    for slot in slots[:3]:
        slot.sequence = 3
    changed(world)
    [(uid, before)] = events(visitor, "/programma/coach.ics").items()
    leaves = slots[0]
    leaves.stage_id, leaves.sequence = world.hall.id, leaves.sequence + 1
    leaves.changed_at += timedelta(hours=1)
    changed(world)
    left = events(visitor, "/programma/coach.ics")[uid]
    assert left["DTSTART"].dt == slots[1].starts_at
    assert left["SEQUENCE"] > before["SEQUENCE"]
    assert left["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt

    for slot in slots:
        slot.moved_from_at, slot.moved_from_stage_id = slot.starts_at, world.table.id
        slot.stage_id, slot.sequence = world.hall.id, slot.sequence + 1
    changed(world)
    found = events(visitor, "/programma/coach.ics")
    assert found.pop(uid)["STATUS"] == "CANCELLED"
    assert [event["STATUS"] for event in found.values()] == ["CONFIRMED"]
    assert visitor.get("/schedule.json").text.count("Waar begin ik?") == 1


def test_an_unreleased_session_is_in_no_calendar(world: World, visitor: FlaskClient) -> None:
    hidden = make.session(slug="geheim", title=Bilingual("Geheim"), is_public=False)
    make.slot(hidden, stage=world.hall, starts=at(23, 16), is_public=False)
    new = make.slot(world.talk, stage=world.hall, starts=at(24, 16), is_public=False)
    changed(world)
    assert visitor.get("/programma/geheim.ics").status_code == 404
    for address in ("/schedule.ics", "/schedule.xml", "/schedule.json", "/podium/hal.ics"):
        text = visitor.get(address).text
        assert "Geheim" not in text
        assert new.code not in text


@pytest.mark.parametrize("what", ["schedule", "podium/hal", "sprekers/ria", "programma/soep"])
def test_each_calendar_also_exists_below_its_edition(
    world: World, visitor: FlaskClient, what: str
) -> None:
    assert events(visitor, f"/{world.edition.slug}/{what}.ics") == events(visitor, f"/{what}.ics")

"""schedule.xml and schedule.json: what the format demands, read by parsers of others.

`faults` holds what c3voc's schemas say of order, names and values, in our own words.
"""

import json
import re
import sqlite3
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from festival.db import db
from festival.editions.rules import raise_programme_version
from festival.feeds import frab, source
from festival.programme.models.sessions import Slot
from festival.text import line
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.world import World, at

DATE = r"\d{4}-\d\d-\d\d"
MOMENT = rf"{DATE}T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
WEB = r"https?://\S+"
ANY = r"(?s:.*)"
CONFERENCE = {
    "title": r".+",
    "acronym": r"[a-z0-9_]{4,}",
    "start": DATE,
    "end": DATE,
    "days": r"[1-9]\d*",
    "timeslot_duration": r"\d\d:\d\d",
    "base_url": WEB,
    "time_zone_name": r"[A-Z][a-z]+/[A-Z][a-z]+",
}
EVENT = {
    "room": r".+",
    "title": r".+",
    "subtitle": ANY,
    "type": r".+",
    "date": MOMENT,
    "start": r"[0-2]\d:[0-5]\d",
    "duration": r"\d{1,2}:[0-5]\d",
    "abstract": ANY,
    "slug": r"[a-z0-9]{4,}-\d{1,6}-[a-z0-9_-]{3,}[a-z0-9]",
    "track": ANY,
    "logo": WEB,
    "persons": ANY,
    "language": r"[a-z]{2}",
    "description": ANY,
    "recording": ANY,
    "links": ANY,
    "attachments": ANY,
    "url": WEB,
}
REQUIRED_IN_JSON = {*EVENT, "id", "guid", "recording_license", "do_not_record"} - {"recording"}


def changed(world: World) -> None:
    """What rules do after each change, for tests that write rows themselves.

    The feeds that were kept are too old then.
    """
    raise_programme_version(world.edition.id)
    db.session.commit()
    forget_pages()


def xml_of(client: FlaskClient, address: str = "/schedule.xml") -> ElementTree.Element:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.data)
    assert faults(root) == []
    return root


def json_of(client: FlaskClient, address: str = "/schedule.json") -> dict:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/json"
    read = json.loads(answer.data)
    assert json_faults(read) == []
    return read["schedule"]


def faults(root: ElementTree.Element) -> list[str]:
    """Where a schedule is not as the format says."""
    found = []
    if [child.tag for child in root][:2] != ["version", "conference"]:
        found.append("it does not begin with version and conference")
    days = root[2:]
    if not days or {day.tag for day in days} != {"day"}:
        found.append("no days after them")
    found += wrong(root[1], CONFERENCE)
    if root.findtext("conference/days") != str(len(days)):
        found.append("another number of days")
    for day in days:
        found += faults_of_day(day)
    events = list(root.iter("event"))
    for values in (
        [event.get("guid") for event in events],
        [event.get("id") for event in events],
        [event.findtext("slug") for event in events],
        [day.get("index") for day in days],
    ):
        if len(values) != len(set(values)):
            found.append(f"twice: {values}")
    return found


def faults_of_day(day: ElementTree.Element) -> list[str]:
    found = []
    if not re.fullmatch(DATE, day.get("date", "")) or not int(day.get("index", "0")):
        found.append("a day without date or index")
    for name in ("start", "end"):
        if not re.fullmatch(MOMENT, day.get(name, "")):
            found.append(f"no {name} of the day")
    for room in day:
        for event in room:
            found += wrong(event, EVENT) + faults_of_event(event)
            if event.findtext("room") != room.get("name"):
                found.append("an event in another room")
            if not day.get("start") <= event.findtext("date", "") < day.get("end"):
                found.append("an event on another day")
    return found


def faults_of_event(event: ElementTree.Element) -> list[str]:
    found = []
    if not re.fullmatch(UUID, event.get("guid", "")) or int(event.get("id", "0")) < 1:
        found.append("an event without guid or id")
    if event.findtext("recording/optout") not in {"true", "false"}:
        found.append("no word on recording")
    for person in event.iterfind("persons/person"):
        if int(person.get("id", "0")) < 1 or not person.text:
            found.append("a person without id or name")
    for link in event.iterfind("links/link"):
        if not re.fullmatch(WEB, link.get("href", "")):
            found.append("a link to nowhere")
    return found


def wrong(element: ElementTree.Element, wanted: dict[str, str]) -> list[str]:
    found = []
    if [child.tag for child in element] != list(wanted):
        found.append(f"in {element.tag}: {[child.tag for child in element]}")
    for child in element:
        if not re.fullmatch(wanted.get(child.tag, "no"), child.text or ""):
            found.append(f"{child.tag}: {child.text!r}")
    return found


def json_faults(read: dict) -> list[str]:
    conference = read["schedule"]["conference"]
    found = [
        f"no {name}"
        for name in ("title", "acronym", "start", "end", "daysCount", "timeslot_duration", "days")
        if name not in conference
    ]
    if conference["daysCount"] != len(conference["days"]):
        found.append("another number of days")
    rooms = {room["name"] for room in conference["rooms"]}
    for day in conference["days"]:
        if set(day) != {"index", "date", "day_start", "day_end", "rooms"}:
            found.append(f"a day with {sorted(day)}")
        for name, events in day["rooms"].items():
            if name not in rooms:
                found.append(f"an unknown room {name}")
            for event in events:
                if set(event) != REQUIRED_IN_JSON:
                    found.append(f"not as wanted: {set(event) ^ REQUIRED_IN_JSON}")
                uuid.UUID(event["guid"])
                if not day["day_start"] <= event["date"] < day["day_end"]:
                    found.append("an event on another day")
                # In one of two forms, never both: with an id and `public_name`, or with `name`.
                found += [
                    f"a person with {sorted(person)}"
                    for person in event["persons"]
                    if not person["name"] or {"id", "public_name"} <= set(person)
                ]
    return found


def events_of(schedule: dict) -> list[dict]:
    return [
        event
        for day in schedule["conference"]["days"]
        for events in day["rooms"].values()
        for event in events
    ]


def titled(root: ElementTree.Element, title: str) -> ElementTree.Element:
    [event] = [each for each in root.iter("event") if title in each.findtext("title", "")]
    return event


def test_the_programme_as_xml(world: World, visitor: FlaskClient) -> None:
    root = xml_of(visitor)
    talk = titled(root, "Soep")
    assert talk.findtext("date") == "2026-10-23T10:00:00+02:00"
    assert (talk.findtext("start"), talk.findtext("duration")) == ("10:00", "00:45")
    assert (talk.findtext("track"), talk.findtext("type")) == ("Zorg", "talk")
    assert [person.text for person in talk.iterfind("persons/person")] == ["Ria Wróżyńska"]
    assert talk.findtext("url") == "http://localhost/programma/soep"
    assert root.findtext("version") == "1 Eerste"
    assert [day.get("date") for day in root.iterfind("day")] == [
        "2026-10-23",
        "2026-10-24",
        "2026-10-25",
    ]


def test_the_same_as_json(world: World, visitor: FlaskClient) -> None:
    read = json_of(visitor)
    by_guid = {event.get("guid"): event for event in xml_of(visitor).iter("event")}
    assert len(by_guid) == len(events_of(read)) == 4
    for event in events_of(read):
        other = by_guid[event["guid"]]
        assert str(event["id"]) == other.get("id")
        for name in ("room", "title", "date", "start", "duration", "slug", "track", "url", "logo"):
            assert event[name] == (other.findtext(name) or ""), name
        assert [(each["code"], each["public_name"]) for each in event["persons"]] == [
            (each.get("id"), each.text) for each in other.iterfind("persons/person")
        ]
    assert read["base_url"] == "http://localhost/"
    assert (
        b'"$schema": "https://c3voc.de/schedule/schema.json"' in visitor.get("/schedule.json").data
    )
    assert read["conference"]["time_zone_name"] == "Europe/Amsterdam"


def test_each_language_has_its_own(world: World, visitor: FlaskClient) -> None:
    dutch, english = xml_of(visitor), xml_of(visitor, "/en/schedule.xml")
    talk = titled(english, "Soup is not a project")
    assert talk.findtext("track") == "Care"
    assert talk.findtext("url") == "http://localhost/en/programma/soep"
    assert [each.get("guid") for each in dutch.iter("event")] == [
        each.get("guid") for each in english.iter("event")
    ], "the same events"
    both = [
        each for each in english.iter("event") if each.findtext("title") == "Zagen voor beginners"
    ]
    assert {each.findtext("language") for each in both} == {"en"}, "given in both"


@pytest.mark.parametrize(
    ("spoken", "said"),
    [("nl+tr", "nl"), ("tr+ku", "tr"), ("dse+ti", "ti"), ("dse", "nl"), ("en", "en")],
)
def test_the_format_has_room_for_one_language(
    world: World, visitor: FlaskClient, spoken: str, said: str
) -> None:
    world.talk.languages = spoken
    raise_programme_version(world.edition.id)
    db.session.commit()
    assert titled(xml_of(visitor), "Soep is geen project").findtext("language") == said


def test_a_coach_s_day_is_one_event(world: World, visitor: FlaskClient) -> None:
    """The meetings concern only the coach and whoever booked them."""
    coach = titled(xml_of(visitor), "Waar begin ik?")
    assert (coach.findtext("start"), coach.findtext("duration")) == ("13:00", "04:55")
    first = min(world.coach.slots, key=lambda slot: slot.id)
    first.state = "dropped"
    changed(world)
    without = titled(xml_of(visitor), "Waar begin ik?")
    assert without.get("guid") == coach.get("guid"), "the same event"
    assert without.get("id") == coach.get("id")
    assert without.findtext("start") == "13:25"


def test_a_session_in_the_night_belongs_to_the_evening(world: World, visitor: FlaskClient) -> None:
    night = make.session(kind="music", title=Bilingual("Nachtmuziek"))
    make.slot(night, stage=world.hall, starts=at(24, 23, 30), minutes=120, places=None)
    late = make.session(kind="music", title=Bilingual("Na middernacht"))
    make.slot(late, stage=world.hall, starts=at(25, 1, 30), minutes=30, places=None)
    changed(world)
    root = xml_of(visitor)
    saturday = root.find("day[@date='2026-10-24']")
    assert [each.findtext("start") for each in saturday.iterfind("room[@name='De Hal']/event")] == [
        "23:30",
        "01:30",
    ]


def test_the_night_in_which_the_clocks_change(world: World, visitor: FlaskClient) -> None:
    night = make.session(kind="music", title=Bilingual("Wintertijd"))
    for hour in (0, 1):  # 2.15 in summer time, and an hour later 2.15 again
        starts = datetime(2026, 10, 25, hour, 15, tzinfo=UTC)
        make.slot(night, stage=world.hall, starts=starts, minutes=45, places=None)
    changed(world)
    root = xml_of(visitor)
    both = [each for each in root.iter("event") if each.findtext("title") == "Wintertijd"]
    assert [(each.findtext("start"), each.findtext("date")) for each in both] == [
        ("02:15", "2026-10-25T02:15:00+02:00"),
        ("02:15", "2026-10-25T02:15:00+01:00"),
    ]
    saturday = root.find("day[@date='2026-10-24']")
    assert saturday.get("end") == "2026-10-25T06:00:00+01:00"
    assert both[0] in list(saturday.iter("event"))


def test_a_delay_is_in_the_times(world: World, visitor: FlaskClient) -> None:
    slot = world.talk.slots[0]
    slot.delay_minutes, slot.reason = 20, Bilingual("De trein staat stil.")
    changed(world)
    talk = titled(xml_of(visitor), "Soep")
    assert (talk.findtext("start"), talk.findtext("duration")) == ("10:20", "00:45")
    assert talk.findtext("subtitle") == "Begint 20 minuten later. · De trein staat stil."


def test_a_delay_past_six_moves_it_to_the_next_day(world: World, visitor: FlaskClient) -> None:
    early = make.session(kind="talk", title=Bilingual("Vroeg"))
    make.slot(early, stage=world.hall, starts=at(24, 5, 50), places=None, delay_minutes=20)
    changed(world)
    saturday = xml_of(visitor).find("day[@date='2026-10-24']")
    assert titled(saturday, "Vroeg").findtext("start") == "06:10"


def test_a_cancelled_event_says_so(world: World, visitor: FlaskClient) -> None:
    before = titled(xml_of(visitor), "Soep")
    slot, instead = world.talk.slots[0], world.workshop.slots[1]
    slot.state, slot.reason = "cancelled", Bilingual("Ria is ziek.", "Ria is ill.")
    slot.replaced_by_id = instead.id
    changed(world)
    talk = titled(xml_of(visitor), "Soep")
    assert talk.get("guid") == before.get("guid")
    assert talk.findtext("title") == "Gaat niet door: Soep is geen project"
    assert talk.findtext("subtitle") == "Gaat niet door · Ria is ziek."
    [link] = talk.iterfind("links/link")
    assert link.get("href") == "http://localhost/programma/zagen"
    english = titled(xml_of(visitor, "/en/schedule.xml"), "Soup")
    assert english.findtext("subtitle") == "Cancelled · Ria is ill."


def test_a_dropped_event_is_left_out(world: World, visitor: FlaskClient) -> None:
    world.talk.slots[0].state = "dropped"
    changed(world)
    assert "Soep" not in visitor.get("/schedule.xml").text
    assert "Soep" not in visitor.get("/schedule.json").text


def test_two_stages_of_one_name_are_two_rooms(world: World, visitor: FlaskClient) -> None:
    other = make.stage(name=Bilingual("De Hal"), slug="hal-2")
    make.slot(make.session(), stage=other, starts=at(23, 10))
    changed(world)
    rooms = {room.get("name") for room in xml_of(visitor).iter("room") if room.get("name")}
    assert {"De Hal (hal)", "De Hal (hal-2)"} <= rooms
    json_of(visitor)


def test_nothing_overlaps_in_one_room(world: World, visitor: FlaskClient) -> None:
    """A second coach at the same stage sits at another table."""
    other = make.session(slug="raad", kind="coaching", title=Bilingual("Raad"))
    make.slot(other, stage=world.table, starts=at(23, 14), minutes=20)
    instead = make.session(slug="brood", kind="talk", title=Bilingual("Brood"))
    make.slot(instead, stage=world.hall, starts=at(23, 10, 15), places=None)
    world.talk.slots[0].state = "cancelled"
    changed(world)
    root = xml_of(visitor)
    rooms = {event.findtext("title"): event.findtext("room") for event in root.iter("event")}
    assert (rooms["Waar begin ik?"], rooms["Raad"]) == ("De Tafel", "De Tafel (2)")
    assert rooms["Brood"] == "De Hal", "where people go"
    assert rooms["Gaat niet door: Soep is geen project"] == "De Hal (2)"
    for room in root.iterfind("day/room"):
        spans = [span(event) for event in room]
        assert all(ends <= starts for (_, ends), (starts, _) in pairwise(spans))
    named = {room["name"] for room in json_of(visitor)["conference"]["rooms"]}
    assert {"De Tafel (2)", "De Hal (2)"} <= named


def test_rooms_and_times_are_both_as_expected_now(world: World, visitor: FlaskClient) -> None:
    """What is late keeps its room to itself, and gives it back to whatever it no longer meets."""
    world.talk.slots[0].delay_minutes = 30  # 10.30 to 11.15
    late = make.session(slug="brood", kind="talk", title=Bilingual("Brood"))
    make.slot(late, stage=world.hall, starts=at(23, 11), minutes=30, places=None)
    later = make.session(slug="soms", kind="talk", title=Bilingual("Soms"))
    # Announced for 11.15, in the middle of the former: by now it follows it.
    make.slot(
        later, stage=world.hall, starts=at(23, 11, 15), minutes=30, delay_minutes=20, places=None
    )
    changed(world)
    events = list(xml_of(visitor).iter("event"))
    rooms = {event.findtext("title"): event.findtext("room") for event in events}
    assert rooms["Soms"] == "De Hal"
    assert {rooms["Soep is geen project"], rooms["Brood"]} == {"De Hal", "De Hal (2)"}
    for room in xml_of(visitor).iterfind("day/room"):
        spans = [span(event) for event in room]
        assert all(ends <= starts for (_, ends), (starts, _) in pairwise(spans))


def span(event: ElementTree.Element) -> tuple[datetime, datetime]:
    starts_at = datetime.fromisoformat(event.findtext("date", ""))
    hours, minutes = map(int, event.findtext("duration", "").split(":"))
    return starts_at, starts_at + timedelta(hours=hours, minutes=minutes)


def test_short_addresses_are_made_long_enough(world: World, visitor: FlaskClient) -> None:
    world.edition.slug = "27"
    make.slot(make.session(slug="a"), stage=world.hall, starts=at(23, 15))
    changed(world)
    root = xml_of(visitor)
    assert root.findtext("conference/acronym") == "festival27"


def test_an_edition_without_a_programme_has_its_days(app: object, visitor: FlaskClient) -> None:
    make.edition()
    root = xml_of(visitor)
    assert len(root.findall("day")) == 3
    assert root.findtext("version") == "0"
    assert events_of(json_of(visitor)) == []


def test_numbers_stay_short_and_differ() -> None:
    numbers = {source.number_of(row_id) for row_id in range(1, 50_000)}
    assert len(numbers) == 49_999
    assert 0 < min(numbers) <= max(numbers) < 1_000_000


@pytest.mark.parametrize("fault", ["guid", "order", "slug", "date"])
def test_the_checker_finds_faults(world: World, visitor: FlaskClient, fault: str) -> None:
    """Checks the checker."""
    root = ElementTree.fromstring(visitor.get("/schedule.xml").data)
    first, second = list(root.iter("event"))[:2]
    if fault == "guid":
        first.set("guid", second.get("guid", ""))
    elif fault == "order":
        first.insert(0, first[-1])
    elif fault == "slug":
        first.find("slug").text = "x"
    else:
        first.find("date").text = "2026-10-23T10:00:00"
    assert faults(root)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(title=st.text(min_size=1), text=st.text(), name=st.text())
def test_any_text_gives_valid_files(world: World, title: str, text: str, name: str) -> None:
    made = source.source_of(world.edition, now=NOW)
    event = made.events[0]
    talk = replace(
        event.session,
        title=Bilingual(title),
        summary=Bilingual(text),
        description=Bilingual(text),
    )
    odd = replace(event, session=talk, reason=Bilingual(name))
    strange = replace(made, events=[odd], release=name, by_session={talk.id: [odd]})
    as_xml = frab.as_xml(world.edition, strange)
    expat = ElementTree.fromstring(as_xml)
    other = etree.fromstring(as_xml)
    assert [each.text for each in expat.iter()] == [each.text for each in other.iter()]
    assert (expat.findtext(".//event/title") or "") == line(title)
    as_json = frab.as_json(world.edition, strange)
    assert json.loads(as_json)["schedule"]["conference"]["days"]
    with sqlite3.connect(":memory:") as sqlite:
        assert sqlite.execute("SELECT json_valid(?)", (as_json.decode(),)).fetchone() == (1,)
    sqlite.close()


def test_events_are_in_the_order_in_which_they_will_be(world: World, visitor: FlaskClient) -> None:
    late = make.session(kind="talk", title=Bilingual("Laat"))
    slot = make.slot(late, stage=world.hall, starts=at(23, 9), places=None)
    changed(world)
    db.session.get(Slot, slot.id).delay_minutes = 120
    changed(world)
    starts = [
        each.findtext("date")
        for each in xml_of(visitor).iterfind("day[@index='1']/room[@name='De Hal']/event")
    ]
    assert len(starts) == 2
    assert starts == sorted(starts)

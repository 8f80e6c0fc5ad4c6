"""What the device needs for `mijn dag`: the programme as JSON, stars as a calendar, the page."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from festival.db import db
from festival.programme.models.places import Walk
from festival.web.languages import Bilingual
from tests import make
from tests.timetable.test_now import change
from tests.timetable.test_timetable import page
from tests.world import World, at, build_world

Counter = Callable[[], AbstractContextManager[list[str]]]


def moments(visitor: FlaskClient, prefix: str = "") -> dict[str, dict[str, object]]:
    """What the device gets, by code."""
    answer = visitor.get(f"{prefix}/programma.json")
    assert answer.status_code == 200
    return {each["code"]: each for day in answer.json["days"] for each in day["moments"]}


def test_the_device_gets_every_moment_in_its_language(visitor: FlaskClient, world: World) -> None:
    [talk] = world.talk.slots
    found = moments(visitor)
    assert len(found) == 4, "a coach's afternoon is one"
    assert found[talk.code] == {
        "code": talk.code,
        "title": "Soep is geen project",
        "url": "/programma/soep",
        "kind": "talk",
        "stage": "hal",
        "stage_name": "De Hal",
        "from": "2026-10-23T08:00+00:00",
        "until": "2026-10-23T08:45+00:00",
        "time": "10.00–10.45 uur",
        "is_whole": True,
    }
    assert "is_whole" not in found[world.coach.slots[0].code], "one sees a part of it"
    english = moments(visitor, "/en")
    assert english[talk.code]["title"] == "Soup is not a project"
    assert english[talk.code]["url"] == "/en/programma/soep"
    assert english[world.workshop.slots[0].code]["lang"] == "nl", "there is no English of it"
    json = visitor.get("/programma.json").json
    assert [day["label"] for day in json["days"]] == ["vrijdag 23 oktober", "zaterdag 24 oktober"]


def test_the_device_gets_the_changes_of_the_day(visitor: FlaskClient, world: World) -> None:
    [talk] = world.talk.slots
    change(world, talk, delay_minutes=15, reason=Bilingual("De trein."))
    change(world, world.workshop.slots[0], state="cancelled", replaced_by=talk)
    found = moments(visitor)
    late, cancelled = found[talk.code], found[world.workshop.slots[0].code]
    assert late["from"] == "2026-10-23T08:15+00:00", "as expected now"
    assert (late["time"], late["was"]) == ("10.15–11.00 uur", "10.00–10.45 uur")
    assert late["states"] == [{"shape": "late", "words": "15 minuten later", "reason": "De trein."}]
    assert cancelled["is_cancelled"] is True
    assert cancelled["states"] == [
        {
            "shape": "cancelled",
            "words": "Gaat niet door",
            "reason": "",
            "lead": "In plaats hiervan:",
            "link": "Soep is geen project",
            "url": "/programma/soep",
        }
    ]


def test_the_device_knows_which_night_it_is(visitor: FlaskClient, world: World) -> None:
    [talk] = world.talk.slots
    change(world, talk, starts_at=at(24, 0, 15), ends_at=at(24, 1))
    assert moments(visitor)[talk.code]["time"] == ("0.15–1.00 uur (nacht van vrijdag op zaterdag)")
    days = visitor.get("/programma.json").json["days"]
    assert talk.code in [each["code"] for each in days[0]["moments"]], "with its evening"


def test_the_device_knows_how_long_a_walk_takes(visitor: FlaskClient, world: World) -> None:
    db.session.add(Walk(stage_id=world.hall.id, other_id=world.table.id, minutes=12))
    db.session.commit()
    json = visitor.get("/programma.json").json
    assert json["walk"] == 5
    assert json["walks"] == {"hal tafel": 12, "tafel hal": 12}


def test_nothing_private_reaches_the_device(visitor: FlaskClient, world: World) -> None:
    world.talk.host_notes = world.talk.needs = "GEHEIM"
    world.ria.email = "geheim@example.org"
    db.session.commit()
    make.session(slug="concept", is_public=False, title=Bilingual("GEHEIM"))
    text = visitor.get("/programma.json").get_data(as_text=True).casefold()
    assert "geheim" not in text


def test_the_json_is_sent_once_and_then_revalidated(visitor: FlaskClient, world: World) -> None:
    first = visitor.get("/programma.json")
    again = visitor.get("/programma.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    change(world, world.talk.slots[0], delay_minutes=5)
    changed = visitor.get("/programma.json", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_the_programme_as_json_takes_few_queries(any_app: Flask, queries: Counter) -> None:
    build_world()
    visitor = any_app.test_client()
    visitor.get("/programma.json")
    with queries() as sent:
        visitor.get("/programma.json")
    assert len(sent) == 1, "the edition"


def test_stars_as_a_calendar(visitor: FlaskClient, world: World) -> None:
    talk, cancelled = world.talk.slots[0], world.workshop.slots[0]
    change(world, cancelled, state="cancelled")
    draft = make.slot(world.talk, is_public=False)
    answer = visitor.get(f"/mijn-dag.ics?s={cancelled.code},{talk.code},NIETS,{draft.code},,")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CANCELLED"]
    assert str(events[0]["summary"]) == "Soep is geen project"
    assert visitor.get("/mijn-dag.ics").status_code == 200, "an empty one"
    assert visitor.get(f"/mijn-dag.ics?s={'A' * 9000}").status_code == 200


def test_a_calendar_holds_no_more_stars_than_anybody_sets(
    visitor: FlaskClient, world: World, queries: Counter
) -> None:
    codes = ",".join(f"N{number}" for number in range(900))
    visitor.get("/programma")
    with queries() as sent:
        visitor.get(f"/mijn-dag.ics?s={codes}")
    assert len(sent) == 1, "the edition; the programme is kept"


def test_without_javascript_the_page_says_what_to_do(visitor: FlaskClient, world: World) -> None:
    html = page(visitor, "/mijn-dag")
    without = html.split("data-without")[1].split("data-my-day")[0]
    assert "vraagt JavaScript" in without
    assert 'href="/kaartjes/opnieuw"' in without
    assert "data-my-day" in html
    assert "hidden>" in html.split("data-my-day")[1][:400], "empty until the script fills it"


def test_moments_can_get_a_star_in_the_current_edition_only(
    visitor: FlaskClient, world: World
) -> None:
    code = world.talk.slots[0].code
    for path in ("/programma", "/programma/soep"):
        html = page(visitor, path)
        assert f'data-moment="{code}"' in html
        assert 'data-programme="/programma.json"' in html
    former = make.edition(
        slug="2025",
        is_current=False,
        starts_on=world.edition.starts_on.replace(year=2025),
        ends_on=world.edition.ends_on.replace(year=2025),
    )
    assert "data-stars" not in page(visitor, f"/{former.slug}/programma")

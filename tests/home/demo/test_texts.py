"""The demo's texts: everybody in them is invented, and what names something else finds it."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from festival.home.demo import edition as loading
from festival.home.demo import orders
from festival.home.demo.texts import bilingual, read
from festival.team.editing import slug_of
from festival.web.languages import Bilingual

FILES = ("edition", "people", "sessions", "speakers", "stages", "themes", "tickets")
SESSIONS = read("sessions")["session"]
SPEAKERS = {each["slug"]: each for each in read("speakers")["speaker"]}
STAGES = {each["slug"]: each for each in read("stages")["stage"]}
TYPES = read("tickets")["ticket_type"]
EDITION = read("edition")["edition"]
DAYS = [EDITION["starts_on"] + timedelta(days=number) for number in range(2)]


def texts(table: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a table, with where it stands."""
    if isinstance(table, str):
        yield path, table
    elif isinstance(table, dict):
        for name, value in table.items():
            yield from texts(value, f"{path}.{name}")
    elif isinstance(table, list):
        for number, value in enumerate(table):
            yield from texts(value, f"{path}[{number}]")


def slots(session: dict[str, Any]) -> list[tuple[str, datetime, datetime]]:
    """Stage, begin and end of each moment of a session; a coach's meetings taken together."""
    if "coach_from" not in session:
        return [(slot["stage"], slot["starts_at"], slot["ends_at"]) for slot in session["slot"]]
    starts = datetime.combine(session["day"], session["coach_from"])
    minutes = (session["coach_minutes"] + session["coach_pause"]) * session["slots"]
    return [(session["stage"], starts, starts + timedelta(minutes=minutes))]


def overlapping(moments: list[tuple[str, datetime, datetime]]) -> list[tuple[str, datetime]]:
    """Of moments of the same name, those that begin before another one ends."""
    ordered = sorted(moments)
    return [
        (name, later[1])
        for (name, _starts, ends), later in pairwise(ordered)
        if later[0] == name and later[1] < ends
    ]


@pytest.mark.parametrize("name", FILES)
def test_no_text_leads_to_somebody_who_exists(name: str) -> None:
    """A demo that anybody may try out must send no mail, and ring nobody."""
    for path, text in texts(read(name)):
        hosts = re.findall(r"https?://([^/\s]+)", text) + re.findall(r"[\w.+-]+@([\w.-]+)", text)
        assert [host for host in hosts if not host.rstrip(".").endswith("example.org")] == [], path
        assert not re.search(r"(?<![\w.,])(\+\d{2}|0)[1-9][\d -]{7,}\d", text), path
        assert "www." not in text, path


def test_no_money_goes_to_somebody_who_exists() -> None:
    """The number by which banks explain what an IBAN is."""
    assert EDITION["organiser_iban"] == "NL91ABNA0417164300"


@pytest.mark.parametrize("name", FILES)
def test_no_text_is_empty_or_was_left_to_be_written(name: str) -> None:
    for path, text in texts(read(name)):
        assert text.strip(), path
        assert not re.search(r"\b(TBD|lorem ipsum)\b", text, re.IGNORECASE), path


def test_what_is_named_exists() -> None:
    themes = {each["slug"] for each in read("themes")["theme"]}
    pools = {each["slug"] for each in read("tickets")["pool"]}
    for session in SESSIONS:
        assert session.get("theme") in {None, *themes}, session["slug"]
        assert set(session.get("speakers", ())) <= SPEAKERS.keys(), session["slug"]
        assert {stage for stage, _starts, _ends in slots(session)} <= STAGES.keys()
    assert {each["pool"] for each in TYPES} == pools
    assert {slug for slug, _number, _sizes in orders._MIX} == {each["slug"] for each in TYPES}
    by_slug = {session["slug"]: session for session in SESSIONS}
    assert {loading.CAME_LATER, loading.WAS_LATER} <= by_slug.keys()
    assert len(by_slug[loading.WAS_LATER]["slot"]) == 1


def test_every_coach_is_asked_questions_and_nobody_else() -> None:
    coaches = {session["slug"] for session in SESSIONS if session["kind"] == "coaching"}
    asked = Counter(question["session"] for question in read("people")["questions"])
    assert set(asked) == coaches
    assert min(asked.values()) >= 3


def test_nobody_is_presented_who_is_in_nothing() -> None:
    assert {slug for session in SESSIONS for slug in session.get("speakers", ())} == set(SPEAKERS)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sessions", "session"),
        ("speakers", "speaker"),
        ("stages", "stage"),
        ("themes", "theme"),
        ("tickets", "ticket_type"),
        ("tickets", "pool"),
    ],
)
def test_slugs_are_of_one_thing_each(name: str, kind: str) -> None:
    found = [each["slug"] for each in read(name)[kind]]
    assert len(set(found)) == len(found)
    assert [slug for slug in found if slug_of(slug) != slug] == []


def test_every_moment_is_on_a_day_of_the_festival() -> None:
    assert DAYS[-1] == EDITION["ends_on"]
    for session in SESSIONS:
        for _stage, starts, ends in slots(session):
            assert starts < ends, session["slug"]
            # The night until six is of the day before.
            assert (starts - timedelta(hours=6)).date() in DAYS, session["slug"]
            assert ends - starts < timedelta(hours=8), session["slug"]


def test_no_stage_has_two_things_at_once() -> None:
    """But for coaches, who sit at tables side by side."""
    moments = [each for row in SESSIONS if row["kind"] != "coaching" for each in slots(row)]
    assert overlapping(moments) == []


def test_nobody_is_on_two_stages_at_once() -> None:
    moments = [
        (speaker, starts, ends)
        for session in SESSIONS
        for speaker in session.get("speakers", ())
        for _stage, starts, ends in slots(session)
    ]
    assert overlapping(moments) == []


def test_places_fit_on_the_stage() -> None:
    for session in SESSIONS:
        for slot in session.get("slot", ()):
            places = slot.get("places", 0) + slot.get("door_places", 0)
            assert places <= STAGES[slot["stage"]]["capacity"], session["slug"]
        booked = [slot for slot in session.get("slot", ()) if "places" in slot]
        assert bool(booked) == (session["kind"] == "workshop"), session["slug"]


def test_ten_sessions_are_there_in_dutch_only_and_all_else_in_both_languages() -> None:
    dutch_only = [session["slug"] for session in SESSIONS if "title_en" not in session]
    assert len(dutch_only) == 10
    tables = [row for row in SESSIONS if row["slug"] not in dutch_only]
    tables += [*SPEAKERS.values(), *STAGES.values(), *TYPES, EDITION]
    tables += [*read("themes")["theme"], *read("edition")["question"]]
    for table in tables:
        names = {name[:-3] for name in table if name.endswith(("_nl", "_en"))}
        assert names
        for name in names:
            assert {f"{name}_nl", f"{name}_en"} <= table.keys(), (table.get("slug"), name)
            dutch, english = table[f"{name}_nl"], table[f"{name}_en"]
            assert dutch != english or len(dutch) < 40, (table.get("slug"), name)


def test_tickets_are_for_days_that_exist_and_sold_before_they_end() -> None:
    ends = datetime.combine(DAYS[-1], datetime.max.time())
    for each in TYPES:
        assert set(map(str, each["days"])) <= set(map(str, DAYS)), each["slug"]
        assert each["sale_from"] < each["sale_until"] <= ends, each["slug"]
        assert 1 <= each["min_per_order"] <= each["max_per_order"], each["slug"]
        assert ("vat_category" in each) == bool(each["price_cents"]), each["slug"]
        [sizes] = [sizes for slug, _number, sizes in orders._MIX if slug == each["slug"]]
        assert max(sizes) <= each["max_per_order"], each["slug"]
    assert {each["price_cents"] > 0 for each in TYPES} == {True, False}
    hidden = {each["slug"] for each in TYPES if each.get("is_hidden")}
    opened = {slug for each in read("tickets")["voucher"] for slug in each.get("types", ())}
    assert hidden, "one is only for people who know a code"
    assert hidden <= opened


def test_there_are_names_enough_that_nobody_comes_twice() -> None:
    people = read("people")
    for name in ("first_names", "surnames"):
        assert len(set(people[name])) == len(people[name])
    wanted = sum(number * max(sizes) for _slug, number, sizes in orders._MIX)
    addresses = {
        f"{slug_of(first)}.{slug_of(last)}"
        for first in people["first_names"]
        for last in people["surnames"]
    }
    assert len(addresses) > 10 * wanted


def test_texts_of_a_table_are_read_with_what_is_missing_empty() -> None:
    table = {"title_nl": "\nBrood\n", "title_en": "Bread", "summary_nl": "Kort"}
    assert bilingual(table, "title", "summary", "bring") == {
        "title": Bilingual("Brood", "Bread"),
        "summary": Bilingual("Kort"),
        "bring": Bilingual(),
    }

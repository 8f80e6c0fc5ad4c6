"""What a process remembers of the programme between requests."""

import gc
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import pdf
from festival.db import Model, db
from festival.editions.rules import raise_programme_version
from festival.feeds import frab, pictures, sharing, source
from festival.feeds import views as feeds
from festival.signage import prints, stage_schedule
from festival.timetable import reading
from festival.web import pages
from tests import make
from tests.make import NOW
from tests.rush import ASKERS, Rush, ask_at_once
from tests.world import World

PLAIN = (dict, list, tuple, set, frozenset)


@pytest.mark.parametrize(
    "address", ["/", "/programma", "/nu", "/schedule.xml", "/scherm/hal", "/scherm/foyer"]
)
def test_no_database_row_is_kept_in_memory(
    app: Flask, world: World, visitor: FlaskClient, address: str
) -> None:
    """A row belongs to one request. Kept in memory, it would be shared by all threads."""
    del world
    assert visitor.get(address).status_code == 200
    assert [type(row).__name__ for row in rows_in(app.extensions)] == []


@pytest.mark.parametrize(
    ("address", "seconds", "memory", "made"),
    [
        ("/programma", 60, (pages, "_pages"), (reading, "draw_programme")),
        ("/programma", 0, (reading, "_programmes"), (reading, "draw_programme")),
        ("/schedule.xml", 0, (source, "_sources"), (source, "_read")),
        ("/schedule.xml", 0, (source, "_feeds"), (frab, "as_xml")),
        ("/scherm/hal", 0, (stage_schedule, "_schedules"), (stage_schedule, "make_schedule")),
    ],
)
def test_eight_simultaneous_requests_make_it_once(
    app: Flask,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    seconds: int,
    memory: tuple[ModuleType, str],
    made: tuple[ModuleType, str],
) -> None:
    del world
    app.config["PAGE_CACHE_SECONDS"] = seconds
    rush = Rush(getattr(*memory), monkeypatch)
    monkeypatch.setattr(*made, rush.making(getattr(*made)))
    answers = ask_at_once(app, lambda: app.test_client().get(address))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert (len(answers), rush.made) == (ASKERS, 1)


@pytest.mark.parametrize(
    ("address", "memory", "made"),
    [
        ("/podium/hal.pdf", (prints, "_documents"), (pdf, "make")),
        ("/programma-a3.pdf", (prints, "_documents"), (pdf, "make")),
        ("/programma-a5.pdf", (prints, "_documents"), (pdf, "make")),
        ("picture", (feeds, "_pictures"), (pictures, "draw")),
    ],
)
def test_of_eight_who_ask_for_dear_work_one_makes_one_waits_and_others_are_told(
    app: Flask,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    memory: tuple[ModuleType, str],
    made: tuple[ModuleType, str],
) -> None:
    """Threads that wait serve no pages."""
    if address == "picture":
        poster = sharing.festival_poster(world.edition)
        address = sharing.picture_url(world.edition, poster, "festival")
    rush = Rush(getattr(*memory), monkeypatch)
    monkeypatch.setattr(*made, rush.making(getattr(*made)))
    answers = ask_at_once(app, lambda: app.test_client().get(address))
    assert rush.made == 1
    good = [answer for answer in answers if answer.status_code == 200]
    told = [answer for answer in answers if answer.status_code == 503]
    assert len(good) >= 2
    assert len({answer.data for answer in good}) == 1
    assert len(good) + len(told) == ASKERS
    for answer in told:
        assert answer.headers["Retry-After"] == "5"
        assert "te druk" in answer.text
    assert app.test_client().get(address).status_code == 200
    assert rush.made == 1


def test_an_edition_read_before_a_release_gives_the_former_programme(
    app: Flask, world: World
) -> None:
    """Feeds say when they were made: the former one looks older, although it was read later."""
    old = world.edition
    before = old.programme_version
    with app.app_context():
        raise_programme_version(old.id)
        make.session(slug="nieuw")
        new = source.source_of(make.current_edition(), now=NOW)
        schedule = stage_schedule.schedule_of(make.current_edition())
    late = source.source_of(old, now=NOW + timedelta(seconds=9))
    assert (late.version, new.version) == (before, before + 1)
    assert late.made_at < new.made_at == NOW
    assert stage_schedule.schedule_of(old) is not schedule
    db.session.rollback()
    assert source.source_of(old, now=NOW) is new
    assert stage_schedule.schedule_of(old) is schedule


def rows_in(kept: object) -> Iterator[Model]:
    """Every row in it, however deep; what libraries keep is theirs."""
    todo, seen = [kept], set()
    while todo:
        each = todo.pop()
        if isinstance(each, Model):
            yield each
        elif id(each) not in seen and (
            isinstance(each, PLAIN) or type(each).__module__.startswith("festival.")
        ):
            seen.add(id(each))
            todo += gc.get_referents(each)

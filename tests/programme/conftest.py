"""A programme of two days to look at, and counting what a page asks of the database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from festival import clock
from festival.db import db
from festival.editions.models import Edition
from festival.languages import Bilingual
from festival.programme import publishing, rules
from festival.programme.models import Session, Speaker, Stage, Theme
from tests import make
from tests.make import NOW


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment on the festival's clocks, in October 2026 (summer time until the 25th)."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC) - timedelta(hours=2)


@dataclass
class World:
    """The programme that the tests of this folder look at."""

    edition: Edition
    hall: Stage
    table: Stage
    care: Theme
    ria: Speaker
    talk: Session
    workshop: Session
    coach: Session


@pytest.fixture(autouse=True)
def _before_the_festival(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is three weeks before the festival, whatever the calendar on the wall says."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def world(app: Flask) -> World:
    """A talk, a workshop given twice, and a coach with twelve meetings, on Friday and Saturday."""
    del app
    return build_world()


def build_world() -> World:
    edition = make.current_edition()
    hall = rules.save_stage(
        edition,
        None,
        {"slug": "hal", "name": Bilingual("De Hal", "The Hall"), "position": 1},
        now=NOW,
    )
    table = rules.save_stage(
        edition, None, {"slug": "tafel", "name": Bilingual("De Tafel"), "position": 2}, now=NOW
    )
    care = rules.save_theme(
        edition, None, {"slug": "zorg", "name": Bilingual("Zorg", "Care"), "position": 1}, now=NOW
    )
    ria = rules.save_speaker(
        edition,
        None,
        {"slug": "ria", "name": "Ria Wróżyńska", "organisation": "Buurthuis"},
        now=NOW,
    )

    def session(slug: str, kind: str, title: Bilingual, **values: object) -> Session:
        return rules.save_session(
            edition,
            None,
            {"slug": slug, "kind": kind, "title": title, **values},
            speakers=[ria] if kind == "talk" else [],
            now=NOW,
        )

    talk = session(
        "soep", "talk", Bilingual("Soep is geen project", "Soup is not a project"),
        theme_id=care.id, languages="nl", is_highlight=True,
    )  # fmt: skip
    workshop = session("zagen", "workshop", Bilingual("Zagen voor beginners"), languages="nl+en")
    coach = session("coach", "coaching", Bilingual("Waar begin ik?", "Where do I begin?"))
    rules.add_slot(
        talk, stage=hall, starts_at=at(23, 10), ends_at=at(23, 10, 45), places=None, now=NOW
    )
    for day in (23, 24):
        rules.add_slot(
            workshop,
            stage=table,
            starts_at=at(day, 11),
            ends_at=at(day, 12, 30),
            places=20,
            now=NOW,
        )
    rules.add_coaching_slots(
        coach, stage=table, starts_at=at(23, 13), minutes=20, pause=5, number=12, now=NOW
    )
    publishing.publish_draft(edition, name=Bilingual("Eerste"), now=NOW)
    return World(edition, hall, table, care, ria, talk, workshop, coach)


@pytest.fixture
def maker(visitor: FlaskClient, world: World) -> FlaskClient:
    """A programme maker's browser."""
    make.sign_in(visitor, "programme")
    return visitor


@pytest.fixture
def base(world: World) -> str:
    """Where the screens of this edition are."""
    return f"/team/programma/{world.edition.slug}"


@pytest.fixture
def queries() -> Callable[[], AbstractContextManager[list[str]]]:
    """A block that lists the statements sent to the database in it."""

    @contextmanager
    def counted() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("BEGIN"):
                sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counted

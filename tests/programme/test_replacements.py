"""What goes on instead of something cancelled is the same on every page, screen and feed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.bookings.day import days_of
from festival.db import db
from festival.programme.models.sessions import Slot
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.world import World, at

PLACES = ("/programma/soep", "/programma?dag=2026-10-23", "/scherm/hal", "/schedule.xml")


@pytest.fixture
def chain(world: World) -> list[Slot]:
    """The talk, replaced by bread, which was replaced by tea."""
    bread, tea = (
        make.slot(
            make.session(slug=slug, kind="talk", title=Bilingual(title)),
            stage=world.hall,
            starts=at(23, 10),
            minutes=45,
            places=None,
        )
        for slug, title in (("brood", "Brood voor later"), ("thee", "Thee met Ton"))
    )
    [talk] = world.talk.slots
    talk.state, talk.replaced_by = "cancelled", bread
    bread.replaced_by = tea
    db.session.commit()
    return [talk, bread, tea]


def offered(visitor: FlaskClient, world: World, title: str) -> list[bool]:
    """Whether each place offers the session of this title instead of the talk."""
    world.edition.programme_version += 1
    db.session.commit()
    forget_pages()
    said = []
    for place in PLACES:
        text = visitor.get(place).text.replace("\xad", "")
        start = text.find("plaats hiervan")
        if place == "/schedule.xml":
            start = text.find("<links><link") if "<links><link" in text else -1
        said.append(start >= 0 and title in text[start : start + 300])
    return said


def test_what_was_cancelled_too_is_recommended_nowhere(
    visitor: FlaskClient, world: World, chain: list[Slot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("festival.clock.now", lambda: at(23, 9, 50))
    _talk, bread, tea = chain
    assert offered(visitor, world, "Brood") == [True] * 4
    bread.state = "cancelled"
    assert offered(visitor, world, "Brood") == [False] * 4
    assert offered(visitor, world, "Thee") == [True] * 4
    tea.state = "dropped"
    assert offered(visitor, world, "Thee") == [False] * 4


def test_the_holder_s_day_follows_the_same_rule(app: Flask, chain: list[Slot]) -> None:
    talk, bread, tea = chain
    ticket = make.ticket()

    def instead() -> object:
        with app.test_request_context():
            [friday, *_others] = days_of(ticket, [], [talk], {}, now=make.NOW)
        [item] = friday.points
        return item.instead

    assert instead() == bread
    bread.state = "cancelled"
    db.session.commit()
    assert instead() == tea
    tea.state = "cancelled"
    db.session.commit()
    assert instead() is None

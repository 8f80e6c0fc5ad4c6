"""The front page and the fixed pages, in both languages."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from festival import clock
from festival.db import db
from festival.editions import rules
from festival.programme.rules import publishing, sessions, slots
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.timetable.test_timetable import page
from tests.world import World, at, build_world


@pytest.fixture(autouse=True)
def _before_the_festival(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def world(app: object) -> World:
    """An edition with a programme, texts, a partner and a question."""
    world = build_world()
    edition = world.edition
    rules.update_edition(
        edition,
        {
            "starts_on": edition.starts_on,
            "ends_on": edition.ends_on,
            "intro": Bilingual("Kom ook.", "Do come."),
            "route": Bilingual("Met de trein.\n\nMet de fiets."),
            "access": Bilingual("Een lift.", "A lift."),
            "house_rules": Bilingual("Wees aardig.", "Be kind."),
            "privacy": Bilingual("Alleen je naam.", "Your name only."),
            "venue_name": "De Loods",
            "venue_address": "Spoorlaan 1, 5038 XX Tilburg",
            "city": "Tilburg",
        },
        seen=edition.version,
        now=NOW,
    )
    rules.save_partner(edition, None, {"name": "Woonhuis Meander"}, now=NOW)
    rules.save_question(
        edition,
        None,
        {"question": Bilingual("Mag de hond mee?"), "answer": Bilingual("Ja.")},
        now=NOW,
    )
    return world


def test_the_front_page_says_what_when_where_and_what_next(
    visitor: FlaskClient, world: World
) -> None:
    html = page(visitor, "/")
    for words in (
        "vrijdag 23, zaterdag 24 en zondag 25 oktober 2026",
        "De Loods, Tilburg",
        "Doe het samen",
        "Kom ook.",
        "Nog 22 dagen.",
        'href="/kaartjes"',
        'href="/programma"',
        "Soep is geen project",
        "Woonhuis Meander",
    ):
        assert words in html, words
    assert "Zagen voor beginners" not in html, "no highlight"


def test_the_front_page_in_english(visitor: FlaskClient, world: World) -> None:
    html = page(visitor, "/en/")
    for words in (
        "Friday 23, Saturday 24 and Sunday 25 October 2026",
        "Do it together",
        "Do come.",
        "Soup is not a project",
        'href="/en/programma"',
        "22 days to go.",
    ):
        assert words in html, words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(22, 12), "Morgen is het zover."),
        (at(23, 12), "Vandaag is het zover."),
        (at(24, 3), "Vandaag is het zover."),
        (at(27, 12), "Dit festival is geweest."),
    ],
)
def test_the_front_page_knows_which_day_it_is(
    visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch, moment: object, words: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)
    html = page(visitor, "/")
    assert words in html
    assert ("Neem een kaartje" in html) == ("geweest" not in words)


def test_before_the_first_edition(visitor: FlaskClient) -> None:
    assert "Hier komt een festival" in page(visitor, "/")
    for path in ("/praktisch", "/privacy", "/contact"):
        assert visitor.get(path).status_code == 404


def test_an_edition_with_nothing_but_a_name(visitor: FlaskClient) -> None:
    make.edition(theme=Bilingual())
    for path in ("/", "/praktisch", "/privacy", "/contact", "/sprekers"):
        for prefix in ("", "/en"):
            page(visitor, prefix + path)
    assert "Innovatiefestival" in page(visitor, "/")


def test_the_practical_page(visitor: FlaskClient, world: World) -> None:
    html = page(visitor, "/praktisch")
    for words in (
        "<p>Met de trein.</p>",
        "Een lift.",
        "Wees aardig.",
        "Mag de hond mee?",
        "De Hal",
    ):
        assert words in html, words
    english = page(visitor, "/en/praktisch")
    assert "A lift." in english
    assert 'class="reading flow" lang="nl"' in english, "the route is there in Dutch only"
    assert '<span lang="nl">Mag de hond mee?</span>' in english


def test_privacy_and_contact(visitor: FlaskClient, world: World) -> None:
    assert "Alleen je naam." in page(visitor, "/privacy")
    assert "mailto:hallo@example.org" in page(visitor, "/contact")


def test_pages_are_the_same_for_everybody(visitor: FlaskClient, world: World) -> None:
    for path in ("/", "/programma", "/programma/soep", "/sprekers", "/praktisch", "/privacy"):
        answer = visitor.get(path)
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["Cache-Control"].startswith("public"), path
        forget_pages()
        again = visitor.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304, path


def test_what_robots_and_browsers_ask_for(visitor: FlaskClient) -> None:
    text = visitor.get("/robots.txt").get_data(as_text=True)
    for personal in ("/kaartje/", "/agenda/", "/spreker/"):
        assert f"Disallow: {personal}" in text
        assert f"Disallow: /en{personal}" in text
    assert visitor.get("/favicon.ico").status_code == 301


def test_front_page_shows_six_highlights_at_most(visitor: FlaskClient, world: World) -> None:
    for n in range(8):
        row = sessions.save_session(
            world.edition,
            None,
            {
                "slug": f"hoog-{n}",
                "kind": "talk",
                "title": Bilingual(f"Hoogtepunt {n}"),
                "is_highlight": True,
            },
            speakers=[],
            now=NOW,
        )
        start = at(24, 10) + timedelta(hours=n)
        slots.add_slot(
            row, stage=world.hall, starts_at=start, ends_at=start + timedelta(hours=1),
            places=None, now=NOW,
        )  # fmt: skip
    publishing.publish_draft(world.edition, name=Bilingual("Meer"), now=NOW)
    html = page(visitor, "/")
    assert html.count('class="card kind-') == 6
    assert html.index("Soep is geen") < html.index("Hoogtepunt 0") < html.index("Hoogtepunt 4")
    db.session.rollback()

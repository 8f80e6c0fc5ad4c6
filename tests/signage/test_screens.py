"""Screens at doors: what is now and next, what is different, and how little a television asks."""

import re
from datetime import timedelta

import html5lib
import pytest

from festival import clock
from festival.db import db
from festival.editions.rules import raise_programme_version
from festival.programme import slot_capacity
from festival.programme.models.timetable import Block
from festival.signage import stage_schedule
from festival.web.languages import Bilingual
from tests import make
from tests.crowd import crowd
from tests.kept_pages import forget_pages
from tests.snapshots import BEGIN, edition, pause, session, slot, snapshot_of, stage
from tests.world import at


@pytest.fixture
def now(monkeypatch):
    """A clock to be set; a screen that was kept is too old then."""

    def set_to(moment):
        forget_pages()
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


def lists(html):
    """The titles in each list of the first board, by its name."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    board = next(each for each in tree.iter("section") if "board" in each.get("class", ""))
    return {
        node.get("data-list"): [
            "".join(p.itertext()).replace("\xad", "")
            for p in node.iter("p")
            if p.get("class") == "entry-title"
        ]
        for node in board.iter("ol")
        if node.get("data-list")
    }


def news(html):
    """What the screen says is different: the language where it is another one, and the words."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return [
        (p.get("lang", ""), " ".join("".join(p.itertext()).split()))
        for p in tree.iter("p")
        if "entry-news" in p.get("class", "")
    ]


def changed(world):
    """Keep what the test changed, and let the screens be drawn again."""
    raise_programme_version(world.edition.id)
    db.session.commit()
    forget_pages()


def test_the_day_goes_by(world, visitor, now):
    seen = {}
    for hour, minute in [(9, 0), (10, 0), (10, 44), (10, 45)]:
        now(at(23, hour, minute))
        seen[hour, minute] = lists(visitor.get("/scherm/hal").text)
    talk = ["Soep is geen project"]
    assert seen[9, 0]["next"] == seen[10, 0]["now"] == seen[10, 44]["now"] == talk
    assert seen[10, 45] == {"now": [], "next": [], "later": [], "rest": talk}
    now(at(23, 11))
    table = lists(visitor.get("/scherm/tafel").text)
    # A coach's meetings are one thing; the workshop of tomorrow is there, out of sight.
    assert table == {
        "now": ["Zagen voor beginners"],
        "next": ["Waar begin ik?"],
        "later": [],
        "rest": ["Zagen voor beginners"],
    }


def test_after_the_last_thing_of_a_day_comes_the_next_day(world, visitor, now):
    now(at(23, 20))
    page = visitor.get("/scherm/tafel").text
    assert lists(page)["next"] == ["Zagen voor beginners"]
    assert re.search(r'data-label-of="2026-10-24">zaterdag 24 oktober', page)
    assert re.search(r'data-label-of="2026-10-23" hidden', page)
    now(at(24, 12, 30))
    page = visitor.get("/scherm/tafel").text
    assert lists(page)["next"] == []
    assert '<p class="boards-over">Het programma is voorbij' in page


def test_the_clock_is_that_of_the_festival_and_a_bar_says_how_long_still(world, visitor, now):
    now(at(23, 10, 20))
    page = visitor.get("/scherm/hal").text
    assert "<time data-clock>10.20</time>" in page
    assert '<progress max="45" value="20"></progress> <span>nog 25 minuten</span>' in page
    now(at(23, 9, 59))
    assert "over 1 minuut" in visitor.get("/scherm/hal").text


def test_late_cancelled_replaced_and_full(world, visitor, now):
    now(at(23, 9, 30))
    slot, workshop = world.talk.slots[0], world.workshop.slots[0]
    slot.delay_minutes, slot.reason = 15, Bilingual("De trein staat stil.")
    workshop.is_full = True
    changed(world)
    page = visitor.get("/scherm/hal").text
    assert "<s>10.00</s> <b>10.15</b>" in page
    assert "15 minuten later</strong> De trein staat stil." in page
    assert "vol" in visitor.get("/scherm/tafel").text
    now(at(23, 10, 50))
    assert lists(visitor.get("/scherm/hal").text)["now"] == ["Soep is geen project"]

    slot.state, slot.replaced_by = "cancelled", workshop
    changed(world)
    now(at(23, 10, 30))
    page = visitor.get("/scherm/hal").text
    assert lists(page)["now"] == ["Soep is geen project"]
    assert "Gaat niet door</strong> De trein staat stil." in page
    assert "In plaats hiervan: <strong>Zagen voor beginners</strong>" in page
    slot.state = "dropped"
    changed(world)
    assert "Soep is geen project" not in visitor.get("/scherm/hal").text


def test_changes_are_shown_in_both_languages(world, visitor, now):
    now(at(23, 9, 30))
    slot, workshop = world.talk.slots[0], world.workshop.slots[0]
    slot.delay_minutes = 15
    slot.reason = Bilingual("De trein staat stil.", "The train does not move.")
    workshop.delay_minutes, workshop.reason = 20, Bilingual("Er is geen hout.")
    changed(world)
    page = visitor.get("/scherm/hal").text
    assert news(page) == [
        ("", "15 minuten later De trein staat stil."),
        ("en", "15 minutes later The train does not move."),
    ]
    assert news(visitor.get("/en/scherm/hal").text) == [
        ("", "15 minutes later The train does not move."),
        ("nl", "15 minuten later De trein staat stil."),
    ]
    assert news(visitor.get("/scherm/foyer").text)[:2] == news(page)
    # Given in one language, it is said once.
    assert news(visitor.get("/scherm/tafel").text) == [
        ("", "20 minuten later Er is geen hout."),
        ("en", "20 minutes later"),
    ]

    slot.state, slot.replaced_by = "cancelled", workshop
    changed(world)
    assert news(visitor.get("/scherm/hal").text)[1] == (
        "en",
        "Cancelled The train does not move. Instead: Zagen voor beginners",
    )


def test_a_moved_session_leaves_a_note_at_the_old_door(world, visitor, now):
    now(at(23, 9, 30))
    slot = world.talk.slots[0]
    slot.moved_from_stage, slot.moved_from_at = world.hall, slot.starts_at
    slot.stage, slot.leaves_note = world.table, True
    slot.starts_at, slot.ends_at = at(23, 12, 30), at(23, 13)
    changed(world)
    assert "Verplaatst naar De Tafel, 12.30" in visitor.get("/scherm/hal").text
    assert "Stond eerst: De Hal, 10.00" in visitor.get("/scherm/tafel").text


def test_places_left_are_up_to_date(world, visitor, now):
    now(at(23, 10))
    workshop = world.workshop.slots[0]
    assert "nog 20 plekken" in visitor.get("/scherm/tafel/nu").text
    slot_capacity.claim(workshop.id, 17)
    db.session.commit()
    forget_pages()
    page = visitor.get("/scherm/tafel/nu").text
    assert "nog 3 plekken" in page
    slot_capacity.claim(workshop.id, 3)
    workshop.door_places = 2
    changed(world)
    page = visitor.get("/scherm/tafel/nu").text
    assert re.search(r'vol</span>\s*<span class="places">2 plekken aan de deur', page)
    assert "loop zo binnen" in visitor.get("/scherm/hal/nu").text


def test_a_break_is_on_every_stage_screen_and_not_in_the_foyer(world, visitor, now):
    now(at(23, 10, 50))
    db.session.add(
        Block(
            edition_id=world.edition.id,
            kind="break",
            title=Bilingual("Lunch", "Lunch"),
            starts_at=at(23, 12, 30),
            ends_at=at(23, 13),
            is_public=True,
        )
    )
    changed(world)
    assert lists(visitor.get("/scherm/tafel").text)["later"] == ["Lunch", "Waar begin ik?"]
    assert "Lunch" not in visitor.get("/scherm/foyer").text
    # A stage that only has the break left is over.
    assert "Het programma is voorbij" in visitor.get("/scherm/hal").text


def test_both_languages_on_one_screen(world, visitor, now):
    now(at(23, 10))
    page = visitor.get("/scherm/hal").text
    assert '<p class="entry-other" lang="en">Soup is not a project</p>' in page
    english = visitor.get("/en/scherm/hal").text
    assert '<p class="entry-other" lang="nl">Soep is geen project</p>' in english
    assert "Now</h2>" in english


def test_what_the_script_asks_for_is_the_same_until_something_changes(world, visitor, now):
    now(at(23, 10))
    first = visitor.get("/scherm/hal/nu")
    now(at(23, 12))  # time alone changes nothing
    again = visitor.get("/scherm/hal/nu", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert int(again.headers["X-Now"]) == at(23, 12).timestamp() * 1000
    assert "data-list" in first.text
    assert lists(first.text)["now"] == []
    world.talk.slots[0].delay_minutes = 5
    changed(world)
    fresh = visitor.get("/scherm/hal/nu", headers={"If-None-Match": first.headers["ETag"]})
    assert fresh.status_code == 200
    assert "5 minuten later" in fresh.text


@pytest.mark.parametrize("sessions", [20, 400])
def test_a_screen_takes_few_queries_however_long_the_programme(app, visitor, queries, sessions):
    crowd(make.current_edition(), sessions=sessions)

    def asked(path):
        with queries() as sent:
            assert visitor.get(path).status_code == 200
        return len(sent)

    assert asked("/scherm/foyer/nu") <= 14  # reads the programme
    assert [asked(f"/scherm/{path}") for path in ("foyer/nu", "zaal-1/nu", "foyer")] == [2, 2, 2]


def test_every_stage_has_a_screen_whatever_it_is_called(world, visitor):
    make.stage(slug="foyer", name=Bilingual("De Foyer"))
    page = visitor.get("/scherm/").text
    addresses = re.findall(r'<a href="(/scherm/[^"?]*)">', page)
    assert addresses == ["/scherm/foyer", "/scherm/podium-foyer", "/scherm/hal", "/scherm/tafel"]
    assert {visitor.get(address).status_code for address in addresses} == {200}
    assert "De Foyer" in visitor.get("/scherm/podium-foyer").text
    assert visitor.get("/scherm/geen-podium").status_code == 404
    assert visitor.get("/scherm/geen-podium/nu").status_code == 404


def test_without_script_the_page_loads_itself_again(world, visitor):
    page = visitor.get("/scherm/hal").text
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in page


def test_now_and_next_of_a_list():
    """Five things at one stage from ten o'clock on, of which one does not go on."""
    hours = [(0, 60), (60, 60), (120, 60), (120, 120), (240, 60)]
    sessions = [
        session(n, slot(n, n, *each, state="cancelled" if n == 2 else "scheduled"))
        for n, each in enumerate(hours, start=1)
    ]
    programme = snapshot_of(sessions, stages=(stage(1),))
    of_day = list(stage_schedule.make_schedule(edition(), programme).entries)

    def later(minutes):
        return BEGIN + timedelta(minutes=minutes)

    day = stage_schedule.shown_day(of_day, later(30))
    assert day == BEGIN.date()
    placed = stage_schedule.places_in_time(of_day, day, later(30))
    assert placed == ["now", "next", "next", "next", "later"]
    placed = stage_schedule.places_in_time(of_day, day, later(120))
    assert placed == ["rest", "rest", "now", "now", "next"]
    assert stage_schedule.shown_day(of_day, later(300)) is None
    only_a_break = snapshot_of([], stages=(stage(1),), blocks=(pause(1, 600, 60),))
    entries = stage_schedule.make_schedule(edition(), only_a_break).entries
    assert stage_schedule.shown_day(entries, later(300)) is None
    assert stage_schedule.shown_day(of_day, BEGIN - timedelta(days=3)) == day

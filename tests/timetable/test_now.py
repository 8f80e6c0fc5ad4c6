"""The day itself: what is late, moved, cancelled, replaced or full, in its place; now and next."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import clock
from festival.db import db
from festival.programme import slot_capacity
from festival.programme.models.sessions import Slot
from festival.programme.models.timetable import Block
from festival.web.languages import Bilingual
from tests.kept_pages import forget_pages
from tests.timetable.test_timetable import FRIDAY, SATURDAY, heading, page, places, titles
from tests.world import World, at, build_world

Counter = Callable[[], AbstractContextManager[list[str]]]


def change(world: World, slot: Slot, **values: Any) -> None:
    """What happens to `slot` on the day; pages are made anew after it."""
    for name, value in values.items():
        setattr(slot, name, value)
    world.edition.programme_version += 1
    db.session.commit()
    forget_pages()


def words(html: str) -> str:
    """What is read on the page, without its markup and space."""
    main = html.split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def clock_shows(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """It is `moment`; a page that was kept is too old then."""
    forget_pages()
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_late_session_stays_in_its_place_and_shows_both_times(
    visitor: FlaskClient, world: World
) -> None:
    [slot] = world.talk.slots
    change(world, slot, delay_minutes=15, reason=Bilingual("De trein staat stil.", "No train."))
    html = page(visitor, FRIDAY)
    assert "h-10 m-0 for-0 for-m-45" in html, "where it was announced"
    text = "15 minuten later De trein staat stil. Eerst: 10.00–10.45 uur 10.15–11.00 uur"
    assert text in words(html)
    assert '<s class="was">' in html
    english = words(page(visitor, "/en" + FRIDAY))
    assert "15 minutes later No train. Was: 10.00–10.45 10.15–11.00" in english
    session = words(page(visitor, "/programma/soep"))
    assert "vrijdag 23 oktober, 10.15–11.00 uur Eerst: 10.00–10.45 uur" in session
    assert "De trein staat stil." in session
    assert "15 minuten later De trein staat stil." in words(page(visitor, "/sprekers/ria"))


def test_a_cancelled_session_stays_and_says_why(visitor: FlaskClient, world: World) -> None:
    [slot] = world.talk.slots
    change(world, slot, state="cancelled", reason=Bilingual("Ria is ziek.", "Ria is ill."))
    html = page(visitor, FRIDAY)
    assert "Soep is geen project" in titles(html)
    assert "card-cancelled" in html
    assert "Gaat niet door Ria is ziek." in words(html)
    assert titles(page(visitor, f"{FRIDAY}&vrij=1")) == ["Zagen voor beginners", "Waar begin ik?"]
    session = page(visitor, "/programma/soep")
    assert session.count('class="stamp') == 1
    assert "dit onderdeel is vervallen" in session
    assert 'href="/programma?soort=talk"' in session, "a way on"
    assert "loop zo binnen" not in session


def test_cancelling_one_of_two_slots_keeps_the_other(visitor: FlaskClient, world: World) -> None:
    change(world, world.workshop.slots[0], state="cancelled")
    html = page(visitor, "/programma/zagen")
    assert "Gaat niet door" in html
    assert 'class="stamp' not in html
    assert html.count("nog 20 plekken") == 1
    assert "Boek deze plek" in html


def test_a_replaced_session_links_to_its_replacement(visitor: FlaskClient, world: World) -> None:
    [slot] = world.talk.slots
    change(world, slot, state="cancelled", replaced_by=world.workshop.slots[1])
    html = page(visitor, FRIDAY)
    assert "Gaat niet door In plaats hiervan: Zagen voor beginners" in words(html)
    assert html.count('href="/programma/zagen"') == 2


def test_a_moved_session_leaves_a_note_with_a_link(visitor: FlaskClient, world: World) -> None:
    slot = world.workshop.slots[0]
    change(
        world,
        slot,
        moved_from_at=slot.starts_at,
        moved_from_stage_id=world.table.id,
        leaves_note=True,
        stage_id=world.hall.id,
        starts_at=at(23, 15),
        ends_at=at(23, 16, 30),
        reason=Bilingual("De tafel is te klein."),
    )
    html = page(visitor, FRIDAY)
    text = words(html)
    assert "Verplaatst De tafel is te klein. Nu: De Hal, 15.00–16.30 uur" in text
    assert f'href="/programma?dag=2026-10-23#m-{slot.code}"' in html
    assert "Verplaatst. Stond eerst: De Tafel, 11.00 uur" in text
    assert html.index("Nu:") < html.index("Stond eerst"), "the note stands at the old hour"
    assert titles(html).count("Zagen voor beginners") == 1
    assert heading(html) == ("Vrijdag 23 oktober", "3 onderdelen"), "the note is none"
    assert "De tafel is te klein." in words(page(visitor, f"{FRIDAY}&soort=workshop"))
    assert "Nu:" not in words(page(visitor, f"{FRIDAY}&vrij=1"))


def test_a_note_of_another_day_names_the_day(visitor: FlaskClient, world: World) -> None:
    slot = world.workshop.slots[0]
    change(
        world,
        slot,
        moved_from_at=slot.starts_at,
        moved_from_stage_id=world.table.id,
        leaves_note=True,
        starts_at=at(24, 15),
        ends_at=at(24, 16),
    )
    assert "Nu: De Tafel, za 24 okt, 15.00–16.00 uur" in words(page(visitor, FRIDAY))
    assert "Stond eerst: vr 23 okt, 11.00 uur" in words(page(visitor, SATURDAY))


def test_a_full_room_is_full_whatever_was_booked(visitor: FlaskClient, world: World) -> None:
    change(world, world.workshop.slots[0], is_full=True)
    html = page(visitor, FRIDAY)
    assert "nog 20 plekken" not in places(html)
    assert "state-full" in html
    assert "Zagen voor beginners" not in titles(page(visitor, f"{FRIDAY}&vrij=1"))
    session = words(page(visitor, "/programma/zagen"))
    assert "Vol op vrijdag 23 oktober, 11.00–12.30 uur. Nog plek: zaterdag 24 oktober" in session


def test_a_full_slot_names_the_other_slots(visitor: FlaskClient, world: World) -> None:
    assert "Nog plek:" not in words(page(visitor, "/programma/zagen"))
    slot_capacity.claim(world.workshop.slots[1].id, 20)
    db.session.commit()
    forget_pages()
    session = words(page(visitor, "/programma/zagen"))
    assert "Vol op zaterdag 24 oktober, 11.00–12.30 uur. Nog plek: vrijdag 23 oktober" in session


def test_a_session_that_is_full_leads_to_where_there_is_room(
    visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "vrij=1" not in page(visitor, "/programma/zagen")
    for slot in world.workshop.slots:
        slot_capacity.claim(slot.id, 20)
    db.session.commit()
    forget_pages()
    session = page(visitor, "/programma/zagen")
    assert "op de wachtlijst" in session
    assert 'href="/programma?soort=workshop&amp;vrij=1"' in session
    clock_shows(monkeypatch, at(24, 11, 10))
    session = page(visitor, "/programma/zagen")
    assert "Alle plekken zijn vergeven" in session
    assert "op de wachtlijst" not in session, "both have begun"


def test_a_full_room_that_takes_no_bookings_has_no_waiting_list(
    visitor: FlaskClient, world: World
) -> None:
    """Nobody can get in line for what one walks into."""
    change(world, world.talk.slots[0], is_full=True)
    session = words(page(visitor, "/programma/soep"))
    assert "de zaal is vol. Er kan nu niemand meer bij." in session
    assert "wachtlijst" not in session
    assert "plekken zijn vergeven" not in session
    assert "niets te boeken" not in session
    assert 'href="/programma?soort=talk&amp;vrij=1"' in page(visitor, "/programma/soep")
    english = words(page(visitor, "/en/programma/soep"))
    assert "the room is full. Nobody else can come in now." in english


def test_a_session_s_page_says_when_before_it_tells_more(
    visitor: FlaskClient, world: World
) -> None:
    world.workshop.summary = Bilingual("Hout doorzagen.")
    world.workshop.description = Bilingual("We beginnen bij de boom.")
    change(world, world.workshop.slots[0])
    text = words(page(visitor, "/programma/zagen"))
    order = ["Hout doorzagen.", "11.00–12.30 uur", "Waar het over gaat", "bij de boom"]
    assert sorted(order, key=text.index) == order
    assert "Waar het over gaat" not in page(visitor, "/programma/soep"), "nothing more to tell"


def test_a_dropped_session_says_so(visitor: FlaskClient, world: World) -> None:
    [slot] = world.talk.slots
    change(world, slot, state="dropped")
    assert "Soep is geen project" not in titles(page(visitor, FRIDAY))
    session = page(visitor, "/programma/soep")
    assert "dit onderdeel is vervallen" in session
    assert "Dag en tijd komen nog." not in session


def test_a_coach_s_meeting_that_is_cancelled(visitor: FlaskClient, world: World) -> None:
    change(world, world.coach.slots[0], state="cancelled")
    html = page(visitor, FRIDAY)
    assert "1 gesprek vervalt" in html
    assert "nog 11 van 11 gesprekken" in html
    for slot in world.coach.slots:
        slot.delay_minutes = 10
    change(world, world.coach.slots[0])
    assert "10 minuten later" in page(visitor, FRIDAY)


def test_breaks_stand_in_the_timetable_until_something_is_filtered(
    visitor: FlaskClient, world: World
) -> None:
    make_break(world, "Lunch", at(23, 12, 30), at(23, 13))
    html = page(visitor, FRIDAY)
    assert re.search(r'class="s-1 s-all h-12 m-30[^"]*"><p class="pause"><strong>Lunch', html)
    assert heading(html)[1] == "3 onderdelen"
    assert "Lunch" not in page(visitor, f"{FRIDAY}&soort=talk")


def make_break(world: World, title: str, starts_at: datetime, ends_at: datetime) -> None:
    db.session.add(
        Block(
            edition_id=world.edition.id,
            kind="break",
            title=Bilingual(title),
            starts_at=starts_at,
            ends_at=ends_at,
            is_public=True,
        )
    )
    world.edition.programme_version += 1
    db.session.commit()


def test_today_is_chosen_on_days_of_the_festival(
    visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_shows(monkeypatch, at(24, 12))
    html = page(visitor, "/programma")
    assert heading(html)[0] == "Zaterdag 24 oktober"
    assert re.search(r'aria-current="page">zaterdag 24 oktober', html), "the tab agrees"
    assert heading(page(visitor, "/programma?dag=2020-01-01"))[0] == "Zaterdag 24 oktober"
    clock_shows(monkeypatch, at(24, 2))
    assert heading(page(visitor, "/programma"))[0] == "Vrijdag 23 oktober", "its night"


def test_to_now_leads_to_what_is_on(
    visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Naar nu" not in page(visitor, FRIDAY), "three weeks before"
    clock_shows(monkeypatch, at(23, 11, 10))
    html = page(visitor, FRIDAY)
    [code] = re.findall(r'href="#m-([^"]+)" data-to-now', html)
    assert code == world.workshop.slots[0].code
    assert f'id="m-{code}"' in html
    assert "Naar nu" not in page(visitor, SATURDAY)


def test_to_now_leads_to_what_began_last(
    visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.talk.slots[0].ends_at = at(23, 17)
    change(world, world.talk.slots[0])
    clock_shows(monkeypatch, at(23, 11, 10))
    [code] = re.findall(r'href="#m-([^"]+)" data-to-now', page(visitor, FRIDAY))
    assert code == world.workshop.slots[0].code, "not to what has been on for an hour"
    clock_shows(monkeypatch, at(23, 9))
    [code] = re.findall(r'href="#m-([^"]+)" data-to-now', page(visitor, FRIDAY))
    assert code == world.talk.slots[0].code, "nothing is on yet: the first to come"


def test_past_slots_show_no_places(
    visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_shows(monkeypatch, at(23, 12))
    assert "nog 20 plekken" in page(visitor, FRIDAY), "on now"
    slot_capacity.claim(world.workshop.slots[1].id, 20)
    db.session.commit()
    session = page(visitor, "/programma/zagen")
    assert "nu bezig" in session
    assert "Nog plek:" not in session, "that one cannot be booked any more"
    room = titles(page(visitor, f"{FRIDAY}&vrij=1"))
    assert room == ["Zagen voor beginners", "Waar begin ik?"], "the soup is over"
    clock_shows(monkeypatch, at(23, 12, 30))
    assert "nog 20 plekken" not in page(visitor, FRIDAY)
    assert titles(page(visitor, f"{FRIDAY}&vrij=1")) == ["Waar begin ik?"]


def test_only_a_coach_s_coming_meetings_count(
    visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot_capacity.claim(world.coach.slots[11].id, 1)
    db.session.commit()
    clock_shows(monkeypatch, at(23, 13))
    assert "nog 10 van 12 gesprekken" in page(visitor, FRIDAY), "one goes on, one is taken"
    session = page(visitor, "/programma/coach")
    assert "nog 10 van 12 gesprekken" in session
    assert re.findall(r"<span>(\w+)</span></li>", session) == ["voorbij", *["vrij"] * 10, "vol"]
    world.coach.slots[0].delay_minutes = 10
    change(world, world.coach.slots[0])
    assert "nog 11 van 12 gesprekken" in page(visitor, FRIDAY), "late: it has not begun"
    clock_shows(monkeypatch, at(23, 17, 9))
    assert "nog 1 van 12 gesprekken" in page(visitor, FRIDAY)
    clock_shows(monkeypatch, at(23, 17, 30))
    assert "gesprekken" not in page(visitor, f"{FRIDAY}&vrij=1")
    assert "vol" in places(page(visitor, FRIDAY)), "the one that is left is taken"
    clock_shows(monkeypatch, at(23, 17, 40))
    assert "nu bezig" in page(visitor, "/programma/coach")
    assert "Alle plekken zijn vergeven" not in page(visitor, "/programma/coach")
    assert "gesprekken" not in page(visitor, FRIDAY)


def now_page(visitor: FlaskClient) -> dict[str, tuple[str, str]]:
    """By stage what is read below `Nu` and below `Straks`."""
    html = page(visitor, "/nu")
    found = {}
    for part in html.split('<section class="stand"')[1:]:
        text = words(f"<main{part.split('</section>')[0]}</main>")
        stage, _, rest = text.partition(" Nu ")
        on, _, coming = rest.partition(" Straks ")
        found[stage.split(">")[-1].strip()] = (on, coming)
    return found


def test_now_and_next_at_each_stage(
    visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_shows(monkeypatch, at(23, 10, 30))
    stands = now_page(visitor)
    assert list(stands) == ["De Hal", "De Tafel"]
    assert "Soep is geen project 10.00–10.45 uur" in stands["De Hal"][0]
    assert stands["De Hal"][1] == "Vandaag niets meer."
    assert stands["De Tafel"][0] == "Nu even niets."
    assert "Zagen voor beginners 11.00–12.30 uur nog 20 plekken" in stands["De Tafel"][1]
    assert "Waar begin ik?" not in stands["De Tafel"][1], "that comes after it"
    for slot in world.coach.slots:
        slot.state = "cancelled"
    change(world, world.coach.slots[0])
    assert "Waar begin ik?" not in now_page(visitor)["De Tafel"][1], "cancelled or not"
    clock_shows(monkeypatch, at(23, 10, 45))
    assert list(now_page(visitor)) == ["De Tafel"]


def test_now_follows_what_is_late_and_keeps_what_is_cancelled(
    visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(world, world.talk.slots[0], delay_minutes=30)
    change(world, world.workshop.slots[0], state="cancelled")
    clock_shows(monkeypatch, at(23, 10, 10))
    stands = now_page(visitor)
    assert stands["De Hal"][0] == "Nu even niets."
    assert "10.30–11.15 uur" in stands["De Hal"][1]
    assert "Zagen voor beginners Gaat niet door" in stands["De Tafel"][1]
    assert "Waar begin ik?" in stands["De Tafel"][1], "and what does come"
    clock_shows(monkeypatch, at(23, 11))
    assert "Soep is geen project" in now_page(visitor)["De Hal"][0]


def test_now_before_between_and_after(
    visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Het begint op vrijdag 23 oktober." in words(page(visitor, "/nu"))
    clock_shows(monkeypatch, at(25, 12))
    assert "Vandaag is er niets meer" in words(page(visitor, "/nu"))
    clock_shows(monkeypatch, at(27, 12))
    assert "Het festival is voorbij" in words(page(visitor, "/nu"))
    clock_shows(monkeypatch, at(23, 10))
    assert "Now Talk Soup is not a project" in words(page(visitor, "/en/nu"))


def test_the_now_page_takes_two_queries(
    any_app: Flask, queries: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_world()
    clock_shows(monkeypatch, at(23, 10))
    visitor = any_app.test_client()
    visitor.get("/nu")
    with queries() as sent:
        assert visitor.get("/nu").status_code == 200
    assert len(sent) == 2, "the edition, and what is left"


@pytest.mark.parametrize("path", [FRIDAY, "/programma/zagen", "/sprekers/ria"])
def test_the_states_of_the_day_cost_no_more_queries(
    any_app: Flask, queries: Counter, path: str
) -> None:
    world = build_world()
    visitor = any_app.test_client()
    world.edition.programme_version += 1
    db.session.commit()
    with queries() as calm:
        visitor.get(path)
    first, second = world.workshop.slots
    first.replaced_by, first.state = world.coach.slots[0], "cancelled"
    [talk] = world.talk.slots
    talk.replaced_by, talk.state = world.coach.slots[0], "cancelled"
    second.moved_from_at = second.starts_at - timedelta(hours=1)
    second.moved_from_stage_id, second.leaves_note = world.hall.id, True
    world.edition.programme_version += 1
    db.session.commit()
    with queries() as busy:
        visitor.get(path)
    assert len(busy) == len(calm)


def test_further_filters(visitor: FlaskClient, world: World) -> None:
    world.talk.level, world.talk.min_age = "experienced", 16
    world.workshop.access = ["sign_language"]
    world.table.is_step_free = True
    world.edition.programme_version += 1
    db.session.commit()

    def found(arguments: str) -> list[str]:
        return titles(page(visitor, f"{FRIDAY}&{arguments}"))

    assert found("zonder=1") == ["Soep is geen project"], "no place must be booked"
    assert found("podium=hal") == ["Soep is geen project"]
    assert found("niveau=experienced") == ["Soep is geen project"]
    assert found("leeftijd=15") == ["Zagen voor beginners", "Waar begin ik?"]
    assert len(found("leeftijd=16")) == 3
    assert found("toegang=sign_language&toegang=step_free") == ["Zagen voor beginners"]
    assert found("toegang=step_free") == ["Zagen voor beginners", "Waar begin ik?"], "of the stage"
    world.workshop.no_access = ["step_free"]
    world.edition.programme_version += 1
    db.session.commit()
    forget_pages()
    assert found("toegang=step_free") == ["Waar begin ik?"], "not for this session"
    assert "Alleen met de trap te bereiken" in page(visitor, "/programma/zagen")
    assert len(found("leeftijd=-3&niveau=x&podium=x&toegang=x")) == 3, "nonsense filters nothing"
    html = page(visitor, f"{FRIDAY}&toegang=step_free&vorm=lijst")
    tab = "/programma?dag=2026-10-24&amp;toegang=step_free&amp;vorm=lijst"
    assert f'href="{tab}"' in html, "the tabs keep it all"


def test_a_list_at_every_width(visitor: FlaskClient, world: World) -> None:
    grid, as_list = page(visitor, FRIDAY), page(visitor, f"{FRIDAY}&vorm=lijst")
    assert titles(grid) == titles(as_list)
    assert 'class="timetable as-grid' in grid
    assert 'class="timetable as-list' in as_list
    assert 'href="/programma?dag=2026-10-23&amp;vorm=lijst">Lijst' in grid
    assert 'href="/programma?dag=2026-10-23">Rooster' in as_list

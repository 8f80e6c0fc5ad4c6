"""What visitors see of the programme: days, cards, places, filters, both languages."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from html5lib import HTMLParser

from festival.db import db
from festival.editions.rules import raise_programme_version
from festival.programme import slot_capacity
from festival.programme.models.sessions import Slot
from festival.programme.rules import publishing, sessions, slots, stages_and_themes
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.world import World, at, build_world

Counter = Callable[[], AbstractContextManager[list[str]]]

FRIDAY, SATURDAY, SUNDAY = ("/programma?dag=2026-10-23", "/programma?dag=2026-10-24", "2026-10-25")


def page(visitor: FlaskClient, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    parser = HTMLParser(strict=False)
    parser.parse(answer.get_data(as_text=True))
    assert not parser.errors, parser.errors[:3]
    return answer.get_data(as_text=True)


def titles(html: str) -> list[str]:
    found = re.findall(r'class="card-title"><a href="[^"]*">(.*?)</a>', html)
    return [re.sub(r"<[^>]+>", "", each) for each in found]


def places(html: str) -> list[str]:
    found = re.findall(r'class="places[^"]*">.*?</svg>([^<]*)</span>', html)
    return [" ".join(each.split()) for each in found]


def heading(html: str) -> tuple[str, str]:
    """The day that the page is about, and how much there is."""
    found = re.search(r'<h2>([^<]+)</h2>\s*<p class="programme-count"[^>]*>([^<·]+)', html)
    assert found
    return found[1], found[2].strip()


def publish(world: World) -> None:
    publishing.publish_draft(world.edition, name=Bilingual("Nieuwe"), now=NOW)


def test_a_day_shows_what_is_on_that_day_in_order(visitor: FlaskClient, world: World) -> None:
    html = page(visitor, FRIDAY)
    assert titles(html) == ["Soep is geen project", "Zagen voor beginners", "Waar begin ik?"]
    assert titles(page(visitor, SATURDAY)) == ["Zagen voor beginners"]
    assert "10.00–10.45 uur" in html
    assert heading(html) == ("Vrijdag 23 oktober", "3 onderdelen")


def test_the_first_day_is_shown_where_none_or_nonsense_is_asked_for(
    visitor: FlaskClient, world: World
) -> None:
    for path in ("/programma", "/programma?dag=gisteren", "/programma?dag=2020-01-01"):
        assert heading(page(visitor, path)) == ("Vrijdag 23 oktober", "3 onderdelen")


def test_a_session_after_midnight_belongs_to_the_evening(
    visitor: FlaskClient, world: World
) -> None:
    late = make.session(slug="dansen", kind="music", title=Bilingual("Dansen", "Dancing"))
    slots.add_slot(
        late, stage=world.hall, starts_at=at(24, 0, 15), ends_at=at(24, 1), places=None, now=NOW
    )
    publish(world)
    html = page(visitor, FRIDAY)
    assert titles(html)[-1] == "Dansen"
    assert "0.15–1.00 uur" in html
    assert "h-24 m-15 for-0 for-m-45" in html, "at the end of the grid, below eleven o'clock"
    [night] = re.findall(r'<span class="hour-night">([^<]*)</span>', html)
    assert night == "nacht van vrijdag op zaterdag"
    assert "23 oktober, 0.15–1.00 uur (nacht van vrijdag op zaterdag)" in page(
        visitor, "/programma/dansen"
    )
    assert "Dansen" not in titles(page(visitor, SATURDAY))


def test_two_things_at_once_on_one_stage_stand_side_by_side(
    visitor: FlaskClient, world: World
) -> None:
    other = make.session(slug="ander", title=Bilingual("Tegelijk"))
    slots.add_slot(
        other, stage=world.table, starts_at=at(23, 11, 30), ends_at=at(23, 12), places=5, now=NOW
    )
    publish(world)
    html = page(visitor, FRIDAY)
    column = {
        title: re.search(rf'<li[^>]*class="s-(\d+)[^>]*>(?:(?!<li).)*?{title}', html, re.S)[1]  # type: ignore[index]
        for title in ("Soep", "Zagen", "Tegelijk")
    }
    assert column == {"Soep": "1", "Zagen": "2", "Tegelijk": "3"}
    assert "stages-3" in html
    assert "s-2 w-2" in html, "the name of the stage stands over both"


def test_a_filter_leaves_no_empty_column(visitor: FlaskClient, world: World) -> None:
    other = make.session(slug="ander", title=Bilingual("Tegelijk"))
    slots.add_slot(
        other, stage=world.table, starts_at=at(23, 11, 30), ends_at=at(23, 12), places=5, now=NOW
    )
    publish(world)
    html = page(visitor, f"{FRIDAY}&q=Tegelijk")
    assert titles(html) == ["Tegelijk"]
    assert "stages-1 " in html.replace('"', " ")
    assert re.search(r'<li[^>]*class="s-1 ', html), "the column of what stands beside it is gone"


def test_a_coach_s_twelve_meetings_are_one_card(visitor: FlaskClient, world: World) -> None:
    for slot in world.coach.slots[:7]:
        slot_capacity.claim(slot.id, 1)
    db.session.commit()
    html = page(visitor, FRIDAY)
    assert titles(html).count("Waar begin ik?") == 1
    assert "nog 5 van 12 gesprekken" in html
    assert "13.00–17.55 uur" in html


def test_a_coach_s_morning_and_afternoon_are_two_cards(visitor: FlaskClient, world: World) -> None:
    slots.add_coaching_slots(
        world.coach, stage=world.table, starts_at=at(23, 9), minutes=20, pause=5, number=3, now=NOW
    )
    publish(world)
    html = page(visitor, FRIDAY)
    assert titles(html).count("Waar begin ik?") == 2
    assert "nog 3 van 3 gesprekken" in html
    assert "nog 12 van 12 gesprekken" in html


def test_places_are_up_to_date(visitor: FlaskClient, world: World) -> None:
    first = world.workshop.slots[0]
    assert "nog 20 plekken" in places(page(visitor, FRIDAY))
    slot_capacity.claim(first.id, 19)
    db.session.commit()
    forget_pages()
    assert "nog 1 plek" in places(page(visitor, FRIDAY))
    slot_capacity.claim(first.id, 1)
    db.session.commit()
    forget_pages()
    assert "vol, wachtlijst" in places(page(visitor, FRIDAY))
    slot_capacity.release(first.id, 2)
    db.session.commit()
    forget_pages()
    assert "nog 2 plekken" in places(page(visitor, FRIDAY))


def test_a_release_shows_at_once(visitor: FlaskClient, world: World) -> None:
    page(visitor, FRIDAY)
    talk = world.talk
    sessions.save_session(
        world.edition,
        talk,
        {"title": Bilingual("Soep is alles", "Soup is everything")},
        speakers=[],
        seen=talk.version,
        now=NOW,
    )
    forget_pages()
    assert "Soep is alles" not in titles(page(visitor, FRIDAY)), "a draft yet"
    publish(world)
    forget_pages()
    assert "Soep is alles" in titles(page(visitor, FRIDAY))
    [slot] = talk.slots
    slots.update_slot(
        slot,
        stage=world.table,
        starts_at=at(24, 10),
        ends_at=at(24, 11),
        places=None,
        door_places=0,
        seen=slot.version,
        now=NOW,
    )
    publish(world)
    forget_pages()
    assert "Soep is alles" not in titles(page(visitor, FRIDAY))
    assert "Soep is alles" in titles(page(visitor, SATURDAY))


def test_english_has_its_own_cards_and_marks_what_is_dutch(
    visitor: FlaskClient, world: World
) -> None:
    page(visitor, FRIDAY)
    html = page(visitor, "/en" + FRIDAY)
    assert '<html lang="en"' in html
    assert "Soup is not a project" in html
    assert '<span lang="nl">Zagen voor beginners</span>' in html
    assert 'href="/en/programma/soep"' in html
    assert "20 places left" in html
    assert heading(html) == ("Friday 23 October", "3 sessions")
    assert 'lang="nl">Soep' not in html
    assert "lang=" not in page(visitor, FRIDAY).split('id="resultaat"')[1].split("</main>")[0]


def test_languages_are_filtered_by_whole_codes(visitor: FlaskClient, world: World) -> None:
    for session, spoken in ((world.talk, "kab"), (world.workshop, "nl+dse+ab")):
        session.languages = spoken
    db.session.commit()
    raise_programme_version(world.edition.id)
    db.session.commit()
    html = page(visitor, f"{FRIDAY}&taal=ab")
    assert titles(html) == ["Zagen voor beginners"], "ab is no part of kab"
    select = re.search(r'<select[^>]*name="taal".*?</select>', html, re.DOTALL)
    assert select
    offered = re.findall(r'value="(\w+)"[^>]*>([^<]+)<', select[0])
    assert offered == [
        ("nl", "Nederlands"),
        ("dse", "Nederlandse Gebarentaal"),
        ("ab", "Abchazisch"),
        ("kab", "Kabylisch"),
    ]
    words = "Nederlands, Nederlandse Gebarentaal en Abchazisch"
    assert f'<span class="card-language">{words}</span>' in html
    assert f"<dd>{words}</dd>" in page(visitor, "/programma/zagen")
    english = page(visitor, "/en/programma/zagen")
    assert "<dd>Dutch, Dutch Sign Language, and Abkhazian</dd>" in english
    assert '"inLanguage": ["nl", "dse", "ab"]' in english


def test_filters(visitor: FlaskClient, world: World) -> None:
    def found(arguments: str) -> list[str]:
        return titles(page(visitor, f"{FRIDAY}&{arguments}"))

    assert found("soort=workshop") == ["Zagen voor beginners"]
    assert found("thema=zorg") == ["Soep is geen project"]
    assert found("taal=en") == ["Zagen voor beginners"], "in Dutch and English"
    assert len(found("taal=nl")) == 3
    assert found("q=PROJECT soup") == ["Soep is geen project"], "every word, in either language"
    assert found("q=wrozynska") == ["Soep is geen project"], "accents do not matter"
    assert len(found("soort=onzin&thema=onzin&taal=fr")) == 3, "what does not exist filters nothing"


def test_only_where_there_is_room(visitor: FlaskClient, world: World) -> None:
    slot_capacity.claim(world.workshop.slots[0].id, 20)
    for slot in world.coach.slots:
        slot_capacity.claim(slot.id, 1)
    db.session.commit()
    assert titles(page(visitor, f"{FRIDAY}&vrij=1")) == ["Soep is geen project"], "walk in"
    assert titles(page(visitor, f"{SATURDAY}&vrij=1")) == ["Zagen voor beginners"]
    slot_capacity.release(world.coach.slots[3].id, 1)
    db.session.commit()
    forget_pages()
    assert "Waar begin ik?" in titles(page(visitor, f"{FRIDAY}&vrij=1"))


def test_filters_that_find_nothing_say_where_there_is_something(
    visitor: FlaskClient, world: World
) -> None:
    html = page(visitor, f"{SATURDAY}&soort=coaching")
    assert titles(html) == []
    assert "Niets gevonden op zaterdag 24 oktober" in html
    assert "/programma?dag=2026-10-23&amp;soort=coaching" in html
    nowhere = page(visitor, f"{SATURDAY}&q=olifant")
    assert "Kies minder, of zoek op een ander woord" in nowhere
    assert 'href="/programma?dag=2026-10-24"' in nowhere


def test_tabs_keep_the_filters_and_count(visitor: FlaskClient, world: World) -> None:
    html = page(visitor, f"{FRIDAY}&soort=workshop")
    assert 'href="/programma?dag=2026-10-24&amp;soort=workshop"' in html
    assert "zaterdag 24 oktober (1)" in html
    assert '<option value="workshop" selected>' in html


def test_typed_text_is_escaped(visitor: FlaskClient, world: World) -> None:
    html = page(visitor, f'{FRIDAY}&q="><script>alert(1)</script>')
    assert "<script>alert" not in html


def test_titles_are_escaped(visitor: FlaskClient, world: World) -> None:
    evil = make.session(slug="x", kind="talk", title=Bilingual("<b>c & d</b>"))
    slots.add_slot(
        evil, stage=world.hall, starts_at=at(23, 16), ends_at=at(23, 17), places=None, now=NOW
    )
    publish(world)
    assert "&lt;b&gt;c &amp; d&lt;/b&gt;" in page(visitor, FRIDAY)


def test_before_there_is_a_programme(visitor: FlaskClient) -> None:
    assert visitor.get("/programma").status_code == 404, "no edition at all"
    make.edition()
    html = page(visitor, "/programma")
    assert "Het programma komt nog" in html
    assert 'href="/kaartjes"' in html


def test_a_day_without_anything(visitor: FlaskClient, world: World) -> None:
    html = page(visitor, f"/programma?dag={SUNDAY}")
    assert "Op zondag 25 oktober is er nog niets" in html


def test_former_editions_stay_readable_and_coming_ones_are_secret(
    visitor: FlaskClient, world: World
) -> None:
    page(visitor, FRIDAY)
    former = make.edition(
        slug="2025",
        is_current=False,
        starts_on=world.edition.starts_on - timedelta(days=365),
        ends_on=world.edition.ends_on - timedelta(days=365),
    )
    coming = make.edition(
        slug="2027",
        is_current=False,
        starts_on=world.edition.starts_on + timedelta(days=365),
        ends_on=world.edition.ends_on + timedelta(days=365),
    )
    old = make.session(edition_id=former.id, slug="oud", kind="talk", title=Bilingual("Oud"))
    hall = make.stage(edition_id=former.id)
    make.slot(old, stage=hall, starts=at(23, 10) - timedelta(days=365), places=None)
    html = page(visitor, f"/{former.slug}/programma")
    assert titles(html) == ["Oud"]
    assert 'href="/2025/programma/oud"' in html
    assert "Oud" in page(visitor, "/2025/programma/oud")
    assert visitor.get("/programma/oud").status_code == 404
    assert visitor.get(f"/{coming.slug}/programma").status_code == 404
    assert visitor.get("/bestaat-niet/programma").status_code == 404
    assert titles(page(visitor, f"/{world.edition.slug}{FRIDAY}")) == titles(page(visitor, FRIDAY))


def test_the_programme_page_takes_few_queries(any_app: Flask, queries: Counter) -> None:
    world = build_world()
    visitor = any_app.test_client()
    with queries() as first:
        visitor.get(f"{FRIDAY}&soort=workshop")
    _many_sessions(world, 60)
    with queries() as drawn_anew:
        visitor.get(f"{FRIDAY}&soort=workshop")
    with queries() as kept:
        html = visitor.get(f"{FRIDAY}&soort=workshop").get_data(as_text=True)
    assert "61 onderdelen" in html
    assert len(first) == 11, "the snapshot, what is left, and what search engines are told"
    assert len(drawn_anew) == len(first), "whatever the number of sessions"
    assert len(kept) == 2, "the edition, and what is left"


def test_the_front_page_reads_no_session_that_it_knows(
    world: World, queries: Counter, visitor: FlaskClient
) -> None:
    _many_sessions(world, 20)
    page(visitor, "/")
    with queries() as kept:
        assert "Soep is geen project" in page(visitor, "/")
    # The edition, what tickets there are, who waits for them, two counts, and the partners.
    assert len(kept) == 6


def test_highlights_stand_in_order_of_time_without_what_does_not_happen(
    world: World, visitor: FlaskClient
) -> None:
    for session in (world.workshop, world.coach):
        session.is_highlight = True
    world.workshop.all_slots[0].state = "cancelled"
    world.edition.programme_version += 1
    db.session.commit()
    assert titles(page(visitor, "/")) == [
        "Soep is geen project",
        "Waar begin ik?",
        "Zagen voor beginners",
    ]
    world.talk.all_slots[0].state = "cancelled"
    world.edition.programme_version += 1
    db.session.commit()
    forget_pages()
    assert titles(page(visitor, "/")) == ["Waar begin ik?", "Zagen voor beginners"]


def _many_sessions(world: World, number: int) -> None:
    db.session.add_all(
        Slot(
            code=f"VEEL{n}",
            session=make.session(slug=f"veel-{n}", title=Bilingual(f"Veel {n}")),
            stage_id=world.hall.id,
            starts_at=at(23, 10) + timedelta(minutes=5 * n),
            ends_at=at(23, 11) + timedelta(minutes=5 * n),
            places=10,
            is_public=True,
            changed_at=NOW,
        )
        for n in range(number)
    )
    world.edition.programme_version += 1
    db.session.commit()


def test_the_whole_programme_is_drawn_once(
    visitor: FlaskClient, world: World, queries: Counter
) -> None:
    """Cards are kept per version and language: only a change draws them again."""
    page(visitor, FRIDAY)
    with queries() as again:
        page(visitor, SATURDAY)
    assert not any("speaker" in statement for statement in again)
    with queries() as other_language:
        page(visitor, "/en" + FRIDAY)
    assert not any("speaker" in statement for statement in other_language), "of one snapshot"
    stages_and_themes.save_theme(
        world.edition,
        world.care,
        {"name": Bilingual("Zorgen")},
        seen=world.care.version,
        now=NOW,
    )
    with queries() as changed:
        assert "Zorgen" in page(visitor, FRIDAY)
    assert any("speaker" in statement for statement in changed)

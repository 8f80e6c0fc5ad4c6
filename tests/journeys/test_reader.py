"""A visitor reads the programme: on a phone, by keyboard, without JavaScript, in English."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from festival.db import db
from festival.editions.queries import current_edition
from festival.programme.models.sessions import Session, Slot
from festival.web.languages import Bilingual
from tests import make
from tests.browser import page as new_page
from tests.browser import wait_until
from tests.journeys.conftest import Site
from tests.kept_pages import forget_pages

pytestmark = pytest.mark.xdist_group("browser")

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def festival(site: Site) -> Site:
    """The festival of today, with a song tomorrow while the soup is on, and one soon after it."""
    soup = db.session.query(Session).filter_by(slug="soep").one().slots[0]
    kas = make.stage(name=Bilingual("De Kas", "The Greenhouse"))
    song = make.session(slug="lied", kind="music", title=Bilingual("Lied van de straat", "A song"))
    make.slot(song, starts=soup.starts_at + timedelta(minutes=30), places=None, stage=kas)
    poem = make.session(slug="gedicht", kind="story", title=Bilingual("Gedicht", "Poem"))
    make.slot(poem, starts=soup.ends_at + timedelta(minutes=2), places=None, stage=kas)
    return site


def tomorrow() -> str:
    edition = current_edition()
    assert edition
    return edition.days[1].isoformat()


def star(page: Page, title: str):
    return page.get_by_role(
        "button", name=re.compile(f"(Bewaar in mijn dag|Keep in my day): {title}")
    )


def no_faults(page: Page) -> None:
    """axe finds nothing, and nothing must be scrolled sideways."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:100]) for each in found] == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_on_a_phone_from_the_tab_to_my_own_day(festival, browser):
    with new_page(browser, width=360) as page:
        page.goto(f"{festival.address}/programma")
        page.locator(".tabs a").nth(1).click()
        expect(page.locator(".tabs a").nth(1)).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("heading", level=2)).to_contain_text(
            page.locator(".tabs [aria-current]").inner_text(), ignore_case=True
        )
        page.get_by_text("Zoek en filter").click()
        page.get_by_label("Zoek op titel, naam of woord").fill("straat")
        expect(page.locator(".programme-count")).to_contain_text("3 onderdelen")
        page.get_by_label("Zonder boeken").check()
        expect(page.locator(".programme-count")).to_contain_text("1 onderdeel")
        star(page, "Lied van de straat").click()
        expect(star(page, "Lied van de straat")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("link", name="Toon alles").click()

        expect(star(page, "Lied van de straat")).to_have_attribute("aria-pressed", "true")
        star(page, "Soep").first.click()
        expect(page.locator("[data-stars]")).to_contain_text("overlapt met Lied van de straat")
        star(page, "Gedicht").click()
        no_faults(page)
        page.get_by_role("link", name="Bekijk mijn dag").click()

        points = page.locator(".thread > li")
        expect(points).to_have_count(3)
        expect(points.nth(0)).to_contain_text("Overlapt met: Lied van de straat")
        expect(points.nth(1)).to_contain_text("Overlapt met: Soep met de straat")
        expect(points.nth(2)).to_contain_text("je hebt 2 minuten om van De Werkbank hierheen")
        no_faults(page)
        page.reload()
        expect(points).to_have_count(3)
        page.get_by_role("button", name=re.compile("Haal weg.*Lied")).click()
        expect(points).to_have_count(2)
        expect(page.get_by_text("Overlapt met")).to_have_count(0)
        expect(page.get_by_role("button", name=re.compile("Haal weg.*Gedicht"))).to_be_focused()
        calendar = page.get_by_role("link", name="Zet in mijn agenda").get_attribute("href")
        assert page.request.get(f"{festival.address}{calendar}").text().count("BEGIN:VEVENT") == 2


def test_by_keyboard_alone_in_the_grid(festival, browser):
    with new_page(browser, width=1280) as page:
        page.goto(f"{festival.address}/programma?dag={tomorrow()}")
        page.get_by_role("region", name=re.compile("Programma van")).focus()
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.ariaLabel?.endsWith('Lied van de straat')"):
                break
        page.keyboard.press("Enter")
        expect(star(page, "Lied van de straat")).to_have_attribute("aria-pressed", "true")
        expect(star(page, "Lied van de straat")).to_be_focused()
        page.get_by_role("link", name="Lijst").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".timetable")).to_have_class(re.compile("as-list"))
        no_faults(page)


def test_stage_names_and_hours_stay_in_view(festival, browser):
    stage = make.stage(name=Bilingual("De Zaal"))
    start = db.session.query(Session).filter_by(slug="soep").one().slots[0].starts_at
    for n in range(10):
        each = make.session(title=Bilingual(f"Onderdeel {n}"))
        make.slot(each, starts=start + timedelta(hours=n), places=None, stage=stage)
    for n in range(9):
        make.slot(make.session(), starts=start, stage=make.stage(name=Bilingual(f"Zaal {n}")))
    with new_page(browser, width=1280) as page:
        page.goto(f"{festival.address}/programma?dag={tomorrow()}")
        grid = page.locator(".timetable")
        grid.evaluate("grid => grid.scrollTo(400, 600)")
        assert grid.evaluate("grid => grid.scrollTop > 300 && grid.scrollLeft > 300")
        box = grid.bounding_box()
        names = page.locator(".timetable-stage").last.bounding_box()
        assert abs(names["y"] - box["y"]) < 10
        hours = page.locator(".hour-label > time").all()
        assert {round(hour.bounding_box()["x"] - box["x"]) for hour in hours} == {0}
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_to_now_shows_the_hour_and_nothing_moves_sideways(site, browser):
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    for n in range(9):
        stage = make.stage(name=Bilingual(f"Zaal {n}"), position=n)
        each = make.session(title=Bilingual(f"Onderdeel {n}"))
        make.slot(each, starts=now - timedelta(minutes=20 - n), places=None, stage=stage)
    with new_page(browser, width=1280) as page:
        page.goto(f"{site.address}/programma")
        page.get_by_role("link", name="Naar nu").click()
        expect(page.locator(".now-line > span")).to_be_in_viewport()
        grid = page.locator(".timetable")
        assert grid.evaluate("grid => grid.scrollLeft") == 0
        expect(grid).to_be_focused()


def test_at_the_end_of_the_grid_the_page_goes_on(festival, browser):
    with new_page(browser, width=1280) as page:
        page.goto(f"{festival.address}/programma?dag={tomorrow()}")
        grid = page.locator(".timetable")
        grid.scroll_into_view_if_needed()
        grid.evaluate("grid => grid.scrollTo(0, grid.scrollHeight)")
        grid.hover()
        before = page.evaluate("scrollY")
        for _ in range(3):  # the first may still be the grid's
            page.mouse.wheel(0, 200)
            page.wait_for_timeout(500)
        wait_until(page, "(before) => scrollY > before", before)


@pytest.mark.parametrize("script", [True, False])
def test_the_button_of_the_filters_leads_to_what_was_found(festival, browser, script):
    with new_page(browser, width=360, java_script_enabled=script) as page:
        page.goto(f"{festival.address}/programma?dag={tomorrow()}")
        page.get_by_text("Zoek en filter").click()
        page.get_by_label("Zoek op titel, naam of woord").fill("straat")
        page.get_by_role("button", name="Toon").click()
        expect(page.locator(".card-title")).to_have_count(3)
        expect(page.locator(".card-title").first).to_be_in_viewport()


def test_without_javascript_all_is_there_but_the_stars(festival, browser):
    with new_page(browser, width=360, java_script_enabled=False) as page:
        page.goto(f"{festival.address}/programma?dag={tomorrow()}")
        expect(page.locator(".star")).to_have_count(0)
        page.get_by_text("Zoek en filter").click()
        page.get_by_label("Zonder boeken").check()
        page.get_by_role("button", name="Toon").click()
        expect(page).to_have_url(re.compile("zonder=1"))
        expect(page.locator(".card-title")).to_have_count(3)
        page.get_by_role("link", name="Lied van de straat").click()
        page.get_by_role("link", name="Terug naar het programma").click()
        expect(page).to_have_url(re.compile("#m-"))
        page.locator("#resultaat").get_by_role("link", name="Mijn dag").click()
        expect(page.get_by_text("vraagt JavaScript")).to_be_visible()


def test_in_english(festival, browser):
    with new_page(browser, width=360) as page:
        page.goto(f"{festival.address}/en/programma?dag={tomorrow()}")
        star(page, "A song").click()
        star(page, "Soup").first.click()
        expect(page.locator("[data-stars]")).to_contain_text("overlaps with A song")
        page.get_by_role("link", name="See my day").click()
        expect(page.locator(".thread > li").first).to_contain_text("Overlaps with: A song")
        no_faults(page)


def test_a_day_that_somebody_shared_says_whose_it_is_and_what_is_on(site, browser):
    slot = make.slot(starts=datetime.now(UTC) - timedelta(minutes=5), minutes=50)
    with new_page(browser, width=360) as page:
        page.goto(f"{site.address}/mijn-dag?s={slot.code}")
        expect(page.get_by_text("Iemand deelde deze dag met je.")).to_be_visible()
        expect(page.get_by_text("Wat je met een ster bewaarde.")).to_be_hidden()
        point = page.locator(".thread > .now")
        expect(point.get_by_text("nu", exact=True)).to_be_visible()
        name, when = point.locator(".thread-what"), point.locator(".thread-when")
        gap = name.bounding_box()["y"] - when.bounding_box()["y"] - when.bounding_box()["height"]
        assert gap < 10, "as close together as on any other point"
        page.get_by_role("button", name="Bewaar dit bij mijn dag").click()
        expect(page.get_by_text("Het staat alleen op dit toestel")).to_be_visible()


def test_stars_are_kept_with_the_ticket_that_the_device_knows(festival, browser):
    edition = current_edition()
    code = db.session.query(Session).filter_by(slug="lied").one().slots[0].code
    sent = []

    def answer(route):
        sent.append(route.request.post_data_json)
        route.fulfill(json={"stars": [code, "VANHETKAARTJE"]})

    with new_page(browser, width=360) as page:
        page.route("**/kaartje/geheim/sterren", answer)
        page.goto(f"{festival.address}/programma?dag={tomorrow()}")
        star(page, "Lied van de straat").click()
        expect(star(page, "Lied van de straat")).to_have_attribute("aria-pressed", "true")
        assert sent == [], "no ticket is known"
        known = [{"url": "/kaartje/geheim", "edition": edition.slug, "label": "Fatma"}]
        page.evaluate("(t) => localStorage.setItem('festival.tickets', t)", json.dumps(known))
        page.reload()
        wait_until(
            page,
            "(slug) => localStorage.getItem(`festival.stars.${slug}`).includes('VANHETKAARTJE')",
            edition.slug,
        )
        assert sent == [{"add": [code], "remove": []}], "a new ticket gets all of them"
        with page.expect_response("**/sterren"):
            star(page, "Lied van de straat").click()
        assert sent[-1] == {"add": [], "remove": [code]}
        page.goto(f"{festival.address}/mijn-dag")
        expect(page.get_by_role("link", name="Je sterren staan ook bij je kaartje")).to_be_visible()
        expect(page.get_by_text("Het staat alleen op dit toestel")).to_be_hidden()


TWO_AT_ONCE = """async (edition) => {
  const module = document.querySelector('link[href*="starred.js"]');
  const { setStar, starsOf } = await import(module.href);
  localStorage.setItem("festival.tickets", JSON.stringify([{ url: "/kaartje/geheim", edition }]));
  const kept = new Set();
  const delays = [200, 0];
  window.fetch = async (address, { body }) => {
    for (const code of JSON.parse(body).add) kept.add(code);
    const stars = [...kept];
    await new Promise((done) => setTimeout(done, delays.shift() ?? 0));
    return Response.json({ stars });
  };
  const first = setStar(edition, "EERSTE", true);
  await Promise.resolve();
  await Promise.all([first, setStar(edition, "TWEEDE", true)]);
  return [...starsOf(edition)].sort();
}"""


def test_an_answer_that_comes_late_takes_no_star_away(festival, browser):
    with new_page(browser, width=360) as page:
        page.goto(f"{festival.address}/programma?dag={tomorrow()}")
        assert page.evaluate(TWO_AT_ONCE, current_edition().slug) == ["EERSTE", "TWEEDE"]


def test_now_and_next_refreshes_itself_and_leaves_the_reader_alone(site, browser):
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    titles = ["Eerste", "Tweede", "Derde", "Vierde"]
    for title in titles:
        stage = make.stage(name=Bilingual(f"Zaal van {title}"))
        each = make.session(title=Bilingual(title))
        make.slot(each, starts=now - timedelta(minutes=5), minutes=50, places=5, stage=stage)
    with new_page(browser, width=360) as page:
        page.clock.install()
        page.goto(f"{site.address}/nu")
        link = page.get_by_role("link", name="Derde")
        link.focus()
        link.scroll_into_view_if_needed()
        place = page.evaluate("scrollY")
        assert place > 0
        slot = db.session.query(Slot).join(Slot.session).filter(Session.title_nl == "Derde").one()
        slot.taken = 2
        db.session.commit()
        forget_pages()
        with page.expect_response("**/nu"):
            page.clock.run_for(61_000)
        expect(page.get_by_text("nog 3 plekken")).to_have_count(1)
        expect(link).to_be_focused()
        assert abs(page.evaluate("scrollY") - place) < 5
        no_faults(page)

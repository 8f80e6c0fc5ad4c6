"""Programme makers at the timetable: with a mouse, a keyboard, a phone; and two at once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from festival.db import db
from festival.editions.models import Edition
from festival.programme import draft
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.programme.models.timetable import AcceptedClash
from festival.web.languages import Bilingual
from tests import make
from tests.browser import page as new_page
from tests.browser import wait_until
from tests.journeys.conftest import Site

pytestmark = pytest.mark.xdist_group("browser")

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@dataclass
class World:
    """The last day of the festival: two stages, two talks at the first, a workshop that waits."""

    edition: Edition
    soup: Slot  # 10.00–10.45
    story: Slot  # 12.00–12.45
    birdhouse: Session
    address: str

    def at(self, hour: int, minute: int = 0) -> Any:
        """A moment of the day."""
        return self.edition.moment(self.edition.days[2], time(hour, minute))


@pytest.fixture
def world(site: Site) -> World:
    edition = make.current_edition()
    hall = make.stage(slug="hal", name=Bilingual("De Hal", "The Hall"), position=1)
    make.stage(slug="kas", name=Bilingual("De Kas", "The Greenhouse"), position=2)

    def talk(slug: str, title: str, hour: int) -> Slot:
        begin = edition.moment(edition.days[2], time(hour))
        return make.slot(
            make.session(slug=slug, kind="talk", title=Bilingual(title)),
            starts=begin,
            minutes=45,
            stage=hall,
            places=None,
        )

    day = edition.days[2].isoformat()
    return World(
        edition,
        talk("soepkom", "Soep voor de straat", 10),
        talk("verhaal", "Het verhaal van Mia", 12),
        make.session(
            slug="vogelhuis", kind="talk", title=Bilingual("Een vogelhuis"), is_public=False
        ),
        f"{site.address}/team/programma/{edition.slug}/rooster?dag={day}",
    )


@contextmanager
def maker(site: Site, browser: Browser, width: int = 1280, **options: Any) -> Iterator[Page]:
    """The page of a programme maker who is signed in."""
    client = site.app.test_client()
    make.sign_in(client, "programme")
    name = site.app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    with new_page(browser, width=width, **options) as page:
        page.context.add_cookies([{"name": name, "value": cookie.value, "url": site.address}])
        yield page


def card(page: Page, slot: Slot) -> Locator:
    return page.locator(f"#m-{slot.code}")


def spot(page: Page, stage: str, hour: int, minute: int = 0) -> tuple[float, float]:
    """Where in the window this time of a stage is."""
    box = page.locator(f'[data-stage="{stage}"]').bounding_box()
    sheet = page.locator("[data-sheet]")
    first = int(sheet.get_attribute("data-first-hour") or 0)
    last = int(sheet.get_attribute("data-last-hour") or 0)
    assert box is not None
    down = box["height"] * (hour * 60 + minute - first * 60) / ((last - first) * 60)
    return box["x"] + box["width"] / 2, box["y"] + down


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(begin[0] + 6, begin[1] + 6)
    page.mouse.move(*end, steps=8)
    page.mouse.up()


def top_of(locator: Locator) -> tuple[float, float]:
    """A little below the upper edge of a card."""
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + 40, box["y"] + 8


def now(slot: Slot) -> tuple[Any, ...]:
    """Where the slot stands in the draft."""
    db.session.rollback()
    stage_id, *times = (draft.value(slot, name) for name in ("stage_id", "starts_at", "ends_at"))
    stage = db.session.get(Stage, stage_id)
    return stage.slug, *times


def faults(page: Page) -> list[str]:
    """What axe-core finds."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def test_a_maker_places_stretches_and_moves_with_the_mouse(site, browser, world):
    with maker(site, browser) as page:
        page.goto(world.address)
        waiting = page.locator(".waiting", has_text="Een vogelhuis")
        x, y = spot(page, "kas", 11)
        drag(page, top_of(waiting), (x, y + 8))
        placed = page.locator(".placed", has_text="Een vogelhuis")
        expect(placed).to_contain_text("11.00–11.45")
        expect(page.get_by_text("Alles heeft een plek.")).to_be_visible()
        db.session.rollback()
        [slot] = db.session.query(Slot).filter_by(session_id=world.birdhouse.id).all()
        assert now(slot) == ("kas", world.at(11), world.at(11, 45))

        placed.hover()
        box = placed.bounding_box()
        assert box is not None
        edge = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 4)
        drag(page, edge, spot(page, "kas", 12, 15))
        expect(placed).to_contain_text("11.00–12.15")
        assert now(slot) == ("kas", world.at(11), world.at(12, 15))

        x, y = spot(page, "hal", 10, 30)
        drag(page, top_of(placed), (x, y + 8))
        expect(placed).to_contain_text("10.30–11.45")
        expect(placed).to_contain_text("botst")
        panel = page.get_by_role("region", name="Botsingen")
        expect(panel).to_contain_text("15 minuten tegelijk in De Hal")
        assert faults(page) == []

        panel.get_by_text("Accepteer").first.click()
        panel.get_by_label("Waarom mag dit?").fill("Ze delen de zaal.")
        panel.get_by_role("button", name="Accepteer deze botsing").click()
        expect(panel).to_contain_text("Op deze dag botst er niets.")
        expect(placed).not_to_contain_text("botst")
        db.session.rollback()
        assert db.session.query(AcceptedClash).one().reason == "Ze delen de zaal."

        page.keyboard.press("Control+z")
        expect(panel).to_contain_text("15 minuten tegelijk in De Hal")
        page.get_by_role("button", name="Maak ongedaan").click()
        expect(placed).to_contain_text("11.00–12.15")
        page.get_by_role("button", name="Maak ongedaan").click()
        expect(placed).to_contain_text("11.00–11.45")
        page.keyboard.press("Control+Shift+z")
        expect(placed).to_contain_text("11.00–12.15")
        page.keyboard.press("Control+z")
        expect(placed).to_contain_text("11.00–11.45")
        page.keyboard.press("Control+z")
        expect(placed).to_have_count(0)
        expect(waiting).to_be_visible()
        expect(page.get_by_role("button", name="Maak ongedaan")).to_be_disabled()


def test_a_card_dragged_to_the_side_leaves_the_timetable_and_comes_back(site, browser, world):
    with maker(site, browser) as page:
        page.goto(world.address)
        side = page.get_by_role("heading", name="Nog zonder plek").bounding_box()
        assert side is not None
        drag(page, top_of(card(page, world.soup)), (side["x"] + 60, side["y"] + 10))
        expect(card(page, world.soup)).to_have_count(0)
        waiting = page.locator(".waiting", has_text="Soep voor de straat")
        expect(waiting).to_contain_text("Bezoekers zien nog")
        # To another day, at the same time.
        x, y = spot(page, "kas", 10)
        drag(page, top_of(waiting), (x, y + 8))
        expect(card(page, world.soup)).to_contain_text("10.00–10.45")
        tab = page.locator(".tabs a").nth(1).bounding_box()
        assert tab is not None
        drag(page, top_of(card(page, world.soup)), (tab["x"] + 20, tab["y"] + 20))
        expect(card(page, world.soup)).to_have_count(0)
        assert now(world.soup)[:2] == ("kas", world.at(10) - timedelta(days=1))


def test_a_maker_without_a_mouse_uses_the_keyboard(site, browser, world):
    with maker(site, browser) as page:
        page.goto(world.address)
        grip = card(page, world.soup).get_by_role("button", name=re.compile("Pak op: Soep"))
        live = page.locator("[data-live]")
        grip.focus()
        page.keyboard.press("Enter")
        expect(live).to_contain_text("Opgepakt: Soep voor de straat")
        for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Shift+ArrowDown"):
            page.keyboard.press(key)
        expect(live).to_have_text("De Kas, 10.10–11.00 uur")
        page.keyboard.press("Enter")
        expect(card(page, world.soup)).to_contain_text("10.10–11.00")
        expect(grip).to_be_focused()
        assert now(world.soup) == ("kas", world.at(10, 10), world.at(11))

        page.keyboard.press("Space")
        page.keyboard.press("PageDown")
        expect(live).to_have_text("De Kas, 11.10–12.00 uur")
        page.keyboard.press("Escape")
        expect(live).to_have_text("Niet verplaatst.")
        page.keyboard.press("Space")
        page.keyboard.press("Delete")
        expect(page.locator(".waiting", has_text="Soep voor de straat")).to_be_visible()
        page.keyboard.press("Control+z")
        expect(card(page, world.soup)).to_contain_text("10.10–11.00")

        waiting = page.locator(".waiting", has_text="Een vogelhuis").get_by_role("button")
        waiting.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.locator(".placed", has_text="Een vogelhuis")).to_be_visible()


def test_a_click_on_a_card_and_one_on_its_new_place(site, browser, world):
    with maker(site, browser) as page:
        page.goto(world.address)
        page.mouse.click(*top_of(card(page, world.soup)))
        expect(page.locator("[data-live]")).to_contain_text("Opgepakt")
        x, y = spot(page, "kas", 11, 30)
        page.mouse.click(x, y + 3)
        expect(card(page, world.soup)).to_contain_text("11.30–12.15")


def test_a_finger_on_a_tablet_drags_what_it_holds_and_scrolls_over_the_rest(site, browser, world):
    with maker(site, browser, 1024, has_touch=True) as page:
        page.goto(world.address)
        fingers = page.context.new_cdp_session(page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            at = [{"x": x, "y": y} for x, y in points]
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

        def slide(begin: tuple[float, float], end: tuple[float, float]) -> None:
            for part in (0.1, 0.3, 0.6, 1):
                way = [a + (b - a) * part for a, b in zip(begin, end, strict=True)]
                touch("touchMove", (way[0], way[1]))
            touch("touchEnd")

        begin = top_of(card(page, world.soup))
        x, y = spot(page, "kas", 11)
        touch("touchStart", begin)
        expect(page.locator(".dragged")).to_be_visible()
        slide(begin, (x, y + 8))
        expect(card(page, world.soup)).to_contain_text("11.00–11.45")
        assert now(world.soup) == ("kas", world.at(11), world.at(11, 45))

        begin = top_of(card(page, world.soup))
        touch("touchStart", begin)
        slide(begin, (begin[0], begin[1] - 120))
        wait_until(page, "() => document.querySelector('.board').scrollTop + scrollY > 60")
        assert now(world.soup) == ("kas", world.at(11), world.at(11, 45))


def test_a_break_is_drawn_where_nothing_stands(site, browser, world):
    with maker(site, browser) as page:
        page.goto(world.address)
        x, y = spot(page, "kas", 11)
        drag(page, (x, y + 2), spot(page, "kas", 11, 30))
        expect(page.get_by_role("heading", level=1)).to_have_text("Nieuwe pauze of blokkade")
        page.get_by_label("Hoe het heet in het Nederlands").fill("Koffie")
        page.get_by_role("button", name="Bewaar").click()
        expect(page.locator('[data-stage="kas"] .band')).to_have_text("Koffie")
        expect(page.locator('[data-stage="hal"] .band')).to_have_count(0)
        page.get_by_role("button", name="Maak ongedaan").click()
        expect(page.locator(".band")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_maker_on_a_phone_uses_the_form_in_english(site, browser, world, scripts):
    phone = {"has_touch": True, "is_mobile": True, "java_script_enabled": scripts}
    with maker(site, browser, 360, **phone) as page:
        page.goto(world.address.replace("/team/", "/en/team/"))
        expect(page.get_by_role("heading", name="The Greenhouse")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Pick up"))).to_have_count(0)
        if scripts:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        card(page, world.soup).get_by_role("link", name="Move").click()
        page.get_by_label("From", exact=True).fill("11:45")
        page.get_by_label("To", exact=True).fill("12:30")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
        page.get_by_role("button", name="Save anyway").click()
        expect(card(page, world.soup)).to_contain_text("11.45–12.30")
        assert now(world.soup) == ("hal", world.at(11, 45), world.at(12, 30))
        page.get_by_role("button", name="Undo").click()
        expect(card(page, world.soup)).to_contain_text("10.00–10.45")


def test_in_a_list_a_mouse_moves_nothing_to_a_time(site, browser, world):
    with maker(site, browser, 800) as page:
        page.goto(world.address)
        expect(card(page, world.soup)).to_contain_text("10.00–10.45")
        card(page, world.soup).scroll_into_view_if_needed()
        x, y = top_of(card(page, world.soup))
        drag(page, (x, y), (x, y + 150))
        heading = page.get_by_role("heading", name="De Kas")
        heading.scroll_into_view_if_needed()
        box = heading.bounding_box()
        assert box is not None
        below = box["y"] + box["height"] + 14
        drag(page, (x, below), (x + 100, below + 10))
        expect(page).to_have_url(world.address)
        page.set_viewport_size({"width": 1280, "height": 800})
        x, y = spot(page, "kas", 11)
        drag(page, top_of(card(page, world.soup)), (x, y + 8))
        expect(card(page, world.soup)).to_contain_text("11.00–11.45")
        page.get_by_role("button", name="Maak ongedaan").click()
        expect(card(page, world.soup)).to_contain_text("10.00–10.45")
        expect(page.get_by_role("button", name="Maak ongedaan")).to_be_disabled()


def test_the_later_of_two_makers_is_told(site, browser, world):
    with maker(site, browser) as first, maker(site, browser) as second:
        for page in (first, second):
            page.clock.install()
            page.goto(world.address)
        x, y = spot(first, "kas", 11)
        drag(first, top_of(card(first, world.soup)), (x, y + 8))
        expect(card(first, world.soup)).to_contain_text("11.00–11.45")
        x, y = spot(second, "kas", 13)
        drag(second, top_of(card(second, world.soup)), (x, y + 8))
        expect(second.get_by_role("alert")).to_contain_text("Iemand anders heeft")
        expect(second.get_by_role("alert")).to_contain_text("11.00–11.45 uur, De Kas")
        expect(card(second, world.soup)).to_contain_text("11.00–11.45")
        assert now(world.soup) == ("kas", world.at(11), world.at(11, 45))

        # Who looks on sees it by itself; who has a card in hand is asked first.
        first.keyboard.press("Control+z")
        expect(card(first, world.soup)).to_contain_text("10.00–10.45")
        second.clock.fast_forward(16_000)
        expect(card(second, world.soup)).to_contain_text("10.00–10.45")
        card(second, world.story).get_by_role("button").focus()
        second.keyboard.press("Enter")
        first.keyboard.press("Control+Shift+z")
        expect(card(first, world.soup)).to_contain_text("11.00–11.45")
        second.clock.fast_forward(16_000)
        expect(second.get_by_role("alert")).to_contain_text("iemand anders werkt ook")
        second.keyboard.press("ArrowRight")
        second.keyboard.press("Enter")
        expect(
            card(second, world.story).locator("xpath=ancestor::*[@data-stage]")
        ).to_have_attribute("data-stage", "kas")
        expect(card(second, world.soup)).to_contain_text("11.00–11.45")

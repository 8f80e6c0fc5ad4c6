"""A television at a door, through a night without network; its own clock is years behind."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, Request, expect
from werkzeug.serving import make_server

from festival import clock
from festival.db import db
from festival.editions.rules import raise_programme_version
from festival.programme import slot_capacity
from festival.signage import stage_schedule
from festival.web.languages import Bilingual
from tests import make
from tests.browser import page as new_page
from tests.browser import wait_until
from tests.crowd import crowd
from tests.kept_pages import forget_pages
from tests.world import World, at, build_world

ITS_OWN_TIME = datetime(2020, 1, 1, tzinfo=UTC)
TELEVISION = {"width": 1920}


@dataclass
class Festival:
    """The programme behind a real server, whose clock the test sets."""

    address: str
    world: World
    now: datetime

    def changed(self) -> None:
        raise_programme_version(self.world.edition.id)
        db.session.commit()


@pytest.fixture
def festival(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Festival]:
    """Friday morning, ten minutes before the first talk."""
    world = build_world()
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    festival = Festival(f"http://127.0.0.1:{server.server_port}", world, at(23, 9, 50))
    monkeypatch.setattr(clock, "now", lambda: festival.now)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield festival
    server.shutdown()
    thread.join()
    server.server_close()


def open_screen(page: Page, festival: Festival, name: str) -> None:
    """The screen as it is once it has asked the server the time."""
    page.clock.install(time=ITS_OWN_TIME)
    page.set_viewport_size({"width": 1920, "height": 1080})
    with page.expect_response("**/nu"):
        page.goto(f"{festival.address}/scherm/{name}")
    local = festival.world.edition.local(festival.now)
    expect(page.locator("[data-clock]")).to_have_text(f"{local.hour}.{local.minute:02}")


def wait(page: Page, festival: Festival, how_long: timedelta) -> None:
    """Time goes by for the server and the television; what the server kept is too old then."""
    forget_pages()
    festival.now += how_long
    page.clock.fast_forward(int(how_long.total_seconds() * 1000))
    page.clock.run_for(1500)  # its next tick
    festival.now += timedelta(milliseconds=1500)


def ask_again(page: Page, festival: Festival) -> None:
    """Long enough for the screen to ask the server once more, and hear the answer to that.

    What the server kept is too old then.
    """
    forget_pages()
    questions: list[Request] = []

    def note(request: Request) -> None:
        if request.url.endswith("/nu"):
            questions.append(request)

    page.on("request", note)
    for _ in range(40):
        festival.now += timedelta(seconds=1)
        page.clock.run_for(1000)
        page.wait_for_timeout(30)  # its network is not faked
        if questions:
            break
    page.remove_listener("request", note)
    questions[0].response()


def lists(page: Page) -> dict[str, list[str]]:
    """The titles in each list of a stage's screen, out of sight or not."""
    found: dict[str, list[str]] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-list]")].map((list) =>
          [list.dataset.list, [...list.querySelectorAll(".entry-title")].map((title) =>
            title.textContent.replaceAll("\\u00ad", ""))]))"""
    )
    return found


def expected(festival: Festival, slug: str) -> dict[str, list[str]]:
    """The same by the server's reckoning."""
    edition = festival.world.edition
    schedule = stage_schedule.schedule_of(edition)
    stage = next(each for each in schedule.stages if each.slug == slug)
    here = [entry for entry in schedule.entries_of(stage) if entry.day >= at(23, 12).date()]
    placed = stage_schedule.places_in_time(
        here, stage_schedule.shown_day(here, festival.now), festival.now
    )
    found: dict[str, list[str]] = {"now": [], "next": [], "later": [], "rest": []}
    for entry, place in zip(here, placed, strict=True):
        found[place].append(entry.title.nl)
    return found


def test_it_goes_on_through_a_night_without_network(festival, browser):
    with new_page(browser, **TELEVISION) as page:
        open_screen(page, festival, "tafel")
        nodes = page.evaluate("document.querySelectorAll('*').length")
        sign = page.locator("[data-stale-sign]")
        expect(sign).to_be_hidden()

        page.context.set_offline(True)
        seen = set()
        for _ in range(56):  # 28 hours
            wait(page, festival, timedelta(minutes=30))
            assert lists(page) == expected(festival, "tafel"), festival.now
            seen.update(page.locator(".boards-day:visible").all_text_contents())
        assert seen == {"vrijdag 23 oktober", "zaterdag 24 oktober"}
        expect(page.locator(".boards-over")).to_be_visible()
        expect(sign).to_have_text("Geen verbinding. Laatst bijgewerkt 9.50 uur")
        assert page.evaluate("document.querySelectorAll('*').length") <= nodes


def test_now_and_the_bar_and_what_is_next(festival, browser):
    with new_page(browser, **TELEVISION) as page:
        open_screen(page, festival, "hal")
        expect(page.locator(".board-next .entry-soon")).to_have_text("over 10 minuten")
        page.context.set_offline(True)
        wait(page, festival, timedelta(minutes=30))
        expect(page.locator(".board-now .entry-title")).to_contain_text("Soep is geen project")
        expect(page.locator(".board-now .entry-left span")).to_have_text("nog 25 minuten")
        assert page.locator(".board-now progress").evaluate("bar => bar.value / bar.max") == (
            pytest.approx(20 / 45)
        )
        expect(page.locator(".board-next")).to_be_hidden()


def test_after_the_network_is_back_it_shows_what_was_changed_meanwhile(festival, browser):
    with new_page(browser, **TELEVISION) as page:
        open_screen(page, festival, "hal")
        page.context.set_offline(True)
        wait(page, festival, timedelta(hours=1))
        slot = festival.world.talk.slots[0]
        slot.delay_minutes, slot.reason = 75, Bilingual("De trein staat stil.")
        festival.changed()
        wait(page, festival, timedelta(minutes=5))
        expect(page.locator(".boards-over")).to_be_visible()

        page.context.set_offline(False)
        ask_again(page, festival)
        expect(page.locator("[data-stale-sign]")).to_be_hidden()
        news = page.locator(".board-next .entry-news").first
        expect(news).to_contain_text("75 minuten later De trein staat stil.")

        with page.expect_response("**/nu"):
            page.goto(f"{festival.address}/scherm/tafel")
        expect(page.locator(".board-next .places")).to_have_text("nog 20 plekken")
        slot_capacity.claim(festival.world.workshop.slots[0].id, 17)
        db.session.commit()
        ask_again(page, festival)
        expect(page.locator(".board-next .places")).to_have_text("nog 3 plekken")


def test_half_an_answer_is_no_answer(festival, browser):
    with new_page(browser, **TELEVISION) as page:
        open_screen(page, festival, "hal")
        festival.world.talk.slots[0].delay_minutes = 5
        festival.changed()
        page.evaluate(
            """() => { const whole = Response.prototype.text;
                 Response.prototype.text = () => {
                   Response.prototype.text = whole;
                   return Promise.reject(new TypeError("network error")); }; }"""
        )
        ask_again(page, festival)
        expect(page.locator(".entry-news")).to_have_count(0)
        ask_again(page, festival)
        expect(page.locator(".entry-news").first).to_contain_text("5 minuten later")


def test_it_starts_again_without_network_and_knows_the_time(festival, browser):
    with new_page(browser, **TELEVISION) as page:
        open_screen(page, festival, "hal")
        wait_until(
            page,
            """async () => (await (await caches.open("schermen-1")).keys())
                 .filter(({url}) => /(screen|stage_schedule)\\.(js|css)$|hal$|nu$/.test(url))
                 .length === 5""",
        )
        slot = festival.world.talk.slots[0]
        slot.delay_minutes = 5
        festival.changed()
        ask_again(page, festival)
        expect(page.locator(".entry-news").first).to_contain_text("5 minuten later")
        wait_until(
            page,
            """async () => { const kept = await caches.open("schermen-1");
                 for (const request of await kept.keys())
                   if (/nu$/.test(request.url))
                     return (await (await kept.match(request)).text()).includes("5 minuten later");
               }""",
        )

        page.context.set_offline(True)
        wait(page, festival, timedelta(minutes=30))
        page.reload()
        expect(page.locator(".board-now .entry-title")).to_contain_text("Soep is geen project")
        expect(page.locator(".entry-news").first).to_contain_text("5 minuten later")
        expect(page.locator("[data-clock]")).to_have_text(re.compile(r"10\.2[01]"))
        expect(page.locator("[data-stale-sign]")).to_contain_text("9.50 uur")
        assert page.evaluate("document.fonts.check('800 20px Bricolage Grotesque')")


def test_the_foyer_turns_its_pages_and_can_be_stopped(festival, browser):
    festival.world.edition.is_current = False
    db.session.commit()
    edition = make.edition()
    crowd(edition)
    festival.world.edition = edition
    festival.now = at(23, 10, 10)
    with new_page(browser, **TELEVISION) as page:
        open_screen(page, festival, "foyer")
        button = page.locator("[data-pages]")
        pages = int(button.inner_text().split()[-1])
        assert pages == 3, "of twelve stages, in somewhat smaller type"
        seen = []
        for _ in range(pages):
            assert page.evaluate(
                """() => { const box = document.querySelector(".boards");
                     return box.scrollHeight <= box.clientHeight + 2
                       && document.documentElement.scrollHeight <= innerHeight; }"""
            )
            seen += page.locator(".board:visible .board-name").all_text_contents()
            page.clock.run_for(12_000)
        assert len(seen) == len(set(seen)) == 12
        button.click()
        page.clock.run_for(36_000)
        expect(button).to_have_text(f"Blad 1 van {pages}")
        expect(button).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1024, 768)])
def test_long_words_and_many_things_fit_without_scroll_bars(festival, browser, size):
    world = festival.world
    world.workshop.title = Bilingual(
        "Arbeidsmarktgerichte wijkontwikkelingsmaatschappijen en meervoudig ruimtegebruik",
        "Labour market oriented neighbourhood development companies",
    )
    world.workshop.slots[0].reason = Bilingual(
        "De aansprakelijkheidsverzekering geldt niet. " * 4, "The liability insurance fails. " * 5
    )
    world.workshop.slots[0].delay_minutes = 10
    for number in range(12):
        make.slot(
            make.session(title=Bilingual(f"Verantwoordelijkheidsgevoelige zaak {number}")),
            starts=at(23, 13 + number // 2, 30 * (number % 2)),
            minutes=30,
            stage=world.table,
        )
    festival.changed()
    festival.now = at(23, 11, 30)
    with new_page(browser) as page:
        open_screen(page, festival, "tafel")
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.clock.run_for(1000)
        assert page.evaluate(
            """() => [...document.querySelectorAll("html, .boards, .board-now, .board-next")]
                 .every((box) => box.scrollHeight <= box.clientHeight + 2
                   && box.scrollWidth <= box.clientWidth + 2)"""
        )
        expect(page.locator(".board-now .entry-title")).to_be_in_viewport(ratio=1)
        expect(page.locator(".board-next .entry").first).to_be_in_viewport(ratio=1)

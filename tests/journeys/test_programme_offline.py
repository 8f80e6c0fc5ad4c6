"""The programme that was opened once is there without network, and says how old it is."""

import re

import pytest
from playwright.sync_api import Page, expect

from festival.editions.queries import current_edition
from tests.browser import page as new_page
from tests.browser import wait_until

pytestmark = pytest.mark.xdist_group("browser")


def kept(page: Page) -> list[str]:
    """The addresses in all caches of the programme."""
    return page.evaluate(
        """async () => {
            const found = [];
            for (const name of await caches.keys())
                if (name.startsWith("programma-"))
                    for (const request of await (await caches.open(name)).keys()) {
                        const url = new URL(request.url);
                        found.push(url.pathname + url.search);
                    }
            return found;
        }"""
    )


def wait_until_kept(page: Page, *addresses: str) -> None:
    for _ in range(150):
        found = kept(page)
        fonts = [each for each in found if each.endswith(".woff2")]
        if set(addresses) <= set(found) and len(fonts) >= 2:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"not kept: {set(addresses) - set(found)}")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_opened_once_all_days_are_there_without_network(site, browser, prefix):
    days = [day.isoformat() for day in current_edition().days]
    programme = f"{prefix}/programma"
    with new_page(browser, width=360) as page:
        page.goto(f"{site.address}{programme}?dag={days[1]}")
        notice = page.locator("[data-bewaard]")
        expect(notice).to_be_hidden()
        star = page.get_by_role("button", name=re.compile("straat|street")).first
        star.click()
        wait_until_kept(
            page,
            *(f"{programme}?dag={day}" for day in days),
            *(f"{prefix}/{each}" for each in ("programma.json", "mijn-dag", "nu")),
            f"{prefix}/programma/soep",
        )
        page.context.set_offline(True)

        page.reload()
        expect(notice).to_be_visible()
        pattern = r"Fetched: \w+day \d+\.\d\d" if prefix else r"Opgehaald: \w+dag \d+\.\d\d uur"
        expect(notice).to_contain_text(re.compile(pattern))
        expect(page.locator(".card-title")).to_have_count(4)
        assert page.evaluate("document.fonts.check('700 20px Bricolage Grotesque')")
        expect(star).to_have_attribute("aria-pressed", "true")

        page.locator(".tabs a").nth(2).click()
        expect(page.get_by_role("heading", level=2).first).to_be_visible()
        expect(notice).to_be_visible()
        page.goto(f"{site.address}{programme}?dag={days[1]}&soort=talk")
        expect(notice).to_contain_text("Filteren kan weer" if not prefix else "filter again")

        page.goto(f"{site.address}{prefix}/mijn-dag")
        expect(page.locator(".thread > li")).to_have_count(1)
        expect(page.locator("[data-age]")).to_contain_text(re.compile(r"\d+\.\d\d"))
        expect(page.locator("[data-offline]")).to_be_visible()
        page.locator(".thread-what a").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("So")

        page.goto(f"{site.address}{prefix}/programma/nooit-geopend")
        expect(page.get_by_role("heading", level=1)).to_contain_text(
            "offline" if prefix else "geen internet"
        )

        page.context.set_offline(False)
        page.goto(f"{site.address}{programme}?dag={days[1]}")
        expect(notice).to_be_hidden()


def test_a_slow_or_broken_server_is_the_same_as_none(site, browser):
    with new_page(browser, width=360) as page:
        page.goto(f"{site.address}/programma")
        wait_until_kept(page, "/programma")
        page.context.route("**/programma", lambda route: route.fulfill(status=503, body="stuk"))
        page.goto(f"{site.address}/programma")
        expect(page.locator("[data-bewaard]")).to_be_visible()
        page.context.unroute("**/programma")
        waiting = []
        page.context.route("**/programma", lambda route: waiting.append(route))  # no answer
        page.goto(f"{site.address}/programma")
        expect(page.locator("[data-bewaard]")).to_be_visible()
        for route in waiting:
            route.abort()


def test_only_public_pages_are_kept_and_old_versions_go(site, browser):
    with new_page(browser, width=360) as page:
        page.goto(f"{site.address}/praktisch")
        page.evaluate(
            """async () => (await caches.open("programma-0ld"))
                .put("/programma", new Response("oud"))"""
        )
        page.goto(f"{site.address}/programma")
        wait_until_kept(page, "/mijn-dag", "/nu")
        filtered = "/programma?soort=workshop&q=soep"  # nor what somebody searched: no end to it
        for path in ("/team/inloggen", "/kaartjes", "/programma/bestaat-niet", "/", filtered):
            page.goto(f"{site.address}{path}")
        page.goto(f"{site.address}/programma")
        wait_until(page, "async () => !(await caches.keys()).includes('programma-0ld')")
        own = re.compile(r"/(programma|programma\.json|nu|mijn-dag|sprekers)(\?dag=.*)?$|/static/")
        assert [each for each in kept(page) if not own.search(each)] == []


def test_who_saves_data_keeps_no_more_than_the_page(site, browser):
    with new_page(browser, width=360) as page:
        page.add_init_script(
            "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
        )
        page.goto(f"{site.address}/programma")
        wait_until_kept(page, "/programma")
        pages = [each for each in kept(page) if not each.startswith("/static/")]
        assert pages == ["/programma"]

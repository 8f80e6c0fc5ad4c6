"""The time for which tickets are kept: seen to run out, made longer, and over with nothing lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import no_sideways_scroll, reach
from tests.browser import page as new_page

pytestmark = pytest.mark.xdist_group("browser")

WORDS = {
    "": ("Verder met deze kaartjes", "Je naam", "nog {} minuten", "Houd langer vast"),
    "/en": ("Continue with these tickets", "Your name", "{} minutes left", "Keep them longer"),
}


@pytest.mark.parametrize("prefix", WORDS)
def test_two_minutes_before_the_end_it_warns_and_a_key_makes_it_longer(site, browser, prefix):
    """WCAG 2.2.1, by keyboard at 360 pixels, with the clock of the browser put on."""
    on, name, minutes, longer = WORDS[prefix]
    with new_page(browser, width=360) as page:
        page.clock.install()
        page.goto(f"{site.address}{prefix}/kaartjes")
        page.locator("[name=n-weekend]").select_option("2")
        page.get_by_role("button", name=on).click()
        left, said = page.locator("[data-hold-left]"), page.locator("[data-hold-said]")
        expect(left).to_have_text(minutes.format(20))
        reach(page, name)
        page.keyboard.type("Mia Jansen")
        page.clock.fast_forward("17:05")
        expect(left).to_have_text(minutes.format(3))
        expect(said).to_be_empty()
        page.clock.fast_forward("01:00")
        expect(left).to_have_text(minutes.format(2))
        expect(left).to_be_in_viewport()
        expect(said).to_have_text(re.compile(longer))
        no_sideways_scroll(page)
        reach(page, longer)
        page.keyboard.press("Enter")
        # The same page again: what was typed stands there, and the warning has gone.
        expect(left).to_have_text(minutes.format(20))
        expect(said).to_be_empty()
        expect(page.get_by_label(name)).to_have_value("Mia Jansen")
        page.clock.fast_forward("20:01")
        expect(page.locator("[data-hold-over]")).to_be_visible()
        expect(left).to_be_hidden()
        expect(page.get_by_label(name)).to_have_value("Mia Jansen")
        no_sideways_scroll(page)

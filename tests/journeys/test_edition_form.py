"""An organiser makes an edition with the keyboard only, and does not delete one with one key."""

import pytest
from playwright.sync_api import Browser, Page, expect

from festival.db import db
from festival.editions.models import Edition
from tests import make
from tests.browser import page as new_page
from tests.journeys.conftest import Site

pytestmark = pytest.mark.xdist_group("browser")

# What has the focus: its id or words, whether its label is there, and whether people see it.
FOCUSED = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  const label = it.labels?.[0]?.textContent ?? it.textContent;
  const ring = getComputedStyle(it);
  return {
    id: it.id, name: it.name ?? "", says: label.trim(),
    seen: box.top >= 0 && box.top < innerHeight,
    ring: ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2,
  };
}"""


@pytest.fixture
def organiser(site: Site, browser: Browser):
    """The browser of an organiser who is signed in."""
    client = site.app.test_client()
    make.sign_in(client, "organiser")
    with new_page(browser) as page:
        name = site.app.config["SESSION_COOKIE_NAME"]
        cookie = client.get_cookie(name)
        assert cookie is not None
        page.context.add_cookies([{"name": name, "value": cookie.value, "url": site.address}])
        yield page


def tab_to(page: Page, name: str) -> list[dict]:
    """Press Tab until the field `name` has the focus; what had it on the way."""
    passed = []
    for _press in range(80):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        if passed[-1]["name"] == name or passed[-1]["says"] == name:
            return passed
    raise AssertionError(f"Tab does not reach {name}: {[each['name'] for each in passed]}")


def test_the_whole_form_with_the_keyboard(site: Site, organiser: Page) -> None:
    organiser.goto(f"{site.address}/team/edities/nieuw")
    organiser.locator("h1").evaluate("it => { it.tabIndex = -1; it.focus(); }")
    passed = tab_to(organiser, "Bewaar")
    fields = organiser.locator("form.form").evaluate(
        "form => [...form.elements].filter(it => it.name && it.type != 'hidden').map(it => it.name)"
    )
    reached = [each["name"] for each in passed if each["name"]]
    assert list(dict.fromkeys(reached)) == fields, "in another order, or not all"
    assert [each["name"] for each in passed if not (each["says"] and each["seen"])] == []
    ringed = {each["name"] for each in passed if each["ring"]}
    assert set(fields) - ringed == set()  # a date's calendar button has a ring of its own

    # Sent empty: what is wrong has the focus, and leads to each field.
    organiser.keyboard.press("Enter")
    expect(organiser.locator("#fouten")).to_be_focused()
    wrong = organiser.locator("#fouten a")
    first = wrong.first.get_attribute("href")
    organiser.keyboard.press("Tab")
    organiser.keyboard.press("Enter")
    assert f"#{organiser.evaluate(FOCUSED)['id']}" == first
    organiser.keyboard.type("Festival van 2030")
    tab_to(organiser, "starts_on")
    organiser.keyboard.type("09132030")
    tab_to(organiser, "ends_on")
    organiser.keyboard.type("09142030")
    tab_to(organiser, "organiser_name")
    organiser.keyboard.type("Stichting Pluk")
    tab_to(organiser, "organiser_email")
    organiser.keyboard.type("festival@example.org")
    tab_to(organiser, "Bewaar")
    organiser.keyboard.press("Enter")
    organiser.wait_for_url("**/team/edities/festival-van-2030#*")
    db.session.rollback()
    made = db.session.query(Edition).filter_by(slug="festival-van-2030").one()
    assert [str(day) for day in made.days] == ["2030-09-13", "2030-09-14"]


def test_the_first_key_in_a_question_deletes_nothing(site: Site, organiser: Page) -> None:
    make.edition(slug="later", is_current=False)
    organiser.goto(f"{site.address}/team/edities/later")
    organiser.get_by_role("link", name="Haal deze editie weg").focus()
    organiser.keyboard.press("Enter")
    question = organiser.get_by_role("dialog")
    expect(question).to_be_visible()
    expect(question.get_by_text("Nee, terug")).to_be_focused()
    organiser.keyboard.press("Enter")
    expect(question).to_be_hidden()
    db.session.rollback()
    assert db.session.query(Edition).filter_by(slug="later").one()
    organiser.keyboard.press("Enter")
    organiser.keyboard.press("Shift+Tab")
    expect(question.locator("button")).to_be_focused()

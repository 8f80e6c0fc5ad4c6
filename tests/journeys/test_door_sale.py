"""Selling at a gate on a phone of 360 pixels: its taps counted, by keyboard, without network."""

import re

import pytest
from playwright.sync_api import Page, expect

from festival.checkin.models import Scan
from festival.db import db
from festival.payments.models import Payment
from festival.tickets.models import Order, TicketType
from tests.browser import page as new_page
from tests.journeys.test_gate import sign_in

pytestmark = pytest.mark.xdist_group("browser")

MOST_TAPS = 5


class Thumb:
    """Taps and types on a page, and counts both."""

    def __init__(self) -> None:
        self.taps = 0
        self.fields = 0

    def tap(self, target) -> None:
        target.tap()
        self.taps += 1

    def type(self, target, words: str) -> None:
        target.fill(words)
        self.fields += 1


@pytest.fixture
def door(site):
    """Weekend tickets are sold at the door too."""
    of = db.session.query(TicketType).filter_by(slug="weekend").one()
    of.is_sold_at_door = True
    db.session.commit()
    return site


def at_the_gate(page: Page, site) -> None:
    sign_in(page, site, "checkin")
    page.goto(f"{site.address}/team/deur")
    page.get_by_label("Naam van dit toestel").fill("Sjoerds telefoon")
    page.get_by_role("button", name="Begin met scannen").click()
    expect(page.get_by_role("link", name="Verkoop")).to_be_visible()


def test_from_tap_to_inside_in_a_few_taps(door, browser):
    with new_page(browser, width=360, has_touch=True) as page:
        at_the_gate(page, door)
        thumb = Thumb()
        thumb.tap(page.get_by_role("link", name="Verkoop"))
        thumb.tap(page.get_by_role("link", name=re.compile("Weekend.*45,00.*nog 50", re.S)))
        thumb.type(page.get_by_label("Naam"), "Nadia de Vries")
        thumb.tap(page.get_by_role("button", name="Gepind"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Verkocht")
        expect(page.get_by_role("img", name=re.compile("Nadia"))).to_be_in_viewport()
        thumb.tap(page.get_by_role("button", name="Laat nu binnen"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Verkocht en binnen")
        expect(page.get_by_text("oranje polsbandje")).to_be_visible()
        assert (thumb.taps, thumb.fields) == (4, 1)
        assert thumb.taps <= MOST_TAPS
    db.session.rollback()
    assert db.session.query(Order).one().name == "Nadia de Vries"
    assert db.session.query(Payment).one().method == "card_terminal"
    assert db.session.query(Scan).one().outcome == "admitted"


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.innerText || document.activeElement.name || ''")


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says `words`."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if words in focused(page):
            return
    raise AssertionError(f"no way to {words} by keyboard")


def test_by_keyboard_alone(door, browser):
    with new_page(browser, width=1280) as page:
        at_the_gate(page, door)
        tab_to(page, "Verkoop")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Welk kaartje?")
        tab_to(page, "Weekend")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Weekend")
        tab_to(page, "number")
        page.keyboard.press("ArrowRight")
        expect(page.locator("[data-total]")).to_have_text("€\xa090,00")
        tab_to(page, "name")
        page.keyboard.type("Nadia")
        page.keyboard.press("Enter")  # in a field it sells nothing
        expect(page.get_by_role("button", name="Contant")).to_be_visible()
        assert db.session.query(Order).count() == 0
        tab_to(page, "Contant")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Verkocht")
        tab_to(page, "Laat nu binnen")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Verkocht en binnen")
    db.session.rollback()
    assert db.session.query(Payment).one().amount_cents == 9000
    assert db.session.query(Scan).count() == 2


def test_a_lost_connection_keeps_what_was_typed_and_sells_once(door, browser):
    with new_page(browser, width=360) as page:
        at_the_gate(page, door)
        page.get_by_role("link", name="Verkoop").click()
        page.get_by_role("link", name=re.compile("Weekend")).click()
        page.get_by_label("Naam").fill("Nadia")
        # The sale arrives, and its answer does not.
        page.route("**/verkoop/weekend", lambda route: (route.fetch(), route.abort()))
        page.get_by_role("button", name="Contant").click()
        expect(page.get_by_role("alert")).to_contain_text("Geen verbinding")
        expect(page.get_by_label("Naam")).to_have_value("Nadia")
        page.unroute("**/verkoop/weekend")
        page.get_by_role("button", name="Contant").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Verkocht")
    db.session.rollback()
    assert db.session.query(Order).count() == db.session.query(Payment).count() == 1


def test_an_order_for_somebody_without_an_address_up_to_the_printed_sheet(door, browser):
    with new_page(browser, width=360) as page:
        sign_in(page, door, "finance")
        page.goto(f"{door.address}/team/bestellingen/")
        page.get_by_role("link", name="Bestel voor iemand").click()
        page.get_by_label("Weekend").fill("2")
        page.get_by_label("Naam van de besteller").fill("Wim de Wit")
        page.get_by_label("Namen op de kaartjes").fill("Wim de Wit\nJo de Wit")
        page.get_by_label("Er is al betaald").check()
        page.get_by_label("Hoe is er betaald?").select_option("cash")
        page.get_by_role("button", name="Bestel deze kaartjes").click()
        expect(page.get_by_text("De bestelling staat erin")).to_be_visible()
        print_link = page.get_by_role("link", name="Print de 2 kaartjes")
        sheets = page.request.get(f"{door.address}{print_link.get_attribute('href')}")
        assert sheets.headers["content-type"] == "application/pdf"
        assert sheets.body().startswith(b"%PDF")
    assert door.letters_to("@") == []

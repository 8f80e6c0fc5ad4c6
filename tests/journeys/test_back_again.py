"""The back button shows a page as it was left, filled form and all; what is sent then counts."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from festival import clock
from festival.db import db
from festival.feedback.models import Feedback
from festival.payments.rules import cancelling
from festival.tickets.models import Order
from tests import make
from tests.browser import page as new_page

pytestmark = pytest.mark.xdist_group("browser")


def back(page: Page) -> None:
    """Press Back. The page must come as it was left, not be fetched again."""
    page.go_back(wait_until="commit")
    assert page.evaluate("document.body.dataset.seen") == "yes", (
        "the cache of the back button is off"
    )


def order(page: Page, name: str, email: str) -> None:
    page.evaluate("document.body.dataset.seen = 'yes'")
    page.get_by_label("Je naam").fill(name)
    page.get_by_label("Je e-mailadres").fill(email)
    page.get_by_role("button", name="Bestel gratis kaartje").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_after_back_another_visitor_gets_an_order_of_their_own(site, browser):
    with new_page(browser) as page:
        page.goto(f"{site.address}/bestellen?n-bewoner=1")
        order(page, "Mia Jansen", "mia@example.org")
        back(page)
        order(page, "Piet Bakker", "piet@example.org")
        assert {each.name for each in db.session.query(Order)} == {"Mia Jansen", "Piet Bakker"}

        mine = db.session.query(Order).filter_by(name="Piet Bakker").one()
        cancelling.cancel_order(mine, now=clock.now())
        page.reload()
        expect(page.get_by_text("GEANNULEERD").first).to_be_visible()
        page.go_back(wait_until="commit")
        page.get_by_role("button", name="Bestel gratis kaartje").click()
        expect(page.get_by_role("alert")).to_contain_text("Er is niets nieuws besteld.")
        expect(page.get_by_label("Je naam")).to_have_value("Piet Bakker")
        page.get_by_role("button", name="Bestel gratis kaartje").click()
        expect(page.get_by_text("INGESCHREVEN").first).to_be_visible()
    db.session.rollback()
    assert db.session.query(Order).filter_by(name="Piet Bakker").count() == 2


def test_after_back_another_opinion_is_kept_too(site, browser):
    now = datetime.now(UTC)
    session = make.session(slug="nu-bezig")
    make.slot(session, starts=now - timedelta(minutes=10))
    with new_page(browser) as page:
        page.goto(f"{site.address}/programma/nu-bezig/mening")
        for words in ("Top", "Het kon korter"):
            page.evaluate("document.body.dataset.seen = 'yes'")
            page.get_by_label("Ik had er veel aan").check()
            page.get_by_label("Wat wil je erover zeggen?").fill(words)
            page.get_by_role("button", name="Geef deze mening").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("Dank")
            back(page)
    assert [each.words for each in db.session.query(Feedback)] == ["Top", "Het kon korter"]

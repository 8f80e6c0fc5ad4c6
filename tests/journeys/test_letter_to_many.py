"""A letter to many, from the pages of the team: whom it counts are those to whom it is written.

Two hundred here; tests/mailings/test_two_thousand.py sends one to ten times as many.
"""

import re
from collections import Counter

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from festival import clock
from festival.db import db
from festival.mail.models import Letter
from festival.mailings import sending
from tests.browser import no_sideways_scroll
from tests.browser import page as new_page
from tests.journeys.test_gate import sign_in
from tests.mailings.test_two_thousand import address, seed

PEOPLE = 200

pytestmark = pytest.mark.xdist_group("browser")


def test_a_letter_is_written_to_everybody_whom_the_page_counted(site, browser):
    seed(PEOPLE)
    site.app.config["MAILING_PER_MINUTE"] = PEOPLE + 1
    with new_page(browser, width=360) as page:
        sign_in(page, site, "organiser")
        page.goto(f"{site.address}/team/brieven/")
        page.get_by_role("link", name="Schrijf een brief").click()
        page.get_by_label(re.compile("Over het kaartje")).check()
        page.get_by_role("button", name="Ga schrijven").click()
        no_sideways_scroll(page, "/wijzig")
        page.get_by_label("Onderwerp in het Nederlands").fill("Tot morgen, {voornaam}")
        page.get_by_label("Onderwerp in het Engels").fill("See you tomorrow, {voornaam}")
        page.get_by_label("Brief in het Nederlands").fill("Dag {naam}, neem een mok mee.")
        page.get_by_label("Brief in het Engels").fill("Hello {naam}, bring a mug.")
        page.get_by_role("button", name="Bewaar en bekijk").click()
        expect(page.get_by_role("heading", name="Dit gaat naar 200 adressen")).to_be_visible()
        no_sideways_scroll(page)
        page.get_by_text("Verstuur aan 200 adressen", exact=True).click()
        page.get_by_role("button", name="Ja, verstuur aan 200 adressen").click()
        expect(page.get_by_text("0 van 200 geschreven")).to_be_visible()
        db.session.rollback()
        sending.send_due(clock.now)
        page.get_by_role("link", name="Kijk opnieuw").click()
        expect(page.get_by_text("200 van 200 geschreven")).to_be_visible()
        no_sideways_scroll(page)
    db.session.rollback()
    written = db.session.scalars(select(Letter.to))
    assert Counter(written) == Counter(map(address, range(PEOPLE)))

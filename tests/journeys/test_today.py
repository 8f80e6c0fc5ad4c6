"""The day itself on a phone: a delay with two taps, with JavaScript and without."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from festival import clock
from festival.db import db
from festival.programme.models.sessions import Session
from tests import make
from tests.browser import page as new_page


@pytest.mark.parametrize("scripts", [True, False])
def test_a_delay_with_a_reason_ripples_and_is_told(site, browser, scripts):
    now = clock.now()
    soup = db.session.query(Session).filter_by(slug="soep").one()
    first, later = soup.slots
    tomorrow, title = first.day.isoformat(), later.expected_starts_at
    next_one = make.slot(
        db.session.query(Session).filter_by(slug="lezing").one(),
        starts=first.ends_at + timedelta(minutes=15), stage=first.stage, places=None,
    )  # fmt: skip
    ticket = make.ticket(email="mia@example.org")
    ticket.type.days = list(soup.edition.day_rows)
    db.session.commit()
    make.booking(ticket, first, now=now)
    client = site.app.test_client()
    make.sign_in(client, "programme")
    cookie = client.get_cookie(site.app.config["SESSION_COOKIE_NAME"])

    with new_page(browser, width=360, java_script_enabled=scripts) as phone:
        phone.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": site.address}]
        )
        phone.goto(f"{site.address}/team/vandaag/?dag={tomorrow}")
        phone.get_by_role("link", name="30 minuten later: Soep met de straat").first.click()
        question = phone.get_by_role("dialog") if scripts else phone.locator("main")
        expect(question.get_by_role("checkbox", name="De lange adem")).to_be_checked()
        question.get_by_text("De trein is vertraagd.").click()
        question.get_by_role("button", name="Zeg dat het later begint").click()
        expect(phone.get_by_text("Later: Soep met de straat (en nog 1)")).to_be_visible()
        expect(phone.get_by_text("30 minuten later", exact=True).first).to_be_visible()
        phone.goto(f"{site.address}/en/wijzigingen")
        expect(phone.get_by_text("The train is delayed.").first).to_be_visible()

    db.session.rollback()
    # Fifteen minutes of pause, of which ten are for the changeover.
    assert (first.delay_minutes, next_one.delay_minutes) == (30, 25)
    assert later.expected_starts_at == title, "hours after it, nothing shifts"
    [letter] = site.letters_to("mia@example.org")
    assert letter["Subject"] == "Later: Soep met de straat"

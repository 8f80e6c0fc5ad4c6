"""Buyers who pay online: all the way through the official library, with play money."""

import re

import pytest
from playwright.sync_api import Page, expect

from festival import clock
from festival.db import db
from festival.payments.stripe import sweeps
from festival.payments.stripe.models import PaymentAttempt, StripeEvent
from festival.tickets.models import Order
from tests.browser import no_sideways_scroll, reach
from tests.browser import page as new_page

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def shop(site, play_money):
    """The site, connected with a simulator that sends its events there."""
    play_money.connect(site.app)
    play_money.do("webhooks", url=f"{site.address}/stripe/webhook")
    return site


def look_at_events() -> None:
    """What the worker does when Stripe has knocked."""
    db.session.rollback()
    for id in db.session.scalars(db.select(StripeEvent.id)):
        sweeps.handle_event(id)
    db.session.rollback()


def order_a_weekend(page: Page, address: str) -> None:
    """Up to the page on which to pay."""
    page.goto(f"{address}/kaartjes")
    page.get_by_label("Aantal Weekend").select_option("1")
    page.get_by_role("button", name="Verder met deze kaartjes").click()
    page.get_by_label("Je naam").fill("Mia Jansen")
    page.get_by_label("Je e-mailadres").fill("mia@example.org")
    page.get_by_role("button", name="Bestel en ga betalen").click()
    no_sideways_scroll(page, "/bestelling/")


def begin_to_pay(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Betaal .*45,00 online")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Betalen met speelgeld")


def test_somebody_pays_at_once_and_has_a_ticket(shop, browser, play_money):
    with new_page(browser, width=360, has_touch=True, is_mobile=True) as page:
        order_a_weekend(page, shop.address)
        begin_to_pay(page)
        page.get_by_role("button", name="Betaal met iDEAL").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tot op het festival")
        expect(page.get_by_text("BETAALD")).to_be_visible()
    play_money.do("rest")
    look_at_events()
    assert len(shop.letters_to("mia@example.org")) == 2  # how to pay, and the tickets


def test_somebody_fails_turns_back_and_pays_another_way_without_scripts(shop, browser):
    with new_page(browser, java_script_enabled=False) as page:
        order_a_weekend(page, shop.address)
        begin_to_pay(page)
        page.get_by_role("button", name="Mislukt").click()
        expect(page.get_by_role("alert")).to_contain_text("mislukt")
        page.get_by_role("button", name="Annuleer").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Je hebt nog niet betaald")
        page.get_by_role("button", name="Probeer opnieuw te betalen").click()
        page.get_by_role("button", name="Betaal met een kaart").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tot op het festival")


def test_somebody_closes_the_tab_and_the_webhook_brings_the_tickets(shop, browser, play_money):
    with new_page(browser) as page:
        order_a_weekend(page, shop.address)
        begin_to_pay(page)
    db.session.rollback()
    attempt = db.session.query(PaymentAttempt).one()
    play_money.do("pay", id=attempt.session_id)  # in the app of a bank, on a phone
    play_money.do("rest")
    look_at_events()
    assert db.session.query(Order).one().state == "confirmed"
    assert any("Weekend" in str(each) for each in shop.letters_to("mia@example.org"))


def test_somebody_buys_and_pays_by_keyboard_alone_in_english(shop, browser):
    """On a screen of 360 pixels, with nothing but Tab, Enter, an arrow and letters."""
    with new_page(browser, width=360) as page:
        page.goto(f"{shop.address}/en/kaartjes")
        no_sideways_scroll(page)
        reach(page, "Number Weekend")
        page.keyboard.press("ArrowDown")
        reach(page, "Continue with these tickets")
        page.keyboard.press("Enter")
        no_sideways_scroll(page, "/bestellen")
        reach(page, "Your name")
        page.keyboard.type("Sam Fields")
        reach(page, "Your e-mail address")
        page.keyboard.type("sam@example.org")
        reach(page, "Order and go on to pay")
        page.keyboard.press("Enter")
        no_sideways_scroll(page, "/bestelling/")
        reach(page, "online")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: not address.startswith(shop.address))
        reach(page, "Pay with iDEAL")
        page.keyboard.press("Enter")
        no_sideways_scroll(page, "/en/bestelling/")
        expect(page.get_by_text("PAID")).to_be_visible()
        reach(page, "Show at the entrance")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/en/kaartje/" in address)
        shown = page.get_by_role("region", name="Show at the entrance")
        expect(shown.get_by_role("img", name="QR code of this ticket")).to_be_visible()


def test_money_that_comes_later(shop, browser, play_money):
    play_money.do("webhooks", twice="yes")
    with new_page(browser, width=360) as page:
        order_a_weekend(page, shop.address)
        db.session.rollback()
        begin_to_pay(page)
        # So near to the festival slow methods are not offered; at Stripe one may be left.
        expect(page.get_by_role("button", name="Later betaald")).to_have_count(0)
        attempt = db.session.query(PaymentAttempt).one()
        play_money.do("pay_later", id=attempt.session_id)
        secret = attempt.order.secret
        page.goto(f"{shop.address}/bestelling/{secret}/betaald")
        expect(page.get_by_role("heading", level=1)).to_have_text("Je betaling is onderweg")
        no_sideways_scroll(page, "/betaald")
        play_money.do("settle", id=attempt.session_id)
        play_money.do("rest")
        look_at_events()
        page.get_by_role("link", name="Naar je bestelling").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tot op het festival")
    assert clock.now() > attempt.begun_at

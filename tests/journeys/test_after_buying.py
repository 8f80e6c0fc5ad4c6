"""After an order: paid by a statement of the bank, one ticket given back, an address mended."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from festival import clock
from festival.db import db
from festival.editions.models import DEADLINES
from festival.payments.models import Payment, Refund
from festival.tickets.models import Order, TicketType
from tests import make
from tests.browser import no_sideways_scroll, reach
from tests.browser import page as new_page
from tests.journeys.test_gate import sign_in
from tests.journeys.test_visitors import attached, codes_in, text_of
from tests.payments.bank.files import Paid, camt

pytestmark = pytest.mark.xdist_group("browser")

NEIGHBOURS = ["Ann", "Bas", "Cor", "Dirk", "Els", "Fien", "Gijs", "Hans", "Buur Ida"]


def order_of_weekends(number: int, **values: object) -> Order:
    """A paid order, made now, of an edition that lets buyers change all until its last day."""
    of = db.session.query(TicketType).filter_by(slug="weekend").one()
    now = clock.now()
    order = make.order(of=of, tickets=number, placed_at=now, confirmed_at=now, **values)
    make.payment(order, 4500 * number, received_at=now)
    # Once the festival has begun, nothing is cancelled.
    of.edition.starts_on += timedelta(days=7)
    of.edition.ends_on += timedelta(days=7)
    for name in DEADLINES:
        setattr(of.edition, name, of.edition.ends_on)
    db.session.commit()
    return order


def test_a_group_of_ten_pays_by_transfer_and_the_statement_brings_the_tickets(site, browser):
    """Without scripts; each of the ten has a name of their own."""
    with new_page(browser, width=360, java_script_enabled=False) as page:
        page.goto(f"{site.address}/kaartjes")
        page.get_by_label("Aantal Weekend").select_option("10")
        page.get_by_role("button", name="Verder met deze kaartjes").click()
        page.get_by_label("Je naam").fill("Mia Jansen")
        page.get_by_label("Je e-mailadres").fill("mia@example.org")
        for number, name in enumerate(NEIGHBOURS, start=2):
            page.get_by_label(f"Naam op kaartje {number}", exact=True).fill(name)
        no_sideways_scroll(page)
        page.get_by_role("button", name="Bestel en betaal per overschrijving").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Nog betalen, dan is het rond")
        expect(page.get_by_text("€\xa0450,00").first).to_be_visible()
        no_sideways_scroll(page)
        reference = page.locator("#kenmerk").inner_text().replace(" ", "")
        order_address = page.url

        statement = camt(Paid(45000, reference=reference, number="1"))
        file = {"name": "oktober.xml", "mimeType": "text/xml", "buffer": statement}
        read_statement(page, site, file)
        expect(page.get_by_text("geboekt").first).to_be_visible()
        # Of the same file, a day later, nothing is booked twice.
        read_statement(page, site, file)

        page.goto(order_address)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tot op het festival")
        expect(page.get_by_text("Buur Ida").first).to_be_visible()
    db.session.rollback()
    order = db.session.query(Order).one()
    assert [each.amount_cents for each in db.session.query(Payment).filter_by(order=order)] == [
        45000
    ]
    letters = site.letters_to("mia@example.org")
    assert len(letters) == 2
    assert len(codes_in(attached(letters[1], "application/pdf"))) == 10


def read_statement(page: Page, site, file: dict[str, object]) -> None:
    sign_in(page, site, "finance")
    page.goto(f"{site.address}/team/bank/")
    page.get_by_label("Bestand van je bank", exact=True).set_input_files(file)
    page.get_by_role("button", name="Lees dit bestand in").click()
    expect(page.get_by_role("status").first).to_be_visible()
    no_sideways_scroll(page)


def test_one_of_four_is_cancelled_by_keyboard_in_english(site, browser):
    order = order_of_weekends(4, language="en", email="sam@example.org")
    gone, stays = order.tickets[1], order.tickets[2]
    with new_page(browser, width=360) as page:
        page.goto(f"{site.address}/en/bestelling/{order.secret}")
        no_sideways_scroll(page)
        reach(page, "Cancel tickets")
        page.keyboard.press("Enter")
        no_sideways_scroll(page, "/annuleren")
        reach(page, gone.holder_name)
        page.keyboard.press("Space")
        reach(page, "Continue")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Do you want to cancel this ticket?"
        )
        expect(page.get_by_text("€45.00").first).to_be_visible()
        no_sideways_scroll(page)
        reach(page, "Yes, cancel this ticket")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=re.compile("€45.00 back"))).to_be_visible()
        no_sideways_scroll(page)
        old = page.request.get(f"{site.address}/en/kaartje/{gone.secret}").text()
        assert "QR code of this ticket" not in old
        assert page.request.get(f"{site.address}/en/kaartje/{stays.secret}").ok
    db.session.rollback()
    assert [ticket.released_at is None for ticket in order.tickets] == [True, False, True, True]
    assert db.session.query(Refund).one().amount_cents == 4500
    [letter] = site.letters_to("sam@example.org")
    assert "€45.00" in text_of(letter)


def test_a_wrong_address_is_corrected_and_the_old_link_is_void(site, browser):
    """Without scripts."""
    order = order_of_weekends(1, name="Mia Jansen", email="mia@exampel.org")
    old = f"{site.address}/bestelling/{order.secret}"
    with new_page(browser, width=360, java_script_enabled=False) as page:
        page.goto(old)
        page.get_by_role("link", name="Wijzig je gegevens").click()
        expect(page.get_by_role("button", name="Bewaar")).to_be_visible()
        no_sideways_scroll(page)
        page.get_by_label("Je e-mailadres").fill("mia@")
        page.get_by_role("button", name="Bewaar").click()
        expect(page.get_by_label("Je e-mailadres")).to_have_value("mia@")
        page.get_by_label("Je e-mailadres").fill("mia@example.org")
        page.get_by_role("button", name="Bewaar").click()
        expect(page.get_by_text("Je wijziging is bewaard")).to_be_visible()
        assert page.request.get(old).status == 410
        [letter] = site.letters_to("mia@example.org")
        [link] = re.findall(rf"{site.address}/bestelling/\S+", text_of(letter))
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tot op het festival")
    assert len(codes_in(attached(letter, "application/pdf"))) == 1
    [told] = site.letters_to("mia@exampel.org")
    assert "/bestelling/" not in text_of(told)

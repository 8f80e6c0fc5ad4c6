"""A ticket that was opened once is shown again without network; and without JavaScript."""

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from festival.db import db
from festival.programme.models.sessions import Slot
from festival.tickets import ticket_qr
from festival.tickets.models import TicketType
from tests import make
from tests.browser import page as new_page

pytestmark = pytest.mark.xdist_group("browser")


def a_ticket(site):
    """A valid ticket with a place tomorrow."""
    kind = db.session.query(TicketType).filter_by(slug="bewoner").one()
    ticket = make.ticket(of=kind)
    make.booking(ticket, db.session.query(Slot).first(), now=kind.sale_from)
    return ticket


def kept(page, path):
    """Whether the service worker has kept that page and at least its style and both fonts."""
    return page.evaluate(
        """async (path) => {
            const kept = await caches.open("kaartjes-1");
            const names = (await kept.keys()).map((request) => new URL(request.url).pathname);
            return names.includes(path) && names.some((name) => name.endsWith("ticket.css"))
                && names.filter((name) => name.endsWith(".woff2")).length >= 2;
        }""",
        path,
    )


def wait_until_kept(page, path):
    for _ in range(100):
        if kept(page, path):
            return
        page.wait_for_timeout(100)
    pytest.fail("the ticket was not kept")


def code_on(page, tmp_path):
    page.screenshot(path=tmp_path / "screen.png")
    return [code.text for code in zxingcpp.read_barcodes(Image.open(tmp_path / "screen.png"))]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_opened_once_it_is_there_without_network(site, browser, tmp_path, prefix):
    ticket = a_ticket(site)
    path, address = f"{prefix}/kaartje/{ticket.secret}", ticket_qr.address(ticket)
    with new_page(browser, width=360) as page:
        page.goto(site.address + path)
        notice = page.locator("[data-opgeslagen]")
        expect(notice).to_be_hidden()
        wait_until_kept(page, path)
        page.context.set_offline(True)

        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text(ticket.holder_name)
        expect(notice).to_be_visible()
        expect(notice).to_contain_text("opgeslagen om" if not prefix else "saved at")
        expect(page.locator(".thread-what")).to_have_count(1)
        # Dressed as always: its own fonts and styles came along.
        assert page.evaluate("document.fonts.check('700 20px Bricolage Grotesque')")
        page.locator('a[href="#toon"]').click()
        assert address in code_on(page, tmp_path)

        # What was not kept leads back to the ticket; one that was never opened says what to do.
        page.goto(f"{site.address}{path}/boeken")
        assert page.url.endswith(path)
        page.goto(f"{site.address}{prefix}/kaartje/nooit-geopend")
        expect(page.get_by_role("heading", level=1)).to_contain_text(
            "geen internet" if not prefix else "offline"
        )

        page.context.set_offline(False)
        page.goto(site.address + path)
        expect(page.locator("[data-opgeslagen]")).to_be_hidden()


def test_a_page_that_is_no_ticket_is_never_kept_under_its_address(site, browser):
    ticket = a_ticket(site)
    path = f"/kaartje/{ticket.secret}"
    with new_page(browser) as page:
        page.goto(site.address + path)
        wait_until_kept(page, path)
        page.route("**/kaartje/*", lambda route: route.fulfill(status=503, body="stuk"))
        page.goto(f"{site.address}/kaartje/{'x' * 22}")
        page.unroute("**/kaartje/*")
        names = page.evaluate(
            """async () => (await (await caches.open("kaartjes-1")).keys()).map((r) => r.url)"""
        )
        assert not [name for name in names if name.endswith("x" * 22)]


def test_the_code_is_shown_large_by_keyboard_and_without_javascript(site, browser, tmp_path):
    ticket = a_ticket(site)
    for scripts in (True, False):
        with new_page(browser, width=360, java_script_enabled=scripts) as page:
            page.goto(f"{site.address}/kaartje/{ticket.secret}")
            page.locator('a[href="#toon"]').focus()
            page.keyboard.press("Enter")
            large = page.locator("#toon")
            expect(large).to_be_visible()
            assert large.locator("svg").bounding_box()["width"] >= 330
            assert ticket_qr.address(ticket) in code_on(page, tmp_path)
            if scripts:
                page.keyboard.press("Escape")
            else:
                large.get_by_role("link").click()
            expect(large).to_be_hidden()

"""From a paid order to the gate: the code on the mailed PDF is held before the crew's camera."""

import re
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter
from playwright.sync_api import Page, expect

from festival.checkin.models import Scan
from festival.db import db
from festival.tickets.models import Order, TicketType
from tests import make
from tests.browser import chromium
from tests.browser import page as new_page
from tests.journeys.test_visitors import attached, text_of

pytestmark = pytest.mark.xdist_group("browser")


def sign_in(page: Page, site, role: str) -> None:
    """Begin as a signed-in member; signing in itself has its own tests."""
    client = site.app.test_client()
    make.sign_in(client, role)
    name = site.app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": site.address}])


def film_of(pdf: bytes, folder: Path) -> Path:
    """What a phone sees that is held over the printed ticket: a film of ten still frames."""
    sheet = pypdfium2.PdfDocument(BytesIO(pdf))[0].render(scale=150 / 72).to_pil()
    [code] = zxingcpp.read_barcodes(sheet)
    corners = code.position
    xs = [corner.x for corner in (corners.top_left, corners.top_right, corners.bottom_right)]
    ys = [corner.y for corner in (corners.top_left, corners.top_right, corners.bottom_right)]
    edge = 60
    cut = sheet.crop((min(xs) - edge, min(ys) - edge, max(xs) + edge, max(ys) + edge))
    cut = cut.resize((420, 420)).rotate(7, expand=True, fillcolor="white")
    frame = Image.new("RGB", (640, 480), "#777")
    frame.paste(cut, ((640 - cut.width) // 2, (480 - cut.height) // 2))
    film = folder / "camera.mjpeg"
    with film.open("wb") as file:
        for _ in range(10):
            frame.filter(ImageFilter.GaussianBlur(0.6)).save(file, "JPEG", quality=85)
    return film


def test_a_paid_ticket_comes_by_mail_and_opens_the_gate_once(site, browser, tmp_path):
    with new_page(browser) as page:
        page.goto(f"{site.address}/kaartjes")
        page.get_by_label("Aantal Weekend").select_option("1")
        page.get_by_role("button", name="Verder met deze kaartjes").click()
        page.get_by_label("Je naam").fill("Ada Kaartjes")
        page.get_by_label("Je e-mailadres").fill("ada@example.org")
        page.get_by_role("button", name="Bestel en betaal per overschrijving").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Nog betalen, dan is het rond")
    order = db.session.query(Order).one()
    [letter] = site.letters_to("ada@example.org")
    assert order.reference[-4:] in text_of(letter).replace(" ", "")
    assert not list(letter.iter_attachments())

    with new_page(browser) as page:
        sign_in(page, site, "finance")
        page.goto(f"{site.address}/team/bestellingen/{order.code}")
        page.get_by_label("Bedrag").fill("45,00")
        page.get_by_role("button", name="Boek deze betaling").click()
        expect(page.get_by_text("betaald", exact=True)).to_be_visible()
    letter = site.letters_to("ada@example.org")[-1]
    pdf = attached(letter, "application/pdf")

    with chromium(camera=film_of(pdf, tmp_path)) as phone, new_page(phone, width=360) as page:
        sign_in(page, site, "checkin")
        page.goto(f"{site.address}/team/deur")
        page.get_by_label("Naam van dit toestel").fill("Sjoerds telefoon")
        page.get_by_label("Ingang Noord").check()
        page.get_by_role("button", name="Begin met scannen").click()
        expect(page.get_by_text("WELKOM")).to_be_visible()
        expect(page.get_by_text("Ada Kaartjes")).to_be_visible()
        expect(page.get_by_text("oranje polsbandje")).to_be_visible()
        # The code stays in view, and is not scanned again for that: somebody takes their time.
        expect(page.get_by_text("Houd de QR-code in het kader")).to_be_visible()
        page.wait_for_timeout(1500)
        db.session.rollback()
        assert db.session.query(Scan).count() == 1
        page.reload()  # another phone, or the same ticket once more
        expect(page.get_by_text("AL BINNEN")).to_be_visible()
        expect(page.get_by_text(re.compile(r"\d\d\.\d\d · Ingang Noord"))).to_be_visible()
        expect(page.locator("[data-count=gate]")).to_have_text("1")
    db.session.rollback()
    outcomes = [scan.outcome for scan in db.session.query(Scan).order_by(Scan.id)]
    assert outcomes == ["admitted", "already_in"]


def test_the_gate_types_finds_undoes_and_survives_a_lost_connection(site, browser):
    ticket = make.ticket(of=db.session.query(TicketType).filter_by(slug="bewoner").one())
    with new_page(browser, width=360) as page:
        sign_in(page, site, "checkin")
        page.goto(f"{site.address}/team/deur")
        page.get_by_label("Naam van dit toestel").fill("Sjoerds telefoon")
        page.get_by_role("button", name="Begin met scannen").click()
        expect(page.get_by_text(re.compile("geen camera gevonden"))).to_be_visible()

        page.get_by_label("Code van het kaartje").fill("BESTAATNIET")
        page.get_by_role("button", name="Controleer").click()
        expect(page.get_by_text("ONBEKEND")).to_be_visible()
        page.get_by_role("link", name="Volgende").click()

        page.context.set_offline(True)
        page.get_by_label("Code van het kaartje").fill(ticket.code)
        page.get_by_role("button", name="Controleer").click()
        expect(page.get_by_text("GEEN VERBINDING", exact=True)).to_be_visible()
        assert db.session.query(Scan).filter_by(ticket_id=ticket.id).count() == 0
        page.context.set_offline(False)
        page.get_by_role("button", name="Probeer opnieuw").click()
        expect(page.get_by_text("WELKOM")).to_be_visible()

        page.get_by_role("button", name="Draai terug").first.click()
        expect(page.get_by_text("TERUGGEDRAAID")).to_be_visible()
        page.get_by_role("link", name="Volgende").click()

        page.get_by_label("Zoek op naam").fill(ticket.holder_name)
        page.get_by_role("button", name="Zoek", exact=True).click()
        page.get_by_role("button", name=re.compile("Laat binnen")).click()
        expect(page.get_by_text("WELKOM")).to_be_visible()
    db.session.rollback()
    rows = db.session.query(Scan).filter_by(ticket_id=ticket.id).order_by(Scan.id).all()
    assert [(row.method, row.undone_at is None) for row in rows] == [
        ("typed", False),
        ("name", True),
    ]

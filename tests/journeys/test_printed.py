"""Lists that the browser prints keep long names on the paper, whole and in ordinary letters."""

from datetime import UTC, datetime, time, timedelta

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.programme.models.sessions import Session
from festival.tickets.models import TicketType
from festival.web.languages import Bilingual
from tests import make
from tests.browser import page as new_page
from tests.journeys.conftest import Site
from tests.journeys.test_gate import sign_in

LONG = [
    "W" * 80,
    "國" * 80,
    "Meervoudigruimtegebruiksontwikkelingsmaatschappijvoorzittersvergadering",
    "Jo",
]
MARGIN_MM, WIDTH_MM = 14, 210
PIXELS = round((WIDTH_MM - 2 * MARGIN_MM) / 25.4 * 96)

# What reaches beyond the page, and text that reaches beyond its own cell.
TOO_WIDE = """() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter((each) => {
    const box = each.getBoundingClientRect();
    if (!box.width || getComputedStyle(each).position === "absolute") return false;
    const leaves = each.clientWidth && each.scrollWidth > each.clientWidth + 1;
    return box.right > innerWidth + 1 || (leaves && each.closest("td, th"));
  })
  .map((each) => `${each.tagName}.${each.className}: ${each.textContent.trim().slice(0, 20)}`)"""


@pytest.fixture
def lists(site: Site) -> dict[str, str]:
    """The addresses of what is printed, with long names in all of it."""
    edition = db.session.scalars(select(Edition)).one()
    soup = db.session.scalars(select(Session).where(Session.slug == "soep")).one()
    of = db.session.scalars(select(TicketType).where(TicketType.slug == "weekend")).one()
    slot = soup.slots[0]
    order = make.order(tickets=len(LONG), of=of, confirmed_at=datetime.now(UTC))
    for ticket, name in zip(order.tickets, LONG, strict=True):
        ticket.holder_name = name
    order.name = LONG[0]
    soup.title = Bilingual(LONG[2], LONG[2])
    slot.stage.name = Bilingual("W" * 60, "W" * 60)
    of.name = Bilingual("M" * 60, "M" * 60)
    db.session.commit()
    now = datetime.combine(edition.days[0], time(8), UTC) - timedelta(days=1)
    for ticket in order.tickets:
        make.booking(ticket, slot, now=now)
    make.scan(order.tickets[0], gate=make.gate(name="W" * 60))
    return {
        "who comes": "/team/plekken/soep",
        "places": "/team/plekken/",
        "orders": "/team/bestellingen/",
        "order of the team": f"/team/bestellingen/{order.code}",
        "scans": "/team/ingangen/scans",
        "ticket": f"/kaartje/{order.tickets[0].secret}",
        "order": f"/bestelling/{order.secret}",
        "programme": "/programma",
        "session": "/programma/soep",
    }


def letters_outside(pdf: bytes) -> list[str]:
    """What stands in the margin of a page or beyond it."""
    left, right = MARGIN_MM / 25.4 * 72, (WIDTH_MM - MARGIN_MM) / 25.4 * 72
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        for at in range(text.count_chars()):
            if not (sign := text.get_text_range(at, 1)).strip():
                continue
            box = text.get_charbox(at)
            if box[0] < left - 2 or box[2] > right + 2:
                found.append(sign)
    return found


def test_long_names_stay_on_the_paper(browser: Browser, site: Site, lists: dict[str, str]) -> None:
    wrong = []
    with new_page(browser, width=PIXELS) as opened:
        sign_in(opened, site, "organiser")
        opened.emulate_media(media="print")
        for what, address in lists.items():
            # A session's page asks whose ticket this device has.
            answer = opened.goto(site.address + address, wait_until="networkidle")
            assert answer is not None
            assert answer.status == 200, address
            wrong += [f"{what}: {each}" for each in opened.evaluate(TOO_WIDE)]
            made = opened.pdf(format="A4", prefer_css_page_size=True)
            wrong += [f"{what}: “{each}” in the margin" for each in letters_outside(made)[:3]]
            wrong += [f"{what}: {each} is not printed" for each in missing(opened, made)]
    assert wrong == [], "\n".join(wrong)


def missing(opened: Page, pdf: bytes) -> list[str]:
    """Names that stand on the page and not on paper."""
    page = "".join(opened.locator("main").inner_text().split())
    paper = (
        "".join(
            "".join(each.get_textpage().get_text_range().split())
            for each in pypdfium2.PdfDocument(pdf)
        )
        .replace("\ufffe", "")
        .replace("-", "")
    )
    # Chinese comes from a font of the machine, which need not have one.
    return [name for name in LONG if name.isascii() and name in page and name not in paper]

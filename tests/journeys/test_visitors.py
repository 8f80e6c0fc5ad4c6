"""Visitors, from the front page to their own day: with a mouse, a phone, a keyboard, no scripts."""

import re
from io import BytesIO

import icalendar
import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Locator, Page, expect

from festival.programme.models.sessions import Slot
from festival.tickets import ticket_qr
from festival.tickets.models import Ticket, TicketType
from festival.web.languages import Bilingual
from tests import make
from tests.browser import no_sideways_scroll, reach
from tests.browser import page as new_page

pytestmark = pytest.mark.xdist_group("browser")


def text_of(letter) -> str:
    return letter.get_body(("plain",)).get_content()


def attached(letter, kind: str) -> bytes:
    [content] = [
        part.get_content() for part in letter.iter_attachments() if part.get_content_type() == kind
    ]
    return content if isinstance(content, bytes) else content.encode()


def codes_in(pdf: bytes) -> list[str]:
    """The QR codes that a camera reads from the pages of a printed PDF."""
    found = []
    for sheet in pypdfium2.PdfDocument(BytesIO(pdf)):
        picture = sheet.render(scale=150 / 72).to_pil()
        found += [code.text for code in zxingcpp.read_barcodes(picture)]
    return found


def test_a_group_orders_books_and_gets_its_tickets_by_mail(site, browser):
    with new_page(browser) as page:
        page.goto(site.address)
        page.get_by_role("link", name="Neem een kaartje").first.click()
        page.get_by_label("Aantal Bewoner").select_option("2")
        page.get_by_role("button", name="Verder met deze kaartjes").click()
        page.get_by_label("Je naam").fill("Mia Jansen")
        page.get_by_label("Je e-mailadres").fill("mia@example.org")
        page.get_by_label("Naam op kaartje 2").fill("Żaneta Łąka")
        page.get_by_text("Kies workshops of een coach").first.click()
        page.get_by_label(re.compile("Soep met de straat")).first.check()
        page.get_by_role("button", name="Bestel gratis kaartjes").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Mia Jansen")
        expect(page.get_by_text("Soep met de straat").first).to_be_visible()
        page.locator("summary", has_text="Żaneta Łąka").click()
        expect(
            page.get_by_role("img", name="QR-code van het kaartje van Żaneta Łąka")
        ).to_be_visible()
        page.get_by_role("link", name=re.compile("Open dit kaartje.*Żaneta Łąka")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Żaneta Łąka")

    [letter] = site.letters_to("mia@example.org")
    assert "Soep met de straat" in text_of(letter)
    codes = codes_in(attached(letter, "application/pdf"))
    held = {ticket.pass_id for ticket in Ticket.query.all()}
    assert {ticket_qr.read(code).pass_id for code in codes} == held
    assert len(held) == 2
    assert all(code.startswith(f"{site.address.upper()}/T/") for code in codes)


class Counted:
    """What a visitor does with a phone: pages opened after the first, taps, and typed fields."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pages = self.taps = self.typed = 0
        page.on("framenavigated", self._opened)

    def _opened(self, _frame: object) -> None:
        self.pages += 1

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.click()

    def choose(self, what: Locator, option: str) -> None:
        """On a phone a list opens with one tap, and closes with another."""
        self.taps += 2
        what.select_option(option)

    def type(self, what: Locator, text: str) -> None:
        self.typed += 1
        what.fill(text)


def test_from_the_front_page_to_a_ticket_with_two_workshops_is_short(site, browser):
    with new_page(browser, width=360, has_touch=True, is_mobile=True) as page:
        page.goto(site.address)
        done = Counted(page)
        done.tap(page.get_by_role("link", name="Neem een kaartje").first)
        done.choose(page.get_by_label("Aantal Bewoner"), "1")
        expect(page.get_by_text("1 kaartje · gratis")).to_be_in_viewport()
        done.tap(page.get_by_role("button", name="Verder met deze kaartjes"))
        done.type(page.get_by_label("Je naam"), "Mia Jansen")
        done.type(page.get_by_label("Je e-mailadres"), "mia@example.org")
        soup = page.get_by_label(re.compile("Soep met de straat"))
        for number in (0, 1):
            done.tap(soup.nth(number))
        expect(page.get_by_text("gratis · 2 workshops")).to_be_in_viewport()
        done.tap(page.get_by_role("button", name="Bestel gratis kaartje"))
        expect(page.get_by_role("img", name="QR-code van het kaartje van Mia")).to_be_visible()
        expect(page.locator(".order-places > li")).to_have_count(2)
    # The front page is the first of the four.
    assert (1 + done.pages, done.typed) == (4, 2)
    assert done.taps <= 9


def test_from_a_workshop_to_a_place_with_a_new_ticket_is_short(site, browser):
    with new_page(browser, width=360, has_touch=True, is_mobile=True) as page:
        page.goto(f"{site.address}/programma/soep")
        done = Counted(page)
        done.tap(page.get_by_role("link", name="Boek deze plek").first)
        expect(page.get_by_text("Je neemt mee:")).to_be_visible()
        done.choose(page.get_by_label("Aantal Bewoner"), "1")
        done.tap(page.get_by_role("button", name="Verder met deze kaartjes"))
        expect(page.get_by_text("Je neemt mee:")).to_be_visible()
        done.type(page.get_by_label("Je naam"), "Mia Jansen")
        done.type(page.get_by_label("Je e-mailadres"), "mia@example.org")
        done.tap(page.get_by_role("button", name="Bestel gratis kaartje"))
        expect(page.locator(".order-places > li")).to_contain_text("Soep met de straat")
        assert (done.pages, done.typed) == (3, 2)
        assert done.taps <= 5
        # From now on this device books in one tap, and its own place is said.
        page.goto(f"{site.address}/programma/soep")
        expect(page.get_by_text("Hier heb je een plek.")).to_be_visible()
        again = Counted(page)
        again.tap(page.get_by_role("button", name="Boek deze plek"))
        expect(page.get_by_role("heading", name="Soep met de straat")).to_have_count(2)
    assert again.taps == 1


def test_what_has_the_focus_is_never_under_the_bar(site, browser):
    """WCAG 2.4.11, by keyboard on a small screen."""
    with new_page(browser, width=360) as page:
        page.goto(f"{site.address}/bestellen?n-bewoner=2")
        for _ in range(30):
            page.keyboard.press("Tab")
            hidden = page.evaluate(
                """() => {
                    const at = document.activeElement, bar = document.querySelector(".order-bar");
                    if (at === document.body || bar.contains(at)) return "";
                    const [a, b] = [at.getBoundingClientRect(), bar.getBoundingClientRect()];
                    return a.bottom > b.top + 1 && a.top < b.bottom ? at.outerHTML : "";
                }"""
            )
            assert hidden == ""


def test_choices_that_clash_are_said_at_once(site, browser):
    with new_page(browser) as page:
        at = make.slot(make.session(title=Bilingual("Draad", "")), starts=_soup().starts_at)
        page.goto(f"{site.address}/bestellen?n-bewoner=1")
        page.get_by_label(re.compile("Soep met de straat")).first.check()
        expect(page.get_by_text("Valt samen met:")).to_have_count(0)
        page.locator(f"[value='{at.code}']").check()
        expect(page.get_by_text("Valt samen met: Soep met de straat")).to_be_visible()
        expect(page.get_by_text("Valt samen met: Draad")).to_be_visible()
        page.locator(f"[value='{at.code}']").uncheck()
        expect(page.get_by_text("Valt samen met:")).to_have_count(0)


def test_the_knots_of_the_steps_stand_still(site, browser):
    for width in (360, 1280):
        with new_page(browser, width=width) as page:
            places = []
            for url in ("/kaartjes", "/bestellen?n-bewoner=1", _page_of_an_order()):
                page.goto(f"{site.address}{url}")
                boxes = [each.bounding_box() for each in page.locator(".steps > li").all()]
                places.append([(round(box["x"]), round(box["y"])) for box in boxes])
            assert places[0] == places[1] == places[2]


def _soup() -> Slot:
    return Slot.query.join(Slot.session).filter_by(slug="soep").order_by(Slot.starts_at).first()


def _page_of_an_order() -> str:
    of = TicketType.query.filter_by(slug="bewoner").one()
    return f"/bestelling/{make.order(of=of, name='Wilhelmina van der Oosterkamp').secret}"


def test_a_visitor_with_a_phone_books_and_cancels_in_english(site, browser):
    with new_page(browser, width=360, has_touch=True, is_mobile=True) as page:
        page.goto(f"{site.address}/en/")
        no_sideways_scroll(page)
        page.get_by_role("link", name="Tickets").first.click()
        page.get_by_label("Number Resident").select_option("1")
        page.get_by_role("button", name="Continue with these tickets").click()
        no_sideways_scroll(page, "/bestellen")
        page.get_by_label("Your name").fill("Sam Fields")
        page.get_by_label(re.compile("Your e-?mail address")).fill("sam@example.org")
        page.get_by_role("button", name="Order free ticket").click()
        no_sideways_scroll(page, "/bestelling/")
        page.get_by_role("link", name=re.compile("Open this ticket.*Sam Fields")).click()
        no_sideways_scroll(page, "/kaartje/")
        page.get_by_role("link", name="Book a place").click()
        no_sideways_scroll(page, "/boeken")
        page.get_by_role("button", name=re.compile("Book this place")).first.click()
        expect(page.get_by_role("heading", name="Soup with the street")).to_be_visible()
        page.get_by_role("link", name="Book a place").click()
        page.get_by_text("Talking with Ria").click()
        page.get_by_label("What time?").select_option(index=1)
        page.get_by_label("Your question for the coach").fill("How do I begin?")
        page.get_by_role("button", name="Book this coach").click()
        expect(page.get_by_text("How do I begin?")).to_be_visible()

        ticket_address = page.url.partition("#")[0].partition("?")[0]
        feed = icalendar.Calendar.from_ical(page.request.get(f"{ticket_address}/agenda.ics").body())
        titles = {str(event["SUMMARY"]) for event in feed.walk("VEVENT")}
        assert titles == {"Soup with the street", "Talking with Ria"}

        page.get_by_role(
            "link", name=re.compile(r"Cancel this place\s*: Soup with the street")
        ).click()
        page.get_by_role("button", name="Yes, cancel this place").click()
        expect(page.get_by_role("heading", name="Soup with the street")).to_have_count(0)
        no_sideways_scroll(page)
    subjects = [str(letter["Subject"]) for letter in site.letters_to("sam@example.org")]
    assert len(subjects) == 4
    assert all("Je " not in subject for subject in subjects)


def test_somebody_orders_by_keyboard_alone(site, browser):
    with new_page(browser) as page:
        page.goto(f"{site.address}/kaartjes")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Ga naar de inhoud")).to_be_focused()
        page.keyboard.press("Enter")
        reach(page, "Aantal Bewoner")
        page.keyboard.press("ArrowDown")
        reach(page, "Verder met deze kaartjes")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/bestellen"))
        reach(page, "Je naam")
        page.keyboard.type("Toon Toetsenbord")
        reach(page, "Je e-mailadres")
        page.keyboard.type("toon@example.org")
        reach(page, "Soep met de straat")
        page.keyboard.press("Space")
        reach(page, "Bestel gratis kaartje")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/bestelling/"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Toon Toetsenbord")
        expect(page.get_by_text("Soep met de straat").first).to_be_visible()


def test_everything_but_the_camera_works_without_javascript(site, browser):
    with new_page(browser, java_script_enabled=False) as page:
        page.goto(f"{site.address}/programma")
        page.get_by_role("link", name="Kaartjes").first.click()
        page.get_by_role("button", name="Verder met deze kaartjes").click()
        expect(page.get_by_text("Je hebt nog geen kaartjes gekozen").first).to_be_visible()
        page.get_by_label("Aantal Weekend").select_option("1")
        page.get_by_role("button", name="Verder met deze kaartjes").click()
        page.get_by_role("button", name="Bestel en betaal per overschrijving").click()
        expect(
            page.get_by_role("heading", name=re.compile("kloppen nog niet|Dit klopt nog niet"))
        ).to_be_visible()
        page.get_by_label("Je naam").fill("Noor Zonder")
        page.get_by_label("Je e-mailadres").fill("noor@example.org")
        page.get_by_label(re.compile("Soep met de straat")).first.check()
        page.get_by_role("button", name="Bestel en betaal per overschrijving").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Nog betalen, dan is het rond")
        expect(page.get_by_text("€ 45,00").first).to_be_visible()
        page.get_by_role("link", name=re.compile("Open dit kaartje.*Noor Zonder")).click()
        page.get_by_role("link", name=re.compile("Zeg af")).click()
        page.get_by_role("button", name="Ja, zeg deze plek af").click()
        page.get_by_role("link", name="Boek een plek").click()
        page.get_by_role("button", name=re.compile("Boek deze plek")).first.click()
        expect(page.get_by_role("heading", name="Soep met de straat")).to_be_visible()
    subjects = [str(letter["Subject"]) for letter in site.letters_to("noor@example.org")]
    assert len(subjects) == 3

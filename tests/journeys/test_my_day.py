"""A visitor's day: starred, booked, moved by the makers, and put right; in the own calendar too."""

import re
from datetime import timedelta

import icalendar
import pytest
from playwright.sync_api import expect

from festival import clock
from festival.db import db
from festival.programme.models.sessions import Session, Slot
from festival.releases.rules import on_the_day
from festival.tickets.models import TicketType
from festival.web.languages import Bilingual
from tests import make
from tests.browser import no_sideways_scroll
from tests.browser import page as new_page

pytestmark = pytest.mark.xdist_group("browser")

WORDS = {
    "": {
        "star": "Bewaar wat je wilt zien",
        "save": "Bewaar",
        "talk": "De lange adem",
        "starred": "Bewaard",
        "back": "Terug naar je kaartje",
        "book": "Boek een plek",
        "take": "Boek deze plek",
        "soup": "Soep met de straat",
        "booked": "Geboekt",
        "moved": "Verplaatst: was",
        "why": "De keuken is nog niet schoon.",
        "keep": "Houd deze plek",
        "other": "Kies een ander moment",
        "choose": "Kies dit moment",
        "yours": "Deze plek is van jou.",
        "unstar": "Bewaar niet meer",
        "by hand": "Lukt dat niet? Zo doe je het zelf",
        "renew": "Maak een nieuw adres",
        "renewed": "Je agenda heeft een nieuw adres.",
    },
    "/en": {
        "star": "Save what you want to see",
        "save": "Save",
        "talk": "Staying power",
        "starred": "Saved",
        "back": "Back to your ticket",
        "book": "Book a place",
        "take": "Book this place",
        "soup": "Soup with the street",
        "booked": "Booked",
        "moved": "Moved: was",
        "why": "The kitchen is not clean yet.",
        "keep": "Keep this place",
        "other": "Choose another time",
        "choose": "Choose this time",
        "yours": "This place is yours.",
        "unstar": "Remove the star",
        "by hand": "Does that not work? How to do it yourself",
        "renew": "Make a new address",
        "renewed": "Your calendar has a new address.",
    },
}


def of(words, what):
    """A button or link whose hidden words say what it is about."""
    return re.compile(rf"^{words}\s*: {what}")


def a_ticket():
    db.session.rollback()
    kind = db.session.query(TicketType).filter_by(slug="bewoner").one()
    return make.ticket(of=kind, email="mia@example.org")


def move(slot):
    """What a maker does on the day; whoever booked is told."""
    db.session.rollback()
    reason = Bilingual("De keuken is nog niet schoon.", "The kitchen is not clean yet.")
    at = slot.starts_at + timedelta(hours=1)
    on_the_day.move_slot_now(
        slot, stage=slot.stage, starts_at=at, seen=slot.version, reason=reason, now=clock.now()
    )


@pytest.mark.parametrize(
    ("prefix", "look"),
    [
        ("", {"width": 1280, "java_script_enabled": False}),
        ("/en", {"width": 360, "has_touch": True, "is_mobile": True}),
    ],
)
def test_a_day_is_made_moved_and_put_right(site, browser, prefix, look):
    ticket, words = a_ticket(), WORDS[prefix]
    soup = db.session.query(Session).filter_by(slug="soep").one()
    first, second = (slot.id for slot in soup.slots)
    with new_page(browser, **look) as page:
        page.goto(f"{site.address}{prefix}/kaartje/{ticket.secret}")
        feed = page.locator("#agenda-adres").text_content()
        page.get_by_role("link", name=words["star"]).click()
        page.locator(".tabs a").nth(1).click()  # tomorrow
        no_sideways_scroll(page, "dag=")
        page.get_by_role("button", name=of(words["save"], words["talk"])).click()
        expect(page.get_by_role("button", name=of(words["starred"], words["talk"]))).to_be_visible()
        page.get_by_role("link", name=words["back"]).click()

        page.get_by_role("link", name=words["book"], exact=True).click()
        page.get_by_role("button", name=of(words["take"], words["soup"])).first.click()
        thread = page.locator(".thread")
        expect(thread.get_by_text(words["booked"], exact=True)).to_be_visible()
        expect(thread.get_by_text(words["starred"], exact=True)).to_be_visible()
        no_sideways_scroll(page)

        slot = db.session.get(Slot, first)
        move(slot)
        page.reload()
        expect(thread.get_by_text(words["moved"])).to_be_visible()
        expect(thread.get_by_text(words["why"])).to_be_visible()
        expect(thread.get_by_role("button", name=words["keep"])).to_be_visible()
        no_sideways_scroll(page)
        thread.get_by_role("link", name=words["other"]).click()
        no_sideways_scroll(page, "/ruilen/")
        page.get_by_role("button", name=re.compile(words["choose"])).click()
        expect(page.get_by_text(words["yours"])).to_be_visible()
        expect(thread.get_by_text(words["moved"])).to_have_count(0)

        db.session.rollback()
        codes = [db.session.get(Slot, number).code for number in (first, second)]
        events = icalendar.Calendar.from_ical(page.request.get(feed).body()).walk("VEVENT")
        said = {str(event["uid"]).partition("@")[0]: event["status"] for event in events}
        assert [said.pop(code) for code in codes] == ["CANCELLED", "CONFIRMED"]
        assert list(said.values()) == ["TENTATIVE"]

        thread.get_by_role("button", name=words["unstar"]).click()
        expect(thread.get_by_text(words["starred"], exact=True)).to_have_count(0)
        page.get_by_text(words["by hand"]).click()
        page.get_by_role("button", name=words["renew"]).click()
        expect(page.get_by_text(words["renewed"])).to_be_visible()
        assert page.request.get(feed).status == 404
    subjects = [str(letter["Subject"]) for letter in site.letters_to("mia@example.org")]
    assert len(subjects) == 3  # booked, moved, swapped


def test_what_a_device_starred_comes_along_with_the_ticket(site, browser):
    """Starred in the programme, without a ticket; then the ticket is opened."""
    # Both before any page is open: its posts would write at the same time.
    ticket, other = a_ticket(), a_ticket()
    edition, code = ticket.order.edition.slug, db.session.query(Slot).first().code
    stars = f'{{"codes": ["{code}"], "add": ["{code}"], "remove": [], "ticket": null}}'
    with new_page(browser) as page:
        page.goto(site.address)
        page.evaluate(
            "([name, stars]) => localStorage.setItem(name, stars)",
            [f"festival.stars.{edition}", stars],
        )
        page.goto(f"{site.address}/kaartje/{ticket.secret}")
        expect(page.locator(".thread").get_by_text("Bewaard", exact=True)).to_be_visible()
        known = page.evaluate("JSON.parse(localStorage.getItem('festival.tickets'))")
        assert known == [
            {"url": f"/kaartje/{ticket.secret}", "edition": edition, "label": ticket.holder_name}
        ]
        # Another ticket that is shown here once, does not get them.
        page.goto(f"{site.address}/en/kaartje/{other.secret}")
        page.wait_for_load_state("networkidle")
        expect(page.locator(".thread")).to_have_count(0)
        assert page.evaluate("JSON.parse(localStorage.getItem('festival.tickets')).length") == 2

"""Full, in line, and then a place: on a phone without JavaScript, by the worker and by mail."""

import pytest
from playwright.sync_api import expect

from festival import clock
from festival.bookings.rules import places, waiting_list
from festival.db import db
from festival.programme.models.sessions import Session
from festival.tickets.models import TicketType
from tests import make
from tests.browser import no_sideways_scroll
from tests.browser import page as new_page

pytestmark = pytest.mark.xdist_group("browser")

WORDS = {
    "": {
        "full": "vol, wachtlijst",
        "wait": "Zet me op de wachtlijst",
        "waiting": "Je staat op de wachtlijst.",
        "position": "Je bent nummer 2 van 2.",
        "leave": "Haal me van de wachtlijst",
        "left": "Je staat niet meer op de wachtlijst.",
        "place": "Er is plek voor je: Soep met de straat",
        "booked": "Geboekt",
    },
    "/en": {
        "full": "full, waiting list",
        "wait": "Put me on the waiting list",
        "waiting": "You are on the waiting list.",
        "position": "You are number 2 of 2.",
        "leave": "Take me off the waiting list",
        "left": "You are not on the waiting list any more.",
        "place": "There is a place for you: Soup with the street",
        "booked": "Booked",
    },
}


@pytest.mark.parametrize("prefix", WORDS)
def test_from_full_to_a_place(site, browser, prefix):
    words = WORDS[prefix]
    soup = db.session.query(Session).filter_by(slug="soep").one().slots[0]
    soup.places = 1
    db.session.commit()
    of = db.session.query(TicketType).filter_by(slug="bewoner").one()
    language = prefix.strip("/") or "nl"
    has, first, second = (
        make.ticket(of=of, language=language, email=f"{name}@example.org")
        for name in ("henk", "samira", "mia")
    )
    booking = make.booking(has, soup, now=clock.now())
    waiting_list.join_waiting_list(first, soup, now=clock.now())
    day = soup.day.isoformat()
    mine = f"{site.address}{prefix}/kaartje/{second.secret}"
    with new_page(browser, width=360, java_script_enabled=False) as page:
        page.goto(f"{site.address}{prefix}/programma?dag={day}")
        expect(page.get_by_text(words["full"])).to_have_count(1)

        def join():
            page.goto(f"{mine}/boeken")
            page.get_by_role("button", name=words["wait"]).click()
            expect(page.get_by_text(words["waiting"], exact=True)).to_be_visible()
            expect(page.get_by_text(words["position"])).to_be_visible()
            no_sideways_scroll(page)

        join()
        page.get_by_role("button", name=words["leave"]).click()
        expect(page.get_by_text(words["left"])).to_be_visible()
        join()

        waiting_list.leave_waiting_list(first, soup, now=clock.now())
        places.cancel_booking(booking, now=clock.now())
        letters = site.letters_to("mia@example.org")
        assert [letter["Subject"] for letter in letters] == [words["place"]]
        assert site.letters_to("samira@example.org") == []
        page.goto(mine)
        expect(page.locator(".point-state").filter(has_text=words["booked"])).to_have_count(1)
        expect(page.get_by_text(words["leave"])).to_have_count(0)

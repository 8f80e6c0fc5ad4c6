"""A speaker on a phone, from the letter to everything told; in English; and without scripts."""

import re
from datetime import time, timedelta
from pathlib import Path

import icalendar
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from festival import storage
from festival.db import db
from festival.editions.models import Edition
from festival.programme import draft
from festival.programme.models.sessions import Session, Slot, Speaker, SpeakerFile
from festival.programme.rules import people
from festival.programme.timing import Span
from festival.web.languages import Bilingual
from tests import make
from tests.browser import no_sideways_scroll
from tests.browser import page as new_page
from tests.journeys.conftest import Site
from tests.speakers.test_files import HTML, MP4, PDF
from tests.speakers.test_speaker_page import photo

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def ria(site: Site) -> Speaker:
    """Somebody with e-mail who gives the lecture of tomorrow."""
    edition = db.session.query(Edition).one()
    row = Speaker(
        edition_id=edition.id,
        slug="ria",
        name="Ria Wróżyńska-van der Zonnebloemkwekerij",
        email="ria@example.org",
        is_public=True,
    )
    db.session.add(row)
    db.session.commit()
    talk = db.session.query(Session).filter_by(slug="lezing").one()
    people.set_speakers(talk, [row])
    return row


def go(page: Page, tab: str) -> None:
    """To another tab of the speaker's page, which has that word as its heading."""
    page.get_by_role("link", name=tab, exact=True).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(tab)
    no_sideways_scroll(page)


def sign_in(page: Page, app: Flask, site: Site) -> None:
    """Let `page` be somebody's who makes the programme."""
    client = app.test_client()
    make.sign_in(client, "programme")
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": site.address}])


def file(name: str, content: bytes, kind: str) -> dict[str, object]:
    return {"name": name, "mimeType": kind, "buffer": content}


def test_a_speaker_is_invited_and_tells_all_on_a_phone(
    site: Site, browser: Browser, ria: Speaker
) -> None:
    secret = ria.secret
    with new_page(browser) as team:
        sign_in(team, site.app, site)
        team.goto(f"{site.address}/team/programma/")
        team.get_by_role("link", name="Post met sprekers").click()
        team.get_by_label("Kies Ria").check()
        team.get_by_role("button", name="Nodig gekozen mensen uit").click()
        expect(team.get_by_text("1 brief verstuurd.")).to_be_visible()
    [letter] = site.letters_to("ria@example.org")
    link = re.search(r"http\S+/spreker/\S+", letter.get_body(("plain",)).get_content())
    assert link
    assert link[0] == f"{site.address}/spreker/{secret}"

    with new_page(browser, width=360, has_touch=True, is_mobile=True) as page:
        page.goto(link[0])
        expect(page.get_by_role("heading", level=1)).to_contain_text("Dag Ria")
        no_sideways_scroll(page)
        page.get_by_role("button", name="Ja, ik kom").tap()
        expect(page.get_by_text("Je zei ja.")).to_be_visible()

        go(page, "Over jou")
        page.get_by_label("Over jou in het Nederlands").fill("Kookt voor de hele straat.")
        picture, name = photo()
        page.get_by_label("Je foto").set_input_files(file(name, picture.read(), "image/jpeg"))
        page.get_by_label("Wat er op de foto te zien is in het Nederlands").fill("Ria lacht.")
        page.get_by_role("button", name="Bewaar wat er over mij staat").tap()
        expect(page.get_by_text("Je laatste wijzigingen wachten")).to_be_visible()
        expect(page.get_by_role("img", name="Ria lacht.")).to_be_visible()

        go(page, "Wat je nodig hebt")
        page.get_by_label("Wat heb je nodig?").fill("Een kruk.")
        page.get_by_label("Je telefoonnummer").fill("06 12345678")
        page.get_by_role("button", name="Bewaar dit voor het team").tap()
        expect(page.get_by_text("Alleen het team leest dit.").first).to_be_visible()

        go(page, "Wanneer je kunt")
        first = page.get_by_role("group", name="Tijd 1")
        first.get_by_label("Dag").select_option(index=2)
        first.get_by_label("Van").fill("09:30")
        first.get_by_label("Tot").fill("17:00")
        page.get_by_role("button", name="Bewaar wanneer ik kan").tap()
        expect(page.get_by_text("We plannen je alleen op deze tijden.")).to_be_visible()

        go(page, "Bestanden")
        chosen = page.get_by_label("Bestand", exact=True)
        chosen.set_input_files(file("dia's.pdf", HTML, "application/pdf"))
        page.get_by_role("button", name="Stuur dit bestand").tap()
        expect(page.get_by_text("Dit soort bestand nemen we niet aan")).to_be_visible()
        no_sideways_scroll(page)
        page.get_by_label("Bestand", exact=True).set_input_files(
            file("Soep is geen project.pdf", PDF, "application/pdf")
        )
        page.get_by_role("button", name="Stuur dit bestand").tap()
        with page.expect_download() as got:
            page.get_by_role("link", name="Soep is geen project.pdf").tap()
        assert Path(got.value.path()).read_bytes() == PDF
        assert got.value.suggested_filename == "Soep is geen project.pdf"

        page.get_by_role("link", name="Wanneer en waar").tap()
        page.wait_for_url(link[0])
        expect(page.get_by_text("Dit missen we nog van je")).to_have_count(0)

    db.session.rollback()
    edition = db.session.query(Edition).one()
    assert draft.value(ria, "bio").nl == "Kookt voor de hele straat."
    assert ria.bio == Bilingual(), "that is for the next release"
    assert (ria.needs, ria.phone) == ("Een kruk.", "06 12345678")
    [span] = ria.availability
    assert edition.day_of(span.starts_at) == edition.days[1]
    assert span.ends_at - span.starts_at == timedelta(hours=7, minutes=30)
    stored = db.session.query(SpeakerFile).one()
    assert storage.get(stored.stored) == PDF


def test_a_speaker_who_reads_english_says_no(site: Site, browser: Browser, ria: Speaker) -> None:
    with new_page(browser, width=360) as page:
        page.goto(f"{site.address}/en/spreker/{ria.secret}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Hello Ria")
        expect(page.get_by_role("heading", name="Staying power")).to_be_visible()
        page.get_by_text("No, I cannot come").click()
        page.get_by_label("Why not?").fill("My train does not go.")
        page.get_by_role("button", name="Say that I cannot come").click()
        expect(page.get_by_text("You said no.")).to_be_visible()
        no_sideways_scroll(page)
        feed = icalendar.Calendar.from_ical(
            page.request.get(f"{page.url.partition('#')[0]}/agenda.ics").body()
        )
        assert feed.walk("VEVENT") == []
    [letter] = site.letters_to("hallo@example.org")
    text = letter.get_body(("plain",)).get_content()
    assert "My train does not go." in text
    assert str(letter["Reply-To"]) == "ria@example.org"


def test_everything_works_without_scripts(site: Site, browser: Browser, ria: Speaker) -> None:
    with new_page(browser, width=360, java_script_enabled=False) as page:
        page.goto(f"{site.address}/spreker/{ria.secret}")
        page.get_by_role("button", name="Ja, ik kom").click()
        page.get_by_text("Ik kan toch niet").click()
        page.get_by_role("button", name="Laat weten dat ik niet kan").click()
        expect(page.get_by_text("Je zei nee.")).to_be_visible()
        page.get_by_role("button", name="Toch wel: ik kom").click()
        page.get_by_role("link", name="Wanneer je kunt").click()
        second = page.get_by_role("group", name="Tijd 2")
        second.get_by_label("Dag").select_option(index=1)
        second.get_by_label("Van").fill("20:00")
        second.get_by_label("Tot").fill("01:00")
        page.get_by_role("button", name="Bewaar wanneer ik kan").click()
        expect(page.get_by_role("group", name="Tijd 1").get_by_label("Tot")).to_have_value("01:00")
        page.get_by_role("link", name="Bestanden", exact=True).click()
        page.get_by_label("Bestand", exact=True).set_input_files(file("film.mp4", MP4, "video/mp4"))
        page.get_by_role("button", name="Stuur dit bestand").click()
        page.get_by_role("button", name="Haal film.mp4 weg").click()
        expect(page.get_by_text("Het bestand is weg.")).to_be_visible()


def test_a_maker_cuts_the_coach_s_time_in_one_step(
    site: Site, browser: Browser, ria: Speaker
) -> None:
    edition = db.session.query(Edition).one()
    coach = db.session.query(Session).filter_by(slug="coach").one()
    people.set_speakers(coach, [ria])
    begin = edition.moment(edition.days[2], time(10))
    people.set_availability(
        ria, [Span(begin, begin + timedelta(hours=1))], seen=ria.version, now=begin
    )
    with new_page(browser, width=360, java_script_enabled=False) as page:
        sign_in(page, site.app, site)
        page.goto(f"{site.address}/team/programma/{edition.slug}/coaching")
        page.get_by_role("link", name="Maak gesprekken").click()
        no_sideways_scroll(page, "/coaching/coach")
        page.get_by_label("Podium").select_option("De Werkbank")
        page.get_by_label("Minuten per gesprek").fill("25")
        page.get_by_role("button", name="Bekijk welke gesprekken dit worden").click()
        expect(page.get_by_text("Dit worden 2 gesprekken")).to_be_visible()
        page.get_by_role("button", name="Maak deze 2 gesprekken").click()
        expect(page.get_by_text("2 gesprekken staan in het concept.")).to_be_visible()
        no_sideways_scroll(page)
        page.get_by_role("link", name=re.compile("10.30–10.55 uur")).click()
        page.get_by_label("Van", exact=True).fill("15:00")
        page.get_by_role("button", name="Verzet dit gesprek").click()
        expect(page.get_by_role("link", name=re.compile("15.00–15.25 uur"))).to_be_visible()
    db.session.rollback()
    assert db.session.query(Slot).filter_by(session_id=coach.id, is_public=False).count() == 2

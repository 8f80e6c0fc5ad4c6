"""What pages tell search engines and networks: JSON-LD, Open Graph, languages, the sitemap."""

import json
from datetime import timedelta
from xml.etree import ElementTree

import html5lib
import pytest
from flask.testing import FlaskClient
from lxml import etree

from festival import clock
from festival.db import db
from festival.feeds import jsonld
from festival.web.languages import Bilingual
from tests import make
from tests.feeds.test_schedule import changed
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.world import World, at

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def head_of(visitor: FlaskClient, address: str) -> ElementTree.Element:
    answer = visitor.get(address)
    assert answer.status_code == 200
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(answer.text)
    assert parser.errors == []
    head = page.find("head")
    assert head is not None
    return head


def meta(visitor: FlaskClient, address: str) -> dict[str, str]:
    tags = head_of(visitor, address).iterfind("meta[@property]")
    return {tag.get("property", ""): tag.get("content", "") for tag in tags}


def described(visitor: FlaskClient, address: str) -> dict:
    [script] = head_of(visitor, address).iterfind("script[@type='application/ld+json']")
    read = json.loads(script.text or "")
    assert read["@context"] == "https://schema.org"
    return read


def test_a_filtered_programme_has_no_description(world: World, visitor: FlaskClient) -> None:
    del world
    day = "/programma?dag=2026-10-23"
    assert head_of(visitor, day).find("script[@type='application/ld+json']") is not None
    filtered = head_of(visitor, f"{day}&soort=talk")
    assert filtered.find("script[@type='application/ld+json']") is None
    assert filtered.find("link[@rel='canonical']") is not None


def test_the_front_page_describes_the_festival(world: World, visitor: FlaskClient) -> None:
    world.edition.venue_name, world.edition.city = "De Wagenmakerij", "Tilburg"
    world.edition.venue_address = "Remisestraat 12"
    changed(world)
    read = described(visitor, "/")
    assert (read["@type"], read["name"]) == ("Festival", "Innovatiefestival")
    assert (read["startDate"], read["endDate"]) == ("2026-10-23", "2026-10-25")
    assert read["location"] == {
        "@type": "Place",
        "name": "De Wagenmakerij",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "Remisestraat 12",
            "addressLocality": "Tilburg",
        },
    }
    [event] = read["subEvent"]
    assert (event["name"], event["startDate"]) == (
        "Soep is geen project",
        "2026-10-23T10:00:00+02:00",
    )
    assert event["url"] == "http://localhost/programma/soep"
    assert event["endDate"] == "2026-10-23T10:45:00+02:00"
    assert event["eventStatus"] == "https://schema.org/EventScheduled"


def test_the_front_page_says_what_tickets_cost(world: World, visitor: FlaskClient) -> None:
    read = described(visitor, "/")
    assert "offers" not in read, "without a price it is no offer"
    assert "isAccessibleForFree" not in read, "nobody knows yet"
    free = make.ticket_type(name=Bilingual("Buurt", "Neighbours"), price_cents=0, position=1)
    forget_pages()
    assert described(visitor, "/")["isAccessibleForFree"] is True
    make.ticket_type(
        name=Bilingual("Weekend"), price_cents=4_505, position=2, sale_from=NOW + timedelta(days=1)
    )
    make.ticket_type(name=Bilingual("Team"), code="TEAM27", position=3)
    make.ticket_type(name=Bilingual("Vroeg"), sale_until=NOW, position=4)
    read = described(visitor, "/en/")
    first, second = read["offers"]
    assert (first["name"], first["price"]) == ("Neighbours", "0.00")
    assert first["availability"] == "https://schema.org/InStock"
    assert (second["name"], second["price"], second["priceCurrency"]) == ("Weekend", "45.05", "EUR")
    assert "availability" not in second
    assert second["validFrom"] == "2026-10-02T11:00:00+02:00"
    assert second["url"] == "http://localhost/en/kaartjes"
    assert read["isAccessibleForFree"] is False
    free.pool.taken = free.pool.capacity
    db.session.commit()
    forget_pages()
    assert described(visitor, "/")["offers"][0]["availability"] == "https://schema.org/SoldOut"


def test_the_front_page_is_described_once_per_version(
    world: World, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the programme is another one, or tickets are offered otherwise."""
    described_anew = []
    monkeypatch.setattr(
        jsonld, "event", lambda _edition, moment: described_anew.append(moment.code) or {}
    )
    free = make.ticket_type(name=Bilingual("Buurt"), price_cents=0)

    def looked_at(address: str) -> int:
        described_anew.clear()
        for _ in range(3):
            forget_pages()
            described(visitor, address)
        return len(described_anew)

    assert looked_at("/") == 1
    assert looked_at("/en/") == 1, "in the other language"
    assert looked_at("/") == 0
    changed(world)
    assert looked_at("/") == 1
    free.pool.taken = free.pool.capacity
    db.session.commit()
    assert looked_at("/") == 1, "sold out"


def test_the_programme_describes_its_day(world: World, visitor: FlaskClient) -> None:
    names = {
        day: [event["name"] for event in described(visitor, f"/programma?dag={day}")["subEvent"]]
        for day in ("2026-10-23", "2026-10-24")
    }
    assert names == {
        "2026-10-23": ["Soep is geen project", "Zagen voor beginners", "Waar begin ik?"],
        "2026-10-24": ["Zagen voor beginners"],
    }


def test_a_session_is_an_event_of_the_festival(world: World, visitor: FlaskClient) -> None:
    read = described(visitor, "/programma/soep")
    assert read["eventStatus"] == "https://schema.org/EventScheduled"
    assert "previousStartDate" not in read
    assert read["superEvent"]["@id"] == described(visitor, "/")["@id"]
    assert [who["name"] for who in read["performer"]] == ["Ria Wróżyńska"]
    assert read["inLanguage"] == ["nl"]
    assert read["image"] == [meta(visitor, "/programma/soep")["og:image"]]
    assert described(visitor, "/en/programma/soep")["name"] == "Soup is not a project"


def test_each_moment_is_an_event_with_its_places(world: World, visitor: FlaskClient) -> None:
    world.workshop.slots[0].taken, world.workshop.slots[1].taken = 17, 20
    changed(world)
    few, full = described(visitor, "/programma/zagen")["@graph"]
    assert (few["maximumAttendeeCapacity"], few["remainingAttendeeCapacity"]) == (20, 3)
    assert full["remainingAttendeeCapacity"] == 0
    assert "offers" not in few, "it needs a ticket, which the festival offers"
    coach = described(visitor, "/programma/coach")
    assert (coach["maximumAttendeeCapacity"], coach["remainingAttendeeCapacity"]) == (12, 12)


@pytest.mark.parametrize(
    ("values", "status", "before", "now"),
    [
        ({"delay_minutes": 20}, "Rescheduled", "10:00", "10:20"),
        ({"moved_from_at": at(23, 9)}, "Rescheduled", "09:00", "10:00"),
        ({"moved_from_at": at(23, 10)}, "Scheduled", None, "10:00"),  # to another stage
        ({"state": "cancelled"}, "Cancelled", None, "10:00"),
    ],
)
def test_changes_of_the_day_are_described(
    world: World, visitor: FlaskClient, values: dict, status: str, before: str | None, now: str
) -> None:
    for name, value in values.items():
        setattr(world.talk.slots[0], name, value)
    changed(world)
    read = described(visitor, "/programma/soep")
    assert read["eventStatus"] == f"https://schema.org/Event{status}"
    assert read["startDate"] == f"2026-10-23T{now}:00+02:00"
    assert read.get("previousStartDate") == (before and f"2026-10-23T{before}:00+02:00")


def test_no_text_ends_the_script(world: World, visitor: FlaskClient) -> None:
    evil = "</script><script>alert(1)</script><!-- ]]> & \u2028 \"'"
    world.talk.title = world.talk.summary = Bilingual(evil)
    changed(world)
    assert described(visitor, "/programma/soep")["name"] == evil.replace(" \u2028 ", " ")
    assert "alert(1)</script>" not in visitor.get("/programma/soep").text
    assert described(visitor, "/programma?dag=2026-10-23")["subEvent"][0]["name"].startswith("</sc")
    assert "<" not in jsonld.written({"name": evil})


def test_what_needs_no_ticket_is_offered_for_nothing(world: World, visitor: FlaskClient) -> None:
    world.talk.is_free = world.workshop.is_free = True
    changed(world)
    assert described(visitor, "/programma/soep")["offers"] == {
        "@type": "Offer",
        "url": "http://localhost/programma/soep",
        "price": "0.00",
        "priceCurrency": "EUR",
        "availability": "https://schema.org/InStock",
    }
    assert "offers" not in described(visitor, "/programma/zagen")["@graph"][0], "a place is booked"
    world.talk.slots[0].is_full = True
    changed(world)
    offer = described(visitor, "/programma/soep")["offers"]
    assert offer["availability"] == "https://schema.org/SoldOut"


def test_a_session_that_was_taken_off_is_cancelled(world: World, visitor: FlaskClient) -> None:
    world.workshop.slots[0].state = world.talk.slots[0].state = "dropped"
    changed(world)
    read = described(visitor, "/programma/soep")
    assert read["eventStatus"] == "https://schema.org/EventCancelled"
    assert read["startDate"] == "2026-10-23T10:00:00+02:00"
    assert "offers" not in read
    other = described(visitor, "/programma/zagen")
    assert other["startDate"].startswith("2026-10-24"), "the one that goes on"
    assert other["eventStatus"] == "https://schema.org/EventScheduled"


def test_a_session_without_a_moment_is_no_event(world: World, visitor: FlaskClient) -> None:
    make.session(slug="ooit")
    changed(world)
    assert not list(head_of(visitor, "/programma/ooit").iterfind("script"))


@pytest.mark.parametrize(
    ("venue", "address", "city", "said"),
    [
        ("", "", "", None),
        ("De Wagenmakerij", "", "", "De Wagenmakerij"),
        ("", "", "Tilburg", {"@type": "PostalAddress", "addressLocality": "Tilburg"}),
    ],
)
def test_a_place_always_has_an_address(
    world: World, visitor: FlaskClient, venue: str, address: str, city: str, said: object
) -> None:
    edition = world.edition
    edition.venue_name, edition.venue_address, edition.city = venue, address, city
    changed(world)
    for page in ("/", "/programma/soep"):
        location = described(visitor, page).get("location")
        assert (location and location["address"]) == said, page


def test_pages_name_themselves_in_both_languages(world: World, visitor: FlaskClient) -> None:
    for prefix, own in (("", "nl"), ("/en", "en")):
        links = list(head_of(visitor, f"{prefix}/programma/soep?dag=x").iterfind("link"))
        [canonical] = [link.get("href") for link in links if link.get("rel") == "canonical"]
        alternates = {
            link.get("hreflang"): link.get("href") for link in links if link.get("hreflang")
        }
        assert alternates == {
            "nl": "http://localhost/programma/soep",
            "en": "http://localhost/en/programma/soep",
            "x-default": "http://localhost/programma/soep",
        }
        assert canonical == alternates[own]


def test_programs_find_the_feeds(world: World, visitor: FlaskClient) -> None:
    for address in ("/", "/programma", "/programma/soep", "/sprekers/ria"):
        links = list(head_of(visitor, address).iterfind("link[@type]"))
        feeds = [link.get("href", "") for link in links if link.get("rel") == "alternate"]
        assert any(feed.endswith(".ics") for feed in feeds)
        titles = {link.get("title") for link in links if link.get("rel") == "alternate"}
        assert len(titles) == len(feeds), "readers show the titles to choose from"
        for feed in feeds:
            assert visitor.get(feed.removeprefix("http://localhost")).status_code == 200


def test_people_find_the_feeds(world: World, visitor: FlaskClient) -> None:
    """From the programme, a session and a speaker it is one link; the rest is on one page."""
    for address, feed in (
        ("/programma", "/meenemen"),
        ("/en/programma/soep", "/en/programma/soep.ics"),
        ("/sprekers/ria", "/sprekers/ria.ics"),
    ):
        assert f'href="{feed}"' in visitor.get(address).text
    for prefix in ("", "/en", f"/{world.edition.slug}"):
        html = visitor.get(f"{prefix}/meenemen").text
        address = "" if prefix != "/en" else prefix
        for feed in ("schedule.ics", "schedule.xml", "schedule.json", "wijzigingen.atom"):
            assert f">http://localhost{address}/{feed}</code>" in html
        for feed in ("schedule.ics", "podium/hal.ics", "podium/tafel.ics"):
            assert f'href="webcal://localhost{address}/{feed}"' in html
    assert visitor.get("/bestaat-niet/meenemen").status_code == 404


def test_past_sessions_offer_no_calendar(
    world: World, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: at(24, 20))
    assert "/programma/soep.ics" not in visitor.get("/programma/soep").text.split("<main")[1]


def test_a_speaker_is_described_with_their_events(world: World, visitor: FlaskClient) -> None:
    world.ria.bio = Bilingual("Ria kookt.", "Ria cooks.")
    changed(world)
    read = described(visitor, "/en/sprekers/ria")
    assert (read["@type"], read["name"], read["description"]) == (
        "Person",
        "Ria Wróżyńska",
        "Ria cooks.",
    )
    assert read["affiliation"]["name"] == "Buurthuis"
    [event] = read["performerIn"]
    assert event["name"] == "Soup is not a project"
    assert "image" not in read, "there is no photo"
    alt = meta(visitor, "/en/sprekers/ria")["og:image:alt"]
    assert alt.startswith("Talk, Ria Wróżyńska, Soup is not a project, ")
    world.talk.slots[0].state = "dropped"
    changed(world)
    assert "performerIn" not in described(visitor, "/sprekers/ria")


def test_a_shared_page_has_words_and_a_picture(world: World, visitor: FlaskClient) -> None:
    for address in (
        *("/", "/programma", "/programma/soep", "/en/programma/zagen"),
        *("/sprekers/ria", "/en/sprekers/ria"),
    ):
        tags = meta(visitor, address)
        assert tags["og:title"]
        assert tags["og:url"] == f"http://localhost{address}"
        assert visitor.get(tags["og:image"]).content_type == "image/png"
        assert tags["og:image:alt"]
        assert tags["og:locale"] == ("en_GB" if address.startswith("/en") else "nl_NL")


def test_the_sitemap_names_every_page_in_both_languages(world: World, visitor: FlaskClient) -> None:
    make.session(slug="geheim", is_public=False)
    changed(world)
    answer = visitor.get("/sitemap.xml")
    root = ElementTree.fromstring(answer.data)
    assert len(etree.fromstring(answer.data)) == len(root)
    places = [url.findtext(f"{SITEMAP}loc") for url in root]
    assert len(places) == len(set(places))
    assert "http://localhost/programma/soep" in places
    assert "http://localhost/en/sprekers/ria" in places
    assert "http://localhost/meenemen" in places
    assert not any("geheim" in place for place in places)
    for url in root:
        others = {link.get("hreflang"): link.get("href") for link in url.iterfind(f"{XHTML}link")}
        assert set(others) == {"nl", "en", "x-default"}
        assert url.findtext(f"{SITEMAP}loc") in others.values()
    [talk] = [
        url for url in root if url.findtext(f"{SITEMAP}loc") == "http://localhost/programma/soep"
    ]
    assert talk.findtext(f"{SITEMAP}lastmod") == "2026-10-01T09:00:00+00:00"
    for place in places:
        assert visitor.get(place.removeprefix("http://localhost")).status_code == 200, place
    assert "Sitemap: http://localhost/sitemap.xml\n" in visitor.get("/robots.txt").text

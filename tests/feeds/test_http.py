"""Feeds over HTTP: kept per version, cheap to fetch again, with public data only."""

import gzip
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.db import db
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.rules import sessions
from festival.web.languages import Bilingual
from tests import make
from tests.feeds.test_schedule import changed
from tests.make import NOW
from tests.world import World, at, build_world

Counter = Callable[[], AbstractContextManager[list[str]]]
FEEDS = (
    "/schedule.xml",
    "/schedule.json",
    "/schedule.ics",
    "/podium/hal.ics",
    "/sprekers/ria.ics",
    "/programma/soep.ics",
)
EVERYWHERE = (*FEEDS, "/sitemap.xml", "/", "/programma", "/programma/soep", "/sprekers/ria")


@pytest.mark.parametrize("address", [*FEEDS, "/sitemap.xml"])
def test_the_current_version_gets_304(world: World, visitor: FlaskClient, address: str) -> None:
    answer = visitor.get(address)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    for header, value in (
        ("If-None-Match", answer.headers["ETag"]),
        ("If-Modified-Since", answer.headers["Last-Modified"]),
    ):
        again = visitor.get(address, headers={header: value})
        assert (again.status_code, again.data) == (304, b""), header
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert visitor.get(address, headers={"If-None-Match": '"something else"'}).status_code == 200
    long_ago = {"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    assert visitor.get(address, headers=long_ago).status_code == 200
    assert visitor.head(address).data == b""


@pytest.mark.parametrize("address", [*FEEDS, "/sitemap.xml"])
def test_clients_that_accept_gzip_get_it(world: World, visitor: FlaskClient, address: str) -> None:
    whole = visitor.get(address)
    packed = visitor.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in whole.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == whole.data
    assert len(packed.data) < len(whole.data)
    for answer in (whole, packed):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert int(answer.headers["Content-Length"]) == len(answer.data)
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        again = visitor.get(address, headers={"If-None-Match": whole.headers["ETag"], **headers})
        assert (again.status_code, again.data) == (304, b"")
    refused = visitor.get(address, headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.data == whole.data


def test_a_change_is_there_at_once(world: World, visitor: FlaskClient) -> None:
    """Even within the second in which the former version was read."""
    before = {address: visitor.get(address) for address in FEEDS}
    world.talk.slots[0].delay_minutes = 10
    changed(world)
    for address, old in before.items():
        for header, value in (
            ("If-None-Match", old.headers["ETag"]),
            ("If-Modified-Since", old.headers["Last-Modified"]),
        ):
            new = visitor.get(address, headers={header: value})
            assert new.status_code == 200, (address, header)
            assert new.headers["ETag"] != old.headers["ETag"]


def test_the_number_of_places_left_changes_no_feed(world: World, visitor: FlaskClient) -> None:
    before = [visitor.get(address).headers["ETag"] for address in FEEDS]
    for slot in db.session.query(Slot).filter(Slot.places.is_not(None)):
        slot.taken = slot.places
    changed(world)
    assert [visitor.get(address).headers["ETag"] for address in FEEDS] == before


@pytest.mark.parametrize(
    "address", ["/schedule.xml", "/schedule.ics", "/sitemap.xml", "/programma"]
)
def test_more_sessions_need_no_more_queries(any_app: Flask, queries: Counter, address: str) -> None:
    world, visitor = build_world(), any_app.test_client()
    with queries() as few:
        visitor.get(address)
    for number in range(30):
        make.slot(
            make.session(slug=f"veel-{number}"),
            stage=world.hall,
            starts=at(24, 8) + timedelta(minutes=number),
        )
    changed(world)
    with queries() as many:
        visitor.get(address)
    with queries() as kept:
        visitor.get(address)
    assert len(many) == len(few) <= 17
    assert len(kept) <= 2


@pytest.mark.parametrize(
    "address",
    [
        "/podium/nergens.ics",
        "/sprekers/niemand.ics",
        "/programma/niets.ics",
        "/2099/schedule.xml",
        "/2099/schedule.json",
        "/2099/schedule.ics",
        "/2099/podium/hal.ics",
        "/plaatje/0123456789abcdef/programma/niets.png",
        "/2099/plaatje/0123456789abcdef/festival.png",
    ],
)
def test_unknown_feeds_are_not_found(world: World, visitor: FlaskClient, address: str) -> None:
    assert visitor.get(address).status_code == 404
    assert visitor.get(f"/en{address}").status_code == 404


def test_a_future_edition_is_not_found(world: World, visitor: FlaskClient) -> None:
    coming = make.edition(
        slug="2028", is_current=False, starts_on=date(2028, 9, 1), ends_on=date(2028, 9, 2)
    )
    make.slot(
        make.session(edition_id=coming.id, slug="later", title=Bilingual("Later")),
        stage=make.stage(edition_id=coming.id, slug="plein"),
    )
    for feed in ("schedule.xml", "schedule.json", "schedule.ics", "podium/plein.ics"):
        assert visitor.get(f"/2028/{feed}").status_code == 404
    assert visitor.get("/2028/programma/later.ics").status_code == 404
    assert "2028" not in visitor.get("/sitemap.xml").text


def test_a_past_edition_keeps_its_feeds(world: World, visitor: FlaskClient) -> None:
    past = make.edition(
        slug="2025", is_current=False, starts_on=date(2025, 10, 24), ends_on=date(2025, 10, 25)
    )
    make.slot(
        make.session(edition_id=past.id, slug="toen", title=Bilingual("Toen")),
        stage=make.stage(edition_id=past.id, slug="plein"),
        starts=at(23, 10) - timedelta(days=363),
    )
    for feed in ("schedule.xml", "schedule.json", "schedule.ics", "programma/toen.ics"):
        text = visitor.get(f"/2025/{feed}").text
        assert "Toen" in text
        assert "/2025/programma/toen" in text
        assert "Soep" not in text
    assert "Toen" not in visitor.get("/schedule.xml").text
    assert "<loc>http://localhost/2025/programma/toen</loc>" in visitor.get("/sitemap.xml").text


def test_nothing_private_is_in_any_feed(world: World, visitor: FlaskClient) -> None:
    """Every field that visitors may not see holds a word that must then be nowhere."""
    word = "Xyzzy"
    for session in db.session.query(Session):
        session.host_notes = session.needs = word
    for speaker in db.session.query(Speaker):
        speaker.needs = speaker.phone = speaker.secret = word
        speaker.email = f"{word}@example.org"
    changed(world)
    # What waits for a release, too.
    sessions.save_session(
        world.edition,
        world.talk,
        {"title": Bilingual(word, word), "description": Bilingual(word)},
        speakers=[world.ria],
        seen=world.talk.version,
        now=NOW,
    )
    changed(world)
    for address in EVERYWHERE:
        for prefix in ("", "/en"):
            answer = visitor.get(prefix + address)
            assert answer.status_code == 200, address
            assert word not in answer.text, prefix + address

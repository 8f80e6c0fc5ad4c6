"""The pages of a session and of who is on stage, and photos."""

from flask import Flask
from flask.testing import FlaskClient

from festival import storage
from festival.db import db
from festival.programme import slot_capacity
from festival.programme.rules import sessions
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.timetable.test_timetable import page, publish
from tests.world import World, at


def test_a_session_tells_every_moment(visitor: FlaskClient, world: World) -> None:
    html = page(visitor, "/programma/zagen")
    assert "vrijdag 23 oktober, 11.00–12.30 uur" in html
    assert "zaterdag 24 oktober, 11.00–12.30 uur" in html
    assert html.count("nog 20 plekken") == 2
    assert 'href="/kaartjes"' in html, "where places are booked"
    code = world.workshop.slots[0].code
    assert f'href="/programma?dag=2026-10-23#m-{code}"' in html
    assert f'id="m-{code}"' in page(visitor, "/programma?dag=2026-10-23"), (
        "the way back leads there"
    )


def test_a_session_without_booking_says_so(visitor: FlaskClient, world: World) -> None:
    html = page(visitor, "/programma/soep")
    assert "loop zo binnen" in html
    assert "Je hoeft hiervoor niets te boeken" in html
    assert 'href="/sprekers/ria"' in html


def test_a_full_session_says_so(visitor: FlaskClient, world: World) -> None:
    for slot in world.workshop.slots:
        slot_capacity.claim(slot.id, 20)
    db.session.commit()
    html = page(visitor, "/programma/zagen")
    assert "alle plekken zijn vergeven" in html
    assert html.count("</svg>vol, wachtlijst</span>") == 2


def test_a_coach_s_meetings_are_listed_each_with_its_hour(
    visitor: FlaskClient, world: World
) -> None:
    slot_capacity.claim(world.coach.slots[0].id, 1)
    db.session.commit()
    html = page(visitor, "/programma/coach")
    assert "nog 11 van 12 gesprekken" in html
    assert html.count("<span>vrij</span>") == 11
    assert html.count('class="meeting-taken"') == 1
    assert "alleen de coach leest die" in html


def test_past_slots_cannot_be_booked(visitor: FlaskClient, app: Flask) -> None:
    edition = make.edition(
        starts_on=make.FRIDAY.replace(year=2020), ends_on=make.SUNDAY.replace(year=2020)
    )
    old = make.session(edition_id=edition.id, slug="toen", title=Bilingual("Toen"))
    make.slot(old, starts=at(23, 10).replace(year=2020))
    html = page(visitor, "/programma/toen")
    assert "voorbij" in html
    assert "Neem een kaartje" not in html


def test_a_page_that_does_not_exist(visitor: FlaskClient, world: World) -> None:
    assert visitor.get("/programma/bestaat-niet").status_code == 404
    assert visitor.get("/sprekers/bestaat-niet").status_code == 404


def test_english_falls_back_and_says_so(visitor: FlaskClient, world: World) -> None:
    sessions.save_session(
        world.edition,
        world.workshop,
        {"description": Bilingual("Eerst dit.\n\nDan dat.")},
        speakers=[],
        seen=world.workshop.version,
        now=NOW,
    )
    publish(world)
    html = page(visitor, "/en/programma/zagen")
    assert '<span lang="nl">Zagen voor beginners</span>' in html
    assert 'class="reading flow" lang="nl"' in html
    assert "<p>Eerst dit.</p>" in html
    assert "<p>Dan dat.</p>" in html


def test_people(visitor: FlaskClient, world: World) -> None:
    assert 'href="/sprekers/ria"' in page(visitor, "/sprekers")
    html = page(visitor, "/sprekers/ria")
    assert "vr 23 okt" in html
    assert 'href="/programma/soep"' in html


def test_photos_are_pictures_and_nothing_else(visitor: FlaskClient, app: Flask) -> None:
    name = f"speakers/{'0a' * 12}.webp"
    storage.put(name, b"not really a picture")
    answer = visitor.get(f"/foto/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_photo_addresses_reach_no_other_files(visitor: FlaskClient, app: Flask) -> None:
    storage.put("secret.txt", b"secret")
    storage.put("speakers/there is this folder", b"x")
    for path in (
        "secret.txt",
        "speakers/../secret.txt",
        "speakers/%2e%2e/secret.txt",
        "speakers/",
        f"speakers/{'0' * 300}",
    ):
        assert visitor.get(f"/foto/{path}").status_code == 404, path

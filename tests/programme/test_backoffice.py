"""The team's screens of the programme: every form, its mistakes, and two editors at once."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from html5lib import HTMLParser
from werkzeug.test import TestResponse

from festival import storage
from festival.db import db
from festival.programme import rules, slots
from festival.programme.models import Session, Slot, Speaker, Stage, Theme
from tests import make
from tests.make import NOW
from tests.programme.conftest import World
from tests.programme.test_photos import picture


@pytest.fixture
def maker(visitor: FlaskClient, world: World) -> FlaskClient:
    """A programme maker's browser."""
    make.sign_in(visitor, "programme")
    return visitor


@pytest.fixture
def base(world: World) -> str:
    """Where the screens of this edition are."""
    return f"/team/programma/{world.edition.slug}"


def shown(answer: TestResponse, status: int = 200) -> str:
    html = answer.get_data(as_text=True)
    assert answer.status_code == status, html
    parser = HTMLParser(strict=False)
    parser.parse(html)
    assert not parser.errors, parser.errors[:3]
    return html


def posted(maker: FlaskClient, path: str) -> str:
    """The page to which this click leads."""
    return shown(maker.get(maker.post(path).location))


def form_of(html: str) -> dict[str, object]:
    """What a browser would send back if nobody touched the form."""
    root = HTMLParser(namespaceHTMLElements=False).parse(html)
    sent: dict[str, list[str]] = {}
    [form] = [each for each in root.iter("form") if "novalidate" in each.attrib]
    for field in form.iter():
        name = field.get("name")
        if field.tag == "input" and field.get("type") == "checkbox":
            value = field.get("value", "y") if "checked" in field.attrib else None
        elif field.tag == "input" and field.get("type") != "file":
            value = field.get("value", "")
        elif field.tag == "textarea":
            value = (field.text or "").removeprefix("\n")
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = [each for each in options if "selected" in each.attrib] or options[:1]
            value = chosen[0].get("value")
        else:
            continue
        if name and value is not None:
            sent.setdefault(name, []).append(value)
    return dict(sent)


def test_only_programme_makers_and_organisers(app: Flask, world: World, base: str) -> None:
    for role, status in (
        ("programme", 200),
        ("organiser", 200),
        ("finance", 403),
        ("checkin", 403),
    ):
        client = app.test_client()
        make.sign_in(client, role)
        assert client.get(f"{base}/onderdelen").status_code == status, role
    assert app.test_client().get(f"{base}/onderdelen").status_code == 302


def test_the_list_of_sessions_and_its_search(maker: FlaskClient, base: str) -> None:
    assert maker.get("/team/programma/").location.endswith(f"{base}/onderdelen")
    html = shown(maker.get(f"{base}/onderdelen"))
    assert "3 onderdelen" in html
    found = shown(maker.get(f"{base}/onderdelen?q=wrozynska"))
    assert "Soep is geen project" in found
    assert "Zagen" not in found
    assert "Zagen" in shown(maker.get(f"{base}/onderdelen?soort=workshop"))
    assert "Niets gevonden" in shown(maker.get(f"{base}/onderdelen?q=olifant"))


def test_a_form_that_nobody_touched_changes_nothing(
    maker: FlaskClient, base: str, world: World
) -> None:
    before = shown(maker.get("/programma/soep"))
    sent = form_of(shown(maker.get(f"{base}/onderdelen/soep")))
    assert maker.post(f"{base}/onderdelen/soep", data=sent).status_code == 302
    assert shown(maker.get("/programma/soep")) == before
    assert world.talk.version == 2


def test_a_new_session(maker: FlaskClient, base: str) -> None:
    sent = form_of(shown(maker.get(f"{base}/onderdelen/nieuw")))
    answer = maker.post(
        f"{base}/onderdelen/nieuw",
        data=sent
        | {
            "title_nl": "Łódź, derde binnenplaats",
            "kind": "workshop",
            "theme": "zorg",
            "languages": "en",
            "speakers-1": "ria",
            "min_age": "16",
        },
    )
    assert answer.location.endswith("/onderdelen/lodz-derde-binnenplaats")
    row = db.session.query(Session).filter_by(slug="lodz-derde-binnenplaats").one()
    assert (row.kind, row.languages, row.min_age) == ("workshop", "en", 16)
    assert row.theme is not None
    assert [speaker.slug for speaker in row.speakers] == ["ria"]
    assert "Nog geen moment" in shown(maker.get(answer.location))


def test_a_session_needs_a_title_in_one_language(maker: FlaskClient, base: str) -> None:
    sent = form_of(shown(maker.get(f"{base}/onderdelen/nieuw")))
    html = shown(maker.post(f"{base}/onderdelen/nieuw", data=sent), 422)
    assert "Vul dit in, in een van de twee talen." in html
    answer = maker.post(f"{base}/onderdelen/nieuw", data=sent | {"title_en": "Only English"})
    assert answer.location.endswith("/onderdelen/only-english")


def test_a_taken_address_is_said_beside_what_was_typed(maker: FlaskClient, base: str) -> None:
    sent = form_of(shown(maker.get(f"{base}/onderdelen/soep")))
    html = shown(
        maker.post(f"{base}/onderdelen/soep", data=sent | {"slug": "zagen", "title_nl": "Anders"}),
        409,
    )
    assert "Het adres “zagen” is al van iets anders" in html
    assert 'value="Anders"' in html
    wrong = shown(maker.post(f"{base}/onderdelen/soep", data=sent | {"slug": "Met Spaties"}), 422)
    assert "Gebruik alleen kleine letters" in wrong


def test_two_makers_edit_one_session(maker: FlaskClient, base: str, app: Flask) -> None:
    other = app.test_client()
    make.sign_in(other, "organiser")
    mine = form_of(shown(maker.get(f"{base}/onderdelen/soep")))
    theirs = form_of(shown(other.get(f"{base}/onderdelen/soep")))
    other.post(f"{base}/onderdelen/soep", data=theirs | {"title_nl": "Van een ander"})
    for _ in range(2):
        html = shown(
            maker.post(f"{base}/onderdelen/soep", data=mine | {"title_nl": "Van mij"}), 409
        )
        assert "Iemand anders heeft dit intussen gewijzigd" in html
        assert 'value="Van mij"' in html, "what I typed is not lost"
    row = db.session.query(Session).filter_by(slug="soep").one()
    assert row.title.nl == "Van een ander"


def test_a_moment_is_added_changed_and_dropped(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/onderdelen/soep/momenten"
    sent = form_of(shown(maker.get(f"{path}/nieuw"))) | {
        "day": "2026-10-24",
        "starts": "23:30",
        "ends": "00:30",
        "stage": "tafel",
        "places": "12",
        "door_places": "3",
    }
    assert maker.post(f"{path}/nieuw", data=sent).status_code == 302
    slot = world.talk.slots[-1]
    assert (slot.places, slot.door_places, slot.stage.slug) == (12, 3, "tafel")
    assert (slot.ends_at - slot.starts_at).total_seconds() == 3600, "over midnight"
    again = form_of(shown(maker.get(f"{path}/{slot.code}")))
    assert again["starts"] == ["23:30"]
    assert again["day"] == ["2026-10-24"]
    maker.post(f"{path}/{slot.code}", data=again | {"places": ""})
    assert slot.places is None
    maker.post(f"{path}/{slot.code}/weg")
    assert len(world.talk.slots) == 1


def test_mistakes_with_a_moment(maker: FlaskClient, base: str, world: World) -> None:
    slot = world.workshop.slots[0]
    path = f"{base}/onderdelen/zagen/momenten/{slot.code}"
    sent = form_of(shown(maker.get(path)))
    html = shown(maker.post(path, data=sent | {"ends": "10:00"}), 409)
    assert "Het einde ligt niet na het begin" in html
    assert "hoe laat het begint" in shown(maker.post(path, data=sent | {"starts": ""}), 422)
    slots.claim(slot.id, 4)
    db.session.commit()
    assert "Er zijn al 4 plekken geboekt" in shown(
        maker.post(path, data=sent | {"places": "3"}), 409
    )
    assert "4 plekken zijn geboekt" in shown(maker.get(path)), "a warning before moving it"
    html = posted(maker, f"{path}/weg")
    assert "Het kan daarom niet weg" in html
    assert db.session.query(Slot).filter_by(id=slot.id).count() == 1
    assert maker.post(path, data=sent | {"stage": "bestaat-niet"}).status_code == 422


def test_moments_of_another_session_are_not_found(
    maker: FlaskClient, base: str, world: World
) -> None:
    code = world.workshop.slots[0].code
    assert maker.get(f"{base}/onderdelen/soep/momenten/{code}").status_code == 404


def test_a_series_of_meetings(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/onderdelen/coach/gesprekken"
    sent = form_of(shown(maker.get(path))) | {"day": "2026-10-24", "starts": "13:00"}
    answer = maker.post(path, data=sent | {"number": "6", "minutes": "30", "pause": "0"})
    assert answer.status_code == 302
    saturday = [slot for slot in world.coach.slots if slot.day.isoformat() == "2026-10-24"]
    assert len(saturday) == 6
    assert saturday[-1].ends_at.isoformat() == "2026-10-24T14:00:00+00:00"
    assert maker.post(path, data=sent | {"number": "0"}).status_code == 422
    assert maker.post(path, data=sent | {"starts": "half een"}).status_code == 422


def test_a_person_with_a_photo(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/mensen/ria"
    sent = form_of(shown(maker.get(path)))
    file = (BytesIO(picture()), "ria.jpg")
    answer = maker.post(path, data=sent | {"photo_file": file, "photo_alt_nl": "Ria lacht"})
    assert answer.status_code == 302
    first = world.ria.photo
    assert maker.get(f"/foto/{first}").mimetype == "image/webp"
    assert re.search(
        rf'<img src="/foto/{first}" alt="Ria lacht"', shown(maker.get("/sprekers/ria"))
    )

    sent = form_of(shown(maker.get(path)))
    other = (BytesIO(picture((300, 300))), "ria2.jpg")
    maker.post(path, data=sent | {"photo_file": other})
    assert world.ria.photo != first
    with pytest.raises(FileNotFoundError):
        storage.get(first)

    sent = form_of(shown(maker.get(path)))
    maker.post(path, data=sent | {"drop_photo": "y"})
    assert world.ria.photo == ""


def test_a_file_that_is_no_photo(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/mensen/ria"
    sent = form_of(shown(maker.get(path)))
    evil = (BytesIO(b"<script>alert(1)</script>"), "ria.jpg")
    html = shown(maker.post(path, data=sent | {"photo_file": evil, "place": "Gent"}), 422)
    assert "Dit bestand kunnen we niet lezen als foto" in html
    assert 'value="Gent"' in html
    assert (world.ria.photo, world.ria.place) == ("", "")


def test_links_lead_to_pages_only(maker: FlaskClient, base: str) -> None:
    path = f"{base}/mensen/ria"
    sent = form_of(shown(maker.get(path)))
    html = shown(maker.post(path, data=sent | {"link": "javascript:alert(1)"}), 422)
    assert "Begin het adres met https://" in html


def test_stages_and_themes(maker: FlaskClient, base: str, world: World) -> None:
    for name, kind in (("podia", Stage), ("themas", Theme)):
        sent = form_of(shown(maker.get(f"{base}/{name}")))
        assert maker.post(f"{base}/{name}", data=sent | {"name_nl": "Achterom"}).status_code == 302
        assert db.session.query(kind).filter_by(slug="achterom").count() == 1
        html = shown(maker.post(f"{base}/{name}", data=sent | {"name_nl": "Achterom"}), 409)
        assert "Het adres “achterom” is al van iets anders" in html
        assert maker.post(f"{base}/{name}", data=sent).status_code == 422
        maker.post(f"{base}/{name}/achterom/weg")
        assert db.session.query(kind).filter_by(slug="achterom").count() == 0
    html = posted(maker, f"{base}/podia/hal/weg")
    assert "Op dit podium staat nog iets" in html


def test_removing_a_session_and_a_person(maker: FlaskClient, base: str, world: World) -> None:
    html = posted(maker, f"{base}/onderdelen/soep/weg")
    assert "Dit onderdeel heeft nog momenten" in html
    html = posted(maker, f"{base}/mensen/ria/weg")
    assert "Deze spreker staat nog bij een onderdeel" in html
    rules.drop_slot(world.talk.slots[0], now=NOW)
    maker.post(f"{base}/onderdelen/soep/weg")
    maker.post(f"{base}/mensen/ria/weg")
    assert db.session.query(Session).filter_by(slug="soep").count() == 0
    assert db.session.query(Speaker).count() == 0


def test_the_screens_in_english(maker: FlaskClient, base: str) -> None:
    for path in ("onderdelen", "onderdelen/soep", "mensen", "mensen/ria", "podia", "themas"):
        html = shown(maker.get(f"/en{base}/{path}"))
        assert '<html lang="en"' in html
        assert "Bewaar<" not in html
    assert "Back without saving" in shown(maker.get(f"/en{base}/onderdelen/soep"))

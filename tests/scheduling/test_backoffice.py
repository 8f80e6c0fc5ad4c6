"""The team's screens of the programme: every form, its mistakes, and two editors at once."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from html5lib import HTMLParser
from werkzeug.test import TestResponse

from festival import storage
from festival.db import db
from festival.programme import draft, queries, slot_capacity
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Speaker
from festival.programme.rules import people, publishing, sessions, stages_and_themes
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.programme.test_photos import picture
from tests.world import World, at


@pytest.fixture
def queries_of(
    maker: FlaskClient, queries: Callable[[], AbstractContextManager[list[str]]]
) -> Callable[[str], int]:
    """How often a page asks the database."""

    def count(path: str) -> int:
        with queries() as sent:
            maker.get(path)
        return len(sent)

    return count


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
        if field.tag == "input" and field.get("type") in {"checkbox", "radio"}:
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
    forget_pages()
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
    assert draft.value(row, "title").nl == "Van een ander"
    assert row.title.nl == "Soep is geen project", "visitors see it after a release only"


def test_a_night_may_last_until_the_day_begins(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/onderdelen/soep/momenten"
    until_six = {"day": "2026-10-23", "starts": "22:00", "ends": "06:00", "stage": "tafel"}
    sent = form_of(shown(maker.get(f"{path}/nieuw"))) | until_six
    assert maker.post(f"{path}/nieuw", data=sent).status_code == 302
    night = world.talk.all_slots[-1]
    assert (night.starts_at, night.ends_at) == (at(23, 22), at(24, 6))
    again = form_of(shown(maker.get(f"{path}/{night.code}")))
    assert (again["day"], again["ends"]) == (["2026-10-23"], ["06:00"])


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
    assert len(world.talk.slots) == 1, "visitors see it after a release"
    slot = world.talk.all_slots[-1]
    assert (slot.places, slot.door_places, slot.stage.slug) == (12, 3, "tafel")
    assert (slot.ends_at - slot.starts_at).total_seconds() == 3600, "over midnight"
    again = form_of(shown(maker.get(f"{path}/{slot.code}")))
    assert again["starts"] == ["23:30"]
    assert again["day"] == ["2026-10-24"]
    maker.post(f"{path}/{slot.code}", data=again | {"places": ""})
    assert slot.places is None
    maker.post(f"{path}/{slot.code}/weg")
    assert len(world.talk.all_slots) == 1, "nobody ever saw it: gone at once"


def test_mistakes_with_a_moment(maker: FlaskClient, base: str, world: World) -> None:
    slot = world.workshop.slots[0]
    path = f"{base}/onderdelen/zagen/momenten/{slot.code}"
    sent = form_of(shown(maker.get(path)))
    html = shown(maker.post(path, data=sent | {"ends": "10:00"}), 409)
    assert "Het einde ligt niet na het begin" in html
    assert "hoe laat het begint" in shown(maker.post(path, data=sent | {"starts": ""}), 422)
    slot_capacity.claim(slot.id, 4)
    db.session.commit()
    assert "Kies minstens 4: zoveel plekken zijn er al geboekt." in shown(
        maker.post(path, data=sent | {"places": "3"}), 409
    )
    assert "4 plekken zijn geboekt" in shown(maker.get(path)), "said before moving it"
    assert maker.post(path, data=sent | {"stage": "bestaat-niet"}).status_code == 422


def test_moving_a_moment_waits_and_can_be_undone(
    maker: FlaskClient, base: str, world: World
) -> None:
    slot = world.workshop.slots[0]
    path = f"{base}/onderdelen/zagen/momenten/{slot.code}"
    before = (slot.starts_at, slot.stage_id)
    sent = form_of(shown(maker.get(path)))
    moved = sent | {"starts": "15:00", "ends": "16:30", "stage": "hal", "places": "25"}
    assert maker.post(path, data=moved).status_code == 302
    assert (slot.starts_at, slot.stage_id) == before
    assert slot.places == 25, "places change at once"
    html = shown(maker.get(path))
    assert "Dit wacht op de volgende uitgave: podium, begin, einde" in html
    again = form_of(html)
    assert (again["starts"], again["stage"]) == (["15:00"], ["hal"])
    assert maker.post(path, data=moved).status_code == 409, "an old page"
    posted(maker, f"{path}/terug")
    assert slot.draft == {}
    assert form_of(shown(maker.get(path)))["stage"] == ["tafel"]


def test_a_released_moment_goes_with_the_next_release(
    maker: FlaskClient, base: str, world: World
) -> None:
    slot = world.workshop.slots[0]
    path = f"{base}/onderdelen/zagen/momenten/{slot.code}"
    slot_capacity.claim(slot.id, 3)
    db.session.commit()
    assert "3 plekken zijn geboekt: wie er een heeft, krijgt dan bericht" in shown(maker.get(path))
    html = posted(maker, f"{path}/weg")
    assert "gaat weg met de volgende uitgave" in html
    assert slot in world.workshop.slots
    html = shown(maker.get(path))
    assert "Laat dit moment toch staan" in html
    assert "3 plekken zijn geboekt" in html
    posted(maker, f"{path}/terug")
    assert slot.draft == {}
    assert "Laat dit moment toch staan" not in shown(maker.get(path))


def test_moments_of_another_session_are_not_found(
    maker: FlaskClient, base: str, world: World
) -> None:
    code = world.workshop.slots[0].code
    assert maker.get(f"{base}/onderdelen/soep/momenten/{code}").status_code == 404


def test_a_person_with_a_photo(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/mensen/ria"

    def send(**fields: object) -> str:
        sent = form_of(shown(maker.get(path)))
        assert maker.post(path, data=sent | fields).status_code == 302
        return str(draft.value(world.ria, "photo"))

    first = send(photo_file=(BytesIO(picture()), "ria.jpg"), photo_alt_nl="Ria lacht")
    assert world.ria.photo == "", "waits for a release"
    assert maker.get(f"/foto/{first}").mimetype == "image/webp"
    assert first in shown(maker.get(path))
    publishing.publish_draft(world.edition, name=Bilingual("Twee"), now=NOW)
    assert re.search(
        rf'<img src="/foto/{first}" alt="Ria lacht"', shown(maker.get("/sprekers/ria"))
    )

    second = send(photo_file=(BytesIO(picture((300, 300))), "ria2.jpg"))
    assert second != first
    assert storage.get(first), "visitors still see it"
    third = send(photo_file=(BytesIO(picture((200, 200))), "ria3.jpg"))
    with pytest.raises(FileNotFoundError):
        storage.get(second)
    posted(maker, f"{path}/terug")
    with pytest.raises(FileNotFoundError):
        storage.get(third)
    assert send(drop_photo="y") == ""
    assert storage.get(first)


def test_a_session_with_a_photo(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/onderdelen/zagen"
    sent = form_of(shown(maker.get(path)))
    file = (BytesIO(picture()), "zaag.jpg")
    maker.post(path, data=sent | {"photo_file": file, "photo_alt_nl": "Zes buren"})
    name = draft.value(world.workshop, "photo")
    assert name.startswith("sessions/")
    assert maker.get(f"/foto/{name}").mimetype == "image/webp"
    assert 'alt="Zes buren"' in shown(maker.get(path))


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
    html = shown(maker.post(path, data=sent | {"links": "javascript:alert(1)"}), 422)
    assert "begin het met https://" in html


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
    assert "Bezoekers kennen dit onderdeel al" in html
    assert "Haal dit onderdeel weg" not in html
    html = posted(maker, f"{base}/mensen/ria/weg")
    assert "Deze spreker staat nog bij een onderdeel" in html
    sent = form_of(shown(maker.get(f"{base}/onderdelen/nieuw"))) | {"title_nl": "Voorbij"}
    maker.post(f"{base}/onderdelen/nieuw", data=sent)
    html = posted(maker, f"{base}/onderdelen/voorbij/weg")
    assert "Weggehaald" in html
    assert db.session.query(Session).filter_by(slug="voorbij").count() == 0
    sent = form_of(shown(maker.get(f"{base}/mensen/nieuw"))) | {"name": "Sem Smid"}
    maker.post(f"{base}/mensen/nieuw", data=sent)
    maker.post(f"{base}/mensen/sem-smid/weg")
    assert db.session.query(Speaker).count() == 1


def test_what_waits_is_said_and_can_be_thrown_away(
    maker: FlaskClient, base: str, world: World
) -> None:
    path = f"{base}/onderdelen/soep"
    assert "Bezoekers zien dit zoals het hier staat" in shown(maker.get(path))
    sent = form_of(shown(maker.get(path)))
    maker.post(path, data=sent | {"title_nl": "Anders", "host_notes": "Sleutel bij de balie"})
    html = shown(maker.get(path))
    assert "Dit wacht op de volgende uitgave: titel." in html
    assert world.talk.host_notes == "Sleutel bij de balie", "at once"
    assert "Anders" not in shown(maker.get("/programma/soep"))
    version = world.talk.version
    assert "Iemand anders" in shown(
        maker.get(maker.post(f"{path}/terug", data={"version": version - 1}).location)
    )
    maker.post(f"{path}/terug", data={"version": version})
    assert world.talk.draft == {}
    assert form_of(shown(maker.get(path)))["title_nl"] == ["Soep is geen project"]


def test_every_field_of_a_session_comes_back(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/onderdelen/zagen"
    filled = {
        "title_nl": "Zagen", "title_en": "Sawing", "kind": "game", "theme": "zorg",
        "languages": ["en", "dse"], "other_languages": "Koerdisch; Tigrinya",
        "level": "experienced", "min_age": "12",
        "access": ["step_free", "quiet"], "no_access": ["sign_language"],
        "is_highlight": "y", "speakers-0": "ria",
        "summary_nl": "Kort", "summary_en": "Short", "description_nl": "Lang\n\nen breed",
        "description_en": "Long", "bring_nl": "Een zaag", "bring_en": "A saw",
        "photo_alt_nl": "Een zaag", "photo_alt_en": "A saw", "host_notes": "Stil\nzijn",
        "needs": "Beamer", "minutes_before": "15", "minutes_after": "10",
    }  # fmt: skip
    sent = form_of(shown(maker.get(path)))
    sent.pop("takes_feedback")
    assert maker.post(path, data=sent | filled).status_code == 302
    back = form_of(shown(maker.get(path)))
    for name, value in filled.items():
        assert back[name] == (value if isinstance(value, list) else [value]), name
    assert "takes_feedback" not in back
    assert world.workshop.title.nl == "Zagen voor beginners"
    publishing.publish_draft(world.edition, name=Bilingual("Twee"), now=NOW)
    assert (world.workshop.kind, world.workshop.access) == ("game", ["step_free", "quiet"])
    assert world.workshop.no_access == ["sign_language"]
    assert [person.slug for person in world.workshop.speakers] == ["ria"]


def test_a_session_in_any_language(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/onderdelen/zagen"
    sent = form_of(shown(maker.get(path))) | {"languages": []}
    html = shown(maker.post(path, data=sent | {"other_languages": " ; "}), 422)
    assert "Kies minstens één taal." in html
    html = shown(maker.post(path, data=sent | {"other_languages": "ti; dolfijns"}), 422)
    assert "“dolfijns” kennen we niet als taal." in html
    assert 'value="ti; dolfijns"' in html, "what was typed is still there"
    assert maker.post(path, data=sent | {"other_languages": "ti; Engels"}).status_code == 302
    assert draft.value(world.workshop, "languages") == "en+ti"
    sent = {"pick": [f"zagen:{world.workshop.version}"], "other_languages": "dolfijns"}
    back = maker.post(f"{base}/wijzig-onderdelen", data=sent).location
    assert "“dolfijns” kennen we niet als taal." in shown(maker.get(back))
    sent |= {"languages": ["tr", "nl"], "other_languages": "ku"}
    maker.post(f"{base}/wijzig-onderdelen", data=sent)
    assert draft.value(world.workshop, "languages") == "nl+tr+ku"


def test_nothing_is_both_there_and_not_there(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/onderdelen/zagen"
    both = {"access": ["quiet"], "no_access": ["quiet", "step_free"]}
    html = shown(maker.post(path, data=form_of(shown(maker.get(path))) | both), 422)
    assert "bij wat er is en bij wat er niet is" in html


def test_of_a_stage_is_said_yes_no_or_nothing(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/podia/hal"
    back = form_of(shown(maker.get(path)))
    assert [back[name] for name in ("is_step_free", "has_hearing_loop", "is_quiet")] == [[""]] * 3
    maker.post(path, data=back | {"is_step_free": "no", "has_hearing_loop": "yes"})
    db.session.refresh(world.hall)
    assert (world.hall.access, world.hall.no_access) == (("hearing_loop",), ("step_free",))
    back = form_of(shown(maker.get(path)))
    assert [back[name] for name in ("is_step_free", "has_hearing_loop", "is_quiet")] == [
        ["no"], ["yes"], [""],
    ]  # fmt: skip
    assert shown(maker.post(path, data=back | {"is_quiet": "soms"}), 422)


def test_hosts_are_not_speakers_too(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/onderdelen/coach"
    sent = form_of(shown(maker.get(path))) | {"hosts-0": "ria"}
    maker.post(path, data=sent)
    assert draft.value(world.coach, "hosts") == [world.ria.id]
    html = shown(maker.get(f"{base}/mensen/ria"))
    assert "begeleidt" in html
    assert "nog geen antwoord" in html


def test_every_field_of_a_person_comes_back(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/mensen/ria"
    filled = {
        "name": "Ria W.", "pronunciation": "rie-JA", "organisation": "Buurthuis", "place": "Gent",
        "links": "https://example.org/a\nhttps://example.org/b", "bio_nl": "Zij", "bio_en": "She",
        "email": "ria@example.org", "phone": "+31 6 1234", "language": "en", "needs": "Een kruk",
        "availability-0-day": "2026-10-23", "availability-0-starts": "18:00",
        "availability-0-ends": "06:00",
    }  # fmt: skip
    sent = form_of(shown(maker.get(path)))
    assert maker.post(path, data=sent | filled).status_code == 302
    back = form_of(shown(maker.get(path)))
    for name, value in filled.items():
        assert back[name] == [value], name
    [span] = world.ria.availability
    assert (span.ends_at - span.starts_at).total_seconds() == 12 * 3600, "until the next day"
    assert (world.ria.email, world.ria.name) == ("ria@example.org", "Ria Wróżyńska")
    assert "availability-2-day" in back, "room for more"
    wrong = {"availability-1-day": "2026-10-24", "availability-1-starts": "10:00"}
    html = shown(maker.post(path, data=back | wrong), 422)
    assert "Vul in van hoe laat tot hoe laat." in html
    wrong["availability-1-ends"] = "09:00"
    assert "Het einde ligt niet na het begin" in shown(maker.post(path, data=back | wrong), 409)
    assert len(world.ria.availability) == 1


def test_a_stage_with_hours_and_walks(maker: FlaskClient, base: str, world: World) -> None:
    path = f"{base}/podia/hal"
    filled = {
        "changeover_minutes": "20", "walk_tafel": "7", "hours-0-day": "2026-10-23",
        "hours-0-starts": "09:00", "hours-0-ends": "18:00", "hours-1-day": "2026-10-23",
        "hours-1-starts": "20:00", "hours-1-ends": "01:00",
    }  # fmt: skip
    sent = form_of(shown(maker.get(path)))
    assert maker.post(path, data=sent | filled).status_code == 302
    back = form_of(shown(maker.get(path)))
    for name, value in filled.items():
        assert back[name] == [value], name
    assert form_of(shown(maker.get(f"{base}/podia/tafel")))["walk_hal"] == ["7"], "both ways"
    assert len(world.hall.hours) == 2
    assert maker.post(path, data=back | {"walk_tafel": "", "hours-1-day": ""}).status_code == 302
    assert queries.walks_from(world.hall) == {}
    assert len(world.hall.hours) == 1
    assert maker.post(path, data=back).status_code == 409, "an old page"
    new = form_of(shown(maker.get(f"{base}/podia"))) | {"name_nl": "Achterom", "walk_hal": "3"}
    assert maker.post(f"{base}/podia", data=new).status_code == 302
    row = db.session.query(Stage).filter_by(slug="achterom").one()
    assert queries.walks_from(row) == {world.hall.id: 3}


def test_a_copy_of_a_session(maker: FlaskClient, base: str, world: World) -> None:
    sent = form_of(shown(maker.get(f"{base}/onderdelen/soep")))
    maker.post(f"{base}/onderdelen/soep", data=sent | {"summary_nl": "Wacht nog", "needs": "Pan"})
    path = f"{base}/onderdelen/soep/kopie"
    sent = form_of(shown(maker.get(path)))
    for slug in ("soep-is-geen-project", "soep-is-geen-project-2"):
        assert maker.post(path, data=sent).location.endswith(f"/onderdelen/{slug}")
    copy = db.session.query(Session).filter_by(slug="soep-is-geen-project-2").one()
    assert (copy.summary.nl, copy.needs, copy.is_public) == ("Wacht nog", "Pan", False)
    assert [person.slug for person in copy.speakers] == ["ria"]
    assert copy.all_slots == []
    assert maker.post(path, data=sent | {"title_nl": "", "title_en": ""}).status_code == 422


def test_lists_are_sorted_filtered_and_turned_over(
    maker: FlaskClient, base: str, world: World, queries_of: Callable[[str], int]
) -> None:
    def titles(arguments: str) -> list[str]:
        html = shown(maker.get(f"{base}/onderdelen?{arguments}"))
        return re.findall(r'aria-label="([^"]+)"(?: checked)?></label></td>', html)

    assert titles("") == ["Soep is geen project", "Waar begin ik?", "Zagen voor beginners"]
    assert titles("sort=-title")[0] == "Zagen voor beginners"
    assert titles("sort=when")[0] == "Soep is geen project"
    assert titles("wie=ria") == ["Soep is geen project"]
    assert titles("thema=zorg") == ["Soep is geen project"]
    assert titles("staat=no_english") == ["Zagen voor beginners"]
    assert titles("staat=new") == []
    before = queries_of(f"{base}/onderdelen")
    for number in range(60):
        sessions.save_session(
            world.edition,
            None,
            {"slug": f"los-{number}", "kind": "talk", "title": Bilingual(f"Los {number:02}")},
            speakers=[world.ria],
            now=NOW,
        )
    sessions.save_session(
        world.edition,
        world.coach,
        {"title": Bilingual("Anders genoemd")},
        speakers=[],
        seen=world.coach.version,
        now=NOW,
    )
    assert titles("staat=waiting") == ["Anders genoemd"]
    assert len(titles("staat=not_placed")) == 50
    assert len(titles("staat=not_placed&page=2")) == 10
    assert "Pagina 1 van 2" in shown(maker.get(f"{base}/onderdelen"))
    assert queries_of(f"{base}/onderdelen") == before <= 20


def test_the_list_of_people(
    maker: FlaskClient, base: str, world: World, queries_of: Callable[[str], int]
) -> None:
    before = queries_of(f"{base}/mensen")
    for number in range(60):
        people.save_speaker(
            world.edition, None, {"slug": f"m-{number}", "name": f"Mens {number:02}"}, now=NOW
        )
    assert "Pagina 1 van 2" in shown(maker.get(f"{base}/mensen"))
    assert "Ria" not in shown(maker.get(f"{base}/mensen?staat=no_session"))
    assert "1 persoon" in shown(maker.get(f"{base}/mensen?q=buurthuis"))
    assert queries_of(f"{base}/mensen") == before <= 20


def ticked(html: str) -> list[str]:
    return re.findall(r'name="pick" value="([^"]+)"', html)


def test_a_change_of_several_sessions_at_once(maker: FlaskClient, base: str, world: World) -> None:
    html = shown(maker.get(f"{base}/onderdelen?soort=&kies=alles"))
    assert html.count('aria-label="Zagen voor beginners" checked') == 1
    picks = [each for each in ticked(html) if not each.startswith("coach")]
    change = {"theme": "zorg", "level": "experienced", "takes_feedback": "no"}
    assert "2 onderdelen zijn gewijzigd" in shown(
        maker.get(maker.post(f"{base}/wijzig-onderdelen", data={"pick": picks} | change).location)
    )
    assert draft.value(world.workshop, "theme_id") == world.care.id
    assert draft.value(world.workshop, "level") == "experienced"
    assert world.workshop.level == "open", "waits"
    assert (world.workshop.takes_feedback, world.coach.takes_feedback) == (False, True), "at once"
    assert world.coach.draft == {}
    for nothing in ({"pick": picks}, change):
        answer = maker.post(f"{base}/wijzig-onderdelen", data=nothing)
        assert "Kruis minstens" in shown(maker.get(answer.location))
    answer = maker.post(f"{base}/wijzig-onderdelen", data={"pick": picks, "theme": "weg"})
    assert "Deze keuze bestaat niet meer" in shown(maker.get(answer.location))


def test_nothing_of_several_is_done_when_one_was_changed(
    maker: FlaskClient, base: str, world: World
) -> None:
    picks = ticked(shown(maker.get(f"{base}/onderdelen")))
    sessions.save_session(
        world.edition, world.coach, {"level": "open"}, speakers=[], seen=1, now=NOW
    )
    answer = maker.post(f"{base}/wijzig-onderdelen", data={"pick": picks, "kind": "story"})
    html = shown(maker.get(answer.location))
    assert "Iemand anders heeft dit intussen gewijzigd: Waar begin ik?" in html
    assert world.workshop.draft == world.talk.draft == {}


def test_a_change_of_several_is_undone_once(maker: FlaskClient, base: str, world: World) -> None:
    sessions.save_sessions(world.edition, {world.workshop: 1}, {"level": "experienced"}, now=NOW)
    picks = ticked(shown(maker.get(f"{base}/onderdelen")))
    change = {"pick": picks, "theme": "zorg", "level": "open", "takes_feedback": "no"}
    answer = maker.post(f"{base}/wijzig-onderdelen?soort=", data=change)
    html = shown(maker.get(answer.location))
    assert "Maak de wijziging ongedaan" in html
    assert "Maak de wijziging ongedaan" not in shown(maker.get(f"{base}/onderdelen"))
    answer = maker.post(f"{base}/wijzig-onderdelen/terug?soort=")
    assert "Ongedaan gemaakt." in shown(maker.get(answer.location))
    assert world.workshop.draft == {"level": "experienced"}, "each as it was"
    assert (world.coach.draft, world.talk.draft) == ({}, {})
    assert world.coach.takes_feedback
    answer = maker.post(f"{base}/wijzig-onderdelen/terug")
    assert "Dit is al ongedaan gemaakt." in shown(maker.get(answer.location))


def test_undo_leaves_out_a_theme_that_is_gone(maker: FlaskClient, base: str, world: World) -> None:
    row = sessions.save_session(
        world.edition,
        None,
        {"slug": "nieuw-onderdeel", "kind": "talk", "title": Bilingual("Nieuw"),
         "theme_id": stages_and_themes.save_theme(
             world.edition, None, {"slug": "kort", "name": Bilingual("Kort")}, now=NOW).id},
        speakers=[],
        now=NOW,
    )  # fmt: skip
    maker.post(f"{base}/wijzig-onderdelen", data={"pick": f"{row.slug}:1", "theme": "zorg"})
    stages_and_themes.remove_theme(db.session.query(Theme).filter_by(slug="kort").one(), now=NOW)
    maker.post(f"{base}/wijzig-onderdelen/terug")
    assert row.theme_id is None


def test_undo_overwrites_nothing_that_came_after(
    maker: FlaskClient, base: str, world: World
) -> None:
    picks = ticked(shown(maker.get(f"{base}/onderdelen")))
    maker.post(f"{base}/wijzig-onderdelen", data={"pick": picks, "level": "experienced"})
    sessions.save_session(
        world.edition, world.coach, {"level": "open"}, speakers=[], seen=2, now=NOW
    )
    answer = maker.post(f"{base}/wijzig-onderdelen/terug")
    assert "gewijzigd: Waar begin ik?" in shown(maker.get(answer.location))
    assert world.workshop.draft == {"level": "experienced"}


def test_the_screens_in_english(maker: FlaskClient, base: str) -> None:
    paths = ("onderdelen", "onderdelen/soep", "onderdelen/soep/kopie", "mensen", "mensen/ria")
    for path in (*paths, "podia", "podia/hal", "themas", "invoer/onderdelen", "invoer/mensen"):
        html = shown(maker.get(f"/en{base}/{path}"))
        assert '<html lang="en"' in html
        assert "Bewaar<" not in html
    assert "Back without saving" in shown(maker.get(f"/en{base}/onderdelen/soep"))


# Arguments of url_for itself, and of the addresses that the lists link to.
MEANT_FOR_URL_FOR = "edition=x&edition_slug=x&what=x&format_=x&name=x&_external=1&_scheme=ftp"


@pytest.mark.parametrize("screen", ["onderdelen", "mensen"])
def test_arguments_that_strangers_invent_change_no_link(maker, base, screen):
    html = shown(maker.get(f"{base}/{screen}?{MEANT_FOR_URL_FOR}"))
    addresses = re.findall(r'(?:href|action)="([^"]*/(?:uitvoer|wijzig)[^"]*)"', html)
    assert addresses
    for address in addresses:
        assert address.startswith(f"{base}/")
    for change in ("wijzig-onderdelen", "wijzig-onderdelen/terug"):
        answer = maker.post(f"{base}/{change}?{MEANT_FOR_URL_FOR}&soort=talk")
        assert answer.location.startswith(f"{base}/onderdelen?")
        assert "soort=talk" in answer.location

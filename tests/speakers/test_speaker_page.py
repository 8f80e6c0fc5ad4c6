"""A speaker's own page: what it shows, what they can change, and the team's letters."""

import errno
import threading
import time
from datetime import timedelta
from io import BytesIO

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from fsspec.implementations.local import LocalFileSystem
from PIL import Image
from sqlalchemy import Delete, Table, delete
from sqlalchemy.exc import OperationalError

from festival import clock, storage
from festival.db import db
from festival.editions.models import Edition
from festival.mail import rules as mail
from festival.mail.models import Letter
from festival.programme import draft
from festival.programme import queries as programme_queries
from festival.programme.models.sessions import Session, Slot, Speaker, speaker_of_session
from festival.programme.rules import people, publishing, sessions, slots
from festival.programme.rules import people as people_rules
from festival.programme.timing import Span
from festival.speakers import queries, rules
from festival.team.models import AuditEntry
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.races.at_once import at_once
from tests.world import World, at, build_world


@pytest.fixture
def page(world: World) -> str:
    """The address of Ria's own page."""
    return f"/spreker/{world.ria.secret}"


def answer_of(session: Session, speaker: Speaker) -> str:
    of = speaker_of_session.c
    query = db.select(of.answer).where(of.session_id == session.id, of.speaker_id == speaker.id)
    return str(db.session.scalar(query))


def letters(name: str) -> list[Letter]:
    return db.session.query(Letter).filter_by(name=f"speakers/{name}").order_by(Letter.id).all()


# ---- the link ----


def test_the_link_opens_the_page_and_no_cache_keeps_it(visitor: FlaskClient, page: str) -> None:
    for path in ("", "/over-jou", "/nodig", "/wanneer", "/bestanden", "/agenda.ics"):
        answer = visitor.get(page + path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "same-origin"
    assert '<meta name="robots" content="noindex">' in visitor.get(page).text


def test_a_wrong_link_says_how_to_get_another(visitor: FlaskClient, world: World) -> None:
    for path in ("", "/over-jou", "/bestanden", "/agenda.ics"):
        answer = visitor.get(f"/spreker/{world.ria.secret[:-1]}x{path}")
        assert answer.status_code == 404
        assert "Deze link werkt niet meer" in answer.text
        assert "/contact" in answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert "This link no longer works" in visitor.get("/en/spreker/x").text


def test_a_new_link_disables_the_old_one(visitor: FlaskClient, world: World, page: str) -> None:
    rules.renew_secret(world.ria, now=NOW)
    assert visitor.get(page).status_code == 404
    assert visitor.get(f"/spreker/{world.ria.secret}").status_code == 200


# ---- what it shows ----


def test_it_shows_when_where_and_what_is_there(
    visitor: FlaskClient, world: World, page: str
) -> None:
    db.session.refresh(world.hall)
    world.hall.is_step_free = world.hall.has_hearing_loop = True
    world.hall.capacity = 120
    world.talk.minutes_before = 15
    world.talk.needs = "Beamer, twee microfoons"
    db.session.commit()
    text = visitor.get(page).text
    assert "Dag Ria Wróżyńska" in text
    assert "Soep is geen project" in text
    assert "vrijdag 23 oktober, 10.00–10.45 uur" in text
    assert "Je kunt klaarzetten vanaf 9.45 uur." in text
    assert "Zonder trap te bereiken" in text
    assert "Met ringleiding" in text
    assert "Er is plek voor 120 mensen." in text
    assert "Beamer, twee microfoons" in text
    assert "Zagen voor beginners" not in text, "that is somebody else's"
    english = visitor.get(f"/en{page}").text
    assert "Hello Ria Wróżyńska" in english
    assert "Friday 23 October, 10.00–10.45" in english


def test_unreleased_slots_are_marked_as_provisional(
    visitor: FlaskClient, world: World, page: str
) -> None:
    fresh = sessions.save_session(
        world.edition,
        None,
        {"slug": "vers", "kind": "story", "title": Bilingual("Iets nieuws")},
        speakers=[world.ria],
        now=NOW,
    )
    slots.add_slot(
        fresh, stage=world.hall, starts_at=at(24, 15), ends_at=at(24, 16), places=None, now=NOW
    )
    text = visitor.get(page).text
    part = text[text.index('id="vers"') :]
    assert "Nog niet gepubliceerd." in part
    assert "zaterdag 24 oktober, 15.00–16.00 uur" in part
    assert "voorlopig" in part
    assert "Ja, ik kom" in part


def test_what_a_maker_moves_stays_as_it_was_until_it_is_published(
    visitor: FlaskClient, world: World, page: str
) -> None:
    slot = world.talk.slots[0]
    slots.move_slot(
        slot, stage=world.table, starts_at=at(24, 9), ends_at=at(24, 10), seen=slot.version, now=NOW
    )
    assert "vrijdag 23 oktober, 10.00–10.45 uur" in visitor.get(page).text
    publishing.publish_draft(world.edition, name=Bilingual("Tweede"), now=NOW)
    assert "zaterdag 24 oktober, 9.00–10.00 uur" in visitor.get(page).text


def test_a_speaker_added_in_the_draft_sees_the_session_without_a_question(
    visitor: FlaskClient, world: World, page: str
) -> None:
    sessions.save_session(
        world.edition, world.workshop, {}, speakers=[world.ria],
        seen=world.workshop.version, now=NOW,
    )  # fmt: skip
    text = visitor.get(page).text
    part = text[text.index('id="zagen"') :]
    assert "Je staat in het concept." in part
    assert "ik kom" not in part
    assert visitor.post(f"{page}/antwoord/zagen", data={"answer": "yes"}).status_code == 409
    publishing.publish_draft(world.edition, name=Bilingual("Tweede"), now=NOW)
    text = visitor.get(page).text
    assert "Ja, ik kom" in text[text.index('id="zagen"') :]


def test_a_coach_sees_how_many_and_never_who(visitor: FlaskClient, world: World) -> None:
    people_rules.set_speakers(world.coach, [world.ria])
    slot = world.coach.slots[0]
    slot.taken = 1
    db.session.commit()
    text = visitor.get(f"/spreker/{world.ria.secret}").text
    assert "1 van 12 plekken geboekt" in text
    assert text.count("nog vrij") == 11
    assert "13.00–13.20 uur" in text


def test_past_sessions_ask_nothing(
    visitor: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Van één onderdeel willen we nog weten" in visitor.get(page).text
    monkeypatch.setattr(clock, "now", lambda: at(24, 12))
    text = visitor.get(page).text
    assert "voorbij" in text
    assert "ik kom" not in text
    assert "willen we nog weten" not in text


def test_cancelled_and_late_are_said_in_place(
    visitor: FlaskClient, world: World, page: str
) -> None:
    slot = world.talk.slots[0]
    slot.delay_minutes = 20
    db.session.commit()
    assert "Vertraagd, nu 10.20–11.05 uur." in visitor.get(page).text
    slot = db.session.get(Slot, slot.id)
    slot.state, slot.reason = "cancelled", Bilingual("De zaal is dicht.")
    db.session.commit()
    text = visitor.get(page).text
    assert "gaat niet door" in text
    assert "De zaal is dicht." in text


def test_the_page_asks_the_same_number_of_queries_however_much_there_is(
    visitor: FlaskClient, world: World, page: str, queries
) -> None:
    def asked() -> int:
        with queries() as sent:
            assert visitor.get(page).status_code == 200
        return len(sent)

    few = asked()
    for number in range(12):
        row = sessions.save_session(
            world.edition,
            None,
            {"slug": f"meer-{number}", "kind": "talk", "title": Bilingual("Meer")},
            speakers=[world.ria],
            hosts=[make_speaker(world.edition, f"gastheer-{number}")],
            now=NOW,
        )
        slots.add_slot(
            row, stage=world.hall, starts_at=at(24, 9), ends_at=at(24, 10), places=None, now=NOW
        )
    assert asked() == few
    assert few <= 14


def make_speaker(edition: Edition, name: str, **values: object) -> Speaker:
    row = Speaker(edition_id=edition.id, slug=name.lower(), name=name, **values)
    db.session.add(row)
    db.session.commit()
    return row


# ---- yes or no ----


def test_answer_session(visitor: FlaskClient, world: World, page: str) -> None:
    address = f"{page}/antwoord/soep"
    assert visitor.post(address, data={"answer": "yes"}).status_code == 303
    assert answer_of(world.talk, world.ria) == "yes"
    assert letters("speaker_answered") == [], "a yes needs no letter"
    text = visitor.get(page).text
    assert "Je zei ja." in text
    assert "Ja, ik kom" not in text

    for _ in range(2):  # a double click
        visitor.post(address, data={"answer": "no", "reason": "Ik moet\nnaar Gent"})
    assert answer_of(world.talk, world.ria) == "no"
    [letter] = letters("speaker_answered")
    assert letter.to == world.edition.organiser_email
    assert "Ria Wróżyńska kan niet: Soep is geen project" in letter.subject
    assert "Ik moet\nnaar Gent" in letter.body_text

    visitor.post(address, data={"answer": "yes", "reason": "niet voor een ja"})
    letter = letters("speaker_answered")[-1]
    assert "komt toch" in letter.subject
    assert "niet voor een ja" not in letter.body_text


@pytest.mark.parametrize("data", [{}, {"answer": "maybe"}, {"answer": "no", "reason": "x" * 1001}])
def test_an_invalid_answer_is_refused(
    visitor: FlaskClient, world: World, page: str, data: dict[str, str]
) -> None:
    assert visitor.post(f"{page}/antwoord/soep", data=data).status_code == 422
    assert answer_of(world.talk, world.ria) == ""


def test_nobody_answers_for_another_session(visitor: FlaskClient, world: World, page: str) -> None:
    assert visitor.post(f"{page}/antwoord/zagen", data={"answer": "no"}).status_code == 404
    assert visitor.post(f"{page}/antwoord/bestaat-niet", data={"answer": "no"}).status_code == 404
    with pytest.raises(rules.NotYourSession):
        rules.answer_session(world.ria, world.workshop, "yes", now=NOW)


def test_without_an_organiser_s_address_the_reason_is_kept(world: World) -> None:
    world.edition.organiser_email = ""
    db.session.commit()
    rules.answer_session(world.ria, world.talk, "no", reason="Ziek", now=NOW)
    assert letters("speaker_answered") == []
    [person] = queries.persons([world.ria])
    assert [(each.answer, each.reason) for each in person.answers] == [("no", "Ziek")]


def test_the_reason_of_one_edition_is_not_read_in_another(world: World) -> None:
    """People and sessions may have the same address each year."""
    rules.answer_session(world.ria, world.talk, "no", reason="Vorig jaar ziek", now=NOW)
    world.edition.is_current = False
    db.session.commit()
    talk = make.session(slug=world.talk.slug, edition_id=make.edition().id)
    ria = Speaker(edition_id=talk.edition_id, slug=world.ria.slug, name=world.ria.name)
    db.session.add(ria)
    db.session.commit()
    people_rules.set_speakers(talk, [ria])
    rules.answer_session(ria, talk, "no", reason="Op reis", now=NOW)
    former, latter = queries.persons([world.ria]) + queries.persons([ria])
    assert [each.reason for each in former.answers] == ["Vorig jaar ziek"]
    assert [each.reason for each in latter.answers] == ["Op reis"]


def test_an_answer_during_a_release_is_not_lost(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release reads and rewrites the answers; here an answer comes in between."""
    world = build_world()
    ids = (world.edition.id, world.ria.id, world.talk.id)
    sessions.save_session(
        world.edition, world.talk, {}, speakers=[], hosts=[world.ria],
        seen=world.talk.version, now=NOW,
    )  # fmt: skip
    has_read = threading.Event()

    def late_delete(table: Table) -> Delete:
        has_read.set()
        time.sleep(0.5)
        return delete(table)

    monkeypatch.setattr(people, "delete", late_delete)

    def action(n: int) -> None:
        edition, ria, talk = (
            db.session.get(kind, of)
            for kind, of in zip((Edition, Speaker, Session), ids, strict=True)
        )
        if n:
            publishing.publish_draft(edition, name=Bilingual("Nog een"), now=NOW)
        else:
            assert has_read.wait(timeout=10)
            rules.answer_session(ria, talk, "yes", now=NOW)

    at_once(any_app, action, 2)
    db.session.rollback()
    assert answer_of(world.talk, world.ria) == "yes"


# ---- who they are ----

PROFILE = {"name": "Ria W.", "bio_nl": "Kookt voor de straat.", "links": "https://example.org"}


def photo() -> tuple[BytesIO, str]:
    file = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    Image.new("RGB", (300, 200), "#e8341f").save(file, "JPEG", exif=exif)
    file.seek(0)
    return file, "ik.jpg"


def test_a_public_speaker_s_changes_wait_for_the_next_release(
    visitor: FlaskClient, world: World, page: str
) -> None:
    data = PROFILE | {"version": world.ria.version, "photo_file": photo(), "photo_alt_nl": "Ria"}
    assert visitor.post(f"{page}/over-jou", data=data).status_code == 303
    ria = world.ria
    assert ria.name == "Ria Wróżyńska"
    assert (draft.value(ria, "name"), draft.value(ria, "bio").nl) == ("Ria W.", PROFILE["bio_nl"])
    assert ria.slug == "ria", "their address stays"
    kept = draft.value(ria, "photo")
    assert b"A camera" not in storage.get(kept)
    text = visitor.get(f"{page}/over-jou").text
    assert "wachten op de volgende uitgave" in text
    assert 'value="Ria W."' in text
    assert f"/foto/{kept}" in text
    assert "Kookt voor de straat." not in visitor.get("/sprekers/ria").text

    publishing.publish_draft(world.edition, name=Bilingual("Tweede"), now=NOW)
    forget_pages()
    assert "Kookt voor de straat." in visitor.get("/sprekers/ria").text


def test_a_photo_that_nobody_shows_is_removed(
    visitor: FlaskClient, world: World, page: str
) -> None:
    data = PROFILE | {"version": world.ria.version, "photo_file": photo()}
    visitor.post(f"{page}/over-jou", data=data)
    kept = draft.value(world.ria, "photo")
    late = BytesIO()
    Image.new("RGB", (10, 10)).save(late, "PNG")
    late.seek(0)
    answer = visitor.post(
        f"{page}/over-jou", data=PROFILE | {"version": "1", "photo_file": (late, "b.png")}
    )
    assert answer.status_code == 409
    assert "intussen gewijzigd" in answer.text
    filesystem, root = storage._store()
    assert [name.rpartition("/")[2] for name in filesystem.find(f"{root}/speakers")] == [
        kept.rpartition("/")[2]
    ]


def stored_files() -> list[str]:
    filesystem, root = storage._store()
    return list(filesystem.find(root)) if filesystem.exists(root) else []


def test_a_photo_leaves_nothing_behind_when_the_database_is_full(
    visitor: FlaskClient, world: World, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_values: object) -> None:
        raise OperationalError("UPDATE speaker", {}, Exception("database or disk is full"))

    # Neither can it be asked which photos are shown.
    monkeypatch.setattr(people_rules, "save_speaker", full)
    monkeypatch.setattr(programme_queries, "photo_in_use", full)
    data = PROFILE | {"version": world.ria.version, "photo_file": photo()}
    assert visitor.post(f"{page}/over-jou", data=data).status_code == 500
    assert stored_files() == []


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    visitor: FlaskClient, world: World, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_values: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(LocalFileSystem, "mv", full)
    data = PROFILE | {"version": world.ria.version, "photo_file": photo()}
    answer = visitor.post(f"{page}/over-jou", data=data)
    assert answer.status_code == 507
    assert "geen ruimte meer" in answer.text
    assert draft.value(world.ria, "name") == "Ria Wróżyńska"
    assert stored_files() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("links", "javascript:alert(1)"),
        ("bio_nl", "x" * 10_001),
        ("photo_file", (BytesIO(b"<svg onload=alert(1)>"), "ik.jpg")),
    ],
)
def test_an_invalid_profile_is_refused(
    visitor: FlaskClient, world: World, page: str, field: str, value: object
) -> None:
    data = PROFILE | {"version": world.ria.version, field: value}
    assert visitor.post(f"{page}/over-jou", data=data).status_code == 422
    assert not world.ria.draft


def test_private_fields_change_at_once(visitor: FlaskClient, world: World, page: str) -> None:
    data = {
        "version": world.ria.version,
        "needs": "Een kruk.\r\nGeen noten.",
        "email": "ria@example.org",
        "phone": "06 1234",
        "language": "en",
    }
    assert visitor.post(f"{page}/nodig", data=data).status_code == 303
    ria = world.ria
    assert (ria.needs, ria.email, ria.phone) == ("Een kruk.\nGeen noten.", data["email"], "06 1234")
    assert ria.language == "en"
    assert not ria.draft
    assert "ria@example.org" not in visitor.get("/sprekers/ria").text
    stale = visitor.post(f"{page}/nodig", data=data)
    assert stale.status_code == 409
    wrong = data | {"version": world.ria.version, "email": "ria at example"}
    assert visitor.post(f"{page}/nodig", data=wrong).status_code == 422


# ---- when they can ----


def test_availability(visitor: FlaskClient, world: World, page: str) -> None:
    data = {
        "version": world.ria.version,
        "spans-0-day": "2026-10-23", "spans-0-starts": "09:30", "spans-0-ends": "17:00",
        "spans-1-day": "2026-10-24", "spans-1-starts": "20:00", "spans-1-ends": "02:00",
        "spans-2-day": "", "spans-2-starts": "", "spans-2-ends": "",
    }  # fmt: skip
    assert visitor.post(f"{page}/wanneer", data=data).status_code == 303
    assert [(each.starts_at, each.ends_at) for each in world.ria.availability] == [
        (at(23, 9, 30), at(23, 17)),
        (at(24, 20), at(25, 2)),
    ]
    text = visitor.get(f"{page}/wanneer").text
    assert f'name="version" type="hidden" value="{world.ria.version}"' in text
    for shown in ("09:30", "17:00", "20:00", "02:00"):
        assert f'value="{shown}"' in text
    stale = visitor.post(f"{page}/wanneer", data=data)
    assert stale.status_code == 409
    visitor.post(f"{page}/wanneer", data={"version": world.ria.version, "spans-0-day": ""})
    assert world.ria.availability == [], "empty again: all the time"


@pytest.mark.parametrize(
    ("starts", "ends", "status"),
    [("", "17:00", 422), ("10:00", "", 422), ("straks", "17:00", 422), ("17:00", "10:00", 409)],
)
def test_invalid_availability_is_refused(
    visitor: FlaskClient, world: World, page: str, starts: str, ends: str, status: int
) -> None:
    data = {"spans-0-day": "2026-10-23", "spans-0-starts": starts, "spans-0-ends": ends}
    data["version"] = str(world.ria.version)
    assert visitor.post(f"{page}/wanneer", data=data).status_code == status
    assert world.ria.availability == []


# ---- in their own calendar ----


def events(visitor: FlaskClient, page: str) -> dict[str, icalendar.Event]:
    answer = visitor.get(f"{page}/agenda.ics")
    assert answer.mimetype == "text/calendar"
    calendar = icalendar.Calendar.from_ical(answer.data)
    return {str(event["UID"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}


def test_the_agenda_holds_released_slots(visitor: FlaskClient, world: World, page: str) -> None:
    slot = world.talk.slots[0]
    world.talk.minutes_before = 15
    db.session.commit()
    slots.add_slot(
        world.talk, stage=world.hall, starts_at=at(24, 15), ends_at=at(24, 16), places=None, now=NOW
    )
    [event] = events(visitor, page).values()
    assert event["UID"].startswith(f"{slot.code}@")
    assert event["DTSTART"].dt == at(23, 10)
    assert event["STATUS"] == "CONFIRMED"
    assert "klaarzetten vanaf 9.45" in event["DESCRIPTION"]
    assert world.ria.secret not in visitor.get(f"{page}/agenda.ics").text, "calendars are shared"

    slots.drop_slot(slot, seen=slot.version, now=NOW)
    publishing.publish_draft(world.edition, name=Bilingual("Tweede"), now=NOW)
    found = events(visitor, page)
    assert len(found) == 2
    assert found[slot.code]["STATUS"] == "CANCELLED"


def test_a_declined_session_leaves_the_agenda(
    visitor: FlaskClient, world: World, page: str
) -> None:
    rules.answer_session(world.ria, world.talk, "no", now=NOW)
    assert events(visitor, page) == {}


# ---- the team's post ----


@pytest.fixture
def maker(app: Flask) -> FlaskClient:
    client = app.test_client()
    make.sign_in(client, "programme")
    return client


@pytest.fixture
def post(world: World) -> str:
    world.ria.email = "ria@example.org"
    db.session.commit()
    return f"/team/programma/{world.edition.slug}/sprekers-post"


def test_invite_speakers(maker: FlaskClient, visitor: FlaskClient, world: World, post: str) -> None:
    make_speaker(world.edition, "Mo")
    sam = make_speaker(world.edition, "Sam", email="sam@example.org", language="en")
    for _ in range(2):  # a double click
        maker.post(post, data={"who": ["ria", "mo", "sam"], "letter": "invite"})
    ria_s, sam_s = letters("speaker_invited")
    assert (ria_s.to, ria_s.language) == ("ria@example.org", "nl")
    assert f"http://localhost/spreker/{world.ria.secret}" in ria_s.body_text
    assert "Soep is geen project" in ria_s.body_text
    assert (sam_s.to, sam_s.language) == ("sam@example.org", "en")
    assert f"http://localhost/en/spreker/{sam.secret}" in sam_s.body_text
    text = maker.get(post).text
    assert "1 spreker heeft geen e-mailadres" in text
    assert "2 sprekers hadden de link al" in text


def test_remind_speakers(
    maker: FlaskClient, world: World, post: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    remind = {"who": "ria", "letter": "remind"}
    maker.post(post, data=remind)
    maker.post(post, data={"who": "ria", "letter": "invite"})
    maker.post(post, data=remind)
    assert letters("speaker_reminded") == [], "not invited, or invited just now"
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=7))
    for _ in range(2):
        maker.post(post, data=remind)
    assert len(letters("speaker_reminded")) == 1
    rules.answer_session(world.ria, world.talk, "yes", now=NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=14))
    maker.post(post, data=remind)
    assert len(letters("speaker_reminded")) == 1, "who has answered is left in peace"


def test_a_speaker_with_a_new_link_is_invited_again(
    maker: FlaskClient, world: World, post: str
) -> None:
    maker.post(post, data={"who": "ria", "letter": "invite"})
    assert maker.post(f"{post}/ria/nieuwe-link").status_code == 303
    assert "Nodig uit: mail de link" in maker.get(f"{post}/ria").text
    maker.post(post, data={"who": "ria", "letter": "invite"})
    old, new = letters("speaker_invited")
    assert old.body_text != new.body_text
    assert f"/spreker/{world.ria.secret}" in new.body_text


def test_an_undelivered_letter_does_not_count_as_invitation(
    maker: FlaskClient, world: World, post: str
) -> None:
    maker.post(post, data={"who": "ria", "letter": "invite"})
    parcel = mail.claim(letters("speaker_invited")[0].id, now=NOW)
    assert parcel
    mail.settle_failed_try(parcel, kind="refused", problem="nee", is_final=True, now=NOW)
    assert "brief kwam niet aan" in maker.get(post).text
    maker.post(post, data={"who": "ria", "letter": "invite"})
    assert len(letters("speaker_invited")) == 2


def test_sixteen_clicks_are_one_letter(any_app: Flask) -> None:
    world = build_world()
    world.ria.email = "ria@example.org"
    db.session.commit()
    speaker_id = world.ria.id

    def invite(_number: int) -> int:
        return rules.invite_speakers([db.session.get(Speaker, speaker_id)], now=NOW).sent

    assert sorted(at_once(any_app, invite, 16)) == [0] * 15 + [1]
    assert len(letters("speaker_invited")) == 1


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("niet-uitgenodigd", {"Mo", "Sam"}),
        ("geen-antwoord", {"Ria"}),
        ("nee", {"Sam"}),
        ("geen-adres", {"Mo"}),
        ("geen-tijden", {"Mo", "Ria"}),
        ("wacht", {"Ria"}),
        ("onzin", {"Mo", "Ria", "Sam"}),
    ],
)
def test_the_list_finds(
    maker: FlaskClient, world: World, post: str, state: str, found: set[str]
) -> None:
    make_speaker(world.edition, "Mo")
    sam = make_speaker(world.edition, "Sam", email="sam@example.org")
    people_rules.set_speakers(world.workshop, [sam])
    rules.answer_session(sam, world.workshop, "no", reason="Druk, druk", now=NOW)
    people_rules.set_availability(sam, [Span(at(23, 9), at(23, 12))], seen=sam.version, now=NOW)
    rules.invite_speakers([world.ria], now=NOW)
    values = {"organisation": "De Soepbus"}
    people_rules.save_speaker(world.edition, world.ria, values, seen=world.ria.version, now=NOW)
    text = maker.get(f"{post}?toestand={state}").text
    assert {name for name in ("Ria", "Mo", "Sam") if f'aria-label="Kies {name}' in text} == found
    assert "Druk, druk" in maker.get(f"{post}/sam").text


def test_the_list_asks_the_same_number_of_queries_however_long(
    maker: FlaskClient, world: World, post: str, queries
) -> None:
    def asked() -> int:
        with queries() as sent:
            assert maker.get(post).status_code == 200
        return len(sent)

    few = asked()
    for number in range(20):
        speaker = make_speaker(world.edition, f"n{number}", email=f"n{number}@example.org")
        people_rules.set_speakers(world.talk, [*world.talk.speakers, speaker])
        rules.invite_speakers([speaker], now=NOW)
    assert asked() == few


def test_which_roles_may_see_it(app: Flask, visitor: FlaskClient, post: str) -> None:
    addresses = [post, f"{post}/ria"]
    assert all(visitor.get(address).status_code == 302 for address in addresses)
    checkin = app.test_client()
    make.sign_in(checkin, "checkin")
    assert all(checkin.get(address).status_code == 403 for address in addresses)
    assert checkin.post(post, data={"who": "ria", "letter": "invite"}).status_code == 403
    assert checkin.post(f"{post}/ria/nieuwe-link").status_code == 403


def test_changes_are_in_the_audit_trail(world: World) -> None:
    rules.answer_session(world.ria, world.talk, "no", reason="Ziek", now=NOW)
    entry = db.session.query(AuditEntry).filter_by(verb="decline_session").one()
    assert (entry.member_id, entry.subject) == (None, "speaker ria")
    at = {"edition": world.edition.slug, "session": "soep"}
    assert entry.details == {**at, "reason": "Ziek"}


def test_the_team_asks_for_a_secret_link_and_that_is_noted(
    maker: FlaskClient, world: World, post: str
) -> None:
    for page in (f"{post}/ria", f"/team/programma/{world.edition.slug}/mensen/ria"):
        assert world.ria.secret not in maker.get(page).text
    shown = maker.post(f"{post}/ria/link")
    assert f"http://localhost/spreker/{world.ria.secret}" in shown.text
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry
    assert (entry.verb, entry.subject) == ("show_link", "speaker ria")

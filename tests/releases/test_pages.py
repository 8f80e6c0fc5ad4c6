"""The screens: publishing, the changelog and its feed, the day; and who may open them."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import html5lib
import pytest
from flask.testing import FlaskClient
from lxml import etree

from festival import storage
from festival.db import db
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Slot
from festival.programme.rules import people, sessions, slots
from festival.releases.rules import delays, on_the_day, publishing
from festival.speakers import rules as speaking
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.releases.conftest import Clock, book
from tests.world import World, at

ILL = Bilingual("De spreker is ziek.", "The speaker is ill.")
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def maker(visitor: FlaskClient, world: World) -> FlaskClient:
    """Somebody who may make the programme."""
    make.sign_in(visitor, "programme")
    return visitor


def text_of(page: str) -> str:
    """What is written on a page."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return " ".join("".join(tree.find("body").itertext()).split())


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) or re.search(
        rf'value="([^"]*)"[^>]*name="{name}"', page
    )
    assert found, name
    return found[1]


def drop(slot: Slot) -> None:
    slots.drop_slot(slot, seen=slot.version, now=NOW)


def cancel(world: World, slot: Slot) -> None:
    on_the_day.cancel_slots(
        world.edition, seen={slot.code: slot.version}, reason=ILL, by="Team Ria", now=at(23, 9)
    )


# ---- publishing ----


def test_the_difference_is_shown_and_then_published(maker: FlaskClient, world: World) -> None:
    address = f"/team/programma/{world.edition.slug}/publiceren"
    assert "Er valt niets te publiceren" in maker.get(address).text
    talk, workshop = world.talk.slots[0], world.workshop.slots[0]
    book(workshop)
    slots.move_slot(
        talk, stage=world.table, starts_at=at(23, 16), ends_at=at(23, 17), seen=talk.version,
        now=NOW,
    )  # fmt: skip
    sessions.save_session(
        world.edition, world.coach, {"title": Bilingual("Waar begin je?")}, speakers=[],
        seen=world.coach.version, now=NOW,
    )  # fmt: skip
    for meeting in world.coach.slots[6:]:
        drop(meeting)
    drop(workshop)
    page = maker.get(address).text
    shown = text_of(page)
    assert "Was: vrijdag 23 oktober, 10.00–10.45 uur, De Hal" in shown
    assert "Wordt: vrijdag 23 oktober, 16.00–17.00 uur, De Tafel" in shown
    assert "Titel: Waar begin ik? → Waar begin je?" in shown
    assert "Gaat niet door (2)" in shown, "the coach's half-day counts as one"
    assert "6 gesprekken" in shown
    assert "1 mens heeft een plek en krijgt bericht." in shown
    assert field(page, "name_nl") == "Uitgave 2"
    assert field(page, "name_en") == "Release 2"
    form = {
        "draft_version": field(page, "draft_version"),
        "name_nl": "Zomer",
        "name_en": "Summer",
        "note_nl": "Alles anders",
    }
    refused = maker.post(address, data=form)
    assert refused.status_code == 409
    assert "Er zijn plekken geboekt bij: Zagen voor beginners" in refused.text
    answer = maker.post(address, data=form | {"gone": workshop.code})
    assert answer.status_code == 303
    after = maker.get(answer.headers["Location"]).text
    assert "Gepubliceerd. Wie het aangaat, krijgt bericht." in after
    assert 'href="/wijzigingen/2"' in after
    release = db.session.query(Release).filter_by(number=2).one()
    assert (release.name, release.note) == (Bilingual("Zomer", "Summer"), Bilingual("Alles anders"))
    assert release.released_by.startswith("Teamlid")


def test_changes_outside_the_timetable_can_be_published_too(
    maker: FlaskClient, world: World
) -> None:
    address = f"/team/programma/{world.edition.slug}/publiceren"
    sessions.save_session(
        world.edition, world.coach, {"is_highlight": True}, speakers=[], seen=world.coach.version,
        now=NOW,
    )  # fmt: skip
    page = maker.get(address).text
    assert "Wat op de voorpagina staat, of geen moment heeft: Waar begin ik?" in text_of(page)
    form = {"draft_version": field(page, "draft_version"), "name_nl": "Voorop"}
    assert maker.post(address, data=form).status_code == 303
    db.session.expire_all()
    assert world.coach.is_highlight
    assert "Er valt niets te publiceren" in maker.get(address).text


def test_publishing_an_outdated_draft_is_refused(maker: FlaskClient, world: World) -> None:
    address = f"/team/programma/{world.edition.slug}/publiceren"
    drop(world.talk.slots[0])
    page = maker.get(address).text
    drop(world.workshop.slots[1])
    form = {"draft_version": field(page, "draft_version"), "name_nl": "Zomer"}
    refused = maker.post(address, data=form)
    assert refused.status_code == 409
    assert "Het concept is veranderd" in refused.text
    form["draft_version"] = field(refused.text, "draft_version")
    assert maker.post(address, data=form).status_code == 303


def test_the_draft_can_be_let_go(maker: FlaskClient, world: World) -> None:
    address = f"/team/programma/{world.edition.slug}/publiceren"
    drop(world.talk.slots[0])
    page = maker.get(address).text
    assert "Het hele concept weggooien?" in page
    stale = maker.post(f"{address}/weg", data={"draft_version": 0})
    assert stale.status_code == 302
    assert world.talk.slots[0].draft
    maker.post(f"{address}/weg", data={"draft_version": field(page, "draft_version")})
    db.session.expire_all()
    assert not world.talk.slots[0].draft
    assert "Er valt niets te publiceren" in maker.get(address).text


@pytest.mark.parametrize(("action", "kept"), [("", "nieuw"), ("/weg", "oud")])
def test_a_photo_that_nobody_will_see_again_goes(
    maker: FlaskClient, world: World, action: str, kept: str
) -> None:
    for name in ("oud", "nieuw"):
        storage.put(f"speakers/{name}.webp", name.encode())
    world.ria.photo = "speakers/oud.webp"
    db.session.commit()
    people.save_speaker(
        world.edition, world.ria, {"photo": "speakers/nieuw.webp"}, seen=world.ria.version, now=NOW
    )
    address = f"/team/programma/{world.edition.slug}/publiceren"
    form = {"name_nl": "Zomer", "draft_version": field(maker.get(address).text, "draft_version")}
    assert maker.post(address + action, data=form).status_code in {302, 303}
    gone = {"oud": "nieuw", "nieuw": "oud"}[kept]
    assert storage.get(f"speakers/{kept}.webp") == kept.encode()
    with pytest.raises(FileNotFoundError):
        storage.get(f"speakers/{gone}.webp")


def test_warnings_that_nobody_accepted_are_counted(maker: FlaskClient, world: World) -> None:
    slots.add_slot(
        world.workshop, stage=world.hall, starts_at=at(23, 10, 15), ends_at=at(23, 10, 40),
        places=None, now=NOW,
    )  # fmt: skip
    page = maker.get(f"/team/programma/{world.edition.slug}/publiceren").text
    assert "waarschuwing in het concept die niemand heeft geaccepteerd" in page


def test_who_said_no_is_named_before_it_is_published(maker: FlaskClient, world: World) -> None:
    address = f"/team/programma/{world.edition.slug}/publiceren"
    sessions.save_session(
        world.edition, world.workshop, {"title": Bilingual("Zagen")}, speakers=[],
        seen=world.workshop.version, now=NOW,
    )  # fmt: skip
    assert "Wie nee zei" not in maker.get(address).text
    speaking.answer_session(world.ria, world.talk, "no", now=NOW)
    assert "Ria Wróżyńska bij “Soep is geen project”" in maker.get(address).text
    [slot] = world.talk.slots
    slots.drop_slot(slot, seen=slot.version, now=NOW)
    assert "Wie nee zei" not in maker.get(address).text


def test_the_number_of_queries_does_not_grow(maker, world, queries) -> None:
    address = f"/team/programma/{world.edition.slug}/publiceren"
    drop(world.talk.slots[0])
    maker.get(address)
    with queries() as few:
        maker.get(address)
    for meeting in world.coach.slots:
        drop(meeting)
    for slot in world.workshop.slots:
        book(slot)
        drop(slot)
    with queries() as many:
        maker.get(address)
    assert len(many) == len(few)


# ---- the changelog ----


def test_every_release_has_an_address_for_ever(visitor: FlaskClient, world: World) -> None:
    cancel(world, world.workshop.slots[0])
    page = visitor.get("/wijzigingen").text
    assert page.index("Gaat niet door: Zagen voor beginners") < page.index("Eerste")
    assert "De spreker is ziek." in page
    assert "Team Ria" not in page, "names of the team stay with the team"
    first = text_of(visitor.get("/wijzigingen/1").text)
    assert "Het programma zoals het toen was" in first
    assert "10.00–10.45 uur Soep is geen project Ria Wróżyńska De Hal" in first
    assert "13.00–17.55 uur Waar begin ik? De Tafel" in first
    assert visitor.get("/en/wijzigingen/2").text.count("The speaker is ill.") == 1
    slug = world.edition.slug
    assert visitor.get(f"/{slug}/wijzigingen/1").status_code == 200
    for address in (
        f"/wijzigingen/{10**20}",
        "/wijzigingen/3",
        "/wijzigingen/0",
        "/geen/wijzigingen",
        "/geen/wijzigingen/1",
    ):
        assert visitor.get(address).status_code == 404
    # The next edition takes the short address over, the long one stays.
    make.edition(starts_on=world.edition.ends_on + timedelta(days=300),
                 ends_on=world.edition.ends_on + timedelta(days=301), is_current=False)  # fmt: skip
    assert visitor.get(f"/{slug}/wijzigingen").status_code == 200


def test_a_release_keeps_its_programme(visitor: FlaskClient, world: World) -> None:
    talk = world.talk.slots[0]
    slots.move_slot(
        talk, stage=world.table, starts_at=at(24, 16), ends_at=at(24, 17), seen=talk.version,
        now=NOW,
    )  # fmt: skip
    publishing.publish_release(world.edition, name=Bilingual("Tweede"), now=NOW)
    world.hall.name = Bilingual("Heel anders")
    db.session.commit()
    assert "10.00–10.45 uur Soep is geen project" in text_of(visitor.get("/wijzigingen/1").text)
    assert "De Hal" in visitor.get("/wijzigingen/1").text
    assert "16.00–17.00 uur Soep is geen project" in text_of(visitor.get("/wijzigingen/2").text)


def test_the_list_asks_the_database_as_often_for_many(visitor, world, queries) -> None:
    visitor.get("/wijzigingen")
    with queries() as few:
        visitor.get("/wijzigingen")
    for slot in world.workshop.slots + world.coach.slots:
        cancel(world, slot)
    with queries() as many:
        assert visitor.get("/wijzigingen").text.count("<h2") == 15
    assert len(many) == len(few)


# ---- the feed ----


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_feed_is_atom(visitor: FlaskClient, world: World, prefix: str) -> None:
    """By the letter of RFC 4287, as lxml reads it; feedparser reads it in the next test."""
    cancel(world, world.workshop.slots[0])
    answer = visitor.get(f"{prefix}/wijzigingen.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.data)
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == (prefix[1:] or "nl")
    home = f"http://localhost{prefix}"
    slug = world.edition.slug
    assert feed.findtext("a:id", namespaces=ATOM) == f"{home}/{slug}/wijzigingen"
    assert feed.xpath("a:link[@rel='self']/@href", namespaces=ATOM) == [f"{home}/wijzigingen.atom"]
    assert feed.findtext("a:author/a:name", namespaces=ATOM) == "Stichting Voorbeeld"
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:id", namespaces=ATOM) for entry in entries] == [
        f"{home}/{slug}/wijzigingen/2",
        f"{home}/{slug}/wijzigingen/1",
    ]
    for node in (feed, *entries):  # each exactly once
        for name in ("id", "title", "updated"):
            assert len(node.findall(f"a:{name}", ATOM)) == 1
        updated = node.findtext("a:updated", namespaces=ATOM)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", updated)
    assert feed.findtext("a:updated", namespaces=ATOM) == "2026-10-23T07:00:00Z"
    content = entries[0].find("a:content", ATOM)
    assert content.get("type") == "html"
    assert ("The speaker is ill." if prefix else "De spreker is ziek.") in content.text
    for address in feed.xpath("//a:link/@href | //a:id/text()", namespaces=ATOM):
        assert visitor.get(address.removeprefix("http://localhost")).status_code == 200


def test_a_feed_reader_reads_the_feed(visitor: FlaskClient, world: World) -> None:
    cancel(world, world.workshop.slots[0])
    answer = visitor.get("/en/wijzigingen.atom")
    read = feedparser.parse(answer.data, response_headers={"content-type": answer.content_type})
    assert not read.bozo
    assert read.version == "atom10"
    assert read.feed.title == "Changes of the programme of Innovation festival"
    latest, first = read.entries
    assert latest.title == "Cancelled: Zagen voor beginners"
    assert latest.updated_parsed[:6] == (2026, 10, 23, 7, 0, 0)
    assert "Friday 23 October, 11.00–12.30, De Tafel" in latest.content[0].value
    assert first.link == "http://localhost/en/wijzigingen/1"


def test_the_feed_of_nothing_yet_and_of_odd_signs(visitor: FlaskClient) -> None:
    edition = make.edition()
    etree.fromstring(visitor.get("/wijzigingen.atom").data)
    make._kept(
        Release(
            edition_id=edition.id, number=1, kind="release", released_at=NOW,
            name=Bilingual("Een \x0b & <b>twee</b>"),
        )
    )  # fmt: skip
    edition.programme_version += 1
    db.session.commit()
    feed = etree.fromstring(visitor.get("/wijzigingen.atom").data)
    assert feed.findtext("a:entry/a:title", namespaces=ATOM) == "Een & <b>twee</b>"


def test_the_feed_is_written_once_for_everybody(
    visitor: FlaskClient, world: World, queries: Any
) -> None:
    """Writing it takes long for hundreds of sessions, and feed readers ask for it all the time."""
    first = visitor.get("/wijzigingen.atom")
    with queries() as sent:
        assert visitor.get("/wijzigingen.atom").data == first.data
    assert len(sent) == 1, "which edition it is"
    assert visitor.get("/en/wijzigingen.atom").data != first.data
    cancel(world, world.workshop.slots[0])
    assert "Gaat niet door" in visitor.get("/wijzigingen.atom").text


def test_the_feed_is_sent_once(visitor: FlaskClient, world: World) -> None:
    first = visitor.get("/wijzigingen.atom")
    assert parsedate_to_datetime(first.headers["Last-Modified"]) == NOW
    assert first.headers["Access-Control-Allow-Origin"] == "*", "pages of others read it too"
    again = {"If-None-Match": first.headers["ETag"]}
    assert visitor.get("/wijzigingen.atom", headers=again).status_code == 304
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert visitor.get("/wijzigingen.atom", headers=since).status_code == 304
    cancel(world, world.workshop.slots[0])
    assert visitor.get("/wijzigingen.atom", headers=again).status_code == 200


# ---- the day ----


def test_now_and_next_at_each_stage(maker: FlaskClient, world: World, time: Clock) -> None:
    time.now = at(23, 10, 20)
    shown = text_of(maker.get("/team/vandaag/").text)
    assert shown.index("Soep is geen project") < shown.index("Zagen voor beginners")
    assert "10.00–10.45 uur nu" in shown
    assert "Later: nog 1" in shown
    time.now = at(23, 11, 5)
    assert "Soep is geen project" not in maker.get("/team/vandaag/").text
    time.now = NOW
    assert "Dit is een andere dag dan vandaag." in maker.get("/team/vandaag/").text
    assert "11.00–12.30 uur" in text_of(maker.get("/team/vandaag/?dag=2026-10-24").text)


def test_a_delay_shows_what_follows_before_it_is_applied(
    maker: FlaskClient, world: World, time: Clock
) -> None:
    time.now = at(23, 12)
    first, second, *_rest, last = world.coach.slots
    book(second, question="Waar begin ik?")
    address = f"/team/vandaag/{first.code}/later"
    assert "krijgt bericht" not in maker.get(f"{address}?minuten=10").text
    page = maker.get(f"{address}?minuten=15").text
    assert "Begint om 13.15 uur" in page
    assert page.count('name="also"') == 11
    assert page.count("1 mens krijgt bericht") == 1
    assert first.delay_minutes == 0, "only shown"
    ticks = re.findall(r'name="also" value="([^"]+)"', page)
    sent = [tick for tick in ticks if not tick.startswith(last.code)]
    form = {"version": field(page, "version"), "minutes": "15", "also": sent, "why": "train"}
    answer = maker.post(address, data=form)
    assert answer.status_code == 303
    db.session.expire_all()
    assert [slot.delay_minutes for slot in (first, second, last)] == [15, 15, 0]
    assert first.reason == Bilingual("De trein is vertraagd.", "The train is delayed.")
    # The same form again: somebody changed it meanwhile, and what follows is shown as it is now.
    refused = maker.post(address, data=form)
    assert refused.status_code == 409
    assert "Iemand anders heeft dit intussen gewijzigd" in refused.text
    for nonsense in ("x", "A.b.c", f"{first.code}.1", f"{first.code}.1.99999999999"):
        page = maker.get(f"{address}?minuten=20").text
        maker.post(address, data={"version": "0", "minutes": "x", "also": nonsense})


@pytest.mark.parametrize(
    ("action", "form", "changed"),
    [
        ("verplaatsen", {"day": "2026-10-23", "starts": "15:00", "stage": "hal", "why": "hot"},
         {"starts_at": at(23, 15), "state": "scheduled"}),
        ("vervalt", {"why": "ill"}, {"state": "cancelled", "reason": ILL}),
        ("vol", {}, {"is_full": True}),
        ("vervangen", {"session": "soep", "why_nl": "Zomaar"},
         {"state": "cancelled", "reason": Bilingual("Zomaar")}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_each_action_without_javascript(maker, world, time, action, form, changed, prefix) -> None:
    time.now = at(23, 9)
    slot = world.workshop.slots[0]
    book(slot)
    address = f"{prefix}/team/vandaag/{slot.code}/{action}"
    page = maker.get(address)
    assert page.status_code == 200
    assert slot.version == 1
    sent = {"version": field(page.text, "version"), **form}
    answer = maker.post(address, data=sent)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{prefix}/team/vandaag/?dag=2026-10-23#")
    db.session.expire_all()
    assert {name: getattr(slot, name) for name in changed} == changed
    assert maker.post(address, data=sent).status_code == 409


def test_what_would_clash_is_said_before_it_moves(
    maker: FlaskClient, world: World, time: Clock
) -> None:
    time.now = at(23, 9)
    slot, talk = world.workshop.slots[0], world.talk.slots[0]
    address = f"/team/vandaag/{slot.code}/verplaatsen"
    sent = {"day": "2026-10-23", "starts": "10:50", "stage": "hal", "why": "hot"}
    first = maker.post(address, data={"version": slot.version, **sent, "starts": "10:30"})
    assert first.status_code == 409
    assert (
        "“Soep is geen project” en “Zagen voor beginners” staan 15 minuten tegelijk" in first.text
    )
    # The talk is late, so it still goes on at ten to eleven.
    delays.delay_slots(world.edition, {talk.code: 20}, seen={talk.code: talk.version}, now=time.now)
    page = maker.post(f"/en{address}", data={"version": slot.version, **sent})
    assert page.status_code == 409
    assert "This would clash. Nothing has changed yet." in page.text
    assert "are in The Hall at the same time for 15 minutes" in page.text
    db.session.expire_all()
    assert slot.stage == world.table
    known = {"known": field(page.text, "known")}
    elsewhere = maker.post(
        address, data={"version": slot.version, **sent, **known, "starts": "10:40"}
    )
    assert elsewhere.status_code == 409, "that is another clash"
    assert maker.post(address, data={"version": slot.version, **sent, **known}).status_code == 303
    db.session.expire_all()
    assert (slot.stage, slot.starts_at) == (world.hall, at(23, 10, 50))


def test_without_a_reason_nothing_is_cancelled(maker: FlaskClient, world: World) -> None:
    slot = world.workshop.slots[0]
    answer = maker.post(f"/team/vandaag/{slot.code}/vervalt", data={"version": slot.version})
    assert answer.status_code == 409
    assert "Zeg waarom." in answer.text
    assert slot.state == "scheduled"


def test_replacing_needs_a_chosen_session(maker: FlaskClient, world: World) -> None:
    slot = world.workshop.slots[0]
    address = f"/team/vandaag/{slot.code}/vervangen"
    assert re.search(r'<option (selected )?value="">', maker.get(address).text)
    answer = maker.post(address, data={"version": slot.version, "session": "", "why": "ill"})
    assert answer.status_code == 422
    assert "Kies wat er in de plaats komt." in answer.text
    assert slot.state == "scheduled"


def test_sessions_on_elsewhere_at_that_time_are_offered_last(
    maker: FlaskClient, world: World
) -> None:
    [slot] = world.talk.slots
    on_the_day.move_slot_now(
        world.workshop.slots[0], stage=world.table, starts_at=slot.starts_at,
        seen=world.workshop.slots[0].version, reason=ILL, now=NOW,
    )  # fmt: skip
    page = maker.get(f"/team/vandaag/{slot.code}/vervangen").text
    offered = re.findall(r'<option[^>]* value="[^"]+">([^<]+)</option>', page)
    assert offered == ["Waar begin ik?", "Zagen voor beginners (is dan al in De Tafel)"]


def test_a_replacement_is_shown_next_to_the_cancelled_slot(
    maker: FlaskClient, world: World, time: Clock
) -> None:
    time.now = at(23, 9)
    [slot] = world.talk.slots
    release = {"seen": slot.version, "reason": ILL, "now": time.now}
    on_the_day.replace_slot(slot, world.workshop, **release)
    shown = text_of(maker.get("/team/vandaag/").text)
    now_and_next = shown[shown.index("De Hal") : shown.index("De Tafel", shown.index("Soep"))]
    assert "Soep is geen project" in now_and_next
    assert "Zagen voor beginners" in now_and_next.split("Later: nog")[0]


def test_every_page_of_the_programme_says_where_it_is(maker: FlaskClient, world: World) -> None:
    team = f"/team/programma/{world.edition.slug}"
    for page in ("onderdelen", "rooster", "publiceren", "coaching", "sprekers-post", "meningen"):
        text = maker.get(f"{team}/{page}").text
        assert '<a href="/team/programma/" aria-current="true">Programma</a>' in text, page
        assert '<a href="/team/vandaag/">Vandaag</a>' in text, page
    english = maker.get(f"/en{team}/rooster").text
    assert '<a href="/en/team/programma/" aria-current="true">Programme</a>' in english


def test_all_of_a_coach_at_once(maker: FlaskClient, world: World) -> None:
    slot = world.coach.slots[0]
    address = f"/team/vandaag/{slot.code}/vervalt"
    page = maker.get(f"{address}?alle=1").text
    ticks = re.findall(r'name="also" value="([^"]+)" checked', page)
    assert len(ticks) == 11
    form = {"version": slot.version, "also": ticks, "why": "ill"}
    assert maker.post(address, data=form).status_code == 303
    db.session.expire_all()
    assert {each.state for each in world.coach.slots} == {"cancelled"}
    address = f"/team/vandaag/{slot.code}/toch"
    assert maker.post(address, data={"version": slot.version}).status_code == 303
    db.session.expire_all()
    assert [each.state for each in world.coach.slots] == ["scheduled"] + ["cancelled"] * 11


def test_unpublished_slots_are_not_found(maker: FlaskClient, world: World) -> None:
    hidden = slots.add_slot(
        world.talk, stage=world.hall, starts_at=at(24, 16), ends_at=at(24, 17), places=None, now=NOW
    )
    for code in (hidden.code, "NIETS"):
        assert maker.get(f"/team/vandaag/{code}").status_code == 404
        assert maker.post(f"/team/vandaag/{code}/vol").status_code == 404


def test_the_day_asks_the_database_as_often_for_many(maker, world, queries, time) -> None:
    time.now = at(23, 8)
    maker.get("/team/vandaag/")
    with queries() as few:
        maker.get("/team/vandaag/")
    for hour in range(12, 20):
        make.slot(world.workshop, starts=at(23, hour), stage=world.hall)
    with queries() as many:
        maker.get("/team/vandaag/")
    assert len(many) == len(few)


# ---- who may ----


def test_only_programme_makers(visitor: FlaskClient, world: World) -> None:
    slot = world.workshop.slots[0]
    screens = [
        f"/team/programma/{world.edition.slug}/publiceren",
        f"/team/programma/{world.edition.slug}/vandaag",
        "/team/vandaag/",
        f"/team/vandaag/{slot.code}",
        *(
            f"/team/vandaag/{slot.code}/{action}"
            for action in ("later", "verplaatsen", "vervalt", "toch", "vol", "vervangen")
        ),
    ]
    for screen in screens:
        assert "/team/inloggen" in visitor.get(screen).headers["Location"], screen
    who = make.sign_in(visitor, "finance")
    for screen in screens:
        assert visitor.get(screen).status_code == 403, screen
        if "vandaag/" in screen and not screen.endswith(("/", slot.code)):
            assert visitor.post(screen, data={"version": "1", "why": "ill"}).status_code == 403
    discard = visitor.post(f"{screens[0]}/weg", data={"draft_version": "1"})
    assert discard.status_code == 403
    make.roles(who, "programme")
    for screen in screens:
        assert visitor.get(screen).status_code in {200, 302}, screen

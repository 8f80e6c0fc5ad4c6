"""The team's screens of editions."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.db import db
from festival.editions import rules
from festival.editions.models import TEXTS, Edition, Partner, Question
from festival.team.models import AuditEntry
from festival.web.languages import Bilingual
from tests import make
from tests.editions.conftest import Statements
from tests.kept_pages import forget_pages
from tests.scheduling.test_backoffice import form_of, shown

NEW = {
    "name_nl": "Festival 2028",
    "starts_on": "2028-09-15",
    "ends_on": "2028-09-16",
    "organiser_name": "Pluk",
    "organiser_email": "hallo@example.org",
}


@pytest.fixture
def organiser(visitor: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    make.sign_in(visitor, "organiser")
    return visitor


def test_only_organisers(visitor: FlaskClient, app: Flask) -> None:
    edition = make.edition()
    make.sign_in(visitor, "programme")
    for path in ("", "nieuw", edition.slug, f"{edition.slug}/partners", f"{edition.slug}/vragen"):
        assert visitor.get(f"/team/edities/{path}").status_code == 403, path


def test_the_first_edition_from_nothing_to_the_front_page(organiser: FlaskClient) -> None:
    assert "Maak de eerste editie" in shown(organiser.get("/team/edities/"))
    sent = form_of(shown(organiser.get("/team/edities/nieuw")))
    answer = organiser.post("/team/edities/nieuw", data=sent | NEW)
    assert answer.location.endswith("/team/edities/festival-2028")
    assert "Hier komt een festival" in shown(organiser.get("/"))
    organiser.post("/team/edities/festival-2028/huidige")
    forget_pages()
    assert "Festival 2028" in shown(organiser.get("/"))


def test_an_edition_has_a_time_zone(organiser: FlaskClient) -> None:
    sent = form_of(shown(organiser.get("/team/edities/nieuw")))
    assert sent["timezone"] == ["Europe/Amsterdam"]
    away = sent | NEW | {"timezone": "America/New_York"}
    assert organiser.post("/team/edities/nieuw", data=away).status_code == 302
    edition = db.session.query(Edition).one()
    assert edition.moment(edition.starts_on, time(10)) == datetime(2028, 9, 15, 14, tzinfo=UTC)
    path = "/team/edities/festival-2028"
    assert form_of(shown(organiser.get(path)))["timezone"] == ["America/New_York"]
    for unknown in ("Mars/Olympus", "localtime", "", "../etc/passwd"):
        shown(organiser.post(path, data=sent | NEW | {"timezone": unknown}), 422)


def test_what_visitors_see_of_an_edition_is_said_as_it_is(organiser: FlaskClient) -> None:
    make.edition()
    sent = form_of(shown(organiser.get("/team/edities/nieuw")))
    organiser.post("/team/edities/nieuw", data=sent | NEW)
    assert "Bezoekers zien haar pas als" in shown(organiser.get("/team/edities/"))
    days = {"name_nl": "Toen", "starts_on": "2013-09-13", "ends_on": "2013-09-14"}
    organiser.post("/team/edities/nieuw", data=sent | NEW | days)
    html = shown(organiser.get("/team/edities/"))
    assert "Ze is al voorbij: bezoekers kunnen haar teruglezen." in html
    assert html.count("bezoekers zien haar nog niet") == 1
    assert html.count("voorbij: bezoekers kunnen haar teruglezen") == 2
    assert organiser.get("/toen/programma").status_code == 200
    assert organiser.get("/festival-2028/programma").status_code == 404


def test_walking_and_feedback(organiser: FlaskClient) -> None:
    edition = make.edition()
    path = f"/team/edities/{edition.slug}"
    sent = form_of(shown(organiser.get(path)))
    assert (sent["walk_minutes"], sent["takes_feedback"]) == (["5"], ["y"])
    del sent["takes_feedback"]
    assert organiser.post(path, data=sent | {"walk_minutes": "0"}).status_code == 302
    assert (edition.walk_minutes, edition.takes_feedback) == (0, False)


def test_mistakes(organiser: FlaskClient) -> None:
    sent = form_of(shown(organiser.get("/team/edities/nieuw"))) | NEW
    for wrong, words in (
        ({"name_nl": ""}, "in een van de twee talen"),
        ({"starts_on": ""}, "Kies de eerste dag."),
        ({"organiser_email": "hallo"}, "Dit e-mailadres klopt niet"),
        ({"organiser_iban": "NL91 ABNA 0417 1643 01"}, "Deze IBAN klopt niet"),
        ({"payment_days": "0"}, "Kies 1 tot 14 dagen."),
        ({"walk_minutes": "241"}, "Kies 0 tot 240 minuten."),
    ):
        html = shown(organiser.post("/team/edities/nieuw", data=sent | wrong), 422)
        assert words in html, words
    html = shown(organiser.post("/team/edities/nieuw", data=sent | {"ends_on": "2028-09-14"}), 409)
    assert "De laatste dag ligt voor de eerste" in html
    assert db.session.query(Edition).count() == 0


def test_a_form_that_nobody_touched_changes_nothing(organiser: FlaskClient) -> None:
    edition = make.edition(route_nl="Met de trein.\n\nMet de fiets.")
    path = f"/team/edities/{edition.slug}"
    sent = form_of(shown(organiser.get(path)))
    before = {name: getattr(edition, name) for name in ("name", "theme", "route", "starts_on")}
    assert organiser.post(path, data=sent).status_code == 302
    db.session.expire_all()
    assert {name: getattr(edition, name) for name in before} == before
    assert edition.version == 2
    html = shown(organiser.post(path, data=sent | {"city": "Gent"}), 409)
    assert "Iemand anders heeft dit intussen gewijzigd" in html
    assert edition.city == ""


def test_partners_and_questions(organiser: FlaskClient) -> None:
    edition = make.edition()
    base = f"/team/edities/{edition.slug}"
    sent = form_of(shown(organiser.get(f"{base}/partners")))
    organiser.post(f"{base}/partners", data=sent | {"name": "Meander", "url": "https://x.example"})
    html = shown(organiser.post(f"{base}/partners", data={"name": "X", "url": "javascript:1"}), 422)
    assert "Begin het adres met https://" in html
    partner = db.session.query(Partner).one()
    again = form_of(shown(organiser.get(f"{base}/partners/{partner.id}")))
    organiser.post(f"{base}/partners/{partner.id}", data=again | {"kind_nl": "school"})
    assert (partner.name, partner.kind.nl) == ("Meander", "school")
    organiser.post(f"{base}/partners/{partner.id}/weg")
    assert db.session.query(Partner).count() == 0

    organiser.post(f"{base}/vragen", data={"question_nl": "Mag de hond mee?", "answer_nl": "Ja."})
    question = db.session.query(Question).one()
    assert "Mag de hond mee?" in shown(organiser.get(f"{base}/vragen"))
    other = make.edition(is_current=False)
    wrong = f"/team/edities/{other.slug}/vragen/{question.id}"
    assert organiser.get(wrong).status_code == 404
    assert organiser.post(f"{wrong}/weg").status_code == 404
    organiser.post(f"{base}/vragen/{question.id}/weg")
    assert db.session.query(Question).count() == 0


def test_what_others_of_the_team_send_changes_nothing(app: Flask, visitor: FlaskClient) -> None:
    edition = make.edition(is_current=False)
    base = f"/team/edities/{edition.slug}"
    partner = rules.save_partner(edition, None, {"name": "Meander"}, now=make.NOW)
    paths = ("/team/edities/nieuw", base, f"{base}/huidige", f"{base}/partners", f"{base}/vragen")
    paths += (f"{base}/partners/{partner.id}/weg",)
    for path in paths:
        answer = visitor.post(path, data=NEW)
        assert (answer.status_code, "/team/inloggen" in answer.text) == (401, True)
    for role in ("programme", "finance", "checkin"):
        make.sign_in(visitor, role)
        assert [visitor.post(path, data=NEW).status_code for path in paths] == [403] * len(paths)
    make.sign_in(visitor, "organiser")
    for path in (f"{base}/huidige", f"{base}/partners/{partner.id}/weg"):
        assert visitor.get(path).status_code == 405, "a link changes nothing"
    db.session.expire_all()
    assert [row.is_current for row in db.session.query(Edition)] == [False]
    assert (edition.version, db.session.query(Partner).count()) == (1, 1)


TYPED = {
    "name_nl": "Festival <2028>",
    "name_en": "Festival in English",
    "theme_nl": "Doe het samen",
    "slug": "zomer",
    "intro_nl": "Een.\n\nTwee.",
    "route_en": "By train.",
    "starts_on": "2028-09-15",
    "ends_on": "2028-09-16",
    "city": "Tilburg",
    "organiser_name": "Stichting Voorbeeld",
    "organiser_email": "hallo@example.org",
    "organiser_iban": "NL91ABNA0417164300",
    "payment_days": "10",
}


@pytest.mark.parametrize(
    ("wrong", "status", "dutch", "english"),
    [
        ({"payment_days": "15"}, 422, "Kies 1 tot 14 dagen.", "Choose 1 to 14 days."),
        ({"walk_minutes": "ver"}, 422, "Schrijf een heel getal, in cijfers.",
         "Write a whole number, in figures."),
        ({"organiser_email": "hallo@"}, 422, "Dit e-mailadres klopt niet.",
         "This email address is not right."),
        ({"starts_on": "2028-09-31"}, 422, "Kies de eerste dag.", "Choose the first day."),
        ({"ends_on": "2028-09-14"}, 409, "De laatste dag ligt voor de eerste. Draai ze om.",
         "The last day is before the first. Swap them."),
        ({"ends_on": "2028-12-15"}, 409, "Een editie duurt hooguit 31 dagen.", ""),
        ({"slug": "bezet"}, 409, "Het adres “bezet” is al van iets anders.", "The address “bezet”"),
        ({"slug": "nieuw"}, 409, "Het adres “nieuw” is al van iets anders.", "The address “nieuw”"),
    ],
)  # fmt: skip
def test_what_was_filled_in_stays_with_what_is_wrong(
    organiser: FlaskClient, wrong: dict[str, str], status: int, dutch: str, english: str
) -> None:
    make.edition(slug="bezet")
    edition = make.edition(slug="2028", is_current=False)
    for path in ("/team/edities/nieuw", "/team/edities/2028"):
        for prefix, words in (("", dutch), ("/en", english)):
            sent = form_of(shown(organiser.get(prefix + path))) | TYPED | wrong
            html = shown(organiser.post(prefix + path, data=sent), status)
            assert words in html
            kept = {name: values[0] for name, values in form_of(html).items()}
            assert {name: kept[name] for name in TYPED | wrong} == TYPED | wrong
    db.session.expire_all()
    assert (edition.version, edition.slug, edition.city) == (1, "2028", "")
    assert db.session.query(Edition).count() == 2


def test_the_later_of_two_organisers_is_told_and_loses_nothing(organiser: FlaskClient) -> None:
    edition = make.edition(slug="2028", city="Tilburg")
    path = "/team/edities/2028"
    first, second = (form_of(shown(organiser.get(path))) for _ in range(2))
    assert organiser.post(path, data=first | {"city": "Breda"}).location == path
    later = second | {"venue_name": "De Loods"}
    for prefix, words in (("", "Iemand anders heeft dit intussen"), ("/en", "Somebody else")):
        html = shown(organiser.post(prefix + path, data=later), 409)
        assert words in html
        kept = form_of(html)
        assert (kept["city"], kept["venue_name"]) == (["Tilburg"], ["De Loods"])
    assert (edition.city, edition.venue_name, edition.version) == ("Breda", "", 2)
    again = form_of(shown(organiser.get(path))) | {"venue_name": "De Loods"}
    assert organiser.post(path, data=again).location == path
    assert (edition.city, edition.venue_name, edition.version) == ("Breda", "De Loods", 3)
    for version in ("", "drie", "-1"):
        assert organiser.post(path, data=again | {"version": version}).status_code == 409


def test_with_a_new_word_in_its_address_an_edition_moves(organiser: FlaskClient) -> None:
    make.edition(slug="2028")
    sent = form_of(shown(organiser.get("/en/team/edities/2028")))
    moved = organiser.post("/en/team/edities/2028", data=sent | {"slug": "zomer"})
    assert moved.location == "/en/team/edities/zomer"
    assert "Saved." in shown(organiser.get(moved.location))
    assert organiser.get("/team/edities/2028").status_code == 404


def test_organisers_choose_which_edition_visitors_see(organiser: FlaskClient) -> None:
    member = make.sign_in(organiser, "organiser")
    old = make.edition(slug="2027", name=Bilingual("Oud", "Old"))
    new = make.edition(slug="2028", name=Bilingual("Nieuw", "New"), is_current=False)
    answer = organiser.post("/team/edities/2028/huidige")
    assert answer.location == "/team/edities/"
    assert "Dit is nu de editie die bezoekers zien." in shown(organiser.get(answer.location))
    db.session.expire_all()
    assert (old.is_current, new.is_current) == (False, True)
    html = shown(organiser.post("/team/edities/2028/huidige"), 409)
    assert "Deze editie is al de huidige." in html
    assert organiser.post("/team/edities/2029/huidige").status_code == 404
    [entry] = db.session.query(AuditEntry)
    assert (entry.verb, entry.member_id) == ("make_current", member.id)


def test_editions_stand_with_the_latest_first(organiser: FlaskClient) -> None:
    make.edition(name=Bilingual("Festival 2026", ""))
    year = timedelta(days=365)
    make.edition(
        slug="2027",
        name=Bilingual("Festival 2027", ""),
        is_current=False,
        starts_on=make.FRIDAY + year,
        ends_on=make.SUNDAY + year,
    )
    html = shown(organiser.get("/team/edities/"))
    names = re.findall(r">(Festival \d+)</a></h2>", html)
    assert names == ["Festival 2027", "Festival 2026"]
    assert ("23 okt – 25 okt 2026" in html, html.count(">huidige<")) == (True, 1)
    assert re.findall(r'action="/team/edities/([\w-]+)/huidige"', html) == ["2027"]
    assert "23 Oct – 25 Oct 2026" in shown(organiser.get("/en/team/edities/"))


@pytest.mark.parametrize(
    ("kind", "good", "wrong", "sentence"),
    [
        ("partners", {"name": "Meander", "kind_en": "school", "url": "https://m.example"},
         {"url": "m.example"}, "Begin het adres met https://."),
        ("vragen", {"question_nl": "Mag de hond mee?", "answer_en": "Yes."},
         {"answer_en": "x" * 10_001}, "Dit is te lang: schrijf hooguit 10000 tekens."),
    ],
)  # fmt: skip
def test_a_partner_or_question_with_a_mistake_stays_as_it_was(
    organiser: FlaskClient, kind: str, good: dict[str, str], wrong: dict[str, str], sentence: str
) -> None:
    base = f"/team/edities/{make.edition(slug='2028').slug}/{kind}"
    made = organiser.post(base, data=good)
    assert made.location == base
    assert "Bewaard." in shown(organiser.get(base))
    [row_path] = set(re.findall(rf'href="({base}/\d+)"', shown(organiser.get(base))))
    for path in (base, row_path):
        html = shown(organiser.post(path, data=good | wrong), 422)
        assert sentence in html
        kept = {name: values[0] for name, values in form_of(html).items()}
        assert {name: kept[name] for name in good} == good | wrong
    stored = {name: values[0] for name, values in form_of(shown(organiser.get(row_path))).items()}
    assert {name: stored[name] for name in good} == good
    assert stored["position"] == "1"


def test_rows_are_found_at_their_own_edition_only(organiser: FlaskClient) -> None:
    edition, other = make.edition(), make.edition(is_current=False)
    partner = rules.save_partner(edition, None, {"name": "Meander"}, now=make.NOW)
    sent = {"name": "Iets anders"}
    for slug, row in ((other.slug, partner.id), (edition.slug, partner.id + 1), ("geen", 1)):
        path = f"/team/edities/{slug}/partners/{row}"
        assert organiser.get(path).status_code == 404
        assert organiser.post(path, data=sent).status_code == 404
        assert organiser.post(f"{path}/weg").status_code == 404
    assert organiser.get(f"/team/edities/{edition.slug}/partners/{2**31}").status_code == 404
    db.session.expire_all()
    assert partner.name == "Meander"
    gone = organiser.post(f"/team/edities/{edition.slug}/partners/{partner.id}/weg")
    assert gone.location == f"/team/edities/{edition.slug}/partners"
    assert "Weggehaald." in shown(organiser.get(gone.location))


def test_lists_ask_no_more_for_many_than_for_one(
    organiser: FlaskClient, statements: Statements
) -> None:
    edition = make.edition()
    base = f"/team/edities/{edition.slug}"

    def ask() -> list[int]:
        numbers = []
        for path in ("/team/edities/", f"{base}/partners", f"{base}/vragen"):
            with statements() as sent:
                organiser.get(path)
            numbers.append(len(sent))
        return numbers

    def add() -> None:
        make.edition(is_current=False)
        rules.save_partner(edition, None, {"name": "Meander"}, now=make.NOW)
        rules.save_question(edition, None, {"question": Bilingual("Wat?")}, now=make.NOW)

    add()
    few = ask()
    for _ in range(4):
        add()
    assert ask() == few


def test_an_editor_writes_texts_questions_and_partners_and_nothing_else(
    visitor: FlaskClient,
) -> None:
    edition = make.edition(is_current=False)
    make.sign_in(visitor, "editor")
    base = f"/team/edities/{edition.slug}"
    page = visitor.get("/team/edities/").text
    links = set(re.findall(r'(?:href|action)="(/team/edities/[^"]+)"', page))
    assert links == {f"{base}/teksten", f"{base}/partners", f"{base}/vragen"}
    for path in links:
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert f'href="{base}"' not in answer.text
    visitor.post(f"{base}/partners", data={"name": "Meander", "position": "1"})
    assert db.session.query(Partner).one().name == "Meander"
    for path in ("/team/edities/nieuw", base, f"{base}/huidige"):
        assert visitor.post(path, data=NEW).status_code == 403, path


def test_an_editor_changes_texts_and_what_else_is_sent_changes_nothing(
    visitor: FlaskClient,
) -> None:
    edition = make.edition(route=Bilingual("Met de trein"))
    was = (edition.name, edition.starts_on, edition.organiser_iban, edition.payment_days)
    make.sign_in(visitor, "editor")
    path = f"/team/edities/{edition.slug}/teksten"
    sent = form_of(shown(visitor.get(path)))
    assert set(sent) == {"csrf_token", "version"} | {
        f"{name}_{language}" for name in TEXTS for language in ("nl", "en")
    }
    more = {"route_nl": "Met de fiets", "name_nl": "X", "organiser_iban": "X", "payment_days": "9"}
    assert visitor.post(path, data=sent | NEW | more).location == path
    forget_pages()
    assert "Met de fiets" in shown(visitor.get("/praktisch"))
    db.session.refresh(edition)
    assert was == (edition.name, edition.starts_on, edition.organiser_iban, edition.payment_days)

    late = visitor.post(path, data=sent | {"route_nl": "Te voet"})
    assert (late.status_code, "Iemand anders heeft dit intussen" in late.text) == (409, True)
    assert "Te voet" in late.text, "nobody types it twice"
    sent = form_of(shown(visitor.get(path)))
    long = visitor.post(path, data=sent | {"theme_en": "x" * 201})
    assert (long.status_code, 'href="#theme_en"' in long.text) == (422, True)

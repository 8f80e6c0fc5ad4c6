"""The front page before, during and after the festival, and the fixed pages, text by text."""

import re
from datetime import datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import clock
from festival.db import db
from festival.editions.models import Partner, Question
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.timetable.test_timetable import page
from tests.world import at, build_world

# Front page: the sentence, the buttons, and the parts below them.
BEFORE = (["Neem een kaartje", "Bekijk het programma"], ["uitgelicht", "zo", "waar", "partners"])
TODAY = (["Nu en straks", "Neem een kaartje", "Bekijk het programma"], BEFORE[1])
AFTER = (["Bekijk het programma"], ["uitgelicht", "partners"])
FACTS = {
    "intro": Bilingual("Kom ook.", "Do come."),
    "route": Bilingual("Met de trein.", "By train."),
    "access": Bilingual("Een lift.", "A lift."),
    "house_rules": Bilingual("Wees aardig.", "Be kind."),
    "privacy": Bilingual("Alleen je naam.", "Your name only."),
}


@pytest.fixture(autouse=True)
def _before_the_festival(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def main(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


def buttons(html: str) -> list[str]:
    hero = html.partition('class="hero')[2].partition("</section>")[0]
    return re.findall(r'<a class="button[^"]*" href="[^"]*">([^<]*)</a>', hero)


def leads(html: str) -> list[str]:
    """The sentences above the buttons, but for where and when it is."""
    hero = html.partition('class="hero')[2].partition("</section>")[0]
    return re.findall(r'<p class="lead(?: reading)?">([^<]*)</p>', hero)


@pytest.mark.parametrize(
    ("moment", "said", "parts"),
    [
        (datetime.fromisoformat("2026-08-23T12:00Z"), [], BEFORE),
        (datetime.fromisoformat("2026-08-24T12:00Z"), ["Nog 60 dagen."], BEFORE),
        (at(21, 12), ["Nog 2 dagen."], BEFORE),
        (at(22, 0, 1), ["Morgen is het zover."], BEFORE),
        (at(22, 23, 59), ["Morgen is het zover."], BEFORE),
        (at(23, 6), ["Vandaag is het zover."], TODAY),
        (at(25, 12), ["Vandaag is het zover."], TODAY),
        (at(26, 6, 59), ["Vandaag is het zover."], TODAY),  # the clocks have gone back: 5.59
        (
            at(26, 7),
            ["Dit festival is geweest. Wat er te zien was, kun je hier nog lezen."],
            AFTER,
        ),
    ],
)
def test_the_front_page_fits_the_day(
    visitor: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    moment: datetime,
    said: list[str],
    parts: tuple[list[str], list[str]],
) -> None:
    world = build_world()
    db.session.add(Partner(edition_id=world.edition.id, name="Woonhuis Meander"))
    db.session.commit()
    monkeypatch.setattr(clock, "now", lambda: moment)
    html = page(visitor, "/")
    assert leads(html) == said
    assert buttons(html) == parts[0]
    assert re.findall(r'<section[^>]* aria-labelledby="(\w+)"', html) == parts[1]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(22, 12), "Tomorrow is the day."),
        (at(23, 12), "Today is the day."),
        (at(27, 12), "This festival is over. You can still read here what there was to see."),
    ],
)
def test_the_front_page_fits_the_day_in_english(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, moment: datetime, said: str
) -> None:
    make.edition()
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert leads(page(visitor, "/en/")) == [said]


def test_what_there_is_to_do_is_counted_and_leads_to_it(visitor: FlaskClient) -> None:
    build_world()
    html = page(visitor, "/")
    kinds = html.partition('class="kinds-line"')[2].partition("</ul>")[0]
    links = re.findall(r'href="([^"]*)">(.*?) <span>(\d+)</span>', kinds)
    assert [(url, re.sub("<[^>]*>", "", name), number) for url, name, number in links] == [
        ("/programma?soort=talk", "Lezing", "1"),
        ("/programma?soort=workshop", "Workshop", "1"),
        ("/programma?soort=coaching", "Coaching", "1"),
    ]
    assert ">Maak kennis met 1 mens op het podium</a>" in html
    assert ">Meet 1 person on stage</a>" in page(visitor, "/en/")


def test_nothing_is_promised_that_is_not_there(visitor: FlaskClient) -> None:
    make.edition()
    html = page(visitor, "/")
    for words in ("Om je op te verheugen", "Samen met", "Maak kennis", "kinds-line"):
        assert words not in html
    assert "Samen met" not in page(visitor, "/en/")


def test_partners_stand_in_the_order_of_the_team(visitor: FlaskClient) -> None:
    of = make.edition()
    for position, name in ((2, "Warmons"), (1, "De Losse Lat")):
        db.session.add(Partner(edition_id=of.id, name=name, position=position))
    old = make.edition(is_current=False)
    db.session.add(Partner(edition_id=old.id, name="Vorig jaar"))
    db.session.commit()
    html = page(visitor, "/")
    assert 0 < html.index("De Losse Lat") < html.index("Warmons")
    assert "Vorig jaar" not in html


def test_what_the_team_writes_is_text_and_no_markup(visitor: FlaskClient) -> None:
    texts = {name: Bilingual("<b>vet</b> & <script>alert(1)</script>") for name in FACTS}
    of = make.edition(**texts, venue_name="<i>Loods</i>", organiser_name="<u>Wij</u>")
    db.session.add(Question(edition_id=of.id, question=texts["intro"], answer=texts["intro"]))
    db.session.add(Partner(edition_id=of.id, name="<s>Partner</s>"))
    db.session.commit()
    for path in ("/", "/praktisch", "/privacy", "/contact"):
        html = page(visitor, path)
        for tag in ("<b>vet", "<script>alert", "<i>Loods", "<u>Wij", "<s>Partner"):
            assert tag not in html, path


def test_without_a_theme_the_name_is_the_headline(visitor: FlaskClient) -> None:
    of = make.edition(theme=Bilingual("Doe mee"))
    assert '<h1 class="poster">Doe mee</h1>' in page(visitor, "/")
    assert '<h1 class="poster"><span lang="nl">Doe mee</span></h1>' in page(visitor, "/en/")
    of.theme = Bilingual()
    db.session.commit()
    forget_pages()
    assert "festival</h1>" in page(visitor, "/").replace("\xad", "")


def test_a_page_tells_search_engines_what_it_is_about(visitor: FlaskClient) -> None:
    make.edition(intro=Bilingual("Kom\nook.\n" + "Neem iedereen mee. " * 20))
    html = page(visitor, "/")
    found = re.search(r'<meta name="description" content="([^"]*)">', html)
    assert found
    assert found[1].startswith("Kom ook. Neem iedereen mee.")
    assert len(unescape(found[1])) <= 155


# -- fixed pages ------------------------------------------------------------------------------

SECTIONS = {
    "route": ("route", "Route", "Met de trein.", "By train."),
    "access": ("toegang", "Toegang", "Een lift.", "A lift."),
    "house_rules": ("huisregels", "Huisregels", "Wees aardig.", "Be kind."),
}


@pytest.mark.parametrize("name", SECTIONS)
def test_the_practical_page_has_what_was_written_and_a_way_to_it(
    visitor: FlaskClient, name: str
) -> None:
    make.edition(**{name: FACTS[name]})
    anchor, title, dutch, english = SECTIONS[name]
    html = main(page(visitor, "/praktisch"))
    assert re.findall(r'<li><a href="#(\w+)">', html) == [anchor]
    assert re.findall(r'<h2 id="(\w+)">([^<]*)</h2>', html) == [(anchor, title)]
    assert dutch in html
    assert "Hier komt te staan" not in html
    html = main(page(visitor, "/en/praktisch"))
    assert english in html
    assert dutch not in html


def test_a_practical_page_without_anything_says_so(visitor: FlaskClient) -> None:
    make.edition()
    assert "Hier komt te staan hoe je er komt" in page(visitor, "/praktisch")
    assert "This page will tell you how to get there" in page(visitor, "/en/praktisch")


def test_access_is_said_of_each_stage(visitor: FlaskClient) -> None:
    make.edition()
    make.stage(name=Bilingual("De Hal", "The Hall"), is_step_free=True, position=2)
    make.stage(name=Bilingual("De Zolder"), floor=Bilingual("Trap op"), position=1)
    make.stage(name=Bilingual("Elders"), edition_id=make.edition(is_current=False).id)
    html = main(page(visitor, "/praktisch"))
    stages = re.findall(r"<h4>(.*?)</h4>", html)
    assert stages == ["De Zolder", "De Hal"]
    assert "<p>Trap op</p>" in html
    assert "The Hall" in page(visitor, "/en/praktisch")


def test_only_what_was_said_about_access_is_said(visitor: FlaskClient) -> None:
    make.edition()
    stage = make.stage(name=Bilingual("De Hal"))
    stairs = "Alleen met de trap te bereiken"

    def access() -> list[str]:
        forget_pages()
        return re.findall(r"<li>([^<]+)</li>", main(page(visitor, "/praktisch")))

    assert access() == []
    stage.is_step_free, stage.has_hearing_loop, stage.is_quiet = False, True, None
    db.session.commit()
    assert access() == ["Met ringleiding", stairs]
    stage.is_step_free, stage.has_hearing_loop, stage.is_quiet = True, False, False
    db.session.commit()
    assert access() == ["Zonder trap te bereiken", "Zonder ringleiding", "Geen rustige plek"]


def test_questions_stand_in_their_order_each_with_its_answer(visitor: FlaskClient) -> None:
    of = make.edition()
    for position, question in ((2, "Tweede?"), (1, "Eerste?")):
        answer = Bilingual(f"Antwoord {position}.\n\nEn meer.")
        db.session.add(
            Question(
                edition_id=of.id, question=Bilingual(question), answer=answer, position=position
            )
        )
    db.session.commit()
    html = main(page(visitor, "/praktisch"))
    found = re.findall(r"<summary>(.*?)</summary>.*?<p>(.*?)</p>\s*<p>(.*?)</p>", html, re.DOTALL)
    assert found == [
        ("Eerste?", "Antwoord 1.", "En meer."),
        ("Tweede?", "Antwoord 2.", "En meer."),
    ]


@pytest.mark.parametrize(
    ("prefix", "own", "ours"),
    [
        ("", "Alleen je naam.", "We vragen alleen wat we nodig hebben"),
        ("/en", "Your name only.", "We only ask for what we need"),
    ],
)
def test_what_is_kept_is_said_also_before_the_team_wrote_it(
    visitor: FlaskClient, prefix: str, own: str, ours: str
) -> None:
    of = make.edition()
    assert ours in page(visitor, f"{prefix}/privacy")
    of.privacy = FACTS["privacy"]
    db.session.commit()
    forget_pages()
    html = page(visitor, f"{prefix}/privacy")
    assert own in html
    assert ours not in html


def test_contact_shows_what_there_is(visitor: FlaskClient) -> None:
    of = make.edition(organiser_address="Kade 5, Loonhoven")
    facts = re.findall(r"<dt>(\w+)</dt>", main(page(visitor, "/contact")))
    assert facts == ["Mail", "Organisatie", "Adres"]
    of.organiser_email = of.organiser_name = of.organiser_address = ""
    db.session.commit()
    forget_pages()
    html = main(page(visitor, "/contact"))
    assert "<dt>" not in html
    assert "mailto:" not in html


@pytest.mark.parametrize("path", ["/", "/praktisch", "/privacy", "/contact"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_no_link_of_a_fixed_page_is_dead_or_leaves_the_language(
    visitor: FlaskClient, path: str, prefix: str
) -> None:
    build_world()
    html = page(visitor, prefix + path)
    inside = {unescape(url) for url in re.findall(r'href="(/[^"]*)"', main(html))}
    assert inside
    for url in inside:
        assert url.startswith(f"{prefix}/"), url
        address, _, anchor = url.partition("#")
        answer = visitor.get(address)
        assert answer.status_code == 200, url
        # Questions are linked to where none were asked yet: the page itself is what helps then.
        assert not anchor or anchor in {"vragen", "route"} or f'id="{anchor}"' in answer.text, url
    other = "/en" + path if not prefix else path
    assert re.search(rf'<a [^>]*href="{other}"[^>]* lang="{"nl" if prefix else "en"}"', html)


# -- what robots and browsers ask for ---------------------------------------------------------


def test_no_page_of_one_person_is_for_search_engines(app: Flask, visitor: FlaskClient) -> None:
    lines = visitor.get("/robots.txt").text.splitlines()
    closed = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")]
    for rule in app.url_map.iter_rules():
        audience = getattr(app.view_functions[rule.endpoint], "audience", "public")
        if audience == "public" and "<secret>" not in rule.rule:
            continue
        for prefix in ("", "/en"):
            address = prefix + rule.rule
            assert any(address.startswith(each) for each in closed), address
    for path in ("/", "/programma", "/sprekers", "/praktisch", "/kaartjes", "/static/x.css"):
        assert not any(path.startswith(each) for each in closed), path


def test_robots_are_told_where_the_list_of_pages_is(visitor: FlaskClient) -> None:
    build_world()
    answer = visitor.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("User-agent: *\n")
    [sitemap] = re.findall(r"^Sitemap: http://localhost(/\S+)$", answer.text, re.MULTILINE)
    assert "<loc>http://localhost/programma</loc>" in visitor.get(sitemap).text


def test_the_icon_is_where_browsers_are_sent(visitor: FlaskClient) -> None:
    answer = visitor.get("/favicon.ico")
    assert answer.status_code == 301
    with visitor.get(answer.headers["Location"]) as icon:
        assert (icon.status_code, icon.mimetype) == (200, "image/svg+xml")

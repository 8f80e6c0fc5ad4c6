"""The team's menu: what each role finds there, and where one is."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.accounts.models import ROLES
from festival.team import navigation
from tests import make

MENUS = {
    "organiser": [
        "Overzicht", "Editie", "Programma", "Vandaag", "Bestellingen", "Wie komt", "Facturen",
        "Boeken", "Kaartsoorten", "Codes", "Btw", "Vragen", "Plekken", "Aan de deur", "Brieven",
        "Post", "Team", "Logboek",
    ],
    "programme": ["Overzicht", "Programma", "Vandaag", "Plekken"],
    "finance": [
        "Overzicht", "Bestellingen", "Wie komt", "Facturen", "Boeken", "Btw", "Brieven", "Post",
    ],
    "editor": ["Overzicht", "Editie"],
    "checkin": ["Overzicht", "Wie komt", "Plekken", "Aan de deur"],
}  # fmt: skip


def menu(page: str) -> list[tuple[str, str, str]]:
    """Label, address and mark of each area."""
    areas = page.partition('class="team-nav team-areas"')[2].partition("</nav>")[0]
    found = re.findall(r'<a href="([^"]*)"(?: aria-current="(\w+)")?>([^<]*)</a>', areas)
    return [(html.unescape(label), url, mark) for url, mark, label in found]


def here(page: str) -> list[tuple[str, str]]:
    return [(label, mark) for label, _url, mark in menu(page) if mark]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_finds_its_areas_and_can_open_all_of_them(
    visitor: FlaskClient, role: str
) -> None:
    make.edition()
    make.sign_in(visitor, role)
    items = menu(visitor.get("/team/toegang").text)
    assert [label for label, _url, _mark in items] == MENUS[role]
    for label, url, _mark in items:
        assert visitor.get(url).status_code in {200, 302}, label


def test_two_roles_find_the_areas_of_both(visitor: FlaskClient) -> None:
    make.sign_in(visitor, make.member("finance", "checkin"))
    labels = [label for label, _url, _mark in menu(visitor.get("/team/toegang").text)]
    every = ["Overzicht", "Bestellingen", "Wie komt", "Facturen", "Boeken", "Btw", "Plekken"]
    every += ["Aan de deur", "Brieven", "Post"]
    assert labels == every


def test_no_area_of_the_menu_leads_to_a_page_that_was_renamed(app: Flask) -> None:
    """What is not routed is not shown: without this, a new name would silently take it away."""
    named = [endpoint for endpoint, _label in navigation._AREAS]
    assert [name for name in named if name not in app.view_functions] == []
    assert len(set(named)) == len(named)


def test_english(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "finance")
    items = menu(visitor.get("/en/team/toegang").text)
    assert items == [
        ("Overview", "/en/team/", ""),
        ("Orders", "/en/team/bestellingen/", ""),
        ("Who is coming", "/en/team/wie-komt/", ""),
        ("Invoices", "/en/team/facturen/", ""),
        ("Books", "/en/team/boeken/", ""),
        ("VAT", "/en/team/btw/", ""),
        ("Letters", "/en/team/brieven/", ""),
        ("Mail", "/en/team/post/", ""),
    ]


@pytest.mark.parametrize(
    ("path", "label", "mark"),
    [
        ("/team/", "Overzicht", "page"),
        ("/team/leden/", "Team", "page"),
        ("/team/leden/nieuw", "Team", "true"),
        ("/team/leden/?x=1", "Team", "page"),
        ("/team/edities/nieuw", "Editie", "true"),
        ("/team/kaartsoorten/contingenten/nieuw", "Kaartsoorten", "true"),
        ("/team/logboek/?q=a", "Logboek", "page"),
        ("/en/team/leden/", "Team", "page"),
        ("/en/team/leden/nieuw", "Team", "true"),
    ],
)
def test_the_menu_says_where_one_is(visitor: FlaskClient, path: str, label: str, mark: str) -> None:
    make.edition()
    make.sign_in(visitor, "organiser")
    assert here(visitor.get(path).text) == [(label, mark)]


def test_pages_that_lie_in_no_area_mark_none(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    page = visitor.get("/team/toegang").text
    assert here(page) == []
    assert 'aria-current="page">Teamlid' in page, "one's own name is marked instead"


def test_an_area_of_several_blueprints_is_one(visitor: FlaskClient) -> None:
    """Screens below an area's first page belong to it, whichever part of the program has them."""
    edition = make.edition()
    make.sign_in(visitor, "programme")
    for page in ("onderdelen", "mensen", "rooster", "publiceren"):
        answer = visitor.get(f"/team/programma/{edition.slug}/{page}")
        assert answer.status_code == 200, page
        assert here(answer.text) == [("Programma", "true")], page


def test_there_is_no_menu_where_nobody_is_signed_in(app: Flask, visitor: FlaskClient) -> None:
    page = visitor.get("/team/inloggen").text
    assert menu(page) == []
    assert "Log uit" not in page
    with app.test_request_context("/team/"):
        assert navigation.team_navigation() == []


def test_a_refused_page_keeps_the_menu_of_who_was_refused(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "editor")
    answer = visitor.get("/team/leden/")
    assert (answer.status_code, here(answer.text)) == (403, [])
    assert [label for label, _url, _mark in menu(answer.text)] == ["Overzicht", "Editie"]

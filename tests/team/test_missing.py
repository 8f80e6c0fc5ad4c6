"""Addresses of the team without a page: members keep their menu, others are told nothing."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import make

# Nothing at all, not of this edition, an area of others, and an address that only takes a form.
NOWHERE = (
    "/team/bestaat-niet",
    "/team/edities/weg",
    "/team/programma/weg/onderdelen",
    "/team/kaartsoorten/?editie=weg",
    "/team/ingangen/?editie=weg",
)
PAGE = "Deze pagina is er niet"


def menu_of(answer: TestResponse) -> list[str]:
    nav = answer.text.partition("team-areas")[2].partition("</nav>")[0]
    return re.findall(r">([^<>]+)</a>", nav)


def actions_of(answer: TestResponse) -> list[tuple[str, str]]:
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return re.findall(r'<a class="button[^"]*" href="([^"]*)"[^>]*>([^<]*)</a>', main)


@pytest.mark.parametrize("path", NOWHERE)
def test_a_member_keeps_the_menu_and_finds_a_way_on(visitor: FlaskClient, path: str) -> None:
    make.edition()
    make.sign_in(visitor, "organiser")
    answer = visitor.get(path)
    assert (answer.status_code, PAGE in answer.text) == (404, True)
    assert len(menu_of(answer)) == 18
    assert ("/team/", "Naar het overzicht") in actions_of(answer)
    for url, _words in actions_of(answer):
        assert visitor.get(url).status_code in (200, 302), url
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Bekijk het programma" not in answer.text


def test_the_way_on_leads_to_the_area_first(visitor: FlaskClient) -> None:
    make.edition()
    make.sign_in(visitor, "editor")
    answer = visitor.get("/team/edities/weg/vragen")
    assert actions_of(answer)[0] == ("/team/edities/", "Ga naar “Editie”")
    answer = visitor.get("/en/team/edities/weg/vragen")
    assert actions_of(answer)[0] == ("/en/team/edities/", "Go to “Edition”")


def test_before_the_first_edition_too(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    assert PAGE in visitor.get("/team/bestaat-niet").text


def test_an_address_of_a_button_says_so(visitor: FlaskClient) -> None:
    edition = make.edition()
    make.sign_in(visitor, "organiser")
    answer = visitor.get(f"/team/edities/{edition.slug}/huidige")
    assert (answer.status_code, "POST" in answer.headers["Allow"]) == (405, True)
    assert "Dit adres hoort bij een knop" in answer.text
    assert menu_of(answer)


def test_who_is_not_signed_in_learns_nothing(visitor: FlaskClient) -> None:
    edition = make.edition()
    there = visitor.get("/team/leden/")
    assert (there.status_code, "/team/inloggen" in there.location) == (302, True)
    for path in (*NOWHERE, f"/team/edities/{edition.slug}/huidige"):
        answer = visitor.get(path)
        assert answer.status_code == 302, path
        assert answer.location.startswith("/team/inloggen?next="), path
    there = visitor.post("/team/leden/", data={"name": "x"})
    answer = visitor.post("/team/weg", data={"name": "x"})
    assert answer.status_code == there.status_code == 401


def test_visitors_addresses_stay_theirs(visitor: FlaskClient) -> None:
    make.edition()
    make.sign_in(visitor, "organiser")
    for path in ("/bestaat-niet", "/teamwork", "/team-uitje"):
        answer = visitor.get(path)
        assert answer.status_code == 404
        assert "Bekijk het programma" in answer.text, path
        assert not menu_of(answer)


def test_a_program_gets_json(visitor: FlaskClient) -> None:
    make.edition()
    make.sign_in(visitor, "organiser")
    answer = visitor.get("/team/weg", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"]) == (404, "NotFound")

"""The edition that a member of the team works in: chosen in the bar, and named in addresses."""

import html
import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.accounts.models import ROLES
from festival.checkin.models import Gate
from festival.db import db
from festival.editions.models import Edition
from festival.team import navigation
from festival.tickets.models import TicketType
from festival.web.languages import Bilingual
from tests import make

AREAS = [endpoint for endpoint, _label in navigation._AREAS]


def edition_of(year: int, *, is_current: bool = False) -> Edition:
    return make.edition(
        slug=str(year),
        name=Bilingual(f"Pluk & Co {year}", f"Pluk & Co {year}"),
        is_current=is_current,
        starts_on=date(year, 9, 17),
        ends_on=date(year, 9, 18),
    )


@pytest.fixture
def years(app: Flask) -> dict[int, Edition]:
    """A past, the current and a coming edition, each with a ticket type and a gate."""
    made = {year: edition_of(year, is_current=year == 2026) for year in (2025, 2026, 2027)}
    for year, edition in made.items():
        pool = make.pool(edition_id=edition.id)
        make.ticket_type(
            edition_id=edition.id, slug="weekend", pool=pool,
            name=Bilingual(f"Weekend {year}", f"Weekend {year}")
        )  # fmt: skip
        make.gate(edition_id=edition.id, slug=f"poort-{year}", name=f"Poort {year}")
    return made


def shown(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    if answer.status_code == 302:
        answer = client.get(answer.location)
    assert answer.status_code == status, answer.text
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def choose(client: FlaskClient, year: int, area: str = "tickets_team.index"):
    return client.post("/team/edities/", data={"edition": str(year), "area": area})


# -- before the first edition ------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_before_the_first_edition_no_area_of_the_team_is_missing(
    visitor: FlaskClient, role: str
) -> None:
    make.sign_in(visitor, role)
    tried = 0
    for path in re.findall(r'<a href="(/team/[^"]*)"', visitor.get("/team/toegang").text):
        answer = visitor.get(path)
        assert answer.status_code in {200, 409}, path
        if answer.status_code == 409:
            tried += 1
            assert "Maak eerst een editie" in answer.text
            assert "Menu van het team" in answer.text
            makes_one = role == "organiser"
            assert ('href="/team/edities/nieuw"' in answer.text) == makes_one
            assert ("Dat doet een organisator." in answer.text) != makes_one
    assert tried or role == "editor"


@pytest.mark.parametrize(
    "path",
    [
        "/team/bestellingen/csv", "/team/ingangen/", "/team/ingangen/scans",
        "/team/kaartsoorten/nieuw", "/team/kaartsoorten/invoer", "/team/kaartsoorten/uitvoer.csv",
        "/team/kaartsoorten/contingenten/nieuw", "/team/plekken/brood", "/team/vandaag/",
        "/team/deur", "/team/programma/",
    ],
)  # fmt: skip
def test_before_the_first_edition_every_address_says_what_to_do(
    visitor: FlaskClient, path: str
) -> None:
    make.sign_in(visitor, "organiser")
    assert 'href="/team/edities/nieuw"' in shown(visitor, path, 409)


def test_before_the_first_edition_in_english(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    page = shown(visitor, "/en/team/kaartsoorten/", 409)
    assert "Make an edition first" in page
    assert "There is no edition yet." in page


def test_programs_hear_it_as_json(visitor: FlaskClient) -> None:
    make.sign_in(visitor, "organiser")
    answer = visitor.get("/team/kaartsoorten/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (409, "NoEditionYet")


@pytest.mark.parametrize("endpoint", AREAS)
def test_the_first_edition_is_worked_in_before_it_is_current(
    visitor: FlaskClient, endpoint: str
) -> None:
    edition_of(2027)
    make.sign_in(visitor, "organiser")
    with visitor.application.test_request_context():
        path = visitor.application.url_for(endpoint)
    if endpoint == "checkin.index":  # at the door, only what visitors have tickets for
        assert 'href="/team/edities/"' in shown(visitor, path, 409)
        return
    assert "Er is nog geen editie" not in shown(visitor, path)


# -- the switch -----------------------------------------------------------------------------


def test_one_edition_needs_no_switch(visitor: FlaskClient) -> None:
    edition_of(2026, is_current=True)
    make.sign_in(visitor, "organiser")
    assert "Je werkt in" not in shown(visitor, "/team/kaartsoorten/")


def test_the_current_edition_until_one_chooses(
    visitor: FlaskClient, years: dict[int, Edition]
) -> None:
    make.sign_in(visitor, "organiser")
    page = shown(visitor, "/team/kaartsoorten/")
    assert "Weekend 2026" in page
    assert re.search(r'<option value="2026" selected>Pluk & Co 2026 · huidige</option>', page)
    assert "niet de huidige" not in page


def test_the_chosen_edition_is_that_of_all_areas(
    visitor: FlaskClient, years: dict[int, Edition]
) -> None:
    make.sign_in(visitor, "organiser")
    order = make.order(of=db.session.query(TicketType).filter_by(edition_id=years[2027].id).one())
    make.slot(
        make.session(edition_id=years[2027].id, slug="brood", title=Bilingual("Brood 27", "")),
        stage=make.stage(edition_id=years[2027].id),
        starts_at=years[2027].day_begins(date(2027, 9, 17)) + timedelta(hours=6),
        ends_at=years[2027].day_begins(date(2027, 9, 17)) + timedelta(hours=7),
    )
    answer = choose(visitor, 2027)
    assert (answer.status_code, answer.location) == (303, "/team/kaartsoorten/")
    for path, words in {
        "/team/": "Pluk & Co 2027",
        "/team/kaartsoorten/": "Weekend 2027",
        "/team/bestellingen/": order.name,
        "/team/ingangen/": "Poort 2027",
        "/team/plekken/": "Brood 27",
        "/team/plekken/brood": "Brood 27",
        "/team/vandaag/": "Pluk & Co 2027",
        "/team/programma/": "Brood 27",
    }.items():
        page = shown(visitor, path)
        assert words in page, path
        assert "Dit is niet de huidige editie." in page, path
        assert "Bezoekers zien Pluk & Co 2026." in page, path
        assert "Weekend 2026" not in page
        assert "Poort 2026" not in page
    # The door is for what visitors have tickets for.
    assert "Poort 2026" in shown(visitor, "/team/deur")


def test_old_addresses_of_other_editions_keep_answering(
    visitor: FlaskClient, years: dict[int, Edition]
) -> None:
    make.sign_in(visitor, "organiser")
    last = make.order(of=db.session.query(TicketType).filter_by(edition_id=years[2025].id).one())
    page = shown(visitor, f"/team/bestellingen/{last.code}")
    assert last.name in page
    assert "Deze pagina gaat over Pluk & Co 2025." in page
    page = shown(visitor, "/team/programma/2027/onderdelen")
    assert "Deze pagina gaat over Pluk & Co 2027." in page
    assert "in het menu gaan over Pluk & Co 2026." in page


@pytest.mark.parametrize(("area", "to"), [
    ("payments_team.index", "/team/bestellingen/"),
    ("scheduling_team.index", "/team/programma/"),
    ("https://elders.example.org", "/team/"),
    ("security.logout", "/team/"),
    ("", "/team/"),
])  # fmt: skip
def test_one_stays_in_the_area(
    visitor: FlaskClient, years: dict[int, Edition], area: str, to: str
) -> None:
    make.sign_in(visitor, "organiser")
    assert choose(visitor, 2027, area).location == to


def test_the_form_names_the_area_one_is_in(visitor: FlaskClient, years: dict[int, Edition]) -> None:
    make.sign_in(visitor, "organiser")
    for path, area in {
        "/team/kaartsoorten/nieuw": "tickets_team.index",
        "/team/programma/2026/onderdelen": "scheduling_team.index",
        "/team/": "home.dashboard",
    }.items():
        assert f'name="area" value="{area}"' in shown(visitor, path)


def test_visitors_pages_are_about_the_current_edition_whatever_one_works_in(
    visitor: FlaskClient, years: dict[int, Edition]
) -> None:
    make.sign_in(visitor, "organiser")
    choose(visitor, 2027)
    for path, status in {"/": 200, "/bestaat-niet": 404}.items():
        assert "Pluk & Co 2027" not in shown(visitor, path, status)


def test_at_the_door_it_is_the_current_edition_and_the_bar_says_so(
    visitor: FlaskClient, years: dict[int, Edition]
) -> None:
    make.sign_in(visitor, "organiser")
    choose(visitor, 2027)
    page = shown(visitor, "/team/deur")
    assert "Deze pagina gaat over Pluk & Co 2026." in page
    assert "Dit is niet de huidige editie" not in page


def test_an_unknown_edition_is_not_found(visitor: FlaskClient, years: dict[int, Edition]) -> None:
    make.sign_in(visitor, "organiser")
    assert choose(visitor, 1999).status_code == 404
    assert visitor.get("/team/kaartsoorten/?editie=1999").status_code == 404


def test_a_new_name_in_the_address_does_not_change_where_one_works(
    visitor: FlaskClient, years: dict[int, Edition]
) -> None:
    make.sign_in(visitor, "organiser")
    choose(visitor, 2027)
    years[2027].slug = "volgend-jaar"
    db.session.commit()
    assert "Weekend 2027" in shown(visitor, "/team/kaartsoorten/")


# -- two windows ------------------------------------------------------------------------------


def test_a_form_changes_the_edition_that_it_showed(
    visitor: FlaskClient, years: dict[int, Edition]
) -> None:
    """Ticket types of two years have one slug; the member switched in another window."""
    make.sign_in(visitor, "organiser")
    page = shown(visitor, "/team/kaartsoorten/")
    (change,) = re.findall(r'href="(/team/kaartsoorten/weekend[^"]*)"', page)
    delete = re.findall(r'action="([^"]*/wis[^"]*)"', shown(visitor, change))[0]
    add = re.findall(r'action="(/team/ingangen/[^"]*)"', shown(visitor, "/team/ingangen/"))[0]

    choose(visitor, 2027)
    assert "Weekend 2026" in shown(visitor, change)
    visitor.post(add, data={"name": "Achterdeur", "slug": "achter"})
    assert visitor.post(delete).status_code == 303

    db.session.expire_all()
    assert db.session.query(Gate).filter_by(slug="achter").one().edition_id == years[2026].id
    left = db.session.query(TicketType.edition_id).order_by(TicketType.edition_id).all()
    assert [row[0] for row in left] == [years[2025].id, years[2027].id]


def test_addresses_stay_short_while_there_is_one_edition(visitor: FlaskClient) -> None:
    edition_of(2026, is_current=True)
    make.ticket_type(slug="weekend")
    make.sign_in(visitor, "organiser")
    assert 'href="/team/kaartsoorten/weekend"' in shown(visitor, "/team/kaartsoorten/")


def test_a_long_list_asks_once_which_edition_its_links_name(
    visitor: FlaskClient, years: dict[int, Edition], queries
) -> None:
    make.sign_in(visitor, "organiser")
    visitor.get("/team/kaartsoorten/")
    with queries() as few:
        visitor.get("/team/kaartsoorten/")
    for number in range(10):
        make.ticket_type(slug=f"soort-{number}", pool=make.pool())
    with queries() as many:
        visitor.get("/team/kaartsoorten/")
    assert len(many) <= len(few)

"""Who may open a page of the team: each role, each kind of page, signed in or not."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from festival import clock
from festival.accounts import rules as accounts
from festival.accounts.models import ROLES, TeamMember
from festival.db import db
from festival.team.access import holder, may, public, team
from tests import make

# The first page of each area, and who may open it besides organisers.
PAGES = {
    "/team/": {"programme", "finance", "editor", "checkin"},
    "/team/bestellingen/": {"finance"},
    "/team/deur": {"checkin"},
    "/team/edities/": {"editor"},
    "/team/ingangen/": set(),
    "/team/kaartsoorten/": set(),
    "/team/leden/": set(),
    "/team/logboek/": set(),
    "/team/plekken/": {"programme", "checkin"},
    "/team/post/": {"finance"},
    "/team/programma/": {"programme"},
    "/team/toegang": {"programme", "finance", "editor", "checkin"},
    "/team/vandaag/": {"programme"},
}
AUDIENCES: tuple[tuple[str, ...], ...] = ((), ("finance",), ("programme", "checkin"))


@pytest.fixture
def app(app_of_its_own: Flask) -> Flask:
    """The tests below add addresses."""
    return app_of_its_own


@pytest.fixture
def trial(app: Flask) -> Callable[..., list[str]]:
    """Adds a page at /team/proef for an audience; gives the list of who got in."""

    def add(*audience: str) -> list[str]:
        inside: list[str] = []

        @app.route("/team/proef", methods=["GET", "POST"])
        @team(*audience)
        def proef() -> str:
            inside.append("in")
            return "binnen"

        return inside

    return add


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_own_areas_and_no_others(visitor: FlaskClient, role: str) -> None:
    make.edition()
    make.sign_in(visitor, role)
    for path, roles in PAGES.items():
        status = 403 if role not in {"organiser", *roles} else 302 if "programma" in path else 200
        assert visitor.get(path).status_code == status, path


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_page_is_for_its_roles_and_for_organisers(
    app: Flask, trial: Callable[..., list[str]], audience: tuple[str, ...]
) -> None:
    trial(*audience)
    for role in ROLES:
        client = app.test_client()
        make.sign_in(client, role)
        gets_in = not audience or role in {"organiser", *audience}
        assert client.get("/team/proef").status_code == (200 if gets_in else 403), role


def test_one_of_several_roles_is_enough(app: Flask, trial: Callable[..., list[str]]) -> None:
    trial("finance")
    client = app.test_client()
    make.sign_in(client, make.member("editor", "finance"))
    assert client.get("/team/proef").text == "binnen"


def test_who_is_refused_changes_nothing(app: Flask, trial: Callable[..., list[str]]) -> None:
    inside = trial("finance")
    client = app.test_client()
    make.sign_in(client, "editor")
    assert client.post("/team/proef").status_code == 403
    assert app.test_client().post("/team/proef").status_code == 302
    assert inside == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_who_is_not_signed_in_is_led_to_the_door_in_the_same_language(
    app: Flask, trial: Callable[..., list[str]], method: str, prefix: str
) -> None:
    trial()
    answer = app.test_client().open(f"{prefix}/team/proef?q=a+b", method=method)
    assert answer.status_code == 302
    door, _, back = answer.headers["Location"].partition("?next=")
    assert door == f"{prefix}/team/inloggen"
    assert back == f"{prefix}/team/proef?q%3Da%2Bb"


def test_from_the_door_one_comes_back_to_the_page_that_was_asked_for(
    app: Flask, trial: Callable[..., list[str]]
) -> None:
    trial("editor")
    client, member = app.test_client(), make.member("editor")
    door = client.get("/team/proef?q=brood&page=2").headers["Location"]
    answer = client.post(door, data={"email": member.email, "password": make.PASSWORD})
    assert answer.headers["Location"] == "/team/proef?q=brood&page=2"
    assert client.get(answer.headers["Location"]).text == "binnen"


def test_programs_hear_a_status_and_no_page(app: Flask, trial: Callable[..., list[str]]) -> None:
    inside = trial("finance")
    as_json = {"Accept": "application/json"}
    assert app.test_client().get("/team/proef", headers=as_json).status_code == 401
    client = app.test_client()
    make.sign_in(client, "editor")
    answer = client.get("/team/proef", headers=as_json)
    assert (answer.status_code, answer.json["error"]) == (403, "Forbidden")
    assert inside == []


def test_the_refusal_says_which_roles_it_takes_and_which_one_has(
    app: Flask, trial: Callable[..., list[str]]
) -> None:
    trial("checkin", "programme")
    client = app.test_client()
    member = make.sign_in(client, make.member("finance", "editor"))
    page = client.get("/team/proef").text
    # In the order in which roles are always named, organisers first.
    assert "<strong>organisator, programmamaker, ingang</strong>" in page
    assert "<strong>financiën, redacteur</strong>" in page
    assert member.name in page
    english = client.get("/en/team/proef")
    assert english.status_code == 403
    assert "organiser, programme maker" in english.text


def test_a_role_that_is_taken_away_counts_at_the_next_click(
    app: Flask, trial: Callable[..., list[str]]
) -> None:
    trial("programme")
    client = app.test_client()
    member = make.sign_in(client, make.member("programme", "editor"))
    assert client.get("/team/proef").status_code == 200
    accounts.change_roles(member, ["editor"])
    assert "/team/inloggen" in client.get("/team/proef").location, "the session ended with the role"
    make.sign_in(client, member)
    assert client.get("/team/proef").status_code == 403
    accounts.change_roles(member, ["editor", "programme"])
    assert client.get("/team/proef").status_code == 200, "a new role ends nothing"


def test_who_is_switched_off_is_out_at_the_next_click(
    app: Flask, trial: Callable[..., list[str]]
) -> None:
    inside = trial()
    client = app.test_client()
    member = make.sign_in(client, "editor")
    db.session.get_one(TeamMember, member.id).active = False
    db.session.commit()
    assert client.post("/team/proef").status_code == 302
    assert inside == []


@pytest.mark.parametrize(("hours", "status"), [(7.9, 200), (8.1, 302)])
def test_a_session_that_was_left_alone_does_nothing_any_more(
    app: Flask,
    trial: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    hours: float,
    status: int,
) -> None:
    inside = trial()
    client = app.test_client()
    make.sign_in(client, "organiser")
    later = clock.now() + timedelta(hours=hours)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.post("/team/proef").status_code == status
    assert len(inside) == (status == 200)


def test_work_is_not_interrupted_to_ask_for_the_password_again(
    app: Flask, trial: Callable[..., list[str]]
) -> None:
    """Flask-Security asks for it at passkeys and codes; a day of typing orders goes on."""
    trial("finance")
    client = app.test_client()
    make.sign_in(client, "finance")
    with client.session_transaction() as session:
        session["fs_paa"], session["in_use_at"] = time.time() - 6 * 3600, time.time()
    assert "/team/bevestigen" in client.get("/team/herstelcodes").headers["Location"]
    assert client.post("/team/proef").text == "binnen"


def test_pages_of_the_team_are_kept_nowhere(app: Flask) -> None:
    @app.get("/team/proef/<kind>")
    @team()
    def proef(kind: str) -> object:
        if kind == "weg":
            abort(404)
        return {
            "tekst": "x",
            "status": ("x", 201, {"X-Proef": "1"}),
            "eigen": ("x", 200, {"Cache-Control": "private, no-cache"}),
        }[kind]

    client = app.test_client()
    make.sign_in(client, "editor")
    answers = {kind: client.get(f"/team/proef/{kind}") for kind in ("tekst", "status", "eigen")}
    kept = {kind: answer.headers["Cache-Control"] for kind, answer in answers.items()}
    assert kept == {
        "tekst": "private, no-store",
        "status": "private, no-store",
        "eigen": "private, no-cache",
    }
    assert (answers["status"].status_code, answers["status"].headers["X-Proef"]) == (201, "1")
    assert client.get("/team/proef/weg").status_code == 404


def test_pages_of_a_holder_are_kept_by_nobody_else_and_found_by_no_search_engine(
    app: Flask,
) -> None:
    @app.get("/proef/<secret>")
    @holder
    def proef(secret: str) -> object:
        return secret if secret == "a" else (secret, 200, {"Cache-Control": "no-store"})

    client = app.test_client()
    answer = client.get("/proef/a")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert client.get("/proef/b").headers["Cache-Control"] == "no-store"


def test_a_public_page_stays_the_function_it_was() -> None:
    def view() -> str:
        return "x"

    assert public(view) is view
    assert holder(view).__name__ == team()(view).__name__ == "view"


def test_what_a_page_shows_to_some_of_its_readers(app: Flask) -> None:
    """`may` is what templates and views ask for a part of a page."""

    @app.get("/team/proef")
    @team()
    def proef() -> dict[str, bool]:
        return {
            "finance": may("finance"),
            "either": may("finance", "editor"),
            "organisers": may(),
        }

    seen = {}
    for role in ("organiser", "finance", "editor", "checkin"):
        client = app.test_client()
        make.sign_in(client, role)
        seen[role] = [name for name, is_so in client.get("/team/proef").json.items() if is_so]
    assert seen == {
        "organiser": ["either", "finance", "organisers"],
        "finance": ["either", "finance"],
        "editor": ["either"],
        "checkin": [],
    }

"""Signing in stays off the pages of visitors: no session read, no cookie, no question who it is."""

import pytest
from flask import Flask, render_template_string
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from sqlalchemy import event

from festival.db import db
from festival.team.access import public
from tests import make


class Watched(SecureCookieSessionInterface):
    """Counts how often a session is opened up."""

    reads = 0

    class session_class(SecureCookieSession):  # noqa: N801 (Flask's name for it)
        def __getattribute__(self, name: str) -> object:
            if name in {"get", "pop", "setdefault", "__contains__"}:
                Watched.reads += 1
            return super().__getattribute__(name)

        def __getitem__(self, key: str) -> object:
            Watched.reads += 1
            return super().__getitem__(key)


@pytest.fixture
def app(app_of_its_own: Flask) -> Flask:
    """The tests below add an address, and sessions that count."""
    return app_of_its_own


@pytest.fixture
def page(app: Flask) -> str:
    """A page as visitors get them, drawn on the base layout."""

    @app.get("/proefbladzijde")
    @public
    def trial() -> str:
        return render_template_string(
            '{% extends "base.html" %}{% block main %}<h1>Proef</h1>{% endblock %}'
        )

    return "/proefbladzijde"


@pytest.mark.parametrize("signed_in", [False, True])
def test_public_page_leaves_the_session_alone(app: Flask, page: str, signed_in: bool) -> None:
    client = app.test_client()
    if signed_in:
        make.sign_in(client, "organiser")
        client.get("/team/toegang")
    asked: list[str] = []
    event.listen(
        db.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: asked.append(statement),
    )
    app.session_interface = Watched()
    Watched.reads = 0

    answer = client.get(page)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not [statement for statement in asked if "team_member" in statement]
    # Flask itself looks whether a session is permanent when it saves it, and nothing else does.
    assert Watched.reads <= 1


def test_team_page_does_read_the_session(app: Flask) -> None:
    client = app.test_client()
    make.sign_in(client, "organiser")
    app.session_interface = Watched()
    Watched.reads = 0
    assert client.get("/team/toegang").headers["Vary"] == "Cookie"
    assert Watched.reads > 1

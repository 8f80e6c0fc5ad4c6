"""Every address says who may open it."""

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter

from festival.accounts.models import ROLES
from festival.team.access import holder, public, team
from tests import make
from tests.conftest import Browser

# Flask-Security's own pages stand under its own guard: signing in cannot ask for having signed in.
SIGNING_IN = "security."


def test_every_endpoint_has_an_audience(app: Flask) -> None:
    open_ends = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if not hasattr(view, "audience") and not endpoint.startswith(SIGNING_IN)
    ]
    assert open_ends == []


def test_every_number_in_an_address_has_an_end(app: Flask) -> None:
    """A database refuses numbers that it cannot hold, and Python those of thousands of digits."""
    endless = {
        rule.rule
        for rule in app.url_map.iter_rules()
        for kind in rule._converters.values()
        if isinstance(kind, IntegerConverter) and kind.max is None
    }
    assert not endless


def test_audiences_are_known(app: Flask) -> None:
    known = {"public", "holder", "team", *ROLES}
    for endpoint, view in app.view_functions.items():
        audience = getattr(view, "audience", "public")
        named = {audience} if isinstance(audience, str) else set(audience)
        assert named <= known, endpoint


def test_the_team_s_addresses_are_for_the_team(app: Flask) -> None:
    """Whatever lies below /team asks for a role, and asks it of everybody."""
    visitor = app.test_client()
    tried = 0
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/team") or rule.endpoint.startswith(SIGNING_IN):
            continue
        view = app.view_functions[rule.endpoint]
        audience = getattr(view, "audience", None)
        if audience == "public":
            continue  # a link for one person, such as an invitation
        assert isinstance(audience, tuple), rule.rule
        if not rule.arguments and "GET" in (rule.methods or ()):
            assert visitor.get(rule.rule).status_code in (302, 401), rule.rule
            tried += 1
    assert tried


def test_the_marks_are_read() -> None:
    """The three decorators leave the mark that the tests above look for."""

    def view() -> str:
        return ""

    assert not hasattr(view, "audience")
    assert holder(view).audience == "holder"  # type: ignore[attr-defined]
    assert team("finance")(view).audience == ("finance",)  # type: ignore[attr-defined]
    assert public(view).audience == "public"  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="unknown roles"):
        team("juggler")


def test_no_page_of_the_team_is_kept_by_a_shared_cache(visitor: Browser, base: str) -> None:
    """Also where the same view serves visitors, or a file that may be kept elsewhere."""
    make.sign_in(visitor, "organiser")
    slug = base.rpartition("/")[2]
    addresses = visitor.application.url_map.bind("localhost")
    tried = 0
    for rule in visitor.application.url_map.iter_rules():
        if rule.endpoint.startswith(SIGNING_IN):  # these end the session that reads the others
            continue
        if rule.rule.startswith("/team") and "GET" in (rule.methods or ()):
            values: dict[str, object] = dict.fromkeys(rule.arguments, slug)
            values |= {"what": "mensen", "format_": "csv", "letter_id": 1, "number": 1}
            values |= {"partner_id": 1, "question_id": 1}
            wanted = {name: values[name] for name in rule.arguments}
            answer = visitor.get(addresses.build(rule.endpoint, wanted))
            tried += answer.status_code == 200
            assert "public" not in answer.headers["Cache-Control"], rule.rule
    assert tried > 20

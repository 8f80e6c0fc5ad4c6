"""Only our own names are believed, whatever a visitor's request says."""

import pytest

from festival import create_app
from tests import make
from tests.conftest import settings_of


@pytest.fixture
def production(app, tmp_path):
    """Our app behind one proxy, as festival.example.org."""
    make.edition()
    settings = settings_of(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"])
    return create_app(
        settings
        | {
            "PRODUCTION": True,
            "PUBLIC_URL": "https://festival.example.org",
            "FURTHER_HOSTS": frozenset({"www.example.org"}),
            "TRUSTED_PROXIES": 1,
        }
    ).test_client()


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "festival.example.org.evil.example",
        "localhost",
        "127.0.0.1",
        "",
        "[::",
        "a b",
    ],
)
def test_another_host_is_refused(production, host):
    answer = production.get("/contact", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "host",
    [
        "festival.example.org",
        "FESTIVAL.example.org:443",
        "festival.example.org.",
        "www.example.org",
    ],
)
def test_our_own_names_are_served(production, host):
    assert production.get("/contact", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitoring_may_ask_by_number(production, path):
    assert production.get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200


def test_what_a_visitor_says_about_the_host_is_read_by_nobody(production):
    headers = {"Host": "festival.example.org", "X-Forwarded-Host": "evil.example"}
    for path in ("/contact", "/sitemap.xml", "/programma", "/team/", "/kaartje/weg."):
        answer = production.get(path, headers=headers)
        assert "evil.example" not in answer.text + str(answer.headers)
        assert answer.status_code < 400, "nor is it a reason to refuse"

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from festival import create_app
from festival.web import languages
from festival.web.languages import Bilingual


def test_a_text_falls_back_to_the_language_it_is_in(app):
    only_dutch = Bilingual("Samen eten", "")
    assert (only_dutch.text("en"), only_dutch.language("en")) == ("Samen eten", "nl")
    both = Bilingual("Samen eten", "Eating together")
    assert (both.text("en"), both.language("en")) == ("Eating together", "en")
    assert not Bilingual()


@pytest.fixture
def echo(app: Flask) -> FlaskClient:
    """An app with one page that says how it was asked."""
    same = {name: app.config[name] for name in ("INSTANCE_PATH", "SQLALCHEMY_DATABASE_URI")}
    app = create_app({"TESTING": True, **same})

    @app.get("/echo/<name>")
    def echo(name: str) -> str:
        return " ".join(
            [languages.current(), url_for("echo", name=name), languages.other_language_url()]
        )

    return app.test_client()


def test_a_page_is_english_below_en_and_its_links_stay_there(echo):
    assert echo.get("/echo/é?a=b").text == "nl /echo/%C3%A9 /en/echo/%C3%A9?a=b"
    assert echo.get("/en/echo/é").text == "en /en/echo/%C3%A9 /echo/%C3%A9"


def test_a_path_that_only_starts_with_en_is_not_english(echo):
    assert echo.get("/english").status_code == 404
    assert echo.get("/echo/en").text.startswith("nl ")

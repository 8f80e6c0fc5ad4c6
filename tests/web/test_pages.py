import itertools

import pytest

from festival import create_app
from festival.web import pages


@pytest.fixture
def counting(app):
    """A public page that counts how often it was really made."""
    pages.forget()
    made = itertools.count(1)
    app = create_app(
        {"TESTING": True, "INSTANCE_PATH": app.config["INSTANCE_PATH"], "PAGE_CACHE_SECONDS": 60}
    )
    app.add_url_rule("/n", "n", pages.public_page(lambda: f"page {next(made)}"))
    yield app.test_client()
    pages.forget()


def test_a_public_page_is_made_once_for_everybody(counting):
    assert [counting.get("/n").text for _ in range(3)] == ["page 1"] * 3


def test_another_language_or_question_is_another_page(counting):
    assert counting.get("/n").text == "page 1"
    assert counting.get("/en/n").text == "page 2"
    assert counting.get("/n?dag=1").text == "page 3"


def test_a_browser_that_has_the_page_gets_304(counting):
    first = counting.get("/n")
    again = counting.get("/n", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Set-Cookie" not in first.headers


def test_what_anybody_asks_for_does_not_fill_the_memory(counting, monkeypatch):
    """`?x=1`, `?x=2` and so on are pages of their own; those that were asked for last are kept."""
    monkeypatch.setattr(pages, "_KEPT_BYTES", 100)
    for number in range(50):
        counting.get(f"/n?x={number}")
        counting.get(f"/n?x={number}")
    kept = pages._memory.pages
    assert sum(len(page.body) for page in kept.values()) == pages._memory.size <= 100
    assert counting.get("/n?x=49").text == "page 50"
    pages.forget()
    assert pages._memory.size == 0

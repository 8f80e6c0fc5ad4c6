import itertools

import pytest
from flask import abort, redirect

from festival.db import db
from festival.web import pages
from tests.rush import ASKERS, Rush, ask_at_once


@pytest.fixture
def app(app_of_its_own):
    """The tests below add addresses."""
    return app_of_its_own


@pytest.fixture
def made():
    """Counts how often a page was really made."""
    return itertools.count(1)


@pytest.fixture
def counting(app, made):
    """A client of an app with a public page that says how often it was made."""
    app.config["PAGE_CACHE_SECONDS"] = 60
    app.add_url_rule("/n", "n", pages.public_page(lambda: f"page {next(made)}"))
    return app.test_client()


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
    monkeypatch.setattr(pages._pages, "most_bytes", 100)
    for number in range(50):
        counting.get(f"/n?x={number}")
        counting.get(f"/n?x={number}")
    assert counting.get("/n?x=49").text == "page 50"
    assert counting.get("/n?x=30").text == "page 51"


def test_without_seconds_each_page_is_made_again(counting, app):
    app.config["PAGE_CACHE_SECONDS"] = 0
    assert [counting.get("/n").text for _ in range(2)] == ["page 1", "page 2"]
    app.config["PAGE_CACHE_SECONDS"] = 60
    assert counting.get("/n").text == "page 3"


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        (lambda number: abort(404), 404, ""),
        (lambda number: redirect(f"/{number}"), 302, ""),
        (lambda number: (f"busy {number}", 503), 503, "busy {}"),
        (lambda number: (part for part in ("part ", str(number))), 200, "part {}"),
    ],
)
def test_what_is_no_whole_page_is_not_kept(app, made, answer, status, text):
    """Errors, redirects and streams go to their asker as they are."""
    app.config["PAGE_CACHE_SECONDS"] = 60
    app.add_url_rule("/n", "n", pages.public_page(lambda: answer(next(made))))
    visitor = app.test_client()
    for number in (1, 2):
        shown = visitor.get("/n")
        assert (shown.status_code, shown.headers.get("ETag")) == (status, None)
        assert not text or shown.text == text.format(number)
    assert next(made) == 3


def test_a_fault_is_its_asker_s_and_the_next_one_makes_the_page(app, made):
    app.config["PAGE_CACHE_SECONDS"] = 60
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/n", "n", pages.public_page(lambda: f"page {6 // (next(made) - 1)}"))
    visitor = app.test_client()
    assert [visitor.get("/n").status_code for _ in range(2)] == [500, 200]
    assert visitor.get("/n").text == "page 6"


def test_eight_who_ask_at_once_make_a_page_once(app, monkeypatch):
    """Those who wait hold no connection to the database."""
    app.config["PAGE_CACHE_SECONDS"] = 60
    rush = Rush(pages._pages, monkeypatch)
    connections = []

    def count_connections():
        connections.append(db.engine.pool.checkedout())
        return "page"

    make = rush.making(count_connections)

    def view():
        db.session.connection()
        return make()

    app.add_url_rule("/n", "n", pages.public_page(view))
    answers = ask_at_once(app, lambda: app.test_client().get("/n"))
    assert {(each.text, each.headers["ETag"]) for each in answers} == {
        ("page", answers[0].headers["ETag"])
    }
    assert (len(answers), rush.made, connections) == (ASKERS, 1, [1])


def test_eight_who_ask_at_once_for_what_is_not_kept_each_get_it(app, monkeypatch):
    app.config["PAGE_CACHE_SECONDS"] = 60
    rush = Rush(pages._pages, monkeypatch)
    app.add_url_rule("/n", "n", pages.public_page(rush.making(lambda: redirect("/"))))
    answers = ask_at_once(app, lambda: app.test_client().get("/n").status_code)
    assert (answers, rush.made) == ([302] * ASKERS, ASKERS)

"""Which editions visitors and the team can read."""

from datetime import date, timedelta

import pytest
from flask import Flask, render_template_string

from festival.db import db
from festival.editions import queries
from festival.editions.models import Edition
from tests import make
from tests.editions.conftest import Statements
from tests.make import FRIDAY, SUNDAY

DAY = timedelta(days=1)


def edition(slug: str, starts_on: date, days: int = 3) -> Edition:
    """An edition that is not the current one."""
    ends_on = starts_on + (days - 1) * DAY
    return make.edition(slug=slug, is_current=False, starts_on=starts_on, ends_on=ends_on)


def test_there_is_none_before_the_team_has_made_one(any_app: Flask) -> None:
    assert queries.current_edition() is None
    for slug in (None, "2026"):
        assert queries.public_edition(slug) is None
    assert queries.all_editions() == []
    edition("2026", FRIDAY)
    assert queries.current_edition() is None, "it is being prepared"
    for slug in (None, "2026"):
        assert queries.public_edition(slug) is None


@pytest.mark.parametrize(
    ("starts_on", "is_public"),
    [
        (FRIDAY - 365 * DAY, True),
        (FRIDAY - 3 * DAY, True),  # its last day is the day before
        (FRIDAY - 2 * DAY, False),
        (FRIDAY, False),
        (SUNDAY + DAY, False),
        (FRIDAY + 365 * DAY, False),
    ],
)
def test_visitors_read_the_current_edition_and_those_before_it(
    any_app: Flask, starts_on: date, is_public: bool
) -> None:
    other, current = edition("andere", starts_on), make.edition(slug="deze")
    assert queries.public_edition("andere") == (other if is_public else None)
    assert queries.past_editions(current) == ([other] if is_public else [])
    assert queries.public_edition("deze") == queries.public_edition(None) == current
    for slug in ("", "Deze", "deze ", "geen"):
        assert queries.public_edition(slug) is None, slug
    assert queries.edition_by_slug("andere") == other, "the team reads every edition"
    assert queries.edition_by_slug("geen") is None


def test_the_latest_comes_first(any_app: Flask) -> None:
    first = edition("a", FRIDAY - 700 * DAY)
    coming = edition("b", FRIDAY + 365 * DAY)
    former = edition("c", FRIDAY - 365 * DAY)
    current = make.edition()
    assert queries.past_editions(current) == [former, first]
    assert queries.past_editions(first) == []
    assert queries.all_editions() == [coming, current, former, first]


def test_an_edition_is_asked_for_once_or_twice(app: Flask, statements: Statements) -> None:
    edition("vorige", FRIDAY - 365 * DAY)
    make.edition(slug="deze")
    for slug, number in ((None, 1), ("deze", 1), ("vorige", 2)):
        db.session.expire_all()
        with statements() as sent:
            assert queries.public_edition(slug)
        assert len(sent) == number, slug


@pytest.mark.parametrize(
    ("template", "values", "number", "text"),
    [
        ("{{ edition.city }}, {{ edition.slug }}", {}, 1, "Tilburg, deze"),
        ("zonder", {}, 0, "zonder"),
        ("{{ edition.slug }}", {"edition": {"slug": "een andere"}}, 0, "een andere"),
    ],
    ids=["once for a page", "not where it is not named", "not where the view hands one over"],
)
def test_a_template_reads_the_current_edition_where_it_uses_it(
    app: Flask,
    statements: Statements,
    template: str,
    values: dict[str, object],
    number: int,
    text: str,
) -> None:
    make.edition(slug="deze", city="Tilburg")
    with app.test_request_context(), statements() as sent:
        assert render_template_string(template, **values) == text
    assert len(sent) == number


def test_a_template_can_do_without_an_edition(app: Flask) -> None:
    with app.test_request_context():
        assert render_template_string("{{ 'een' if edition else 'geen' }}") == "geen"

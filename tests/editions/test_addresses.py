from datetime import date

import pytest
from werkzeug.exceptions import NotFound

from festival.editions.addresses import (
    current_edition_or_404,
    public_edition_or_404,
    team_edition_or_404,
)
from tests import make


@pytest.fixture
def editions(app):
    """The slugs of a past, the current and a coming edition."""
    years = {2025: False, 2026: True, 2027: False}
    return [
        make.edition(
            slug=str(year),
            is_current=is_current,
            starts_on=date(year, 10, 23),
            ends_on=date(year, 10, 25),
        ).slug
        for year, is_current in years.items()
    ]


def test_current_edition_or_404(editions):
    assert current_edition_or_404().slug == "2026"


def test_visitors_read_the_current_edition_and_those_before_it(editions):
    assert public_edition_or_404(None).slug == "2026"
    assert [public_edition_or_404(slug).slug for slug in editions[:2]] == ["2025", "2026"]
    for slug in ("2027", "2028"):
        with pytest.raises(NotFound):
            public_edition_or_404(slug)


def test_the_team_reads_every_edition(editions):
    assert [team_edition_or_404(slug).slug for slug in editions] == editions
    with pytest.raises(NotFound):
        team_edition_or_404("2028")


def test_before_there_is_an_edition_nothing_is_found(app):
    with pytest.raises(NotFound):
        current_edition_or_404()
    with pytest.raises(NotFound):
        public_edition_or_404(None)
    with pytest.raises(NotFound):
        team_edition_or_404("2026")

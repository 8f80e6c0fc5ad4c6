"""The edition that the address of a page is about; where there is none, the page is not found."""

from flask import abort

from festival.editions import queries
from festival.editions.models import Edition


def current_edition_or_404() -> Edition:
    """The edition that visitors see."""
    return queries.current_edition() or abort(404)


def public_edition_or_404(slug: str | None) -> Edition:
    """The edition that visitors may read at `/<slug>/…`; with None the current one."""
    return queries.public_edition(slug) or abort(404)


def team_edition_or_404(slug: str) -> Edition:
    """Any edition, for the team: also one that is being prepared."""
    return queries.edition_by_slug(slug) or abort(404)

"""Finds the edition in the address of a page, or answers 404."""

from flask import abort

from festival.editions import queries
from festival.editions.models import Edition


def current_edition_or_404() -> Edition:
    """Returns the edition that visitors see. Aborts with 404 if there is none."""
    return queries.current_edition() or abort(404)


def public_edition_or_404(slug: str | None) -> Edition:
    """Returns the edition for visitors at `/<slug>/…`, or the current one for None; else 404."""
    return queries.public_edition(slug) or abort(404)


def team_edition_or_404(slug: str) -> Edition:
    """Returns any edition, for the team: also one that is being prepared; else 404."""
    return queries.edition_by_slug(slug) or abort(404)

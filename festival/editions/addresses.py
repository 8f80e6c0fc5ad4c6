"""Finds the edition in the address of a page, or the one that the member works in."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, g, request, session

from festival.editions import queries
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.team.access import is_page_of_team

_CHOSEN = "works_in"  # in the session: the id of the edition, because a slug can be changed
_IN_ADDRESS = "editie"
_KEPT = "festival.edition_in_addresses"


class NoEditionYet(Refusal):
    """Er is nog geen editie. Alles hier hoort bij een editie: een festival met een naam, dagen en
    een plek. Maak eerst een editie."""


class NoCurrentEdition(NoEditionYet):
    """Er is nog geen huidige editie: bezoekers zien nog niets, en hier is nog niets te doen. Maak
    eerst een editie de huidige."""


def current_edition_or_404() -> Edition:
    """Returns the edition that visitors see. Aborts with 404 if there is none."""
    return queries.current_edition() or abort(404)


def public_edition_or_404(slug: str | None) -> Edition:
    """Returns the edition for visitors at `/<slug>/…`, or the current one for None; else 404."""
    return queries.public_edition(slug) or abort(404)


def team_edition_or_404(slug: str) -> Edition:
    """Returns any edition, for the team: also one that is being prepared; else 404."""
    return queries.edition_by_slug(slug) or abort(404)


def working_edition() -> Edition:
    """Returns the edition that the signed-in member works in, for a page of the team.

    It is the one that `?editie=` names (404 for an unknown one), else the one the member chose,
    else the current one, else the latest. Refuses with NoEditionYet.
    """
    if (slug := request.args.get(_IN_ADDRESS)) is not None:
        return team_edition_or_404(slug)
    edition = chosen_edition()
    if edition is None:
        raise NoEditionYet
    g.zone_of_page = edition.timezone
    return edition


def current_edition_for_team() -> Edition:
    """Returns the edition that visitors see, for what the team does with visitors: at the door.

    Refuses with NoEditionYet or NoCurrentEdition.
    """
    edition = queries.current_edition()
    if edition is None:
        raise NoCurrentEdition if queries.all_editions() else NoEditionYet
    return edition


def asked_day(edition: Edition) -> date | None:
    """Returns the day of `edition` that `?dag=` names, or None: a list is then of all days."""
    asked = request.args.get("dag")
    return next((day for day in edition.days if day.isoformat() == asked), None)


def chosen_edition() -> Edition | None:
    """Returns the edition that the member chose, else the current or latest; None before any."""
    return queries.edition_to_work_in(session.get(_CHOSEN))


def zone_of_page() -> str | None:
    """Returns the time zone of the page's edition; None before any.

    On the team's pages that is the edition that the address names or that the member works in.
    """
    if zone := g.get("zone_of_page"):
        return str(zone)
    if is_page_of_team():
        slug = request.args.get(_IN_ADDRESS) or (request.view_args or {}).get("edition_slug")
        edition = (slug and queries.edition_by_slug(slug)) or chosen_edition()
    else:
        edition = queries.current_edition()
    return edition.timezone if edition else None


def choose_edition(edition: Edition) -> None:
    """Remember in the member's session that they work in this edition."""
    session[_CHOSEN] = edition.id


def keep_edition_in_addresses(pages: Blueprint) -> None:
    """Let the addresses of these pages name the edition, if there is a choice.

    Slugs are unique in an edition only, and a form may be sent after the member has switched in
    another window: it must change what it showed. Lists need no name, they show where one works.
    """
    pages.url_defaults(_name_edition)


def _name_edition(endpoint: str, values: dict[str, Any]) -> None:
    if _IN_ADDRESS in values or not is_page_of_team() or not _is_about_one(endpoint, values):
        return
    if _KEPT not in request.environ:  # a list has many links
        several = len(queries.all_editions()) > 1
        request.environ[_KEPT] = working_edition().slug if several else None
    if slug := request.environ[_KEPT]:
        values[_IN_ADDRESS] = slug


def _is_about_one(endpoint: str, values: dict[str, Any]) -> bool:
    rules = current_app.url_map.iter_rules(endpoint)
    return "slug" in values or any("POST" in (rule.methods or ()) for rule in rules)

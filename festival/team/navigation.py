"""The team's menu: areas by the name of their first page.

Names of endpoints and nothing else: this shell knows no capability.
"""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from festival.team.access import may_open

_AREAS = (
    ("home.dashboard", _l("Overzicht")),
    ("editions_team.index", _l("Editie")),
    ("scheduling_team.index", _l("Programma")),
    ("releases_today.index", _l("Vandaag")),
    ("payments_team.index", _l("Bestellingen")),
    ("tickets_team.index", _l("Kaartsoorten")),
    ("bookings_team.index", _l("Plekken")),
    ("checkin.index", _l("Aan de deur")),
    ("outbox_team.index", _l("Post")),
    ("members_team.index", _l("Team")),
    ("team.audit", _l("Logboek")),
)


@dataclass(frozen=True)
class MenuItem:
    """One link in the menu."""

    label: str
    url: str
    is_here: bool


def team_navigation() -> list[MenuItem]:
    """The areas that the signed-in member may open; none where nobody is signed in."""
    if not current_user.is_authenticated:
        return []
    items = (nav_item(endpoint, str(label)) for endpoint, label in _AREAS)
    return [item for item in items if item]


def nav_item(endpoint: str, label: str) -> MenuItem | None:
    """A link to `endpoint`; None where this member may not open it."""
    if not may_open(endpoint):
        return None
    url = url_for(endpoint)
    # An area is all that lies below its index, whichever blueprints that takes.
    is_below = endpoint.endswith(".index") and (request.script_root + request.path).startswith(url)
    return MenuItem(label, url, request.endpoint == endpoint or is_below)

"""The team's menu: each area by the endpoint of its first page.

Only by endpoint, because team may not import the capabilities above it.
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
    ("attendees_team.index", _l("Wie komt")),
    ("invoices_team.index", _l("Facturen")),
    ("books_team.index", _l("Boeken")),
    ("tickets_team.index", _l("Kaartsoorten")),
    ("vouchers_team.index", _l("Codes")),
    ("vat_team.index", _l("Btw")),
    ("questions_team.index", _l("Vragen")),
    ("bookings_team.index", _l("Plekken")),
    ("checkin.index", _l("Aan de deur")),
    ("mailings_team.index", _l("Brieven")),
    ("outbox_team.index", _l("Post")),
    ("members_team.index", _l("Team")),
    ("team.audit", _l("Logboek")),
)


@dataclass(frozen=True)
class MenuItem:
    """One link in the menu."""

    endpoint: str
    label: str
    url: str
    is_here: bool


def team_navigation() -> list[MenuItem]:
    """Returns the areas that the signed-in member may open; none if nobody is signed in."""
    if not current_user.is_authenticated:
        return []
    items = (nav_item(endpoint, str(label)) for endpoint, label in _AREAS)
    return [item for item in items if item]


def nav_item(endpoint: str, label: str) -> MenuItem | None:
    """Returns a link to `endpoint`, or None if this member may not open it."""
    if not may_open(endpoint):
        return None
    url = url_for(endpoint)
    # An area is everything below its index, in whichever blueprints.
    is_below = endpoint.endswith(".index") and (request.script_root + request.path).startswith(url)
    return MenuItem(endpoint, label, url, request.endpoint == endpoint or is_below)

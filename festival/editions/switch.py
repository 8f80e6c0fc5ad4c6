"""The switch in the bar of the team's pages: which edition one works in, and which one is shown."""

from dataclasses import dataclass

from flask import Response, make_response, render_template, request
from flask_security import current_user

from festival.editions import queries
from festival.editions.addresses import NoCurrentEdition, NoEditionYet, chosen_edition
from festival.editions.models import Edition
from festival.web import faults


@dataclass(frozen=True)
class EditionSwitch:
    """What the bar says about editions."""

    editions: list[Edition]
    here: Edition  # of this page
    chosen: Edition  # of the pages in the menu
    current: Edition | None  # what visitors see

    def called(self, edition: Edition) -> str:
        """Returns the name of the edition, with its year where the name has none."""
        name, year = edition.name.text(), str(edition.starts_on.year)
        return name if year in name else f"{name} ({year})"


def edition_switch(edition: Edition | None) -> EditionSwitch | None:
    """Returns the switch for a page about `edition`; None where there is no choice.

    Without an edition of its own, a page gets the proxy of the current one, and says nothing.
    """
    if not current_user.is_authenticated:
        return None
    editions = queries.all_editions()
    chosen = chosen_edition()
    if len(editions) < 2 or chosen is None:
        return None
    by_slug = {each.slug: each for each in editions}
    here = by_slug.get(_slug_in_address()) or _own(edition)
    current = next((each for each in editions if each.is_current), None)
    return EditionSwitch(editions, here or chosen, chosen, current)


def no_edition(refusal: NoEditionYet) -> Response:
    """Answers a page of the team that needs an edition with where to make one."""
    if faults.wants_json():
        return faults.refused(refusal)
    page = render_template(
        "editions/none_yet.html",
        refusal=refusal,
        is_made=isinstance(refusal, NoCurrentEdition),
    )
    return make_response(page, refusal.status)


def _own(edition: object) -> Edition | None:
    return edition if type(edition) is Edition else None


def _slug_in_address() -> str:
    values = request.view_args or {}
    return str(values.get("edition_slug") or "") or (
        str(values.get("slug") or "") if request.blueprint == "editions_team" else ""
    )

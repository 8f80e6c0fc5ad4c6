"""From an empty edition to open doors: what an organiser does first, and how far that is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Exists, exists, select

from festival.db import db
from festival.editions.models import Edition
from festival.programme.models.places import Stage
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session
from festival.team.access import may_open
from festival.tickets import small_business
from festival.tickets.models import Pool, TicketType


@dataclass(frozen=True)
class ChecklistStep:
    """One step. `url` is '' where this member may not take it, or nobody can yet."""

    words: str
    url: str
    state: str  # done, next or later


def checklist(edition: Edition | None, *, now: datetime) -> list[ChecklistStep]:
    """Returns the steps; none when all are done, the festival has begun, or others take them."""
    if edition and now >= edition.day_begins(edition.starts_on):
        return []
    done = _done(edition, now=now)
    if all(done.values()):
        return []
    following = next(name for name, is_done in done.items() if not is_done)
    steps = [
        ChecklistStep(
            words,
            _url(endpoint, edition, **values),
            "done" if done[name] else "next" if name == following else "later",
        )
        for name, words, endpoint, values in _steps(edition)
    ]
    return steps if any(step.url for step in steps if step.state != "done") else []


def _steps(edition: Edition | None) -> list[tuple[str, str, str, dict[str, str]]]:
    slug = edition.slug if edition else ""
    made = ("editions_team.edit", {"slug": slug}) if edition else ("editions_team.create", {})
    programme = {"edition_slug": slug}
    return [
        ("edition", _("Maak de editie: naam, dagen en plek"), *made),
        ("stages", _("Voeg podia toe"), "scheduling_team.stages", programme),
        ("types", _("Maak kaartsoorten"), "tickets_team.index", {}),
        ("vat", _("Stel de btw in"), "vat_team.index", {}),
        ("session", _("Maak het eerste onderdeel"), "scheduling_team.sessions", programme),
        ("release", _("Publiceer het programma"), "releases_team.publish", programme),
        ("current", _("Laat bezoekers de editie zien"), "editions_team.index", {}),
        ("sale", _("Open de verkoop van kaartjes"), "tickets_team.index", {}),
    ]


def _url(endpoint: str, edition: Edition | None, **values: Any) -> str:
    is_possible = edition is not None or endpoint == "editions_team.create"
    return url_for(endpoint, **values) if is_possible and may_open(endpoint) else ""


def _done(edition: Edition | None, *, now: datetime) -> dict[str, bool]:
    names = ("edition", "stages", "types", "vat", "session", "release", "current", "sale")
    if edition is None:
        return dict.fromkeys(names, False)

    def has(
        model: type[Stage | TicketType | Session | Release], *where: ColumnElement[bool]
    ) -> Exists:
        return exists().where(model.edition_id == edition.id, *where)

    row = db.session.execute(
        select(
            has(Stage),
            has(TicketType),
            has(TicketType, TicketType.price_cents > 0, TicketType.vat_category == ""),
            has(Session),
            has(Release, Release.kind == "release"),
            # Who still prepares may have put the beginning in the future: that is not open yet.
            # Nor is one of a pool without any tickets: visitors would read that all are sold.
            has(
                TicketType,
                TicketType.sale_from <= now,
                TicketType.sale_until > now,
                TicketType.pool.has(Pool.capacity > 0),
            ),
        )
    ).one()
    stages, types, lacks_vat, session, release, sale = map(bool, row)
    # In a year of the small business scheme there is nothing to choose.
    vat = types and (not lacks_vat or small_business.applies(edition.local(now).date()))
    is_current = edition.is_current
    done = (True, stages, types, vat, session, release, is_current, sale and is_current)
    return dict(zip(names, done, strict=True))

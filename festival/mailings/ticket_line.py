"""Mailings to people in line for tickets that are sold out."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, Subquery, false, or_, select

from festival.db import db
from festival.editions.models import Edition
from festival.mailings import filters
from festival.mailings.audiences import Audience, Recipient
from festival.mailings.criteria import Criteria
from festival.mailings.filters import Filter
from festival.tickets import queries as tickets
from festival.tickets.models import TicketType
from festival.tickets.waiting.models import TicketWait

KEY = "ticket_line"


def people(edition: Edition, criteria: Criteria) -> Subquery:
    """Returns a query of the addresses of those in line, or with an offer that is open."""
    query = _chosen(edition, criteria).with_only_columns(
        TicketWait.email.label("address"),
        TicketWait.language.label("language"),
        TicketWait.joined_at.label("at"),
        TicketWait.id.label("id"),
    )
    return query.subquery()


def recipients(edition: Edition, criteria: Criteria, addresses: Sequence[str]) -> list[Recipient]:
    """Returns these addresses with the name that they were last given in, in their order."""
    rows = db.session.scalars(
        _chosen(edition, criteria)
        .where(TicketWait.email.in_(addresses))
        .with_only_columns(TicketWait)
        .order_by(TicketWait.joined_at, TicketWait.id)
    )
    latest = {row.email: row for row in rows}
    return [
        Recipient(to, latest[to].name, latest[to].language, rows=(latest[to],))
        for to in addresses
        if to in latest
    ]


def why(edition: Edition, _kind: str) -> object:
    """Returns why somebody in line gets a letter."""
    return _(
        "Je krijgt deze mail omdat je op de wachtlijst staat voor kaartjes voor %(festival)s.",
        festival=edition.name,
    )


def _chosen(edition: Edition, criteria: Criteria) -> Select[Any]:
    return (
        select(TicketWait.id)
        .join(TicketWait.type)
        .where(
            TicketType.edition_id == edition.id,
            TicketWait.ended_at.is_(None),
            TicketWait.confirmed_at.is_not(None),
            *filters.conditions(KEY, edition, criteria),
        )
    )


def _types(edition: Edition) -> list[tuple[str, str]]:
    return [(each.slug, str(each.name)) for each in tickets.ticket_types(edition)]


def _for_type(_edition: Edition, slugs: Collection[str]) -> ColumnElement[bool]:
    return TicketType.slug.in_(slugs)


def _states(_edition: Edition) -> list[tuple[str, str]]:
    return [("waiting", _("Wacht nog")), ("offered", _("Kan nu bestellen"))]


def _in_state(_edition: Edition, chosen: Collection[str]) -> ColumnElement[bool]:
    of = {
        "waiting": TicketWait.offered_at.is_(None),
        "offered": TicketWait.offered_at.is_not(None),
    }
    return or_(false(), *(of[each] for each in chosen if each in of))


AUDIENCE = Audience(KEY, _l("Mensen op de wachtlijst voor kaartjes"), people, recipients, why)
FILTERS = (
    Filter("line_type", _l("Kaartsoort waarop iemand wacht"), _types, _for_type, KEY),
    Filter("line_state", _l("Hoe ver iemand is"), _states, _in_state, KEY),
)

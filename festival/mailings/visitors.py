"""Mailings to people with tickets: who they are, and the filters that choose among them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    false,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import contains_eager, joinedload

from festival.bookings.models import Booking, WaitingListEntry
from festival.db import EmailAddress, db
from festival.editions import dates
from festival.editions.models import Edition, EditionDay
from festival.mailings import filters
from festival.mailings.audiences import VISITORS, Audience, Recipient
from festival.mailings.criteria import Criteria
from festival.mailings.filters import PAYMENT, Filter
from festival.programme.models.sessions import Session, Slot
from festival.sorting import title_key
from festival.tickets import queries as tickets
from festival.tickets.extras import queries as extras
from festival.tickets.extras.models import Extra, OrderedExtra
from festival.tickets.models import Order, Ticket, TicketType, day_of_type

AT_FIRST: Criteria = {PAYMENT: ["paid"]}  # of a new mailing


def people(edition: Edition, criteria: Criteria) -> Subquery:
    """Returns a query of the addresses to which the chosen tickets belong."""
    query = _chosen(edition, criteria).with_only_columns(
        _address(criteria).label("address"),
        Order.language.label("language"),
        Order.placed_at.label("at"),
        Order.id.label("id"),
    )
    return query.subquery()


def recipients(edition: Edition, criteria: Criteria, addresses: Sequence[str]) -> list[Recipient]:
    """Returns these addresses with their tickets and name, in their order."""
    address = _address(criteria)
    rows = db.session.execute(
        _chosen(edition, criteria)
        .where(address.in_(addresses))
        .with_only_columns(address, Ticket)
        .order_by(Order.placed_at, Order.id, Ticket.id)
        .options(
            contains_eager(Ticket.order),
            joinedload(Ticket.type, innerjoin=True).selectinload(TicketType.days),
        )
    ).all()
    held: dict[str, list[Ticket]] = defaultdict(list)
    for to, ticket in rows:
        held[to].append(ticket)
    return [_recipient(to, held[to]) for to in addresses if to in held]


def why(edition: Edition, kind: str) -> object:
    """Returns why somebody with a ticket gets a letter."""
    if kind == "invitation":
        return _(
            "Je krijgt deze uitnodiging omdat op dit adres kaartjes voor %(festival)s staan "
            "of stonden.",
            festival=edition.name,
        )
    return _(
        "Je krijgt deze mail omdat op dit adres kaartjes voor %(festival)s staan.",
        festival=edition.name,
    )


def _fields(criteria: Criteria) -> tuple[str, ...]:
    return ("kaartjes", "bestelling") if filters.is_for_buyers(criteria) else ("kaartjes",)


def _recipient(address: str, held: Sequence[Ticket]) -> Recipient:
    latest = held[-1]
    own = [ticket.order for ticket in held if ticket.order.email == address]
    name = own[-1].name if own else latest.holder_name
    return Recipient(address, name, latest.order.language, tuple(held))


def _chosen(edition: Edition, criteria: Criteria) -> Select[Any]:
    """Returns a query of the tickets that a mailing is about, joined with their orders."""
    return (
        select(Ticket.id)
        .join(Ticket.order)
        .where(
            Order.edition_id == edition.id,
            tickets.LIVE,
            Ticket.released_at.is_(None),
            _address(criteria) != "",  # some orders by hand have none
            *filters.conditions(VISITORS, edition, criteria),
        )
    )


def _address(criteria: Criteria) -> ColumnElement[str]:
    if filters.is_for_buyers(criteria):
        return type_coerce(Order.email, EmailAddress)
    holders = case((Ticket.holder_email != "", Ticket.holder_email), else_=Order.email)
    return type_coerce(holders, EmailAddress)


def _types(edition: Edition) -> list[tuple[str, str]]:
    return [(each.slug, str(each.name)) for each in tickets.ticket_types(edition)]


def _of_type(_edition: Edition, slugs: Collection[str]) -> ColumnElement[bool]:
    return Ticket.type.has(TicketType.slug.in_(slugs))


def _days(edition: Edition) -> list[tuple[str, str]]:
    return [(str(day), dates.day(day)) for day in edition.days]


def _on_day(edition: Edition, isos: Collection[str]) -> ColumnElement[bool]:
    chosen = [day for day in edition.days if str(day) in isos]
    return Ticket.type_id.in_(
        select(day_of_type.c.type_id)
        .join(EditionDay, EditionDay.id == day_of_type.c.day_id)
        .where(EditionDay.edition_id == edition.id, EditionDay.held_on.in_(chosen))
    )


def _booked(edition: Edition) -> list[tuple[str, str]]:
    """Returns the sessions in which somebody has a place."""
    return _titled(edition, select(Slot.session_id).join(Booking).where(_HAS_PLACE))


def _in_session(edition: Edition, slugs: Collection[str]) -> ColumnElement[bool]:
    booked = select(Booking.ticket_id).join(Booking.slot).join(Slot.session)
    return Ticket.id.in_(booked.where(_HAS_PLACE, *_named(edition, slugs)))


def _waited_for(edition: Edition) -> list[tuple[str, str]]:
    """Returns the sessions for which somebody is in line."""
    query = select(Slot.session_id).join(WaitingListEntry, WaitingListEntry.slot_id == Slot.id)
    return _titled(edition, query.where(_WAITS))


def _in_line(edition: Edition, slugs: Collection[str]) -> ColumnElement[bool]:
    line = select(WaitingListEntry.ticket_id).join(WaitingListEntry.slot).join(Slot.session)
    return Ticket.id.in_(line.where(_WAITS, *_named(edition, slugs)))


def _titled(edition: Edition, ids: Select[int]) -> list[tuple[str, str]]:
    rows = db.session.scalars(
        select(Session).where(Session.edition_id == edition.id, Session.id.in_(ids))
    )
    titled = sorted(rows, key=lambda row: title_key(str(row.title)))
    return [(row.slug, str(row.title)) for row in titled]


def _named(edition: Edition, slugs: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return Session.edition_id == edition.id, Session.slug.in_(slugs)


def _extras(edition: Edition) -> list[tuple[str, str]]:
    return [(each.slug, str(each.name)) for each in extras.extras(edition)]


def _has_extra(edition: Edition, slugs: Collection[str]) -> ColumnElement[bool]:
    return exists().where(
        OrderedExtra.extra_id == Extra.id,
        OrderedExtra.released_at.is_(None),
        Extra.edition_id == edition.id,
        Extra.slug.in_(slugs),
        or_(
            OrderedExtra.ticket_id == Ticket.id,
            and_(OrderedExtra.ticket_id.is_(None), OrderedExtra.order_id == Ticket.order_id),
        ),
    ).correlate(Ticket)  # fmt: skip


def _payments(_edition: Edition) -> list[tuple[str, str]]:
    return [("paid", _("Betaald of gratis")), ("unpaid", _("Nog niet betaald"))]


def _is_paid(_edition: Edition, chosen: Collection[str]) -> ColumnElement[bool]:
    of = {"paid": Order.confirmed_at.is_not(None), "unpaid": Order.confirmed_at.is_(None)}
    return or_(false(), *(of[each] for each in chosen if each in of))


_HAS_PLACE = Booking.cancelled_at.is_(None)
_WAITS = WaitingListEntry.left_at.is_(None)

AUDIENCE = Audience(
    VISITORS,
    _l("Mensen met een kaartje"),
    people,
    recipients,
    why,
    _fields,
    AT_FIRST,
)
FILTERS = (
    Filter(PAYMENT, _l("Betaling"), _payments, _is_paid),
    Filter("type", _l("Kaartsoort"), _types, _of_type),
    Filter("day", _l("Dag waarop het kaartje geldt"), _days, _on_day),
    Filter("session", _l("Plek in een onderdeel"), _booked, _in_session),
    Filter("waiting", _l("Op de wachtlijst van een onderdeel"), _waited_for, _in_line),
    Filter("extra", _l("Besteld bij het kaartje"), _extras, _has_extra),
)

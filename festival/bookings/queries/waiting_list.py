"""Tickets that wait for a place, and their position in line."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, joinedload

from festival.bookings.models import Booking, WaitingListEntry
from festival.bookings.queries.held_places import codes_by_ticket, of_slot
from festival.db import db
from festival.editions.models import Edition
from festival.programme.models.sessions import Session, Slot
from festival.tickets.models import Ticket


def is_waited_for(slot_id: "int | InstrumentedAttribute[int]") -> ColumnElement[bool]:
    """SQL: whether a ticket is in line that was not passed over, so that free places are for it."""
    entry = _other_entry()
    return (
        select(entry.id)
        .where(entry.slot_id == slot_id, entry.left_at.is_(None), entry.passed_over_at.is_(None))
        .exists()
    )


class PlaceInLine(NamedTuple):
    """A slot for which a ticket waits."""

    slot: Slot
    position: int  # 1: next
    waiting: int  # how many are in line
    instead_of: Slot | None  # the slot whose place is given back for it


def waiting_of(ticket: Ticket, *, now: datetime) -> list[PlaceInLine]:
    """Returns the slots for which `ticket` waits, by start, until booking closes; cancelled too."""
    found = []
    for entry, number, waiting in db.session.execute(_waiting(), {"ticket_id": ticket.id}):
        if now < entry.slot.booking_closes_at:
            swap = entry.swap_booking
            instead_of = swap.slot if swap and swap.cancelled_at is None else None
            found.append(PlaceInLine(entry.slot, number + 1, waiting, instead_of))
    return found


@cache  # every page of a ticket uses it, and building it takes longer than running it
def _waiting() -> Select[WaitingListEntry, int, int]:
    other = aliased(WaitingListEntry)
    before = (
        select(func.count())
        .select_from(other)
        .where(
            other.slot_id == WaitingListEntry.slot_id,
            other.left_at.is_(None),
            tuple_(other.joined_at, other.id)
            < tuple_(WaitingListEntry.joined_at, WaitingListEntry.id),
        )
        .scalar_subquery()
    )
    return (
        select(WaitingListEntry, before, count_in_line(Slot.id))
        .join(WaitingListEntry.slot)
        .join(Slot.session)
        .where(
            WaitingListEntry.ticket_id == bindparam("ticket_id"),
            WaitingListEntry.left_at.is_(None),
            Slot.state != "dropped",
            # A ticket that was passed over may have booked since; fill_slot removes it later.
            ~_has_a_place(),
        )
        .options(
            contains_eager(WaitingListEntry.slot).options(*of_slot()),
            joinedload(WaitingListEntry.swap_booking)
            .joinedload(Booking.slot, innerjoin=True)
            .joinedload(Slot.session, innerjoin=True),
        )
        .order_by(Slot.starts_at, Slot.id)
    )


def slots_to_fill(*, now: datetime) -> list[int]:
    """Returns the ids of slots with free places that can still be booked and have a line."""
    slots = db.session.scalars(
        select(Slot)
        .join(Slot.session)
        .where(
            Slot.state == "scheduled",
            Slot.is_full.is_(False),
            Slot.taken < Slot.places,
            Slot.starts_at > now,
            count_in_line(Slot.id) > 0,
        )
        .options(contains_eager(Slot.session).joinedload(Session.edition, innerjoin=True))
        .order_by(Slot.id)
    )
    return [slot.id for slot in slots if now < slot.booking_closes_at]


def lengths_of_lines(edition: Edition) -> dict[int, int]:
    """Returns how many are in line, by slot id, for each slot of the edition that has a line.

    Slots that were taken off the programme are left out: nobody gets a place there.
    """
    rows = db.session.execute(
        select(WaitingListEntry.slot_id, func.count())
        .join(WaitingListEntry.slot)
        .join(Slot.session)
        .where(
            Session.edition_id == edition.id,
            Slot.is_public,
            Slot.state != "dropped",
            WaitingListEntry.left_at.is_(None),
        )
        .group_by(WaitingListEntry.slot_id)
    )
    return {slot_id: number for slot_id, number in rows}  # noqa: C416  rows are no pairs to mypy


def who_waits(session: Session) -> dict[int, list[Ticket]]:
    """Returns the tickets in line for each slot of `session` by slot id, longest waiting first."""
    who: dict[int, list[Ticket]] = {slot.id: [] for slot in session.all_slots}
    for entry in db.session.scalars(
        select(WaitingListEntry)
        .where(
            WaitingListEntry.slot_id.in_(who),
            WaitingListEntry.left_at.is_(None),
            ~_has_a_place(),
        )
        .options(
            joinedload(WaitingListEntry.ticket, innerjoin=True).joinedload(
                Ticket.type, innerjoin=True
            )
        )
        .order_by(WaitingListEntry.joined_at, WaitingListEntry.id)
    ):
        who[entry.slot_id].append(entry.ticket)
    return who


def waits_of(ticket_ids: Iterable[int]) -> list[WaitingListEntry]:
    """Returns what these tickets stand in line for, by start; slot, session and stage loaded."""
    return list(
        db.session.scalars(
            select(WaitingListEntry)
            .join(WaitingListEntry.slot)
            .join(Slot.session)
            .options(contains_eager(WaitingListEntry.slot).options(*of_slot()))
            .where(
                WaitingListEntry.ticket_id.in_(list(ticket_ids)),
                WaitingListEntry.left_at.is_(None),
            )
            .order_by(Slot.starts_at, WaitingListEntry.id)
        )
    )


def who_waits_for(codes: Collection[str]) -> dict[Ticket, list[str]]:
    """Returns the tickets in line for these slots and the codes of those; order loaded."""
    rows = db.session.execute(
        select(Ticket, Slot.code)
        .join(WaitingListEntry, WaitingListEntry.ticket_id == Ticket.id)
        .join(Slot, Slot.id == WaitingListEntry.slot_id)
        .where(
            Slot.code.in_(codes),
            WaitingListEntry.left_at.is_(None),
            Ticket.released_at.is_(None),
            ~_has_a_place(),
        )
        .options(joinedload(Ticket.order, innerjoin=True))
        .order_by(Ticket.id, Slot.starts_at)
    )
    return codes_by_ticket(rows)


def count_in_line(slot_id: "int | InstrumentedAttribute[int]") -> ScalarSelect[int]:
    """SQL: how many are in line for the slot, tickets that were passed over too."""
    entry = _other_entry()
    return (
        select(func.count())
        .select_from(entry)
        .where(entry.slot_id == slot_id, entry.left_at.is_(None))
        .scalar_subquery()
    )


@cache  # an alias takes longer to make than the rest of a statement
def _other_entry() -> type[WaitingListEntry]:
    return aliased(WaitingListEntry)


def _has_a_place() -> ColumnElement[bool]:
    """SQL: whether the ticket of an entry has a place in its slot after all."""
    return (
        select(Booking.id)
        .where(
            Booking.ticket_id == WaitingListEntry.ticket_id,
            Booking.slot_id == WaitingListEntry.slot_id,
            Booking.cancelled_at.is_(None),
        )
        .exists()
    )

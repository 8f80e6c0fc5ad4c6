"""Letting people in: a ticket is admitted once a day, however many phones scan it at once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager, joinedload

from festival import codes
from festival.checkin import queries
from festival.checkin.models import Device, Gate, Scan, one_gate_per_slug
from festival.db import change_one, db, insert_once, insert_unless_there, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.team import audit
from festival.tickets import changes, ticket_qr
from festival.tickets.models import Order, Ticket

UNDO_WITHIN = timedelta(minutes=15)
# A device's clock decides nothing beyond this on either side: one that is a day behind would admit
# a ticket twice. A reading made offline says how old it is, which needs no clock that is right.
CLOCK_OFF_BY = timedelta(minutes=2)
OLDEST_READING = timedelta(hours=12)
_READ_AT_MOST = 300  # characters kept of what was read


class CannotUndo(Refusal):
    """Deze scan is niet meer terug te draaien. Dat kan één keer, tot een kwartier erna."""


class GateExists(Refusal):
    """Er is al een ingang met deze naam in het adres. Kies een andere."""


class CodeOfOrder(Refusal):
    """Dit is de code van een bestelling. Kies het kaartje van wie er voor je staat."""


@dataclass(frozen=True)
class ScanReading:
    """What a device read: the text, how, with which nonce, and when.

    `scanned_at` is on the device's clock, corrected by our answers; `age` is how long ago it was
    when the device sent it, measured without that clock (None: not said).
    """

    text: str
    method: str  # "camera", "typed" or "name"
    nonce: str  # made by the device, the same each time it sends this reading
    scanned_at: datetime
    age: timedelta | None = None


@transactional
def scan(
    gate: Gate, device: Device, reading: ScanReading, *, member_id: int | None, now: datetime
) -> Scan:
    """Decide whether one reading at `gate` is admitted, and store it as a scan either way.

    The same reading sent again returns the first scan. Refuses with CodeOfOrder what was typed from
    an order, or its payment reference: it is of no single ticket.
    """
    scanned_at = _when(reading, now)
    ticket, outcome = _look_up(gate, reading)
    is_typed = ticket is None and reading.method == "typed"
    if is_typed and queries.has_order(gate.edition_id, reading.text):
        raise CodeOfOrder
    day = None
    if ticket is not None and outcome == "admitted":
        day = day_admitted(gate, ticket, scanned_at)
        outcome = "admitted" if day else "wrong_day"
    return _keep(
        gate_id=gate.id,
        device_id=device.id,
        nonce=reading.nonce,
        ticket_id=ticket.id if ticket else None,
        read=reading.text[:_READ_AT_MOST],
        method=reading.method,
        outcome=outcome,
        is_practice=gate.is_practice,
        admitted_on=day,
        scanned_at=scanned_at,
        received_at=now,
        member_id=member_id,
    )


@transactional
def undo_scan(scan: Scan, *, now: datetime) -> None:
    """Undo a scan that let somebody in. Their ticket can be admitted again.

    Refuses with CannotUndo if it let nobody in, was undone already or is older than UNDO_WITHIN.
    """
    if not change_one(
        update(Scan)
        .where(
            Scan.id == scan.id,
            Scan.outcome == "admitted",
            Scan.undone_at.is_(None),
            Scan.received_at > now - UNDO_WITHIN,
        )
        .values(undone_at=now)
    ):
        raise CannotUndo


@transactional
def register_device(name: str, *, now: datetime) -> Device:
    """Register a phone of the crew and give it a token."""
    device = Device(token=codes.secret(), name=name, first_seen_at=now)
    db.session.add(device)
    db.session.flush()
    return device


@transactional
def add_gate(edition: Edition, *, name: str, slug: str, is_practice: bool, now: datetime) -> Gate:
    """Add a gate. Refuses with GateExists if the edition has one with this slug."""
    gate = Gate(edition=edition, name=name, slug=slug, is_practice=is_practice)
    insert_once(gate, unique=one_gate_per_slug, refusal=GateExists())
    audit.record("add_gate", name, now=now)
    return gate


def _when(reading: ScanReading, now: datetime) -> datetime:
    """Returns when it was read, on our clock: by its age, or by a clock that is nearly right."""
    if reading.age is not None and timedelta() <= reading.age <= OLDEST_READING:
        return now - reading.age
    is_right = now - CLOCK_OFF_BY <= reading.scanned_at <= now + CLOCK_OFF_BY
    return reading.scanned_at if is_right else now


def _look_up(gate: Gate, reading: ScanReading) -> tuple[Ticket | None, str]:
    """Returns the ticket that was read, and the outcome without a look at the day."""
    pass_id = code = ""
    try:
        pass_id = ticket_qr.read(reading.text).pass_id
        what = Ticket.pass_id == pass_id
    except ticket_qr.ForgedTicketQr:
        return None, "forged"
    except ticket_qr.NotATicketQr:
        if reading.method == "camera":
            return None, "unknown"
        code = codes.tidy(reading.text)
        what = Ticket.code == code
    ticket = db.session.scalar(
        select(Ticket)
        .join(Ticket.order)
        .options(contains_eager(Ticket.order).joinedload(Order.edition), joinedload(Ticket.type))
        .where(what)
        # Whoever cancels or hands on this ticket waits until this scan is kept, and sees it.
        .with_for_update(read=True, of=Ticket)
    )
    if ticket is None:  # whoever handed it on has committed by now
        former = changes.ticket_before(pass_id=pass_id, code=code)
        return former, "handed_on" if former else "unknown"
    if ticket.order.edition_id != gate.edition_id:
        return ticket, "wrong_edition"
    if ticket.released_at or ticket.order.state in {"lapsed", "cancelled"}:
        return ticket, "released"
    return ticket, "admitted" if ticket.is_valid else "not_paid"


def day_admitted(gate: Gate, ticket: Ticket, scanned_at: datetime) -> date | None:
    """Returns the festival day for which the ticket admits its holder; None if it does not."""
    days = ticket.type.admits_on
    if gate.is_practice:  # the crew practises before the festival starts
        return days[0] if days else None
    today = ticket.order.edition.day_of(scanned_at)
    return today if today in days else None


def _keep(**answer: Any) -> Scan:
    """Insert the scan, or return the one that this reading made before.

    If the ticket was admitted today already, the outcome becomes `already_in`. Only the insert
    shows this: the database decides. Another text with the same nonce is another reading: without
    JavaScript, the browser's back button leads to a form whose nonce was used.
    """
    kept = insert_unless_there(Scan, answer)
    if kept is not None:
        return kept
    kept = queries.scan_of(answer["device_id"], answer["nonce"])
    if kept is None:
        return _keep(**answer | {"outcome": "already_in", "admitted_on": None})
    if kept.read != answer["read"]:
        digest = blake2b(answer["read"].encode(), digest_size=6).hexdigest()
        return _keep(**answer | {"nonce": f"{answer['nonce']}-{digest}"})
    return kept

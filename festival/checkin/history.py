"""What happened to an order at the door."""

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from festival.checkin.models import Scan
from festival.checkin.words import outcome_words
from festival.db import db
from festival.tickets.history import HistoryLine, name_of
from festival.tickets.models import Order


def of_order(order: Order) -> Iterator[HistoryLine]:
    """Returns every scan of its tickets that was no exercise."""
    names = {ticket.id: ticket.holder_name for ticket in order.tickets}
    scans = db.session.scalars(
        select(Scan)
        .options(joinedload(Scan.gate, innerjoin=True), joinedload(Scan.member))
        .where(Scan.ticket_id.in_(names), Scan.is_practice.is_(False))
        .order_by(Scan.id)
    )
    words = outcome_words()
    for scan in scans:
        assert scan.ticket_id is not None
        sentence = _(
            "Kaartje van %(name)s gescand bij %(gate)s: %(outcome)s.",
            name=names[scan.ticket_id],
            gate=scan.gate.name,
            outcome=words[scan.outcome],
        )
        yield HistoryLine(scan.scanned_at, sentence, name_of(scan.member))
        if scan.undone_at:
            undone = _("De scan van %(name)s werd teruggedraaid.", name=names[scan.ticket_id])
            yield HistoryLine(scan.undone_at, undone)

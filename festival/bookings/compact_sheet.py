"""Tickets on as little paper as can be: ten on an A4, each with its QR code and name, to cut apart.

In the measures of templates/pdf/compact.css.
"""

from collections.abc import Sequence
from typing import NamedTuple

from festival import qr, text_metrics
from festival.editions import dates
from festival.text import unlinked
from festival.text_metrics import Fitted
from festival.tickets import ticket_qr
from festival.tickets.models import Ticket
from festival.web import languages

ACROSS, DOWN = 2, 5
# Of one ticket, and of the texts beside its QR code, in millimetres.
WIDE, HIGH = 99.0, 57.0
_EDGE, _TEXT = 6.0, 49.0
_EDITION_MM, _NAME_MM, _TYPE_MM, _DAYS_MM = 4.6, 21.0, 8.4, 7.6
_NAME_SIZES = (20, 18, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5)
_EDITION_SIZES = (8.5, 8, 7.5, 7, 6, 5, 4)
_TYPE_SIZES = (10, 9, 8, 7, 6, 5)
_DAYS_SIZES = (8.5, 8, 7, 6, 5)


class CompactTicket(NamedTuple):
    """One ticket: where it lies on its sheet, in millimetres, and what is printed on it."""

    left: float
    top: float
    qr: str
    code: str
    edition: Fitted
    name: Fitted
    type: Fitted
    days: Fitted


def pages_of(tickets: Sequence[Ticket]) -> list[list[CompactTicket]]:
    """Returns what is printed on each sheet, in the current language."""
    most = ACROSS * DOWN
    return [
        [_ticket(each, place) for place, each in enumerate(tickets[start : start + most])]
        for start in range(0, len(tickets), most)
    ]


def _ticket(ticket: Ticket, place: int) -> CompactTicket:
    down, across = divmod(place, ACROSS)
    edition = ticket.order.edition
    days = dates.days(ticket.type.admits_on)
    return CompactTicket(
        left=_EDGE + across * WIDE,
        top=_EDGE + down * HIGH,
        qr=qr.data_url(ticket_qr.address(ticket)),
        code=ticket.code,
        edition=_fitted(edition.name.text(), "bold", _EDITION_MM, _EDITION_SIZES, 1.2),
        name=_fitted(unlinked(ticket.holder_name), "title", _NAME_MM, _NAME_SIZES, 1.0),
        type=_fitted(ticket.type.name.text(), "display", _TYPE_MM, _TYPE_SIZES, 1.1),
        days=_fitted(days, "text", _DAYS_MM, _DAYS_SIZES, 1.2),
    )


def _fitted(text: str, font: str, height: float, sizes: Sequence[float], leading: float) -> Fitted:
    return text_metrics.fit(
        text,
        font,
        width=_TEXT,
        height=height,
        sizes=sizes,
        leading=leading,
        language=languages.current(),
    )

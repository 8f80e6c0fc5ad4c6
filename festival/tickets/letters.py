"""Letters about tickets. Each address gets one letter, with all the tickets that go to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from festival.editions import dates
from festival.editions.models import Edition
from festival.mail import rules as mail
from festival.mail.models import Attachment
from festival.tickets.models import Order, Ticket
from festival.web import languages

# Per ticket id the places taken on it, in words: they belong to the capability above this one.
Places = Mapping[int, Sequence[str]]
NO_PLACES: Places = {}


@dataclass(frozen=True)
class TicketLine:
    """One ticket as a letter shows it."""

    name: str
    type_name: str
    days: str
    code: str
    email: str  # where it went; '' : to the reader
    url: str  # the holder's own link; '' where it is not the reader's
    places: tuple[str, ...]  # where this ticket has a place, each in a line


def order_confirmed(order: Order, *, places: Places = NO_PLACES, now: datetime) -> None:
    """Here are your tickets: to who ordered, and to each holder with an address of their own."""
    tickets_to_all("tickets/order_confirmed", order, places=places, now=now)


def tickets_to_all(
    overview: str, order: Order, *, places: Places = NO_PLACES, now: datetime, **values: Any
) -> None:
    """Letter `overview` to who ordered, about all tickets; to the other holders about theirs."""
    language = order.language
    with languages.speaking(language):
        lines = ticket_lines(order, order.email, places)
    mail.queue(
        overview,
        to=order.email,
        language=language,
        now=now,
        attachments=_attached(order, order.email),
        order_url=order_url(order, language),
        edition=order.edition,
        order=order,
        lines=lines,
        **values,
    )
    for email in sorted({line.email for line in lines} - {""}):
        with languages.speaking(language):
            own = [line for line in ticket_lines(order, email, places) if line.url]
        mail.queue(
            "tickets/your_tickets",
            to=email,
            language=language,
            now=now,
            attachments=_attached(order, email),
            edition=order.edition,
            order=order,
            lines=own,
        )


def tickets_again(
    edition: Edition, email: str, orders: Sequence[Order], *, language: str, now: datetime
) -> None:
    """All that `email` ordered or holds: links, and the tickets themselves where they are valid."""
    with languages.speaking(language):
        per_order = [
            {
                "order": order,
                "url": order_url(order, language) if order.email == email else "",
                "lines": [
                    line for line in ticket_lines(order, email) if line.url or order.email == email
                ],
            }
            for order in orders
        ]
    mail.queue(
        "tickets/tickets_again",
        to=email,
        language=language,
        now=now,
        attachments=[file for order in orders for file in _attached(order, email)],
        edition=edition,
        per_order=per_order,
    )


def order_url(order: Order, language: str) -> str:
    """The order's own page."""
    return languages.url_in(language, "payments.order", secret=order.secret)


def ticket_lines(order: Order, reader: str, places: Places = NO_PLACES) -> list[TicketLine]:
    """The live tickets of `order` as `reader` may see them, in the language spoken now."""
    return [
        TicketLine(
            name=ticket.holder_name,
            type_name=str(ticket.type.name),
            days=dates.days(ticket.type.admits_on),
            code=ticket.code,
            email="" if ticket.email == reader else ticket.email,
            url=languages.url_in(languages.current(), "bookings.ticket", secret=ticket.secret)
            if ticket.email == reader
            else "",
            places=tuple(places.get(ticket.id, ())),
        )
        for ticket in live_tickets(order)
    ]


def live_tickets(order: Order) -> list[Ticket]:
    """The tickets of `order` that were not given back."""
    return [ticket for ticket in order.tickets if ticket.released_at is None]


def _attached(order: Order, email: str) -> list[Attachment]:
    """The PDF with all tickets of `order` that go to `email`, once they are valid."""
    if order.state != "confirmed" or not any(t.email == email for t in live_tickets(order)):
        return []
    return [Attachment(kind="tickets_pdf", reference=f"{order.secret}|{email}")]

"""Letters about tickets. Each address gets one letter, with all the tickets that go to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from festival.editions import dates
from festival.editions.models import Edition
from festival.mail import rules as mail
from festival.mail.models import Attachment
from festival.tickets.models import BuyerMailbox, Order, Ticket
from festival.web import languages

# By ticket id, the places booked with it, in words. The capability above this one supplies them.
Places = Mapping[int, Sequence[str]]
NO_PLACES: Places = {}


@dataclass(frozen=True)
class TicketLine:
    """One ticket as a letter shows it."""

    name: str
    type_name: str
    days: str
    code: str
    email: str  # where it was sent; '' if to the reader
    url: str  # the holder's link; '' if the ticket is not the reader's
    places: tuple[str, ...]  # the places booked with it, one line each


def order_confirmed(order: Order, *, places: Places = NO_PLACES, now: datetime) -> None:
    """Send the tickets: all of them to the buyer, and theirs to holders with their own address."""
    tickets_to_all("tickets/order_confirmed", order, places=places, now=now)


def tickets_to_all(
    overview: str, order: Order, *, places: Places = NO_PLACES, now: datetime, **values: Any
) -> None:
    """Send the letter `overview` about all tickets to the buyer, and other holders their own."""
    language = order.language
    with languages.speaking(language):
        lines = ticket_lines(order, order.email, places)
    mail.queue(
        overview,
        to=order.email,
        language=language,
        now=now,
        about=(order,),
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
            about=(order,),
            attachments=_attached(order, email),
            edition=order.edition,
            order=order,
            lines=own,
        )


def tickets_again(
    edition: Edition, email: str, orders: Sequence[Order], *, language: str, now: datetime
) -> None:
    """Send `email` the links of all that it ordered or holds, with the valid tickets as PDFs."""
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
        about=orders,
        attachments=[file for order in orders for file in _attached(order, email)],
        edition=edition,
        per_order=per_order,
    )


def is_this_you(
    edition: Edition, email: str, mailbox: BuyerMailbox, *, language: str, now: datetime
) -> None:
    """Ask the owner of `email` to open a link, so that we know who wants so many tickets."""
    mail.queue(
        "tickets/is_this_you",
        to=email,
        language=language,
        now=now,
        about=(mailbox,),
        edition=edition,
        url=languages.url_in(language, "tickets.this_is_me", secret=mailbox.secret),
    )


def order_url(order: Order, language: str) -> str:
    """Returns the address of the order's page."""
    return languages.url_in(language, "payments.order", secret=order.secret)


def ticket_lines(order: Order, reader: str, places: Places = NO_PLACES) -> list[TicketLine]:
    """Returns the live tickets of `order` as the address `reader` may see them."""
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
            places=tuple(places.get(ticket.id, ())) if ticket.email == reader else (),
        )
        for ticket in live_tickets(order)
    ]


def live_tickets(order: Order) -> list[Ticket]:
    """Returns the tickets of `order` that were not given back."""
    return [ticket for ticket in order.tickets if ticket.released_at is None]


def _attached(order: Order, email: str) -> list[Attachment]:
    """Returns the PDF with the tickets of `order` for `email`; [] until they are valid."""
    if order.state != "confirmed" or not any(t.email == email for t in live_tickets(order)):
        return []
    return [Attachment(kind="tickets_pdf", reference=f"{order.secret}|{email}")]

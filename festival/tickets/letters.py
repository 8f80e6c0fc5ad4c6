"""Letters about tickets. Each address gets one letter, with all the tickets that go to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from festival.editions import dates
from festival.editions.models import Edition
from festival.mail import rules as mail
from festival.mail.models import Attachment
from festival.tickets import queries
from festival.tickets.extras.queries import of_orders, words_by_ticket
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
    extras: tuple[str, ...] = ()  # what was ordered with it
    besides: tuple[str, ...] = ()  # on the buyer's first line: what goes with the whole order
    qr: str = ""  # the id of the picture of its QR code in this letter; '' if it is not in it


def order_confirmed(order: Order, *, places: Places = NO_PLACES, now: datetime) -> None:
    """Send the tickets: all of them to the buyer, and theirs to holders with their own address.

    A buyer who had a free ticket of the same type already is told of it, and only here: the page
    says nothing about an address that anybody may have typed.
    """
    free = {ticket.type_id for ticket in order.tickets if not ticket.price_cents}
    first = queries.first_claim(order, free) if free else None
    first_url = order_url(first.order, order.language) if first else ""
    tickets_to_all("tickets/order_confirmed", order, places=places, now=now, first_url=first_url)


def tickets_to_all(
    overview: str, order: Order, *, places: Places = NO_PLACES, now: datetime, **values: Any
) -> None:
    """Send the letter `overview` about all tickets to the buyer, and other holders their own.

    Nobody is written to whose address we do not know.
    """
    language = order.language
    with languages.speaking(language):
        lines = ticket_lines(order, order.email, places)
    if order.email:  # else it was ordered by hand, or at the door
        mail.queue(
            overview,
            to=order.email,
            language=language,
            now=now,
            about=(order,),
            attachments=attached(order, order.email),
            order_url=order_url(order, language),
            edition=order.edition,
            order=order,
            lines=lines,
            **values,
        )
    for email in sorted({line.email for line in lines} - {""}):
        tickets_to_holder(order, email, places=places, now=now)


def tickets_to_holder(
    order: Order, email: str, *, places: Places = NO_PLACES, now: datetime
) -> None:
    """Send `email`, which is not the buyer's, the tickets of `order` that go there."""
    with languages.speaking(order.language):
        own = [line for line in ticket_lines(order, email, places) if line.url]
    mail.queue(
        "tickets/your_tickets",
        to=email,
        language=order.language,
        now=now,
        about=(order,),
        attachments=attached(order, email),
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
        attachments=[file for order in orders for file in attached(order, email)],
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


def picture_id(ticket: Ticket) -> str:
    """Returns the id of the picture of the ticket's QR code in a letter, as RFC 2392 writes it."""
    return f"qr-{ticket.code}@kaartje"


def ticket_lines(order: Order, reader: str, places: Places = NO_PLACES) -> list[TicketLine]:
    """Returns the live tickets of `order` as the address `reader` may see them."""
    extras = words_by_ticket(of_orders([order]))
    besides = extras.get(None, []) if reader == order.email else []
    return [
        replace(
            line,
            qr=picture_id(ticket) if line.url and ticket.is_valid else "",
            extras=tuple(extras.get(ticket.id, ())) if line.url else (),
            besides=tuple(besides) if number == 0 else (),
        )
        for number, ticket in enumerate(live_tickets(order))
        for line in [ticket_line(ticket, reader, places)]
    ]


def ticket_line(ticket: Ticket, reader: str, places: Places = NO_PLACES) -> TicketLine:
    """Returns a ticket as the address `reader` may see it, without the picture of its code."""
    is_own = ticket.email == reader
    link = languages.url_in(languages.current(), "bookings.ticket", secret=ticket.secret)
    return TicketLine(
        name=ticket.holder_name,
        type_name=str(ticket.type.name),
        days=dates.days(ticket.type.admits_on),
        code=ticket.code,
        email="" if is_own else ticket.email,
        url=link if is_own else "",
        places=tuple(places.get(ticket.id, ())) if is_own else (),
    )


def live_tickets(order: Order) -> list[Ticket]:
    """Returns the tickets of `order` that were not given back."""
    return [ticket for ticket in order.tickets if ticket.released_at is None]


def attached(order: Order, email: str) -> list[Attachment]:
    """Returns the PDF with the tickets of `order` for `email`, and the QR code of each.

    [] until they are valid.
    """
    own = [ticket for ticket in live_tickets(order) if ticket.email == email]
    if order.state != "confirmed" or not own:
        return []
    codes = [Attachment(kind="ticket_qr", reference=ticket.secret) for ticket in own]
    return [Attachment(kind="tickets_pdf", reference=f"{order.code}|{email}"), *codes]

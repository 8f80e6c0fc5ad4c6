"""Letters about corrections: one to each address that got something, one to each that lost it."""

from collections.abc import Sequence
from datetime import datetime

from festival.bookings.models import Booking
from festival.mail import rules as mail
from festival.payments import letters as payments
from festival.tickets import letters as tickets
from festival.tickets.models import Order, Ticket
from festival.web import languages


def new_address(
    order: Order,
    email: str,
    moved: Sequence[Ticket],
    places: Sequence[Booking],
    *,
    is_buyer: bool,
    now: datetime,
) -> None:
    """Send `email` the tickets that go there from now on, and the order's page if it is theirs."""
    language = order.language
    by_ticket = payments.places_in_words(order, places)
    with languages.speaking(language):
        own = {ticket.code for ticket in moved}
        lines = [line for line in tickets.ticket_lines(order, email, by_ticket) if line.code in own]
        name = order.name if is_buyer else lines[0].name
    mail.queue(
        "corrections/new_address",
        to=email,
        language=language,
        now=now,
        about=(order,),
        attachments=tickets.attached(order, email) if lines else [],
        edition=order.edition,
        order=order,
        name=name,
        lines=lines,
        order_url=tickets.order_url(order, language) if is_buyer else "",
    )


def old_address(order: Order, email: str, names: Sequence[str], *, now: datetime) -> None:
    """Tell `email`, if there is one, that what went there does not any more. Without links."""
    if not email:
        return
    mail.queue(
        "corrections/old_address",
        to=email,
        language=order.language,
        now=now,
        about=(order,),
        edition=order.edition,
        order=order,
        names=names,
    )


def ticket_named(order: Order, ticket: Ticket, *, left: int, now: datetime) -> None:
    """Tell the buyer that somebody put a name on a ticket, and how many have none yet."""
    if not order.email:
        return
    mail.queue(
        "corrections/ticket_named",
        to=order.email,
        language=order.language,
        now=now,
        about=(order,),
        edition=order.edition,
        order=order,
        name=ticket.holder_name,
        left=left,
        order_url=tickets.order_url(order, order.language),
    )


def ticket_received(
    ticket: Ticket, giver: str, places: Sequence[Booking], *, now: datetime
) -> None:
    """Send the ticket to its new holder, with the places on it. Sends nothing without address."""
    order, email = ticket.order, ticket.email
    if not email:
        return
    by_ticket = payments.places_in_words(order, places)
    with languages.speaking(order.language):
        lines = tickets.ticket_lines(order, email, by_ticket)
    mail.queue(
        "corrections/ticket_received",
        to=email,
        language=order.language,
        now=now,
        about=(order,),
        attachments=tickets.attached(order, email),
        edition=order.edition,
        order=order,
        giver=giver,
        line=next(line for line in lines if line.code == ticket.code),
    )


def ticket_passed_on(order: Order, email: str, name: str, *, now: datetime) -> None:
    """Tell the former holder `name` that their ticket is somebody else's. Names nobody."""
    if not email:
        return
    mail.queue(
        "corrections/ticket_passed_on",
        to=email,
        language=order.language,
        now=now,
        about=(order,),
        edition=order.edition,
        order=order,
        name=name,
    )

"""The files in letters to holders: their tickets, their QR codes, the calendar of one ticket."""

from datetime import datetime

from flask_babel import gettext as _

from festival import qr
from festival.bookings import calendar, documents
from festival.bookings.queries import held_places
from festival.mail.attachments import LeftOut, NoAttachment
from festival.mail.messages import AttachedFile
from festival.tickets import changes, letters, ticket_qr
from festival.tickets.queries import order_by_code, order_by_secret
from festival.web import languages


def tickets_pdf(reference: str, _now: datetime) -> AttachedFile:
    """Returns the valid tickets of an order for one address; `reference` is "code|address".

    In letters of before it is "secret|address". Raises NoAttachment if there are none.
    """
    code, _separator, email = reference.partition("|")
    order = order_by_code(code) or order_by_secret(code)
    tickets = [
        ticket
        for ticket in (order.tickets if order else ())
        if ticket.is_valid and ticket.email == email
    ]
    if order is None or not tickets:
        raise NoAttachment("the tickets are not valid any more")
    with languages.speaking(order.language):
        name = _("kaartjes-%(code)s.pdf", code=order.code)
    content = documents.tickets_pdf(tickets, order.language)
    return AttachedFile(name=name, mimetype="application/pdf", content=content)


def ticket_code(secret: str, _now: datetime) -> AttachedFile:
    """Returns the QR code of the ticket with this secret, as a picture in the letter.

    Raises NoAttachment if the ticket is not valid, and LeftOut if it went to somebody else or to
    another address: the letter may bring more tickets.
    """
    ticket = held_places.ticket_by_secret(secret)
    if ticket is None and changes.change_that_ended(secret):
        raise LeftOut("the ticket goes elsewhere now")
    if ticket is None or not ticket.is_valid:
        raise NoAttachment("the ticket is not valid any more")
    return AttachedFile(
        name=f"{ticket.code}.png",
        mimetype="image/png",
        content=qr.png(ticket_qr.address(ticket)),
        content_id=letters.picture_id(ticket),
    )


def agenda_ics(secret: str, _now: datetime) -> AttachedFile:
    """Returns the places of the ticket with this secret. Raises NoAttachment if it is gone."""
    ticket = held_places.ticket_by_secret(secret)
    if ticket is None:
        raise NoAttachment("the ticket is not there any more")
    language = ticket.order.language
    with languages.speaking(language):
        name = _("mijn-dag-%(code)s.ics", code=ticket.code)
    content = calendar.agenda_ics(ticket, language)
    return AttachedFile(name=name, mimetype="text/calendar", content=content)

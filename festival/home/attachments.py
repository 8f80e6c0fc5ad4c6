"""The files that go with letters, made when a letter is delivered or looked at."""

from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext as _

from festival import languages
from festival.bookings import calendar, documents, queries
from festival.db import db
from festival.editions.models import Edition
from festival.mail.delivery import MakeAttachment, NoAttachment
from festival.mail.messages import File
from festival.mail.models import Attachment
from festival.programme.speakers import agenda
from festival.programme.speakers.queries import speaker_by_secret
from festival.tickets.queries import order_by_secret


def maker(now: datetime) -> MakeAttachment:
    """What makes the file that an attachment names, as it is `now`.

    It raises NoAttachment where there is nothing to make it of any more.
    """

    def make(attachment: Attachment) -> File:
        kind = _KINDS.get(attachment.kind)
        if kind is None:
            raise NoAttachment(f"unknown kind of file: {attachment.kind}")
        return kind(attachment.reference, now)

    return make


def _tickets_pdf(reference: str, _now: datetime) -> File:
    """The valid tickets of one order that go to one address; `reference` is "secret|address"."""
    secret, _separator, email = reference.partition("|")
    order = order_by_secret(secret)
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
    return File(name=name, mimetype="application/pdf", content=content)


def _agenda_ics(secret: str, _now: datetime) -> File:
    """The day of one ticket, by the secret of its link."""
    ticket = queries.ticket_by_secret(secret)
    if ticket is None:
        raise NoAttachment("the ticket is not there any more")
    language = ticket.order.language
    with languages.speaking(language):
        name = _("mijn-dag-%(code)s.ics", code=ticket.code)
    content = calendar.agenda_ics(ticket, language)
    return File(name=name, mimetype="text/calendar", content=content)


def _speaker_ics(secret: str, _now: datetime) -> File:
    """All that a person on stage was announced for, by the secret of their own page."""
    speaker = speaker_by_secret(secret)
    if speaker is None:
        raise NoAttachment("nobody has this page any more")
    with languages.speaking(speaker.language):
        name = _("mijn-momenten.ics")
        edition = db.session.get_one(Edition, speaker.edition_id)
        content = agenda.agenda_ics(edition, speaker)
    return File(name=name, mimetype="text/calendar", content=content)


_KINDS: dict[str, Callable[[str, datetime], File]] = {
    "tickets_pdf": _tickets_pdf,
    "agenda_ics": _agenda_ics,
    "speaker_ics": _speaker_ics,
}

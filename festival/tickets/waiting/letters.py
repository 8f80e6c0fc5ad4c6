"""Letters to people who wait for tickets: one function each."""

from datetime import datetime

from festival.mail import rules as mail
from festival.tickets import dates
from festival.tickets.waiting.models import TicketWait
from festival.web import languages


def confirm(wait: TicketWait, *, now: datetime) -> None:
    """Ask the owner of the address to confirm a place in line."""
    _send("tickets/waiting_confirm", wait, now=now)


def joined(wait: TicketWait, *, now: datetime) -> None:
    """Tell somebody who is in line that they are, with the link to leave it."""
    _send("tickets/waiting_joined", wait, now=now)


def offered(wait: TicketWait, *, now: datetime) -> None:
    """Tell whose turn it is until when their tickets are kept, with the link to order them."""
    assert wait.offer_ends_at is not None
    with languages.speaking(wait.language):
        until = dates.moment(wait.type.edition, wait.offer_ends_at)
    _send("tickets/waiting_offered", wait, now=now, until=until)


def lapsed(wait: TicketWait, *, now: datetime) -> None:
    """Tell that the time to order is over, and how to join the line again."""
    _send("tickets/waiting_lapsed", wait, now=now)


def _send(letter: str, wait: TicketWait, *, now: datetime, until: str = "") -> None:
    language = wait.language
    mail.queue(
        letter,
        to=wait.email,
        language=language,
        now=now,
        about=(wait,),
        edition=wait.type.edition,
        name=wait.name,
        number=wait.number,
        type_name=wait.type.name,
        until=until,
        url=languages.url_in(language, "ticket_waiting.show", secret=wait.secret),
        again_url=languages.url_in(language, "ticket_waiting.join", slug=wait.type.slug),
    )

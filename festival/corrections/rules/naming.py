"""Naming tickets that were ordered without a name: the buyer or the team many, a holder their own.

Nothing of such a ticket was anybody's before, so its QR code stays what it was.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from festival.bookings.rules.locks import lock_tickets
from festival.corrections import letters, terms
from festival.corrections.people import Maker, Person, mark
from festival.corrections.rules import correcting
from festival.db import transactional
from festival.email_addresses import other_than
from festival.errors import Refusal
from festival.payments import letters as payments
from festival.payments import queries
from festival.team import audit
from festival.tickets import letters as tickets
from festival.tickets import nameless
from festival.tickets.models import Order, Ticket
from festival.tickets.rules import ending

_DOUBLE_CLICK = timedelta(minutes=10)  # and the slow phone that sends a form again


class NamedMeanwhile(Refusal):
    """Terwijl je dit invulde, kreeg een kaartje al een naam. Er is nog niets bewaard. Kijk
    hieronder welke kaartjes er nog geen hebben."""


class NamedAlready(Refusal):
    """Op dit kaartje staat al een naam. Deed jij dat net en vulde je een e-mailadres in? Dan staat
    het kaartje in je mail. Vraag het anders aan wie het bestelde."""


@transactional
def name_tickets(order: Order, names: Mapping[str, Person], *, by: Maker, now: datetime) -> None:
    """Put `names` on tickets without one, by the codes of these: all of them, or none.

    Whoever has an address of their own gets their ticket there, with a new link; before the order
    is paid nobody is written to. What was done already is not done twice. Refuses with
    NothingToCorrect, TooLateToCorrect or NamedMeanwhile.
    """
    ending.lock_order(order)
    lock_tickets({ticket.id for ticket in order.tickets})
    live = {each.code: each for each in order.tickets if each.released_at is None}
    wanted = {
        code: replace(person, email=other_than(order.email, person.email))
        for code, person in names.items()
    }
    if all(code in live and _has(live[code], person) for code, person in wanted.items()):
        return
    _check(order, by, now=now)
    for code, person in wanted.items():
        if (
            code not in live
            or not live[code].is_nameless
            or not correcting.fits(live[code], person)
        ):
            raise NamedMeanwhile
    _name(order, live, wanted, by=by, now=now)
    if by.kind == "team":
        subject = f"order {order.code}"
        audit.record("name_tickets", subject, now=now, tickets=sorted(wanted), reason=by.reason)


@transactional
def name_own_ticket(ticket: Ticket, person: Person, *, now: datetime) -> None:
    """Let whoever got the link of `ticket` put their name on it. The buyer hears of it.

    A second click changes nothing. Refuses with NothingToCorrect, TooLateToCorrect or
    NamedAlready.
    """
    order = ticket.order
    ending.lock_order(order)
    lock_tickets({each.id for each in order.tickets})
    person = replace(person, email=other_than(order.email, person.email))
    if not ticket.is_nameless:
        if _was_named_just_now(ticket, person, now=now):
            return
        raise NamedAlready
    _check(order, Maker("holder"), ticket, now=now)
    if not correcting.fits(ticket, person):
        raise NamedAlready
    live = {each.code: each for each in order.tickets if each.released_at is None}
    _name(order, live, {ticket.code: person}, by=Maker("holder"), now=now)
    letters.ticket_named(order, ticket, left=len(nameless.nameless_of(order)), now=now)


def _check(order: Order, by: Maker, ticket: Ticket | None = None, *, now: datetime) -> None:
    refusal = terms.why_not(order, ticket, now=now)
    if refusal and (by.kind != "team" or isinstance(refusal, terms.NothingToCorrect)):
        raise refusal


def _has(ticket: Ticket, person: Person) -> bool:
    return not ticket.is_nameless and (ticket.holder_name, ticket.holder_email) == (
        person.name,
        person.email,
    )


def _was_named_just_now(ticket: Ticket, person: Person, *, now: datetime) -> bool:
    """Returns whether this very form did it: it showed the ticket as it was before that."""
    number = ticket.order.tickets.index(ticket) + 1
    before = mark(ticket.code, nameless.stand_in(ticket.order, number), "")
    return (
        _has(ticket, person)
        and person.seen == before
        and ticket.named_at is not None
        and now - ticket.named_at < _DOUBLE_CLICK
    )


def _name(
    order: Order,
    live: Mapping[str, Ticket],
    names: Mapping[str, Person],
    *,
    by: Maker,
    now: datetime,
) -> None:
    before = correcting.addresses(order, live)
    changes = [
        correcting.correct_holder(live[code], person, now=now) for code, person in names.items()
    ]
    correcting.end_links(order, live, before, changes)
    correcting.keep(order, changes, by=by, now=now)
    if order.state == "pending":
        return
    places = payments.places_in_words(order, queries.places_of(order))
    for email in sorted({live[code].holder_email for code in names} - {""}):
        tickets.tickets_to_holder(order, email, places=places, now=now)

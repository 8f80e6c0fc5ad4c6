"""Handing a ticket on to somebody else. What the former holder had of it is void at once."""

from datetime import datetime

from festival import codes
from festival.bookings.rules import private
from festival.bookings.rules.locks import lock_tickets
from festival.corrections import letters, terms
from festival.corrections.people import Maker, Person, mark, mark_of
from festival.corrections.rules.correcting import CorrectedMeanwhile
from festival.db import db, transactional
from festival.email_addresses import other_than
from festival.errors import Refusal
from festival.payments import queries
from festival.questions import erasing
from festival.team import audit
from festival.tickets import changes, ticket_qr, use
from festival.tickets.changes import OrderChange
from festival.tickets.models import Ticket
from festival.tickets.rules import ending


class NotPaidYet(Refusal):
    """Dit kaartje is nog niet betaald. Daarna kun je het doorgeven. Klopt alleen de naam niet?
    Wijzig die dan."""


class UsedBefore(Refusal):
    """Met dit kaartje is al iemand binnen geweest. Daarom kun je het niet meer doorgeven."""


class HolderAlready(Refusal):
    """Dit kaartje staat al op deze naam en dit e-mailadres."""


@transactional
def hand_on(ticket: Ticket, to: Person, *, by: Maker, now: datetime) -> None:
    """Give `ticket` to somebody else: link, QR code, code to type and agenda are new at once.

    Its places stay with it. What the former holder asked a coach, answered and starred is gone.
    Both hear of it. Does nothing if the same form did it already. Refuses with NothingToCorrect,
    TooLateToCorrect, NotPaidYet, UsedBefore, HolderAlready, or CorrectedMeanwhile if it was handed
    on or corrected since the form was shown.
    """
    order = ticket.order
    ending.lock_order(order)
    lock_tickets({ticket.id})  # a scan holds the row: it is before this or after it
    if to.seen != mark_of(ticket):
        if _was_given(ticket, to):
            return
        raise CorrectedMeanwhile
    _check(ticket, to, by, now=now)
    former, email = ticket.holder_name, ticket.email
    giver = order.name if ticket.is_nameless else former
    change = OrderChange(
        order=order, ticket=ticket, kind="handed_on", changed_at=now, maker=by.kind,
        member_id=by.member_id, reason=by.reason, old_name=former, old_email=ticket.holder_email,
        new_name=to.name, new_email=other_than(order.email, to.email), void_secret=ticket.secret,
        void_code=ticket.code, void_pass_id=ticket.pass_id,
    )  # fmt: skip
    ticket.holder_name, ticket.holder_email = change.new_name, change.new_email
    if ticket.is_nameless:
        ticket.named_at = now
    ticket.secret, ticket.agenda_secret = codes.secret(), codes.secret()
    ticket.code, ticket.pass_id = codes.readable(), ticket_qr.new_id()
    db.session.add(change)
    db.session.flush()
    private.forget_holder(ticket, now=now)
    erasing.erase_answers_of(ticket, now=now)
    if by.kind == "team":
        subject = f"order {order.code}"
        audit.record("hand_on_ticket", subject, now=now, ticket=ticket.code, reason=by.reason)
    letters.ticket_received(ticket, giver, queries.places_of(order), now=now)
    if email != ticket.email:
        letters.ticket_passed_on(order, email, giver, now=now)


def _check(ticket: Ticket, to: Person, by: Maker, *, now: datetime) -> None:
    refusal = why_not(ticket, now=now)
    if refusal and not (by.kind == "team" and isinstance(refusal, OF_THE_TEAM)):
        raise refusal
    wanted = (to.name, other_than(ticket.order.email, to.email))
    if wanted == (ticket.holder_name, ticket.holder_email):
        raise HolderAlready


def _was_given(ticket: Ticket, to: Person) -> bool:
    """Returns whether `ticket` was handed on to this person, from what the form showed."""
    wanted = (to.seen, to.name, other_than(ticket.order.email, to.email))
    return any(
        wanted
        == (mark(each.void_code, each.old_name, each.old_email), each.new_name, each.new_email)
        for each in changes.times_handed_on(ticket)
    )


# What keeps a holder from handing on, but not the team.
OF_THE_TEAM = (terms.TooLateToCorrect, UsedBefore)


def why_not(ticket: Ticket, *, now: datetime) -> Refusal | None:
    """Returns why its holder cannot hand the ticket on; None if they can."""
    if refusal := terms.why_not(ticket.order, ticket, now=now):
        return refusal
    if not ticket.is_valid:
        return NotPaidYet()
    return UsedBefore() if use.used([ticket.id]) else None

"""Correcting names and addresses: by a holder, by the buyer, or by the team with a reason."""

from collections.abc import Mapping
from datetime import datetime

from festival import codes
from festival.bookings.rules.locks import lock_tickets
from festival.corrections import letters, terms
from festival.corrections.people import Correction, Maker, Person, mark_of, mark_of_mail
from festival.db import db, transactional
from festival.email_addresses import canonical, mailbox_of, other_than
from festival.errors import Refusal
from festival.payments import letters as payments
from festival.payments import queries
from festival.payments.rules import lapsing
from festival.team import audit
from festival.tickets import nameless
from festival.tickets.changes import OrderChange
from festival.tickets.models import Order, Ticket
from festival.tickets.rules import ending


class CorrectedMeanwhile(Refusal):
    """Terwijl je dit invulde, veranderde er al iets. Wat je nu typte, is nog niet bewaard. Kijk op
    de pagina van het kaartje of de bestelling hoe het nu staat, en wijzig dan wat nog mist."""


class MailedMeanwhile(Refusal):
    """Terwijl je dit invulde, ging er al mail weg over deze bestelling. Nu is er niets gestuurd of
    bewaard. Moet alles toch nog een keer weg? Bewaar dan nog eens."""


@transactional
def correct_people(order: Order, wanted: Correction, *, by: Maker, now: datetime) -> None:
    """Correct who ordered and who holds which ticket.

    What goes to another address gets new links: the old ones are void, and both addresses hear it.
    QR codes stay what they are, so that what was printed still admits. What was done already is not
    done twice. Refuses with NothingToCorrect, TooLateToCorrect or CorrectedMeanwhile. If letters
    are to be sent again, also with MailedMeanwhile, or with NobodyToWriteTo if no address is known.
    """
    ending.lock_order(order)
    lock_tickets({ticket.id for ticket in order.tickets})
    live = {each.code: each for each in order.tickets if each.released_at is None}
    _check(order, live, wanted, by, now=now)
    before = addresses(order, live)
    changes = [
        *([_correct_buyer(order, wanted.buyer)] if wanted.buyer else []),
        *(correct_holder(live[code], person, now=now) for code, person in wanted.holders.items()),
    ]
    for ticket in live.values():  # what goes to the buyer's new address is the buyer's
        ticket.holder_email = other_than(order.email, ticket.holder_email)
    changes = [each for each in changes if _is_change(each)]
    end_links(order, live, before, changes)
    if any(change.ticket is None for change in changes):
        nameless.follow_buyer(order, has_new_links=order.email != before[""])
    keep(order, changes, by=by, now=now)
    if by.kind == "team" and changes:
        corrected = sorted(each.ticket.code for each in changes if each.ticket)
        audit.record(
            "correct_order", f"order {order.code}", now=now, tickets=corrected, reason=by.reason
        )
    _tell(order, live, before, changes, resends=wanted.resend, now=now)
    if wanted.resend:
        lapsing.send_letters_again(order, now=now)


def _check(
    order: Order, live: Mapping[str, Ticket], wanted: Correction, by: Maker, *, now: datetime
) -> None:
    refusal = terms.why_not(order, now=now)
    if refusal and (by.kind != "team" or isinstance(refusal, terms.NothingToCorrect)):
        raise refusal
    if wanted.buyer and not fits(order, wanted.buyer):
        raise CorrectedMeanwhile
    for code, person in wanted.holders.items():
        if code not in live or not fits(live[code], person):
            raise CorrectedMeanwhile
    if wanted.resend and wanted.mail_seen != mark_of_mail(order):
        raise MailedMeanwhile


def fits(of: Order | Ticket, person: Person) -> bool:
    """Returns whether nobody changed it since the form was shown, or it is as it is to be."""
    if person.seen == mark_of(of):
        return True
    if isinstance(of, Order):
        return (of.name, of.email) == (person.name, canonical(person.email))
    wanted = other_than(of.order.email, person.email)
    return (of.holder_name, of.holder_email) == (person.name, wanted)


# By ticket code, and by '' for the order, where letters go.
Addresses = dict[str, str]


def addresses(order: Order, live: Mapping[str, Ticket]) -> Addresses:
    """Returns where letters about `order` and its tickets go now."""
    return {"": order.email, **{code: ticket.email for code, ticket in live.items()}}


def _correct_buyer(order: Order, person: Person) -> OrderChange:
    change = OrderChange(
        order=order, old_name=order.name, old_email=order.email, new_name=person.name,
        new_email=canonical(person.email),
    )  # fmt: skip
    order.name, order.email = change.new_name, change.new_email
    order.mailbox = mailbox_of(order.email)
    return change


def correct_holder(ticket: Ticket, person: Person, *, now: datetime) -> OrderChange:
    """Returns the change that makes `person` the holder of `ticket`, which has a name then."""
    change = OrderChange(
        order=ticket.order, ticket=ticket, old_name=ticket.holder_name,
        old_email=ticket.holder_email, new_name=person.name,
        new_email=other_than(ticket.order.email, person.email),
    )  # fmt: skip
    if ticket.is_nameless and change.new_name != change.old_name:
        ticket.named_at = now
    ticket.holder_name, ticket.holder_email = change.new_name, change.new_email
    return change


def _is_change(change: OrderChange) -> bool:
    return (change.old_name, change.old_email) != (change.new_name, change.new_email)


def keep(order: Order, changes: list[OrderChange], *, by: Maker, now: datetime) -> None:
    """Keep the changes, and who made them."""
    for change in changes:
        change.order_id, change.kind, change.changed_at = order.id, "corrected", now
        change.maker, change.member_id, change.reason = by.kind, by.member_id, by.reason
    db.session.add_all(changes)
    db.session.flush()


def end_links(
    order: Order, live: Mapping[str, Ticket], before: Addresses, changes: list[OrderChange]
) -> None:
    """Give new secrets to what goes elsewhere now; a change keeps each old one, as void.

    The agenda gets another address too: the old one was on the page that no longer opens.
    """
    of_ticket = {change.ticket.code: change for change in changes if change.ticket}
    for code, ticket in live.items():
        if ticket.email == before[code]:
            continue
        if code not in of_ticket:  # it goes where the buyer's letters go
            name = ticket.holder_name
            changes.append(
                OrderChange(order=order, ticket=ticket, old_name=name, new_name=name,
                            old_email="", new_email="")
            )  # fmt: skip
            of_ticket[code] = changes[-1]
        of_ticket[code].void_secret, ticket.secret = ticket.secret, codes.secret()
        ticket.agenda_secret = codes.secret()
    if order.email != before[""]:
        buyer = next(change for change in changes if change.ticket is None)
        buyer.void_secret, order.secret = order.secret, codes.secret()


def _tell(
    order: Order,
    live: Mapping[str, Ticket],
    before: Addresses,
    changes: list[OrderChange],
    *,
    resends: bool,
    now: datetime,
) -> None:
    """Write to the addresses that got something, and to those that lost it.

    Before an order is paid only its buyer was written to.
    """
    after = addresses(order, live)
    moved = [each for each, address in after.items() if address != before[each]]
    if order.state == "pending":
        moved = [each for each in moved if not each]
    if not moved:
        return
    places = queries.places_of(order)
    if order.state == "pending":
        if not resends:
            payments.pay_by_transfer(order, places, queries.balance(order), now=now)
        letters.old_address(order, before[""], (), now=now)
        return
    for email in sorted({after[each] for each in moved} - {""}) if not resends else ():
        its = [live[each] for each in moved if each and after[each] == email]
        is_buyer = "" in moved and email == order.email
        letters.new_address(order, email, its, places, is_buyer=is_buyer, now=now)
    old_names = {change.ticket.code: change.old_name for change in changes if change.ticket}
    for email in sorted({before[each] for each in moved} - {""}):
        names = [old_names[each] for each in moved if each and before[each] == email]
        letters.old_address(order, email, names, now=now)

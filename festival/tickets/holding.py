"""How much one buyer may hold without paying: nobody takes all tickets for nothing.

Until we know that a mail address is somebody's, it holds few tickets; after that more, but not all.
An address is known once its owner opened the link that we mailed, or paid an order.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, update

from festival import codes
from festival.db import change_one, db, insert_or_lock, transactional
from festival.editions.models import Edition
from festival.email_addresses import mailbox_of
from festival.errors import Refusal
from festival.tickets import letters, queries
from festival.tickets.models import BuyerMailbox, Order, Ticket, one_row_per_mailbox
from festival.tickets.waiting.queries import tickets_of_line

MOST_UNKNOWN = 10  # tickets, unpaid or free, of an address that may be anybody's
MOST_KNOWN = 60
ASK_EVERY = timedelta(minutes=5)


class AddressUnknown(Refusal):
    """Voor meer dan {most} kaartjes willen we zeker weten dat {email} jouw adres is. We mailden je
    een link. Open die, en verstuur dit formulier dan nog een keer: alles staat er nog."""


class TooManyHeld(Refusal):
    """Zo veel kaartjes houden we niet vast voor {email}: onbetaald of gratis mogen het er {most}
    zijn, en het zijn er nu {held}. Betaal eerst, of schrijf ons als je met een grote groep
    komt."""


def check_hold(order: Order, number: int, *, hold: str = "") -> None:
    """Refuse if the buyer of `order` would hold too much with the `number` tickets that it asks.

    What the mailbox waits for counts too, except the offer with the secret `hold`, which the order
    uses. Orders of one mailbox wait for each other here. Refuses with AddressUnknown or
    TooManyHeld.
    """
    mailbox = _locked_mailbox(order.mailbox)
    held = _held_by(order.edition_id, order.mailbox, besides=order.id)
    held += tickets_of_line(order.edition_id, order.mailbox, besides=hold)
    if held + number > MOST_KNOWN:
        raise TooManyHeld(email=order.email, held=held, most=MOST_KNOWN)
    if held + number <= MOST_UNKNOWN:
        return
    if mailbox.confirmed_at is None and not _has_paid(order.mailbox):
        raise AddressUnknown(email=order.email, most=MOST_UNKNOWN)


def check_line(edition_id: int, email: str, number: int, *, now: datetime) -> None:
    """Refuse if this mailbox would hold too much with `number` tickets from a waiting list.

    Its owner opened a link that we mailed, so it is known from now on. Refuses with TooManyHeld.
    """
    mailbox = _locked_mailbox(mailbox_of(email))
    held = _held_by(edition_id, mailbox.address) + tickets_of_line(edition_id, email)
    if held + number > MOST_KNOWN:
        raise TooManyHeld(email=email, held=held, most=MOST_KNOWN)
    confirm_mailbox(mailbox, now=now)


@transactional
def ask_owner(edition: Edition, email: str, *, language: str, now: datetime) -> None:
    """Mail `email` the link that tells us it is somebody's, at most once per ASK_EVERY."""
    mailbox = _locked_mailbox(mailbox_of(email))
    if change_one(
        update(BuyerMailbox)
        .where(
            BuyerMailbox.id == mailbox.id,
            or_(BuyerMailbox.asked_at.is_(None), BuyerMailbox.asked_at <= now - ASK_EVERY),
        )
        .values(asked_at=now)
    ):
        letters.is_this_you(edition, email, mailbox, language=language, now=now)


@transactional
def confirm_mailbox(mailbox: BuyerMailbox, *, now: datetime) -> None:
    """Note that the owner of the mailbox opened our link. Again changes nothing."""
    change_one(
        update(BuyerMailbox)
        .where(BuyerMailbox.id == mailbox.id, BuyerMailbox.confirmed_at.is_(None))
        .values(confirmed_at=now)
    )


def _locked_mailbox(address: str) -> BuyerMailbox:
    values = {"address": address, "secret": codes.secret()}
    return insert_or_lock(BuyerMailbox, values, unique=one_row_per_mailbox)


def _held_by(edition_id: int, mailbox: str, *, besides: int = 0) -> int:
    """Returns how many tickets the live orders of this mailbox hold, unpaid or free.

    Without the order with the id `besides`.
    """
    unpaid = or_(Order.confirmed_at.is_(None), Order.total_cents == 0)
    mine = and_(Order.mailbox == mailbox, Order.edition_id == edition_id)
    query = (
        select(func.count())
        .select_from(Ticket)
        .join(Ticket.order)
        .where(mine, queries.LIVE, unpaid, Ticket.released_at.is_(None), Order.id != besides)
    )
    return db.session.scalar(query) or 0


def _has_paid(mailbox: str) -> bool:
    paid = select(Order.id).where(
        Order.mailbox == mailbox, Order.total_cents > 0, Order.confirmed_at.is_not(None)
    )
    return db.session.scalar(paid.limit(1)) is not None

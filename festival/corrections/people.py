"""People in an order as they are to be, who asks for that, and marks of how a form showed them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from festival.db import db
from festival.digests import digest
from festival.mail import subjects
from festival.mail.models import Letter
from festival.tickets.models import Order, Ticket


@dataclass(frozen=True)
class Maker:
    """Who changes something: `buyer`, `holder` or `team`; a member of the team says why."""

    kind: str
    member_id: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Person:
    """A name and address as they are to be. `seen` is the mark of what the form showed."""

    name: str
    email: str
    seen: str


@dataclass(frozen=True)
class Correction:
    """What is to be corrected: the buyer, and holders by the code of their ticket."""

    buyer: Person | None = None
    holders: Mapping[str, Person] = field(default_factory=dict)
    resend: bool = False  # all letters that fit the order, also to addresses that stay
    mail_seen: str = ""  # the mark of the order's mail as the form showed it


def mark_of_mail(order: Order) -> str:
    """Returns a mark of the mail about `order`; it changes with each letter."""
    is_about = subjects.is_about(Order.__tablename__, order.id)
    return str(db.session.scalar(select(func.max(Letter.id)).where(is_about)) or 0)


def mark_of(of: Order | Ticket) -> str:
    """Returns a mark of a ticket's holder or an order's buyer; a correction changes it."""
    if isinstance(of, Order):
        return digest([of.name, of.email])
    return mark(of.code, of.holder_name, of.holder_email)


def mark(code: str | None, holder_name: str, holder_email: str) -> str:
    """Returns the mark of a ticket with this code that this person holds."""
    return digest([code, holder_name, holder_email])

"""Who gets a mailing, and how far it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Subquery, case, exists, func, select

from festival.db import db
from festival.editions.models import Edition
from festival.mail.models import STATES, Letter, LetterSubject
from festival.mailings.audiences import Recipient, audience
from festival.mailings.models import InvitationChoice, Mailing, MailingRecipient

# Letters of mailings are called this, so that they can be told from those about one order.
LETTERS = "mailings/"


@dataclass(frozen=True)
class Counted:
    """How many addresses a mailing goes to, and how many of those it chose want none."""

    total: int
    by_language: dict[str, int]
    unsubscribed: int


def mailings(edition: Edition) -> Sequence[Mailing]:
    """Returns the mailings of the edition, the latest first."""
    return db.session.scalars(
        select(Mailing).where(Mailing.edition_id == edition.id).order_by(Mailing.id.desc())
    ).all()


def mailing_by_code(code: str) -> Mailing | None:
    """Returns the mailing with this code, or None."""
    return db.session.scalar(select(Mailing).where(Mailing.code == code))


def choice_by_secret(secret: str) -> InvitationChoice | None:
    """Returns the choice that this link is about, or None."""
    return db.session.scalar(select(InvitationChoice).where(InvitationChoice.secret == secret))


def count(mailing: Mailing) -> Counted:
    """Returns how many addresses the mailing goes to, without asking who got it already."""
    people = _people(mailing)
    rows = db.session.execute(
        select(people.c.address, people.c.language, _is_unsubscribed(people.c.address)).order_by(
            people.c.at, people.c.id
        )
    )
    languages: dict[str, str] = {}
    unsubscribed: set[str] = set()
    for to, language, wants_none in rows:
        languages[to] = language
        if wants_none and mailing.is_invitation:
            unsubscribed.add(to)
    by_language = Counter(language for to, language in languages.items() if to not in unsubscribed)
    return Counted(by_language.total(), dict(by_language), len(unsubscribed))


def next_addresses(mailing: Mailing, at_most: int) -> Sequence[str]:
    """Returns at most `at_most` addresses that did not get the mailing yet, in order."""
    query, address = _addresses(mailing)
    has_it = exists().where(
        MailingRecipient.mailing_id == mailing.id, MailingRecipient.address == address
    )
    return db.session.scalars(query.where(~has_it).limit(at_most)).all()


def sample_address(mailing: Mailing, skipped: int) -> Sequence[str]:
    """Returns the address after the first `skipped` that the mailing goes to, or nothing."""
    query, _address = _addresses(mailing)
    return db.session.scalars(query.offset(skipped).limit(1)).all()


def recipients(mailing: Mailing, addresses: Sequence[str]) -> list[Recipient]:
    """Returns these addresses as the audience knows them, in their order."""
    whom = audience(mailing.whom)
    return whom.recipients(mailing.audience, mailing.criteria, addresses)


def count_written(mailing: Mailing) -> tuple[int, int]:
    """Returns to how many addresses the mailing was written, and how many cannot be reached."""
    written, wrong = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((MailingRecipient.is_wrong, 1), else_=0)), 0),
        ).where(MailingRecipient.mailing_id == mailing.id)
    ).one()
    return int(written), int(wrong)


def count_letters(mailing: Mailing) -> dict[str, int]:
    """Returns how many letters of the mailing are in each state of the outbox."""
    rows = db.session.execute(
        select(Letter.state, func.count())
        .join(LetterSubject, LetterSubject.letter_id == Letter.id)
        .where(LetterSubject.kind == "mailing", LetterSubject.row_id == mailing.id)
        .group_by(Letter.state)
    )
    counted = dict.fromkeys(STATES, 0)
    counted.update((state, number) for state, number in rows)
    return counted


def count_on_their_way() -> int:
    """Returns how many letters of all mailings wait for the mail server."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Letter.state.in_(("waiting", "sending")), Letter.name.startswith(LETTERS)
            )
        )
        or 0
    )


def _people(mailing: Mailing) -> Subquery:
    return audience(mailing.whom).people(mailing.audience, mailing.criteria)


def _addresses(mailing: Mailing) -> tuple[Select[str], ColumnElement[str]]:
    """Returns a query of the addresses that the mailing goes to, and its column."""
    address: ColumnElement[str] = _people(mailing).c.address
    query = select(address).distinct().order_by(address)
    if mailing.is_invitation:
        query = query.where(~_is_unsubscribed(address))
    return query, address


def _is_unsubscribed(address: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(
        InvitationChoice.address == address, InvitationChoice.unsubscribed_at.is_not(None)
    )

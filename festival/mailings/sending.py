"""How the worker writes the letters of a mailing: in turns, and in each turn piece by piece.

A turn is as many letters as MAILING_PER_MINUTE says, less those of mailings that still wait for
the mail server. So no mailing keeps a ticket that somebody just ordered waiting, and one that is
stopped really stops. A piece is one short transaction: whoever is killed in it has written none
of its letters, and the next turn writes them.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from festival import clock, codes, jobs
from festival.db import (
    change_one,
    db,
    insert_or_lock,
    insert_unless_there,
    transactional,
)
from festival.mail import rules as mail
from festival.mail.rules import BadAddress
from festival.mailings import letters, queries
from festival.mailings.audiences import Recipient
from festival.mailings.models import (
    InvitationChoice,
    Mailing,
    MailingRecipient,
    one_choice_per_address,
)
from festival.web import languages
from festival.web.logs import log

PIECE = 50  # letters in one transaction
# A little less than a minute, by which the worker's clock calls.
TURN = timedelta(seconds=50)


def send_queued(mailing_id: int) -> None:
    """Write the first letters of a mailing that was just started."""
    take_turn(mailing_id, now=clock.now())


def send_due(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Let each mailing that is being sent take its turn."""
    now = read_clock()
    due = db.session.scalars(
        select(Mailing.id)
        .where(Mailing.state == "sending", Mailing.next_turn_at <= now)
        .order_by(Mailing.next_turn_at, Mailing.id)
    ).all()
    return jobs.for_each("mailing", due, lambda mailing_id: take_turn(mailing_id, now=now))


def take_turn(mailing_id: int, *, now: datetime) -> bool:
    """Write as many letters as may go this minute. Returns False if another worker does."""
    if not claim_turn(mailing_id, now=now):
        return False
    room = current_app.config["MAILING_PER_MINUTE"] - queries.count_on_their_way()
    while room > 0:
        number = write_piece(mailing_id, at_most=min(PIECE, room), now=now)
        if not number:
            break
        room -= number
    return True


@transactional
def claim_turn(mailing_id: int, *, now: datetime) -> bool:
    """Take this minute's turn of a mailing. Returns False if somebody has it, or it is over."""
    return change_one(
        update(Mailing)
        .where(Mailing.id == mailing_id, Mailing.state == "sending", Mailing.next_turn_at <= now)
        .values(next_turn_at=now + TURN)
    )


@transactional
def write_piece(mailing_id: int, *, at_most: int, now: datetime) -> int:
    """Write to the next `at_most` addresses. Returns how many: 0 when all have it, or it stopped.

    The mailing's row is held meanwhile, so that stopping it waits for the piece and then counts.
    """
    if not change_one(
        update(Mailing)
        .where(Mailing.id == mailing_id, Mailing.state == "sending")
        .values(state="sending")
    ):
        return 0
    mailing = db.session.get_one(Mailing, mailing_id, populate_existing=True)
    addresses = queries.next_addresses(mailing, at_most)
    if not addresses:
        mailing.state, mailing.ended_at = "sent", now
        return 0
    write_each(mailing, queries.recipients(mailing, addresses), now=now)
    return len(addresses)


@transactional
def write_each(mailing: Mailing, recipients: Iterable[Recipient], *, now: datetime) -> None:
    """Write to each of `recipients` who does not have the mailing yet."""
    for recipient in recipients:
        _write(mailing, recipient, now)


def _write(mailing: Mailing, recipient: Recipient, now: datetime) -> None:
    key = {"mailing_id": mailing.id, "address": recipient.address, "written_at": now}
    try:
        with db.session.begin_nested():
            if not insert_unless_there(MailingRecipient, {**key, "is_wrong": False}):
                return  # another worker was first
            stop_url = _stop_url(recipient) if mailing.is_invitation else ""
            mail.queue(
                letters.name_of(mailing),
                **letters.to_recipient(mailing, recipient, stop_url=stop_url),
                now=now,
            )
    except (OperationalError, InterfaceError):  # the database is away: all of the piece waits
        raise
    except Exception as fault:  # noqa: BLE001  one recipient must not keep the others waiting
        if isinstance(fault, BadAddress):
            log.warning("letter of mailing not written: bad address", mailing=mailing.code)
        else:
            log.exception("letter of mailing not written", mailing=mailing.code)
        insert_unless_there(MailingRecipient, {**key, "is_wrong": True})


def _stop_url(recipient: Recipient) -> str:
    choice = insert_or_lock(
        InvitationChoice,
        {"address": recipient.address, "secret": codes.secret()},
        unique=one_choice_per_address,
    )
    return languages.url_in(recipient.language, "mailings.choose", secret=choice.secret)

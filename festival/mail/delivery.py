"""Delivering letters: a rule claims one, the mail server gets it, a rule records the outcome.

No transaction is open between the rules. Without a mail server, a letter is written to a file.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from festival import clock, jobs
from festival.db import db
from festival.mail import attachments, messages, rules, smtp
from festival.mail.attachments import NoAttachment
from festival.mail.models import Letter
from festival.mail.rules import OutgoingLetter
from festival.web.logs import log


def deliver(letter_id: int, *, now: datetime) -> bool:
    """Try once to deliver the letter, if it is due and nobody else has claimed it.

    Returns False if the mail server was not reached: then other letters need not be tried now.
    """
    parcel = rules.claim(letter_id, now=now)
    if parcel is None:
        return True
    message = _composed(parcel, now=now)
    if message is None:
        return True
    if not current_app.config["SMTP_URL"]:
        _keep(parcel, message, now=now)
        return True
    return _send(parcel, message, now=now)


def deliver_queued(letter_id: int) -> None:
    """Deliver one letter that was just queued."""
    deliver(letter_id, now=clock.now())


def deliver_due(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Deliver all letters that are due, as long as the mail server can be reached."""
    rules.settle_abandoned(now=read_clock())
    tally, failed, is_reached = jobs.Tally(), set[int](), True

    def attempt(letter_id: int) -> bool:
        nonlocal is_reached
        if is_reached:  # otherwise the server will not be there for this letter either
            failed.add(letter_id)
            is_reached = deliver(letter_id, now=read_clock())
            failed.discard(letter_id)
        return is_reached

    while is_reached and (letter_ids := due(read_clock(), failed)):
        jobs.for_each("letter", letter_ids, attempt, tally=tally)
    return tally


def due(now: datetime, failed: Collection[int] = (), *, at_most: int = 100) -> Sequence[int]:
    """Returns the ids of at most `at_most` letters to deliver, the longest waiting first.

    Only letters that can be claimed, without `failed`: deliver_due goes on until there are none.
    """
    query = (
        select(Letter.id)
        .where(rules.may_be_tried(now), Letter.id.not_in(failed))
        .order_by(Letter.next_try_at, Letter.id)
        .limit(at_most)
    )
    return db.session.scalars(query).all()


def _composed(parcel: OutgoingLetter, *, now: datetime) -> EmailMessage | None:
    kind = "attachment"
    try:
        files = attachments.make_files(parcel.attachments, now=now)
        kind = "letter"
        return messages.compose(parcel, files, now=now)
    except Exception as fault:  # noqa: BLE001  one bad letter must not stop the others
        log.exception("letter not made", letter=parcel.letter_id, exc_info=fault)
        problem = f"{type(fault).__name__}: {fault}"
        gone = isinstance(fault, NoAttachment)
        rules.settle_failed_try(parcel, kind=kind, problem=problem, is_final=gone, now=now)
        return None
    finally:
        db.session.rollback()  # making the files only reads


def _keep(parcel: OutgoingLetter, message: EmailMessage, *, now: datetime) -> None:
    folder = Path(current_app.config["INSTANCE_PATH"]) / "mail"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{parcel.letter_id}.eml").write_bytes(message.as_bytes())
    except OSError as fault:
        rules.settle_failed_try(parcel, kind="letter", problem=str(fault), is_final=False, now=now)
    else:
        rules.settle_kept(parcel)


def _send(parcel: OutgoingLetter, message: EmailMessage, *, now: datetime) -> bool:
    try:
        answer = smtp.hand_over(
            message.as_bytes(),
            sender=messages.sender().addr_spec,
            recipient=parcel.to,
            server=smtp.Server.from_url(current_app.config["SMTP_URL"]),
            our_name=our_name(),
            before_the_end=lambda: rules.hand_over(parcel, now=now),
        )
    except rules.LeaseLost:
        log.warning("letter was taken over", letter=parcel.letter_id)
    except smtp.AnswerLost as lost:
        rules.settle_unsure(parcel, problem=str(lost))
    except smtp.NotAccepted as no:
        rules.settle_failed_try(
            parcel, kind="refused", problem=str(no), is_final=no.is_final, now=now
        )
    except (smtp.NotReached, smtp.BadServerAddress) as unreached:
        rules.settle_failed_try(
            parcel, kind="connection", problem=str(unreached), is_final=False, now=now
        )
        return False
    else:
        rules.settle_sent(parcel, answer=answer, now=now)
    return True


def our_name() -> str:
    """Returns the name we give to the mail server: the host of PUBLIC_URL."""
    return urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"

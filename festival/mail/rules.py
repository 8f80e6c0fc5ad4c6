"""Queueing letters, and the verbs by which one is taken, handed over and settled.

Delivery itself (delivery.py) talks to the mail server between these rules, never inside one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import current_app, render_template
from sqlalchemy import ColumnElement, and_, insert, or_, update

from festival import codes, jobs
from festival.db import change_one, change_rows, db, insert_once, transactional
from festival.errors import Refusal
from festival.mail.models import Attachment, Letter, one_copy_on_its_way
from festival.text import plain
from festival.web import languages
from festival.web.logs import log

# After each failed try the next one waits this many minutes; after the eighth try it is given up.
BACK_OFF = (1, 5, 15, 60, 240, 480, 720)
MAX_TRIES = len(BACK_OFF) + 1
# Longer than any delivery can take, see the time limits in smtp.py.
LEASE = timedelta(minutes=15)
# More letters than this at once are left to the worker's sweep.
MOST_WAKING = 50


class BadAddress(Refusal):
    """Dit e-mailadres klopt niet. Kijk het nog eens na."""


class StillOnItsWay(Refusal):
    """Deze brief is nog onderweg. Wacht tot hij is verstuurd, of tot we het opgeven."""


class CopyOnItsWay(Refusal):
    """Je hebt deze brief al opnieuw verstuurd. Die tweede is nu onderweg."""


class LeaseLost(Exception):
    """Another worker took the letter over; whoever lost it must not hand it over any more."""


@dataclass(frozen=True)
class OutgoingLetter:
    """A letter as a worker holds it, by `lease`, outside any transaction."""

    letter_id: int
    lease: str
    tries: int
    to: str
    reply_to: str
    language: str
    subject: str
    body_text: str
    body_html: str
    message_id: str
    attachments: tuple[Attachment, ...]


def queue(
    name: str,
    /,
    *,
    to: str,
    language: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    reply_to: str = "",
    **values: Any,
) -> Letter:
    """Write letter `name` (such as `tickets/order_confirmed`) to `to`, in `language`.

    The templates are `tickets/letters/order_confirmed.txt` and `.html`, see
    templates/mail/letter_base.txt; they have `values` and `link(endpoint, …)`, the address of a
    page in the letter's language. Give `edition` where there is one: it signs the letter, and
    answers go to its organiser unless `reply_to` says otherwise. Call it inside a rule. Refuses
    with BadAddress.
    """
    row = Letter(
        **_written(
            name,
            to=to,
            language=language,
            now=now,
            attachments=attachments,
            reply_to=reply_to,
            values=values,
        )
    )
    db.session.add(row)
    jobs.after_commit("deliver_letter", row)
    return row


def queue_many(name: str, /, letters: Iterable[dict[str, Any]], *, now: datetime) -> int:
    """Write letter `name` once for each of `letters`, which hold what `queue` takes.

    All rows go into the database together. Where there are very many, the worker's sweep finds them
    within a minute: a job for each would keep waiting whoever caused them. A wrong address is left
    out and logged: it must not keep the letter from all others. Answers how many were written.
    """
    rows = []
    for values in letters:
        own = {key: values.pop(key) for key in ("to", "language", "attachments") if key in values}
        try:
            rows.append(_written(name, **own, now=now, values=values))
        except BadAddress:
            log.warning("letter not queued: bad address", letter=name)
    if len(rows) > MOST_WAKING:
        db.session.execute(insert(Letter), rows)
        return len(rows)
    for row in rows:
        letter = Letter(**row)
        db.session.add(letter)
        jobs.after_commit("deliver_letter", letter)
    return len(rows)


@transactional
def send_again(letter: Letter, *, now: datetime) -> Letter:
    """Queue the same letter once more, as a new row. Refuses with StillOnItsWay or CopyOnItsWay."""
    if letter.state in {"waiting", "sending"}:
        raise StillOnItsWay
    copy = Letter(
        to=letter.to,
        reply_to=letter.reply_to,
        language=letter.language,
        name=letter.name,
        subject=letter.subject,
        body_text=letter.body_text,
        body_html=letter.body_html,
        attachments=letter.attachments,
        message_id=_message_id(),
        queued_at=now,
        next_try_at=now,
        again_of_id=letter.id,
    )
    insert_once(copy, unique=one_copy_on_its_way, refusal=CopyOnItsWay())
    jobs.after_commit("deliver_letter", copy)
    return copy


def may_be_tried(now: datetime) -> ColumnElement[bool]:
    """Letters that `claim` gives to whoever asks now."""
    return and_(
        Letter.next_try_at <= now,
        Letter.tries < MAX_TRIES,
        or_(
            Letter.state == "waiting",
            and_(Letter.state == "sending", Letter.handed_over_at.is_(None)),
        ),
    )


@transactional
def claim(letter_id: int, *, now: datetime) -> OutgoingLetter | None:
    """Take the letter in hand for one try; None when it is not due or somebody else has it."""
    lease = codes.secret()
    if not change_one(
        update(Letter)
        .where(Letter.id == letter_id, may_be_tried(now))
        .values(state="sending", lease=lease, tries=Letter.tries + 1, next_try_at=now + LEASE)
    ):
        return None
    letter = db.session.get_one(Letter, letter_id, populate_existing=True)
    return OutgoingLetter(
        letter_id=letter.id,
        lease=lease,
        tries=letter.tries,
        to=letter.to,
        reply_to=letter.reply_to,
        language=letter.language,
        subject=letter.subject,
        body_text=letter.body_text,
        body_html=letter.body_html,
        message_id=letter.message_id,
        attachments=tuple(Attachment(**attachment) for attachment in letter.attachments),
    )


@transactional
def hand_over(parcel: OutgoingLetter, *, now: datetime) -> None:
    """Write down that from now on the letter may have been delivered.

    Raises LeaseLost when another worker took it over in the meantime: then it must not be sent.
    """
    if not change_one(
        update(Letter)
        .where(_held(parcel), Letter.state == "sending", Letter.handed_over_at.is_(None))
        .values(handed_over_at=now, next_try_at=now + LEASE)
    ):
        raise LeaseLost


@transactional
def settle_sent(parcel: OutgoingLetter, *, answer: str, now: datetime) -> None:
    """The mail server took it, and said `answer`."""
    _settle(parcel, state="sent", sent_at=now, problem_kind="", problem="", answer=answer[:500])


@transactional
def settle_kept(parcel: OutgoingLetter) -> None:
    """There is no mail server: the letter stays with us, to be read."""
    _settle(parcel, state="kept", problem_kind="", problem="")


@transactional
def settle_unsure(parcel: OutgoingLetter, *, problem: str) -> None:
    """The text was handed over and the answer was lost. Nobody but a person sends it again."""
    _settle(parcel, state="unsure", problem_kind="answer_lost", problem=problem[:500])


@transactional
def settle_failed_try(
    parcel: OutgoingLetter, *, kind: str, problem: str, is_final: bool, now: datetime
) -> None:
    """It certainly was not delivered: try again later, or give up."""
    given_up = is_final or parcel.tries >= MAX_TRIES
    wait = timedelta(minutes=0 if given_up else BACK_OFF[parcel.tries - 1])
    _settle(
        parcel,
        state="failed" if given_up else "waiting",
        next_try_at=now + wait,
        handed_over_at=None,
        problem_kind=kind,
        problem=problem[:500],
    )


@transactional
def settle_abandoned(*, now: datetime) -> None:
    """Look after letters whose worker never came back: unsure where they may have been delivered.

    The others are tried again by whoever finds them, until they have had their tries.
    """
    abandoned = and_(Letter.state == "sending", Letter.next_try_at <= now)
    change_rows(
        update(Letter)
        .where(abandoned, Letter.handed_over_at.is_not(None))
        .values(state="unsure", problem_kind="worker_stopped")
    )
    change_rows(
        update(Letter)
        .where(abandoned, Letter.handed_over_at.is_(None), Letter.tries >= MAX_TRIES)
        .values(state="failed", problem_kind="worker_stopped")
    )


def _written(
    name: str,
    *,
    to: str,
    language: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    reply_to: str = "",
    values: dict[str, Any],
) -> dict[str, Any]:
    """The columns of a new letter."""
    edition = values.get("edition")
    folder, _, letter = name.partition("/")
    with languages.speaking(language):
        values = {**values, "link": partial(languages.url_in, language)}
        text = plain(render_template(f"{folder}/letters/{letter}.txt", **values))
        # All before the first empty line is the subject, so that a name with a line break in it
        # cannot end the subject early. Headers are single lines, whatever the template was given.
        head, _, body = text.lstrip().partition("\n\n")
        subject = " ".join(head.removeprefix("Subject:").split())
        html = render_template(f"{folder}/letters/{letter}.html", **values, subject=subject)
        html = plain(html)
    return {
        "to": _valid(to),
        "reply_to": _valid(reply_to) if reply_to else _organiser(edition),
        "language": language,
        "name": name,
        "subject": subject,
        "body_text": body.strip() + "\n",
        "body_html": html,
        "attachments": [attachment.as_row() for attachment in attachments],
        "message_id": _message_id(),
        "queued_at": now,
        "next_try_at": now,
    }


def _valid(address: str) -> str:
    """The address in the form in which mail servers want it."""
    try:
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise BadAddress from error
    return valid.ascii_email or valid.normalized


def _organiser(edition: Any) -> str:
    # A wrong address in the edition's settings must not stop anybody's order.
    try:
        return _valid(edition.organiser_email) if edition else ""
    except BadAddress:
        return ""


def _message_id() -> str:
    return make_msgid(domain=urlsplit(current_app.config["PUBLIC_URL"]).hostname)


def _held(parcel: OutgoingLetter) -> ColumnElement[bool]:
    return and_(Letter.id == parcel.letter_id, Letter.lease == parcel.lease)


def _settle(parcel: OutgoingLetter, **values: Any) -> None:
    # `unsure` too: an answer that comes after we had stopped waiting for it is still an answer.
    settled = update(Letter).where(_held(parcel), Letter.state.in_(("sending", "unsure")))
    if not change_one(settled.values(values)):
        log.warning("letter was taken over", letter=parcel.letter_id, wanted=values["state"])

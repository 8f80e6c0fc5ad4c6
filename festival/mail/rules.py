"""Rules that queue a letter, claim it for delivery, and record the outcome.

delivery.py talks to the mail server between these rules, never inside one.
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
from festival.db import (
    Base,
    change_one,
    change_returning,
    change_rows,
    db,
    insert_once,
    transactional,
)
from festival.errors import Refusal
from festival.mail import prose, subjects
from festival.mail.models import Attachment, Letter, LetterSubject, one_copy_on_its_way
from festival.text import plain
from festival.web import languages
from festival.web.logs import log

# Minutes to wait after each failed try; after the eighth try we give up.
BACK_OFF = (1, 5, 15, 60, 240, 480, 720)
MAX_TRIES = len(BACK_OFF) + 1
# Longer than any delivery can take; see the time limits in smtp.py.
LEASE = timedelta(minutes=15)
# Arguments of `queue` that are columns; the others are for the templates.
_COLUMNS = ("to", "language", "attachments", "reply_to", "unsubscribe_url")
# More letters than this at once get no jobs; the worker's sweep delivers them.
MOST_WAKING = 50


class BadAddress(Refusal):
    """Dit e-mailadres klopt niet. Kijk het nog eens na."""


class StillOnItsWay(Refusal):
    """Deze brief is nog onderweg. Wacht tot hij is verstuurd, of tot we het opgeven."""


class CopyOnItsWay(Refusal):
    """Je hebt deze brief al opnieuw verstuurd. Die tweede is nu onderweg."""


class LeaseLost(Exception):
    """Another worker took the letter over; the former one must not send it."""


@dataclass(frozen=True)
class OutgoingLetter:
    """A letter that a worker has claimed with `lease`, for use outside transactions."""

    letter_id: int
    lease: str
    tries: int
    to: str
    reply_to: str
    language: str
    subject: str
    body_text: str
    body_html: str
    unsubscribe_url: str
    message_id: str
    attachments: tuple[Attachment, ...]


def queue(
    name: str,
    /,
    *,
    to: str,
    language: str,
    now: datetime,
    about: Iterable[Base],
    attachments: Sequence[Attachment] = (),
    reply_to: str = "",
    unsubscribe_url: str = "",
    **values: Any,
) -> Letter:
    """Write letter `name` (such as `tickets/order_confirmed`) to `to`, in `language`.

    `about` holds the rows that it is about: the team finds the letter by them.
    The templates are `tickets/letters/order_confirmed.txt` and `.html`; see
    templates/mail/letter_base.txt. They get `values` and `link(endpoint, …)`, which returns the
    address of a page in the letter's language. Pass `edition` if there is one: it signs the letter,
    and replies go to its organiser unless `reply_to` is given. With `unsubscribe_url` mail programs
    show a button of their own to stop such letters. Call this inside a rule. Refuses with
    BadAddress.
    """
    row = write(
        name,
        to=to,
        language=language,
        now=now,
        attachments=attachments,
        reply_to=reply_to,
        unsubscribe_url=unsubscribe_url,
        **values,
    )
    if (rehearsed := prose.rehearsed()) is not None:
        rehearsed.append((row, values))
        return row
    row.subjects = [LetterSubject(**each) for each in subjects.of_rows(about)]
    db.session.add(row)
    jobs.after_commit("deliver_letter", row)
    return row


def write(name: str, /, **values: Any) -> Letter:
    """Returns the letter that `queue` would queue, to look at. `values` are its arguments."""
    own = {key: values.pop(key) for key in _COLUMNS if key in values}
    return Letter(**_written(name, **own, now=values.pop("now"), values=values))


def queue_many(name: str, /, letters: Iterable[dict[str, Any]], *, now: datetime) -> int:
    """Write letter `name` once for each of `letters`, which hold the arguments of `queue`.

    More than MOST_WAKING are inserted together, without jobs, which would make this call slow; the
    worker's sweep finds them within a minute. A wrong address is skipped and logged, so that the
    others still get their letter. Returns how many were written.
    """
    rows, abouts = [], []
    with prose.remembering():
        for values in letters:
            about = subjects.of_rows(values.pop("about"))
            own = {key: values.pop(key) for key in _COLUMNS if key in values}
            try:
                rows.append(_written(name, **own, now=now, values=values))
                abouts.append(about)
            except BadAddress:
                log.warning("letter not queued: bad address", letter=name)
    if len(rows) > MOST_WAKING:
        _insert_together(rows, abouts)
        return len(rows)
    for row, about in zip(rows, abouts, strict=True):
        letter = Letter(**row, subjects=[LetterSubject(**each) for each in about])
        db.session.add(letter)
        jobs.after_commit("deliver_letter", letter)
    return len(rows)


@transactional
def send_again(letter: Letter, *, now: datetime) -> Letter:
    """Queue the same letter again, as a new row. Refuses with StillOnItsWay or CopyOnItsWay."""
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
        unsubscribe_url=letter.unsubscribe_url,
        attachments=letter.attachments,
        message_id=_message_id(),
        queued_at=now,
        next_try_at=now,
        again_of_id=letter.id,
        subjects=[LetterSubject(kind=each.kind, row_id=each.row_id) for each in letter.subjects],
    )
    insert_once(copy, unique=one_copy_on_its_way, refusal=CopyOnItsWay())
    jobs.after_commit("deliver_letter", copy)
    return copy


def may_be_tried(now: datetime) -> ColumnElement[bool]:
    """Returns the condition for letters that can be claimed at `now`."""
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
    """Claim the letter for one try. Returns None if it is not due or another worker has it."""
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
        unsubscribe_url=letter.unsubscribe_url,
        message_id=letter.message_id,
        attachments=tuple(Attachment(**attachment) for attachment in letter.attachments),
    )


@transactional
def hand_over(parcel: OutgoingLetter, *, now: datetime) -> None:
    """Record that from now on the letter may have been delivered.

    Raises LeaseLost if another worker has taken it over; then it must not be sent.
    """
    if not change_one(
        update(Letter)
        .where(_held(parcel), Letter.state == "sending", Letter.handed_over_at.is_(None))
        .values(handed_over_at=now, next_try_at=now + LEASE)
    ):
        raise LeaseLost


@transactional
def settle_sent(parcel: OutgoingLetter, *, answer: str, now: datetime) -> None:
    """Record that the mail server accepted the letter, with its `answer`."""
    _settle(parcel, state="sent", sent_at=now, problem_kind="", problem="", answer=answer[:500])
    subjects.settled([parcel.letter_id], delivered=True, now=now)


@transactional
def settle_kept(parcel: OutgoingLetter) -> None:
    """Record that the letter is kept for reading, because there is no mail server."""
    _settle(parcel, state="kept", problem_kind="", problem="")


@transactional
def settle_unsure(parcel: OutgoingLetter, *, problem: str) -> None:
    """Record that the answer was lost after the text was sent. Only a person sends it again."""
    _settle(parcel, state="unsure", problem_kind="answer_lost", problem=problem[:500])


@transactional
def settle_failed_try(
    parcel: OutgoingLetter, *, kind: str, problem: str, is_final: bool, now: datetime
) -> None:
    """Record that the letter was certainly not delivered, and try again later or give up.

    Gives up if `is_final` or after MAX_TRIES.
    """
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
    if given_up:
        subjects.settled([parcel.letter_id], delivered=False, now=now)


@transactional
def settle_abandoned(*, now: datetime) -> None:
    """Settle letters whose worker stopped: `unsure` if they may have been delivered.

    Others can be claimed again; after MAX_TRIES they are `failed`.
    """
    abandoned = and_(Letter.state == "sending", Letter.next_try_at <= now)
    change_rows(
        update(Letter)
        .where(abandoned, Letter.handed_over_at.is_not(None))
        .values(state="unsure", problem_kind="worker_stopped")
    )
    given_up = change_returning(
        update(Letter)
        .where(abandoned, Letter.handed_over_at.is_(None), Letter.tries >= MAX_TRIES)
        .values(state="failed", problem_kind="worker_stopped")
        .returning(Letter.id)
    )
    if given_up:
        subjects.settled(given_up, delivered=False, now=now)


def _insert_together(
    rows: Sequence[dict[str, Any]], abouts: Sequence[list[dict[str, object]]]
) -> None:
    # Known by message id: in the order of the rows, SQLite would insert them one by one.
    inserted = db.session.execute(insert(Letter).returning(Letter.message_id, Letter.id), rows)
    ids = dict(inserted.all())
    about = [
        {"letter_id": ids[row["message_id"]], **each}
        for row, of_letter in zip(rows, abouts, strict=True)
        for each in of_letter
    ]
    if about:
        db.session.execute(insert(LetterSubject), about)


def _written(
    name: str,
    *,
    to: str,
    language: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    reply_to: str = "",
    unsubscribe_url: str = "",
    values: dict[str, Any],
) -> dict[str, Any]:
    """Returns the columns of a new letter. Raises BadAddress."""
    edition = values.get("edition")
    folder, _, letter = name.partition("/")
    with languages.speaking(language):
        values = {**values, "link": partial(languages.url_in, language)}
        own = prose.own_words(name, edition, language, values)
        text = _rendered(f"{folder}/letters/{letter}", "txt", own, values)
        # Everything before the first empty line is the subject, so that a line break in a name
        # cannot end it early. The subject is joined into one line, as headers must be.
        head, _, body = text.lstrip().partition("\n\n")
        subject = " ".join(head.removeprefix("Subject:").split())
        html = _rendered(f"{folder}/letters/{letter}", "html", own, {**values, "subject": subject})
    return {
        "to": _valid(to),
        "reply_to": _valid(reply_to) if reply_to else _organiser(edition),
        "language": language,
        "name": name,
        "subject": subject,
        "body_text": body.strip() + "\n",
        "body_html": html,
        "unsubscribe_url": unsubscribe_url,
        "attachments": [attachment.as_row() for attachment in attachments],
        "message_id": _message_id(),
        "queued_at": now,
        "next_try_at": now,
    }


def _rendered(template: str, kind: str, own: dict[str, Any], values: dict[str, Any]) -> str:
    """Returns the letter as text or HTML; `own` holds what the team wrote in it itself."""
    letter = f"{template}.{kind}"
    if own:
        return plain(render_template(prose.OWN[kind], letter=letter, own=own, **values))
    return plain(render_template(letter, **values))


def _valid(address: str) -> str:
    """Returns the address in the form that mail servers accept. Raises BadAddress."""
    try:
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise BadAddress from error
    return valid.ascii_email or valid.normalized


def _organiser(edition: Any) -> str:
    # A wrong address in the edition's settings must not make an order fail.
    try:
        return _valid(edition.organiser_email) if edition else ""
    except BadAddress:
        return ""


def _message_id() -> str:
    return make_msgid(domain=urlsplit(current_app.config["PUBLIC_URL"]).hostname)


def _held(parcel: OutgoingLetter) -> ColumnElement[bool]:
    return and_(Letter.id == parcel.letter_id, Letter.lease == parcel.lease)


def _settle(parcel: OutgoingLetter, **values: Any) -> None:
    # `unsure` too: an outcome that comes late is better than none.
    settled = update(Letter).where(_held(parcel), Letter.state.in_(("sending", "unsure")))
    if not change_one(settled.values(values)):
        log.warning("letter was taken over", letter=parcel.letter_id, wanted=values["state"])

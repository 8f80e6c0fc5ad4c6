"""Answers that are files: a student card, a parent's permission. They are sent after ordering.

A form that is shown again loses its file, and nothing that was typed may be lost; so each file has
a form of its own, on the page with the answers.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from werkzeug.datastructures import FileStorage

from festival import storage
from festival.db import change_one, change_returning, db, insert_unless_there, transactional
from festival.errors import Refusal
from festival.questions import answering, queries
from festival.questions.models import OrderAnswer, OrderQuestion
from festival.speakers import files
from festival.tickets.models import Order, Ticket

MOST_MEGABYTES = 10
KINDS = ("application/pdf", "image/jpeg", "image/png", "image/webp")
ACCEPT = ",".join(files.KINDS[kind] for kind in KINDS) + ",.jpeg"


class NoFile(Refusal):
    """Kies eerst een bestand."""

    status = 422


class WrongKind(Refusal):
    """Dit bestand kunnen we niet gebruiken. Stuur een PDF of een foto (JPG, PNG of WebP)."""

    status = 422


@dataclass(frozen=True)
class KeptFile:
    """A file that lies in storage: its name there, that of its sender's, and what it is."""

    stored: str
    name: str
    mimetype: str


def send_file(
    order: Order,
    ticket: Ticket | None,
    question: OrderQuestion,
    sent: FileStorage | None,
    *,
    now: datetime,
) -> None:
    """Keep `sent` as the answer to `question`, in place of a file that was sent before.

    Refuses with NoFile, WrongKind, what files.kind_of refuses with, StorageFull, TooLateToChange or
    TicketEnded; nothing of the new file stays then, and the former one does.
    """
    answering.check_may_answer(order, ticket, now=now)  # before any work is done for it
    if not sent or not sent.filename:
        raise NoFile
    content = sent.read(MOST_MEGABYTES * 1024 * 1024 + 1)
    if len(content) > MOST_MEGABYTES * 1024 * 1024:
        raise files.FileTooLarge(megabytes=MOST_MEGABYTES)
    try:
        kind = files.kind_of(content)
    except files.UnknownKind as refusal:
        raise WrongKind from refusal
    if kind not in KINDS:
        raise WrongKind
    kept = KeptFile(
        files.keep(content, folder="answers"), files.harmless_name(sent.filename, kind), kind
    )
    try:
        former = keep_file(order, ticket, question, kept, now=now)
    except BaseException:
        storage.remove(kept.stored)
        raise
    if former:
        storage.remove(former)  # after the commit: a row without its file would be a fault


def take_away(
    order: Order, ticket: Ticket | None, question: OrderQuestion, *, now: datetime
) -> None:
    """Delete the file that was sent. Refuses with TooLateToChange or TicketEnded."""
    for stored in delete_file(order, ticket, question, now=now):
        storage.remove(stored)


def missing(order: Order, ticket: Ticket | None, asked: list[OrderQuestion]) -> list[OrderQuestion]:
    """Returns those of the questions `asked` for which a file must come and did not yet."""
    needed = [each for each in asked if each.is_file and each.is_required]
    given = queries.values(order, ticket) if needed else {}
    return [each for each in needed if not given.get(each.code)]


@transactional
def keep_file(
    order: Order,
    ticket: Ticket | None,
    question: OrderQuestion,
    file: KeptFile,
    *,
    now: datetime,
) -> str:
    """Make `file` the answer. Returns the name in storage of the one it replaces, '' for none.

    Refuses with TooLateToChange or TicketEnded.
    """
    answering.check_may_answer(order, ticket, now=now)
    values = {"value": file.name, "stored": file.stored, "mimetype": file.mimetype}
    row = {
        "question_id": question.id,
        "order_id": order.id,
        "ticket_id": ticket.id if ticket else None,
        "answered_at": now,
    }
    if insert_unless_there(OrderAnswer, row | values) is not None:
        return ""
    same = queries.answer_to(question, order, ticket)
    # Locked, so that of two sent at once each replaces one file and none is left behind.
    former = db.session.scalar(select(OrderAnswer.stored).where(*same).with_for_update())
    change_one(update(OrderAnswer).where(*same).values(**values, answered_at=now, erased_at=None))
    return former or ""


@transactional
def delete_file(
    order: Order, ticket: Ticket | None, question: OrderQuestion, *, now: datetime
) -> list[str]:
    """Delete the answer. Returns the names in storage that are free then: one, or none.

    Refuses with TooLateToChange or TicketEnded.
    """
    answering.check_may_answer(order, ticket, now=now)
    same = queries.answer_to(question, order, ticket)
    gone = change_returning(delete(OrderAnswer).where(*same).returning(OrderAnswer.stored))
    return [stored for stored in gone if stored]

"""The outbox: every letter is a row, written in the same transaction as the change it reports."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival import search_index
from festival.db import EmailAddress, Model, UtcDateTime

STATES = ("waiting", "sending", "sent", "unsure", "failed", "kept")

PROBLEMS = (
    "",
    "connection",  # the server was not reached, or refused to let us in
    "refused",  # the server refused this letter
    "answer_lost",  # the text was handed over and no answer came
    "worker_stopped",  # the worker that had claimed it stopped
    "attachment",  # a file that goes with it could not be made
    "letter",  # the letter itself cannot be written as mail
)

_ON_ITS_WAY = text("state IN ('waiting', 'sending')")


@dataclass(frozen=True)
class Attachment:
    """A file to be made when the letter is delivered: its kind, and what it is about."""

    kind: str  # such as "tickets_pdf" or "ticket_qr"
    reference: str  # such as an order's secret

    def as_row(self) -> dict[str, str]:
        """Returns it as stored in Letter.attachments."""
        return asdict(self)


class Letter(Model):
    """One letter to one address, and how far it got.

    waiting → sending → sent. `unsure`: the connection broke after the text was handed over, so the
    letter may have arrived; only a person sends it again. `failed`: we gave up. `kept`: there is no
    mail server; the team can read the letter in the outbox.

    While it is `sending`, one worker holds it by `lease` until `next_try_at`. `handed_over_at` is
    set just before the mail server gets the end of the text: if it is set, the letter may have been
    delivered; otherwise it certainly was not.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str] = mapped_column("to_address", EmailAddress)
    reply_to: Mapped[str] = mapped_column(EmailAddress, default="", server_default="")
    language: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)  # the template, such as "tickets/order_confirmed"
    subject: Mapped[str] = mapped_column(Text)
    found_by: Mapped[str] = search_index.folded_column("to_address", "subject")
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # Where the reader stops such letters; '' for those about what they ordered or booked.
    unsubscribe_url: Mapped[str] = mapped_column(Text, default="", server_default="")
    message_id: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[str] = mapped_column(Text, default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease: Mapped[str] = mapped_column(Text, default="", server_default="")
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What went wrong the last time: one of PROBLEMS, and the message of the server or the error.
    problem_kind: Mapped[str] = mapped_column(Text, default="", server_default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")  # to a sent letter
    again_of_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))

    again_of: Mapped["Letter | None"] = relationship(remote_side=[id])
    subjects: Mapped[list["LetterSubject"]] = relationship(
        cascade="all, delete-orphan", order_by="LetterSubject.kind"
    )

    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        CheckConstraint(f"problem_kind IN {PROBLEMS}", name="known_problem"),
        Index(
            "ix_letter_due",
            "next_try_at",
            sqlite_where=_ON_ITS_WAY,
            postgresql_where=_ON_ITS_WAY,
        ),
        Index("ix_letter_queued_at", "queued_at"),
        Index("ix_letter_to_address", "to_address"),
    )


class LetterSubject(Model):
    """What a letter is about: the row `row_id` of the table `kind`. A letter may have several.

    Not a foreign key, because mail lies below all that letters tell of.
    """

    letter_id: Mapped[int] = mapped_column(
        ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)  # the name of a table
    row_id: Mapped[int] = mapped_column(primary_key=True)

    __table_args__ = (Index("ix_letter_subject_row", "kind", "row_id"),)


# A second click on "send again" finds the first copy still on its way.
one_copy_on_its_way = Index(
    "one_copy_on_its_way",
    Letter.again_of_id,
    unique=True,
    sqlite_where=_ON_ITS_WAY,
    postgresql_where=_ON_ITS_WAY,
)

"""Questions of an edition to buyers and holders of tickets, with their options and answers."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, text
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship

from festival import codes
from festival.db import Base, Model, UtcDateTime
from festival.editions.models import Edition
from festival.tickets.models import Order, Ticket, TicketType
from festival.web.languages import Bilingual, bilingual

ABOUT = ("ticket", "order")
KINDS = ("text", "choice", "several", "number", "date", "file")
WITH_OPTIONS = frozenset({"choice", "several"})
# How sensitive an answer is, and who of the team may read whose it is besides organisers.
SENSITIVITIES: Mapping[str, tuple[str, ...]] = {
    "ordinary": ("finance", "checkin"),
    "diet": (),  # the caterer gets numbers
    "access": ("checkin",),  # whoever helps at the door
}
LONGEST_ANSWER = 500

_OF_TICKET = text("ticket_id IS NOT NULL")
_OF_ORDER = text("ticket_id IS NULL")

type_of_question = Table(
    "order_question_type",
    Base.metadata,
    Column("question_id", ForeignKey("order_question.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "type_id", ForeignKey("ticket_type.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
)


class OrderQuestion(Model):
    """One question, for all ticket types or for those in `types`."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    code: Mapped[str] = mapped_column(Text, unique=True, default=codes.readable)
    about: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    label: Composite[Bilingual] = bilingual("label")
    purpose: Composite[Bilingual] = bilingual("purpose")  # why we ask; whoever answers reads it
    sensitivity: Mapped[str] = mapped_column(Text, default="ordinary")
    is_required: Mapped[bool] = mapped_column(default=False)
    is_on: Mapped[bool] = mapped_column(default=True)
    # Not told by an empty `types`: the last of them may be deleted.
    is_for_all: Mapped[bool] = mapped_column(default=True)
    erase_on: Mapped[date]  # the last day on which answers are kept
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship()
    types: Mapped[list[TicketType]] = relationship(
        secondary=type_of_question, order_by=TicketType.position
    )
    options: Mapped[list["QuestionOption"]] = relationship(
        back_populates="question",
        order_by="QuestionOption.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    __table_args__ = (
        CheckConstraint(f"about IN {ABOUT}", name="known_about"),
        CheckConstraint(f"kind IN {KINDS}", name="known_kind"),
        CheckConstraint(f"sensitivity IN {tuple(SENSITIVITIES)}", name="known_sensitivity"),
    )

    @property
    def options_on(self) -> list["QuestionOption"]:
        """The options that can be chosen now."""
        return [each for each in self.options if each.is_on]

    @property
    def is_file(self) -> bool:
        """Whether the answer is a file, which is sent after ordering."""
        return self.kind == "file"

    def is_for(self, of: TicketType) -> bool:
        """Whether holders of this type are asked."""
        return self.is_for_all or any(each.id == of.id for each in self.types)


class QuestionOption(Model):
    """One of the answers to choose from."""

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(
        ForeignKey("order_question.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str] = mapped_column(Text, unique=True, default=codes.readable)
    label: Composite[Bilingual] = bilingual("label")
    is_on: Mapped[bool] = mapped_column(default=True)

    question: Mapped[OrderQuestion] = relationship(back_populates="options")


class OrderAnswer(Model):
    """What somebody answered for a ticket, or for a whole order (no `ticket_id`).

    `value` is what was typed, a day or number as text, or the codes of the chosen options with
    blanks between them, or the name of a file that lies in storage as `stored`; '' once it was
    erased. An erased file goes from storage soon after, and `stored` with it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("order_question.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    value: Mapped[str] = mapped_column(Text)
    stored: Mapped[str] = mapped_column(Text, default="", server_default="")
    mimetype: Mapped[str] = mapped_column(Text, default="", server_default="")
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    question: Mapped[OrderQuestion] = relationship()
    order: Mapped[Order] = relationship()
    ticket: Mapped[Ticket | None] = relationship()

    __table_args__ = (CheckConstraint("erased_at IS NULL OR value = ''", name="erased_is_empty"),)


one_answer_per_ticket = Index(
    "one_answer_per_ticket",
    OrderAnswer.question_id,
    OrderAnswer.ticket_id,
    unique=True,
    sqlite_where=_OF_TICKET,
    postgresql_where=_OF_TICKET,
)
one_answer_per_order = Index(
    "one_answer_per_order",
    OrderAnswer.question_id,
    OrderAnswer.order_id,
    unique=True,
    sqlite_where=_OF_ORDER,
    postgresql_where=_OF_ORDER,
)

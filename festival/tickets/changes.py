"""What was corrected in an order, which tickets were handed on, which orders became one; and the
links that ended so.

A row is written once. The names and addresses in it are emptied when people are erased; what is
void stays void.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from festival.accounts.models import TeamMember
from festival.db import EmailAddress, Model, UtcDateTime, db
from festival.tickets.models import Order, Ticket

CHANGES = ("corrected", "handed_on")
MAKERS = ("buyer", "holder", "team")


class OrderChange(Model):
    """A name or address that was corrected (of a ticket, or without one of the buyer), or a ticket
    that was handed on. It keeps the secret, code and pass that became void with it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    maker: Mapped[str] = mapped_column(Text)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    old_name: Mapped[str] = mapped_column(Text)
    new_name: Mapped[str] = mapped_column(Text)
    old_email: Mapped[str] = mapped_column(EmailAddress)
    new_email: Mapped[str] = mapped_column(EmailAddress)
    void_secret: Mapped[str | None] = mapped_column(Text, unique=True)
    void_code: Mapped[str | None] = mapped_column(Text, unique=True)
    void_pass_id: Mapped[str | None] = mapped_column(Text, unique=True)

    order: Mapped[Order] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    member: Mapped[TeamMember | None] = relationship()

    __table_args__ = (
        CheckConstraint(f"kind IN {CHANGES}", name="known_kind"),
        CheckConstraint(f"maker IN {MAKERS}", name="known_maker"),
        CheckConstraint("(maker = 'team') = (member_id IS NOT NULL)", name="member_of_team"),
        CheckConstraint(
            "(kind = 'handed_on') = (void_pass_id IS NOT NULL)", name="handed_on_is_void"
        ),
    )


class OrderMerge(Model):
    """An order that was put into another of the same buyer: its link leads there from then on."""

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)  # where all is now
    merged_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    member_id: Mapped[int] = mapped_column(ForeignKey("team_member.id"))
    reason: Mapped[str] = mapped_column(Text)

    order: Mapped[Order] = relationship(foreign_keys=[order_id])
    merged: Mapped[Order] = relationship(foreign_keys=[merged_id])
    member: Mapped[TeamMember] = relationship()


def merged_into(order: Order) -> Order | None:
    """Returns the order that `order` was put into."""
    into = select(OrderMerge).where(OrderMerge.merged_id == order.id)
    merge = db.session.scalar(into.options(joinedload(OrderMerge.order)))
    return merge.order if merge else None


def change_that_ended(secret: str) -> OrderChange | None:
    """Returns the change by which the link with this secret ended."""
    return db.session.scalar(select(OrderChange).where(OrderChange.void_secret == secret))


def times_handed_on(ticket: Ticket) -> Sequence[OrderChange]:
    """Returns each time that `ticket` was handed on."""
    query = select(OrderChange).where(
        OrderChange.ticket_id == ticket.id, OrderChange.kind == "handed_on"
    )
    return db.session.scalars(query.order_by(OrderChange.id)).all()


def ticket_before(*, pass_id: str = "", code: str = "") -> Ticket | None:
    """Returns the ticket that had this pass, or this code, until it was handed on."""
    is_it = OrderChange.void_pass_id == pass_id if pass_id else OrderChange.void_code == code
    return db.session.scalar(select(Ticket).join(OrderChange.ticket).where(is_it))

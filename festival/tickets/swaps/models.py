"""Swaps of a ticket to another type: asked for, done, or not."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.accounts.models import TeamMember
from festival.db import Model, UtcDateTime
from festival.tickets.changes import MAKERS
from festival.tickets.models import Order, Ticket, TicketType

# How a swap ended; '' while it waits for money. `late`: money came when it was no longer on.
OUTCOMES = ("", "done", "lapsed", "called_off", "late")


class TicketSwap(Model):
    """A ticket that becomes one of another type, at once or when the difference is paid.

    Until it is done the ticket is what it was, and the ledger knows nothing of it. Its prices are
    those that were agreed to.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    from_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), index=True)
    to_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), index=True)
    from_cents: Mapped[int]
    to_cents: Mapped[int]
    fee_cents: Mapped[int] = mapped_column(default=0)  # kept of what goes back
    # Of this pool it keeps a place while it waits; None if the ticket's own place serves.
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool.id"), index=True)
    maker: Mapped[str] = mapped_column(Text)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    form_key: Mapped[str] = mapped_column(Text)  # a second click finds the first swap
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: nothing to pay
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(Text, default="")

    order: Mapped[Order] = relationship()
    ticket: Mapped[Ticket] = relationship()
    from_type: Mapped[TicketType] = relationship(foreign_keys=[from_type_id])
    to_type: Mapped[TicketType] = relationship(foreign_keys=[to_type_id])
    member: Mapped[TeamMember | None] = relationship()

    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="known_outcome"),
        CheckConstraint("(ended_at IS NULL) = (outcome = '')", name="ends_with_an_outcome"),
        CheckConstraint("ended_at IS NULL OR pool_id IS NULL", name="ended_keeps_no_place"),
        CheckConstraint("ended_at IS NOT NULL OR due_at IS NOT NULL", name="waits_until"),
        CheckConstraint("from_cents >= 0 AND to_cents >= 0 AND fee_cents >= 0", name="prices"),
        CheckConstraint(f"maker IN {MAKERS}", name="known_maker"),
        CheckConstraint("(maker = 'team') = (member_id IS NOT NULL)", name="member_of_team"),
    )

    @property
    def more_cents(self) -> int:
        """What the ticket costs more afterwards; negative if it costs less."""
        return self.to_cents - self.from_cents


one_swap_per_form = Index("one_swap_per_form", TicketSwap.form_key, unique=True)
one_open_swap = Index(
    "one_open_swap",
    TicketSwap.order_id,
    unique=True,
    sqlite_where=TicketSwap.ended_at.is_(None),
    postgresql_where=TicketSwap.ended_at.is_(None),
)

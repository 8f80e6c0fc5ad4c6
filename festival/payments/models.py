"""Money that came in for an order, or went back. What is due is the total less these rows."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.accounts.models import TeamMember
from festival.db import Model, UtcDateTime
from festival.tickets.models import Order

METHODS = ("bank_transfer",)


class Payment(Model):
    """`amount_cents` received (positive) or paid back (negative) for one order."""

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    method: Mapped[str] = mapped_column(Text)
    amount_cents: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    # Made by the form that recorded it, so that a second click does not record it twice.
    form_key: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))

    order: Mapped[Order] = relationship()
    recorded_by: Mapped[TeamMember | None] = relationship()

    __table_args__ = (
        CheckConstraint("amount_cents <> 0", name="not_nothing"),
        CheckConstraint(f"method IN ('{METHODS[0]}')", name="known_method"),
    )


one_payment_per_form = Index("one_payment_per_form", Payment.form_key, unique=True)

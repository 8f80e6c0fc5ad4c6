"""What a device sold at a gate, and what was counted in its till at the end of a day."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.accounts.models import TeamMember
from festival.checkin.models import Device, Gate
from festival.db import Model, UtcDateTime
from festival.tickets.models import Order


class DoorSale(Model):
    """An order that a device sold. The order says who sold it and when; its payment, how."""

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), index=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"))
    sold_on: Mapped[date] = mapped_column(index=True)  # the festival day
    # Of the screen that sold it: what was changed on it and sent again sells nothing more.
    form_key: Mapped[str] = mapped_column(Text)

    order: Mapped[Order] = relationship()
    device: Mapped[Device] = relationship()
    gate: Mapped[Gate] = relationship()


one_door_sale_per_form = Index("one_door_sale_per_form", DoorSale.form_key, unique=True)


class TillCount(Model):
    """What somebody counted of one device's day, and what the device had sold by then, in cents.

    The latest counts; the earlier ones stay.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    held_on: Mapped[date]
    cash_cents: Mapped[int]
    card_cents: Mapped[int]
    sold_cash_cents: Mapped[int]
    sold_card_cents: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counted_by_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    form_key: Mapped[str] = mapped_column(Text)

    device: Mapped[Device] = relationship()
    counted_by: Mapped[TeamMember | None] = relationship()

    __table_args__ = (
        CheckConstraint("cash_cents >= 0 AND card_cents >= 0", name="counted_something"),
    )

    @property
    def cash_difference_cents(self) -> int:
        """How much more cash there was than was sold; negative if it was less."""
        return self.cash_cents - self.sold_cash_cents

    @property
    def card_difference_cents(self) -> int:
        """How much more the card terminal took than was sold; negative if it was less."""
        return self.card_cents - self.sold_card_cents


one_count_per_form = Index("one_count_per_form", TillCount.form_key, unique=True)

"""Extras and the ones that were ordered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, true
from sqlalchemy.orm import Composite, Mapped, mapped_column, relationship

from festival.db import Model, UtcDateTime
from festival.editions.models import Edition, EditionDay
from festival.tickets.models import Order, Ticket
from festival.tickets.vat_columns import NEXT_HAS_A_DAY, WithVat
from festival.vat import Vat
from festival.web.languages import Bilingual, bilingual


class Extra(WithVat, Model):
    """Something on sale besides tickets, with a stock of its own. Each size is one."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(Text)
    name: Composite[Bilingual] = bilingual("name")
    description: Composite[Bilingual] = bilingual("description")
    # The day on which it is handed out; None: on any.
    day_id: Mapped[int | None] = mapped_column(ForeignKey("edition_day.id"), index=True)
    # Whether the crew hands it out: not so with a donation.
    is_handed_out: Mapped[bool] = mapped_column(default=True, server_default=true())
    is_per_ticket: Mapped[bool]  # at most one with each ticket; else some with the whole order
    price_cents: Mapped[int]  # VAT included
    capacity: Mapped[int | None]  # None: as many as people want
    taken: Mapped[int] = mapped_column(default=0)
    is_on: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    edition: Mapped[Edition] = relationship()
    day: Mapped[EditionDay | None] = relationship()

    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
        CheckConstraint(NEXT_HAS_A_DAY, name="next_vat_has_a_day"),
        CheckConstraint("0 <= taken AND (capacity IS NULL OR taken <= capacity)", name="in_stock"),
    )

    @property
    def left(self) -> int | None:
        """How many are left; None if there is no end to them."""
        return None if self.capacity is None else self.capacity - self.taken

    def vat_on(self, day: date, *, is_kor: bool) -> Vat | None:
        """As that of a ticket type, but a donation is never the scheme's."""
        own = super().vat_on(day, is_kor=False)
        is_outside = own is not None and own.category == "outside"
        return super().vat_on(day, is_kor=is_kor and not is_outside)


class OrderedExtra(Model):
    """One extra of an order. With a ticket it goes where that goes."""

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    extra_id: Mapped[int] = mapped_column(ForeignKey("extra.id"), index=True)
    price_cents: Mapped[int]
    # What the ledger charged for it; None for what is free.
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When its buyer got it at the festival, from whom, and the key of the button that said so.
    handed_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_out_by_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    handed_out_key: Mapped[str] = mapped_column(Text, default="", server_default="")

    extra: Mapped[Extra] = relationship()
    order: Mapped[Order] = relationship()
    ticket: Mapped[Ticket | None] = relationship()

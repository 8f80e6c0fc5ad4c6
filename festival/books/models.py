"""What the books of each edition came to when a month was closed."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.db import Model
from festival.editions.models import Edition
from festival.payments.models import ClosedMonth


class ClosedSums(Model):
    """The sums of an edition from its first day to the last of a closed month, in cents.

    They are what the doctor compares with; a month that was closed by an older version has none.
    """

    month: Mapped[date] = mapped_column(
        ForeignKey("closed_month.month", ondelete="CASCADE"), primary_key=True
    )
    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    charged_cents: Mapped[int]
    received_cents: Mapped[int]
    paid_back_cents: Mapped[int]
    vat_cents: Mapped[int]

    closed: Mapped[ClosedMonth] = relationship()
    edition: Mapped[Edition] = relationship()

"""What is kept in the pools for somebody who is ordering."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.db import Model, UtcDateTime
from festival.tickets.models import Pool


class Hold(Model):
    """Places that are kept until a moment, for whoever has its secret. They count as taken.

    What was chosen is in the address of the order form. Whoever deletes the row has the places: the
    order that uses them, or the rule that gives them back. Its places never change.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    secret: Mapped[str] = mapped_column(Text, unique=True)
    # A digest, see queries.MOST_OF_NETWORK; '' where nobody noted it.
    network: Mapped[str] = mapped_column(Text, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    extended: Mapped[int] = mapped_column(default=0)  # how often

    places: Mapped[list["HeldPlaces"]] = relationship(passive_deletes=True)


class HeldPlaces(Model):
    """How many places a hold keeps in one pool."""

    hold_id: Mapped[int] = mapped_column(
        ForeignKey("hold.id", ondelete="CASCADE"), primary_key=True
    )
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), primary_key=True, index=True)
    number: Mapped[int]

    pool: Mapped[Pool] = relationship()

    __table_args__ = (CheckConstraint("number > 0", name="number"),)

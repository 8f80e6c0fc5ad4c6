"""Places of ticket holders in slots, the waiting list, and stars."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.db import Model, UtcDateTime
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket

QUESTION_LENGTH = 1000  # characters that a visitor may write to a coach
# Anyone who booked before a slot was moved may cancel this long after that, closed or not.
TIME_TO_ANSWER = timedelta(hours=2)

_LIVE = text("cancelled_at IS NULL")
_IN_LINE = text("left_at IS NULL")


class Booking(Model):
    """One place in a slot for one ticket. A cancelled one stays, as history."""

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    question: Mapped[str] = mapped_column(Text, default="")  # what the visitor asks the coach
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the visitor said to keep it, after the slot was moved (Slot.moved_at).
    kept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    ticket: Mapped[Ticket] = relationship()
    slot: Mapped[Slot] = relationship()

    @property
    def holds_time(self) -> bool:
        """Whether its slot goes on, so that its holder cannot be elsewhere then."""
        return not self.slot.is_cancelled

    @property
    def is_moved(self) -> bool:
        """Whether its slot was moved after it was booked, and goes on."""
        return self._moved_at is not None

    @property
    def needs_answer(self) -> bool:
        """Whether its slot was moved and the visitor has not yet said what to do about that."""
        moved_at = self._moved_at
        return moved_at is not None and (self.kept_at is None or self.kept_at < moved_at)

    def may_be_cancelled(self, now: datetime) -> bool:
        """Whether it is not too late. There is more time after the slot was cancelled or moved."""
        if self.slot.is_cancelled or now < self.slot.booking_closes_at:
            return True
        return self._moved_at is not None and now < self._moved_at + TIME_TO_ANSWER

    @property
    def _moved_at(self) -> datetime | None:
        """When its slot was moved, if it was booked before that and goes on."""
        moved_at = self.slot.moved_at
        if moved_at is None or self.slot.is_cancelled or moved_at <= self.booked_at:
            return None
        return moved_at


one_live_booking_each = Index(
    "one_live_booking_each",
    Booking.slot_id,
    Booking.ticket_id,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)


class WaitingListEntry(Model):
    """A ticket in line for a slot, perhaps to give up another booking when a place comes free.

    While a ticket is in line that was not passed over, a free place is for nobody else.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    swap_booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # with or without a place
    # When there first was a place that this ticket could not take.
    passed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    ticket: Mapped[Ticket] = relationship()
    slot: Mapped[Slot] = relationship()
    swap_booking: Mapped[Booking | None] = relationship()


one_wait_each = Index(
    "one_wait_each",
    WaitingListEntry.slot_id,
    WaitingListEntry.ticket_id,
    unique=True,
    sqlite_where=_IN_LINE,
    postgresql_where=_IN_LINE,
)


class Star(Model):
    """A slot that the holder of a ticket wants to remember. On a device without a ticket, stars
    are kept by the device alone.

    The row of a removed star stays, so that its number in the agenda feed never goes down.
    """

    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True
    )
    slot_id: Mapped[int] = mapped_column(
        ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    starred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How often it was set or removed.
    changes: Mapped[int] = mapped_column(default=1, server_default="1")

    ticket: Mapped[Ticket] = relationship()
    slot: Mapped[Slot] = relationship()

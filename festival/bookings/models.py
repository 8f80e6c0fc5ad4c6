"""Places of ticket holders in slots, and who waits for one."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.db import Model, UtcDateTime
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket

QUESTION_LENGTH = 1000  # letters that a visitor may write to a coach
# Who booked before a slot was moved, may cancel for so long after that, closed or not.
TIME_TO_ANSWER = timedelta(hours=2)

_LIVE = text("cancelled_at IS NULL")
_IN_LINE = text("left_at IS NULL")


class Booking(Model):
    """One place in a slot for one ticket. A cancelled one stays, as history.

    With `offered_until` it is an offer from the waiting list: it holds the place until then.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    question: Mapped[str] = mapped_column(Text, default="")  # what the visitor asks the coach
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offered_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the visitor said to keep it, after the slot was moved (Slot.moved_at).
    kept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    ticket: Mapped[Ticket] = relationship()
    slot: Mapped[Slot] = relationship()

    @property
    def holds_time(self) -> bool:
        """Whether its holder cannot be elsewhere then: it is no offer, and goes on."""
        return self.offered_until is None and not self.slot.is_cancelled

    @property
    def is_moved(self) -> bool:
        """Whether its slot was moved after it was booked, and goes on."""
        return self._moved_at is not None

    @property
    def needs_answer(self) -> bool:
        """Whether its slot was moved and the visitor did not say yet what to do about that."""
        moved_at = self._moved_at
        return moved_at is not None and (self.kept_at is None or self.kept_at < moved_at)

    def may_be_cancelled(self, now: datetime) -> bool:
        """Whether it is not too late: what was cancelled or moved meanwhile has more time."""
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
    """A ticket in line for a slot, perhaps giving up another booking when a place comes free.

    As long as somebody is in line who was not passed over, a place that comes free is not for
    others.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    swap_booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # with or without a place
    # When there was a place for the first time that this ticket could not take.
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

    One that was taken away stays, so that what the agenda feed says of it never goes back in time.
    """

    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True
    )
    slot_id: Mapped[int] = mapped_column(
        ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    starred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How often it was set or taken away.
    changes: Mapped[int] = mapped_column(default=1, server_default="1")

    ticket: Mapped[Ticket] = relationship()
    slot: Mapped[Slot] = relationship()

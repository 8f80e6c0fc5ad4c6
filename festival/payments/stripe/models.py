"""Attempts to pay by Stripe Checkout, and the events that Stripe sent. No person is named here."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.db import Model, UtcDateTime
from festival.payments.models import Payment
from festival.tickets.models import Order

# Begun: we asked Stripe for a session, and have no answer yet. Processing: the buyer is done, and
# the money comes in later.
LIVE = ("begun", "open", "processing")
STATES = (*LIVE, "paid", "failed", "expired")


class PaymentAttempt(Model):
    """One try to pay an order at Stripe: one Checkout Session. At most one of an order is live."""

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    number: Mapped[int]  # 1, 2, … within the order
    state: Mapped[str] = mapped_column(Text, default="begun")
    amount_cents: Mapped[int]
    # All that the session is made of is kept, because asking again must ask for the same.
    language: Mapped[str] = mapped_column(Text)
    excludes_slow: Mapped[bool]
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What Stripe said: '' until then. The method is a word of Stripe's.
    session_id: Mapped[str | None] = mapped_column(Text)
    intent_id: Mapped[str | None] = mapped_column(Text, index=True)
    url: Mapped[str] = mapped_column(Text, default="")
    method: Mapped[str] = mapped_column(Text, default="")
    # What came in by it; see payments.models.
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    # When Stripe was last asked about it, and since when its answers leave us in the dark.
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stuck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(Text, default="")

    order: Mapped[Order] = relationship()
    payment: Mapped[Payment | None] = relationship()

    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        UniqueConstraint("session_id"),
        UniqueConstraint("payment_id"),
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        CheckConstraint("amount_cents > 0", name="more_than_nothing"),
        CheckConstraint(
            "state IN ('begun', 'expired') OR session_id IS NOT NULL", name="has_a_session"
        ),
    )

    @property
    def is_live(self) -> bool:
        """Whether money may still come in by it."""
        return self.state in LIVE


one_live_attempt = Index(
    "one_live_attempt",
    PaymentAttempt.order_id,
    unique=True,
    sqlite_where=PaymentAttempt.state.in_(LIVE),
    postgresql_where=PaymentAttempt.state.in_(LIVE),
)


class StripeEvent(Model):
    """A knock of Stripe's on our door. What it is about is asked of Stripe afterwards."""

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    session_id: Mapped[str] = mapped_column(Text, default="")
    intent_id: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


one_row_per_event = UniqueConstraint(StripeEvent.event_id)


class StripePayout(Model):
    """Money that Stripe paid out to the organiser's bank account, for whichever editions."""

    id: Mapped[int] = mapped_column(primary_key=True)
    payout_id: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[str] = mapped_column(Text)  # a word of Stripe's
    amount_cents: Mapped[int]
    arrives_on: Mapped[date] = mapped_column(index=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: not its lines yet

    lines: Mapped[list["PayoutLine"]] = relationship(order_by="PayoutLine.id")


class PayoutLine(Model):
    """A part of a payout: a payment, money that went back, a fee. `kind` is a word of Stripe's."""

    id: Mapped[int] = mapped_column(primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("stripe_payout.id"), index=True)
    transaction_id: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    intent_id: Mapped[str] = mapped_column(Text, index=True)  # '': of no payment
    amount_cents: Mapped[int]
    fee_cents: Mapped[int]
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)

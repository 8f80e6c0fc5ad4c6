"""Money that came in for an order, and money that goes back. The ledger has both, once it moved."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival import search_index
from festival.accounts.models import TeamMember
from festival.db import Model, UtcDateTime
from festival.sorting import person_key
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order


class BankLine(Model):
    """Money on a statement of the organiser's bank. Payments say for which orders it was.

    It waits until payments take all of it, or until somebody sets it aside.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text)  # see bank/statements.py
    booked_on: Mapped[date]
    amount_cents: Mapped[int]
    payer_name: Mapped[str] = mapped_column(Text)
    payer_iban: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    # When payments took all of it, or somebody said that it is for no order, and why.
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_aside_note: Mapped[str] = mapped_column(Text, default="")
    payer_key: Mapped[str] = search_index.sort_column("payer_name", person_key)
    found_by: Mapped[str] = search_index.folded_column(
        "payer_name", "payer_iban", "reference", "description"
    )

    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="more_than_nothing"),
        Index("ix_bank_line_waiting", "settled_at", "booked_on"),
    )


one_row_per_bank_line = UniqueConstraint(BankLine.key)


class Payment(Model):
    """`amount_cents` that came in for one order. `method` is a word of ours, or of Stripe."""

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    method: Mapped[str] = mapped_column(Text)
    amount_cents: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    # Made by the form that recorded it, so that a second click does not record it twice.
    form_key: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    bank_line_id: Mapped[int | None] = mapped_column(ForeignKey("bank_line.id"), index=True)

    order: Mapped[Order] = relationship()
    entry: Mapped[LedgerEntry] = relationship()
    recorded_by: Mapped[TeamMember | None] = relationship()

    __table_args__ = (CheckConstraint("amount_cents > 0", name="more_than_nothing"),)


one_payment_per_form = Index("one_payment_per_form", Payment.form_key, unique=True)

# How a refund goes on: asked for, under way at a payment provider, done, refused there, or dropped
# by the team. While it is OPEN, its money is promised to the buyer.
OPEN = ("requested", "sent", "failed")
REFUND_STATES = ("requested", "sent", "done", "failed", "dropped")


class Refund(Model):
    """`amount_cents` that goes back to the buyer. It is in the ledger once it is `done`."""

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    # The payment that it gives back, if it goes the way that came; None: by bank transfer.
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    method: Mapped[str] = mapped_column(Text)
    amount_cents: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    # The buyer's account, where we had to ask for it.
    iban: Mapped[str] = mapped_column(Text, default="", server_default="")
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    form_key: Mapped[str] = mapped_column(Text)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))
    found_by: Mapped[str] = search_index.folded_column("reason")
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drop_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    dropped_by_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))

    order: Mapped[Order] = relationship()
    payment: Mapped[Payment | None] = relationship()
    requested_by: Mapped[TeamMember | None] = relationship(foreign_keys=[requested_by_id])
    dropped_by: Mapped[TeamMember | None] = relationship(foreign_keys=[dropped_by_id])

    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="more_than_nothing"),
        CheckConstraint(f"state IN {REFUND_STATES}", name="known_state"),
        CheckConstraint(
            "(state = 'done') = (entry_id IS NOT NULL) AND (entry_id IS NULL) = (done_at IS NULL)",
            name="done_is_in_the_ledger",
        ),
        CheckConstraint("(state = 'dropped') = (dropped_at IS NOT NULL)", name="dropped_since"),
    )


one_refund_per_form = Index("one_refund_per_form", Refund.form_key, unique=True)


class BooksEnd(Model):
    """Until when the books are closed: the one row, locked by who closes or dates money earlier."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)  # always `books`
    closed_until_on: Mapped[date | None]


one_end_of_books = UniqueConstraint(BooksEnd.name)


class ClosedMonth(Model):
    """A closed month: who closed it, and when. All months before it are closed too."""

    month: Mapped[date] = mapped_column(primary_key=True)  # its first day
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("team_member.id"))

    closed_by: Mapped[TeamMember | None] = relationship()


class InvoiceRequest(Model):
    """What a buyer filled in when asking for an invoice: once for each order."""

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text)  # of the organisation
    attention: Mapped[str] = mapped_column(Text, default="")
    street: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text)
    kvk: Mapped[str] = mapped_column(Text, default="")
    vat_id: Mapped[str] = mapped_column(Text, default="")
    po_number: Mapped[str] = mapped_column(Text, default="")
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InvoicedEntry(Model):
    """On which invoice or credit note an entry of the ledger stands: on one at most."""

    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)

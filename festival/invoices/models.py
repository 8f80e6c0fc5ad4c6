"""An invoice or credit note with all that stands on it, its files, and the counter of its number.

The database refuses to change a row of an invoice, a line or a file.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival import search_index
from festival.db import EmailAddress, Model, UtcDateTime
from festival.editions.models import Edition
from festival.sorting import title_key
from festival.vat import Vat

KINDS = ("invoice", "credit_note")
FILE_KINDS = ("pdf", "ubl")


class InvoiceCounter(Model):
    """The last number that was drawn in a series and year. Its row is locked to draw the next."""

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


one_counter_each = UniqueConstraint(InvoiceCounter.series, InvoiceCounter.year)


class Invoice(Model):
    """What was sent, as it was then. Amounts in cents; those of a credit note are negative."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text, unique=True)
    series: Mapped[str] = mapped_column(Text, default="")
    year: Mapped[int]
    sequence: Mapped[int]
    # A credit note names the invoice that it takes back, or a part of it.
    credits_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    # What it is for: the row `subject_id` of the table `subject_kind`, and its code for people.
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int]
    subject_code: Mapped[str] = mapped_column(Text)
    payment_reference: Mapped[str] = mapped_column(Text, default="")
    po_number: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text)
    event_name: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    issued_on: Mapped[date]
    due_on: Mapped[date | None]
    supplied_on: Mapped[date]
    total_cents: Mapped[int]
    vat_cents: Mapped[int]
    paid_cents: Mapped[int] = mapped_column(default=0)  # before it was made
    seller_name: Mapped[str] = mapped_column(Text)
    seller_email: Mapped[str] = mapped_column(EmailAddress)
    seller_street: Mapped[str] = mapped_column(Text)
    seller_postal_code: Mapped[str] = mapped_column(Text)
    seller_city: Mapped[str] = mapped_column(Text)
    seller_kvk: Mapped[str] = mapped_column(Text)
    seller_vat_id: Mapped[str] = mapped_column(Text)
    seller_iban: Mapped[str] = mapped_column(Text, default="")
    customer_name: Mapped[str] = mapped_column(Text)
    customer_attention: Mapped[str] = mapped_column(Text, default="")
    customer_email: Mapped[str] = mapped_column(EmailAddress)
    customer_street: Mapped[str] = mapped_column(Text, default="")
    customer_postal_code: Mapped[str] = mapped_column(Text, default="")
    customer_city: Mapped[str] = mapped_column(Text, default="")
    customer_country: Mapped[str] = mapped_column(Text, default="NL")
    customer_kvk: Mapped[str] = mapped_column(Text, default="")
    customer_vat_id: Mapped[str] = mapped_column(Text, default="")

    # Customers are organisations nearly always.
    customer_key: Mapped[str] = search_index.sort_column("customer_name", title_key)
    found_by: Mapped[str] = search_index.folded_column(
        "number", "customer_name", "customer_attention", "subject_code", "po_number"
    )

    edition: Mapped[Edition] = relationship()
    credits: Mapped["Invoice | None"] = relationship(remote_side=[id])
    lines: Mapped[list["InvoiceLine"]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.position"
    )
    files: Mapped[list["InvoiceFile"]] = relationship(order_by="InvoiceFile.kind")

    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="known_kind"),
        CheckConstraint(
            "(kind = 'credit_note') = (credits_id IS NOT NULL)", name="what_it_credits"
        ),
        UniqueConstraint("series", "year", "sequence"),
        Index("ix_invoice_subject", "subject_kind", "subject_id"),
    )

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes an invoice back."""
        return self.kind == "credit_note"

    @property
    def open_cents(self) -> int:
        """What was still to be paid when it was made."""
        return self.total_cents - self.paid_cents

    @property
    def by_vat(self) -> list[tuple[Vat, int, int]]:
        """Each VAT on it with the amount without VAT and the VAT, in cents; the highest first."""
        sums: dict[Vat, tuple[int, int]] = {}
        for line in self.lines:
            net, vat_cents = sums.get(line.vat, (0, 0))
            sums[line.vat] = (net + line.net_cents, vat_cents + line.vat_cents)
        ordered = sorted(sums, key=lambda vat: (-vat.percent, vat.category, vat.reason))
        return [(vat, *sums[vat]) for vat in ordered]


class InvoiceLine(Model):
    """One line: how many of what, and the amount with the VAT in it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    amount_cents: Mapped[int]
    vat_category: Mapped[str] = mapped_column(Text)
    vat_percent: Mapped[int]
    vat_reason: Mapped[str] = mapped_column(Text, default="")
    vat_cents: Mapped[int]

    invoice: Mapped[Invoice] = relationship(back_populates="lines")

    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("quantity > 0", name="more_than_none"),
    )

    @property
    def vat(self) -> Vat:
        """The VAT on it."""
        return Vat(self.vat_category, self.vat_percent, self.vat_reason)

    @property
    def net_cents(self) -> int:
        """The amount without VAT."""
        return self.amount_cents - self.vat_cents


class InvoiceFile(Model):
    """A file of an invoice in the storage, made once. Its digest tells whether it is whole."""

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    kind: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text, unique=True)
    sha256: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint(f"kind IN {FILE_KINDS}", name="known_kind"),)


one_file_of_a_kind = UniqueConstraint(InvoiceFile.invoice_id, InvoiceFile.kind)

"""Making an invoice or a credit note: its number, and a copy of all that stands on it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from festival import vat
from festival.db import db, insert_or_lock, insert_unless_there, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.invoices.models import (
    Invoice,
    InvoiceCounter,
    InvoiceFile,
    InvoiceLine,
    one_counter_each,
    one_file_of_a_kind,
)
from festival.team import audit
from festival.vat import Vat

# What the law wants to read of the seller; fields of Edition.
SELLER = (
    "organiser_name",
    "organiser_street",
    "organiser_postal_code",
    "organiser_city",
    "organiser_kvk",
    "organiser_vat_id",
)


class SellerIncomplete(Refusal):
    """We kunnen nog geen facturen maken: onze eigen gegevens zijn niet compleet. Mail ons."""


@dataclass(frozen=True)
class Customer:
    """Who an invoice is for. A person has only a name and an e-mail address."""

    name: str
    email: str
    attention: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = "NL"
    kvk: str = ""
    vat_id: str = ""


class Subject(NamedTuple):
    """What an invoice is for: a row by table and id, its code, and the reference to pay with."""

    kind: str
    row_id: int
    code: str
    payment_reference: str = ""


class Line(NamedTuple):
    """`quantity` of something, and their amount in cents with VAT."""

    name: str
    quantity: int
    amount_cents: int
    vat: Vat


def can_invoice(edition: Edition) -> bool:
    """Returns whether all is known that the law wants to read of the seller."""
    return all(getattr(edition, name) for name in SELLER)


@transactional
def make_invoice(
    edition: Edition,
    customer: Customer,
    subject: Subject,
    lines: Sequence[Line],
    *,
    language: str,
    po_number: str = "",
    due_on: date | None = None,
    paid_cents: int = 0,
    now: datetime,
) -> Invoice:
    """Make an invoice for `lines` (at least one). Refuses with SellerIncomplete."""
    if not can_invoice(edition):
        raise SellerIncomplete
    return _finalise(
        Invoice(
            kind="invoice",
            edition_id=edition.id,
            language=language,
            event_name=edition.name.text(language),
            po_number=po_number,
            due_on=due_on,
            supplied_on=edition.starts_on,
            paid_cents=paid_cents,
            subject_kind=subject.kind,
            subject_id=subject.row_id,
            subject_code=subject.code,
            payment_reference=subject.payment_reference,
            seller_email=edition.organiser_email,
            seller_iban=edition.organiser_iban,
            **{name.replace("organiser", "seller"): getattr(edition, name) for name in SELLER},
            **{f"customer_{name}": value for name, value in asdict(customer).items()},
        ),
        lines,
        edition=edition,
        now=now,
    )


@transactional
def make_credit_note(original: Invoice, lines: Sequence[Line], *, now: datetime) -> Invoice:
    """Make a credit note for `lines` (amounts below 0) of `original`, for the same customer."""
    copied = {
        column.key: getattr(original, column.key)
        for column in Invoice.__table__.columns
        if (column.key.startswith(("seller_", "customer_", "subject_")) and not column.info)
        or column.key
        in ("edition_id", "payment_reference", "po_number", "language", "event_name", "supplied_on")
    }
    return _finalise(
        Invoice(kind="credit_note", credits_id=original.id, **copied),
        lines,
        edition=original.edition,
        now=now,
    )


@transactional
def keep_files(invoice: Invoice, files: Sequence[tuple[str, str, str]], *, now: datetime) -> bool:
    """Keep the kind, path and digest of the files of `invoice`. Returns False if it has them."""
    return all(
        insert_unless_there(
            InvoiceFile,
            {
                "invoice_id": invoice.id,
                "kind": kind,
                "path": path,
                "sha256": sha256,
                "made_at": now,
            },
            unique=one_file_of_a_kind,
        )
        for kind, path, sha256 in files
    )


def _finalise(
    invoice: Invoice, lines: Sequence[Line], *, edition: Edition, now: datetime
) -> Invoice:
    assert lines, "an invoice has lines"
    invoice.issued_at, invoice.issued_on = now, edition.local(now).date()
    shares = vat.of_lines(
        [(line.vat, line.amount_cents) for line in lines], _gross_by_percent(invoice)
    )
    invoice.total_cents = sum(line.amount_cents for line in lines)
    invoice.vat_cents = sum(shares)
    invoice.lines = [
        InvoiceLine(
            position=position,
            name=line.name,
            quantity=line.quantity,
            amount_cents=line.amount_cents,
            vat_category=line.vat.category,
            vat_percent=line.vat.percent,
            vat_reason=line.vat.reason,
            vat_cents=share,
        )
        for position, (line, share) in enumerate(zip(lines, shares, strict=True), start=1)
    ]
    _number(invoice)
    db.session.add(invoice)
    db.session.flush()
    audit.record(f"make_{invoice.kind}", f"invoice {invoice.number}", now=now)
    return invoice


def _number(invoice: Invoice) -> None:
    """Draw the next number of the series and year. Its counter stays locked until the rule ends."""
    invoice.series, invoice.year = "", invoice.issued_on.year
    key = {"series": invoice.series, "year": invoice.year}
    with db.session.no_autoflush:
        counter = insert_or_lock(InvoiceCounter, key | {"last": 0}, unique=one_counter_each)
    counter.last += 1
    invoice.sequence = counter.last
    invoice.number = f"{invoice.series}{invoice.year}-{invoice.sequence:04}"


def _gross_by_percent(invoice: Invoice) -> dict[int, int]:
    """Returns what earlier invoices of the same subject charge, by percentage of VAT.

    With it, all invoices of a subject together hold the VAT of their sum.
    """
    earlier = (
        select(InvoiceLine.vat_percent, func.sum(InvoiceLine.amount_cents))
        .join(InvoiceLine.invoice)
        .where(
            Invoice.subject_kind == invoice.subject_kind, Invoice.subject_id == invoice.subject_id
        )
        .group_by(InvoiceLine.vat_percent)
    )
    return {percent: int(cents) for percent, cents in db.session.execute(earlier)}

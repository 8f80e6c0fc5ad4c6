"""Queries for invoices and credit notes."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Select, extract, func, select
from sqlalchemy.orm import selectinload

from festival import search_index
from festival.db import db
from festival.editions.models import Edition
from festival.invoices.models import Invoice, InvoiceFile

_WHOLE = (selectinload(Invoice.lines), selectinload(Invoice.files))


def invoices(edition: Edition, *, text: str = "", month: date | None = None) -> Select[Invoice]:
    """Returns the query for the invoices of `edition` of a month (its first day), found by text.

    A text is looked for in numbers, customers, purchase numbers and the codes of orders.
    """
    query = select(Invoice).where(Invoice.edition_id == edition.id).options(*_WHOLE)
    if text:
        query = query.where(search_index.holds_all(Invoice.found_by, text))
    if month:
        query = query.where(
            extract("year", Invoice.issued_on) == month.year,
            extract("month", Invoice.issued_on) == month.month,
        )
    return query


def months(edition: Edition) -> Sequence[date]:
    """Returns the first day of each month in which invoices were made, the last first."""
    days = db.session.scalars(
        select(Invoice.issued_on).where(Invoice.edition_id == edition.id).distinct()
    )
    return sorted({day.replace(day=1) for day in days}, reverse=True)


def by_number(number: str) -> Invoice | None:
    """Returns the invoice with this number, of any edition."""
    return db.session.scalar(select(Invoice).where(Invoice.number == number).options(*_WHOLE))


def of_subject(kind: str, row_id: int) -> Sequence[Invoice]:
    """Returns the invoices for one subject, in the order of their numbers."""
    return db.session.scalars(
        select(Invoice)
        .where(Invoice.subject_kind == kind, Invoice.subject_id == row_id)
        .options(*_WHOLE)
        .order_by(Invoice.id)
    ).all()


def files(invoice: Invoice) -> dict[str, InvoiceFile]:
    """Returns the files of an invoice by kind, read again."""
    found = db.session.scalars(select(InvoiceFile).where(InvoiceFile.invoice_id == invoice.id))
    return {file.kind: file for file in found}


def without_files(kinds: Collection[str]) -> Sequence[int]:
    """Returns the ids of invoices that lack one of these kinds of file."""
    number = (
        select(func.count(InvoiceFile.id))
        .where(InvoiceFile.invoice_id == Invoice.id)
        .scalar_subquery()
    )
    return db.session.scalars(
        select(Invoice.id).where(number < len(kinds)).order_by(Invoice.id)
    ).all()

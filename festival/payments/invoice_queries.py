"""Which invoices an order has, and which entries of its ledger still need one."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from festival.db import db
from festival.editions.models import Edition
from festival.invoices import queries as invoices
from festival.invoices.models import Invoice
from festival.payments.models import InvoicedEntry, InvoiceRequest
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order

_reversal, _original = aliased(LedgerEntry), aliased(InvoicedEntry)


def invoices_of(order: Order) -> Sequence[Invoice]:
    """Returns the invoices and credit notes of an order, in the order of their numbers."""
    return invoices.of_subject(Order.__tablename__, order.id)


def request_of(order: Order) -> InvoiceRequest | None:
    """Returns what the buyer filled in when asking for an invoice."""
    return db.session.get(InvoiceRequest, order.id)


def to_invoice(order: Order) -> Sequence[LedgerEntry]:
    """Returns the standing charges of an order that are on no invoice."""
    return db.session.scalars(
        _not_invoiced().where(LedgerEntry.order_id == order.id).order_by(LedgerEntry.id)
    ).all()


def to_credit(order: Order) -> list[tuple[LedgerEntry, int]]:
    """Returns each reversal of an invoiced entry that is on no credit note, with that invoice."""
    query = (
        _not_credited()
        .where(_reversal.order_id == order.id)
        .order_by(_reversal.id)
        .add_columns(_original.invoice_id)
    )
    return [(entry, invoice_id) for entry, invoice_id in db.session.execute(query)]


def standing_on(invoice: Invoice) -> Sequence[LedgerEntry]:
    """Returns the charges on `invoice` and its credit notes that were not taken back.

    A credit note lowers them by what was given back.
    """
    notes = select(Invoice.id).where(Invoice.credits_id == invoice.id)
    taken_back = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    return db.session.scalars(
        select(LedgerEntry)
        .join(InvoicedEntry, InvoicedEntry.entry_id == LedgerEntry.id)
        .where(
            or_(InvoicedEntry.invoice_id == invoice.id, InvoicedEntry.invoice_id.in_(notes)),
            LedgerEntry.kind.in_(("sale", "fee")),
            LedgerEntry.id.not_in(taken_back),
        )
        .order_by(LedgerEntry.id)
    ).all()


def orders_to_settle() -> Sequence[int]:
    """Returns the ids of orders that lack an invoice or a credit note."""
    wanting = (
        _not_invoiced()
        .with_only_columns(LedgerEntry.order_id)
        .join(Order, LedgerEntry.order_id == Order.id)
        .join(Edition, Order.edition_id == Edition.id)
        .outerjoin(InvoiceRequest, InvoiceRequest.order_id == Order.id)
        .where(
            or_(
                InvoiceRequest.order_id.is_not(None),
                Edition.invoices_always
                & Order.confirmed_at.is_not(None)
                & Order.lapsed_at.is_(None)
                & Order.cancelled_at.is_(None),
            )
        )
    )
    taken_back = _not_credited().with_only_columns(_reversal.order_id)
    found = {*db.session.scalars(wanting), *db.session.scalars(taken_back)}
    return sorted(found)


def _not_invoiced() -> Select[LedgerEntry]:
    taken_back = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    return select(LedgerEntry).where(
        LedgerEntry.kind.in_(("sale", "fee")),
        LedgerEntry.id.not_in(taken_back),
        LedgerEntry.id.not_in(select(InvoicedEntry.entry_id)),
    )


def _not_credited() -> Select[LedgerEntry]:
    """Returns the query for reversals of invoiced entries that are on no credit note."""
    return (
        select(_reversal)
        .join(_original, _original.entry_id == _reversal.reverses_id)
        .where(_reversal.id.not_in(select(InvoicedEntry.entry_id)))
    )

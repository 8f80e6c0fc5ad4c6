"""Replacing an invoice with a wrong name or address: a credit note and a new one, in one act."""

from datetime import datetime

from sqlalchemy import delete

from festival.db import change_rows, transactional, upsert
from festival.errors import Refusal
from festival.invoices import rules as invoices
from festival.invoices.models import Invoice
from festival.invoices.rules import Customer
from festival.payments import invoice_queries, letters
from festival.payments.models import InvoicedEntry, InvoiceRequest
from festival.payments.rules import invoicing
from festival.team import audit
from festival.tickets.models import Order
from festival.tickets.rules import ending


class NothingToReplace(Refusal):
    """Deze factuur is al helemaal gecrediteerd. Kijk bij de bestelling welke factuur nu geldt."""


class InvoiceMoved(Refusal):
    """Het bedrag op deze factuur is intussen anders. Er is niets gemaakt: kijk nog een keer."""


class SameCustomer(Refusal):
    """Dit staat al zo op de factuur. Verander wat er niet klopt."""


@transactional
def replace_invoice(
    order: Order,
    invoice: Invoice,
    customer: Customer,
    *,
    po_number: str = "",
    seen_cents: int,
    now: datetime,
) -> Invoice:
    """Credit all that still stands on `invoice` of `order`, and invoice it to `customer`.

    What the order will cost later goes to them too; both documents are mailed. `seen_cents`: what
    the team saw standing on it. Refuses with SameCustomer, NothingToReplace, InvoiceMoved or
    SellerIncomplete.
    """
    ending.lock_order(order)
    if (customer, po_number) == (customer_of(invoice), invoice.po_number):
        raise SameCustomer
    invoicing.credit_what_was_taken_back(order, now=now)
    entries = invoice_queries.standing_on(invoice)
    standing_cents = sum(entry.amount_cents for entry in entries)
    if invoice.is_credit_note or standing_cents <= 0:
        raise NothingToReplace
    if seen_cents != standing_cents:
        raise InvoiceMoved
    if not invoices.can_invoice(order.edition):
        raise invoices.SellerIncomplete
    lines = [
        line._replace(amount_cents=-line.amount_cents)
        for line in invoicing.lines_of(entries, invoice.language)
    ]
    note = invoices.make_credit_note(invoice, lines, now=now)
    letters.invoice_made(order, note, now=now)
    # They stand on the new one from here on, so that a later credit note is for its customer.
    change_rows(
        delete(InvoicedEntry).where(InvoicedEntry.entry_id.in_([entry.id for entry in entries]))
    )
    upsert(InvoiceRequest, invoicing.request_values(order, customer, po_number, now=now))
    made = invoicing.settle_invoices(order, now=now)[-1]
    audit.record(
        "replace_invoice", f"invoice {invoice.number}", now=now, credit=note.number, by=made.number
    )
    return made


def customer_of(invoice: Invoice) -> Customer:
    """Returns who `invoice` is for."""
    return Customer(
        name=invoice.customer_name,
        email=invoice.customer_email,
        attention=invoice.customer_attention,
        street=invoice.customer_street,
        postal_code=invoice.customer_postal_code,
        city=invoice.customer_city,
        country=invoice.customer_country,
        kvk=invoice.customer_kvk,
        vat_id=invoice.customer_vat_id,
    )

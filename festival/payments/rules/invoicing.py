"""Invoices for orders: what is charged and not invoiced, and what was taken back after that.

The ledger says what is charged. Each of its entries stands on one invoice or credit note.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from festival import jobs
from festival.db import db, insert_unless_there, transactional
from festival.errors import Refusal
from festival.invoices import rules as invoices
from festival.invoices.models import Invoice
from festival.invoices.rules import Customer, Line, Subject
from festival.payments import invoice_queries, letters, queries
from festival.payments.models import InvoicedEntry, InvoiceRequest
from festival.payments.terms import ALLOWANCE
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order
from festival.tickets.rules import ending


class AlreadyRequested(Refusal):
    """Voor deze bestelling is al een factuur gemaakt. Klopt er iets niet? Mail ons."""


class NothingToInvoice(Refusal):
    """Voor deze bestelling hoef je niets te betalen. Er komt dus geen factuur."""


@transactional
def request_invoice(
    order: Order, customer: Customer, *, po_number: str = "", now: datetime
) -> Invoice:
    """Make an invoice for all that `order` costs, and mail it to the buyer.

    What it will cost later is invoiced to the same customer. Refuses with NothingToInvoice,
    AlreadyRequested or SellerIncomplete.
    """
    ending.lock_order(order)
    if refusal := why_no_invoice(order):
        raise refusal
    values = request_values(order, customer, po_number, now=now)
    if not insert_unless_there(InvoiceRequest, values):
        raise AlreadyRequested
    return settle_invoices(order, now=now)[-1]


def why_no_invoice(order: Order) -> Refusal | None:
    """Returns why the buyer cannot ask for an invoice (any more); None if they can."""
    if invoice_queries.invoices_of(order):
        return AlreadyRequested()
    if order.state not in {"pending", "confirmed"} or not _costs(order):
        return NothingToInvoice()
    if not invoices.can_invoice(order.edition):
        return invoices.SellerIncomplete()
    return None


def _costs(order: Order) -> bool:
    entries = invoice_queries.to_invoice(order)
    return bool(entries) and _sum(entries) >= 0


def request_values(
    order: Order, customer: Customer, po_number: str, *, now: datetime
) -> dict[str, Any]:
    """Returns the row that says who the invoices of `order` are for."""
    asked = asdict(customer)
    del asked["email"]  # invoices go to the order's
    return {"order_id": order.id, **asked, "po_number": po_number, "requested_at": now}


@transactional
def settle_invoices(order: Order, *, now: datetime) -> list[Invoice]:
    """Make the credit notes and the invoice that `order` lacks, and mail them to the buyer.

    What was given back is credited on an earlier invoice, where there is one. An invoice only if
    the buyer asked for one, or if the edition always makes them and the order is confirmed.
    Returns what was made.
    """
    ending.lock_order(order)
    made = credit_what_was_taken_back(order, now=now)
    request = invoice_queries.request_of(order)
    is_wanted = request or (order.edition.invoices_always and order.state == "confirmed")
    can_invoice = is_wanted and invoices.can_invoice(order.edition)
    entries = invoice_queries.to_invoice(order)
    if can_invoice and entries and _sum(entries) >= 0:
        invoice = _invoice(order, request, entries, now=now)
        letters.invoice_made(order, invoice, now=now)
        made.append(invoice)
    return made


def credit_what_was_taken_back(order: Order, *, now: datetime) -> list[Invoice]:
    """Make and mail the credit notes that `order`, which the caller has locked, lacks.

    They are for charges that were reversed, and for what was given back.
    """
    notes = [_note(original, entries, now=now) for original, entries in _taken_back(order).items()]
    given_back = invoice_queries.to_invoice(order)
    if _sum(given_back) < 0 and (original := _with_room(order, -_sum(given_back))):
        notes.append(_note(original, given_back, now=now))
    for note in notes:
        letters.invoice_made(order, note, now=now)
    return notes


def settle_all(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Settle every order that lacks an invoice or a credit note."""
    return jobs.for_each(
        "order",
        invoice_queries.orders_to_settle(),
        lambda id: settle_invoices(db.session.get_one(Order, id), now=read_clock()),
    )


def _taken_back(order: Order) -> dict[Invoice, list[LedgerEntry]]:
    found: dict[Invoice, list[LedgerEntry]] = defaultdict(list)
    for entry, invoice_id in invoice_queries.to_credit(order):
        found[db.session.get_one(Invoice, invoice_id)].append(entry)
    # An allowance that ends with its tickets was credited before, or lowered the invoice.
    ended = [
        entry
        for entry in invoice_queries.to_invoice(order)
        if entry.name == ALLOWANCE and entry.amount_cents > 0
    ]
    if ended and found:
        most = min(found, key=lambda invoice: _sum(found[invoice]))
        if _sum(found[most]) + _sum(ended) < 0:
            found[most].extend(ended)
    return found


def _with_room(order: Order, cents: int) -> Invoice | None:
    """Returns the newest invoice on which `cents` still stand; if none does, the one with most."""
    standing = {
        invoice: _sum(invoice_queries.standing_on(invoice))
        for invoice in reversed(invoice_queries.invoices_of(order))
        if not invoice.is_credit_note
    }
    enough = (invoice for invoice, stands in standing.items() if stands >= cents)
    return next(enough, max(standing, key=lambda invoice: standing[invoice], default=None))


def _sum(entries: Iterable[LedgerEntry]) -> int:
    return sum(entry.amount_cents for entry in entries)


def _note(original: Invoice, entries: Sequence[LedgerEntry], *, now: datetime) -> Invoice:
    note = invoices.make_credit_note(original, lines_of(entries, original.language), now=now)
    _mark(entries, note)
    return note


def _invoice(
    order: Order,
    request: InvoiceRequest | None,
    entries: Sequence[LedgerEntry],
    *,
    now: datetime,
) -> Invoice:
    due_at = order.due_at or now
    invoiced_cents = sum(each.total_cents for each in invoice_queries.invoices_of(order))
    total_cents = _sum(entries)
    unused_cents = max(queries.balance(order).paid_cents - invoiced_cents, 0)
    invoice = invoices.make_invoice(
        order.edition,
        _customer(order, request),
        Subject(Order.__tablename__, order.id, order.code, order.reference),
        lines_of(entries, order.language),
        language=order.language,
        po_number=request.po_number if request else "",
        due_on=order.edition.local(max(due_at, now)).date(),
        paid_cents=min(unused_cents, total_cents),
        now=now,
    )
    _mark(entries, invoice)
    return invoice


def _customer(order: Order, request: InvoiceRequest | None) -> Customer:
    if request is None:
        return Customer(name=order.name, email=order.email)
    return Customer(
        name=request.name,
        email=order.email,
        attention=request.attention,
        street=request.street,
        postal_code=request.postal_code,
        city=request.city,
        country=request.country,
        kvk=request.kvk,
        vat_id=request.vat_id,
    )


def lines_of(entries: Iterable[LedgerEntry], language: str) -> list[Line]:
    """Returns a line for all entries with the same name, price and VAT, in their order."""
    alike: dict[tuple[object, ...], list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        alike[entry.name.text(language), entry.amount_cents, entry.vat].append(entry)
    return [
        Line(
            of[0].name.text(language),
            len(of),
            sum(entry.amount_cents for entry in of),
            of[0].vat,
        )
        for of in alike.values()
    ]


def _mark(entries: Iterable[LedgerEntry], invoice: Invoice) -> None:
    db.session.add_all(InvoicedEntry(entry_id=entry.id, invoice_id=invoice.id) for entry in entries)
    db.session.flush()

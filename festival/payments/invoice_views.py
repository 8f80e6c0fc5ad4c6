"""The invoice of an order: asking for one, and its files."""

from contextlib import suppress

from flask import Blueprint, Response, abort, redirect, render_template, url_for

from festival import clock, pdf
from festival.errors import Refusal
from festival.invoices import documents
from festival.invoices.backoffice import file_response
from festival.invoices.rules import Customer
from festival.lanes import TooBusy
from festival.payments import invoice_queries
from festival.payments.forms import InvoiceForm
from festival.payments.rules import invoicing
from festival.storage import StorageFull
from festival.team.access import holder
from festival.team.saving import Answer
from festival.tickets import ended_links
from festival.tickets import queries as tickets
from festival.tickets.models import Order
from festival.web.limits import PER_LINK, limiter, link

bp = Blueprint("order_invoices", __name__, url_prefix="/bestelling/<secret>/factuur")


@bp.get("/")
@holder
def ask(secret: str) -> Answer:
    """Asks who the invoice is for."""
    order = _order(secret)
    if isinstance(invoicing.why_no_invoice(order), invoicing.AlreadyRequested):
        return redirect(url_for("payments.order", secret=secret))
    return _ask_page(order, _form(order), invoicing.why_no_invoice(order))


@bp.post("/")
@holder
@limiter.limit("30 per hour", key_func=link, error_message=PER_LINK)
def request_invoice(secret: str) -> Answer:
    """Make the invoice and go back to the order's page."""
    order, form = _order(secret), _form(None)
    if not form.validate():
        return _ask_page(order, form), 422
    try:
        invoice = invoicing.request_invoice(
            order,
            Customer(email=order.email, **form.customer),
            po_number=form.po_number.data or "",
            now=clock.now(),
        )
    except Refusal as refusal:
        return _ask_page(order, form, refusal), refusal.status
    # If this fails the worker makes them, for the letter or soon after.
    with suppress(pdf.CannotMakePdf, StorageFull, TooBusy):
        documents.ensure_files(invoice, now=clock.now())
    return redirect(url_for("payments.order", secret=secret), 303)


@bp.get("/<number>.<kind>")
@holder
def download(secret: str, number: str, kind: str) -> Response:
    """Serves a file of an invoice of this order."""
    found = (each for each in invoice_queries.invoices_of(_order(secret)) if each.number == number)
    return file_response(next(found, None) or abort(404), kind)


def _order(secret: str) -> Order:
    return tickets.order_by_secret(secret) or ended_links.not_found(secret)


def _form(order: Order | None) -> InvoiceForm:
    """Returns the form; for an `order` filled in with what is known."""
    return InvoiceForm(data={"attention": order.name} if order else None)


def _ask_page(order: Order, form: InvoiceForm, refusal: Refusal | None = None) -> str:
    return render_template(
        "payments/ask_invoice.html",
        uses_session=True,
        edition=order.edition,
        order=order,
        form=form,
        problems=[str(refusal)] if refusal else [],
    )

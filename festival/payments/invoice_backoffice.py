"""The team's screen that replaces an invoice: who it should be for, a look at both, and both."""

from contextlib import suppress

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from festival import clock, pdf
from festival.errors import Refusal
from festival.invoices import documents
from festival.invoices.models import Invoice
from festival.invoices.rules import Customer
from festival.lanes import TooBusy
from festival.payments import invoice_queries
from festival.payments.forms import InvoiceForm
from festival.payments.rules import replacing_invoices
from festival.storage import StorageFull
from festival.team.access import team
from festival.team.saving import Answer
from festival.tickets import queries as tickets
from festival.tickets.models import Order

bp = Blueprint("order_invoices_team", __name__, url_prefix="/team/bestellingen/<code>/factuur")


@bp.get("/<number>/vervangen")
@team("finance")
def ask_replace(code: str, number: str) -> str:
    """Asks who the invoice should be for, filled in with who it is for."""
    order, invoice = _invoice(code, number)
    known = vars(replacing_invoices.customer_of(invoice)) | {"po_number": invoice.po_number}
    return _page(order, invoice, InvoiceForm(data=known))


@bp.post("/<number>/vervangen")
@team("finance")
def replace(code: str, number: str) -> Answer:
    """Show the credit note and the new invoice; make and mail them once the team said yes."""
    order, invoice = _invoice(code, number)
    form = InvoiceForm()
    if not form.validate():
        return _page(order, invoice, form), 422
    if "zeker" not in request.form:
        return _page(order, invoice, form, is_preview="terug" not in request.form)
    try:
        made = replacing_invoices.replace_invoice(
            order,
            invoice,
            Customer(email=order.email, **form.customer),
            po_number=form.po_number.data or "",
            seen_cents=request.form.get("gezien", type=int, default=0),
            now=clock.now(),
        )
    except Refusal as refusal:
        return _page(order, invoice, form, refusal), refusal.status
    # If this fails the worker makes them, for the letter or soon after.
    with suppress(pdf.CannotMakePdf, StorageFull, TooBusy):
        documents.ensure_files(made, now=clock.now())
    flash(
        _("Factuur %(old)s is vervangen door %(new)s.", old=number, new=made.number),
        "good",
    )
    return redirect(url_for("payments_team.order", code=code), 303)


def _invoice(code: str, number: str) -> tuple[Order, Invoice]:
    order = tickets.order_by_code(code) or abort(404)
    found = (each for each in invoice_queries.invoices_of(order) if each.number == number)
    invoice = next(found, None) or abort(404)
    return order, invoice


def _page(
    order: Order,
    invoice: Invoice,
    form: InvoiceForm,
    refusal: Refusal | None = None,
    *,
    is_preview: bool = False,
) -> str:
    return render_template(
        "payments/team/replace_invoice.html",
        edition=order.edition,
        order=order,
        invoice=invoice,
        form=form,
        is_preview=is_preview,
        standing_cents=sum(each.amount_cents for each in invoice_queries.standing_on(invoice)),
        problems=[str(refusal)] if refusal else [],
    )

"""The screens of finance: all invoices, their files, and those of a month together."""

import io
import zipfile
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template
from sqlalchemy import Select

from festival import clock
from festival.db import db
from festival.editions.addresses import keep_edition_in_addresses, working_edition
from festival.editions.models import Edition
from festival.invoices import documents, queries, rules
from festival.invoices.attachments import MIMETYPES
from festival.invoices.models import FILE_KINDS, Invoice
from festival.lanes import FOR_FILES
from festival.team import exports, lists
from festival.team.access import team
from festival.web.forms import asked

bp = Blueprint("invoices_team", __name__, url_prefix="/team/facturen")
keep_edition_in_addresses(bp)

_COLUMNS = {
    "number": Invoice.id,
    "customer": Invoice.customer_key,
    "total": Invoice.total_cents,
}


@bp.get("/")
@team("finance")
def index() -> str:
    """Lists the invoices and credit notes of the edition."""
    edition = working_edition()
    month = _month()
    return render_template(
        "invoices/team/index.html",
        edition=edition,
        listing=lists.listing(_asked(edition), _COLUMNS, default="-number"),
        months=queries.months(edition),
        month=month,
        is_filtered=bool(asked("q") or month),
        can_invoice=rules.can_invoice(edition),
    )


@bp.get("/csv")
@team("finance")
def invoices_csv() -> Response:
    """Serves the same invoices as a CSV file, with amounts in euros."""
    rows = db.session.scalars(_asked(working_edition()).order_by(Invoice.id)).all()
    heads = ["number", "kind", "credits", "issued_on", "order", "customer", "kvk", "vat_id"]
    heads += ["po_number", "total", "vat", "without_vat"]
    return exports.csv_response("facturen", heads, map(_row, rows))


@bp.get("/zip")
@team("finance")
def month_zip() -> Response:
    """Serves the PDFs and UBL documents of the month that `?maand=2027-03` asks for."""
    month = _month() or abort(404)
    edition = working_edition()
    query = queries.invoices(edition, month=month).order_by(Invoice.id)
    invoices = db.session.scalars(query).all() or abort(404)
    packed = io.BytesIO()
    with FOR_FILES.turn(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for invoice in invoices:
            for kind in FILE_KINDS:
                content = documents.served(invoice, kind, now=clock.now())
                # Dated by its invoice, so that the same month makes the same file.
                entry = zipfile.ZipInfo(
                    documents.file_name(invoice, kind),
                    (*invoice.issued_on.timetuple()[:3], 0, 0, 0),
                )
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    response = Response(packed.getvalue(), content_type="application/zip")
    name = f"facturen-{month:%Y-%m}.zip"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.get("/<number>.<kind>")
@team("finance")
def download(number: str, kind: str) -> Response:
    """Serves a file of an invoice."""
    return file_response(queries.by_number(number) or abort(404), kind)


def file_response(invoice: Invoice, kind: str) -> Response:
    """Returns a file of `invoice` as a download, or 404 for an unknown kind."""
    if kind not in FILE_KINDS:
        abort(404)
    content = documents.served(invoice, kind, now=clock.now())
    response = Response(content, content_type=MIMETYPES[kind])
    name = documents.file_name(invoice, kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _asked(edition: Edition) -> Select[Invoice]:
    return queries.invoices(edition, text=asked("q"), month=_month())


def _month() -> date | None:
    try:
        return date.fromisoformat(f"{asked('maand')}-01")
    except ValueError:
        return None


def _row(invoice: Invoice) -> tuple[Any, ...]:
    return (
        invoice.number,
        invoice.kind,
        invoice.credits.number if invoice.credits else "",
        invoice.issued_on,
        invoice.subject_code,
        invoice.customer_name,
        invoice.customer_kvk,
        invoice.customer_vat_id,
        invoice.po_number,
        invoice.total_cents / 100,
        invoice.vat_cents / 100,
        (invoice.total_cents - invoice.vat_cents) / 100,
    )

"""Invoices and credit notes: numbered without gaps, never changed, on paper and as UBL.

They know no tickets: whoever sells something hands over a customer, lines and a subject.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from festival import jobs
from festival.invoices import attachments, backoffice, documents, models  # noqa: F401
from festival.mail.attachments import register


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(backoffice.bp)
    register(app, "invoice_pdf", attachments.invoice_pdf)
    register(app, "invoice_ubl", attachments.invoice_ubl)
    jobs.repeat(
        app,
        "make_invoice_files",
        documents.make_missing,
        every_minutes=10,
        words=_l("PDF’s van facturen maken"),
    )

"""The files of an invoice that go with a letter; `reference` is its number."""

from datetime import datetime

from festival.invoices import documents, queries
from festival.mail.attachments import NoAttachment
from festival.mail.messages import AttachedFile

MIMETYPES = {"pdf": "application/pdf", "ubl": "application/xml"}


def invoice_pdf(reference: str, now: datetime) -> AttachedFile:
    """Returns the PDF. Raises NoAttachment if there is none such, or it is damaged."""
    return _file(reference, "pdf", now)


def invoice_ubl(reference: str, now: datetime) -> AttachedFile:
    """Returns the UBL document. Raises NoAttachment if there is none such, or it is damaged."""
    return _file(reference, "ubl", now)


def _file(number: str, kind: str, now: datetime) -> AttachedFile:
    invoice = queries.by_number(number)
    if invoice is None:
        raise NoAttachment("there is no such invoice")
    try:
        content = documents.content(invoice, kind, now=now)
    except documents.Damaged as fault:
        raise NoAttachment(str(fault)) from fault
    name = documents.file_name(invoice, kind)
    return AttachedFile(name=name, mimetype=MIMETYPES[kind], content=content)

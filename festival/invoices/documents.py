"""The files of an invoice: made once, outside any transaction, and kept with their digests."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256

from flask import render_template
from flask_babel import gettext as _
from stdnum import iban, iso11649

from festival import codes, jobs, pdf, storage
from festival.db import db
from festival.errors import Refusal
from festival.invoices import queries, rules, ubl
from festival.invoices.models import FILE_KINDS, Invoice, InvoiceFile
from festival.lanes import FOR_VISITORS
from festival.web import languages
from festival.web.logs import log

_ENDINGS = {"pdf": "pdf", "ubl": "xml"}


class Damaged(Exception):
    """A file of an invoice is gone, or is not as it was made. It must come from a backup."""


class NoPdfHere(Refusal):
    """Deze server kan nu geen PDF maken. De factuur zelf is er wel. Probeer het later nog eens, of
    mail de organisatie."""

    status = 503


class FileDamaged(Refusal):
    """Dit bestand van de factuur is weg of beschadigd. Mail de organisatie: die kan het terughalen
    uit een reservekopie."""

    status = 503


def file_name(invoice: Invoice, kind: str) -> str:
    """Returns what a file of `invoice` is called: `2027-0001.pdf`."""
    return f"{invoice.number}.{_ENDINGS[kind]}"


def content(invoice: Invoice, kind: str, *, now: datetime) -> bytes:
    """Returns a file of `invoice`, which is made if it was not yet.

    Raises Damaged, pdf.CannotMakePdf or lanes.TooBusy.
    """
    return read(ensure_files(invoice, now=now)[kind])


def served(invoice: Invoice, kind: str, *, now: datetime) -> bytes:
    """Returns a file of `invoice` for a page. Refuses with NoPdfHere, FileDamaged or TooBusy."""
    try:
        return content(invoice, kind, now=now)
    except pdf.CannotMakePdf as fault:
        log.exception("no PDF libraries")
        raise NoPdfHere from fault
    except Damaged as fault:
        log.exception("file of an invoice damaged", invoice=invoice.number)
        raise FileDamaged from fault


def read(file: InvoiceFile) -> bytes:
    """Returns what is in a file. Raises Damaged if it is not what was kept."""
    try:
        kept = storage.get(file.path)
    except FileNotFoundError as fault:
        raise Damaged(f"{file.path} is gone") from fault
    if sha256(kept).hexdigest() != file.sha256:
        raise Damaged(f"{file.path} is not as it was made")
    return kept


def ensure_files(invoice: Invoice, *, now: datetime) -> dict[str, InvoiceFile]:
    """Returns the files of `invoice` by kind, made if they were not yet.

    Raises pdf.CannotMakePdf or lanes.TooBusy.
    """
    found = queries.files(invoice)
    if len(found) == len(FILE_KINDS):
        return found
    with FOR_VISITORS.turn():
        paper = pdf.make(html(invoice), style="invoice")
    made = {"pdf": paper, "ubl": ubl.document(invoice, paper)}
    # Names that nobody else uses: of two who make them at once, one removes its own.
    token = codes.secret()
    paths = {kind: f"invoices/{invoice.year}/{token}-{file_name(invoice, kind)}" for kind in made}
    try:
        for kind, each in made.items():
            storage.put(paths[kind], each)
    except BaseException:  # a full disk: nobody would ever look for the first of them
        _remove(paths.values())
        raise
    digests = [(kind, paths[kind], sha256(each).hexdigest()) for kind, each in made.items()]
    if not rules.keep_files(invoice, digests, now=now):
        _remove(paths.values())
    return queries.files(invoice)


def _remove(paths: Iterable[str]) -> None:
    for path in paths:
        storage.remove(path)


def make_missing(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Make the files of every invoice that has none yet."""
    return jobs.for_each(
        "invoice",
        queries.without_files(FILE_KINDS),
        lambda id: ensure_files(db.session.get_one(Invoice, id), now=read_clock()),
    )


def html(invoice: Invoice) -> str:
    """Returns the page of which the PDF is made."""
    with languages.speaking(invoice.language):
        title = (
            _("Creditfactuur %(number)s", number=invoice.number)
            if invoice.is_credit_note
            else _("Factuur %(number)s", number=invoice.number)
        )
        return render_template(
            "pdf/invoice.html",
            language=invoice.language,
            title=title,
            invoice=invoice,
            reason=ubl.reason,
            iban=iban.format,
            reference=iso11649.format,
        )

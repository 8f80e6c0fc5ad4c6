"""What a page says where a file of an invoice cannot be made, kept or read; no link on paper."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import pdf, storage
from festival.invoices import documents, rules
from festival.invoices.attachments import invoice_pdf
from festival.invoices.rules import Subject
from festival.mail.attachments import NoAttachment
from festival.storage import StorageFull
from tests import make
from tests.invoices.test_rules import CUSTOMER, LINES, invoice, seller
from tests.make import NOW


def no_pango(*_args: object, **_values: object) -> bytes:
    raise pdf.CannotMakePdf("cannot load library 'pango'")


def test_without_pango_or_with_a_damaged_file_the_page_says_so(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = invoice(seller())
    make.sign_in(visitor, "finance")
    address = f"/team/facturen/{made.number}.pdf"
    monkeypatch.setattr(pdf, "make", no_pango)
    answer = visitor.get(address)
    assert (answer.status_code, "kan nu geen PDF maken" in answer.text) == (503, True)
    zipped = visitor.get(f"/team/facturen/zip?maand={made.issued_on:%Y-%m}")
    assert zipped.status_code == 503
    monkeypatch.setattr(pdf, "make", lambda *_args, **_values: b"%PDF-")
    storage.put(documents.ensure_files(made, now=NOW)["pdf"].path, b"something else")
    answer = visitor.get(address)
    assert (answer.status_code, "weg of beschadigd" in answer.text) == (503, True)


def test_a_letter_with_a_damaged_file_is_not_sent(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app
    made = invoice(seller())
    monkeypatch.setattr(pdf, "make", lambda *_args, **_values: b"%PDF-")
    storage.remove(documents.ensure_files(made, now=NOW)["pdf"].path)
    with pytest.raises(NoAttachment, match="is gone"):
        invoice_pdf(made.number, NOW)


def test_a_full_disk_leaves_no_half_invoice(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    del app
    made, kept = invoice(seller()), dict[str, bytes]()

    def put(name: str, content: bytes) -> None:
        if kept:
            raise StorageFull
        kept[name] = content

    monkeypatch.setattr(pdf, "make", lambda *_args, **_values: b"%PDF-")
    monkeypatch.setattr(storage, "put", put)
    monkeypatch.setattr(storage, "remove", lambda name: kept.pop(name, None))
    for _ in range(2):
        with pytest.raises(StorageFull):
            documents.ensure_files(made, now=NOW)
        assert kept == {}


def test_what_a_customer_typed_is_no_link_on_paper(app: Flask) -> None:
    del app
    typed = {
        name: f"{getattr(CUSTOMER, name)} evil.shop"
        for name in ("name", "attention", "street", "postal_code", "city", "kvk", "vat_id")
    }
    made = rules.make_invoice(
        seller(),
        replace(CUSTOMER, **typed),
        Subject("orders", 1, "K7PM4WXQ", ""),
        LINES,
        language="nl",
        po_number="evil.shop",
        now=NOW,
    )
    assert "evil.shop" not in documents.html(made)

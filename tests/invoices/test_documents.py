"""The files of an invoice are made once and kept whole."""

from hashlib import sha256
from typing import Any

import pypdfium2
import pytest
from flask import Flask

from festival import pdf, storage
from festival.invoices import documents, queries, rules
from festival.invoices.rules import Line
from festival.vat import Vat
from tests.invoices.test_rules import invoice
from tests.make import NOW


def words(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)


def test_they_are_made_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = invoice()
    files = documents.ensure_files(made, now=NOW)
    assert set(files) == {"pdf", "ubl"}
    assert sha256(storage.get(files["pdf"].path)).hexdigest() == files["pdf"].sha256
    monkeypatch.setattr(pdf, "make", None)  # it is not called again
    assert documents.content(made, "pdf", now=NOW).startswith(b"%PDF")
    assert documents.content(made, "ubl", now=NOW).startswith(b"<?xml")


def test_of_two_who_make_them_at_once_one_removes_its_own(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = invoice()
    keep, kept = rules.keep_files, []

    def second(*args: Any, **kwargs: Any) -> bool:
        others = [(kind, f"invoices/van-een-ander.{kind}", "") for kind in ("pdf", "ubl")]
        keep(made, others, now=NOW)
        kept.extend(path for _kind, path, _digest in args[1])
        return keep(*args, **kwargs)

    monkeypatch.setattr(rules, "keep_files", second)
    files = documents.ensure_files(made, now=NOW)
    assert files["pdf"].path == "invoices/van-een-ander.pdf"
    for path in kept:
        with pytest.raises(FileNotFoundError):
            storage.get(path)


@pytest.mark.parametrize("harm", [None, b"%PDF iets anders"])
def test_a_file_that_is_gone_or_changed_is_never_made_again(app: Flask, harm: bytes | None) -> None:
    made = invoice()
    file = documents.ensure_files(made, now=NOW)["pdf"]
    storage.remove(file.path)
    if harm:
        storage.put(file.path, harm)
    with pytest.raises(documents.Damaged):
        documents.content(made, "pdf", now=NOW)


def test_the_worker_makes_what_is_missing(app: Flask) -> None:
    invoice()
    assert documents.make_missing(lambda: NOW).done == 1
    assert queries.without_files(("pdf", "ubl")) == []


def test_on_paper_it_says_everything_in_the_language_of_the_order(app: Flask) -> None:
    made = invoice(language="en", po_number="4500123456", paid_cents=1000)
    content = documents.content(made, "pdf", now=NOW)
    assert pypdfium2.raw.FPDFCatalog_IsTagged(pypdfium2.PdfDocument(content).raw)
    shown = words(content)
    for said in (
        "Invoice 2026-0001", "Stichting Voorbeeld", "VAT id NL004495445B01", "KvK 12345678",
        "Gemeente Voorbeeld", "Attn. J. Jansen", "4500123456", "15 October 2026",
        "21% VAT on €161.16", "€262.50", "€252.50",
        "artikel 11 lid 1 onder o Wet OB", "NL91 ABNA 0417 1643 00", "RF45 K7PM 4WXQ",
    ):  # fmt: skip
        assert said in shown, said


def test_a_credit_note_says_of_which_invoice(app: Flask) -> None:
    note = rules.make_credit_note(
        invoice(), [Line("Weekend", 1, -6500, Vat("standard", 21))], now=NOW
    )
    shown = words(documents.content(note, "pdf", now=NOW))
    assert "Creditfactuur 2026-0002" in shown
    assert "bij factuur 2026-0001 van 1 oktober 2026" in shown
    assert "-65,00" in shown


def test_a_year_of_the_small_business_scheme_says_why_there_is_no_vat(app: Flask) -> None:
    made = invoice(lines=(Line("Weekend", 1, 6500, Vat("kor", 0)),))
    shown = words(documents.content(made, "pdf", now=NOW))
    assert "vrijgesteld van btw op grond van artikel 25 Wet OB" in shown

"""The door to WeasyPrint: what comes out is tagged, and nothing is fetched from outside."""

import logging
import threading

import pypdfium2
import pytest

from festival import pdf

PAGE = '<!doctype html><html lang="nl"><head><title>Proef</title></head><body>{}</body></html>'


@pytest.fixture
def complaints():
    """What WeasyPrint logs."""
    records = []

    class Listener(logging.Handler):
        def emit(self, record):
            records.append(record.getMessage())

    listener = Listener(level=logging.WARNING)
    logger = logging.getLogger("weasyprint")
    logger.addHandler(listener)
    yield records
    logger.removeHandler(listener)


def test_a_document_is_tagged_and_says_its_language_and_title(complaints):
    made = pdf.make(PAGE.format("<h1>Zaal één</h1><p>Łódź, İzmir</p>"), style="ticket")
    document = pypdfium2.PdfDocument(made)
    assert document.get_metadata_dict()["Title"] == "Proef"
    for part in (b"/StructTreeRoot", b"/MarkInfo", b"/Lang (nl)", b"pdfuaid"):
        assert part in made or part in unpacked(made), part
    text = document[0].get_textpage().get_text_range()
    assert "Zaal één" in text
    assert "Łódź, İzmir" in text
    assert complaints == []


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x.png",
        "https://example.org/x.png",
        "file:///etc/hostname",
        "app:../../../../config.py",
        "app:/etc/hostname",
        "ftp://example.org/x",
    ],
)
def test_nothing_else_than_our_fonts_is_fetched(address, complaints):
    made = pdf.make(PAGE.format(f'<p>Hier</p><img alt="x" src="{address}">'), style="ticket")
    assert pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range().startswith("Hier")
    assert any("Failed to load image" in complaint for complaint in complaints)


def test_threads_share_one_engine_and_none_hangs():
    made = []

    def work():
        made.extend(pdf.make(PAGE.format("<h1>Tegelijk</h1>"), style="ticket") for _ in range(3))

    threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(made) == 12
    assert pdf._engine.cache_info().currsize == 1


def test_a_machine_without_pango_says_what_to_install(monkeypatch):
    def missing(_name):
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "import_module", missing)
    pdf._engine.cache_clear()
    with pytest.raises(pdf.CannotMakePdf, match="apt-get install libpango"):
        pdf.check()
    monkeypatch.undo()
    pdf.check()


def test_fonts_that_are_missing_are_no_silent_change_of_type(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf.fonts, "FOLDER", tmp_path)
    pdf._engine.cache_clear()
    with pytest.raises(pdf.CannotMakePdf, match="fonts"):
        pdf.check()
    monkeypatch.undo()
    pdf.check()


def unpacked(made):
    """All streams of a PDF, unpacked and joined."""
    import re
    import zlib

    parts = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.S):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            parts.append(stream)
    return b"".join(parts)

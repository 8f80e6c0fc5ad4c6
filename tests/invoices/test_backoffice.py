"""Finance finds invoices, and takes them along by file, list and month."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from festival import clock
from festival.invoices import rules
from festival.invoices.rules import Line
from festival.vat import Vat
from tests import make
from tests.invoices.test_rules import invoice, seller

NOVEMBER = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def finance(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    of = seller()
    first = invoice(of, po_number="4500_1")
    lines = [Line("Weekend", 1, -6500, Vat("standard", 21))]
    rules.make_credit_note(first, lines, now=NOVEMBER)
    make.sign_in(visitor, "finance")
    monkeypatch.setattr(clock, "now", lambda: NOVEMBER)
    return visitor


def page(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/team/facturen/{query}")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_they_are_listed_and_found(finance: FlaskClient) -> None:
    assert "credit bij 2026-0001" in page(finance)
    assert "credit bij" not in page(finance, "?maand=2026-10")
    assert "2026-0001.pdf" in page(finance, "?q=4500_1")
    assert "Niets gevonden" in page(finance, "?q=4500x1")
    assert "Niets gevonden" in page(finance, "?q=%25geen")
    assert "credit bij 2026-0001" in page(finance, "?maand=onzin")


def test_the_csv_has_a_row_for_each(finance: FlaskClient) -> None:
    rows = finance.get("/team/facturen/csv").data.decode("utf-8-sig").splitlines()
    assert [row.split(";")[:3] for row in rows[1:]] == [
        ["2026-0001", "invoice", ""],
        ["2026-0002", "credit_note", "2026-0001"],
    ]
    assert [row.split(";")[-3:] for row in rows[1:]] == [
        ["262,5", "35,28", "227,22"],
        ["-65,0", "-11,28", "-53,72"],
    ]


def test_a_month_in_one_zip(finance: FlaskClient) -> None:
    answer = finance.get("/team/facturen/zip?maand=2026-11")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["2026-0002.pdf", "2026-0002.xml"]
        assert archive.read("2026-0002.pdf").startswith(b"%PDF")
    for wrong in ("", "?maand=2026-13", "?maand=2025-01"):
        assert finance.get(f"/team/facturen/zip{wrong}").status_code == 404


def test_a_seller_that_is_not_complete_is_told_so(visitor: FlaskClient) -> None:
    make.edition()
    make.sign_in(visitor, "finance")
    assert "er kunnen nog geen facturen komen" in page(visitor)


def test_they_are_for_finance(visitor: FlaskClient) -> None:
    made = invoice()
    make.sign_in(visitor, "editor")
    for address in ("", "csv", "zip?maand=2026-10", f"{made.number}.pdf"):
        assert visitor.get(f"/team/facturen/{address}").status_code == 403

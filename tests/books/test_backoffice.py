"""The page of the books and its files: who may open them, periods, and what stands in them."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from festival import clock
from festival.accounts.models import ROLES
from festival.db import db
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

BOOKS = "/team/boeken/"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def finance(visitor: FlaskClient) -> FlaskClient:
    """One order that was paid, and one that was not, in two months."""
    make.edition()
    name = Bilingual("=Weekend", "=Weekend")
    of = make.ticket_type(price_cents=12100, vat_category="standard", name=name)
    make.payment(make.order(of=of), 12100, method="cash")
    dear = make.ticket_type(price_cents=24200, vat_category="standard")
    august = NOW - timedelta(days=40)
    make.order(of=dear, confirmed_at=None, placed_at=august, due_at=NOW)
    make.sign_in(visitor, "finance")
    return visitor


def rows(client: FlaskClient, path: str) -> list[list[str]]:
    text = client.get(BOOKS + path).get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def shown(client: FlaskClient, **query: str) -> str:
    """The page of a period, with ordinary spaces."""
    return client.get(BOOKS, query_string=query).text.replace("\xa0", " ")


@pytest.mark.parametrize("role", ROLES)
def test_only_who_looks_after_the_money_reads_them(visitor: FlaskClient, role: str) -> None:
    make.edition()
    make.sign_in(visitor, role)
    expected = 200 if role in {"organiser", "finance"} else 403
    for page in ("", "regels.csv", "dagen.xlsx", "btw.csv"):
        assert visitor.get(BOOKS + page).status_code == expected, page


def test_before_anything_is_sold_the_page_says_what_comes(visitor: FlaskClient) -> None:
    make.edition()
    make.sign_in(visitor, "finance")
    page = visitor.get(BOOKS).text
    assert "Nog niets te boeken" in page
    assert "Per maand" not in page


def test_the_whole_edition_and_one_month(finance: FlaskClient) -> None:
    page = shown(finance)
    assert "Hele editie" in page
    assert "€ 363,00" in page, "two tickets"
    assert "€ 63,00" in page, "the VAT in them"
    october = shown(finance, van="2026-10-01", tot="2026-10-31")
    assert "1 okt 2026 tot en met 31 okt 2026" in october
    assert "Openstaand aan het begin € 242,00 + verkocht € 121,00 − ontvangen € 121,00" in october
    assert "1 okt 2026 tot en met 31 okt 2026" in shown(finance, van="2026-10-31", tot="2026-10-01")


def test_what_is_no_date_is_said_and_changes_nothing(finance: FlaskClient) -> None:
    page = finance.get(BOOKS, query_string={"van": "vorige week", "tot": "2026-02-31"}).text
    assert "die datum kennen we niet" in page
    assert "Hele editie" in page
    assert "Niets in deze dagen" in finance.get(BOOKS, query_string={"van": "2030-01-01"}).text


def test_every_entry_in_a_file_that_runs_no_formula(finance: FlaskClient) -> None:
    heads, old, sale, payment = rows(finance, "regels.csv")
    assert heads[:6] == ["Dag", "Ingevoerd", "Soort", "Bestelling", "Omschrijving", "Bedrag"]
    assert [old[0], old[2], old[5]] == ["2026-08-22", "verkoop", "242,0"]
    assert sale[4:] == ["'=Weekend", "121,0", "21%", "", "21", "21,0", "100,0", "", ""]
    assert [payment[2], payment[5], payment[11]] == ["ontvangen", "-121,0", "contant"]
    assert len(rows(finance, "regels.csv?van=2026-10-01")) == 3


def test_days_and_vat_as_files_and_as_workbooks(finance: FlaskClient) -> None:
    days = rows(finance, "dagen.csv")
    assert days[1:] == [
        ["2026-08-22", "242,0", "0,0", "0,0", "42,0", "0,0", "0,0", "242,0"],
        ["2026-10-01", "121,0", "0,0", "0,0", "21,0", "121,0", "0,0", "242,0"],
    ]
    assert rows(finance, "btw.csv")[1:] == [["21%", "", "21", "363,0", "63,0", "300,0"]]
    for what, number in (("regels", 4), ("dagen", 3), ("btw", 2)):
        answer = finance.get(f"{BOOKS}{what}.xlsx")
        assert answer.headers["Content-Disposition"] == f"attachment; filename=boeken-{what}.xlsx"
        sheet = load_workbook(io.BytesIO(answer.data)).active
        assert sheet.max_row == number, what
    assert finance.get(f"{BOOKS}klanten.csv").status_code == 404


def test_what_is_open_leads_to_its_orders(finance: FlaskClient) -> None:
    page = finance.get(BOOKS).text
    assert "/team/bestellingen/?state=due" in page
    assert finance.get("/team/bestellingen/?state=due").text.count('<th scope="row">') == 1


def test_english(finance: FlaskClient) -> None:
    page = finance.get("/en" + BOOKS).text
    assert "<h1>Books</h1>" in page
    text = finance.get(f"/en{BOOKS}btw.csv").get_data().decode("utf-8-sig")
    assert text.startswith("Kind of VAT;")


def close_august(client: FlaskClient, **form: str) -> TestResponse:
    return client.post(f"{BOOKS}afsluiten", data={"month": "2026-08-01", "sure": "1"} | form)


def test_a_month_is_closed_by_who_says_to_know_what_it_means(finance: FlaskClient) -> None:
    page = finance.get(BOOKS).text
    assert '<option value="2026-08-01">augustus 2026</option>' in page
    assert 'value="2026-10-01">oktober' not in page, "it is not over"
    answer = close_august(finance, sure="")
    assert answer.status_code == 422
    assert "Zet het vinkje" in answer.text
    assert "afgesloten" not in finance.get(BOOKS).text
    assert close_august(finance).status_code == 303
    page = finance.get(BOOKS).text
    assert "De boeken zijn dicht tot en met augustus 2026." in page
    assert page.count(">afgesloten</span>") == 1
    assert "Wie sloot af?" in page
    assert "Maanden afsluiten" not in page, "there is nothing left to close"
    assert close_august(finance).status_code == 422, "no choice any more"


def test_what_is_recorded_in_a_closed_month_is_refused_and_stays_filled_in(
    finance: FlaskClient,
) -> None:
    close_august(finance)
    order = db.session.scalars(select(Order).where(Order.confirmed_at.is_(None))).one()
    form = {
        "form_key": "vorm",
        "amount_cents": "10",
        "note": "contant",
        "received_on": "2026-08-30",
    }
    answer = finance.post(f"/team/bestellingen/{order.code}/betaling", data=form)
    assert answer.status_code == 409
    assert "De boeken zijn dicht tot en met maandag 31 augustus 2026" in answer.text
    assert 'value="contant"' in answer.text
    later = form | {"received_on": "2026-09-01"}
    assert finance.post(f"/team/bestellingen/{order.code}/betaling", data=later).status_code == 303


@pytest.mark.parametrize("role", ["programme", "checkin", "editor"])
def test_others_close_nothing(app: Flask, finance: FlaskClient, role: str) -> None:
    client = app.test_client()
    make.sign_in(client, role)
    assert close_august(client).status_code == 403
    assert "afgesloten" not in finance.get(BOOKS).text

"""Each list of the team finds by words as orders are found, and sorts names in one order."""

import re
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient

from festival import clock
from festival.db import db
from festival.invoices import rules
from festival.invoices.rules import Subject
from festival.payments.models import BankLine
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.rules import ordering
from tests import make
from tests.invoices.test_rules import CUSTOMER, LINES, seller
from tests.make import NOW

BANK, REFUNDS, CODES = "/team/bank/", "/team/bestellingen/terug", "/team/codes/"
INVOICES, WAITING = "/team/facturen/", "/team/wachtlijst-kaartjes/"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def team(visitor: FlaskClient) -> FlaskClient:
    make.current_edition()
    make.sign_in(visitor, "organiser")
    return visitor


def bank_line(key: str, name: str, description: str = "") -> None:
    db.session.add(
        BankLine(
            key=key,
            booked_on=date(2026, 10, 1),
            amount_cents=100,
            payer_name=name,
            payer_iban="NL91ABNA0417164300",
            reference="",
            description=description,
            imported_at=NOW,
        )
    )
    db.session.commit()


def found(team: FlaskClient, address: str, *names: str, **query: str) -> list[str]:
    """Which of `names` stand on the page, in the order of the page."""
    answer = team.get(address, query_string=query)
    assert answer.status_code == 200
    page = answer.text.split("<main", 1)[1]
    page = page[page.find("<tbody") :] if "<tbody" in page else ""
    return sorted((name for name in names if name in page), key=page.index)


def test_bank_lines(team: FlaskClient) -> None:
    bank_line("a1", "Zoë Müller", "kaartjes K7PM4WXQ")
    bank_line("a2", "Jan")
    for words, is_found in (
        ("muller", True),
        ("MÜLLER zoë", True),
        ("zoe muller kaartjes", True),
        ("k7pm-4wxq", True),
        ("K7PM 4WXQ", True),
        ("NL91 ABNA 0417", True),
        ("mulder", False),
    ):
        there = ["Zoë Müller"] if is_found else []
        assert found(team, BANK, "Zoë Müller", q=words) == there, words


def test_refunds(team: FlaskClient) -> None:
    order = make.order(name="Zoë Müller", code="K7PM4WXQ")
    make.refund(order, 100, reason="Blij te zijn geschräpt", iban="NL91ABNA0417164300")
    make.refund(make.order(name="Jan"), 100)
    for words in (
        "muller",
        "müller zoë",
        "k7pm 4wxq",
        "K7PM-4WXQ",
        "4wxq",
        "NL91 ABNA",
        "muller te blij",
        "geschrapt blij",
    ):
        page = team.get(REFUNDS, query_string={"q": words, "state": "done"}).text
        assert ("Zoë Müller" in page, "Jan<" in page) == (True, False), words


def test_codes(team: FlaskClient) -> None:
    make.voucher(code="PERS-27", note="Zoë Müller, buurt", tag="Bond")
    make.voucher(code="GILDE", note="anders")
    for words in ("muller", "buurt müller", "pers-27", "PERS 27", "bond"):
        assert found(team, CODES, "PERS-27", "GILDE", q=words) == ["PERS-27"], words


def test_a_changed_note_is_found(team: FlaskClient) -> None:
    voucher = make.voucher(code="PERS27")
    voucher.note = "Böhm"
    voucher.tag = "Émile"
    db.session.commit()
    assert found(team, CODES, "PERS27", q="bohm") == ["PERS27"]
    assert voucher.tag_key == "emile"


def invoiced(*names: str) -> None:
    of = seller()
    for number, name in enumerate(names):
        customer = replace(CUSTOMER, name=name)
        subject = Subject("orders", number, f"K7PM4WX{number}", "")
        rules.make_invoice(of, customer, subject, LINES, language="nl", po_number="4500_1", now=NOW)


def test_invoices(visitor: FlaskClient) -> None:
    invoiced("Jan", "Müller bv")
    make.sign_in(visitor, "organiser")
    for words in ("muller", "bv müller", "k7pm-4wx1", "K7PM 4WX1", "2026-0002", "4500_1 muller"):
        assert found(visitor, INVOICES, "Müller bv", "Jan<", q=words) == ["Müller bv"], words


def test_customers_stand_in_one_order(visitor: FlaskClient) -> None:
    names = ["Émond bv", "fabriek 2", "Fabriek 10", "Zuid"]
    invoiced(*reversed(names))
    make.sign_in(visitor, "organiser")
    assert found(visitor, INVOICES, *names, sort="customer") == names


def test_who_waits(team: FlaskClient) -> None:
    of = make.ticket_type(pool=make.pool(capacity=2, taken=2))
    make.wait(of, name="Zoë Müller", email="zoe@x.example.org")
    for words, there in (("muller", ["Zoë Müller"]), ("zoe@x", ["Zoë Müller"]), ("jan", [])):
        assert found(team, WAITING, "Zoë Müller", q=words) == there, words


def test_names_stand_in_one_order(team: FlaskClient) -> None:
    names = ["Émile Aalders", "Jan van der Berg", "anna Émond", "Bo Zuid"]
    of = make.ticket_type(pool=make.pool(capacity=2, taken=2))
    for number, name in enumerate(reversed(names)):
        bank_line(f"a{number}", name)
        make.wait(of, name=name, email=f"{number}@example.org")
    assert found(team, BANK, *names, sort="name") == names
    assert found(team, WAITING, *names, sort="name") == names
    assert found(team, WAITING, *names) == names[::-1], "the longest waiting first"


def test_codes_and_labels_stand_in_one_order(team: FlaskClient) -> None:
    codes = {"AZ2": "école", "AZ10": "Fonds", "B1": "zuid"}
    for code, tag in reversed(codes.items()):
        make.voucher(code=code, tag=tag)
    assert found(team, CODES, *codes, sort="code") == list(codes)
    assert found(team, CODES, *codes, sort="tag") == list(codes)
    options = re.findall(r'<option value="([^"]+)"', team.get(CODES).text)
    assert [each for each in options if each in codes.values()] == list(codes.values())


def test_who_ordered_an_extra_is_sorted_found_and_paged(team: FlaskClient) -> None:
    extra = make.extra(is_per_ticket=False, price_cents=0)
    names = ["Émile Aalders", "Jan van der Berg", "anna Émond", "Bo Zuid"]
    of = make.ticket_type(price_cents=0)
    for name in reversed(names):
        wanted = make.order_request(
            of, extras=[ExtraRequest(extra.slug, None)], name=name, form_key=name
        )
        ordering.place_order(of.edition, wanted, now=NOW)
    assert db.session.query(OrderedExtra).count() == 4
    address = f"/team/erbij/{extra.slug}"
    assert found(team, address, *names) == names
    assert found(team, address, *names, q="emond") == ["anna Émond"]
    rows = team.get(f"{address}/lijst.csv?q=emond").text
    assert ("Émond" in rows, "Zuid" in rows) == (True, False)

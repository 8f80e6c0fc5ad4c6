"""Finance sets the VAT on ticket types, and switches the small business scheme."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival import clock
from festival.db import db
from festival.tickets import small_business
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import TicketType
from festival.tickets.rules import ordering
from festival.vat import Vat
from tests import make
from tests.make import FRIDAY, NOW


@pytest.fixture
def finance(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    make.current_edition()
    make.sign_in(visitor, "finance")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return visitor


def page(client: FlaskClient, path: str = "/team/btw/") -> str:
    return " ".join(client.get(path).get_data(as_text=True).split())


SENT = {
    "vat_category": "exempt",
    "vat_reason": "artikel 11 lid 1 onder o",
    "next_vat_from_on": "2026-12-01",
    "next_vat_category": "reduced",
    "version": "1",
}


def test_finance_says_what_it_is_and_what_it_will_be(finance: FlaskClient) -> None:
    make.ticket_type(slug="dag", price_cents=4500, vat_category="")
    assert "nog niet bekend" in page(finance)
    assert finance.post("/team/btw/dag", data=SENT).status_code == 303
    of = db.session.query(TicketType).one()
    assert of.vat_on(date(2026, 11, 30), is_kor=False) == Vat(
        "exempt", 0, "artikel 11 lid 1 onder o"
    )
    assert of.vat_on(date(2026, 12, 1), is_kor=False) == Vat("reduced", 9)
    shown = page(finance)
    assert "artikel 11 lid 1 onder o" in shown
    assert "vanaf 1 dec 2026: 9%" in shown
    emptied = {"vat_category": "standard", "next_vat_from_on": "", "next_vat_category": ""}
    emptied |= {"version": "2"}
    assert finance.post("/team/btw/dag", data=emptied).status_code == 303
    db.session.expire_all()
    assert db.session.query(TicketType).one().next_vat_from_on is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"vat_reason": ""}, "met het wetsartikel"),
        ({"next_vat_category": ""}, "Kies welke btw"),
        ({"next_vat_category": "exempt"}, "met het wetsartikel"),
        ({"next_vat_from_on": ""}, "Kies ook vanaf welke dag"),
        ({"next_vat_from_on": "0026-12-01"}, "Dit jaar kan niet kloppen"),
        ({"vat_category": "kor"}, "Kies opnieuw"),
    ],
)
def test_what_does_not_fit_is_asked_again(
    finance: FlaskClient, changed: dict[str, str], said: str
) -> None:
    make.ticket_type(slug="dag", price_cents=4500, vat_category="standard")
    answer = finance.post("/team/btw/dag", data=SENT | changed)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert db.session.query(TicketType).one().vat_category == "standard"


def test_the_scheme_is_switched_per_year(finance: FlaskClient) -> None:
    assert finance.post("/team/btw/kor/2027", data={"use": "1"}).status_code == 302
    assert [small_business.applies(FRIDAY.replace(year=n)) for n in (2026, 2027)] == [False, True]
    finance.post("/team/btw/kor/2026", data={"use": "1"})
    assert "in 2026 gebruik je de KOR" in page(finance)
    finance.post("/team/btw/kor/2026", data={"use": "0"})
    assert "in 2026 gebruik je de KOR" not in page(finance)
    finance.post("/team/btw/kor/2025", data={"use": "1"})
    assert "Dit jaar is al voorbij" in page(finance)
    assert finance.post("/team/btw/kor/2030", data={"use": "1"}).status_code == 404


def test_it_warns_from_eighty_percent_on(finance: FlaskClient) -> None:
    near = "dicht bij de grens"
    make.order(of=make.ticket_type(price_cents=15_999_00, vat_category="exempt"))
    assert near not in page(finance)
    make.order(of=make.ticket_type(price_cents=1_00, vat_category="exempt"))
    assert near in page(finance)


def test_it_is_for_finance(visitor: FlaskClient) -> None:
    make.current_edition()
    make.sign_in(visitor, "editor")
    assert visitor.get("/team/btw/").status_code == 403


def test_finance_says_it_of_extras_too(finance: FlaskClient) -> None:
    lunch = make.extra(slug="lunch", price_cents=1250, vat_category="")
    make.extra(slug="gift", price_cents=500, vat_category="outside")
    assert "nog niet bekend" in page(finance)
    assert 'href="/team/btw/erbij/lunch"' in page(finance)
    assert finance.post("/team/btw/erbij/lunch", data=SENT).status_code == 303
    db.session.expire_all()
    before = Vat("exempt", 0, "artikel 11 lid 1 onder o")
    assert lunch.vat_on(date(2026, 11, 30), is_kor=False) == before
    assert lunch.vat_on(date(2026, 12, 1), is_kor=False) == Vat("reduced", 9)
    assert lunch.vat_on(date(2026, 12, 1), is_kor=True).category == "kor"
    assert "vanaf 1 dec 2026: 9%" in page(finance)
    assert (lunch.price_cents, lunch.version) == (1250, 2)
    stale = finance.post("/team/btw/erbij/lunch", data=SENT)
    assert stale.status_code == 409
    wrong = finance.post("/team/btw/erbij/lunch", data=SENT | {"version": "2", "vat_reason": ""})
    assert (wrong.status_code, "met het wetsartikel" in wrong.text) == (422, True)


def test_a_donation_is_outside_vat_whatever_the_scheme(app: Flask) -> None:
    gift = make.extra(price_cents=500, vat_category="outside")
    assert gift.vat_on(date(2026, 12, 1), is_kor=True).category == "outside"


def test_what_an_extra_is_charged_follows_the_day(app: Flask) -> None:
    lunch = make.extra(
        price_cents=1090, vat_category="standard", next_vat_category="reduced",
        next_vat_from_on=date(2026, 10, 2),
    )  # fmt: skip
    of = make.ticket_type()
    for number, day in enumerate((1, 2)):
        request = make.order_request(
            of, form_key=f"form {number}", extras=[ExtraRequest(lunch.slug, 0)]
        )
        ordering.place_order(of.edition, request, now=NOW.replace(day=day))
    charged = db.session.query(LedgerEntry).filter_by(amount_cents=1090).order_by(LedgerEntry.id)
    assert [each.vat_percent for each in charged] == [21, 9]

"""The crew's pages for selling, the till, and the list for who looks after the money."""

import csv
import io
import re
from datetime import timedelta

import pytest

from festival import clock
from festival.checkin.models import Scan
from festival.db import db
from festival.doorsales.models import DoorSale, TillCount
from festival.payments.models import Payment, Refund
from festival.tickets.models import Order
from tests import make
from tests.doorsales.conftest import MORNING, door_type

SALE = "/team/deur/noord/verkoop"
TYPE = f"{SALE}/dag"
TILL = "/team/deurverkoop/kassa"
LIST = "/team/bestellingen/aan-de-deur/"


def hidden(page, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]+)"', page).group(1)


def sell(phone, **fields):
    page = phone.get(TYPE).text
    values = {name: hidden(page, name) for name in ("form_key", "shown_cents")}
    values |= {"number": "1", "name": "Mia", "reason": ""}
    return phone.post(TYPE, data={**values, "paid_by": "cash", **fields})


def test_the_types_of_the_door_with_price_and_what_is_left(phone):
    of = door_type(pool=make.pool(capacity=7))
    make.ticket_type(slug="web", name=of.name)
    door_type(slug="gisteren", days=[])
    door_type(slug="op", pool=make.pool(capacity=0))
    page = phone.get(SALE).text
    assert f'href="{TYPE}"' in page
    assert "€\xa040,00" in page
    assert "nog 7" in page
    assert "uitverkocht" in page
    for slug in ("web", "gisteren", "op"):
        assert f'href="{SALE}/{slug}"' not in page
    assert phone.get(f"{SALE}/web").status_code == 404


def test_a_gate_leads_to_the_sale_and_a_practice_gate_does_not(phone):
    make.gate(slug="oefen", is_practice=True)
    assert f'href="{SALE}"' in phone.get("/team/deur/noord").text
    assert "verkoop" not in phone.get("/team/deur/oefen").text
    assert "oefeningang" in phone.get("/team/deur/oefen/verkoop").text
    assert f'href="{TILL}"' in phone.get("/team/deur").text


def test_before_the_festival_what_the_web_no_longer_sells_is_not_sold(phone, monkeypatch):
    door_type()
    monkeypatch.setattr(clock, "now", lambda: MORNING - timedelta(days=1))
    page = phone.get(SALE).text
    assert "vandaag niet" in page
    assert f'href="{TYPE}"' not in page
    response = sell(phone)
    assert response.status_code == 409
    assert "verkoop je vandaag niet" in response.text


def test_a_sale_from_type_to_inside(phone):
    door_type()
    page = phone.get(TYPE).text
    assert 'type="radio"' in page
    response = sell(phone, number="2")
    assert response.status_code == 303
    order = db.session.query(Order).one()
    assert response.location == f"/team/deur/noord/verkocht/{order.code}"
    page = phone.get(response.location).text
    assert page.count('class="qr"') == 2
    assert "contant" in page
    phone.post(f"{response.location}/binnen", data={"nonce": hidden(page, "nonce")})
    page = phone.get(response.location).text
    assert "Verkocht en binnen" in page
    assert "oranje polsbandje" in page
    assert [scan.outcome for scan in db.session.query(Scan)] == ["admitted"] * 2
    assert order.code in phone.get(SALE).text


def test_who_gives_no_name_is_a_visitor(phone):
    door_type()
    sell(phone, name="")
    assert db.session.query(Order).one().name == "Bezoeker"


def test_the_sum_is_reckoned_without_javascript_and_sells_nothing(phone):
    door_type()
    response = sell(phone, number="3", paid_by="")
    assert response.status_code == 200
    assert "€\xa0120,00" in response.text
    assert 'value="Mia"' in response.text
    assert db.session.query(Order).count() == 0


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"paid_by": "free"}, 409, "Schrijf op waarom het gratis is"),
        ({"shown_cents": "100"}, 409, "De prijs is net veranderd"),
        ({"shown_cents": "-"}, 409, "De prijs is net veranderd"),
        ({"name": "www.koop.nu/"}, 422, "zonder adres van een website"),
        ({"number": "11"}, 422, "Kies opnieuw"),
        ({"number": "9" * 5000}, 422, ""),
    ],
)
def test_a_refused_sale_keeps_what_was_typed(phone, fields, status, said):
    door_type()
    response = sell(phone, **{"name": "Mia de Lange"} | fields)
    assert response.status_code == status
    assert said in response.text
    assert fields.get("name", "Mia de Lange") in response.text
    assert ("<details open>" in response.text) == ("paid_by" in fields)
    assert db.session.query(Order).count() == 0
    # The price that the page shows again is the one that counts.
    assert hidden(response.text, "shown_cents") == "4000"


def test_the_last_tickets_that_go_meanwhile_are_said(phone):
    of = door_type(pool=make.pool(capacity=3))
    page = phone.get(TYPE).text
    of.pool.taken = 2
    db.session.commit()
    values = {name: hidden(page, name) for name in ("form_key", "shown_cents")}
    response = phone.post(TYPE, data={**values, "number": "3", "paid_by": "cash"})
    assert response.status_code == 409
    assert "nog maar 1 vrij" in response.text


def test_undoing_says_what_to_give_back(phone):
    door_type()
    there = sell(phone, paid_by="card_terminal").location
    assert "Ja, draai terug" in phone.get(there).text
    assert phone.post(f"{there}/terug").status_code == 303
    page = phone.get(there).text
    assert "Teruggedraaid" in page
    assert "Geef €\xa040,00 terug: pin." in page
    assert 'class="qr"' not in page
    assert db.session.query(Refund).one().method == "card_terminal"
    assert "teruggedraaid" in phone.get(SALE).text
    phone.post(f"{there}/terug")
    assert "draai je hier niet terug" in phone.get(there).text


def test_another_device_may_look_and_not_undo(phone, app):
    door_type()
    there = sell(phone).location
    other = app.test_client()
    make.sign_in(other, "checkin")
    other.post("/team/deur", data={"name": "Een ander", "gate": "noord"})
    page = other.get(there).text
    assert "Laat nu binnen" in page
    assert "Ja, draai terug" not in page
    other.post(f"{there}/terug")
    assert db.session.query(Refund).count() == 0


def test_the_visitor_sees_their_code_and_gets_a_receipt_and_paper(phone):
    edition = make.current_edition()
    edition.organiser_address = "Kade 1, Tilburg"
    db.session.commit()
    door_type(vat_category="standard")
    there = sell(phone).location
    shown = phone.get(f"{there}/laat-zien").text
    assert 'class="qr"' in shown
    assert "Dagkaart" in shown
    bill = phone.get(f"{there}/bon").text
    for said in (
        "Stichting Voorbeeld", "Kade 1, Tilburg", "vrijdag 23 oktober 2026", "1 × Dagkaart",
        "€\xa040,00", "waarvan btw 21%", "€\xa06,94", "contant",
    ):  # fmt: skip
        assert said in bill
    assert phone.get(f"{there}/kaartjes.pdf").content_type == "application/pdf"
    phone.post(f"{there}/terug")
    assert phone.get(f"{there}/kaartjes.pdf").status_code == 404
    assert "gelden niet meer" in phone.get(f"{there}/laat-zien").text
    assert "Terugbetaald" in phone.get(f"{there}/bon").text


def test_a_phone_without_a_name_is_asked_for_one(visitor):
    make.sign_in(visitor, "checkin")
    make.gate(slug="noord")
    door_type()
    for path in (SALE, TYPE, TILL):
        assert visitor.get(path).location.startswith("/team/deur")
    assert visitor.post(TYPE).status_code == 302


def test_the_till_of_this_device_is_counted(phone):
    door_type()
    sell(phone)
    page = phone.get(TILL).text
    assert "€\xa040,00" in page
    fields = {"form_key": hidden(page, "form_key"), "cash_cents": "39,50", "card_cents": "0"}
    there = phone.post(f"{TILL}?dag=2026-10-23", data=fields).location
    assert "€\xa00,50 te weinig" in phone.get(there).text
    count = db.session.query(TillCount).one()
    assert (count.cash_cents, count.sold_cash_cents) == (3950, 4000)
    assert count.counted_by.email
    again = phone.post(f"{TILL}?dag=2026-10-23", data=fields)
    assert (again.status_code, db.session.query(TillCount).count()) == (409, 1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cash_cents": ""}, "Vul het bedrag in, of 0"),
        ({"card_cents": "-1,00"}, "Minder dan niets"),
        ({"cash_cents": "veel"}, "Schrijf het bedrag als 45,00"),
    ],
)
def test_what_the_till_refuses(phone, fields, said):
    key = hidden(phone.get(TILL).text, "form_key")
    sent = {"form_key": key, "cash_cents": "0", "card_cents": "0"} | fields
    response = phone.post(TILL, data=sent)
    assert response.status_code == 422
    assert said in response.text


def test_the_money_people_see_every_till(phone, app):
    door_type()
    sell(phone)
    sell(phone, paid_by="card_terminal", number="2")
    money = app.test_client()
    make.sign_in(money, "finance")
    page = money.get(LIST).text
    assert "Sjoerds telefoon" in page
    assert "nog niet geteld" in page
    key = hidden(phone.get(TILL).text, "form_key")
    phone.post(TILL, data={"form_key": key, "cash_cents": "41", "card_cents": "80"})
    page = money.get(LIST).text
    assert "€\xa01,00 te veel" in page
    assert "klopt" in page
    text = money.get(f"{LIST}csv").data.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["device"], row["tickets"], row["cash_sold"]) == ("Sjoerds telefoon", "3", "40,0")
    assert (row["card_counted"], row["cash_difference"]) == ("80,0", "1,0")
    sell(phone)
    assert "daarna nog verkocht" in money.get(LIST).text
    assert LIST in money.get("/team/bestellingen/").text


def test_an_empty_list_of_tills_says_so(visitor):
    make.current_edition()
    make.sign_in(visitor, "finance")
    assert "Nog niets verkocht aan de deur" in visitor.get(LIST).text


def test_who_may_sell_and_who_may_see_the_tills(phone, app):
    door_type()
    there = sell(phone).location
    for role in ("finance", "programme", "editor"):
        other = app.test_client()
        make.sign_in(other, role)
        for path in (SALE, TYPE, TILL, there, f"{there}/bon", f"{there}/kaartjes.pdf"):
            assert other.get(path).status_code == 403
        for path in (TYPE, TILL, f"{there}/binnen", f"{there}/terug"):
            assert other.post(path).status_code == 403
    assert phone.get(LIST).status_code == 403
    assert db.session.query(DoorSale).count() == db.session.query(Payment).count() == 1

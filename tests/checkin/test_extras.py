"""The crew sees what goes with a ticket, and hands it out: each thing once, with a way back."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.db import db
from festival.tickets.extras import handing_out
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.models import Order, Ticket
from festival.tickets.rules import ending, ordering
from festival.web.languages import Bilingual
from tests import make
from tests.checkin.conftest import Clock
from tests.make import NOW

NORTH = "/team/deur/noord"
HAND_OUT = f"{NORTH}/uitreiken"


@pytest.fixture
def order(app: Flask) -> Order:
    """A free order of two tickets: a lunch with the first, and a shirt and a gift with it all."""
    del app
    of = make.ticket_type(price_cents=0, days=["2026-10-23"])
    make.extra(slug="lunch", name=Bilingual("Lunch", "Lunch"), price_cents=0)
    make.extra(
        slug="shirt", name=Bilingual("Trui M", "Shirt M"), price_cents=0, is_per_ticket=False
    )
    make.extra(slug="gift", name=Bilingual("Gift", "Gift"), price_cents=0, is_handed_out=False)
    [saturday] = make.days("2026-10-24")
    make.extra(slug="soup", name=Bilingual("Soep", "Soup"), price_cents=0, day_id=saturday.id)
    wanted = [ExtraRequest(slug, 0) for slug in ("lunch", "gift", "soup")]
    request = make.order_request(of, of, extras=[*wanted, ExtraRequest("shirt")])
    return ordering.place_order(of.edition, request, now=NOW)


def scanned(phone: FlaskClient, ticket: Ticket, nonce: str = "nonce-0001") -> Any:
    sent = {"text": ticket.code, "nonce": nonce, "method": "typed"}
    return phone.post(NORTH, json=sent).json


def items(html: str) -> list[tuple[str, str]]:
    """The number of each thing to hand out, and the key of its button."""
    return re.findall(
        r'name="item" value="(\d+)">\s*<input type="hidden" name="key" value="(\S+)"', html
    )


def test_the_crew_sees_what_is_for_today(phone: FlaskClient, order: Order) -> None:
    first, second = order.tickets
    answer = scanned(phone, first)
    assert answer["stays"] is True
    assert "Lunch" in answer["html"]
    assert "Trui M" in answer["html"]
    assert "bij de bestelling" in answer["html"]
    assert "Gift" not in answer["html"], "nobody hands out a donation"
    assert "Soep" not in answer["html"], "that is for tomorrow"
    assert "Lunch" in scanned(phone, first, "nonce-0002")["html"], "also for who is in already"
    other = scanned(phone, second, "nonce-0003")["html"]
    assert "Lunch" not in other
    assert "Trui M" in other, "one of the party may take it"
    alone = scanned(phone, make.ticket(), "nonce-0004")
    assert alone["stays"] is False
    assert "answer-extras" not in alone["html"]


def test_a_lunch_is_handed_out_once_and_taken_back(
    phone: FlaskClient, order: Order, time: Clock
) -> None:
    [(lunch, key), _shirt] = items(scanned(phone, order.tickets[0])["html"])
    sent = {"nonce": "nonce-0001", "item": lunch, "key": key}
    for _ in range(2):  # the same button again: no answer came the first time
        given = phone.post(HAND_OUT, json=sent).json
        assert given["outcome"] == "handed_out"
        assert "uitgereikt om 09.41" in given["html"]
    again = phone.post(HAND_OUT, json=sent | {"key": "another"}).json
    assert again["outcome"] == "refused"
    assert "om 09.41 al uitgereikt" in again["html"]
    row = db.session.get_one(OrderedExtra, order_of_first(order).id)
    assert row.handed_out_by_id is not None
    back = phone.post(HAND_OUT, json=sent | {"back": "1"}).json
    assert back["outcome"] == "handed_out"
    assert "uitgereikt om" not in back["html"]
    assert phone.post(HAND_OUT, json=sent | {"back": "1"}).json["outcome"] == "refused"


def order_of_first(order: Order) -> OrderedExtra:
    return db.session.query(OrderedExtra).filter_by(ticket_id=order.tickets[0].id).first()


def test_without_javascript_the_page_shows_it_and_says_no_the_second_time(
    phone: FlaskClient, order: Order
) -> None:
    page = phone.post(
        NORTH, data={"text": order.tickets[0].code, "nonce": "nonce-0001", "method": "typed"}
    )
    [(lunch, key), _shirt] = items(phone.get(page.location).text)
    sent = {"nonce": "nonce-0001", "item": lunch, "key": key}
    given = phone.post(HAND_OUT, data=sent)
    assert given.location == f"{NORTH}?scan=nonce-0001"
    assert "uitgereikt om" in phone.get(given.location).text
    twice = phone.post(HAND_OUT, data=sent | {"key": "another"})
    assert twice.status_code == 409
    assert "al uitgereikt. Geef het niet nog een keer." in twice.text


def test_only_what_was_scanned_on_this_phone_is_handed_out(
    phone: FlaskClient, order: Order
) -> None:
    scanned(phone, order.tickets[1])
    for wrong in ({"item": "0"}, {"item": "99"}, {"item": "x"}, {"nonce": "nonce-9999"}, {}):
        sent = {"nonce": "nonce-0001", "item": "0", "key": "key"} | wrong
        assert phone.post(HAND_OUT, json=sent).status_code == 404, "the lunch is of the other"
    phone.post(f"{NORTH}/terug", json={"nonce": "nonce-0001"})
    sent = {"nonce": "nonce-0001", "item": "3", "key": "key"}
    assert phone.post(HAND_OUT, json=sent).status_code == 404, "the scan was undone"


def test_at_a_practice_gate_nothing_is_handed_out(phone: FlaskClient, order: Order) -> None:
    make.gate(slug="oefenen", is_practice=True)
    text = {"text": order.tickets[0].code, "nonce": "nonce-0001", "method": "typed"}
    answer = phone.post("/team/deur/oefenen", json=text).json
    assert "Lunch" in answer["html"]
    assert items(answer["html"]) == []
    sent = {"nonce": "nonce-0001", "item": "0", "key": "key"}
    assert phone.post("/team/deur/oefenen/uitreiken", json=sent).status_code == 404


def test_what_was_cancelled_or_not_paid_is_not_handed_out(order: Order) -> None:
    lunch = order_of_first(order)
    ending.lock_order(order)
    ending.end_order(order, lapsed=False, now=NOW)
    db.session.commit()
    with pytest.raises(handing_out.NotToHandOut):
        handing_out.hand_out(lunch, "key", member_id=None, now=NOW)
    of = make.ticket_type(price_cents=500)
    request = make.order_request(of, form_key="later", extras=[ExtraRequest("lunch", 0)])
    unpaid = ordering.place_order(of.edition, request, now=NOW)
    with pytest.raises(handing_out.NotToHandOut):
        handing_out.hand_out(order_of_first(unpaid), "key", member_id=None, now=NOW)

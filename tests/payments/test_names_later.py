"""The order form when the names are not known yet."""

import re
from html import unescape

import pytest

from festival import clock
from festival.db import db
from festival.questions.models import OrderAnswer
from festival.tickets.models import Order
from tests import make
from tests.make import NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


BUYER = {"form_key": "sleutel", "name": "Mia Jansen", "email": "mia@example.org"}


def ordered(visitor, of, number, **fields):
    address = f"/bestellen?n-{of.slug}={number}"
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', visitor.get(address).text)
    return visitor.post(address, data={**BUYER, "shown": unescape(shown[1]), **fields})


def test_ten_tickets_with_one_name(visitor):
    of = make.ticket_type()
    page = visitor.get(f"/bestellen?n-{of.slug}=10").text
    assert "Ik vul de andere namen later in" in page
    assert ordered(visitor, of, 10).status_code == 422
    assert ordered(visitor, of, 10, names_later="y").status_code == 303
    tickets = db.session.query(Order).one().tickets
    assert tickets[0].holder_name == "Mia Jansen"
    assert not tickets[0].is_nameless
    assert [ticket.holder_name for ticket in tickets[1:]] == [
        f"Kaartje {number} van Mia Jansen" for number in range(2, 11)
    ]
    assert all(ticket.is_nameless and ticket.is_valid for ticket in tickets[1:])


def test_what_is_known_already_is_kept(visitor):
    of = make.ticket_type()
    ordered(visitor, of, 3, **{"names_later": "y", "kaartje-1-name": "Zoë"})
    tickets = db.session.query(Order).one().tickets
    assert [ticket.is_nameless for ticket in tickets] == [False, False, True]
    assert tickets[1].holder_name == "Zoë"


def test_one_ticket_is_not_asked_about(visitor):
    of = make.ticket_type()
    assert "namen later" not in visitor.get(f"/bestellen?n-{of.slug}=1").text


def test_of_somebody_unknown_nothing_has_to_be_answered(visitor):
    of, asked = make.ticket_type(), make.question(is_required=True)
    first = {f"vraag-0-{asked.code}": "vega"}
    assert ordered(visitor, of, 2, **first).status_code == 422
    assert ordered(visitor, of, 2, names_later="y").status_code == 422  # the buyer is known
    assert ordered(visitor, of, 2, names_later="y", **first).status_code == 303
    order = db.session.query(Order).one()
    assert [each.ticket_id for each in db.session.query(OrderAnswer)] == [order.tickets[0].id]

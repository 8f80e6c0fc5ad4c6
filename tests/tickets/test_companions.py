"""Companions: one with each other ticket, named with it, and gone with it."""

import pytest

from festival import clock
from festival.db import db
from festival.payments.rules import cancelling
from festival.payments.swaps import terms
from festival.tickets import companions
from festival.tickets.models import Order
from festival.tickets.rules import ordering
from festival.tickets.rules.ordering import TeamTerms
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def person(any_app):
    make.edition(cancel_until_on=make.FRIDAY)
    return make.ticket_type(slug="bewoner", name=Bilingual("Bewoner", "Resident"))


@pytest.fixture
def companion(person):
    name = Bilingual("Begeleider", "Companion")
    return make.ticket_type(slug="begeleider", name=name, is_companion=True)


def order(*types, **values):
    request = make.order_request(*types, **values)
    return ordering.place_order(types[0].edition, request, now=NOW)


def test_each_companion_goes_with_one_other(person, companion):
    tickets = order(companion, person, person, companion, person).tickets
    assert [each.accompanies for each in tickets] == [tickets[1], None, None, tickets[2], None]


@pytest.mark.parametrize("number", [0, 1])
def test_no_more_companions_than_others(person, companion, number):
    types = [person] * number + [companion] * (number + 1)
    with pytest.raises(companions.CompanionAlone, match="Begeleider"):
        order(*types)
    assert db.session.query(Order).count() == 0


def test_the_team_orders_one_for_somebody_who_has_a_ticket(person, companion):
    made = order(companion, by_team=TeamTerms(member_id=None, free_reason="begeleidt Mia"))
    assert made.tickets[0].accompanies is None


def test_a_ticket_is_not_cancelled_without_its_companion(person, companion):
    made = order(person, companion, names=["Mia", "Bo"])
    mia, bo = made.tickets
    with pytest.raises(companions.CompanionStays, match="Bo gaat mee met Mia"):
        cancelling.cancel_own_tickets(made, [mia.code], now=NOW)
    with pytest.raises(companions.CompanionStays):
        cancelling.cancel_tickets(made, [mia.code], now=NOW)
    cancelling.cancel_own_tickets(made, [bo.code], now=NOW)
    cancelling.cancel_own_tickets(made, [mia.code], now=NOW)
    assert made.state == "cancelled"


def test_both_are_cancelled_together(person, companion):
    made = order(person, companion, person)
    codes = [each.code for each in made.tickets[:2]]
    cancelling.cancel_own_tickets(made, codes, now=NOW)
    assert [each.released_at is None for each in made.tickets] == [False, False, True]


def test_nothing_is_swapped_for_a_companion_or_the_other_way(person, companion):
    made = order(person, companion)
    for ticket in made.tickets:
        to = companion if ticket.type is person else person
        with pytest.raises(terms.NoSuchType):
            terms.check_type(ticket, to, by_team=True, now=NOW)


def test_the_shop_says_so_before_a_name_is_asked(app, visitor):
    make.ticket_type(slug="begeleider", name=Bilingual("Begeleider"), is_companion=True)
    make.ticket_type(slug="bewoner")
    assert "Samen met het kaartje van wie je begeleidt." in visitor.get("/kaartjes").text
    alone = visitor.get("/bestellen?n-begeleider=1")
    assert alone.status_code == 409
    assert "Kies ook een kaartje voor wie je begeleidt." in alone.text
    assert visitor.get("/bestellen?n-begeleider=1&n-bewoner=1").status_code == 200


def test_pages_and_the_gate_say_with_whom(app, visitor):
    person = make.ticket_type(slug="bewoner")
    companion = make.ticket_type(slug="begeleider", is_companion=True)
    made = order(person, companion, names=["Mia <b>", "Bo"])
    said = "Gaat mee met Mia &lt;b&gt;."
    assert said in visitor.get(f"/kaartje/{made.tickets[1].secret}").text
    assert said not in visitor.get(f"/kaartje/{made.tickets[0].secret}").text
    assert said in visitor.get(f"/bestelling/{made.secret}").text

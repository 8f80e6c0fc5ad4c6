"""The pages on which a ticket is swapped."""

import re

import pytest

from festival.db import db
from festival.tickets.models import Order
from festival.tickets.swaps.models import TicketSwap
from festival.web.languages import Bilingual
from tests import make


@pytest.fixture
def paid(app, monkeypatch):
    """A paid order of one day ticket, besides which there is a dearer type."""
    monkeypatch.setattr("festival.clock.now", lambda: make.NOW)
    make.edition(cancel_until_on=make.FRIDAY, payment_days=7)
    cheap = make.ticket_type(slug="dag", name=Bilingual("Dagkaart", "Day ticket"), price_cents=2500)
    make.ticket_type(slug="weekend", name=Bilingual("Weekend", "Weekend"), price_cents=6500)
    order = make.order(of=cheap)
    make.payment(order, 2500)
    return order


def hidden(page):
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [(re.search(r'name="([^"]+)"', f)[1], re.search(r'value="([^"]*)"', f)) for f in fields]
    return {name: value[1] if value else "" for name, value in pairs}


def test_the_buyer_chooses_agrees_pays_later_and_may_call_it_off(visitor, paid):
    url = f"/bestelling/{paid.secret}/wisselen"
    code = paid.tickets[0].code
    assert (
        "Wissel je kaartje voor een ander soort" in visitor.get(f"/bestelling/{paid.secret}").text
    )
    assert "€\N{NO-BREAK SPACE}40,00 erbij" in visitor.get(url).text
    page = visitor.get(f"{url}?kaartje={code}&soort=weekend").text
    assert "Ja, en betaal €\N{NO-BREAK SPACE}40,00" in page
    data = hidden(page)
    answer = visitor.post(url, data=data)
    assert (answer.status_code, answer.location) == (303, f"/bestelling/{paid.secret}#wissel")
    assert visitor.post(url, data=data).status_code == 303  # a second click
    assert db.session.query(TicketSwap).count() == 1
    order = visitor.get(f"/bestelling/{paid.secret}").text
    assert "Je wissel wacht op betaling" in order
    assert "Maak €\N{NO-BREAK SPACE}40,00 over" in order
    assert visitor.get(f"/kaartje/{paid.tickets[0].secret}").status_code == 200
    again = visitor.get(url).text
    assert "wacht al een wissel" in again
    assert f'href="/bestelling/{paid.secret}#wissel"' in again
    answer = visitor.post(f"{url}/afzien", data=hidden(order))
    assert answer.status_code == 303
    assert "Je wissel wacht" not in visitor.get(f"/bestelling/{paid.secret}").text
    assert visitor.post(f"{url}/afzien", data=hidden(order)).status_code == 303


def test_another_price_than_was_shown_is_said_and_asked_again(visitor, paid):
    url = f"/bestelling/{paid.secret}/wisselen"
    data = hidden(visitor.get(f"{url}?kaartje={paid.tickets[0].code}&soort=weekend").text)
    weekend = db.session.query(type(paid.tickets[0].type)).filter_by(slug="weekend").one()
    weekend.price_cents = 7000
    db.session.commit()
    answer = visitor.post(url, data=data)
    assert answer.status_code == 409
    assert "Er is nog niets gewisseld" in answer.text
    assert "Ja, en betaal €\N{NO-BREAK SPACE}45,00" in answer.text
    assert visitor.post(url, data=hidden(answer.text)).status_code == 303


def test_who_holds_the_only_ticket_swaps_it_and_sees_no_link_of_the_order(visitor, paid):
    ticket = paid.tickets[0]
    page = visitor.get(f"/kaartje/{ticket.secret}").text
    assert "Wissel voor een ander soort kaartje" in page
    url = f"/kaartje/{ticket.secret}/wisselen"
    page = visitor.get(f"{url}?soort=weekend").text
    assert paid.secret not in page
    answer = visitor.post(url, data=hidden(page))
    assert (answer.status_code, answer.location) == (303, url)
    page = visitor.get(f"/kaartje/{ticket.secret}").text
    assert "Je wissel wacht op betaling" in page
    assert "Wissel voor een ander soort kaartje" not in page
    page = visitor.get(url).text
    assert "wacht op betaling" in page
    assert paid.secret not in page
    ticket.holder_email = "zoe@example.org"
    db.session.commit()
    assert visitor.get(url).status_code == 404


def test_the_team_swaps_with_a_reason(visitor, paid):
    make.sign_in(visitor, "finance")
    page = visitor.get(f"/team/bestellingen/{paid.code}").text
    url = f"/team/bestellingen/{paid.code}/wisselen/{paid.tickets[0].code}"
    assert url in page
    page = visitor.get(f"{url}?soort=weekend&prijs=blijft").text
    data = hidden(page)
    assert visitor.post(url, data=data).status_code == 422
    answer = visitor.post(url, data=data | {"reason": "Fout van ons"})
    assert answer.status_code == 303
    order = visitor.get(f"/team/bestellingen/{paid.code}").text
    assert "werd gewisseld: van Dagkaart naar Weekend" in order
    assert "Fout van ons" in order
    assert db.session.query(Order).one().tickets[0].price_cents == 2500
    other = visitor.get(f"{url}?soort=dag&prijs=verschil").text
    assert "Gaat terug naar de koper" in other


def test_the_team_calls_a_swap_off(visitor, paid):
    make.sign_in(visitor, "finance")
    url = f"/team/bestellingen/{paid.code}/wisselen/{paid.tickets[0].code}"
    data = hidden(visitor.get(f"{url}?soort=weekend").text)
    assert visitor.post(url, data=data | {"reason": "Gevraagd"}).status_code == 303
    page = visitor.get(f"/team/bestellingen/{paid.code}").text
    assert "Een wissel wacht op betaling" in page
    url = f"/team/bestellingen/{paid.code}/wisselen/afzien"
    assert visitor.post(url, data=hidden(page)).status_code == 303
    assert db.session.query(TicketSwap).one().outcome == "called_off"

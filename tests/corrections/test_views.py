"""The pages on which holders and buyers correct something, and what old links show."""

import re

import pytest

from festival import clock
from festival.corrections.people import mark_of
from festival.db import db
from festival.mail.models import Letter
from festival.tickets.models import Order
from tests import make
from tests.make import FRIDAY, NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def filled(page, **typed):
    """What the form on `page` sends when `typed` was filled in, by the end of a field's name."""
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    fields.pop("csrf_token")
    for name, value in typed.items():
        fields[next(each for each in fields if each.endswith(name))] = value
    return fields


def test_a_holder_corrects_name_and_address(visitor):
    ticket = make.ticket(email="mia@example.org")
    ticket.holder_name, ticket.holder_email = "Zoë Baker", "zoe@example.org"
    db.session.commit()
    old = ticket.secret
    assert f"/kaartje/{old}/gegevens" in visitor.get(f"/kaartje/{old}").text
    page = visitor.get(f"/kaartje/{old}/gegevens").text
    assert "tot en met donderdag 22 oktober" in page
    sent = filled(page, name="Zoë Bakker", email="zoe.bakker@example.org")
    answer = visitor.post(f"/kaartje/{old}/gegevens", data=sent)
    ticket = db.session.query(Order).one().tickets[0]
    assert answer.status_code == 303
    assert answer.location == f"/kaartje/{ticket.secret}#gewijzigd"
    assert (ticket.holder_name, ticket.holder_email) == ("Zoë Bakker", "zoe.bakker@example.org")
    assert "Zoë Bakker" in visitor.get(f"/kaartje/{ticket.secret}").text
    assert ticket.secret != old


@pytest.mark.parametrize("path", ["", "/boeken", "/gegevens", "/vragen", "/kaartje.pdf"])
def test_an_old_link_says_what_happened_and_no_more(visitor, path):
    ticket = make.ticket(email="mia@example.org")
    old = ticket.secret
    page = visitor.get(f"/kaartje/{old}/gegevens").text
    visitor.post(f"/kaartje/{old}/gegevens", data=filled(page, name="Zoë", email="zoe@example.org"))
    for language, words in (("", "Deze link werkt niet meer"), ("/en", "no longer works")):
        answer = visitor.get(f"{language}/kaartje/{old}{path}")
        assert answer.status_code == 410
        assert words in answer.text
        assert "Zoë" not in answer.text
        assert "zoe@" not in answer.text


def test_a_buyer_corrects_the_order_and_own_tickets_in_one_go(visitor):
    order = make.order(tickets=3, email="mia@example.org")
    order.tickets[2].holder_name = "Noor van een ander"
    order.tickets[2].holder_email = "noor@example.org"
    db.session.commit()
    old = order.secret
    page = visitor.get(f"/bestelling/{old}/gegevens").text
    assert "Noor" not in page
    first = order.tickets[0]
    sent = filled(page, **{
        "koper-name": "Mia de Wit",
        "koper-email": "mia.dewit@example.org",
        f"{first.code}-name": "Bo Jansen",
    })  # fmt: skip
    answer = visitor.post(f"/bestelling/{old}/gegevens", data=sent)
    order = db.session.query(Order).one()
    assert answer.location == f"/bestelling/{order.secret}#gewijzigd"
    assert (order.name, order.email) == ("Mia de Wit", "mia.dewit@example.org")
    assert [each.holder_name for each in order.tickets][::2] == ["Bo Jansen", "Noor van een ander"]
    answer = visitor.get(f"/bestelling/{old}")
    assert (answer.status_code, "Mia" in answer.text) == (410, False)


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(visitor):
    order = make.order(email="mia@example.org")
    path = f"/bestelling/{order.secret}/gegevens"
    page = visitor.get(path).text
    answer = visitor.post(path, data=filled(page, **{"koper-name": "Mia", "koper-email": ""}))
    assert answer.status_code == 422
    assert "Vul je e-mailadres in." in answer.text
    assert 'value="Mia"' in answer.text
    answer = visitor.post(path, data=filled(page, **{"koper-email": "mia@gmial.com"}))
    assert (answer.status_code, "Bedoel je mia@gmail.com?" in answer.text) == (422, True)
    sent = filled(answer.text, **{"koper-email": "mia@gmial.com"})
    assert visitor.post(path, data=sent).status_code == 303
    assert db.session.query(Order).one().email == "mia@gmial.com"


def test_too_late_is_said_before_anybody_types(visitor, monkeypatch):
    ticket = make.ticket()
    path = f"/kaartje/{ticket.secret}/gegevens"
    sent = filled(visitor.get(path).text, name="Zoë")
    late = ticket.order.edition.day_begins(FRIDAY)
    monkeypatch.setattr(clock, "now", lambda: late)
    page = visitor.get(path).text
    assert "Wijzigen kon tot en met donderdag 22 oktober" in page
    assert '<form class="form"' not in page
    answer = visitor.post(path, data=sent)
    assert (answer.status_code, db.session.query(Letter).count()) == (409, 0)


def test_letters_to_one_address_are_counted(visitor):
    of = make.ticket_type()
    answers = []
    for _ in range(31):
        ticket = make.ticket(of=of)
        path = f"/kaartje/{ticket.secret}/gegevens"
        sent = filled(visitor.get(path).text, email="slachtoffer@example.org")
        answers.append(visitor.post(path, data=sent).status_code)
    assert answers == [303] * 30 + [429]


def test_an_address_that_was_there_is_counted_too(visitor):
    """Whoever orders for a stranger's address cannot write to it for ever by changing it back."""
    ticket = make.ticket(email="slachtoffer@example.org")
    answers = []
    for number in range(31):
        own = "" if number % 2 else f"eigen{number}@example.org"
        ticket = db.session.query(Order).one().tickets[0]
        sent = {"name": ticket.holder_name, "email": own, "seen": mark_of(ticket)}
        fields = {f"kaartje-{ticket.code}-{name}": value for name, value in sent.items()}
        answer = visitor.post(f"/kaartje/{ticket.secret}/gegevens", data=fields)
        answers.append(answer.status_code)
    assert answers == [303] * 30 + [429]
    assert "slachtoffer" not in answer.text
    assert db.session.query(Letter).filter_by(to="slachtoffer@example.org").count() == 30


def test_who_loses_a_ticket_is_counted_too(visitor):
    order = make.order(tickets=31, email="slachtoffer@example.org")
    links = [(each.secret, mark_of(each)) for each in order.tickets]
    answers = []
    for number, (secret, seen) in enumerate(links):
        sent = {"name": "Bo", "email": f"bo{number}@example.org", "seen": seen}
        answers.append(visitor.post(f"/kaartje/{secret}/doorgeven", data=sent).status_code)
    assert answers == [303] * 30 + [429]


def test_a_new_link_does_not_begin_a_new_count(visitor):
    order = make.order(email="mia@example.org")
    path = f"/bestelling/{order.secret}/gegevens"
    assert {visitor.post(path, data={"koper-name": ""}).status_code for _ in range(59)} == {422}
    sent = filled(visitor.get(path).text, **{"koper-email": "mia.nieuw@example.org"})
    location = visitor.post(path, data=sent).location
    path = location.removesuffix("#gewijzigd") + "/gegevens"
    assert visitor.post(path, data={"koper-name": ""}).status_code == 429

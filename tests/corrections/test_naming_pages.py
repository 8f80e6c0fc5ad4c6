"""The pages on which tickets get names: by a list, by a link, and by the team."""

import io
import re

import pytest

from festival import clock, sheets
from festival.db import db
from festival.tickets.models import Order
from tests import make
from tests.corrections.test_views import filled
from tests.make import FRIDAY, NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def shown(page):
    return re.search(r'name="shown"[^>]*value="([^"]*)"', page)[1]


def names():
    return [ticket.holder_name for ticket in db.session.query(Order).one().tickets]


def test_the_buyer_looks_first_and_saves_then(visitor):
    order = make.nameless()
    address = f"/bestelling/{order.secret}/namen"
    page = visitor.get(f"/bestelling/{order.secret}").text
    assert address in page
    assert page.count("/naam/") >= 2
    assert "2 kaartjes hebben nog geen naam" in visitor.get(address).text
    typed = "Zoë Bakker, zoe@example.org\nBo"
    preview = visitor.post(address, data={"names": typed})
    assert preview.status_code == 200
    assert "Daarna heeft elk kaartje een naam" in preview.text
    assert "Kaartje 2" in preview.text
    assert names()[1] == "Kaartje 2 van Mia Jansen"  # nothing is saved yet
    sent = {"names": typed, "bewaar": "1", "shown": shown(preview.text)}
    assert visitor.post(address, data=sent).status_code == 303
    assert names()[1:] == ["Zoë Bakker", "Bo"]
    assert "Elk kaartje heeft een naam" in visitor.get(address).text
    assert "/naam/" not in visitor.get(f"/bestelling/{order.secret}").text


def test_another_list_than_was_shown_is_shown_first(visitor):
    order = make.nameless()
    address = f"/bestelling/{order.secret}/namen"
    mark = shown(visitor.post(address, data={"names": "Zoë"}).text)
    again = visitor.post(address, data={"names": "Bo", "bewaar": "1", "shown": mark})
    assert again.status_code == 200
    assert names()[1] == "Kaartje 2 van Mia Jansen"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Zoë, zoe@", "Regel 1: Dit e-mailadres klopt niet"),
        ("Zoë\nwww.kijk.nl", "Regel 2: Vul een naam in, zonder adres"),
        ("zoe@example.org", "Regel 1: Vul de naam in."),
        ("Zoë\nBo\nSam", "Regel 3: Voor deze naam is er geen kaartje meer"),
        ("Zoë, zoe@gmial.com", "Bedoel je zoe@gmail.com"),
        ("x" * 81, "onder de 80 tekens"),
        ("", "er stond nog geen naam in"),
    ],
)
def test_errors_are_said_by_line_and_nothing_is_lost(visitor, typed, said):
    order = make.nameless()
    answer = visitor.post(f"/bestelling/{order.secret}/namen", data={"names": typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Bewaar deze namen" not in answer.text
    for line in typed.splitlines():
        assert line in answer.text


def test_an_odd_address_is_accepted_the_second_time(visitor):
    order = make.nameless()
    sent = {"names": "Zoë, zoe@gmial.com", "zeker": "zoe@gmial.com"}
    assert visitor.post(f"/bestelling/{order.secret}/namen", data=sent).status_code == 200


def test_a_file_is_put_below_what_was_typed(visitor):
    order = make.nameless()
    book = sheets.xlsx("Namen", ["Naam", "E-mail"], [["Bo", "bo@example.org"]])
    sent = {"names": "Zoë", "file": (io.BytesIO(book), "namen.xlsx")}
    page = visitor.post(f"/bestelling/{order.secret}/namen", data=sent)
    assert page.status_code == 422  # a heading in the middle of a list is a name
    sent = {"names": "", "file": (io.BytesIO(book), "namen.xlsx")}
    page = visitor.post(f"/bestelling/{order.secret}/namen", data=sent)
    assert page.status_code == 200
    assert "Bo; bo@example.org" in page.text
    wrong = {"names": "Zoë", "file": (io.BytesIO(b"%PDF-1.7"), "namen.pdf")}
    page = visitor.post(f"/bestelling/{order.secret}/namen", data=wrong)
    assert page.status_code == 422
    assert "Dit is een PDF" in page.text
    assert "Zoë" in page.text


def test_whoever_has_the_link_puts_a_name_on_it(visitor):
    ticket = make.nameless().tickets[1]
    address = f"/naam/{ticket.naming_secret}"
    page = visitor.get(address)
    assert "Mia Jansen bestelde een kaartje voor je" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert ticket.secret not in page.text
    assert visitor.post(address, data={}).status_code == 422
    sent = filled(page.text, name="Zoë", email="zoe@example.org")
    answer = visitor.post(address, data=sent)
    ticket = db.session.query(Order).one().tickets[1]
    assert answer.location.endswith(f"/kaartje/{ticket.secret}")
    assert "Zoë" in visitor.get(answer.location).text
    after = visitor.get(address)
    assert after.status_code == 410
    assert "staat al een naam" in after.text
    assert "Zoë" not in after.text
    assert visitor.post(address, data={"name": "Bo"}).status_code == 410


def test_links_of_nobody_and_of_late_days(visitor, monkeypatch):
    assert visitor.get("/naam/bestaatniet").status_code == 404
    order = make.nameless()
    late = order.edition.day_begins(FRIDAY)
    monkeypatch.setattr(clock, "now", lambda: late)
    for address in (f"/naam/{order.tickets[1].naming_secret}", f"/bestelling/{order.secret}/namen"):
        page = visitor.get(address)
        assert page.status_code == 200
        assert "Wijzigen kon tot en met" in page.text
        assert "<form class=" not in page.text


def test_their_own_name_is_asked_without_the_one_that_stands_in(visitor):
    order = make.nameless()
    page = visitor.get(f"/kaartje/{order.tickets[1].secret}/gegevens").text
    assert 'value="Kaartje 2' not in page
    assert "Kaartje 2" not in visitor.get(f"/bestelling/{order.secret}/gegevens").text


def test_the_team_does_it_with_a_reason(visitor):
    make.sign_in(visitor, "finance")
    order = make.nameless(email="")
    address = f"/team/bestellingen/{order.code}/namen"
    assert address in visitor.get(f"/team/bestellingen/{order.code}").text
    assert visitor.post(address, data={"names": "Zoë"}).status_code == 422
    preview = visitor.post(address, data={"names": "Zoë", "reason": "lijst van het buurthuis"})
    assert preview.status_code == 200
    sent = {
        "names": "Zoë", "reason": "lijst van het buurthuis", "bewaar": "1",
        "shown": shown(preview.text),
    }  # fmt: skip
    assert visitor.post(address, data=sent).status_code == 303
    assert names()[1] == "Zoë"
    page = visitor.get(f"/team/bestellingen/{order.code}").text
    assert "lijst van het buurthuis" in page


def test_others_of_the_team_name_nobody(visitor):
    order = make.nameless()
    make.sign_in(visitor, "programme")
    assert visitor.get(f"/team/bestellingen/{order.code}/namen").status_code == 403
    assert visitor.post(f"/team/bestellingen/{order.code}/namen").status_code == 403

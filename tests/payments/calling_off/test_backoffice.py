"""The page on which an organiser calls an edition off, and what visitors see after that."""

import re
from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.payments.models import Refund
from festival.payments.rules import calling_off
from festival.tickets.models import Order
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def organiser(visitor):
    make.current_edition()
    make.sign_in(visitor, "organiser")
    return visitor


def url():
    return f"/team/edities/{make.current_edition().slug}/afgelasten"


def paid():
    order = make.order(of=make.ticket_type(price_cents=4500, vat_category="standard"))
    make.payment(order, 4500)
    return order


def filled(page, **fields):
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', page.text).group(1)
    return {
        "shown": shown,
        "reason_nl": "De tent is weggewaaid.",
        "reason_en": "The tent blew away.",
        "typed_name": "Innovatiefestival",
        **fields,
    }


@pytest.mark.parametrize("role", ["finance", "programme", "editor", "checkin"])
def test_only_organisers_call_an_edition_off(visitor, role):
    edition = make.current_edition()
    make.sign_in(visitor, role)
    assert visitor.get(url()).status_code == 403
    assert visitor.post(url()).status_code == 403
    assert edition.called_off_at is None


def test_the_page_shows_what_happens_and_then_how_far_it_is(organiser):
    paid()
    make.order(of=make.ticket_type(price_cents=0))
    page = organiser.get(url())
    words = re.sub(r"<[^>]+>|\s+", " ", page.text.replace("\xa0", " "))
    for expected in ("Bestellingen, betaald 1", "Bestellingen, gratis 1", "Brieven", "€ 45,00"):
        assert expected in re.sub(" +", " ", words), expected
    answer = organiser.post(url(), data=filled(page))
    assert answer.location == url()
    page = organiser.get(url()).text
    assert "Nog 2 bestellingen te gaan." in page
    calling_off.cancel_called_off(lambda: NOW)
    page = organiser.get(url()).text
    assert "Alle bestellingen zijn geannuleerd." in page
    assert "1 terugbetaling" in page
    assert organiser.post(url(), data=filled_again()).location == url()  # a second click
    assert db.session.query(Refund).count() == 1
    assert "Gaat niet door" in organiser.get(url().removesuffix("/afgelasten")).text


def filled_again():
    return {"shown": "x", "reason_nl": "a", "reason_en": "b", "typed_name": "Innovatiefestival"}


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"typed_name": "Innovatie"}, 409, "Dit is niet de naam van de editie"),
        ({"typed_name": ""}, 422, "Typ de naam"),
        ({"reason_en": " "}, 422, "Vul het ook in het Engels in"),
        ({"reason_nl": ""}, 422, "Vul in waarom"),
        ({"shown": "0"}, 409, "Terwijl je keek"),
    ],
)
def test_what_is_not_clear_calls_nothing_off(organiser, fields, status, says):
    paid()
    answer = organiser.post(url(), data=filled(organiser.get(url()), **fields))
    assert (answer.status_code, says in answer.text) == (status, True)
    if "reason_nl" not in fields:
        assert "De tent is weggewaaid." in answer.text  # nothing that was typed is lost
    assert make.current_edition().called_off_at is None
    assert db.session.query(Order).one().state == "confirmed"


def test_an_edition_that_has_begun_is_not_called_off(organiser, monkeypatch):
    edition = make.current_edition()
    begun = edition.moment(edition.starts_on, NOW.time())
    monkeypatch.setattr(clock, "now", lambda: begun + timedelta(hours=1))
    page = organiser.get(url()).text
    assert "Deze editie is al begonnen" in page
    assert 'name="typed_name"' not in page


def test_visitors_read_that_it_does_not_go_on(organiser, visitor):
    of = make.ticket_type(price_cents=4500, vat_category="standard", slug="weekend")
    assert "Kies je kaartjes" in visitor.get("/kaartjes").text
    organiser.post(url(), data=filled(organiser.get(url())))
    forget_pages()
    for path, words in (
        ("/", "De tent is weggewaaid."),
        ("/kaartjes", "Er zijn geen kaartjes meer te koop"),
        ("/programma", "De tent is weggewaaid."),
        ("/en/", "The tent blew away."),
    ):
        assert words in visitor.get(path).text, path
    assert "EventCancelled" in visitor.get("/").text
    assert "Neem een kaartje" not in visitor.get("/").text
    answer = visitor.get(f"/bestellen?n-{of.slug}=1")
    assert answer.status_code == 409
    assert "Je kunt er geen kaartjes meer voor bestellen" in answer.text

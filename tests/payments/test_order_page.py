"""The order's page is the ticket: what it shows of whose ticket, and what can be booked still."""

import re
from datetime import timedelta

import pytest

from festival import clock
from festival.db import db
from festival.payments.rules import cancelling, lapsing
from festival.tickets import ticket_qr
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.models import Order
from festival.tickets.rules import ordering
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

FRIDAY = NOW.replace(day=23, hour=8)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def page_of(visitor):
    """Reads the page of an order."""
    return lambda order: visitor.get(f"/bestelling/{order.secret}").text


def drawn(ticket):
    """The picture of the ticket's QR code on a page, by its id."""
    return f'id="qr-{ticket.code}"'


def test_the_page_of_one_ticket_is_the_ticket(page_of):
    order = make.order()
    [ticket] = order.tickets
    page = page_of(order)
    for words in (
        drawn(ticket),
        ticket.code,
        "INGESCHREVEN",
        f'href="/kaartje/{ticket.secret}#toon"',
        f'href="/kaartje/{ticket.secret}/kaartje.pdf"',
        "Stap 3 van 3",
    ):
        assert words in page
    assert "<details" not in page


def test_each_of_several_tickets_has_its_own_code_and_only_the_first_a_stamp(page_of):
    order = make.order(tickets=3)
    page = page_of(order)
    assert [drawn(each) in page for each in order.tickets] == [True] * 3
    assert page.count("<details") == 3
    assert page.count('aria-label="Ingeschreven"') == 1
    assert f"/bestelling/{order.secret}/kaartjes.pdf" in page


def test_the_ticket_of_somebody_with_an_address_shows_name_and_state_only(page_of):
    order = make.order(tickets=2)
    zoe = order.tickets[1]
    zoe.holder_name, zoe.holder_email = "Zoë Bakker", "zoe@example.org"
    db.session.commit()
    make.booking(zoe, make.slot(make.session(title=Bilingual("Stil atelier", "Quiet studio"))))
    page = page_of(order)
    assert "Zoë Bakker" in page
    for private in (drawn(zoe), zoe.code, zoe.secret, "Hier heb je", ticket_qr.token(zoe)):
        assert private not in page
    assert "Geboekt" not in page


def test_a_ticket_that_was_given_back_has_no_code(page_of):
    order = make.order(tickets=2)
    gone = order.tickets[1]
    gone.released_at = NOW
    db.session.commit()
    page = page_of(order)
    assert "Dit kaartje geldt niet meer." in page
    assert drawn(gone) not in page
    assert gone.secret not in page


def test_an_unpaid_ticket_has_no_code_yet(page_of):
    of = make.ticket_type(price_cents=6500)
    order = make.order(of=of, confirmed_at=None, due_at=NOW + timedelta(days=14))
    page = page_of(order)
    assert drawn(order.tickets[0]) not in page
    assert "kaartje.pdf" not in page
    assert "De QR-code komt erbij zodra je betaling binnen is." in page


def test_it_says_what_is_booked_and_what_can_be_booked_still(page_of):
    order = make.order()
    titles = ["Geboekt", "Ernaast", "Vol", "Vrij"]
    booked, beside, full, free = (
        make.session(title=Bilingual(f"{each} atelier", "")) for each in titles
    )
    make.booking(order.tickets[0], make.slot(booked, starts=FRIDAY))
    make.slot(beside, starts=FRIDAY + timedelta(minutes=30))
    make.slot(full, starts=FRIDAY + timedelta(hours=3), places=1, taken=1)
    make.slot(free, starts=FRIDAY + timedelta(hours=5))
    page = page_of(order)
    _before, still = page.split("Nog te boeken")
    assert [f"{each} atelier" in still for each in titles] == [False, False, False, True]
    assert "Geboekt atelier" in page
    assert "Bij 1 workshop is nog plek" in still


@pytest.mark.parametrize("price", [0, 6500])
def test_being_in_has_one_colour_and_never_that_of_refusal(visitor, page_of, price):
    order = make.order(of=make.ticket_type(price_cents=price))
    pages = [page_of(order), visitor.get(f"/kaartje/{order.tickets[0].secret}").text]
    inks = [re.findall(r'class="stamp kind-(\w+)"', page) for page in pages]
    assert inks == [["coaching"], ["coaching"]]


def test_the_page_stays_small_for_many_tickets(visitor, queries):
    small, large = make.order(tickets=2).secret, make.order(tickets=9).secret
    db.session.remove()
    counts = []
    for secret in (small, large):
        with queries() as seen:
            assert visitor.get(f"/bestelling/{secret}").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert db.session.query(Order).count() == 2


@pytest.mark.parametrize("end", ["lapse", "cancel"])
def test_an_order_that_ended_shows_what_it_came_to_then(page_of, visitor, end):
    """Not what it cost before one of its tickets was cancelled, with the lunch that went along."""
    of, lunch = make.ticket_type(price_cents=4500), make.extra()
    wanted = make.order_request(of, of, extras=[ExtraRequest(lunch.slug, n) for n in range(2)])
    order = ordering.place_order(of.edition, wanted, now=NOW)
    assert order.total_cents == 11500
    cancelling.cancel_tickets(order, [order.tickets[0].code], now=NOW)
    assert 'Samen</th><td class="number">€\xa057,50' in page_of(order)
    if end == "lapse":
        assert lapsing.lapse_order(order, now=NOW)
    else:
        cancelling.cancel_order(order, now=NOW)
    make.sign_in(visitor, "finance")
    team_page = visitor.get(f"/team/bestellingen/{order.code}").text
    for page in (page_of(order), team_page):
        assert 'Samen</th><td class="number">€\xa057,50' in page
        assert "2 × " not in page
    assert "115,00" not in page_of(order)

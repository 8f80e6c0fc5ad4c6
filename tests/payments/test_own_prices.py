"""Pay what you can, from the shop to the invoice: what is above the price is a gift."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from festival import clock
from festival.db import db
from festival.home import consistency_checks
from festival.payments import invoice_queries, queries, summary, views
from festival.payments.rules import cancelling, invoicing, lapsing, recording
from festival.tickets import ledger, own_prices
from festival.tickets.models import TicketType
from festival.tickets.own_prices import GIFT
from festival.tickets.rules import ordering
from festival.web.languages import Bilingual
from tests import make
from tests.invoices.test_rules import CUSTOMER, seller
from tests.make import NOW
from tests.payments.test_views import filled, order_of

LEVELS = {"price_cents": 2500, "least_cents": 500, "low_cents": 1500, "high_cents": 4000}


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def own_price(**values):
    return make.ticket_type(slug="zaterdag", **LEVELS, **values)


def ordered(cents, number=1, **values):
    of = own_price()
    wanted = make.order_request(*[of] * number, amounts={"zaterdag": cents}, **values)
    return ordering.place_order(of.edition, wanted, now=NOW)


def charged(order):
    """The kind, VAT and amount of each entry that raises or lowers what the order costs."""
    return [
        (each.kind, each.vat_category, each.amount_cents)
        for each in ledger.entries_of(order)
        if each.kind in ledger.CHARGES
    ]


def paid(order):
    cents = queries.balance(order).due_cents
    recording.record_payment(
        order,
        cents,
        received_at=NOW,
        form_key=f"geld-{order.code}",
        note="",
        member_id=None,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("asked", "price", "gift"),
    [
        ("laag", 1500, 0),
        ("gewoon", 2500, 0),
        ("meer", 2500, 1500),
        ("zelf&bedrag-zaterdag=%E2%82%AC+32,50", 2500, 750),
        ("zelf&bedrag-zaterdag=5", 500, 0),
        ("iets", 2500, 0),
    ],
)
def test_what_the_shop_chose_is_what_the_order_costs(visitor, asked, price, gift):
    own_price()
    url = f"/bestellen?n-zaterdag=1&prijs-zaterdag={asked}"
    page = visitor.get(url).text
    assert ("Gift voor het solidariteitspotje" in page) == bool(gift)
    order = order_of(visitor.post(url, data=filled(page)))
    assert order.total_cents == price + gift
    [ticket] = order.tickets
    assert (ticket.price_cents, ticket.gift_cents) == (price, gift)
    shown = visitor.get(f"/bestelling/{order.secret}").text.replace("\xa0", " ")
    assert ("Gift voor het solidariteitspotje" in shown) == bool(gift)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("4,99", "Voor “Zaterdag” betaal je minstens € 5,00."),
        ("-10", "Voor “Zaterdag” betaal je minstens € 5,00."),
        ("", "Wat je voor “Zaterdag” wilt betalen, kunnen we niet lezen."),
        ("veel", "Wat je voor “Zaterdag” wilt betalen, kunnen we niet lezen."),
        ("1000,01", "Voor “Zaterdag” kun je hier hoogstens € 1.000,00 per kaartje betalen."),
    ],
)
def test_an_amount_that_cannot_be_is_told_in_the_shop_with_what_was_typed(visitor, typed, sentence):
    own_price(name=Bilingual("Zaterdag", "Saturday"))
    page = visitor.get(f"/bestellen?n-zaterdag=2&prijs-zaterdag=zelf&bedrag-zaterdag={typed}")
    text = page.text.replace("\xa0", " ")
    assert sentence in text
    assert f'name="bedrag-zaterdag" value="{typed}"' in text
    assert "<option selected>2</option>" in text


@pytest.mark.parametrize("when", ["before the form is sent", "while it is read"])
def test_what_was_typed_stays_when_the_least_amount_goes_up_meanwhile(visitor, monkeypatch, when):
    own_price(name=Bilingual("Zaterdag", "Saturday"))
    path = "/bestellen?n-zaterdag=1&prijs-zaterdag=zelf&bedrag-zaterdag=5,00"
    sent = filled(visitor.get(path).text)

    def raise_least():
        db.session.execute(update(TicketType).values(least_cents=750))
        db.session.commit()

    if when == "while it is read":
        monkeypatch.setattr(views, "_count_letters", lambda _wanted: raise_least())
    else:
        raise_least()
    answer = visitor.post(path, data=sent)
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    text = answer.text.replace("\xa0", " ")
    assert (answer.status_code, "eigen bedrag vanaf € 7,50" in text) == (409, True)
    assert 'value="mia@example.org"' in text
    # What the form asks for now is the least that may be, and the page says so.
    action = html.unescape(re.search(r'<form class="form checkout"[^>]* action="([^"]+)"', text)[1])
    order = order_of(visitor.post(action, data=filled(answer.text)))
    assert order.total_cents == 750


def test_the_rule_refuses_too_little_itself(app):
    with pytest.raises(own_prices.TooLittle):
        ordered(499)
    db.session.rollback()


def test_an_amount_for_a_type_with_a_fixed_price_says_nothing(app):
    of = make.ticket_type(price_cents=4500)
    wanted = make.order_request(of, amounts={of.slug: 1})
    assert ordering.place_order(of.edition, wanted, now=NOW).total_cents == 4500


def test_a_code_sets_the_price_and_one_that_only_opens_does_not(app):
    of = own_price()
    half = make.voucher(effect="percent", value=50).code
    opens = make.voucher(effect="opens", types=[of]).code
    of.is_hidden = True
    db.session.commit()
    for code, total in ((half, None), (opens, 4000)):
        wanted = make.order_request(of, amounts={of.slug: 4000}, code=code, form_key=code)
        if total is None:
            with pytest.raises(ordering.UnknownType):
                ordering.place_order(of.edition, wanted, now=NOW)
        else:
            assert ordering.place_order(of.edition, wanted, now=NOW).total_cents == total
    of.is_hidden = False
    db.session.commit()
    wanted = make.order_request(of, amounts={of.slug: 4000}, code=half)
    assert ordering.place_order(of.edition, wanted, now=NOW).total_cents == 1250


def test_the_same_form_with_another_amount_is_another_order(app):
    of = own_price()
    low, high, again = (
        ordering.place_order(of.edition, make.order_request(of, amounts={of.slug: cents}), now=NOW)
        for cents in (1500, 4000, 1500)
    )
    assert low.id != high.id
    assert low.id == again.id


def test_a_gift_is_a_line_of_its_own_outside_vat(app):
    order = ordered(4000, number=2)
    assert charged(order) == [
        ("sale", "reduced", 2500),
        ("sale", "reduced", 2500),
        ("fee", "outside", 1500),
        ("fee", "outside", 1500),
    ]
    entries = ledger.entries_of(order)
    assert [line.total_cents for line in summary.lines_of(order, entries)] == [5000, 3000]
    assert consistency_checks.totals() == []


def test_a_gift_that_was_not_paid_goes_with_its_order_and_comes_back_with_it(app):
    order = ordered(4000)
    late = order.due_at + timedelta(days=3)
    assert lapsing.lapse_order(order, now=late)
    assert queries.balance(order).total_cents == 0
    lines = summary.lines_of(order, ledger.entries_of(order))
    assert [(line.name, line.total_cents) for line in lines][1] == (GIFT, 1500)
    assert consistency_checks.totals() == []
    recording.record_payment(
        order, 3999, received_at=late, form_key="te weinig", note="", member_id=None, now=late
    )
    assert order.state == "lapsed"
    recording.record_payment(
        order, 1, received_at=late, form_key="de rest", note="", member_id=None, now=late
    )
    assert order.state == "confirmed"
    assert queries.balance(order).due_cents == 0
    assert consistency_checks.totals() == []


def test_one_of_two_tickets_that_are_not_paid_takes_its_gift_along(app):
    order = ordered(4000, number=2)
    cancelling.cancel_own_tickets(order, [order.tickets[0].code], now=NOW)
    assert queries.balance(order).due_cents == 4000
    assert consistency_checks.totals() == []


def test_a_gift_that_was_paid_stays_one_when_its_ticket_is_cancelled(visitor):
    order = ordered(4000)
    order.edition.cancel_until_on = order.edition.starts_on - timedelta(days=1)
    paid(order)
    page = visitor.get(f"/bestelling/{order.secret}/annuleren").text.replace("\xa0", " ")
    assert "De € 15,00 die je gaf boven de gewone prijs, blijft een gift." in page
    assert 'Je krijgt terug</th><td class="number">€ 25,00' in page
    cancelling.cancel_own_tickets(order, now=NOW + timedelta(minutes=1))
    assert order.state == "cancelled"
    assert queries.balance(order).due_cents == -2500
    assert consistency_checks.totals() == []
    shown = visitor.get(f"/bestelling/{order.secret}").text.replace("\xa0", " ")
    assert "Gift voor het solidariteitspotje: € 15,00" in shown


def test_the_invoice_names_the_gift_and_no_credit_note_takes_it_back(app):
    seller()
    order = ordered(4000)
    order.edition.cancel_until_on = order.edition.starts_on - timedelta(days=1)
    paid(order)
    invoice = invoicing.request_invoice(order, CUSTOMER, now=NOW)
    assert [(line.name, line.amount_cents) for line in invoice.lines][1] == (GIFT.nl, 1500)
    cancelling.cancel_own_tickets(order, now=NOW + timedelta(minutes=1))
    notes = [each for each in invoice_queries.invoices_of(order) if each.is_credit_note]
    assert [each.total_cents for each in notes] == [-2500]

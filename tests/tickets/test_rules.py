"""Placing orders: everything that is refused, and what an order is made of.

How orders end is in test_rules_ending.py.
"""

from datetime import date, timedelta

import pytest
from stdnum import iso11649

from festival.db import db
from festival.mail.models import Letter
from festival.tickets import holding, ticket_qr, ticket_type_rules
from festival.tickets.models import Order, Ticket
from festival.tickets.rules import claiming, ending, ordering
from festival.tickets.rules.ordering import OrderRequest, TicketRequest
from festival.tickets.vouchers import prices
from festival.web.languages import speaking
from tests import make
from tests.make import NOW

MOMENT = timedelta(microseconds=1)


def priced(types):
    return prices.priced(types, None, now=NOW)


def request(*slugs, form_key="formulier", code="", **values):
    return OrderRequest(
        form_key=form_key,
        name=values.pop("name", "Mia Jansen"),
        email=values.pop("email", "mia@example.org"),
        tickets=[TicketRequest(slug, f"Houder {n}") for n, slug in enumerate(slugs)],
        code=code,
        **values,
    )


def place(of, number=1, **values):
    return ordering.place_order(of.edition, request(*[of.slug] * number, **values), now=NOW)


def test_an_order_holds_a_ticket_for_each_person(any_app):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    other = make.ticket_type(price_cents=1750, vat_category="reduced")
    wanted = OrderRequest(
        "sleutel",
        "  Mia   Jansen ".strip(),
        "Mia@Example.org",
        [TicketRequest(of.slug, "Mia"), TicketRequest(other.slug, "Zoë", "ZOE@example.org")],
        language="en",
    )
    order = ordering.place_order(of.edition, wanted, now=NOW)
    db.session.expire_all()
    assert order.total_cents == 6250
    assert (order.email, order.language, order.state) == ("mia@example.org", "en", "pending")
    assert [
        (ticket.type, ticket.holder_name, ticket.email, ticket.price_cents)
        for ticket in order.tickets
    ] == [(of, "Mia", "mia@example.org", 4500), (other, "Zoë", "zoe@example.org", 1750)]
    assert (of.pool.taken, other.pool.taken) == (1, 1)
    assert iso11649.is_valid(order.reference)
    assert order.reference.endswith(order.code)
    mia, zoe = order.tickets
    assert ticket_qr.read(ticket_qr.address(zoe)).pass_id == zoe.pass_id
    assert len({mia.secret, zoe.secret, order.secret, mia.code, zoe.code, order.code}) == 6


def test_the_buyers_own_address_on_a_ticket_is_no_other_address(app):
    of = make.ticket_type()
    wanted = OrderRequest(
        "k", "Mia", "mia@example.org", [TicketRequest(of.slug, "Mia", "MIA@example.org")]
    )
    assert ordering.place_order(of.edition, wanted, now=NOW).tickets[0].holder_email == ""


def test_names_are_kept_as_written_and_addresses_in_lower_case(any_app):
    of = make.ticket_type()
    long = "Wolfeschlegelsteinhausenbergerdorff-van den Ünal-Ağaoğlu ’t Hooft " + "x" * 14
    assert len(long) == 80
    wanted = request(of.slug, name=f" {long}\n", email=" Mia@EXAMPLE.org ")
    wanted.tickets[:] = [
        TicketRequest(of.slug, f" {long} ", " ZOË@example.org "),
        TicketRequest(of.slug, long, "  mia@example.ORG "),
        TicketRequest(of.slug, long, "  "),
    ]
    order = ordering.place_order(of.edition, wanted, now=NOW)
    db.session.expire_all()
    assert (order.name, order.email) == (long, "mia@example.org")
    assert [ticket.holder_name for ticket in order.tickets] == [long] * 3
    assert [ticket.holder_email for ticket in order.tickets] == ["zoë@example.org", "", ""]


def test_one_paid_ticket_makes_the_whole_order_wait_for_its_money(any_app):
    free, paid = make.ticket_type(), make.ticket_type(price_cents=1)
    order = ordering.place_order(free.edition, request(free.slug, paid.slug), now=NOW)
    assert (order.state, order.total_cents) == ("pending", 1)
    assert order.due_at == ordering.payment_due(free.edition, NOW)
    assert not any(ticket.is_valid for ticket in order.tickets)


def test_what_is_free_is_confirmed_and_never_due(any_app):
    order = place(make.ticket_type())
    assert (order.state, order.due_at) == ("confirmed", None)


@pytest.mark.parametrize(
    ("placed", "days", "due"),
    [
        (NOW, 14, date(2026, 10, 15)),
        (NOW + timedelta(days=14), 14, date(2026, 10, 22)),  # the eve of the festival
        (NOW + timedelta(days=22), 14, date(2026, 10, 23)),  # on its first day: today
        (NOW + timedelta(days=30), 14, date(2026, 10, 31)),  # long after it: today too
        (NOW, 0, date(2026, 10, 1)),
        (NOW, 21, date(2026, 10, 22)),
        (NOW, 99, date(2026, 10, 22)),
        (NOW + timedelta(hours=13, minutes=30), 14, date(2026, 10, 16)),  # past midnight there
    ],
)
def test_an_order_is_due_before_the_festival(app, placed, days, due):
    edition = make.edition(payment_days=days)
    moment = edition.local(ordering.payment_due(edition, placed))
    assert moment.date() == due
    assert (moment.hour, moment.minute) == (23, 59)


def test_a_due_date_past_the_change_of_the_clocks_is_still_the_end_of_the_day(app):
    edition = make.edition(starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2))
    due = ordering.payment_due(edition, NOW + timedelta(days=20))  # 21 October, summer time
    assert edition.local(due).isoformat() == "2026-11-04T23:59:00+01:00"


def test_outside_the_sale_nothing_is_sold(app):
    begin = NOW + timedelta(hours=1)
    with pytest.raises(ordering.NotYetOnSale) as early:
        place(make.ticket_type(sale_from=begin))
    assert "donderdag 1 oktober 2026, 12.00 uur" in str(early.value)
    with pytest.raises(ordering.SaleClosed):
        place(make.ticket_type(sale_until=NOW))
    place(make.ticket_type(sale_from=NOW), form_key="eerste")
    place(make.ticket_type(sale_until=NOW + MOMENT), form_key="laatste")


@pytest.mark.parametrize(
    ("values", "number", "refusal"),
    [
        ({}, 0, ordering.NothingChosen),
        ({"max_per_order": 50}, ordering.MOST_TICKETS + 1, ordering.TooManyTogether),
        ({"sale_from": NOW + MOMENT}, 1, ordering.NotYetOnSale),
        ({"sale_until": NOW}, 1, ordering.SaleClosed),
        ({"min_per_order": 3}, 2, ordering.TooFew),
        ({"max_per_order": 3}, 4, ordering.TooMany),
        ({"capacity": 0}, 1, claiming.TypeSoldOut),
        ({"capacity": 3}, 4, claiming.TooFewLeft),
        # Said first, as no ticket that comes back can be ordered either.
        ({"capacity": 0, "sale_until": NOW}, 1, ordering.SaleClosed),
    ],
)
def test_what_cannot_be_ordered_is_refused_before_the_form_and_after_it(
    app, values, number, refusal
):
    pool = make.pool(capacity=values.get("capacity", 100))
    values = {name: value for name, value in values.items() if name != "capacity"}
    of = make.ticket_type(pool=pool, **values)
    with pytest.raises(ordering.Refusal) as before:
        ordering.check_types(of.edition, priced([of] * number), now=NOW)
    with pytest.raises(ordering.Refusal) as after:
        place(of, number)
    assert type(before.value) is type(after.value) is refusal
    assert before.value.details == after.value.details
    assert (pool.taken, db.session.query(Order).count()) == (0, 0)


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({"min_per_order": 3, "max_per_order": 3}, 3),
        ({"max_per_order": ordering.MOST_TICKETS}, ordering.MOST_TICKETS),
        ({"pool_capacity": 4}, 4),
    ],
)
def test_to_the_very_limit_it_can_be_ordered(app, monkeypatch, values, number):
    monkeypatch.setattr(holding, "MOST_UNKNOWN", ordering.MOST_TICKETS)
    pool = make.pool(capacity=values.pop("pool_capacity", 100))
    of = make.ticket_type(pool=pool, **values)
    ordering.check_types(of.edition, priced([of] * number), now=NOW)
    assert len(place(of, number).tickets) == number
    assert pool.taken == number


def test_least_and_most_of_a_type(app):
    of = make.ticket_type(min_per_order=2, max_per_order=3)
    with pytest.raises(ordering.TooFew):
        place(of, 1)
    with pytest.raises(ordering.TooMany):
        place(of, 4)
    assert len(place(of, 3).tickets) == 3


def test_an_order_has_tickets_and_not_too_many(app):
    of = make.ticket_type(max_per_order=100)
    with pytest.raises(ordering.NothingChosen):
        place(of, 0)
    with pytest.raises(ordering.TooManyTogether):
        place(of, ordering.MOST_TICKETS + 1)


def test_a_hidden_type_opens_with_its_code_alone(app):
    of = make.ticket_type(code="HESJE27")
    for code in ("", "HESJE28", "hesje"):
        with pytest.raises(ordering.UnknownType):
            place(of, code=code)
    assert place(of, code=" hesje-27 ").state == "confirmed"


def test_one_code_opens_the_types_that_have_it_and_not_those_with_another(app):
    everybody, crew = make.ticket_type(), make.ticket_type(code="HESJE27")
    twin, partner = make.ticket_type(code="hesje 27"), make.ticket_type(code="PARTNER27")
    together = request(everybody.slug, crew.slug, twin.slug, code="HESJE27")
    assert len(ordering.place_order(crew.edition, together, now=NOW).tickets) == 3
    for slugs in ([crew.slug, partner.slug], [crew.slug, "bestaat-niet"], [""]):
        wanted = request(*slugs, form_key="twee", code="HESJE27")
        with pytest.raises(ordering.UnknownType):
            ordering.place_order(crew.edition, wanted, now=NOW)


def test_a_type_of_another_edition_is_unknown(app):
    of = make.ticket_type()
    other = make.edition(is_current=False)
    with pytest.raises(ordering.UnknownType):
        ordering.place_order(other, request(of.slug), now=NOW)


def test_a_refused_order_leaves_nothing_behind(any_app):
    roomy = make.ticket_type()
    tight = make.ticket_type(pool=make.pool(capacity=2))
    place(tight, 1, form_key="een")
    with pytest.raises(claiming.TooFewLeft) as refusal:
        ordering.place_order(
            roomy.edition, request(roomy.slug, tight.slug, tight.slug, form_key="twee"), now=NOW
        )
    assert f"Kaartjes “{tight.name}”: nog maar 1 vrij." in str(refusal.value)
    assert (roomy.pool.taken, tight.pool.taken) == (0, 1)
    assert db.session.query(Order).count() == 1
    assert db.session.query(Ticket).count() == 1
    place(tight, 1, form_key="drie")
    with pytest.raises(claiming.TypeSoldOut):
        place(tight, 1, form_key="vier")


def test_types_of_one_pool_are_looked_at_together_before_anything_is_typed(app):
    shared = make.pool(capacity=3)
    adult, child = make.ticket_type(pool=shared), make.ticket_type(pool=shared)
    ordering.check_types(adult.edition, priced([adult, adult, child]), now=NOW)
    with pytest.raises(claiming.TooFewLeft) as few:
        ordering.check_types(adult.edition, priced([adult, adult, child, child]), now=NOW)
    assert few.value.details == {"name": child.name, "left": 1}
    with pytest.raises(claiming.TypeSoldOut) as none:
        ordering.check_types(adult.edition, priced([adult, adult, adult, child]), now=NOW)
    assert none.value.details == {"name": child.name}
    assert shared.taken == 0


def test_the_same_form_twice_is_one_order_even_when_sold_out_meanwhile(any_app):
    of = make.ticket_type(pool=make.pool(capacity=1))
    first = place(of)
    assert place(of) == first
    assert of.pool.taken == 1


def test_a_form_key_is_used_up_by_an_order_and_by_no_refusal(any_app):
    of = make.ticket_type(price_cents=100, pool=make.pool(capacity=0))
    with pytest.raises(claiming.TypeSoldOut):
        place(of)
    ticket_type_rules.change_pool(of.pool, "Meer", 5, seen=of.pool.version, now=NOW)
    first, is_new = ordering.place_once(of.edition, request(of.slug), now=NOW)
    assert is_new
    ending.end_order(first, lapsed=True, now=NOW)
    # Whatever came of it: it is the order that this form made.
    later = NOW + timedelta(days=1)
    assert ordering.place_once(of.edition, request(of.slug), now=later) == (first, False)
    assert (first.name, first.state, first.placed_at) == ("Mia Jansen", "lapsed", NOW)
    assert (len(first.tickets), of.pool.taken) == (1, 0)
    other = request(of.slug, of.slug, name="Iemand anders", email="ander@example.org")
    second, is_new = ordering.place_once(of.edition, other, now=later)
    assert (is_new, second.name, len(second.tickets)) == (True, "Iemand anders", 2)
    assert place(of, form_key="een ander formulier") != first


def test_a_second_click_finds_its_order_after_the_sale_closed(app):
    of = make.ticket_type(sale_until=NOW + MOMENT)
    first = place(of)
    later = NOW + timedelta(days=2)
    assert ordering.place_order(of.edition, request(of.slug), now=later) == first
    with pytest.raises(ordering.SaleClosed):
        ordering.place_order(of.edition, request(of.slug, form_key="nieuw"), now=later)


def test_lost_tickets_are_mailed_to_their_address_and_no_other(any_app):
    of = make.ticket_type()
    edition = of.edition
    wanted = OrderRequest(
        "k",
        "Mia",
        "mia@example.org",
        [TicketRequest(of.slug, "Mia"), TicketRequest(of.slug, "Zoë", "zoe@example.org")],
    )
    order = ordering.place_order(edition, wanted, now=NOW)
    gone = place(of, form_key="weg")
    ending.end_order(gone, lapsed=False, now=NOW)
    mia, zoe = order.tickets

    assert ending.send_again(edition, " MIA@example.org", language="nl", now=NOW) == 1
    [letter] = db.session.query(Letter).all()
    assert letter.to == "mia@example.org"
    assert f"/bestelling/{order.secret}" in letter.body_text
    assert f"/kaartje/{mia.secret}" in letter.body_text
    assert zoe.secret not in letter.body_text + letter.body_html
    assert gone.secret not in letter.body_text
    assert letter.attachments == [
        {"kind": "tickets_pdf", "reference": f"{order.code}|mia@example.org"},
        {"kind": "ticket_qr", "reference": mia.secret},
    ]

    assert ending.send_again(edition, "zoe@example.org", language="en", now=NOW) == 1
    letter = db.session.query(Letter).filter_by(to="zoe@example.org").one()
    assert letter.language == "en"
    assert f"/en/kaartje/{zoe.secret}" in letter.body_text
    assert order.secret not in letter.body_text
    assert mia.secret not in letter.body_text

    assert ending.send_again(edition, "niemand@example.org", language="nl", now=NOW) == 0
    assert db.session.query(Letter).count() == 2


def test_refusals_speak_both_languages(app):
    refusal = claiming.TooFewLeft(name="Bewoner", left=2)
    assert str(refusal) == (
        "Kaartjes “Bewoner”: nog maar 2 vrij. Kies er minder, of kies een ander kaartje."
    )
    with speaking("en"):
        assert str(refusal).startswith("“Bewoner” tickets: only 2 left.")

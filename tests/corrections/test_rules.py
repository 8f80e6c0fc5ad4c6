"""Correcting names and addresses: who may, until when, and what becomes of links and letters."""

from datetime import date, datetime

import pytest

from festival.bookings.queries import held_places
from festival.corrections import terms
from festival.corrections.people import Correction, Maker, Person, mark_of
from festival.corrections.rules import correcting, handing_on
from festival.db import db
from festival.errors import Refusal
from festival.mail.models import Letter
from festival.payments import order_tickets
from festival.tickets import finding, ticket_qr
from festival.tickets.changes import OrderChange
from festival.tickets.models import Order
from tests import make
from tests.make import NOW


def person(of, name=None, email=None):
    """What a form sends that showed `of` as it is now."""
    is_order = isinstance(of, Order)
    name = name or (of.name if is_order else of.holder_name)
    known = of.email if is_order else of.holder_email
    return Person(name, known if email is None else email, mark_of(of))


def correct(order, buyer=None, holders=None, *, by="buyer", now=NOW):
    correcting.correct_people(order, Correction(buyer, holders or {}), by=Maker(by), now=now)


def letters():
    rows = db.session.query(Letter).order_by(Letter.id)
    return [(each.name.removeprefix("corrections/"), each.to) for each in rows]


def changes():
    return db.session.query(OrderChange).order_by(OrderChange.id).all()


def test_a_name_is_corrected_and_nothing_else(visitor):
    ticket = make.ticket()
    before = (ticket.secret, ticket.pass_id, ticket.code)
    correct(ticket.order, holders={ticket.code: person(ticket, "Zoë Bakker")}, by="holder")
    assert ticket.holder_name == "Zoë Bakker"
    assert (ticket.secret, ticket.pass_id, ticket.code) == before
    assert letters() == []
    [change] = changes()
    assert (change.kind, change.maker, change.new_name) == ("corrected", "holder", "Zoë Bakker")
    assert db.session.query(Order).filter(finding.orders("bakker")).all() == [ticket.order]


def test_another_address_gets_the_ticket_and_a_new_link(visitor):
    ticket = make.ticket(email="mia@example.org")
    old, qr = ticket.secret, ticket_qr.address(ticket)
    agenda = ticket.agenda_secret
    correct(ticket.order, holders={ticket.code: person(ticket, None, "Zoe@Example.org")})
    assert ticket.email == "zoe@example.org"
    assert ticket.secret != old
    assert ticket_qr.address(ticket) == qr  # what was printed still admits
    assert held_places.ticket_by_agenda(agenda) is None  # it told where its holder is
    assert letters() == [("new_address", "zoe@example.org"), ("old_address", "mia@example.org")]
    [new, told] = db.session.query(Letter).order_by(Letter.id)
    assert f"/kaartje/{ticket.secret}" in new.body_text
    assert [each["kind"] for each in new.attachments] == ["tickets_pdf", "ticket_qr"]
    for secret in (old, ticket.secret, ticket.order.secret):
        assert secret not in told.body_text + told.body_html
    assert "zoe" not in told.body_text.lower()


def test_the_buyer_moves_with_all_tickets_that_go_to_the_buyer(visitor):
    order = make.order(tickets=3, email="mia@example.org")
    order.tickets[2].holder_email = "noor@example.org"
    db.session.commit()
    secrets = [order.secret, *(ticket.secret for ticket in order.tickets)]
    correct(order, person(order, "Mia de Wit", "mia.nieuw@example.org"))
    assert (order.name, order.email) == ("Mia de Wit", "mia.nieuw@example.org")
    assert order.mailbox == "mia.nieuw@example.org"
    now = [order.secret, *(ticket.secret for ticket in order.tickets)]
    assert [old == new for old, new in zip(secrets, now, strict=True)] == [
        False,
        False,
        False,
        True,
    ]
    assert letters() == [
        ("new_address", "mia.nieuw@example.org"),
        ("old_address", "mia@example.org"),
    ]
    assert {each.void_secret for each in changes()} == set(secrets[:3])


def test_before_an_order_is_paid_only_its_buyer_hears(visitor):
    of = make.ticket_type(price_cents=4500)
    order = make.order(of=of, tickets=2, confirmed_at=None, due_at=NOW, email="mia@example.org")
    first, second = order.tickets
    correct(
        order,
        person(order, None, "mia.nieuw@example.org"),
        {second.code: person(second, "Noor", "noor@example.org")},
    )
    assert letters() == [
        ("payments/pay_by_transfer", "mia.nieuw@example.org"),
        ("old_address", "mia@example.org"),
    ]
    assert (first.email, second.email) == ("mia.nieuw@example.org", "noor@example.org")


def test_the_same_form_twice_changes_once_and_an_old_one_nothing(visitor):
    ticket = make.ticket()
    form = {ticket.code: person(ticket, "Zoë Bakker", "zoe@example.org")}
    correct(ticket.order, holders=form)
    secret = ticket.secret
    correct(ticket.order, holders=form)
    assert (ticket.secret, len(changes()), len(letters())) == (secret, 1, 2)
    with pytest.raises(correcting.CorrectedMeanwhile):
        correct(ticket.order, holders={ticket.code: Person("Noor", "", form[ticket.code].seen)})
    assert ticket.holder_name == "Zoë Bakker"


def test_somebody_else_s_ticket_is_in_no_order_of_mine(visitor):
    mine, other = make.ticket(), make.ticket()
    with pytest.raises(correcting.CorrectedMeanwhile):
        correct(mine.order, holders={other.code: person(other, "Van mij")})
    assert other.holder_name != "Van mij"


@pytest.mark.parametrize(
    ("until", "at", "may"),
    [
        (None, "2026-10-22T21:59:59+00:00", True),  # the eve, in Amsterdam
        (None, "2026-10-22T22:00:00+00:00", False),
        (date(2026, 10, 20), "2026-10-20T21:59:59+00:00", True),
        (date(2026, 10, 20), "2026-10-20T22:00:00+00:00", False),
        (date(2026, 10, 25), "2026-10-25T22:59:59+00:00", True),  # after the clocks went back
        (date(2026, 10, 25), "2026-10-25T23:00:00+00:00", False),
    ],
)
def test_until_the_end_of_a_day_on_the_clocks_of_the_festival(visitor, until, at, may):
    ticket = make.ticket()
    ticket.order.edition.changes_until_on = until
    db.session.commit()
    form = {ticket.code: person(ticket, "Zoë Bakker")}
    now = datetime.fromisoformat(at)
    if may:
        correct(ticket.order, holders=form, now=now)
    else:
        with pytest.raises(terms.TooLateToCorrect):
            correct(ticket.order, holders=form, now=now)


@pytest.mark.parametrize("ended", [{"lapsed_at": NOW}, {"cancelled_at": NOW}])
def test_nothing_is_corrected_in_what_ended(visitor, ended):
    ticket = make.ticket(**ended)
    with pytest.raises(terms.NothingToCorrect):
        correct(ticket.order, holders={ticket.code: person(ticket, "Zoë")})


def test_a_ticket_that_was_given_back_is_not_corrected(visitor):
    order = make.order(tickets=2)
    ticket = order.tickets[0]
    ticket.released_at = ticket.cancelled_at = NOW
    db.session.commit()
    with pytest.raises(Refusal):
        correct(order, holders={ticket.code: person(ticket, "Zoë")})


def test_the_address_of_the_buyer_is_no_address_of_a_ticket(visitor):
    order = make.order(tickets=2, email="mia@example.org")
    ticket, other = order.tickets
    other.holder_email = "noor@example.org"
    db.session.commit()
    old = ticket.secret
    correct(order, holders={ticket.code: person(ticket, "Mia", "Mia@Example.org")})
    assert (ticket.holder_name, ticket.holder_email) == ("Mia", "")
    assert (ticket.secret, letters()) == (old, [])
    correct(order, person(order, email="noor@example.org"))
    assert [each.holder_email for each in order.tickets] == ["", ""]
    [shown, _] = order_tickets.tickets_of(order, now=NOW).own  # with its QR code
    assert shown.ticket == ticket
    page = visitor.get(f"/bestelling/{order.secret}").text
    assert all(each.code in page for each in order.tickets)


def test_what_is_handed_on_to_the_buyer_is_the_buyer_s(visitor):
    order = make.order(tickets=1, email="mia@example.org")
    [ticket] = order.tickets
    ticket.holder_email = "noor@example.org"
    db.session.commit()
    to = Person("Mia", "MIA@example.org", mark_of(ticket))
    for _twice in range(2):
        handing_on.hand_on(ticket, to, by=Maker("holder"), now=NOW)
    assert (ticket.holder_name, ticket.holder_email, ticket.email) == ("Mia", "", order.email)

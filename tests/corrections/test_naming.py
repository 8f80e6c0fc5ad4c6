"""Naming tickets that were ordered without a name: the rules, and the letters about it."""

from datetime import timedelta

import pytest

from festival.checkin import rules as checkin
from festival.corrections.people import Correction, Maker, Person, mark_of
from festival.corrections.rules import correcting, handing_on, naming
from festival.corrections.terms import NothingToCorrect, TooLateToCorrect
from festival.db import db
from festival.mail.models import Letter
from festival.payments.rules import cancelling
from festival.team.models import AuditEntry
from festival.tickets import ticket_qr
from festival.tickets.changes import OrderChange
from tests import make
from tests.make import FRIDAY, NOW


def people(order, *names):
    """The names for the nameless tickets of `order`, in their order."""
    left = [ticket for ticket in order.tickets if ticket.is_nameless]
    return {
        ticket.code: Person(name, email, mark_of(ticket))
        for ticket, (name, email) in zip(left, names, strict=False)
    }


def name(order, *names, by="buyer", now=NOW, **values):
    naming.name_tickets(order, people(order, *names), by=Maker(by, **values), now=now)


def mailed():
    return sorted((letter.name, letter.to) for letter in db.session.query(Letter))


def test_a_list_names_tickets_and_mails_who_has_an_address(any_app):
    order = make.nameless()
    secrets = [ticket.secret for ticket in order.tickets]
    passes = [ticket.pass_id for ticket in order.tickets]
    name(order, ("Zoë Bakker", "zoe@example.org"), ("Bo de Wit", ""))
    assert [ticket.holder_name for ticket in order.tickets][1:] == ["Zoë Bakker", "Bo de Wit"]
    assert not any(ticket.is_nameless for ticket in order.tickets)
    assert [ticket.pass_id for ticket in order.tickets] == passes  # what was printed still admits
    kept = [ticket.secret == secret for ticket, secret in zip(order.tickets, secrets, strict=True)]
    assert kept == [True, False, True]  # Zoë's link is hers alone
    assert mailed() == [("tickets/your_tickets", "zoe@example.org")]
    assert db.session.query(OrderChange).count() == 2


def test_the_buyers_own_address_is_no_other_address(any_app):
    order = make.nameless()
    name(order, ("Zoë", "Mia@Example.org"))
    assert order.tickets[1].holder_email == ""
    assert mailed() == []


def test_one_address_with_two_tickets_gets_one_letter(any_app):
    order = make.nameless()
    name(order, ("Zoë", "zoe@example.org"), ("Kind van Zoë", "zoe@example.org"))
    [letter] = db.session.query(Letter)
    assert "Kind van Zoë" in letter.body_text
    assert "Mia" in letter.body_text


def test_before_it_is_paid_nobody_gets_a_ticket(any_app):
    order = make.nameless(of=make.ticket_type(price_cents=1000), confirmed_at=None)
    name(order, ("Zoë", "zoe@example.org"))
    assert mailed() == []
    assert order.tickets[1].holder_name == "Zoë"


def test_the_same_list_again_changes_nothing(any_app):
    order = make.nameless()
    wanted = people(order, ("Zoë", "zoe@example.org"))
    for _ in range(2):
        naming.name_tickets(order, wanted, by=Maker("buyer"), now=NOW)
    assert len(mailed()) == 1
    assert db.session.query(OrderChange).count() == 1


def test_all_of_a_list_or_none(any_app):
    order = make.nameless()
    wanted = people(order, ("Zoë", ""), ("Bo", ""))
    naming.name_own_ticket(order.tickets[2], Person("Sam", "", mark_of(order.tickets[2])), now=NOW)
    with pytest.raises(naming.NamedMeanwhile):
        naming.name_tickets(order, wanted, by=Maker("buyer"), now=NOW)
    assert order.tickets[1].is_nameless
    assert order.tickets[2].holder_name == "Sam"


def test_a_holder_names_their_own_and_the_buyer_hears_it(any_app):
    order = make.nameless()
    ticket = order.tickets[1]
    person = Person("Zoë", "zoe@example.org", mark_of(ticket))
    for _ in range(2):  # a double click
        naming.name_own_ticket(ticket, person, now=NOW)
    assert mailed() == [
        ("corrections/ticket_named", "mia@example.org"),
        ("tickets/your_tickets", "zoe@example.org"),
    ]
    [letter] = db.session.query(Letter).filter_by(to="mia@example.org")
    assert "Zoë" in letter.body_text
    assert "zoe@" not in letter.body_text
    assert ticket.secret not in letter.body_text


def test_a_link_names_once(any_app):
    ticket = make.nameless().tickets[1]
    seen = mark_of(ticket)
    naming.name_own_ticket(ticket, Person("Zoë", "", seen), now=NOW)
    for person, later in (
        (Person("Bo", "", seen), 0),  # somebody else with the same link
        (Person("Zoë", "", mark_of(ticket)), 0),  # who knows her name, but not her form
        (Person("Zoë", "", seen), 11),  # long after
    ):
        with pytest.raises(naming.NamedAlready):
            naming.name_own_ticket(ticket, person, now=NOW + timedelta(minutes=later))
    assert ticket.holder_name == "Zoë"


def test_it_is_too_late_after_the_last_day_but_not_for_the_team(any_app):
    order, member = make.nameless(), make.member("finance")
    late = order.edition.day_begins(FRIDAY)
    with pytest.raises(TooLateToCorrect):
        name(order, ("Zoë", ""), now=late)
    person = Person("Zoë", "", mark_of(order.tickets[1]))
    with pytest.raises(TooLateToCorrect):
        naming.name_own_ticket(order.tickets[1], person, now=late)
    name(order, ("Zoë", ""), by="team", member_id=member.id, reason="aan de balie", now=late)
    assert order.tickets[1].holder_name == "Zoë"
    assert db.session.query(AuditEntry).filter_by(verb="name_tickets").count() == 1


def test_what_was_cancelled_gets_no_name(any_app):
    order = make.nameless()
    wanted = people(order, ("Zoë", ""))
    ticket = order.tickets[1]
    seen = mark_of(ticket)
    cancelling.cancel_order(order, now=NOW)
    with pytest.raises(NothingToCorrect):
        naming.name_tickets(order, wanted, by=Maker("buyer"), now=NOW)
    with pytest.raises(NothingToCorrect):
        naming.name_own_ticket(ticket, Person("Zoë", "", seen), now=NOW)


def test_a_ticket_without_a_name_admits(any_app):
    ticket = make.nameless().tickets[1]
    day = ticket.order.edition.day_begins(FRIDAY)
    reading = checkin.ScanReading(ticket_qr.address(ticket), "camera", "nonce", day)
    answer = checkin.scan(make.gate(), make.device(), reading, member_id=None, now=day)
    assert answer.outcome == "admitted"


def test_handed_on_or_corrected_it_has_a_name(any_app):
    order = make.nameless()
    handed, corrected = order.tickets[1:]
    to = Person("Zoë", "zoe@example.org", mark_of(handed))
    handing_on.hand_on(handed, to, by=Maker("holder"), now=NOW)
    [letter] = db.session.query(Letter).filter_by(to="zoe@example.org")
    assert "Mia Jansen gaf dit kaartje" in letter.body_text
    holders = {corrected.code: Person("Bo", "", mark_of(corrected))}
    correcting.correct_people(order, Correction(None, holders), by=Maker("holder"), now=NOW)
    assert not handed.is_nameless
    assert not corrected.is_nameless


def test_another_buyer_stands_on_them_and_old_links_are_void(any_app):
    order = make.nameless()
    old = order.tickets[1].naming_secret
    renamed = Person("Mia de Boer", "mia@example.org", mark_of(order))
    correcting.correct_people(order, Correction(renamed), by=Maker("buyer"), now=NOW)
    assert order.tickets[1].holder_name == "Kaartje 2 van Mia de Boer"
    assert order.tickets[1].naming_secret == old
    moved = Person("Mia de Boer", "boer@example.org", mark_of(order))
    correcting.correct_people(order, Correction(moved), by=Maker("buyer"), now=NOW)
    assert order.tickets[1].naming_secret not in (old, None)

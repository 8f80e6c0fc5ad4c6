"""Handing a ticket on: what is void at once, what goes along, what is erased, and who may."""

import pytest

from festival import clock
from festival.bookings.models import Booking, Star
from festival.bookings.queries import held_places
from festival.checkin import rules as checkin
from festival.corrections import terms
from festival.corrections.people import Maker, Person, mark_of
from festival.corrections.rules import correcting, handing_on
from festival.db import db
from festival.mail.models import Letter
from festival.questions import answering
from festival.questions.models import OrderAnswer
from festival.team.models import AuditEntry
from festival.tickets import ticket_qr
from festival.tickets.changes import OrderChange
from festival.tickets.models import Order
from tests import make
from tests.corrections.test_views import filled
from tests.make import FRIDAY, NOW

BO = ("Bo de Wit", "bo@example.org")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def hand_on(ticket, to=BO, *, by="holder", now=NOW, **values):
    person = Person(*to, mark_of(ticket))
    handing_on.hand_on(ticket, person, by=Maker(by, **values), now=now)


def scan(ticket, text):
    now = ticket.order.edition.day_begins(FRIDAY)
    reading = checkin.ScanReading(text, "typed", f"nonce {text}", now)
    answer = checkin.scan(make.gate(), make.device(), reading, member_id=None, now=now)
    return answer.outcome


def test_all_that_the_former_holder_had_is_void_at_once(any_app):
    ticket = make.ticket(email="mia@example.org")
    old = (ticket_qr.address(ticket), ticket.code)
    secrets = (ticket.secret, ticket.agenda_secret)
    hand_on(ticket)
    assert (ticket.holder_name, ticket.email) == BO
    assert held_places.ticket_by_secret(secrets[0]) is None
    assert held_places.ticket_by_agenda(secrets[1]) is None
    assert [scan(ticket, text) for text in old] == ["handed_on", "handed_on"]
    assert scan(ticket, ticket_qr.address(ticket)) == "admitted"
    [change] = db.session.query(OrderChange)
    assert (change.kind, change.maker, change.void_code) == ("handed_on", "holder", old[1])


def test_places_stay_and_what_is_private_goes(any_app):
    ticket, other = make.ticket(), make.ticket()
    slot = make.slot(make.session(kind="coaching"))
    make.booking(ticket, slot, question="Iets van mij alleen")
    theirs = make.slot(make.session(kind="coaching"))
    make.booking(other, theirs, question="Van een ander")
    make.star(ticket, make.slot())
    question = make.question()
    make.answer(question, "Een antwoord van mij", ticket)
    make.answer(question, "Een antwoord van een ander", other)
    hand_on(ticket)
    assert [each.slot for each in held_places.live_bookings([ticket.id])] == [slot]
    assert sorted(db.session.scalars(db.select(Booking.question))) == ["", "Van een ander"]
    assert sorted(db.session.scalars(db.select(OrderAnswer.value))) == [
        "",
        "Een antwoord van een ander",
    ]
    assert db.session.query(Star).one().removed_at == NOW
    # The new holder answers for themselves.
    answering.change_answers(ticket.order, ticket, {question.code: "Van Bo"}, now=NOW)
    assert "Van Bo" in set(db.session.scalars(db.select(OrderAnswer.value)))


def test_both_hear_of_it_and_the_former_holder_gets_no_link(any_app):
    ticket = make.ticket(email="mia@example.org", name="Mia Jansen")
    ticket.holder_name = "Mia Jansen"
    make.booking(ticket, make.slot())
    hand_on(ticket)
    received, passed_on = db.session.query(Letter).order_by(Letter.id)
    assert (received.name, received.to) == ("corrections/ticket_received", "bo@example.org")
    assert (passed_on.name, passed_on.to) == ("corrections/ticket_passed_on", "mia@example.org")
    assert f"/kaartje/{ticket.secret}" in received.body_text
    assert "Mia Jansen gaf dit kaartje aan jou door" in received.body_text
    assert "Plek:" in received.body_text
    told = passed_on.body_text + passed_on.body_html
    assert "/kaartje/" not in told
    assert "Bo de Wit" not in told
    assert ticket.code not in told


def test_in_one_mailbox_only_the_new_holder_is_written_to(any_app):
    """A worker gives the ticket of one resident to another; both have no address of their own."""
    ticket = make.ticket(email="werker@example.org")
    hand_on(ticket, ("Anna", ""), by="holder")
    assert [each.name for each in db.session.query(Letter)] == ["corrections/ticket_received"]


def test_who_cannot_hand_on_hears_why(any_app):
    unpaid = make.ticket(confirmed_at=None)
    lapsed = make.ticket(lapsed_at=NOW)
    used = make.ticket()
    make.scan(used)
    same = make.ticket()
    late = make.ticket()
    same_as_now = (same.holder_name, same.holder_email)
    for ticket, to, now, refusal in (
        (unpaid, BO, NOW, handing_on.NotPaidYet),
        (lapsed, BO, NOW, terms.NothingToCorrect),
        (used, BO, NOW, handing_on.UsedBefore),
        (same, same_as_now, NOW, handing_on.HolderAlready),
        (late, BO, late.order.edition.day_begins(FRIDAY), terms.TooLateToCorrect),
    ):
        before = ticket.pass_id
        with pytest.raises(refusal):
            hand_on(ticket, to, now=now)
        assert ticket.pass_id == before


def test_the_team_hands_on_later_and_says_why(any_app):
    member = make.member("finance")
    used = make.ticket()
    make.scan(used)
    late = used.order.edition.day_begins(FRIDAY)
    hand_on(used, by="team", member_id=member.id, reason="Ziek geworden", now=late)
    assert used.holder_name == "Bo de Wit"
    [entry] = db.session.query(AuditEntry).filter_by(verb="hand_on_ticket")
    assert entry.details["reason"] == "Ziek geworden"
    with pytest.raises(handing_on.NotPaidYet):
        hand_on(make.ticket(confirmed_at=None), by="team", member_id=member.id)


def test_a_form_from_before_somebody_else_changed_it_does_nothing(any_app):
    ticket = make.ticket()
    seen = mark_of(ticket)
    hand_on(ticket)
    with pytest.raises(correcting.CorrectedMeanwhile):
        handing_on.hand_on(
            ticket, Person("Cas", "cas@example.org", seen), by=Maker("holder"), now=NOW
        )
    assert ticket.holder_name == "Bo de Wit"


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_says_first_what_goes_along_and_what_is_erased(visitor, language):
    ticket = make.ticket()
    slot = make.slot()
    make.booking(ticket, slot)
    page = visitor.get(f"{language}/kaartje/{ticket.secret}/doorgeven").text
    for words in (
        (slot.session.title.nl, "werken meteen niet meer", "22 oktober")
        if not language
        else (slot.session.title.en or slot.session.title.nl, "stop working at once", "22 October")
    ):
        assert words in page


def test_a_holder_hands_on_and_the_old_link_says_so_kindly(visitor):
    ticket = make.ticket()
    old = ticket.secret
    path = f"/kaartje/{old}/doorgeven"
    assert path in visitor.get(f"/kaartje/{old}").text
    sent = filled(visitor.get(path).text) | {"name": "Bo de Wit", "email": "bo@example.org"}
    answer = visitor.post(path, data=sent)
    assert (answer.status_code, answer.location) == (303, f"/kaartje/{old}")
    for page in (f"/kaartje/{old}", f"/kaartje/{old}/kaartje.pdf", path):
        answer = visitor.get(page)
        assert answer.status_code == 410
        assert "Dit kaartje is doorgegeven" in answer.text
        assert "Bo de Wit" not in answer.text
        assert "bo@example" not in answer.text
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "This ticket was handed on" in visitor.get(f"/en/kaartje/{old}").text
    # A second tap, and whoever had the form open too, are told the same.
    assert visitor.post(path, data=sent).status_code == 410
    ticket = db.session.query(Order).one().tickets[0]
    assert visitor.get(f"/kaartje/{ticket.secret}").status_code == 200
    assert db.session.query(OrderChange).count() == 1


def test_a_form_that_is_not_whole_keeps_what_was_typed(visitor):
    ticket = make.ticket()
    path = f"/kaartje/{ticket.secret}/doorgeven"
    sent = filled(visitor.get(path).text) | {"name": "Bo de Wit", "email": ""}
    answer = visitor.post(path, data=sent)
    assert answer.status_code == 422
    assert "Vul het e-mailadres in. Daar sturen we het kaartje heen." in answer.text
    assert 'value="Bo de Wit"' in answer.text
    answer = visitor.post(path, data=sent | {"email": "bo@gmial.com"})
    assert "Bedoel je bo@gmail.com?" in answer.text
    again = filled(answer.text) | {"email": "bo@gmial.com"}
    assert visitor.post(path, data=again).status_code == 303

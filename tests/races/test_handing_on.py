"""Handing a ticket on at the same instant as another time, or as a scan at the door."""

from festival import codes
from festival.checkin import rules as checkin
from festival.checkin.models import Device, Gate, Scan
from festival.corrections.people import Maker, Person, mark_of
from festival.corrections.rules import handing_on
from festival.db import db
from festival.mail.models import Letter
from festival.tickets import ticket_qr
from festival.tickets.changes import OrderChange
from festival.tickets.models import Ticket
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once


def test_of_eight_who_get_it_at_once_one_does(any_app):
    for _ in range(4):
        ticket_id = make.ticket().id
        seen = mark_of(db.session.get(Ticket, ticket_id))

        def give(n, ticket_id=ticket_id, seen=seen):
            ticket = db.session.get(Ticket, ticket_id)
            to = Person(f"Houder {n}", f"houder{n}@example.org", seen)
            return answer(handing_on.hand_on, ticket, to, by=Maker("holder"), now=NOW)

        answers = at_once(any_app, give, 8)
        assert sorted(answers) == ["CorrectedMeanwhile"] * 7 + ["yes"]
        winner = answers.index("yes")
        ticket = db.session.get(Ticket, ticket_id)
        assert ticket.holder_email == f"houder{winner}@example.org"
        assert db.session.query(OrderChange).filter_by(ticket_id=ticket_id).count() == 1
        mine = db.session.query(Letter).filter_by(to=ticket.holder_email)
        assert mine.filter(Letter.body_text.contains(ticket.secret)).count() == 1


def test_a_scan_and_a_new_holder_at_once(any_app):
    """Who is let in keeps the ticket; once it is somebody else's, the old code lets nobody in."""
    edition = make.current_edition()
    edition.changes_until_on = make.SUNDAY
    day = edition.moment(make.FRIDAY, NOW.time())
    db.session.commit()
    for _ in range(8):
        ticket = make.ticket()
        ticket_id, address, seen = ticket.id, ticket_qr.address(ticket), mark_of(ticket)
        gate_id, device_id = make.gate().id, make.device().id

        def act(n, ticket_id=ticket_id, gate_id=gate_id, device_id=device_id, address=address,
                seen=seen):  # fmt: skip
            if n % 2:
                ticket = db.session.get(Ticket, ticket_id)
                to = Person(f"Houder {n}", f"houder{n}@example.org", seen)
                return answer(handing_on.hand_on, ticket, to, by=Maker("holder"), now=day)
            reading = checkin.ScanReading(address, "camera", codes.secret(), day)
            gate, device = db.session.get(Gate, gate_id), db.session.get(Device, device_id)
            return checkin.scan(gate, device, reading, member_id=None, now=day).outcome

        at_once(any_app, act, 6)
        scans = db.session.query(Scan).filter_by(ticket_id=ticket_id)
        outcomes = [scan.outcome for scan in scans]
        is_handed_on = db.session.query(OrderChange).filter_by(ticket_id=ticket_id).count() == 1
        assert set(outcomes) == ({"handed_on"} if is_handed_on else {"admitted", "already_in"})
        assert len(outcomes) == 3

"""A place comes free while others join the line, leave it, and want the place without waiting."""

from datetime import timedelta

from festival.bookings.models import Booking, WaitingListEntry
from festival.bookings.rules import places, waiting_list
from festival.db import db
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket
from tests import make
from tests.races.at_once import at_once
from tests.races.test_last_place import answer

ROUNDS = 4


def holders(slot_id):
    rows = db.session.query(Booking).filter_by(slot_id=slot_id, cancelled_at=None)
    return [booking.ticket_id for booking in rows]


def in_line(slot_id):
    rows = db.session.query(WaitingListEntry).filter_by(slot_id=slot_id, left_at=None)
    return {entry.ticket_id for entry in rows}


def test_workers_at_once_give_each_place_once(any_app):
    for _ in range(ROUNDS):
        slot = make.slot(places=2, taken=2)
        tickets = make.order(tickets=5).tickets
        for ticket in tickets:
            waiting_list.join_waiting_list(ticket, slot, now=make.NOW)
        slot.taken = 0
        db.session.commit()
        slot_id, in_order = slot.id, [ticket.id for ticket in tickets]
        later = make.NOW + timedelta(hours=1)

        def fill(_, slot_id=slot_id, later=later):
            return len(waiting_list.fill_slot(slot_id, now=later))

        assert sum(at_once(any_app, fill, 8)) == 2
        assert sorted(holders(slot_id)) == in_order[:2]
        assert in_line(slot_id) == set(in_order[2:])
        assert db.session.get(Slot, slot_id).taken == 2


def test_who_joins_while_a_place_comes_free_is_never_forgotten(any_app, monkeypatch):
    """Either they hear that there is a place, or the worker hears that somebody waits for it."""
    heard = []
    queue = any_app.extensions["jobs"]
    monkeypatch.setattr(queue, "enqueue", lambda name, *ids: heard.append((name, *ids)))
    for _ in range(ROUNDS):
        slot = make.slot(places=1)
        booking_id = make.booking(make.ticket(), slot, now=make.NOW).id
        slot_id, tickets = slot.id, [t.id for t in make.order(tickets=7).tickets]

        def action(n, slot_id=slot_id, booking_id=booking_id, tickets=tickets):
            if n == 0:
                booking = db.session.get(Booking, booking_id)
                return answer(places.cancel_booking, booking, now=make.NOW)
            ticket, slot = db.session.get(Ticket, tickets[n - 1]), db.session.get(Slot, slot_id)
            return answer(waiting_list.join_waiting_list, ticket, slot, now=make.NOW)

        answers = at_once(any_app, action, 8)
        assert answers[0] == "yes"
        assert set(answers) <= {"yes", "HasPlaces"}
        waiting = in_line(slot_id)
        assert len(waiting) == answers[1:].count("yes")
        assert ("fill_slot", slot_id) in heard or not waiting
        if waiting:
            waiting_list.fill_slot(slot_id, now=make.NOW)
            assert len(holders(slot_id)) == 1
            assert set(holders(slot_id)) | in_line(slot_id) == waiting


def test_who_waits_comes_before_whoever_is_quick(any_app):
    for _ in range(ROUNDS):
        slot = make.slot(places=1)
        booking_id = make.booking(make.ticket(), slot, now=make.NOW).id
        waiting = make.ticket()
        waiting_list.join_waiting_list(waiting, slot, now=make.NOW)
        slot_id, waiting_id = slot.id, waiting.id
        tickets = [ticket.id for ticket in make.order(tickets=6).tickets]

        def action(n, slot_id=slot_id, booking_id=booking_id, tickets=tickets):
            if n == 0:
                return answer(
                    places.cancel_booking, db.session.get(Booking, booking_id), now=make.NOW
                )
            if n == 1:
                return answer(waiting_list.fill_slot, slot_id, now=make.NOW)
            ticket, slot = db.session.get(Ticket, tickets[n - 2]), db.session.get(Slot, slot_id)
            return answer(places.book_slot, ticket, slot, now=make.NOW)

        assert at_once(any_app, action, 8) == ["yes", "yes"] + ["SlotFull"] * 6
        waiting_list.fill_slot(slot_id, now=make.NOW)
        assert holders(slot_id) == [waiting_id]
        assert db.session.get(Slot, slot_id).taken == 1


def test_two_who_swap_into_each_others_slots_do_not_wait_for_each_other(any_app):
    """Each line wants a place of the other slot: what holds both, holds them in one order."""
    for _ in range(ROUNDS):
        slots = [make.slot(places=1), make.slot(places=1)]
        tickets = [make.ticket(), make.ticket()]
        held = [make.booking(tickets[n], slots[n], now=make.NOW) for n in range(2)]
        for n in range(2):
            waiting_list.join_waiting_list(tickets[n], slots[1 - n], swap=held[n], now=make.NOW)
        for slot in slots:
            slot.places = 2
        db.session.commit()
        slot_ids, ticket_ids = [s.id for s in slots], [t.id for t in tickets]

        def fill(n, slot_ids=slot_ids):
            return answer(waiting_list.fill_slot, slot_ids[n % 2], now=make.NOW)

        assert at_once(any_app, fill, 8) == ["yes"] * 8
        assert [holders(slot_id) for slot_id in slot_ids] == [[t] for t in reversed(ticket_ids)]
        assert all(not in_line(slot_id) for slot_id in slot_ids)


def test_who_books_something_else_meanwhile_is_not_in_two_places_at_once(any_app):
    for _ in range(ROUNDS):
        slot, other, ticket = make.slot(places=1, taken=1), make.slot(), make.ticket()
        waiting_list.join_waiting_list(ticket, slot, now=make.NOW)
        slot.taken = 0
        db.session.commit()
        slot_id, other_id, ticket_id = slot.id, other.id, ticket.id

        def action(n, slot_id=slot_id, other_id=other_id, ticket_id=ticket_id):
            if n % 2:
                return answer(waiting_list.fill_slot, slot_id, now=make.NOW)
            ticket, other = db.session.get(Ticket, ticket_id), db.session.get(Slot, other_id)
            return answer(places.book_slot, ticket, other, now=make.NOW)

        at_once(any_app, action, 4)
        assert len(holders(slot_id)) + len(holders(other_id)) == 1

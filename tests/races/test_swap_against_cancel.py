"""One booking is swapped, cancelled and lapses at once: each place is counted once."""

from festival.bookings.models import Booking
from festival.bookings.rules import places
from festival.db import db
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once

TICKETS = 4


def test_a_place_is_given_back_once(any_app):
    of = make.ticket_type()
    for is_other_way_round in (False, True, False, True):  # slots are locked in order of their ids
        former, wanted = sorted(
            (make.slot(), make.slot()), key=lambda slot: slot.id, reverse=is_other_way_round
        )
        tickets = [make.order(of=of).tickets[0] for _ in range(TICKETS)]
        held = [(t.id, make.booking(t, former, now=NOW).id) for t in tickets]
        former_id, wanted_id = former.id, wanted.id

        def either(n, held=held, wanted_id=wanted_id):
            ticket_id, booking_id = held[n % TICKETS]
            booking = db.session.get(Booking, booking_id)
            match n // TICKETS:
                case 0:
                    return answer(
                        places.swap_booking, booking, db.session.get(Slot, wanted_id), now=NOW
                    )
                case 1:
                    return answer(places.cancel_booking, booking, now=NOW)
            return answer(places.release_places, [db.session.get(Ticket, ticket_id)], now=NOW)

        answers = at_once(any_app, either, 3 * TICKETS)
        for n in range(TICKETS):
            both = {answers[n], answers[n + TICKETS]}
            assert both <= {"yes", "AlreadyCancelled", "NothingToSwap"}
            assert [answers[n], answers[n + TICKETS]].count("yes") <= 1
        db.session.expire_all()
        for slot_id in (former_id, wanted_id):
            live = db.session.query(Booking).filter_by(slot_id=slot_id, cancelled_at=None).count()
            assert db.session.get(Slot, slot_id).taken == live
        assert db.session.get(Slot, former_id).taken == 0

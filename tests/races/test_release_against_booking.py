"""A slot is moved or cancelled while people book it: each of them is told, or was refused."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from festival.bookings.models import Booking
from festival.bookings.rules import places
from festival.db import db, transactional
from festival.editions import dates
from festival.editions.models import Edition
from festival.mail.models import Letter
from festival.programme import slot_capacity
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Slot
from festival.programme.rules import slots
from festival.releases.rules import delays, on_the_day, publishing
from festival.team.editing import ChangedMeanwhile
from festival.tickets.models import Ticket, TicketType
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once

VISITORS = 12
ROUNDS = 4
ILL = Bilingual("De spreker is ziek.", "The speaker is ill.")
NAME = Bilingual("Tweede", "Second")


def publish_move(slot_id):
    publishing.publish_release(make.current_edition(), name=NAME, now=NOW)


def publish_drop(slot_id):
    """As a maker does: look, tick what has bookings, publish; and look again when it is refused."""
    for _ in range(50):
        db.session.rollback()
        slot = db.session.get(Slot, slot_id)
        agreed = [slot.code] if slot.taken else []
        try:
            publishing.publish_release(make.current_edition(), name=NAME, agreed=agreed, now=NOW)
        except publishing.DropsBookings:
            continue
        return


def move_now(slot_id):
    slot = db.session.get(Slot, slot_id)
    on_the_day.move_slot_now(
        slot,
        stage=slot.stage,
        starts_at=slot.starts_at + timedelta(hours=2),
        seen=slot.version,
        reason=ILL,
        now=NOW,
    )


def cancel_now(slot_id):
    slot = db.session.get(Slot, slot_id)
    edition = make.current_edition()
    on_the_day.cancel_slots(edition, seen={slot.code: slot.version}, reason=ILL, now=NOW)


def draft_move(slot):
    later = {"starts_at": slot.starts_at + timedelta(hours=2),
             "ends_at": slot.ends_at + timedelta(hours=2)}  # fmt: skip
    slots.move_slot(slot, stage=slot.stage, **later, seen=slot.version, now=NOW)


def draft_drop(slot):
    slots.drop_slot(slot, seen=slot.version, now=NOW)


@pytest.mark.parametrize(
    ("prepare", "change"),
    [
        (draft_move, publish_move),
        (draft_drop, publish_drop),
        (None, move_now),
        (None, cancel_now),
    ],
)
def test_whoever_has_a_place_afterwards_was_told_or_booked_what_is_true(any_app, prepare, change):
    of = make.ticket_type()
    outcomes = set()
    for _ in range(ROUNDS):
        slot = make.slot(places=30)
        before = slot.starts_at
        if prepare:
            prepare(slot)
        slot_id, code = slot.id, slot.code
        tickets = [make.order(of=of).tickets[0].id for _ in range(VISITORS)]

        def either(n, slot_id=slot_id, tickets=tickets):
            if n == VISITORS // 2:
                return answer(change, slot_id)
            ticket, slot = db.session.get(Ticket, tickets[n]), db.session.get(Slot, slot_id)
            return answer(places.book_slot, ticket, slot, now=NOW)

        answers = at_once(any_app, either, VISITORS)
        assert answers[VISITORS // 2] == "yes"
        outcomes |= set(answers)
        letters = db.session.query(Letter).all()
        told = {
            letter.to
            for letter in letters
            if letter.name == "releases/places_changed" and code in letter.body_text
        }
        live = db.session.query(Booking).filter_by(slot_id=slot_id, cancelled_at=None).all()
        slot = db.session.get(Slot, slot_id)
        assert slot.taken == len(live)
        assert slot.starts_at > before or slot.is_cancelled
        untold = {booking.ticket.email for booking in live} - told
        # Who is not told booked what is true now.
        now_at = dates.hours(make.current_edition(), slot.starts_at, slot.ends_at)
        booked = {letter.to: letter.body_text for letter in letters if letter.to in untold}
        assert not slot.is_cancelled or untold == set()
        assert all(now_at in booked[address] for address in untold)
        refused = answers.count("SlotChanged")
        assert len(told) + len(untold) + refused == VISITORS - 1
        assert all(each in {"yes", "SlotChanged"} for each in answers)
    assert outcomes <= {"yes", "SlotChanged"}


def test_a_place_is_not_taken_in_what_was_looked_at_before_the_change(any_app):
    """The very instant: somebody read the slot, then it was moved, then they take the place."""
    slot = make.slot(places=30)
    slot_id, looked_at = slot.id, slot.sequence
    with any_app.app_context():  # another worker's session
        move_now(slot_id)
    claim = transactional(lambda: slot_capacity.claim(slot_id, 1, sequence=looked_at))
    assert answer(claim) == "SlotChanged"
    db.session.expire_all()
    assert slot.taken == 0


def test_who_orders_tickets_does_not_wait_for_a_release(postgres_app):
    slot = make.slot()
    slot_code, version, of_id = slot.code, slot.version, make.ticket_type().id
    writing, may_end = threading.Event(), threading.Event()

    @transactional
    def publish():
        edition = make.current_edition()
        delays.delay_slots(edition, {slot_code: 5}, seen={slot_code: version}, now=NOW)
        writing.set()
        may_end.wait(30)

    def either(n):
        if n == 0:
            return publish() or "yes"
        writing.wait(30)
        try:
            db.session.execute(text("SET lock_timeout = '1s'"))
            return make.order(of=db.session.get(TicketType, of_id)).code
        finally:
            may_end.set()

    assert at_once(postgres_app, either, 2)[1]


def test_of_two_who_publish_at_once_one_is_told(any_app):
    for _ in range(ROUNDS):
        slot = make.slot()
        draft_move(slot)
        seen = make.current_edition().draft_version
        before = db.session.query(Release).count()

        def publish(_n, seen=seen):
            return answer(
                publishing.publish_release, make.current_edition(), name=NAME, seen=seen, now=NOW
            )

        assert sorted(at_once(any_app, publish, 8)) == ["DraftChanged"] * 7 + ["yes"]
        assert db.session.query(Release).count() == before + 1


def test_without_having_looked_the_second_finds_nothing_to_publish(any_app):
    draft_move(make.slot())

    def publish(_n):
        return answer(publishing.publish_release, make.current_edition(), name=NAME, now=NOW)

    answers = at_once(any_app, publish, 8)
    assert sorted(answers) == ["NothingToPublish"] * 7 + ["yes"]


def test_of_eight_who_change_one_slot_on_the_day_one_is_heard(any_app):
    for _ in range(ROUNDS):
        slot = make.slot()
        code, version = slot.code, slot.version
        edition_id = make.current_edition().id

        def delay(n, code=code, version=version, edition_id=edition_id):
            edition = db.session.get(Edition, edition_id)
            return answer(delays.delay_slots, edition, {code: 5 * n}, seen={code: version}, now=NOW)

        answers = at_once(any_app, delay, 8)
        assert sorted(answers) == [ChangedMeanwhile.__name__] * 7 + ["yes"]
        db.session.expire_all()
        assert slot.delay_minutes == 5 * answers.index("yes")


def test_a_release_and_a_change_on_the_day_do_not_wait_for_each_other(any_app):
    """Both hold the edition first and then the slots, in order: no deadlock, both are done."""
    for _ in range(ROUNDS):
        first, second = make.slot(), make.slot()
        draft_move(first)
        draft_move(second)
        codes = {slot.code: slot.version for slot in (first, second)}
        edition_id = make.current_edition().id

        def either(n, codes=codes, edition_id=edition_id):
            edition = db.session.get(Edition, edition_id)
            if n:
                return answer(delays.delay_slots, edition, dict.fromkeys(codes, 10), seen=codes,
                            now=NOW)  # fmt: skip
            return answer(publishing.publish_release, edition, name=NAME, now=NOW)

        assert at_once(any_app, either, 2) == ["yes", "yes"]
        numbers = [release.number for release in db.session.query(Release)]
        assert len(set(numbers)) == len(numbers)

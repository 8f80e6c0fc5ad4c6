"""Changes on the day: each is a small release, sent to everyone affected, refused when stale."""

import pytest

from festival.bookings.models import Booking
from festival.bookings.rules import waiting_list
from festival.db import db
from festival.mail.models import Letter
from festival.programme import draft, slot_capacity
from festival.programme.kept_json import read_changes
from festival.programme.models.places import Stage
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Slot
from festival.programme.rules import publishing, rows, sessions
from festival.programme.rules import slots as slot_rules
from festival.releases.rules import (
    delays,
    locks,
    on_the_day,
    record_change,
)
from festival.releases.rules import (
    publishing as publishing_rules,
)
from festival.team.editing import ChangedMeanwhile
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.releases.conftest import book
from tests.world import World, at

ILL = Bilingual("De spreker is ziek.", "The speaker is ill.")
MORNING = at(23, 9)


def seen(*slots: Slot) -> dict[str, int]:
    return {slot.code: slot.version for slot in slots}


def subjects() -> list[str]:
    return [letter.subject for letter in db.session.query(Letter).order_by(Letter.id)]


def last_letter() -> Letter:
    return db.session.query(Letter).order_by(Letter.id.desc()).first()


def last_release() -> Release:
    return db.session.query(Release).order_by(Release.number.desc()).first()


def delay(world: World, slot: Slot, minutes: int, *, now=MORNING) -> Release:
    return delays.delay_slots(world.edition, {slot.code: minutes}, seen=seen(slot), now=now)


def test_a_delay_comes_on_top_of_what_was_announced(any_world: World) -> None:
    world = any_world
    slot = world.workshop.slots[0]
    version, drawn = slot.sequence, world.edition.programme_version
    release = delays.delay_slots(
        world.edition, {slot.code: 20}, seen=seen(slot), reason=ILL, by="Ria", now=MORNING
    )
    assert (slot.starts_at, slot.expected_starts_at) == (at(23, 11), at(23, 11, 20))
    assert slot.reason == ILL
    assert slot.changed_at == MORNING
    assert slot.moved_at is None
    assert slot.sequence == version + 1
    assert world.edition.programme_version > drawn
    assert (release.kind, release.number, release.released_by) == ("change", 2, "Ria")
    assert release.name == Bilingual("Later: Zagen voor beginners", "Later: Zagen voor beginners")
    [change] = read_changes(release.changes)
    assert (change.kind, change.minutes, change.reason) == ("late", 20, ILL)
    assert change.after is not None
    assert change.after.starts_at == at(23, 11, 20)


def test_a_delay_is_told_at_each_quarter_and_before_it_begins(world: World) -> None:
    slot = world.workshop.slots[0]
    book(slot)
    for minutes, told in ((10, 0), (15, 1), (25, 1), (60, 2)):
        delay(world, slot, minutes)
        assert subjects() == told * ["Later: Zagen voor beginners"], minutes
    assert "Begint 60 minuten later: vrijdag 23 oktober, 12.00" in last_letter().body_text
    delay(world, slot, 10)
    assert len(subjects()) == 3, "who comes as late as they heard, would miss the beginning"
    assert "Begint 10 minuten later" in last_letter().body_text
    delay(world, slot, 0)
    delay(world, slot, 45, now=at(23, 11, 5))
    delay(world, slot, 0, now=at(23, 11, 10))
    assert len(subjects()) == 3


def test_further_delays_are_told_until_the_announced_start(world: World) -> None:
    slot = world.workshop.slots[0]
    book(slot)
    delay(world, slot, 20)
    delay(world, slot, 45, now=at(23, 11, 10))
    assert len(subjects()) == 2, "nobody is there yet"
    delay(world, slot, 90, now=at(23, 11, 50))
    assert len(subjects()) == 2, "they stand at the door"


def test_a_longer_delay_without_a_new_reason_keeps_the_old_one(world: World) -> None:
    slot = world.workshop.slots[0]
    delays.delay_slots(world.edition, {slot.code: 10}, seen=seen(slot), reason=ILL, now=MORNING)
    delay(world, slot, 25)
    assert slot.reason == ILL
    delay(world, slot, 0)
    assert not slot.reason


def test_after_two_moves_the_note_stays_at_the_first_place(world: World) -> None:
    slot = world.workshop.slots[0]
    garden = make.stage(name=Bilingual("De Tuin", "The Garden"))

    def move(stage: Stage) -> tuple[str, str]:
        on_the_day.move_slot_now(
            slot, stage=stage, starts_at=slot.starts_at, seen=slot.version, reason=ILL, now=MORNING
        )
        assert slot.moved_from_stage is not None
        return slot.moved_from_stage.name.nl, slot.stage.name.nl

    assert move(world.hall) == ("De Tafel", "De Hal")
    assert move(garden) == ("De Tafel", "De Tuin")
    assert move(world.table) == ("De Tuin", "De Tafel")


def test_on_time_again(world: World) -> None:
    slot = world.workshop.slots[0]
    delay(world, slot, 20)
    delay(world, slot, 0)
    assert slot.delay_minutes == 0
    assert not slot.reason
    assert [change.kind for change in read_changes(last_release().changes)] == ["on_time"]


def test_people_who_heard_of_a_delay_hear_that_it_is_on_time_again(world: World) -> None:
    slot = world.workshop.slots[0]
    book(slot)
    delay(world, slot, 30)
    delay(world, slot, 0)
    assert subjects()[1:] == ["Weer op tijd: Zagen voor beginners"]
    assert "Was: vrijdag 23 oktober, 11.30–13.00 uur, De Tafel" in last_letter().body_text
    assert "Wordt: vrijdag 23 oktober, 11.00–12.30 uur, De Tafel" in last_letter().body_text


def test_why_it_is_late_stays_when_the_room_is_full_too(world: World) -> None:
    slot = world.workshop.slots[0]
    delays.delay_slots(world.edition, {slot.code: 20}, seen=seen(slot), reason=ILL, now=MORNING)
    on_the_day.declare_full(slot, is_full=True, seen=slot.version, now=MORNING)
    assert slot.reason == ILL


def test_four_hours_is_the_most(world: World) -> None:
    for minutes in (-5, 241):
        with pytest.raises(delays.TooLate):
            delay(world, world.workshop.slots[0], minutes)


def test_of_two_makers_the_later_one_is_told(any_world: World) -> None:
    world = any_world
    slot, other = world.workshop.slots
    stale = seen(slot, other)
    delay(world, slot, 10)
    with pytest.raises(ChangedMeanwhile):
        delays.delay_slots(world.edition, {slot.code: 5, other.code: 5}, seen=stale, now=MORNING)
    db.session.expire_all()
    assert (slot.delay_minutes, other.delay_minutes) == (10, 0)
    # The timetable editor looks at the same version.
    with pytest.raises(ChangedMeanwhile):
        slot_rules.drop_slot(slot, seen=stale[slot.code], now=MORNING)


def test_a_moved_slot_leaves_a_note_and_its_bookers_hear(any_world: World) -> None:
    world = any_world
    slot = world.workshop.slots[0]
    ticket = book(slot)
    slot_rules.move_slot(
        slot, stage=world.hall, starts_at=at(24, 9), ends_at=at(24, 10), seen=slot.version, now=NOW
    )
    delay(world, slot, 10)
    on_the_day.move_slot_now(
        slot, stage=world.hall, starts_at=at(23, 14), seen=slot.version, reason=ILL, now=MORNING
    )
    assert (slot.stage_id, slot.starts_at, slot.ends_at) == (
        world.hall.id, at(23, 14), at(23, 15, 30),
    )  # fmt: skip
    assert (slot.moved_from_stage_id, slot.moved_from_at) == (world.table.id, at(23, 11))
    assert (slot.leaves_note, slot.moved_at, slot.delay_minutes) == (True, MORNING, 0)
    assert slot.draft == {}, "what was being prepared is older than this"
    [letter] = db.session.query(Letter)
    assert letter.to == ticket.email
    assert "Was: vrijdag 23 oktober, 11.00–12.30 uur, De Tafel" in letter.body_text
    assert "Wordt: vrijdag 23 oktober, 14.00–15.30 uur, De Hal" in letter.body_text
    assert "Waarom: De spreker is ziek." in letter.body_text


def test_moving_to_where_it_is_or_off_the_festival_is_refused(world: World) -> None:
    slot = world.workshop.slots[0]
    common = {"seen": slot.version, "reason": ILL, "now": MORNING}
    with pytest.raises(on_the_day.StaysThere):
        on_the_day.move_slot_now(slot, stage=slot.stage, starts_at=slot.starts_at, **common)
    with pytest.raises(rows.OutsideEdition):
        on_the_day.move_slot_now(slot, stage=slot.stage, starts_at=at(29, 11), **common)
    with pytest.raises(record_change.ReasonNeeded):
        on_the_day.move_slot_now(
            slot, stage=world.hall, starts_at=at(23, 14), **common | {"reason": Bilingual()}
        )


def test_a_cancelled_slot_stays_in_its_place_with_its_bookings(any_world: World) -> None:
    world = any_world
    slot = world.workshop.slots[0]
    book(slot)
    on_the_day.cancel_slots(world.edition, seen=seen(slot), reason=ILL, now=MORNING)
    db.session.expire_all()
    assert (slot.state, slot.reason, slot.moved_at) == ("cancelled", ILL, None)
    assert slot in world.workshop.slots
    assert db.session.query(Booking).filter_by(cancelled_at=None).count() == 1
    with pytest.raises(slot_capacity.SlotChanged):
        make.booking(make.ticket(), slot, now=MORNING)
    on_the_day.restore_slots(world.edition, seen=seen(slot), now=MORNING)
    assert (slot.state, slot.moved_at) == ("scheduled", None)
    assert subjects() == [
        "Gaat niet door: Zagen voor beginners",
        "Gaat toch door: Zagen voor beginners",
    ]


def test_a_question_about_a_move_stays_open_after_a_restoration(any_world: World) -> None:
    world = any_world
    slot = world.workshop.slots[0]
    booking = make.booking(make.ticket(), slot, now=NOW)
    on_the_day.move_slot_now(
        slot, stage=world.hall, starts_at=at(23, 14), seen=slot.version, reason=ILL, now=MORNING
    )
    on_the_day.cancel_slots(world.edition, seen=seen(slot), reason=ILL, now=MORNING)
    assert not booking.needs_answer, "there is nothing to keep"
    on_the_day.restore_slots(world.edition, seen=seen(slot), now=MORNING)
    assert booking.needs_answer


def test_a_restored_slot_is_not_dropped_by_the_next_release(world: World) -> None:
    slot = world.workshop.slots[0]
    on_the_day.cancel_slots(world.edition, seen=seen(slot), reason=ILL, now=MORNING)
    slot_rules.drop_slot(slot, seen=slot.version, now=MORNING)
    on_the_day.restore_slots(world.edition, seen=seen(slot), now=MORNING)
    assert not draft.is_dropped(slot)


def test_a_move_to_another_stage_keeps_the_delay(any_world: World) -> None:
    world = any_world
    slot = world.workshop.slots[0]
    book(slot)
    delay(world, slot, 30)
    common = {"reason": ILL, "now": MORNING}
    on_the_day.move_slot_now(
        slot, stage=world.hall, starts_at=slot.starts_at, seen=slot.version, **common
    )
    assert slot.delay_minutes == 30
    [change] = read_changes(last_release().changes)
    assert change.after.starts_at == at(23, 11, 30), "that is when to be there"
    on_the_day.move_slot_now(
        slot, stage=world.hall, starts_at=at(23, 14), seen=slot.version, **common
    )
    assert slot.delay_minutes == 0
    [change] = read_changes(last_release().changes)
    assert (change.before.starts_at, change.after.starts_at) == (at(23, 11), at(23, 14))


def test_a_release_does_not_silently_undo_a_change_on_the_day(any_world: World) -> None:
    world = any_world
    slot, other = world.workshop.slots
    slot_rules.move_slot(
        slot, stage=world.hall, starts_at=slot.starts_at, ends_at=slot.ends_at,
        seen=slot.version, now=NOW,
    )  # fmt: skip
    looked = world.edition.draft_version
    delay(world, other, 20)
    assert world.edition.draft_version == looked, "of that one nothing waits"
    delay(world, slot, 20)
    with pytest.raises(publishing.DraftChanged):
        publishing_rules.publish_release(world.edition, name=ILL, seen=looked, now=MORNING)
    publishing_rules.publish_release(
        world.edition, name=ILL, seen=world.edition.draft_version, now=MORNING
    )
    assert (slot.stage_id, slot.delay_minutes) == (world.hall.id, 20)


def test_what_is_cancelled_must_come_back_before_anything_else(world: World) -> None:
    slot, other = world.workshop.slots
    with pytest.raises(locks.GoesOn):
        on_the_day.restore_slots(world.edition, seen=seen(slot), now=MORNING)
    on_the_day.cancel_slots(world.edition, seen=seen(slot), reason=ILL, now=MORNING)
    common = {"seen": slot.version, "reason": ILL, "now": MORNING}
    for change in (
        lambda: delay(world, slot, 10),
        lambda: on_the_day.cancel_slots(world.edition, seen=seen(slot), reason=ILL, now=MORNING),
        lambda: on_the_day.move_slot_now(slot, stage=world.hall, starts_at=at(23, 14), **common),
        lambda: on_the_day.declare_full(slot, is_full=True, **common),
        lambda: on_the_day.replace_slot(slot, world.talk, **common),
    ):
        with pytest.raises(locks.IsCancelled):
            change()
    assert last_release().number == 2
    assert other.state == "scheduled"


def test_a_coach_who_is_ill_is_one_change_and_one_letter_for_each_visitor(world: World) -> None:
    meetings = world.coach.slots
    for slot in meetings[:3]:
        book(slot, question="Hoe?")
    release = on_the_day.cancel_slots(world.edition, seen=seen(*meetings), reason=ILL, now=MORNING)
    assert release.name.nl == "Gaat niet door: Waar begin ik? (en nog 11)"
    assert len(read_changes(release.changes)) == 12
    assert subjects() == ["Gaat niet door: Waar begin ik?"] * 3


def test_people_on_the_waiting_list_hear_of_a_cancellation_and_a_restoration(world: World) -> None:
    slot = world.workshop.slots[0]
    slot.is_full = True
    db.session.commit()
    waiting_list.join_waiting_list(make.ticket(), slot, now=NOW)
    delays.delay_slots(world.edition, {slot.code: 30}, seen=seen(slot), now=MORNING)
    assert subjects() == [], "when it begins is of no use without a place"
    on_the_day.cancel_slots(world.edition, seen=seen(slot), reason=ILL, now=MORNING)
    on_the_day.restore_slots(world.edition, seen=seen(slot), now=MORNING)
    goes, goes_on = db.session.query(Letter).order_by(Letter.id)
    assert goes.name == goes_on.name == "releases/line_changed"
    assert ILL.nl in goes.body_text
    assert "Je hoeft niet meer te wachten" in goes.body_text
    assert "Je staat nog op de wachtlijst. Wil je niet meer?" in goes_on.body_text


def test_full_takes_nobodys_place(world: World) -> None:
    slot = world.workshop.slots[0]
    book(slot)
    on_the_day.declare_full(slot, is_full=True, seen=slot.version, now=MORNING)
    assert slot.is_full
    assert slot.taken == 1
    on_the_day.declare_full(slot, is_full=False, seen=slot.version, now=MORNING)
    assert not slot.is_full
    kinds = [read_changes(row.changes)[0].kind for row in db.session.query(Release).offset(1)]
    assert sorted(kinds) == ["full", "open"]
    assert subjects() == []


def test_something_else_comes_in_its_place(any_world: World) -> None:
    world = any_world
    slot = world.workshop.slots[0]
    book(slot)
    world.ria.email = "ria@example.org"
    db.session.commit()
    secret = sessions.save_session(
        world.edition,
        None,
        {"slug": "invaller", "kind": "music", "title": Bilingual("De invaller")},
        speakers=[world.ria],
        now=NOW,
    )
    assert not secret.is_public
    on_the_day.replace_slot(slot, secret, seen=slot.version, reason=ILL, now=MORNING)
    db.session.expire_all()
    assert slot.state == "cancelled"
    instead = slot.replaced_by
    assert instead is not None
    assert (instead.session, instead.stage, instead.starts_at, instead.places) == (
        secret, slot.stage, slot.starts_at, None,
    )  # fmt: skip
    assert secret.is_public
    assert [change.kind for change in read_changes(last_release().changes)] == ["replaced", "new"]
    told = {letter.name: letter.body_text for letter in db.session.query(Letter)}
    assert "In plaats daarvan: De invaller" in told["releases/places_changed"]
    assert "Daar loop je zo binnen. Of kies een ander moment" in told["releases/places_changed"]
    assert "De invaller" in told["releases/sessions_changed"]
    with pytest.raises(on_the_day.IsReplaced, match="De invaller"):
        on_the_day.restore_slots(world.edition, seen=seen(slot), now=MORNING)
    with pytest.raises(on_the_day.SameSession):
        on_the_day.replace_slot(
            instead, instead.session, seen=instead.version, reason=ILL, now=MORNING
        )


def test_publishing_must_look_again_after_a_move_but_not_after_a_delay(world: World) -> None:
    slot = world.workshop.slots[0]
    slot_rules.drop_slot(world.workshop.slots[1], seen=world.workshop.slots[1].version, now=NOW)
    looked_at = world.edition.draft_version
    delay(world, slot, 10)
    assert world.edition.draft_version == looked_at
    on_the_day.cancel_slots(world.edition, seen=seen(slot), reason=ILL, now=MORNING)
    with pytest.raises(publishing.DraftChanged):
        publishing_rules.publish_release(
            world.edition, name=Bilingual("Tweede"), seen=looked_at, now=MORNING
        )


def test_a_single_change_is_the_subject_of_the_speakers_letter(world: World) -> None:
    [slot] = world.talk.slots
    world.ria.email = "ria@example.org"
    db.session.commit()
    on_the_day.cancel_slots(world.edition, seen=seen(slot), reason=ILL, now=MORNING)
    assert subjects() == ["Gaat niet door: Soep is geen project"]


def test_changes_of_past_slots_send_no_letters(world: World) -> None:
    slot = world.workshop.slots[0]
    book(slot)
    on_the_day.cancel_slots(world.edition, seen=seen(slot), reason=ILL, now=at(23, 18))
    assert subjects() == []

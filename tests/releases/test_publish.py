"""Publishing: nothing with bookings goes silently, and whom it concerns gets one letter."""

import pytest

from festival.bookings.rules import places, waiting_list
from festival.db import db
from festival.mail import attachments
from festival.mail.models import Attachment, Letter
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Slot
from festival.programme.rules import people, publishing, sessions, slots
from festival.releases.rules import on_the_day
from festival.releases.rules import publishing as publishing_rules
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.releases.conftest import book
from tests.world import World, at

NAME = Bilingual("Tweede", "Second")


def publish(world: World, **values) -> Release:
    return publishing_rules.publish_release(world.edition, **{"name": NAME, "now": NOW, **values})


def drop(slot: Slot) -> None:
    slots.drop_slot(slot, seen=slot.version, now=NOW)


def move(slot: Slot, stage, starts_at) -> None:
    slots.move_slot(
        slot,
        stage=stage,
        starts_at=starts_at,
        ends_at=starts_at + (slot.ends_at - slot.starts_at),
        seen=slot.version,
        now=NOW,
    )


def test_a_slot_with_bookings_does_not_go_unless_the_maker_says_so(any_world: World) -> None:
    world = any_world
    friday, saturday = world.workshop.slots
    book(friday)
    drop(friday)
    drop(saturday)  # nobody booked that
    with pytest.raises(publishing_rules.DropsBookings, match="Zagen voor beginners"):
        publish(world, agreed=[saturday.code])
    db.session.expire_all()
    assert friday.state == "scheduled"
    assert db.session.query(Release).count() == 1

    publish(world, agreed=[friday.code])
    assert friday.state == "dropped"


def test_a_place_that_was_given_back_does_not_hold_up_the_release(world: World) -> None:
    friday = world.workshop.slots[0]
    ticket = make.ticket()
    places.cancel_booking(make.booking(ticket, friday, now=NOW), now=NOW)
    drop(friday)
    publish(world)


def test_each_ticket_gets_one_letter_with_all_that_changed_for_it(any_world: World) -> None:
    world = any_world
    friday, saturday = world.workshop.slots
    meeting = world.coach.slots[0]
    both = make.ticket(language="en")
    for slot in (friday, saturday):
        make.booking(both, slot, now=NOW)
    other = book(meeting, question="Hoe?")
    untouched = book(world.coach.slots[5], question="Hoe?")
    move(friday, world.hall, at(23, 15))
    drop(saturday)
    drop(meeting)
    publish(world, agreed=[saturday.code, meeting.code])

    sent = db.session.query(Letter).filter_by(name="releases/places_changed").all()
    assert sorted(letter.to for letter in sent) == sorted([both.email, other.email])
    assert untouched.email not in {letter.to for letter in sent}
    [english] = [letter for letter in sent if letter.language == "en"]
    assert english.attachments == [{"kind": "agenda_ics", "reference": both.secret}]
    assert f"/en/kaartje/{both.secret}#plek-{friday.code}" in english.body_text
    assert f"/en/kaartje/{both.secret}#plek-{saturday.code}" in english.body_text
    [dutch] = [letter for letter in sent if letter.language == "nl"]
    assert dutch.subject == "Gaat niet door: Waar begin ik?"


def test_who_waits_hears_of_what_moves_and_what_goes(any_world: World) -> None:
    world = any_world
    friday, saturday = world.workshop.slots
    for slot in (friday, saturday):
        slot.is_full = True
    db.session.commit()
    waits, leaves = make.ticket(), make.ticket(language="en")
    for ticket in (waits, leaves):
        for slot in (friday, saturday):
            waiting_list.join_waiting_list(ticket, slot, now=NOW)
    waiting_list.leave_waiting_list(leaves, saturday, now=NOW)
    move(friday, world.hall, at(23, 15))
    drop(saturday)
    publish(world)

    sent = {letter.to: letter for letter in db.session.query(Letter)}
    assert {letter.name for letter in sent.values()} == {"releases/line_changed"}
    assert sent.keys() == {waits.email, leaves.email}
    both, one = sent[waits.email], sent[leaves.email]
    assert "Je staat nog op de wachtlijst, nu voor dit moment" in both.body_text
    assert "Je hoeft niet meer te wachten" in both.body_text
    assert "You need not wait any more" not in one.body_text
    assert f"/en/kaartje/{leaves.secret}#wacht-{friday.code}" in one.body_text
    assert both.attachments == one.attachments == []


def test_who_is_on_stage_gets_one_letter_with_a_calendar(world: World) -> None:
    world.ria.email = "ria@example.org"
    db.session.commit()
    talk = world.talk.slots[0]
    second = sessions.save_session(
        world.edition,
        None,
        {"slug": "nog-een", "kind": "talk", "title": Bilingual("Nog een")},
        speakers=[world.ria],
        now=NOW,
    )
    slots.add_slot(
        second, stage=world.hall, starts_at=at(24, 10), ends_at=at(24, 11), places=None, now=NOW
    )
    move(talk, world.table, at(23, 16))
    publish(world)
    [letter] = db.session.query(Letter).filter_by(name="releases/sessions_changed").all()
    assert letter.to == "ria@example.org"
    assert "Nog een" in letter.body_text
    assert "Soep is geen project" in letter.body_text
    assert "Was: vrijdag 23 oktober, 10.00–10.45 uur, De Hal" in letter.body_text
    assert "Wordt: vrijdag 23 oktober, 16.00–16.45 uur, De Tafel" in letter.body_text
    [file] = letter.attachments
    made = attachments.make_file(Attachment(**file), now=NOW)
    assert made.mimetype == "text/calendar"
    assert made.content.count(b"BEGIN:VEVENT") == 2
    assert b"DTSTART;TZID=Europe/Amsterdam:20261023T160000" in made.content
    assert b"SEQUENCE:1" in made.content


def test_a_host_and_who_is_in_it_no_more_hear_it_too(world: World) -> None:
    world.ria.email = "ria@example.org"
    db.session.commit()
    host = people.save_speaker(
        world.edition, None, {"slug": "cor", "name": "Cor", "email": "cor@example.org"}, now=NOW
    )
    sessions.save_session(
        world.edition, world.talk, {}, speakers=[], hosts=[host], seen=world.talk.version, now=NOW
    )
    publish(world)
    texts = {letter.to: letter.body_text for letter in db.session.query(Letter)}
    assert texts.keys() == {"ria@example.org", "cor@example.org"}
    assert "Je staat hier niet meer bij." in texts["ria@example.org"]
    assert "Wie was: Ria Wróżyńska, wordt: –" in texts["cor@example.org"]
    assert "Je staat hier niet meer bij." not in texts["cor@example.org"]


def test_a_wrong_address_of_one_does_not_keep_the_programme_from_all(world: World) -> None:
    world.ria.email = "geen adres"
    db.session.commit()
    move(world.talk.slots[0], world.hall, at(23, 16))
    publish(world)
    assert world.talk.slots[0].starts_at == at(23, 16)


def test_a_slot_that_comes_back_tells_who_still_has_a_place(world: World) -> None:
    friday = world.workshop.slots[0]
    book(friday)
    drop(friday)
    publish(world, agreed=[friday.code])
    move(friday, world.table, friday.starts_at)
    publish(world)
    subjects = [letter.subject for letter in db.session.query(Letter).order_by(Letter.id)]
    assert subjects == [
        "Gaat niet door: Zagen voor beginners",
        "Gaat toch door: Zagen voor beginners",
    ]


def test_a_maker_who_looked_at_another_draft_is_told(world: World) -> None:
    seen = world.edition.draft_version
    drop(world.workshop.slots[0])
    with pytest.raises(publishing.DraftChanged):
        publish(world, seen=seen)
    db.session.expire_all()
    publish(world, seen=world.edition.draft_version)


def test_who_heard_that_it_does_not_happen_hears_nothing_of_where_it_would_have_stood(
    world: World,
) -> None:
    for slot, change in zip(world.workshop.slots, (drop, None), strict=True):
        book(slot)
        on_the_day.cancel_slots(world.edition, seen={slot.code: slot.version}, reason=NAME, now=NOW)
        if change:
            change(slot)
        else:
            move(slot, world.hall, at(24, 15))
    told = db.session.query(Letter).count()
    publish(world, agreed=[slot.code for slot in world.workshop.slots])
    assert db.session.query(Letter).count() == told == 2
    assert [slot.state for slot in world.workshop.all_slots] == ["dropped", "cancelled"]


def test_what_was_said_of_the_old_place_is_not_said_of_the_new_one(world: World) -> None:
    moved, back = world.workshop.slots
    for slot in (moved, back):
        on_the_day.declare_full(slot, is_full=True, reason=NAME, seen=slot.version, now=NOW)
    drop(back)
    publish(world)
    move(moved, world.hall, at(24, 15))
    move(back, back.stage, back.starts_at)
    publish(world)
    for slot in (moved, back):
        assert (slot.state, slot.is_full, slot.reason) == ("scheduled", False, Bilingual())

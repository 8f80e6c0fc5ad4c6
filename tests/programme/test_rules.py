"""The rules of the programme, on both databases."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from festival.backoffice.editing import ChangedMeanwhile, SlugTaken, slug_of
from festival.backoffice.models import AuditEntry
from festival.bookings import rules as bookings
from festival.db import db
from festival.editions.models import Edition
from festival.languages import Bilingual
from festival.programme import rules, slots
from festival.programme.models import Session, Slot, Speaker, Stage, Theme
from tests import make
from tests.make import NOW
from tests.programme.conftest import World, at, build_world


@pytest.fixture
def world(any_app: Flask) -> World:
    """The programme of this folder, on each database."""
    del any_app
    return build_world()


def version_of(edition: Edition) -> int:
    db.session.expire(edition)
    return edition.programme_version


def move(slot: Slot, **values: object) -> None:
    """Write a slot with some of its values changed."""
    as_it_is = {
        "stage": slot.stage,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "places": slot.places,
        "door_places": slot.door_places,
    }
    rules.update_slot(slot, **(as_it_is | values), now=NOW)


def test_of_two_editors_the_later_one_is_told(world: World) -> None:
    seen = world.talk.version
    rules.save_session(
        world.edition, world.talk, {"title": Bilingual("Eerst")}, speakers=[], seen=seen, now=NOW
    )
    with pytest.raises(ChangedMeanwhile):
        rules.save_session(
            world.edition, world.talk, {"title": Bilingual("Dan")}, speakers=[], seen=seen, now=NOW
        )
    assert world.talk.title.nl == "Eerst"
    rules.save_session(
        world.edition,
        world.talk,
        {"title": Bilingual("Dan")},
        speakers=[],
        seen=world.talk.version,
        now=NOW,
    )
    assert world.talk.title.nl == "Dan"


@pytest.mark.parametrize("kind", ["stage", "theme", "speaker"])
def test_the_later_editor_of_anything_is_told(world: World, kind: str) -> None:
    row = {"stage": world.hall, "theme": world.care, "speaker": world.ria}[kind]
    save = getattr(rules, f"save_{kind}")
    seen = row.version
    save(world.edition, row, {"slug": "eerst"}, seen=seen, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        save(world.edition, row, {"slug": "dan"}, seen=seen, now=NOW)
    assert row.slug == "eerst"


def test_an_address_is_of_one_thing(world: World) -> None:
    with pytest.raises(SlugTaken, match="zagen"):
        rules.save_session(
            world.edition,
            world.talk,
            {"slug": "zagen"},
            speakers=[],
            seen=world.talk.version,
            now=NOW,
        )
    assert world.talk.slug == "soep"
    with pytest.raises(SlugTaken):
        rules.save_speaker(world.edition, None, {"slug": "ria", "name": "Ria"}, now=NOW)
    with pytest.raises(SlugTaken):
        rules.save_stage(world.edition, None, {"slug": "hal"}, now=NOW)
    other = make.edition(is_current=False)
    rules.save_stage(other, None, {"slug": "hal"}, now=NOW)


def test_an_address_of_ours_is_of_no_thing_of_theirs(world: World) -> None:
    with pytest.raises(SlugTaken, match="nieuw"):
        rules.save_speaker(world.edition, None, {"slug": "nieuw", "name": "Nieuw"}, now=NOW)


def test_speakers_keep_their_order(world: World) -> None:
    people = [
        rules.save_speaker(world.edition, None, {"slug": name, "name": name}, now=NOW)
        for name in ("anna", "bo", "cas")
    ]
    anna, bo, cas = people
    rules.set_speakers(world.talk, [cas, anna, bo, anna])
    assert [speaker.slug for speaker in world.talk.speakers] == ["cas", "anna", "bo"]
    rules.set_speakers(world.talk, [bo])
    assert [speaker.slug for speaker in world.talk.speakers] == ["bo"]


def test_times_must_make_sense(world: World) -> None:
    def add(starts_at, ends_at) -> None:  # type: ignore[no-untyped-def]
        rules.add_slot(
            world.talk,
            stage=world.hall,
            starts_at=starts_at,
            ends_at=ends_at,
            places=None,
            now=NOW,
        )

    number = len(world.talk.slots)
    for starts_at, ends_at in ((at(23, 10), at(23, 10)), (at(23, 10), at(23, 9))):
        with pytest.raises(rules.EndsBeforeStart):
            add(starts_at, ends_at)
    for starts_at in (at(22, 12), at(23, 5), at(26, 12)):
        with pytest.raises(rules.OutsideEdition):
            add(starts_at, starts_at + timedelta(hours=1))
    add(at(24, 1), at(24, 2))  # the night of Friday
    assert len(world.talk.slots) == number + 1


def test_the_last_night_belongs_to_the_last_day(world: World) -> None:
    rules.add_slot(
        world.talk,
        stage=world.hall,
        starts_at=at(26, 2),  # winter time by now: one o'clock in the night after Sunday
        ends_at=at(26, 3),
        places=None,
        now=NOW,
    )
    assert world.talk.slots[-1].day.isoformat() == "2026-10-25"


def test_places_never_fall_below_what_is_taken(world: World) -> None:
    slot = world.workshop.slots[0]
    slots.claim(slot.id, 7)
    db.session.commit()
    for places in (6, 0, None):
        with pytest.raises(rules.PlacesTaken, match="7"):
            move(slot, places=places, starts_at=at(23, 9))
    assert (slot.places, slot.starts_at) == (20, at(23, 11)), "nothing of it was written"
    move(slot, places=7)
    assert slot.places_left == 0
    slots.release(slot.id, 7)
    db.session.commit()
    move(slot, places=None)
    assert not slot.is_bookable


def test_a_slot_with_bookings_stays(world: World) -> None:
    slot = world.workshop.slots[0]
    booking = bookings.book_slot(make.ticket(), slot, now=NOW)
    with pytest.raises(rules.SlotHasBookings):
        rules.drop_slot(slot, now=NOW)
    bookings.cancel_booking(booking, now=NOW)
    with pytest.raises(rules.SlotHasBookings):
        rules.drop_slot(slot, now=NOW)
    assert db.session.query(Slot).filter_by(id=slot.id).count() == 1
    free = world.workshop.slots[1]
    code = free.code
    rules.drop_slot(free, now=NOW)
    assert db.session.query(Slot).filter_by(code=code).count() == 0
    assert len(world.workshop.slots) == 1


def test_coaching_slots_in_one_step(world: World) -> None:
    assert len(world.coach.slots) == 12
    first, second, last = world.coach.slots[0], world.coach.slots[1], world.coach.slots[-1]
    assert (first.starts_at, first.ends_at) == (at(23, 13), at(23, 13, 20))
    assert second.starts_at == at(23, 13, 25)
    assert last.ends_at == at(23, 17, 55)
    assert {slot.places for slot in world.coach.slots} == {1}
    assert len({slot.code for slot in world.coach.slots}) == 12


def test_coaching_slots_all_or_none(world: World) -> None:
    def add(number: int, minutes: int = 20, pause: int = 0, day: int = 25) -> None:
        rules.add_coaching_slots(
            world.coach,
            stage=world.table,
            starts_at=at(day, 20),
            minutes=minutes,
            pause=pause,
            number=number,
            now=NOW,
        )

    for wrong in ({"number": 0}, {"number": 3, "minutes": 0}, {"number": 3, "pause": -1}):
        with pytest.raises(rules.NoSlots):
            add(**wrong)
    with pytest.raises(rules.TooManySlots, match="60"):
        add(61)
    with pytest.raises(rules.OutsideEdition):
        add(60)  # runs on until after the last night
    db.session.expire_all()
    assert len(world.coach.slots) == 12, "not half of them either"


def test_what_is_in_use_is_not_removed(world: World) -> None:
    with pytest.raises(rules.StageInUse):
        rules.remove_stage(world.hall, now=NOW)
    with pytest.raises(rules.ThemeInUse):
        rules.remove_theme(world.care, now=NOW)
    with pytest.raises(rules.SpeakerOnStage):
        rules.remove_speaker(world.ria, now=NOW)
    with pytest.raises(rules.SessionHasSlots):
        rules.remove_session(world.talk, now=NOW)
    for kind, number in ((Stage, 2), (Theme, 1), (Speaker, 1), (Session, 3)):
        assert db.session.query(kind).count() == number


def test_what_is_not_in_use_goes(world: World) -> None:
    rules.drop_slot(world.talk.slots[0], now=NOW)
    rules.remove_session(world.talk, now=NOW)
    rules.remove_theme(world.care, now=NOW)
    rules.remove_speaker(world.ria, now=NOW)
    rules.remove_stage(world.hall, now=NOW)
    for kind, number in ((Stage, 1), (Theme, 0), (Speaker, 0), (Session, 2)):
        assert db.session.query(kind).count() == number


def test_every_rule_raises_the_programme_s_version_and_leaves_a_trace(world: World) -> None:
    slot = world.workshop.slots[0]
    deeds = {
        "save_stage": lambda: rules.save_stage(world.edition, None, {"slug": "vers"}, now=NOW),
        "save_theme": lambda: rules.save_theme(world.edition, None, {"slug": "vers"}, now=NOW),
        "save_speaker": lambda: rules.save_speaker(
            world.edition, None, {"slug": "vers", "name": "Nieuw"}, now=NOW
        ),
        "save_session": lambda: rules.save_session(
            world.edition, None, {"slug": "vers", "kind": "talk"}, speakers=[], now=NOW
        ),
        "add_slot": lambda: rules.add_slot(
            world.talk,
            stage=world.hall,
            starts_at=at(23, 20),
            ends_at=at(23, 21),
            places=None,
            now=NOW,
        ),
        "update_slot": lambda: move(slot, door_places=3),
        "drop_slot": lambda: rules.drop_slot(slot, now=NOW),
        "remove_stage": lambda: rules.remove_stage(
            db.session.query(Stage).filter_by(slug="vers").one(), now=NOW
        ),
        "remove_theme": lambda: rules.remove_theme(
            db.session.query(Theme).filter_by(slug="vers").one(), now=NOW
        ),
        "remove_speaker": lambda: rules.remove_speaker(
            db.session.query(Speaker).filter_by(slug="vers").one(), now=NOW
        ),
        "remove_session": lambda: rules.remove_session(
            db.session.query(Session).filter_by(slug="vers").one(), now=NOW
        ),
    }
    for verb, do in deeds.items():
        before = version_of(world.edition)
        do()
        assert version_of(world.edition) > before, verb
        last = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
        assert last is not None
        assert last.verb == verb


def test_a_refused_rule_changes_nothing(world: World) -> None:
    before = version_of(world.edition)
    with pytest.raises(rules.EndsBeforeStart):
        move(world.workshop.slots[0], ends_at=at(23, 9))
    assert version_of(world.edition) == before


def test_slugs() -> None:
    assert slug_of("Łódź, derde binnenplaats links!") == "lodz-derde-binnenplaats-links"
    assert slug_of("Ayşegül Demirkıran") == "aysegul-demirkiran"
    assert slug_of("  „Wie?”  ") == "wie"
    # Letters that an address does not show: no two get the same one, and none is empty.
    assert re.fullmatch("[a-z0-9]{8}", slug_of("Мария"))
    assert slug_of("Мария") != slug_of("مريم")
    assert len(slug_of("lang " * 50)) <= 60
    assert not slug_of("lang " * 50).endswith("-")

"""The rules of the programme, on both databases."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from festival.bookings.rules import places as place_rules
from festival.db import db
from festival.editions.models import Edition
from festival.programme import draft, slot_capacity, snapshot_reading
from festival.programme.models.places import Stage, Theme
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.models.timetable import Block
from festival.programme.rules import (
    people as people_rules,
)
from festival.programme.rules import publishing, rows, sessions, slots, stages_and_themes
from festival.programme.timing import Span
from festival.team.editing import ChangedMeanwhile, SlugTaken, slug_of
from festival.team.models import AuditEntry
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.world import World, at, build_world


@pytest.fixture
def world(any_app: Flask) -> World:
    """The programme of this folder, on each database."""
    del any_app
    return build_world()


def version_of(edition: Edition) -> int:
    db.session.expire(edition)
    return edition.programme_version


def draft_of(edition: Edition) -> int:
    db.session.expire(edition)
    return edition.draft_version


def publish(world: World) -> None:
    publishing.publish_draft(world.edition, name=Bilingual("Volgende"), now=NOW)


def move(slot: Slot, **values: object) -> None:
    """Write a slot with some of its values changed."""
    as_it_is = {
        "stage": slot.stage,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "places": slot.places,
        "door_places": slot.door_places,
        "seen": slot.version,
    }
    slots.update_slot(slot, **(as_it_is | values), now=NOW)


def test_the_later_of_two_editors_is_told(world: World) -> None:
    seen = world.talk.version
    sessions.save_session(
        world.edition, world.talk, {"title": Bilingual("Eerst")}, speakers=[], seen=seen, now=NOW
    )
    with pytest.raises(ChangedMeanwhile):
        sessions.save_session(
            world.edition, world.talk, {"title": Bilingual("Dan")}, speakers=[], seen=seen, now=NOW
        )
    assert draft.value(world.talk, "title").nl == "Eerst"
    sessions.save_session(
        world.edition,
        world.talk,
        {"title": Bilingual("Dan")},
        speakers=[],
        seen=world.talk.version,
        now=NOW,
    )
    assert draft.value(world.talk, "title").nl == "Dan"
    assert world.talk.title.nl == "Soep is geen project", "visitors see the last release"


@pytest.mark.parametrize("kind", ["stage", "theme", "speaker"])
def test_the_later_editor_of_anything_is_told(world: World, kind: str) -> None:
    row = {"stage": world.hall, "theme": world.care, "speaker": world.ria}[kind]
    save = {
        "stage": stages_and_themes.save_stage,
        "theme": stages_and_themes.save_theme,
        "speaker": people_rules.save_speaker,
    }[kind]
    seen = row.version
    save(world.edition, row, {"slug": "eerst"}, seen=seen, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        save(world.edition, row, {"slug": "dan"}, seen=seen, now=NOW)
    assert row.slug == "eerst"


def test_a_slug_is_used_once(world: World) -> None:
    with pytest.raises(SlugTaken, match="zagen"):
        sessions.save_session(
            world.edition,
            world.talk,
            {"slug": "zagen"},
            speakers=[],
            seen=world.talk.version,
            now=NOW,
        )
    assert world.talk.slug == "soep"
    with pytest.raises(SlugTaken):
        people_rules.save_speaker(world.edition, None, {"slug": "ria", "name": "Ria"}, now=NOW)
    with pytest.raises(SlugTaken):
        stages_and_themes.save_stage(world.edition, None, {"slug": "hal"}, now=NOW)
    other = make.edition(is_current=False)
    stages_and_themes.save_stage(other, None, {"slug": "hal"}, now=NOW)


def test_reserved_slugs_are_refused(world: World) -> None:
    with pytest.raises(SlugTaken, match="nieuw"):
        people_rules.save_speaker(world.edition, None, {"slug": "nieuw", "name": "Nieuw"}, now=NOW)


def test_speakers_keep_their_order(world: World) -> None:
    people = [
        people_rules.save_speaker(world.edition, None, {"slug": name, "name": name}, now=NOW)
        for name in ("anna", "bo", "cas")
    ]
    anna, bo, cas = people
    people_rules.set_speakers(world.talk, [cas, anna, bo, anna])
    assert [speaker.slug for speaker in world.talk.speakers] == ["cas", "anna", "bo"]
    people_rules.set_speakers(world.talk, [bo])
    assert [speaker.slug for speaker in world.talk.speakers] == ["bo"]


def test_times_must_make_sense(world: World) -> None:
    def add(starts_at, ends_at) -> None:  # type: ignore[no-untyped-def]
        slots.add_slot(
            world.talk,
            stage=world.hall,
            starts_at=starts_at,
            ends_at=ends_at,
            places=None,
            now=NOW,
        )

    number = len(world.talk.all_slots)
    for starts_at, ends_at in ((at(23, 10), at(23, 10)), (at(23, 10), at(23, 9))):
        with pytest.raises(rows.EndsBeforeStart):
            add(starts_at, ends_at)
    for starts_at in (at(22, 12), at(23, 5), at(26, 12)):
        with pytest.raises(rows.OutsideEdition):
            add(starts_at, starts_at + timedelta(hours=1))
    add(at(24, 1), at(24, 2))  # the night of Friday
    assert len(world.talk.all_slots) == number + 1
    assert len(world.talk.slots) == number, "visitors do not see it yet"


def test_the_last_night_belongs_to_the_last_day(world: World) -> None:
    slots.add_slot(
        world.talk,
        stage=world.hall,
        starts_at=at(26, 2),  # winter time by now: one o'clock in the night after Sunday
        ends_at=at(26, 3),
        places=None,
        now=NOW,
    )
    assert world.talk.all_slots[-1].day.isoformat() == "2026-10-25"


def test_places_never_fall_below_what_is_taken(world: World) -> None:
    slot = world.workshop.slots[0]
    slot_capacity.claim(slot.id, 7)
    db.session.commit()
    for places in (6, 0, None):
        with pytest.raises(slots.PlacesTaken, match="7"):
            move(slot, places=places, starts_at=at(23, 9))
    assert (slot.places, slot.starts_at) == (20, at(23, 11)), "nothing of it was written"
    move(slot, places=7)
    assert slot.places_left == 0
    slot_capacity.release(slot.id, 7)
    db.session.commit()
    move(slot, places=None)
    assert not slot.is_bookable


def test_a_public_slot_disappears_with_the_next_release(world: World) -> None:
    slot = world.workshop.slots[0]
    booking = place_rules.book_slot(make.ticket(), slot, now=NOW)
    slots.drop_slot(slot, seen=slot.version, now=NOW)
    assert len(world.workshop.slots) == 2, "not yet"
    publish(world)
    db.session.expire_all()
    assert len(world.workshop.slots) == 1
    assert (slot.state, slot.taken, booking.slot) == ("dropped", 1, slot), "nothing is forgotten"


def test_a_slot_that_was_never_public_is_deleted_at_once(world: World) -> None:
    slot = slots.add_slot(
        world.talk, stage=world.hall, starts_at=at(24, 9), ends_at=at(24, 10), places=None, now=NOW
    )
    slots.drop_slot(slot, seen=slot.version, now=NOW)
    assert len(world.talk.all_slots) == 1


def test_a_dropped_slot_comes_back_by_placing_it(world: World) -> None:
    slot = world.workshop.slots[0]
    slots.drop_slot(slot, seen=slot.version, now=NOW)
    move(slot)
    assert slot.draft == {}


def test_the_later_of_two_makers_of_a_slot_is_told(world: World) -> None:
    slot = world.workshop.slots[0]
    seen = slot.version
    move(slot, seen=seen, starts_at=at(23, 10))
    for late in (
        lambda: move(slot, seen=seen, starts_at=at(23, 9)),
        lambda: slots.drop_slot(slot, seen=seen, now=NOW),
    ):
        with pytest.raises(ChangedMeanwhile):
            late()
    assert draft.value(slot, "starts_at") == at(23, 10)


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
        slots.add_coaching_slots(
            world.coach,
            stage=world.table,
            starts_at=at(day, 20),
            minutes=minutes,
            pause=pause,
            number=number,
            now=NOW,
        )

    for wrong in ({"number": 0}, {"number": 3, "minutes": 0}, {"number": 3, "pause": -1}):
        with pytest.raises(slots.NoSlots):
            add(**wrong)
    with pytest.raises(slots.TooManySlots, match="60"):
        add(61)
    with pytest.raises(rows.OutsideEdition):
        add(60)  # runs on until after the last night
    db.session.expire_all()
    assert len(world.coach.slots) == 12, "not half of them either"


def test_what_is_in_use_is_not_removed(world: World) -> None:
    fresh = sessions.save_session(
        world.edition, None, {"slug": "nieuw-ding", "kind": "talk"}, speakers=[], now=NOW
    )
    slots.add_slot(
        fresh, stage=world.hall, starts_at=at(24, 9), ends_at=at(24, 10), places=None, now=NOW
    )
    with pytest.raises(stages_and_themes.StageInUse):
        stages_and_themes.remove_stage(world.hall, now=NOW)
    with pytest.raises(stages_and_themes.ThemeInUse):
        stages_and_themes.remove_theme(world.care, now=NOW)
    with pytest.raises(people_rules.SpeakerOnStage):
        people_rules.remove_speaker(world.ria, now=NOW)
    with pytest.raises(sessions.SessionHasSlots):
        sessions.remove_session(fresh, now=NOW)
    with pytest.raises(sessions.SessionWasPublished):
        sessions.remove_session(world.talk, now=NOW)
    for kind, number in ((Stage, 2), (Theme, 1), (Speaker, 1), (Session, 4)):
        assert db.session.query(kind).count() == number


def test_what_the_draft_uses_is_not_removed(world: World) -> None:
    """Visitors do not see it there yet, but the next release would show it."""
    stage = stages_and_themes.save_stage(world.edition, None, {"slug": "buiten"}, now=NOW)
    theme = stages_and_themes.save_theme(world.edition, None, {"slug": "werk"}, now=NOW)
    bo = people_rules.save_speaker(world.edition, None, {"slug": "bo", "name": "Bo"}, now=NOW)
    cas = people_rules.save_speaker(world.edition, None, {"slug": "cas", "name": "Cas"}, now=NOW)
    slot = world.workshop.slots[0]
    move(slot, stage=stage)
    sessions.save_session(
        world.edition,
        world.talk,
        {"theme_id": theme.id},
        speakers=[world.ria, bo],
        hosts=[cas, bo],
        seen=world.talk.version,
        now=NOW,
    )
    assert world.talk.draft["hosts"] == [cas.id], "somebody is a speaker or a host"
    for remove, row, refusal in (
        (stages_and_themes.remove_stage, stage, stages_and_themes.StageInUse),
        (stages_and_themes.remove_theme, theme, stages_and_themes.ThemeInUse),
        (people_rules.remove_speaker, bo, people_rules.SpeakerOnStage),
        (people_rules.remove_speaker, cas, people_rules.SpeakerOnStage),
    ):
        with pytest.raises(refusal):
            remove(row, now=NOW)  # type: ignore[operator]


@pytest.mark.parametrize("is_there_now", [True, False], ids=["seen there", "drafted there"])
def test_a_stage_with_a_break_is_not_removed(world: World, is_there_now: bool) -> None:
    """Nor one that the break leaves, or comes to, with the next release."""
    stage = stages_and_themes.save_stage(world.edition, None, {"slug": "buiten"}, now=NOW)
    places = [stage.id, world.hall.id] if is_there_now else [world.hall.id, stage.id]
    lunch: dict[str, Any] = {"kind": "break", "title": Bilingual("Lunch")}
    lunch |= {"starts_at": at(23, 12), "ends_at": at(23, 13)}
    block = slots.save_block(world.edition, None, lunch | {"stage_id": places[0]}, now=NOW)
    publishing.publish_draft(world.edition, name=Bilingual("Met lunch"), now=NOW)
    slots.save_block(
        world.edition, block, lunch | {"stage_id": places[1]}, seen=block.version, now=NOW
    )
    with pytest.raises(stages_and_themes.StageInUse):
        stages_and_themes.remove_stage(stage, now=NOW)
    publishing.publish_draft(world.edition, name=Bilingual("Elders"), now=NOW)
    assert [each.stage_id for each in snapshot_reading.read_published(world.edition).blocks] == [
        places[1]
    ]


def test_availability_is_not_overwritten_unseen(world: World) -> None:
    """The speaker says it on their own page while a maker has the form of that speaker open."""
    seen, morning = world.ria.version, Span(at(23, 9), at(23, 12))
    people_rules.set_availability(world.ria, [morning], seen=seen, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        people_rules.save_speaker(world.edition, world.ria, {}, availability=[], seen=seen, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        people_rules.set_availability(world.ria, [], seen=seen, now=NOW)
    assert [(each.starts_at, each.ends_at) for each in world.ria.availability] == [morning]


def test_renaming_a_stage_raises_the_sequence(world: World) -> None:
    later = NOW + timedelta(hours=1)
    friday, talk = world.workshop.slots[0], world.talk.slots[0]

    def save(**values: Any) -> None:
        seen = world.table.version
        stages_and_themes.save_stage(world.edition, world.table, values, seen=seen, now=later)

    save(capacity=12)
    assert friday.sequence == 0, "no calendar tells that"
    save(name=Bilingual("De Lange Tafel"))
    save(floor=Bilingual("Op de binnenplaats"))
    assert (friday.sequence, friday.changed_at) == (2, later)
    assert (talk.sequence, talk.changed_at) == (0, NOW)


def test_unused_rows_are_removed(world: World) -> None:
    fresh = sessions.save_session(
        world.edition, None, {"slug": "nieuw-ding", "kind": "talk"}, speakers=[], now=NOW
    )
    stage = stages_and_themes.save_stage(world.edition, None, {"slug": "buiten"}, now=NOW)
    theme = stages_and_themes.save_theme(world.edition, None, {"slug": "werk"}, now=NOW)
    bo = people_rules.save_speaker(world.edition, None, {"slug": "bo", "name": "Bo"}, now=NOW)
    sessions.remove_session(fresh, now=NOW)
    stages_and_themes.remove_theme(theme, now=NOW)
    people_rules.remove_speaker(bo, now=NOW)
    stages_and_themes.remove_stage(stage, now=NOW)
    for kind, number in ((Stage, 2), (Theme, 1), (Speaker, 1), (Session, 3)):
        assert db.session.query(kind).count() == number


def test_every_rule_raises_the_draft_s_version_and_leaves_a_trace(world: World) -> None:
    """With that version a maker is told that the draft changed since they looked."""
    slot = world.workshop.slots[0]
    here = Span(at(23, 9), at(23, 18))
    lunch = {"kind": "break", "starts_at": at(23, 12), "ends_at": at(23, 13)}

    def latest(kind: Any) -> Any:
        return db.session.query(kind).order_by(kind.id.desc()).first()

    actions: dict[str, Callable[[], Any]] = {
        "save_stage": lambda: stages_and_themes.save_stage(
            world.edition, None, {"slug": "vers"}, now=NOW
        ),
        "save_theme": lambda: stages_and_themes.save_theme(
            world.edition, None, {"slug": "vers"}, now=NOW
        ),
        "save_speaker": lambda: people_rules.save_speaker(
            world.edition, None, {"slug": "vers", "name": "Nieuw"}, now=NOW
        ),
        "save_session": lambda: sessions.save_session(
            world.edition, None, {"slug": "vers", "kind": "talk"}, speakers=[], now=NOW
        ),
        "save_block": lambda: slots.save_block(world.edition, None, lunch, now=NOW),
        "set_hours": lambda: stages_and_themes.set_hours(world.hall, [here], now=NOW),
        "set_walks": lambda: stages_and_themes.set_walks(world.hall, {world.table: 9}, now=NOW),
        "set_availability": lambda: people_rules.set_availability(
            world.ria, [here], seen=world.ria.version, now=NOW
        ),
        "add_slot": lambda: slots.add_slot(
            world.talk,
            stage=world.hall,
            starts_at=at(23, 20),
            ends_at=at(23, 21),
            places=None,
            now=NOW,
        ),
        "move_slot": lambda: move(slot, door_places=3),
        "drop_slot": lambda: slots.drop_slot(slot, seen=slot.version, now=NOW),
        "drop_block": lambda: slots.drop_block(latest(Block), seen=1, now=NOW),
        "remove_stage": lambda: stages_and_themes.remove_stage(latest(Stage), now=NOW),
        "remove_theme": lambda: stages_and_themes.remove_theme(latest(Theme), now=NOW),
        "remove_speaker": lambda: people_rules.remove_speaker(latest(Speaker), now=NOW),
        "remove_session": lambda: sessions.remove_session(latest(Session), now=NOW),
    }
    for verb, do in actions.items():
        before = draft_of(world.edition)
        do()
        assert draft_of(world.edition) > before, verb
        last = latest(AuditEntry)
        assert last is not None
        assert last.verb == verb


def test_what_visitors_see_at_once_raises_the_programme_s_version(world: World) -> None:
    slot = world.workshop.slots[0]
    for do in (
        lambda: stages_and_themes.save_stage(
            world.edition, world.hall, {"name": Bilingual("Zaal")}, seen=world.hall.version, now=NOW
        ),
        lambda: move(slot, places=30),
        lambda: publish_something(world),
    ):
        before = version_of(world.edition)
        do()
        assert version_of(world.edition) > before


def test_draft_changes_keep_the_programme_version(world: World) -> None:
    """Pages, feeds and paper are kept by its version: a maker at work must not empty all that."""
    talk = world.talk

    def save(**values: Any) -> None:
        sessions.save_session(
            world.edition, talk, values, speakers=[world.ria], seen=talk.version, now=NOW
        )

    before = version_of(world.edition)
    save(title=Bilingual("Straks anders"), host_notes="Zacht praten", takes_feedback=True)
    people_rules.save_speaker(
        world.edition, world.ria, {"name": "Ria"}, seen=world.ria.version, now=NOW
    )
    sessions.save_sessions(world.edition, {talk: talk.version}, {"level": "experienced"}, now=NOW)
    move(world.coach.slots[0], starts_at=at(23, 12, 55))
    assert version_of(world.edition) == before + 1, "the move writes the places too"
    save(takes_feedback=False)
    assert version_of(world.edition) > before + 1, "that shows at once"


def publish_something(world: World) -> None:
    move(world.workshop.slots[0], starts_at=at(23, 11, 5))
    publish(world)


def test_hours_walks_and_availability_make_sense(world: World) -> None:
    with pytest.raises(rows.EndsBeforeStart):
        stages_and_themes.set_hours(world.hall, [Span(at(23, 9), at(23, 9))], now=NOW)
    stages_and_themes.set_walks(world.table, {world.hall: 12}, now=NOW)
    stages_and_themes.set_walks(world.hall, {world.table: 7}, now=NOW)
    walk = snapshot_reading.read_draft(world.edition).walk
    assert walk(world.hall.id, world.table.id) == walk(world.table.id, world.hall.id)
    assert walk(world.hall.id, world.table.id) == timedelta(minutes=7)
    stages_and_themes.set_walks(world.hall, {world.table: None}, now=NOW)
    assert snapshot_reading.read_draft(world.edition).walk(
        world.table.id, world.hall.id
    ) == timedelta(minutes=5)


def test_a_refused_rule_changes_nothing(world: World) -> None:
    before = draft_of(world.edition)
    with pytest.raises(rows.EndsBeforeStart):
        move(world.workshop.slots[0], ends_at=at(23, 9))
    assert draft_of(world.edition) == before


def test_slugs() -> None:
    assert slug_of("Łódź, derde binnenplaats links!") == "lodz-derde-binnenplaats-links"
    assert slug_of("Ayşegül Demirkıran") == "aysegul-demirkiran"
    assert slug_of("  „Wie?”  ") == "wie"
    # Letters that an address does not show: no two get the same one, and none is empty.
    assert re.fullmatch("[a-z0-9]{8}", slug_of("Мария"))
    assert slug_of("Мария") != slug_of("مريم")
    assert len(slug_of("lang " * 50)) <= 60
    assert not slug_of("lang " * 50).endswith("-")

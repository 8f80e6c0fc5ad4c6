"""A release shows the whole draft to visitors; or the draft is discarded."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.db import db
from festival.programme import snapshot_reading
from festival.programme.kept_json import write_snapshot
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session, Slot
from festival.programme.models.timetable import Block
from festival.programme.rules import people, publishing, sessions, slots
from festival.team.editing import ChangedMeanwhile
from festival.web.languages import Bilingual
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.world import World, at, build_world


def publish(world: World, **values) -> tuple[Release, list]:
    return publishing.publish_draft(
        world.edition, **{"name": Bilingual("Tweede", "Second"), "now": NOW, **values}
    )


def seen_by_visitors(world: World) -> object:
    """The whole programme; versions are for makers."""

    def without_versions(value: object) -> object:
        if isinstance(value, dict):
            return {n: without_versions(each) for n, each in value.items() if n != "version"}
        return [*map(without_versions, value)] if isinstance(value, list) else value

    return without_versions(write_snapshot(snapshot_reading.read_published(world.edition)))


def change_everything(world: World) -> None:
    """A bit of each: moved, dropped, another title, a new session, a break."""
    talk, friday = world.talk.slots[0], world.workshop.slots[0]
    slots.move_slot(
        talk, stage=world.table, starts_at=at(23, 15), ends_at=at(23, 16), seen=talk.version,
        now=NOW,
    )  # fmt: skip
    slots.drop_slot(friday, seen=friday.version, now=NOW)
    sessions.save_session(
        world.edition, world.coach, {"title": Bilingual("Begin hier")}, speakers=[world.ria],
        seen=world.coach.version, now=NOW,
    )  # fmt: skip
    fresh = sessions.save_session(
        world.edition, None, {"slug": "nieuw-idee", "kind": "talk", "title": Bilingual("Nieuw")},
        speakers=[], now=NOW,
    )  # fmt: skip
    slots.add_slot(
        fresh, stage=world.hall, starts_at=at(24, 16), ends_at=at(24, 17), places=None, now=NOW
    )
    slots.save_block(
        world.edition, None,
        {"kind": "break", "title": Bilingual("Lunch"), "stage_id": None,
         "starts_at": at(23, 12), "ends_at": at(23, 13)},
        now=NOW,
    )  # fmt: skip


def test_visitors_see_nothing_before_and_everything_after(world: World) -> None:
    before = seen_by_visitors(world)
    change_everything(world)
    assert seen_by_visitors(world) == before
    wanted = snapshot_reading.read_draft(world.edition)
    release, changes = publish(world)
    shown = snapshot_reading.read_published(world.edition)
    assert {s.code: (s.stage_id, s.span) for s in shown.slots} == {
        s.code: (s.stage_id, s.span) for s in wanted.slots
    }
    assert shown.sessions[world.coach.id].title == Bilingual("Begin hier")
    assert [block.title.nl for block in shown.blocks] == ["Lunch"]
    assert {change.kind for change in changes} == {"new", "moved", "changed", "cancelled"}
    assert release.number == 2
    assert release.programme == write_snapshot(shown)


def test_calendars_hear_of_each_change(world: World) -> None:
    talk, coach, saturday = world.talk.slots[0], world.coach.slots[0], world.workshop.slots[1]
    change_everything(world)
    publish(world)
    db.session.expire_all()
    assert [slot.sequence for slot in (talk, coach, saturday)] == [1, 1, 0]
    assert (talk.moved_from_stage_id, talk.moved_from_at) == (world.hall.id, at(23, 10))
    assert talk.moved_at == NOW
    assert not talk.leaves_note, "a note of the move is for the day itself"
    assert world.talk.slots == [talk]


def test_renaming_a_speaker_raises_the_sequence(world: World) -> None:
    talk, friday = world.talk.slots[0], world.workshop.slots[0]
    people.save_speaker(
        world.edition, world.ria, {"bio": Bilingual("Kookt.")}, seen=world.ria.version, now=NOW
    )
    publish(world)
    assert talk.sequence == 0, "no calendar tells that"
    people.save_speaker(
        world.edition, world.ria, {"name": "Ria de Wit"}, seen=world.ria.version, now=NOW
    )
    later = NOW + timedelta(hours=1)
    publish(world, now=later)
    assert (talk.sequence, talk.changed_at) == (1, later)
    assert friday.sequence == 0


@pytest.mark.parametrize("sent", [-1, 2**31, 10**30])
def test_an_impossible_version_counts_as_outdated(any_app: Flask, sent: int) -> None:
    world = build_world()
    slot = world.talk.slots[0]
    with pytest.raises(ChangedMeanwhile):
        slots.drop_slot(slot, seen=sent, now=NOW)
    with pytest.raises(publishing.DraftChanged):
        publish(world, seen=sent)
    with pytest.raises(publishing.DraftChanged):
        publishing.discard_all(world.edition, seen=sent, now=NOW)


def test_an_open_form_cannot_restore_a_discarded_draft(world: World) -> None:
    change_everything(world)
    slot = world.talk.slots[0]
    seen, seen_slot, untouched = world.coach.version, slot.version, world.workshop.version
    publishing.discard_all(world.edition, seen=world.edition.draft_version, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        sessions.save_session(
            world.edition, world.coach, {"title": Bilingual("Begin hier")}, speakers=[],
            seen=seen, now=NOW,
        )  # fmt: skip
    with pytest.raises(ChangedMeanwhile):
        slots.drop_slot(slot, seen=seen_slot, now=NOW)
    assert world.workshop.version == untouched, "of which nothing waited"


def test_a_dropped_slot_is_gone_but_known(world: World) -> None:
    friday = world.workshop.slots[0]
    slots.drop_slot(friday, seen=friday.version, now=NOW)
    publish(world)
    db.session.expire_all()
    assert friday.state == "dropped"
    assert friday not in world.workshop.slots
    assert friday in world.workshop.all_slots


def test_a_speaker_without_sessions_is_hidden(world: World, visitor: FlaskClient) -> None:
    assert visitor.get("/sprekers/ria").status_code == 200
    sessions.save_session(
        world.edition, world.talk, {}, speakers=[], seen=world.talk.version, now=NOW
    )
    forget_pages()
    assert visitor.get("/sprekers/ria").status_code == 200, "not before the release"
    publish(world)
    forget_pages()
    assert visitor.get("/sprekers/ria").status_code == 404
    assert "Wróżyńska" not in visitor.get("/sprekers").text
    sessions.save_session(
        world.edition, world.talk, {}, speakers=[world.ria], seen=world.talk.version, now=NOW
    )
    publish(world)
    forget_pages()
    assert visitor.get("/sprekers/ria").status_code == 200


def test_nothing_to_publish(world: World) -> None:
    with pytest.raises(publishing.NothingToPublish):
        publish(world)


def test_a_draft_that_changed_since_is_not_published(world: World) -> None:
    seen = world.edition.draft_version
    change_everything(world)
    with pytest.raises(publishing.DraftChanged):
        publish(world, seen=seen)
    db.session.expire_all()
    assert db.session.query(Release).count() == 1
    publish(world, seen=world.edition.draft_version)


def test_the_whole_draft_is_discarded(world: World) -> None:
    before = seen_by_visitors(world)
    change_everything(world)
    with pytest.raises(publishing.DraftChanged):
        publishing.discard_all(world.edition, seen=0, now=NOW)
    publishing.discard_all(world.edition, seen=world.edition.draft_version, now=NOW)
    db.session.expire_all()
    assert seen_by_visitors(world) == before
    assert db.session.query(Slot).filter(~Slot.is_public).count() == 0
    assert db.session.query(Block).count() == 0
    fresh = db.session.query(Session).filter_by(slug="nieuw-idee").one()
    assert fresh.all_slots == [], "its texts stay, to be placed again"
    with pytest.raises(publishing.NothingToPublish):
        publish(world)

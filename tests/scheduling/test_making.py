"""Rules of the programme screens, on both databases: bulk changes, copies, discarding."""

import pytest
from flask import Flask

from festival.db import db
from festival.editions.models import Edition
from festival.programme import draft, queries
from festival.programme.models.sessions import Session, Speaker
from festival.programme.rules import people, publishing, sessions, slots, stages_and_themes
from festival.programme.rules import rows as row_rules
from festival.programme.timing import Span
from festival.team.editing import ChangedMeanwhile
from festival.web.languages import Bilingual
from tests.make import NOW
from tests.races.at_once import at_once
from tests.world import World, at, build_world


@pytest.fixture
def any_world(any_app: Flask) -> World:
    """The world on each of the two databases."""
    del any_app
    return build_world()


def test_save_sessions_changes_all_or_none(any_world: World) -> None:
    world = any_world
    seen = {world.talk: 1, world.workshop: 1}
    sessions.save_sessions(world.edition, seen, {"level": "experienced"}, now=NOW)
    assert world.talk.draft == world.workshop.draft == {"level": "experienced"}
    sessions.save_session(world.edition, world.coach, {}, speakers=[], seen=1, now=NOW)
    with pytest.raises(sessions.SomeChanged) as told:
        sessions.save_sessions(
            world.edition, {world.talk: 2, world.coach: 1}, {"kind": "story"}, now=NOW
        )
    assert told.value.details == {"titles": "Waar begin ik?"}
    assert world.talk.version == 2, "nothing half done"
    assert "kind" not in world.talk.draft


def test_of_concurrent_bulk_changes_one_wins(any_app: Flask) -> None:
    world = build_world()
    ids, edition_id = [world.talk.id, world.workshop.id, world.coach.id], world.edition.id

    def change(number: int) -> str:
        # Each in another order: they wait for the edition, not for each other's rows.
        order = ids if number % 2 else ids[::-1]
        seen = {db.session.get_one(Session, n): 1 for n in order}
        try:
            sessions.save_sessions(
                db.session.get_one(Edition, edition_id), seen, {"min_age": number}, now=NOW
            )
        except sessions.SomeChanged:
            return "late"
        return "first"

    assert sorted(at_once(any_app, change, 6)) == ["first"] + ["late"] * 5
    rows = [db.session.get_one(Session, n) for n in ids]
    assert len({row.draft["min_age"] for row in rows}) == 1
    assert {row.version for row in rows} == {2}


def test_copy_session_takes_what_the_draft_has(any_world: World) -> None:
    world = any_world
    sessions.save_session(
        world.edition,
        world.talk,
        {"summary": Bilingual("Wacht nog"), "access": ["quiet"], "needs": "Een pan"},
        speakers=[],
        hosts=[world.ria],
        seen=1,
        now=NOW,
    )
    copies = [
        sessions.copy_session(world.talk, title=Bilingual("Soep, nog eens"), now=NOW)
        for _ in range(2)
    ]
    assert [copy.slug for copy in copies] == ["soep-nog-eens", "soep-nog-eens-2"]
    copy = copies[1]
    assert (copy.summary, copy.access, copy.needs) == (Bilingual("Wacht nog"), ["quiet"], "Een pan")
    assert (copy.theme_id, copy.is_public, copy.draft) == (world.care.id, False, {})
    assert (copy.speakers, copy.hosts, copy.all_slots) == ([], [world.ria], [])


def test_discard_draft_restores_what_visitors_see(any_world: World) -> None:
    world = any_world
    slot = world.workshop.slots[0]
    sessions.save_session(
        world.edition, world.talk, {"kind": "story", "needs": "Pan"}, speakers=[], seen=1, now=NOW
    )
    people.save_speaker(world.edition, world.ria, {"name": "R."}, seen=1, now=NOW)
    slots.drop_slot(slot, seen=1, now=NOW)
    for row in (world.talk, world.ria, slot):
        with pytest.raises(ChangedMeanwhile):
            sessions.discard_draft(row, seen=1, now=NOW)
        assert row.draft
        sessions.discard_draft(row, seen=2, now=NOW)
        assert row.draft == {}
    assert (world.talk.kind, world.talk.needs) == ("talk", "Pan"), "private fields are not drafts"
    with pytest.raises(publishing.NothingToPublish):
        publishing.publish_draft(world.edition, name=Bilingual("Twee"), now=NOW)


def test_a_stage_is_saved_with_its_hours_and_walks(any_world: World) -> None:
    world = any_world
    stages_and_themes.save_stage(
        world.edition,
        world.hall,
        {"changeover_minutes": 15},
        hours=[Span(at(23, 9), at(23, 18))],
        walks={world.table: 4},
        seen=1,
        now=NOW,
    )
    assert len(world.hall.hours) == 1
    assert queries.walks_from(world.table) == {world.hall.id: 4}
    with pytest.raises(row_rules.EndsBeforeStart):
        stages_and_themes.save_stage(
            world.edition,
            world.hall,
            {"changeover_minutes": 30},
            hours=[Span(at(23, 18), at(23, 9))],
            walks={},
            seen=2,
            now=NOW,
        )
    assert (world.hall.changeover_minutes, world.hall.version) == (15, 2)
    stages_and_themes.save_stage(world.edition, world.hall, {"position": 3}, seen=2, now=NOW)
    assert len(world.hall.hours) == 1, "left alone where they are not given"


def test_a_speaker_is_saved_with_their_availability(any_world: World) -> None:
    world = any_world
    with pytest.raises(row_rules.EndsBeforeStart):
        people.save_speaker(
            world.edition,
            world.ria,
            {"needs": "Een kruk"},
            availability=[Span(at(23, 18), at(23, 9))],
            seen=1,
            now=NOW,
        )
    assert (world.ria.needs, world.ria.version) == ("", 1)
    spans = [Span(at(24, 9), at(24, 12)), Span(at(23, 9), at(23, 12))]
    new = people.save_speaker(
        world.edition, None, {"slug": "sem", "name": "Sem"}, availability=spans, now=NOW
    )
    db.session.expire(new)
    assert [span.starts_at for span in new.availability] == [at(23, 9), at(24, 9)]


def test_free_slug(any_world: World) -> None:
    edition = any_world.edition
    assert sessions.free_slug(edition, Session, "nog-niet-daar") == "nog-niet-daar"
    assert sessions.free_slug(edition, Session, "soep") == "soep-2"
    assert sessions.free_slug(edition, Session, "soep", ["soep-2"]) == "soep-3"
    assert sessions.free_slug(edition, Session, "nieuw") == "nieuw-2", "a word of ours"
    assert sessions.free_slug(edition, Speaker, "soep") == "soep"
    assert len(sessions.free_slug(edition, Session, "a" * 60, ["a" * 60])) <= 60


def test_drafts_of_new_rows_are_the_rows(any_world: World) -> None:
    row = sessions.save_session(
        any_world.edition,
        None,
        {"slug": "nu", "kind": "talk", "title": Bilingual("Nu")},
        speakers=[any_world.ria],
        now=NOW,
    )
    sessions.save_sessions(any_world.edition, {row: 1}, {"level": "experienced"}, now=NOW)
    assert (row.level, row.draft) == ("experienced", {})
    assert draft.value(row, "speakers") == [any_world.ria.id]

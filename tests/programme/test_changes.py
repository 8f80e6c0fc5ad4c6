"""Differences between two versions of the programme, and how they are kept for years."""

import json
from dataclasses import fields, replace

from festival.programme import kept_json, snapshot_reading
from festival.programme.changes import KINDS, Change, between
from festival.programme.rules import people, sessions, slots
from festival.programme.timing import Span
from festival.web.languages import Bilingual
from tests.make import NOW
from tests.world import World, at


def difference(world: World) -> list[Change]:
    return between(
        snapshot_reading.read_published(world.edition), snapshot_reading.read_draft(world.edition)
    )


def move(slot, stage, starts_at, ends_at) -> None:
    slots.move_slot(
        slot, stage=stage, starts_at=starts_at, ends_at=ends_at, seen=slot.version, now=NOW
    )


def test_nothing_is_different_after_a_release(world: World) -> None:
    assert difference(world) == []


def test_time_duration_and_stage_are_told_apart(world: World) -> None:
    talk, (friday, saturday) = world.talk.slots[0], world.workshop.slots
    move(talk, world.hall, at(23, 15), at(23, 15, 45))
    move(friday, world.hall, at(23, 11), at(23, 12, 30))
    move(saturday, world.table, at(24, 11), at(24, 13))
    found = {change.slot_code: change for change in difference(world)}
    assert [found[slot.code].fields for slot in (talk, friday, saturday)] == [
        ("time",), ("stage",), ("duration",),
    ]  # fmt: skip
    assert {change.kind for change in found.values()} == {"moved"}
    assert found[friday.code].before.stage == Bilingual("De Tafel")
    assert found[friday.code].after.stage == Bilingual("De Hal", "The Hall")


def test_edits_name_people_and_theme(world: World) -> None:
    sessions.save_session(
        world.edition,
        world.talk,
        {"title": Bilingual("Soep"), "theme_id": None, "level": "experienced", "min_age": 12},
        speakers=[],
        seen=world.talk.version,
        now=NOW,
    )
    [change] = difference(world)
    assert (change.kind, change.slot_code, change.session_kind) == ("changed", "", "talk")
    assert {edit.field: (edit.before, edit.after) for edit in change.edits} == {
        "title": (Bilingual("Soep is geen project", "Soup is not a project"), Bilingual("Soep")),
        "theme_id": (Bilingual("Zorg", "Care"), Bilingual()),
        "level": ("open", "experienced"),
        "min_age": (None, 12),
        "speaker_ids": (("Ria Wróżyńska",), ()),
    }


def test_private_fields_and_sessions_without_slots_give_no_change(world: World) -> None:
    sessions.save_session(
        world.edition, world.talk, {"host_notes": "Sleutel ligt bij Ria", "needs": "kruk"},
        speakers=[world.ria], seen=world.talk.version, now=NOW,
    )  # fmt: skip
    sessions.save_session(
        world.edition, None, {"slug": "idee", "kind": "talk", "title": Bilingual("Een idee")},
        speakers=[], now=NOW,
    )  # fmt: skip
    assert difference(world) == []


def test_changes_are_kept_whole(world: World) -> None:
    talk, friday = world.talk.slots[0], world.workshop.slots[0]
    move(talk, world.table, at(23, 15), at(23, 16))
    slots.drop_slot(friday, seen=friday.version, now=NOW)
    slots.add_slot(
        world.workshop, stage=world.hall, starts_at=at(24, 16), ends_at=at(24, 17), places=5,
        now=NOW,
    )  # fmt: skip
    sessions.save_session(
        world.edition, world.talk, {"title": Bilingual("Soep"), "access": ["quiet"]},
        speakers=[], seen=world.talk.version, now=NOW,
    )  # fmt: skip
    found = difference(world)
    assert {change.kind for change in found} == set(KINDS)
    late = replace(
        found[0], kind="late", minutes=15, reason=Bilingual("Trein", "Train"),
        instead=Bilingual("De invaller"), instead_slug="invaller",
    )  # fmt: skip
    written = json.loads(json.dumps(kept_json.write_changes([*found, late])))
    assert kept_json.read_changes(written) == [*found, late]


def test_changes_from_before_a_field_existed_can_be_read(world: World) -> None:
    slots.drop_slot(world.talk.slots[0], seen=world.talk.slots[0].version, now=NOW)
    [written] = kept_json.write_changes(difference(world))
    for name in ("edits", "session_kind", "minutes", "reason", "instead", "instead_slug"):
        del written[name]
    [change] = kept_json.read_changes([written])
    assert (change.minutes, change.reason, change.edits) == (0, Bilingual(), ())


def test_a_release_keeps_the_programme_without_private_data(world: World) -> None:
    now = snapshot_reading.read_published(world.edition)
    written = json.loads(json.dumps(kept_json.write_snapshot(now)))
    then = kept_json.read_snapshot(world.edition, written)
    assert then.sessions == now.sessions
    assert then.stages == now.stages
    assert then.blocks == now.blocks
    assert then.slots == now.slots
    ria = now.speakers[world.ria.id]
    people.set_availability(
        world.ria, [Span(at(23, 9), at(23, 12))], seen=world.ria.version, now=NOW
    )
    private = snapshot_reading.read_published(world.edition)
    assert private.speakers[world.ria.id].availability
    assert kept_json.write_snapshot(private)["speakers"] == written["speakers"]
    assert {each.name for each in fields(ria)} == written["speakers"][0].keys()


def test_a_programme_from_before_a_field_existed_can_be_read(world: World) -> None:
    written = kept_json.write_snapshot(snapshot_reading.read_published(world.edition))
    for session in written["sessions"]:
        del session["takes_feedback"], session["slots"][0]["is_full"]
    then = kept_json.read_snapshot(world.edition, written)
    assert [session.title for session in then.sessions.values()]

"""A maker moves or drops what a release shows at that instant: the draft stays the draft."""

import threading
from datetime import timedelta

from festival.db import db, transactional
from festival.programme import draft, snapshot_reading
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Slot
from festival.programme.models.timetable import Block
from festival.programme.rules import publishing, slots
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once

NAME = Bilingual("Eerste", "First")


def while_publishing(app, action):
    """Do `action` while a release that is not committed yet holds the programme."""
    written = threading.Event()

    @transactional
    def publish():
        publishing.publish_draft(make.current_edition(), name=NAME, now=NOW)
        written.set()
        threading.Event().wait(0.5)  # the other one reads what was before, and waits for us

    def either(n):
        if n == 0:
            try:
                publish()
            finally:
                written.set()
        else:
            written.wait(30)
            action()

    at_once(app, either, 2)


def waiting_slot():
    """A slot that visitors do not know yet, of a session that they do know."""
    session = make.slot().session
    stage = make.stage()
    starts_at = NOW + timedelta(days=22)
    slot = slots.add_slot(
        session, stage=stage, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1),
        places=5, now=NOW,
    )  # fmt: skip
    return slot.id, stage.id, starts_at


def test_what_is_moved_while_it_is_published_waits_for_the_next_release(any_app):
    slot_id, stage_id, starts_at = waiting_slot()

    def move():
        slot = db.session.get(Slot, slot_id)
        slots.move_slot(
            slot, stage=db.session.get(Stage, stage_id), starts_at=starts_at + timedelta(hours=2),
            ends_at=starts_at + timedelta(hours=3), seen=slot.version, now=NOW,
        )  # fmt: skip

    while_publishing(any_app, move)
    slot = db.session.get(Slot, slot_id)
    assert slot.is_public
    assert slot.starts_at == starts_at
    assert draft.value(slot, "starts_at") == starts_at + timedelta(hours=2)


def test_what_is_dropped_while_it_is_published_goes_with_the_next_release(any_app):
    slot_id, _stage_id, _starts_at = waiting_slot()

    def drop():
        slot = db.session.get(Slot, slot_id)
        slots.drop_slot(slot, seen=slot.version, now=NOW)

    while_publishing(any_app, drop)
    slot = db.session.get(Slot, slot_id)
    assert slot is not None
    assert slot.is_public
    assert slot.state == "scheduled"
    assert draft.is_dropped(slot)


def test_a_break_that_is_taken_away_while_it_is_published_goes_with_the_next_release(any_app):
    edition = make.current_edition()
    begun = make.slot().starts_at
    block_id = slots.save_block(
        edition, None,
        {"kind": "break", "title": Bilingual("Lunch"), "stage_id": None, "starts_at": begun,
         "ends_at": begun + timedelta(hours=1)},
        now=NOW,
    ).id  # fmt: skip

    def drop():
        block = db.session.get(Block, block_id)
        slots.drop_block(block, seen=block.version, now=NOW)

    while_publishing(any_app, drop)
    assert [
        block.id for block in snapshot_reading.read_published(make.current_edition()).blocks
    ] == [block_id]
    assert snapshot_reading.read_draft(make.current_edition()).blocks == []


def test_back_to_where_it_was_while_the_move_is_published(any_app):
    slot = make.slot()
    begun, length = slot.starts_at, slot.ends_at - slot.starts_at
    slot_id, stage_id = slot.id, slot.stage_id
    later = begun + timedelta(hours=1)
    slots.move_slot(
        slot, stage=slot.stage, starts_at=later, ends_at=later + length, seen=slot.version, now=NOW
    )

    def back():
        slot = db.session.get(Slot, slot_id)
        slots.move_slot(
            slot, stage=db.session.get(Stage, stage_id), starts_at=begun, ends_at=begun + length,
            seen=slot.version, now=NOW,
        )  # fmt: skip

    while_publishing(any_app, back)
    slot = db.session.get(Slot, slot_id)
    assert slot.starts_at == later
    assert draft.value(slot, "starts_at") == begun, "what the maker did last is not lost"

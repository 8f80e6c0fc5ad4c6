"""Makers move, drop and judge one thing at the same instant: one wins, the others are told."""

from datetime import timedelta

from festival.db import db
from festival.editions.models import Edition
from festival.programme import clashes, draft
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot
from festival.programme.models.timetable import AcceptedClash, Block
from festival.programme.rules import acceptances, slots
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once

MAKERS = 8
ROUNDS = 3


def move(slot_id, stage_id, n):
    slot = db.session.get(Slot, slot_id)
    if slot is None:
        return "ChangedMeanwhile"
    starts_at = slot.starts_at + timedelta(minutes=5 * (n + 1))
    return answer(
        slots.move_slot,
        slot,
        stage=db.session.get(Stage, stage_id),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        seen=1,
        now=NOW,
    )


def drop(slot_id):
    slot = db.session.get(Slot, slot_id)
    if slot is None:
        return "ChangedMeanwhile"
    return answer(slots.drop_slot, slot, seen=1, now=NOW)


def test_of_makers_who_move_one_slot_from_one_version_one_wins(any_app):
    for is_public in (True, False, True):
        slot = make.slot(is_public=is_public)
        slot_id, stage_id = slot.id, slot.stage_id
        begun = slot.starts_at
        answers = at_once(any_app, lambda n, s=slot_id, t=stage_id: move(s, t, n), MAKERS)
        assert sorted(answers) == ["ChangedMeanwhile"] * (MAKERS - 1) + ["yes"]
        slot = db.session.get(Slot, slot_id)
        winner = answers.index("yes")
        assert draft.value(slot, "starts_at") == begun + timedelta(minutes=5 * (winner + 1))
        assert slot.version == 2


def test_a_move_and_a_drop_at_once(any_app):
    for is_public in (True, False, False, False):
        slot = make.slot(is_public=is_public)
        slot_id, stage_id = slot.id, slot.stage_id

        def either(n, slot_id=slot_id, stage_id=stage_id):
            return drop(slot_id) if n % 2 else move(slot_id, stage_id, n)

        answers = at_once(any_app, either, MAKERS)
        assert sorted(answers) == ["ChangedMeanwhile"] * (MAKERS - 1) + ["yes"]
        slot = db.session.get(Slot, slot_id)
        is_gone = slot is None or draft.is_dropped(slot)
        assert is_gone == (answers.index("yes") % 2 == 1)


def test_of_makers_who_place_one_session_one_wins(any_app):
    for _ in range(ROUNDS):
        session, stage = make.session(), make.stage()
        session_id, stage_id = session.id, stage.id

        def place(n, session_id=session_id, stage_id=stage_id):
            starts_at = NOW + timedelta(days=22, minutes=n)
            return answer(
                slots.place_session,
                db.session.get(Session, session_id),
                stage=db.session.get(Stage, stage_id),
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=30),
                places=None,
                seen=0,
                now=NOW,
            )

        answers = at_once(any_app, place, MAKERS)
        assert sorted(answers) == ["PlacedMeanwhile"] * (MAKERS - 1) + ["yes"]
        assert db.session.query(Slot).filter_by(session_id=session_id).count() == 1


def test_of_makers_who_change_or_drop_one_break_one_wins(any_app):
    edition = make.current_edition()
    slot = make.slot()
    values = {
        "kind": "break",
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "stage_id": None,
        "dropped": False,
    }
    for _ in range(ROUNDS):
        block_id = slots.save_block(edition, None, values, now=NOW).id
        edition_id = edition.id

        def change(n, block_id=block_id, edition_id=edition_id):
            block = db.session.get(Block, block_id)
            if block is None:
                return "ChangedMeanwhile"
            if n % 2:
                return answer(slots.drop_block, block, seen=1, now=NOW)
            longer = values | {"ends_at": values["ends_at"] + timedelta(minutes=n)}
            edition = db.session.get(Edition, edition_id)
            return answer(slots.save_block, edition, block, longer, seen=1, now=NOW)

        answers = at_once(any_app, change, MAKERS)
        assert sorted(answers) == ["ChangedMeanwhile"] * (MAKERS - 1) + ["yes"]


def test_makers_who_accept_one_clash_at_once_leave_one_acceptance(any_app):
    edition, stage = make.current_edition(), make.stage()
    for _ in range(2):
        make.slot(stage=stage)
    [clash] = [each for each in clashes.of_draft(edition) if each.kind == "stage"]
    edition_id = edition.id

    def accept(n):
        edition = db.session.get(Edition, edition_id)
        return answer(acceptances.accept_clash, edition, clash.key, f"reden {n}", by="Ria", now=NOW)

    assert at_once(any_app, accept, MAKERS) == ["yes"] * MAKERS
    assert db.session.query(AcceptedClash).count() == 1

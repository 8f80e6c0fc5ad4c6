"""Clashes: each kind by example, and all kinds compared with a brute-force search."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from festival.db import db
from festival.editions import dates
from festival.programme import clashes
from festival.programme.clashes import Clash, WantedPair, find
from festival.programme.models.timetable import WantedTogether
from festival.programme.rules import publishing
from festival.programme.rules import slots as slot_rules
from festival.programme.snapshot import (
    SlotSnapshot,
    Snapshot,
    Span,
)
from festival.web import languages
from festival.web.languages import Bilingual
from tests.make import NOW
from tests.snapshots import (
    BEGIN,
    edition,
    pause,
    session,
    slot,
    snapshot_of,
    speaker,
    stage,
)
from tests.world import World, at


def kinds(programme: Snapshot, *wanted: WantedPair) -> list[tuple[str, int]]:
    return [(clash.kind, clash.amount) for clash in find(programme, wanted)]


def test_two_at_once_on_one_stage() -> None:
    one, other = session(1, slot(1, 1, 0, 60)), session(2, slot(2, 2, 45, 60))
    [clash] = find(snapshot_of([one, other]))
    assert (clash.kind, clash.slot_codes, clash.amount) == ("stage", ("C0001", "C0002"), 15)
    elsewhere = session(2, slot(2, 2, 45, 60, stage_id=2))
    assert kinds(snapshot_of([one, elsewhere])) == []


def test_coaches_sit_side_by_side() -> None:
    coaches = [session(n, slot(n, n, 0, 20), kind="coaching") for n in (1, 2)]
    assert kinds(snapshot_of(coaches)) == []
    talk = session(3, slot(3, 3, 0, 20))
    assert [kind for kind, _ in kinds(snapshot_of([*coaches, talk]))] == ["stage", "stage"]


def test_a_cancelled_slot_clashes_with_nothing() -> None:
    gone = session(2, slot(2, 2, 0, 60, state="cancelled"), speaker_ids=(1,))
    assert kinds(snapshot_of([session(1, slot(1, 1, 0, 60), speaker_ids=(1,)), gone])) == []


@pytest.mark.parametrize(
    ("gap", "found"), [(10, []), (9, [("changeover", 1)]), (0, [("changeover", 10)])]
)
def test_time_to_change_over(gap: int, found: list[tuple[str, int]]) -> None:
    one, other = session(1, slot(1, 1, 0, 60)), session(2, slot(2, 2, 60 + gap, 60))
    assert kinds(snapshot_of([one, other])) == found


def test_setting_up_may_take_longer_than_usual() -> None:
    one = session(1, slot(1, 1, 0, 60), minutes_after=10)
    other = session(2, slot(2, 2, 80, 60), minutes_before=20)
    assert kinds(snapshot_of([one, other])) == [("changeover", 10)]


def test_a_session_repeated_on_its_stage_needs_no_changeover() -> None:
    assert kinds(snapshot_of([session(1, slot(1, 1, 0, 60), slot(2, 1, 60, 60))])) == []


@pytest.mark.parametrize("role", ["speaker_ids", "host_ids"])
def test_nobody_is_in_two_places(role: str) -> None:
    one = session(1, slot(1, 1, 0, 60), speaker_ids=(1,))
    other = session(2, slot(2, 2, 30, 60, stage_id=2), **{role: (1, 2)})
    [clash] = find(snapshot_of([one, other]))
    assert (clash.kind, clash.people, clash.amount) == ("speaker", ("Persoon 1",), 30)


@pytest.mark.parametrize(("gap", "found"), [(12, []), (11, [("walk", 1)]), (0, [("walk", 12)])])
def test_walking_takes_time(gap: int, found: list[tuple[str, int]]) -> None:
    one = session(1, slot(1, 1, 0, 60), speaker_ids=(1,))
    other = session(2, slot(2, 2, 60 + gap, 60, stage_id=2), speaker_ids=(1,))
    assert kinds(snapshot_of([one, other], walks={(1, 2): 12})) == found


def test_outside_the_time_that_somebody_can_be_there() -> None:
    here = (
        Span(BEGIN, BEGIN + timedelta(hours=1)),
        Span(BEGIN + timedelta(hours=1), BEGIN + timedelta(hours=2)),
    )
    inside = session(1, slot(1, 1, 30, 60), speaker_ids=(1,))
    assert kinds(snapshot_of([inside], speakers=(speaker(1, *here),))) == [], (
        "two that touch are one"
    )
    late = session(1, slot(1, 1, 90, 60), speaker_ids=(1,))
    assert kinds(snapshot_of([late], speakers=(speaker(1, *here),))) == [("availability", 0)]


def test_outside_the_hours_of_the_stage() -> None:
    opens = stage(1, hours=(Span(BEGIN, BEGIN + timedelta(hours=1)),))
    assert kinds(snapshot_of([session(1, slot(1, 1, 0, 60))], stages=(opens,))) == []
    assert kinds(snapshot_of([session(1, slot(1, 1, 1, 60))], stages=(opens,))) == [("hours", 0)]


def test_more_places_than_the_room_holds() -> None:
    small = (stage(1, capacity=20),)
    fits = session(1, slot(1, 1, 0, 60, places=18, door_places=2))
    assert kinds(snapshot_of([fits], stages=small)) == []
    large = session(1, slot(1, 1, 0, 60, places=19, door_places=2))
    assert kinds(snapshot_of([large], stages=small)) == [("room", 1)]


@pytest.mark.parametrize(
    ("of_stage", "found"), [(1, [("block", 15)]), (None, [("block", 15)]), (2, [])]
)
def test_in_a_break(of_stage: int | None, found: list[tuple[str, int]]) -> None:
    lunch = pause(1, 45, 45, stage_id=of_stage)
    assert kinds(snapshot_of([session(1, slot(1, 1, 0, 60))], blocks=(lunch,))) == found


def test_two_sessions_that_many_visitors_want() -> None:
    wanted = WantedPair(1, 2, 30)
    one, other = session(1, slot(1, 1, 0, 60)), session(2, slot(2, 2, 30, 60, stage_id=2))
    assert kinds(snapshot_of([one, other]), wanted) == [("visitors", 30)]
    again = session(2, slot(2, 2, 30, 60, stage_id=2), slot(3, 2, 300, 60, stage_id=2))
    assert kinds(snapshot_of([one, again]), wanted) == [], "they can go to the second time"
    assert kinds(snapshot_of([one]), wanted) == [], "the other is gone"
    assert kinds(snapshot_of([one, session(2)]), wanted) == [], "the other is not placed"


def test_a_clash_has_another_key_once_it_is_moved() -> None:
    def key(starts: int) -> str:
        one, other = session(1, slot(1, 1, 0, 60)), session(2, slot(2, 2, starts, 60))
        [clash] = find(snapshot_of([one, other]))
        return clash.key

    assert key(30) == key(30)
    assert key(30) != key(31)


def test_a_clash_with_a_break_has_another_key_once_the_break_is_moved() -> None:
    def key(minutes: int) -> str:
        lunch = pause(1, minutes, 60)
        [clash] = find(snapshot_of([session(1, slot(1, 1, 0, 60))], blocks=(lunch,)))
        return clash.key

    assert key(30) == key(30)
    assert key(30) != key(20)


# In steps as coarse as those of the slots, so that they often touch.
spans = st.tuples(st.integers(0, 12), st.integers(1, 24)).map(
    lambda each: Span(
        BEGIN + timedelta(minutes=5 * each[0]), BEGIN + timedelta(minutes=5 * sum(each))
    )
)


@st.composite
def plans(draw: st.DrawFn) -> Snapshot:
    """A crowded morning: few stages and people, so that nearly everything clashes."""
    numbers = iter(range(1, 100))
    sessions = []
    for number in range(1, draw(st.integers(1, 7)) + 1):
        slots = [
            slot(
                next(numbers), number, draw(st.integers(0, 60)) * 5, draw(st.integers(1, 24)) * 5,
                stage_id=draw(st.integers(1, 3)), places=draw(st.none() | st.integers(0, 30)),
                door_places=draw(st.integers(0, 5)),
                state=draw(st.sampled_from(["scheduled", "scheduled", "cancelled"])),
            )
            for _ in range(draw(st.integers(0, 3)))
        ]  # fmt: skip
        sessions.append(
            session(
                number, *sorted(slots, key=lambda each: each.starts_at),
                kind=draw(st.sampled_from(["talk", "workshop", "coaching"])),
                minutes_before=draw(st.integers(0, 30)), minutes_after=draw(st.integers(0, 30)),
                speaker_ids=tuple(draw(st.lists(st.integers(1, 3), max_size=2, unique=True))),
                host_ids=tuple(draw(st.lists(st.integers(1, 3), max_size=1))),
            )
        )  # fmt: skip
    return snapshot_of(
        sessions,
        stages=tuple(
            stage(n, capacity=draw(st.none() | st.integers(0, 30)),
                  changeover_minutes=draw(st.integers(0, 30)),
                  hours=tuple(draw(st.lists(spans, max_size=2))))
            for n in (1, 2, 3)
        ),
        speakers=tuple(speaker(n, *draw(st.lists(spans, max_size=2))) for n in (1, 2, 3)),
        blocks=tuple(
            pause(n, draw(st.integers(0, 60)) * 5, draw(st.integers(1, 24)) * 5,
                  stage_id=draw(st.none() | st.integers(1, 3)))
            for n in range(draw(st.integers(0, 2)))
        ),
        walks=draw(st.dictionaries(st.sampled_from([(1, 2), (1, 3), (2, 3)]), st.integers(0, 40))),
    )  # fmt: skip


def minutes_of(span: Span) -> set[datetime]:
    """Every minute of it: the plainest way to say what overlaps and what is covered."""
    return {
        span.starts_at + timedelta(minutes=n)
        for n in range(int((span.ends_at - span.starts_at).total_seconds()) // 60)
    }


def brute_force(programme: Snapshot, wanted: list[WantedPair]) -> set[tuple[Any, ...]]:
    """The same clashes by looking at every minute of every pair: kind, codes, people, amount."""
    slots = [each for each in programme.slots if each.state == "scheduled"]
    found = {clash for one in slots for clash in alone(programme, one)}
    for one, other in combinations(slots, 2):
        first, second = sorted((one, other), key=lambda s: (s.starts_at, s.stage_id, s.code))
        found |= set(at_one_stage(programme, first, second)) | set(
            of_one_person(programme, first, second)
        )
    for pair in wanted:
        ours = [each for each in slots if each.session_id == pair.session_id]
        theirs = [each for each in slots if each.session_id == pair.other_id]
        free = [1 for a in ours for b in theirs if not minutes_of(a.span) & minutes_of(b.span)]
        if ours and theirs and not free:
            found.add(("visitors", pair.visitors))
    return found


def people_of(programme: Snapshot, one: SlotSnapshot) -> set[int]:
    its = programme.sessions[one.session_id]
    return {*its.speaker_ids, *its.host_ids}


def is_covered(one: SlotSnapshot, spans: tuple[Span, ...]) -> bool:
    return not spans or minutes_of(one.span) <= set().union(*map(minutes_of, spans))


def alone(programme: Snapshot, one: SlotSnapshot) -> Iterator[tuple[Any, ...]]:
    on = programme.stages[one.stage_id]
    if not is_covered(one, on.hours):
        yield ("hours", (one.code,), (), 0)
    for person in people_of(programme, one):
        who = programme.speakers[person]
        if not is_covered(one, who.availability):
            yield ("availability", (one.code,), (who.name,), 0)
    if one.places is not None and on.capacity is not None:
        too_many = one.places + one.door_places - on.capacity
        if too_many > 0:
            yield ("room", (one.code,), (), too_many)
    for block in programme.blocks:
        common = minutes_of(one.span) & minutes_of(block.span)
        if block.stage_id in {None, one.stage_id} and common:
            yield ("block", (one.code,), (), len(common))


def at_one_stage(
    programme: Snapshot, first: SlotSnapshot, second: SlotSnapshot
) -> Iterator[tuple[Any, ...]]:
    one, other = programme.sessions[first.session_id], programme.sessions[second.session_id]
    if first.stage_id != second.stage_id or one.kind == other.kind == "coaching":
        return
    needs = max(
        programme.stages[first.stage_id].changeover_minutes,
        one.minutes_after + other.minutes_before,
    )
    codes, common = (first.code, second.code), minutes_of(first.span) & minutes_of(second.span)
    gap = int((second.starts_at - first.ends_at).total_seconds()) // 60
    if common:
        yield ("stage", codes, (), len(common))
    elif one.id != other.id and gap < needs:
        yield ("changeover", codes, (), needs - gap)


def of_one_person(
    programme: Snapshot, first: SlotSnapshot, second: SlotSnapshot
) -> Iterator[tuple[Any, ...]]:
    codes, common = (first.code, second.code), minutes_of(first.span) & minutes_of(second.span)
    gap = int((second.starts_at - first.ends_at).total_seconds()) // 60
    pair = (min(first.stage_id, second.stage_id), max(first.stage_id, second.stage_id))
    walk = 0 if pair[0] == pair[1] else programme.walks.get(pair, programme.walk_minutes)
    for person in people_of(programme, first) & people_of(programme, second):
        name = programme.speakers[person].name
        if common:
            yield ("speaker", codes, (name,), len(common))
        elif gap < walk:
            yield ("walk", codes, (name,), walk - gap)


def as_found(clash: Clash) -> tuple[Any, ...]:
    if clash.kind == "visitors":  # of which two of their times it tells, is its own choice
        return ("visitors", clash.amount)
    return (clash.kind, clash.slot_codes, clash.people, clash.amount)


@given(plans(), st.lists(st.tuples(st.integers(1, 4), st.integers(5, 8)), max_size=3, unique=True))
def test_the_same_as_by_brute_force(programme: Snapshot, pairs: list[tuple[int, int]]) -> None:
    wanted = [WantedPair(*pair, visitors=n) for n, pair in enumerate(pairs, 10)]
    found = find(programme, wanted)
    assert {as_found(clash) for clash in found} == brute_force(programme, wanted)
    assert len({clash.key for clash in found}) == len(found), "each has a key of its own"


def test_every_clash_is_a_sentence_in_both_languages(app: Flask) -> None:
    del app
    one = session(1, slot(1, 1, 0, 60, places=30), speaker_ids=(1,))
    other = session(2, slot(2, 2, 60, 60, stage_id=2), slot(3, 2, 30, 60), speaker_ids=(1,))
    lunch = pause(1, 0, 20)
    never = Span(BEGIN - timedelta(hours=3), BEGIN - timedelta(hours=2))
    programme = snapshot_of(
        [one, other, session(3, slot(4, 3, 95, 20))],
        stages=(stage(1, capacity=10, hours=(never,)), stage(2)),
        speakers=(speaker(1, never),),
        blocks=(lunch,),
    )
    found = find(programme, [WantedPair(1, 3, 20)])
    apart = [session(1, slot(1, 1, 0, 60)), session(3, slot(4, 3, 0, 20, stage_id=2))]
    far = find(snapshot_of(apart), [WantedPair(1, 3, 20)])
    assert {clash.kind for clash in (*found, *far)} == set(clashes.KINDS)
    for language in languages.LANGUAGES:
        with languages.speaking(language):
            said = [clashes.sentence(edition(), clash, programme) for clash in (*found, *far)]
        assert all("Onderdeel" in sentence and "%" not in sentence for sentence in said)


def test_two_moments_of_one_session_are_told_apart_by_their_hours(app: Flask) -> None:
    del app
    twice = session(1, slot(1, 1, 0, 60), slot(2, 1, 30, 60, stage_id=2), speaker_ids=(1,))
    programme = snapshot_of([twice], speakers=(speaker(1),))
    [clash] = find(programme)
    first, second = (
        dates.clock(edition(), BEGIN + timedelta(minutes=minutes)) for minutes in (0, 30)
    )
    said = clashes.sentence(edition(), clash, programme)
    assert f"({first})” en bij" in said
    assert f"({second})”." in said


def test_the_draft_of_an_edition(
    world: World, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """A talk is moved onto the workshop in the draft; visitors do not see it yet."""
    talk = world.talk.slots[0]
    slot_rules.move_slot(
        talk,
        stage=world.table,
        starts_at=at(23, 12),
        ends_at=at(23, 12, 45),
        seen=talk.version,
        now=NOW,
    )
    with queries() as sent:
        found = clashes.of_draft(world.edition)
    assert [(clash.kind, clash.amount) for clash in found] == [("stage", 30)]
    assert len(sent) <= 12, "one for each table"
    first, second = sorted((world.talk.id, world.coach.id))
    db.session.add(WantedTogether(session_id=first, other_id=second, visitors=9, expected=2.5))
    db.session.commit()
    assert clashes.wanted_in(world.edition) == [WantedPair(first, second, 9)]
    publishing.publish_draft(world.edition, name=Bilingual("Verplaatst"), now=NOW)
    assert world.talk.slots[0].starts_at == at(23, 12)

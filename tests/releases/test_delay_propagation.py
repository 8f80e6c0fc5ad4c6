"""How a delay carries over to later slots at the same stage."""

from datetime import timedelta

import pytest

from festival.programme.models.sessions import Session, Slot
from festival.releases.delay_propagation import propagate_delay
from tests.world import at


def slots(*spans: tuple[int, int], kind: str = "talk", late: int = 0) -> list[Slot]:
    """Slots by begin and end in minutes after ten o'clock, each of a session of its own."""
    return [
        Slot(
            id=number,
            session_id=1 if kind == "coaching" else number,
            session=Session(kind=kind),
            starts_at=at(23, 10) + timedelta(minutes=begin),
            ends_at=at(23, 10) + timedelta(minutes=end),
            state="scheduled",
            delay_minutes=late,
        )
        for number, (begin, end) in enumerate(spans, start=1)
    ]


def later(changed: list[Slot], minutes: int, *, changeover: int = 10) -> dict[int, int]:
    return {
        shift.slot.id: shift.minutes
        for shift in propagate_delay(changed[0], minutes, changed, changeover)
    }


@pytest.mark.parametrize(
    ("spans", "minutes", "expected"),
    [
        ([(0, 45), (60, 105)], 5, {}),  # the pause takes it up
        ([(0, 45), (60, 105)], 15, {2: 10}),  # down to the changeover
        ([(0, 45), (60, 105), (110, 150)], 15, {2: 10, 3: 10}),  # less than that already: as it is
        ([(0, 45), (60, 105), (200, 240), (240, 280)], 60, {2: 55}),  # the long pause ends it
        ([(0, 45), (30, 60), (60, 90)], 20, {3: 15}),  # beside it: not because of it
        ([(0, 45), (45, 90)], 30, {2: 30}),
    ],
)
def test_pauses_take_up_the_delay_down_to_the_changeover(spans, minutes, expected) -> None:
    assert later(slots(*spans), minutes) == expected


def test_a_cancelled_one_takes_up_all_of_it() -> None:
    row = slots((0, 45), (60, 105), (115, 160))
    row[1].state = "cancelled"
    assert later(row, 30) == {}


def test_one_that_was_later_already_is_not_made_earlier() -> None:
    row = slots((0, 45), (60, 105))
    row[1].delay_minutes = 40
    assert later(row, 15) == {}


def test_what_was_late_because_of_it_comes_forward_again() -> None:
    row = slots((0, 45), (60, 105), (115, 160), (400, 460))
    for slot, minutes in zip(row, (30, 25, 25, 20), strict=True):
        slot.delay_minutes = minutes
    # The last one is late for another reason.
    assert later(row, 10) == {2: 5, 3: 5}
    assert later(row, 0) == {2: 0, 3: 0}


def test_meetings_of_a_coach_go_on_to_each_other_only() -> None:
    row = slots((0, 20), (25, 45), (50, 70), kind="coaching")
    beside = slots((25, 45), kind="coaching")[0]
    beside.id, beside.session_id = 9, 2
    assert later([*row, beside], 10) == {2: 10, 3: 10}

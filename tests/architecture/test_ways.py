"""From a screen to its rule and its guard in three files: the table of CONTRIBUTING.md is true."""

import re

import pytest

from tests.architecture import calls
from tests.architecture.source import ROOT

CODE = r"`(\S+) (\w+)`"
ROW = re.compile(rf"^\| ([^|]+) \| {CODE} \| {CODE} \| {CODE} \|$", re.MULTILINE)
WAYS = ROW.findall((ROOT / "CONTRIBUTING.md").read_text())


def test_there_are_twenty_screens() -> None:
    assert len(WAYS) >= 20
    assert len({screen for screen, *_ in WAYS}) == len(WAYS)


def test_a_call_is_found_and_a_missing_one_is_not() -> None:
    views, rule = "festival/bookings/views.py", "festival/bookings/rules/places.py:book_slot"
    assert calls.reaches(views, "book", rule)
    assert not calls.reaches(views, "cancel", rule)
    assert not calls.reaches(views, "no_such_view", rule)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[0])
def test_each_file_calls_the_next(way: tuple[str, ...]) -> None:
    _screen, view_file, view, rule_file, rule, guard_file, guard = way
    view_file, rule_file, guard_file = (
        f"festival/{each}.py" for each in (view_file, rule_file, guard_file)
    )
    assert calls.is_defined(view_file, view)
    assert calls.is_defined(rule_file, rule)
    assert calls.is_defined(guard_file, guard)
    assert calls.reaches(view_file, view, f"{rule_file}:{rule}")
    assert calls.reaches(rule_file, rule, f"{guard_file}:{guard}")

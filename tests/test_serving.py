"""How gunicorn serves the program: see gunicorn.conf.py."""

import gc
import runpy
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from festival.config import ROOT


@pytest.fixture
def settings() -> Iterator[dict[str, Any]]:
    """The settings as gunicorn reads them; afterwards this process collects as it did."""
    was = gc.isenabled()
    yield runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    gc.unfreeze()
    (gc.enable if was else gc.disable)()


class Ring:
    """Something that only the collector can take away."""

    def __init__(self) -> None:
        self.itself = self


def answer(settings: dict[str, Any], requests: int) -> None:
    after: Callable[..., None] = settings["post_request"]
    for _ in range(requests):
        after(None, None, None, None)


def test_garbage_is_collected_between_requests_only(settings: dict[str, Any]) -> None:
    assert not gc.isenabled()
    gone = weakref.ref(Ring())
    for _ in range(50_000):
        Ring()  # more than would make it collect by itself
    assert gone() is not None
    answer(settings, 24)
    assert gone() is not None
    answer(settings, 1)
    assert gone() is None


def test_what_lived_long_is_collected_later(settings: dict[str, Any]) -> None:
    ring = Ring()
    gone = weakref.ref(ring)
    answer(settings, 50)  # it is old now
    del ring
    answer(settings, 925)
    assert gone() is not None
    answer(settings, 25)
    assert gone() is None


def test_what_the_program_is_made_of_is_not_looked_through(settings: dict[str, Any]) -> None:
    settings["when_ready"](None)
    assert gc.get_freeze_count() > 1000

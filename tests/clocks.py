"""The time that the program reads in tests."""

import pytest

from festival import clock
from tests.make import NOW


@pytest.fixture(autouse=True)
def before_the_festival(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is three weeks before the festival, whatever the calendar on the wall says."""
    monkeypatch.setattr(clock, "now", lambda: NOW)

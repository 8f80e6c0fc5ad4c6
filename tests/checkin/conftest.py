"""Friday morning at the gate: the clock, a phone of the crew, and what it asks of the database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from festival import clock
from tests import make

MORNING = datetime(2026, 10, 23, 7, 41, tzinfo=UTC)  # Friday 09.41 at the festival

Statements = Callable[[], AbstractContextManager[list[str]]]


@dataclass
class Clock:
    """What the server's clock says."""

    now: datetime


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Friday 09.41 at the festival, until the test says otherwise."""
    stopped = Clock(MORNING)
    monkeypatch.setattr(clock, "now", lambda: stopped.now)
    return stopped


@pytest.fixture
def phone(time: Clock, visitor: FlaskClient) -> FlaskClient:
    """A volunteer's phone, signed in and named, at the gate `noord`."""
    make.sign_in(visitor, "checkin")
    make.gate(slug="noord", name="Ingang Noord")
    visitor.post("/team/deur", data={"name": "Sjoerds telefoon", "gate": "noord"})
    return visitor


@pytest.fixture
def statements(queries: Statements) -> Statements:
    """A block that lists the statements sent to the database in it."""
    return queries

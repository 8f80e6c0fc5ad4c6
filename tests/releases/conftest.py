"""A programme of two days, and people who have places in it."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from festival import clock
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket
from tests import make
from tests.make import NOW


@dataclass
class Clock:
    """The time that screens see."""

    now: datetime


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Three weeks before the festival, until the test says otherwise."""
    fake = Clock(NOW)
    monkeypatch.setattr(clock, "now", lambda: fake.now)
    return fake


def book(slot: Slot, *, language: str = "nl", question: str = "") -> Ticket:
    """Somebody who has a place in `slot`."""
    ticket = make.ticket(language=language)
    make.booking(ticket, slot, question=question, now=NOW)
    return ticket

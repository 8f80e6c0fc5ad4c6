"""A programme of two days, and people who have places in it."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from festival import clock
from festival.bookings.rules import places
from festival.programme.models.sessions import Slot
from festival.tickets.models import Ticket
from tests import make
from tests.make import NOW


@dataclass
class Clock:
    """What the clocks say to screens."""

    now: datetime


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Three weeks before the festival, until the test says otherwise."""
    told = Clock(NOW)
    monkeypatch.setattr(clock, "now", lambda: told.now)
    return told


def book(slot: Slot, *, language: str = "nl", question: str = "") -> Ticket:
    """Somebody who has a place in `slot`."""
    ticket = make.ticket(language=language)
    places.take_place(ticket, slot, question=question, now=NOW)
    return ticket

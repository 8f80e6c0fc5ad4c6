"""A programme of two days, and people who have places in it."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask

from festival import clock
from festival.bookings import rules as bookings
from festival.programme.models import Slot
from festival.tickets.models import Ticket
from tests import make
from tests.make import NOW
from tests.programme.conftest import World, build_world
from tests.programme.conftest import queries as queries


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


@pytest.fixture
def world(app: Flask) -> World:
    """A talk, a workshop given twice, and a coach with twelve meetings."""
    del app
    return build_world()


@pytest.fixture
def any_world(any_app: Flask) -> World:
    """The same on each of the two databases."""
    del any_app
    return build_world()


def book(slot: Slot, *, language: str = "nl", question: str = "") -> Ticket:
    """Somebody who has a place in `slot`."""
    ticket = make.ticket(language=language)
    bookings.take_place(ticket, slot, question=question, now=NOW)
    return ticket

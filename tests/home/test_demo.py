"""The demo edition: it loads whole, counts right, and never in production."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from festival import clock
from festival.accounts.queries import member_by_email
from festival.bookings.models import Booking, Star, WaitingListEntry
from festival.checkin.models import Gate
from festival.db import db
from festival.editions.models import Edition
from festival.home import consistency_checks
from festival.home.demo import orders
from festival.home.demo.commands import empty_database, load_demo
from festival.home.demo.team import MEMBERS
from festival.mail.models import Letter
from festival.programme.models.places import Stage
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.models.timetable import WantedTogether
from festival.scheduling import import_examples, imports
from festival.scheduling.known_names import read_known_names
from festival.scheduling.spreadsheet_columns import TABLES
from festival.tickets import type_imports
from festival.tickets.models import Order, Ticket
from festival.tickets.swaps.models import TicketSwap
from festival.tickets.type_columns import TYPES, example_rows
from festival.web.languages import LANGUAGES, Bilingual, speaking
from tests import make


def number(of: type, *conditions: object) -> int:
    return db.session.query(of).filter(*conditions).count()  # type: ignore[arg-type]


def test_the_demo_is_a_full_festival_with_true_counters(any_app: Flask) -> None:
    load_demo(now=clock.now())

    assert number(Stage) == 6
    assert number(Session) >= 60
    assert number(Session, Session.kind == "workshop") == 15
    assert number(Session, Session.kind == "coaching") == 4
    assert number(Slot, Slot.session.has(Session.kind == "coaching")) == 4 * 12
    assert number(Speaker) >= 40
    kinds = set(db.session.scalars(select(Session.kind)))
    assert kinds == {"talk", "workshop", "music", "game", "coaching", "story"}
    assert any(not session.title.en for session in db.session.query(Session)), "falls back"
    assert 340 <= number(Order) <= 365
    states = {order.state for order in db.session.query(Order)}
    assert states == {"confirmed", "pending", "lapsed", "cancelled"}
    assert number(Gate, Gate.is_practice) == 1
    assert number(Gate, ~Gate.is_practice) == 2

    live = select(func.count()).where(Booking.slot_id == Slot.id, Booking.cancelled_at.is_(None))
    drift = select(Slot.code).where(Slot.taken != live.scalar_subquery())
    assert db.session.scalars(drift).all() == []
    assert consistency_checks.pools() == []
    full = [slot.places_left for slot in db.session.query(Slot).filter(Slot.places > 1)]
    assert 0 in full, "some workshops are full"
    assert any(left and left > 5 for left in full), "others are not"
    visitor = Ticket.holder_name == orders.VISITOR[0]
    assert number(WaitingListEntry, WaitingListEntry.ticket.has(visitor)) in range(1, 4)
    assert number(WaitingListEntry) > 10, "and others wait with her"
    assert {swap.outcome for swap in db.session.query(TicketSwap)} == {"", "done"}
    assert number(Star) > 300
    assert number(WantedTogether) > 0, "the timetable has something to warn of"
    assert {letter.state for letter in db.session.query(Letter)} == {"kept"}, "nobody is mailed"


@pytest.fixture
def few_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same demo with a tenth of its orders, where their number does not matter."""
    fewer = tuple((slug, number // 10, sizes) for slug, number, sizes in orders._MIX)
    monkeypatch.setattr(orders, "_MIX", fewer)


@pytest.mark.usefixtures("few_orders")
@pytest.mark.parametrize(
    "today", [datetime(2026, 2, 1, tzinfo=UTC), datetime(2027, 9, 20, tzinfo=UTC)]
)
def test_the_demo_loads_on_any_day(app: Flask, today: datetime) -> None:
    load_demo(now=today)
    # Six sales at the door, an order by hand, two from the fund, a breakfast and two made twice.
    assert number(Order) == 1 + sum(each for _slug, each, _sizes in orders._MIX) + 12
    assert [number(TicketSwap, TicketSwap.outcome == each) for each in ("", "done")] == [1, 1]


@pytest.mark.usefixtures("few_orders")
def test_the_examples_of_imports_come_in_without_an_error(app: Flask) -> None:
    load_demo(now=clock.now())
    edition = db.session.query(Edition).one()
    known = read_known_names(edition)
    for language in LANGUAGES:
        with speaking(language):
            for table in TABLES.values():
                cells = [table.heads, *import_examples.example_rows(table, known)]
                found = imports.preview(table, cells, edition)
                # A second moment of a session is a change of it.
                assert {row.fate for row in found.rows} <= {"new", "changed"}, table.name
            types = type_imports.preview([TYPES.heads, *example_rows(edition)], edition)
            assert {row.fate for row in types.rows} == {"new"}


@pytest.mark.usefixtures("few_orders")
def test_the_commands(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = clock.now()
    monkeypatch.setattr(clock, "now", lambda: loaded)  # all within a second
    run = app.test_cli_runner().invoke
    assert run(args=["demo", "load"]).exit_code == 0
    names = db.session.scalars(select(Order.name).order_by(Order.id)).all()
    again = run(args=["demo", "load"])
    assert again.exit_code == 1
    assert "There is an edition already" in again.output
    edition = db.session.query(Edition).one()
    version = edition.programme_version

    logins = run(args=["demo", "logins"]).output
    for member in MEMBERS:
        assert member.email in logins
        assert member_by_email(member.email) is not None
    address = logins.split("http://localhost")[1].split()[0]
    page = app.test_client().get(address).get_data(as_text=True)
    assert "Noor Zonnevijlle" in page

    db.session.rollback()
    assert run(args=["demo", "reset"]).exit_code == 0
    db.session.expire_all()
    assert db.session.scalars(select(Order.name).order_by(Order.id)).all() == names, "the same"
    assert db.session.query(Edition).one().programme_version > version, "no page shows old cards"


@pytest.mark.usefixtures("few_orders")
def test_not_beside_other_editions_unless_asked(app: Flask) -> None:
    make.edition(name=Bilingual("Van ons"))
    run = app.test_cli_runner().invoke
    assert run(args=["demo", "load"]).exit_code == 1
    assert run(args=["demo", "load", "--anyway"]).exit_code == 0
    assert number(Edition) == 2


def test_never_in_production(app: Flask) -> None:
    load_free = make.edition()
    app.config["PRODUCTION"] = True
    for command in ("load", "reset", "logins"):
        result = app.test_cli_runner().invoke(args=["demo", command])
        assert result.exit_code == 1, command
        assert "in production" in result.output
    assert db.session.get(Edition, load_free.id) is not None


def test_emptying_empties_everything(any_app: Flask) -> None:
    make.order()
    make.slot()
    empty_database()
    assert number(Edition) == number(Order) == number(Slot) == 0

from datetime import UTC, datetime

import pytest
from sqlalchemy import Index, delete, text, update
from sqlalchemy.exc import IntegrityError

from festival.checkin.models import Gate, Scan, one_gate_per_slug, one_scan_per_nonce
from festival.db import (
    change_one,
    change_returning,
    change_rows,
    db,
    insert_once,
    insert_unless_there,
    transactional,
    upsert,
)
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home.models import Heartbeat
from festival.programme.models.places import Stage
from festival.tickets.models import Order, one_order_per_form
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once


class Taken(Refusal):
    """Dit is er al."""


def order_values(form_key: str, code: str) -> dict[str, object]:
    """The columns of an order, as insert_unless_there takes them."""
    return {
        "edition_id": make.current_edition().id,
        "code": code,
        "secret": f"secret of {code}",
        "form_key": form_key,
        "name": "Bezoeker",
        "email": "bezoeker@example.org",
        "language": "nl",
        "total_cents": 0,
        "reference": f"reference of {code}",
        "placed_at": NOW,
        "due_at": None,
    }


def scan_values(nonce: str, *, admitted: bool) -> dict[str, object]:
    """The columns of a scan, except whose ticket is read by which device."""
    return {
        "nonce": nonce,
        "read": "",
        "method": "camera",
        "outcome": "admitted" if admitted else "already_in",
        "is_practice": False,
        "admitted_on": make.FRIDAY if admitted else None,
        "scanned_at": NOW,
        "received_at": NOW,
    }


def test_a_rule_commits_when_it_returns_and_rolls_back_when_it_raises(any_app):
    edition = make.edition(slug="een")

    @transactional
    def rename(row: Edition, slug: str, *, fail: bool = False) -> None:
        row.slug = slug
        if fail:
            raise ZeroDivisionError

    rename(edition, "twee")
    with pytest.raises(ZeroDivisionError):
        rename(edition, "drie", fail=True)
    assert db.session.get(Edition, edition.id).slug == "twee"


def test_a_rule_called_by_a_rule_joins_it(any_app):
    @transactional
    def inner() -> None:
        db.session.execute(text("UPDATE edition SET slug = 'binnen'"))

    @transactional
    def outer() -> None:
        inner()
        raise ZeroDivisionError

    make.edition(slug="buiten")
    with pytest.raises(ZeroDivisionError):
        outer()
    assert db.session.query(Edition).one().slug == "buiten"


def test_changes_outside_a_rule_are_refused(any_app):
    edition = make.edition()

    @transactional
    def rule() -> None: ...

    edition.slug = "zomaar"
    with pytest.raises(RuntimeError, match="outside a rule"):
        rule()
    db.session.rollback()


def test_moments_come_back_in_utc_and_naive_ones_are_refused(any_app):
    slot = make.slot(starts=datetime(2026, 10, 24, 23, 30, tzinfo=UTC))
    db.session.expire_all()
    assert slot.starts_at == datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert slot.starts_at.tzinfo is UTC
    with pytest.raises(Exception, match="naive"):
        make.slot(starts=datetime(2026, 10, 24, 23, 30))  # noqa: DTZ001
    db.session.rollback()


def test_the_night_belongs_to_the_day_before(app):
    edition = make.edition()
    assert edition.day_of(datetime(2026, 10, 24, 1, 0, tzinfo=UTC)) == make.FRIDAY
    assert len(edition.days) == 3


def test_change_one_tells_whether_exactly_one_row_changed(any_app):
    stages = [make.stage(capacity=capacity) for capacity in (10, 20, 20)]
    smaller = update(Stage).values(capacity=Stage.capacity - 1)
    assert change_one(smaller.where(Stage.id == stages[0].id, Stage.capacity == 10))
    assert not change_one(smaller.where(Stage.id == stages[0].id, Stage.capacity == 10))
    assert not change_one(smaller.where(Stage.capacity == 20))
    assert change_one(delete(Stage).where(Stage.id == stages[0].id))


def test_change_rows_tells_how_many_rows_changed(any_app):
    for capacity in (10, 20, 20):
        make.stage(capacity=capacity)
    assert change_rows(update(Stage).where(Stage.capacity == 20).values(capacity=30)) == 2
    assert change_rows(update(Stage).where(Stage.capacity == 20).values(capacity=30)) == 0
    assert change_rows(delete(Stage)) == 3


def test_change_returning_gives_what_it_is_asked_for_of_each_changed_row(any_app):
    stages = [make.stage(capacity=capacity) for capacity in (10, 20, 20)]
    larger = update(Stage).where(Stage.capacity == 20).values(capacity=30).returning(Stage.id)
    assert sorted(change_returning(larger)) == [stages[1].id, stages[2].id]
    assert change_returning(larger) == []
    assert len(change_returning(delete(Stage).returning(Stage.slug))) == 3


def test_changes_leave_loaded_rows_as_they_are(any_app):
    stage = make.stage(capacity=10)
    assert stage.capacity == 10  # loaded
    change_one(update(Stage).values(capacity=11))
    change_rows(update(Stage).values(capacity=12))
    change_returning(update(Stage).values(capacity=13).returning(Stage.id))
    assert stage.capacity == 10
    db.session.expire(stage)
    assert stage.capacity == 13


def test_of_eight_who_change_one_row_at_once_one_does(any_app):
    stage_id = make.stage(capacity=10).id

    @transactional
    def take(_: int) -> bool:
        return change_one(
            update(Stage).where(Stage.id == stage_id, Stage.capacity == 10).values(capacity=9)
        )

    assert sorted(at_once(any_app, take, 8)) == [False] * 7 + [True]


def test_insert_unless_there_gives_the_new_row_or_none(any_app):
    edition = make.edition()

    @transactional
    def order(form_key: str, code: str) -> Order | None:
        row = insert_unless_there(Order, order_values(form_key, code), unique=one_order_per_form)
        edition.slug = f"after-{code}".lower()
        return row

    first = order("een", "A")
    assert first is not None
    assert (first.code, first.placed_at, first.due_at) == ("A", NOW, None)
    assert order("een", "B") is None
    assert edition.slug == "after-b"  # the rule went on after the clash
    assert order("twee", "C") is not None
    assert [row.code for row in db.session.query(Order).order_by(Order.id)] == ["A", "C"]


def test_insert_unless_there_hides_no_other_clash(any_app):
    make.edition()
    insert_unless_there(Order, order_values("een", "A"), unique=one_order_per_form)
    with pytest.raises(IntegrityError):
        insert_unless_there(Order, order_values("twee", "A"), unique=one_order_per_form)
    db.session.rollback()


def test_insert_unless_there_without_an_index_looks_at_all_of_them(any_app):
    whose = {
        "ticket_id": make.ticket().id,
        "gate_id": make.gate().id,
        "device_id": make.device().id,
    }

    def scan(nonce: str, *, admitted: bool, **unique: Index) -> Scan | None:
        return insert_unless_there(Scan, whose | scan_values(nonce, admitted=admitted), **unique)

    assert scan("een", admitted=True) is not None
    assert scan("een", admitted=False) is None  # the nonce clashes
    assert scan("twee", admitted=True) is None  # the ticket and the day clash
    assert scan("twee", admitted=False) is not None
    with pytest.raises(IntegrityError):
        scan("drie", admitted=True, unique=one_scan_per_nonce)
    db.session.rollback()


def test_of_eight_who_insert_the_same_at_once_one_does(any_app):
    make.edition()

    @transactional
    def order(n: int) -> bool:
        values = order_values("dezelfde", f"code-{n}")
        return insert_unless_there(Order, values, unique=one_order_per_form) is not None

    assert sorted(at_once(any_app, order, 8)) == [False] * 7 + [True]
    assert db.session.query(Order).count() == 1


def test_upsert_inserts_a_row_or_changes_the_one_with_its_key(any_app):
    upsert(Heartbeat, {"name": "sweep", "at": NOW})
    upsert(Heartbeat, {"name": "other", "at": NOW})
    later = NOW.replace(hour=12)
    upsert(Heartbeat, {"name": "sweep", "at": later})
    beats = {row.name: row.at for row in db.session.query(Heartbeat)}
    assert beats == {"sweep": later, "other": NOW}


def test_eight_upserts_at_once_make_one_row(any_app):
    @transactional
    def beat(n: int) -> None:
        upsert(Heartbeat, {"name": "sweep", "at": NOW.replace(minute=n)})

    at_once(any_app, beat, 8)
    assert db.session.query(Heartbeat).count() == 1


def test_insert_once_refuses_where_the_index_clashes(any_app):
    edition_id = make.edition().id

    @transactional
    def add(slug: str) -> None:
        gate = Gate(edition_id=edition_id, slug=slug, name="Ingang")
        insert_once(gate, unique=one_gate_per_slug, refusal=Taken())

    add("noord")
    add("zuid")
    with pytest.raises(Taken):
        add("noord")
    assert db.session.query(Gate).count() == 2


def test_insert_once_takes_a_constraint_and_hides_no_other_clash(any_app):
    make.edition()

    @transactional
    def add(form_key: str, code: str) -> None:
        order = Order(**order_values(form_key, code))
        insert_once(order, unique=one_order_per_form, refusal=Taken())

    add("een", "A")
    with pytest.raises(Taken):
        add("een", "B")
    with pytest.raises(IntegrityError):
        add("twee", "A")


class TestIdleConnections:
    """A database that was restarted has ended the connections that the pool still holds."""

    @pytest.fixture
    def ended(self, postgres_app):
        """All idle connections were ended by the server."""
        client = postgres_app.test_client()
        make.edition()
        db.session.remove()
        with db.engine.connect() as one, db.engine.connect() as other:
            pid = one.scalar(text("SELECT pg_backend_pid()"))
            other.execute(text("SELECT 1"))
        with db.engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            connection.execute(text("SELECT 1 WHERE :pid > 0"), {"pid": pid})
        return client

    def test_a_connection_that_died_while_idle_is_replaced(self, ended, monkeypatch):
        monkeypatch.setattr("festival.db.IDLE_SECONDS", 0)
        for _ in range(3):
            assert ended.get("/kaartjes/opnieuw").status_code == 200

    def test_a_busy_connection_is_not_asked(self, postgres_app, queries, monkeypatch):
        asked = []
        monkeypatch.setattr(db.engine.dialect, "do_ping", lambda _it: not asked.append("ping"))
        make.edition()
        for _ in range(3):
            db.session.remove()
            db.session.execute(text("SELECT 1"))
        assert asked == []
        monkeypatch.setattr("festival.db.IDLE_SECONDS", 0)
        db.session.remove()
        db.session.execute(text("SELECT 1"))
        assert asked == ["ping"]

"""The database: base class, column types, and `@transactional`, the only place that commits."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache, wraps
from time import monotonic
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from flask import Flask, g
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    Engine,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    Update,
    event,
    inspect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError, IntegrityError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert, ReturningUpdate
from sqlalchemy.types import TypeDecorator

from festival.email_addresses import canonical, shown
from festival.errors import Refusal

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Row = TypeVar("Row", bound="Base")

Unique = Index | UniqueConstraint

# A connection that nobody used for this long is looked at before it is used again.
IDLE_SECONDS = 1.0

_on_insert: list[Callable[["Base"], None]] = []
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class Base(DeclarativeBase):
    """The base of all tables: gives every constraint a name, so that migrations can find it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)
migrate = Migrate(directory="migrations", render_as_batch=True)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

_INSERT: dict[str, Callable[[type[Base]], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
# Rows that a rule has read keep the values it read, until the rule expires them or ends.
_LEAVE_LOADED_ROWS = {"synchronize_session": False}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, `timestamptz` in PostgreSQL, naive UTC text in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC. Raises ValueError for a naive time: its moment is unknown."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}: pass an aware one")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Returns the moment in UTC, whatever the zone of the connection."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class FormIsStale(Exception):
    """A form came without the token of its session: nothing may change. See web/stale_forms.py."""


def check_may_change() -> None:
    """Raise FormIsStale if the form of this request is only to be shown again."""
    if g.get("form_is_stale"):
        raise FormIsStale


class EmailAddress(TypeDecorator[str]):
    """An e-mail address, stored and compared in its one form (email_addresses.py)."""

    impl: Any = Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length
        if length:  # a column of Flask-Security
            self.impl = String(length)

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Returns the one form of an address that is stored or looked for."""
        return value and canonical(value)


def transactional(rule: Callable[P, R]) -> Callable[P, R]:
    """One rule, one transaction: commit when it returns, roll back when it raises.

    A rule that is called by another rule joins its transaction. Objects that were loaded before
    are read again inside, on SQLite under its one write lock (BEGIN IMMEDIATE). Raises
    RuntimeError if something was changed outside a rule, and FormIsStale (see there).
    """

    @wraps(rule)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        session = db.session()
        if session.info.get("rule"):
            return rule(*args, **kwargs)
        check_may_change()
        if session.new or session.dirty or session.deleted:
            raise RuntimeError(f"changes made outside a rule, found before {rule.__name__}")
        session.commit()  # ends the transaction of earlier reads and expires what they loaded
        session.info["rule"] = rule.__name__
        token = _writing.set(True)
        try:
            result = rule(*args, **kwargs)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            _writing.reset(token)
            del session.info["rule"]
        return result

    return run


def commit_for_a_library() -> None:
    """Commit what a library changed outside any rule. Only Flask-Security's views need this."""
    session = db.session()
    if session.info.get("rule"):
        return  # the rule around it commits
    check_may_change()
    with session.no_autoflush:
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            # A read transaction cannot be upgraded once others have written: begin a new one.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    session.commit()


def change_rows(
    statement: Update | Delete, parameters: Sequence[Mapping[str, Any]] | None = None
) -> int:
    """Run an UPDATE or DELETE, leaving loaded rows as they are. Returns how many rows changed.

    With a list of `parameters`, one statement (on a table, not a model) changes a row for each.
    """
    result = db.session.execute(statement, parameters, execution_options=_LEAVE_LOADED_ROWS)
    assert isinstance(result, CursorResult)
    return result.rowcount


def change_one(statement: Update | Delete) -> bool:
    """Like change_rows, but returns whether exactly one row changed.

    The WHERE of the statement guards a rule: when two run at once, only one changes the row.
    """
    return change_rows(statement) == 1


def change_returning(statement: ReturningUpdate[T] | ReturningDelete[T]) -> Sequence[T]:
    """Like change_rows, but returns the RETURNING value of each changed row."""
    return db.session.scalars(statement, execution_options=_LEAVE_LOADED_ROWS).all()


def insert_unless_there(
    model: type[Row], values: Mapping[str, Any], *, unique: Unique | None = None
) -> Row | None:
    """Insert a row with `values`, unless the database already holds one like it in `unique`.

    Returns the new row, or None if there is one already; the rule can go on either way. Without
    `unique`, any unique index of the table counts.
    """
    statement = _insertion(db.engine.dialect.name, model, unique)
    row: Row | None = db.session.scalar(statement, dict(values))
    if row is not None:
        for listener in _on_insert:
            listener(row)
    return row


def on_insert(listener: Callable[["Base"], None]) -> None:
    """Call `listener` with each row of insert_unless_there, which flushes nothing."""
    _on_insert.append(listener)


@cache  # building the statement costs as much time as running it
def _insertion(dialect: str, model: type[Base], unique: Unique | None) -> ReturningInsert[Any]:
    columns = None if unique is None else list(unique.columns)
    statement = _INSERT[dialect](model).on_conflict_do_nothing(index_elements=columns)
    # Nulls are written out, so that the SQL is the same whichever values are None.
    return statement.returning(model).execution_options(render_nulls=True)


def upsert(model: type[Base], values: Mapping[str, Any]) -> None:
    """Insert a row with `values`, or update the row that already has this primary key."""
    key = [column.name for column in inspect(model).primary_key]
    others = {name: value for name, value in values.items() if name not in key}
    statement = _INSERT[db.engine.dialect.name](model).values(values)
    db.session.execute(statement.on_conflict_do_update(index_elements=key, set_=others))


def insert_or_lock(model: type[Row], values: Mapping[str, Any], *, unique: Unique) -> Row:
    """Returns the row that is like `values` in `unique`, inserted if it was not there.

    Either way nobody else gets it from this function until the rule ends.
    """
    statement = _INSERT[db.engine.dialect.name](model).values(values)
    columns = list(unique.columns)
    locked = statement.on_conflict_do_update(
        index_elements=columns, set_={each.name: values[each.name] for each in columns}
    )
    found: Row = db.session.scalars(
        locked.returning(model), execution_options={"populate_existing": True}
    ).one()
    return found


def insert_once(row: Base, *, unique: Unique, refusal: Refusal) -> None:
    """Insert `row`, or raise `refusal` if the database already holds one like it in `unique`.

    The rule cannot go on after that: unlike in insert_unless_there, the clash ends its transaction.
    """
    session = db.session()
    session.add(row)
    try:
        session.flush()
    except IntegrityError as clash:
        if violates(clash, unique):
            raise refusal from clash
        raise


def violates(error: IntegrityError, unique: Unique) -> bool:
    """Returns whether `error` is a violation of the unique index or constraint `unique`."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return bool(diagnosis.constraint_name == unique.name)
    # SQLite names the columns; it names the index only if that holds an expression.
    columns = ", ".join(f"{column.table.name}.{column.name}" for column in unique.columns)
    return columns in str(error.orig) or str(unique.name) in str(error.orig)


def init_app(app: Flask) -> None:
    """Connect `app` to the database named by its settings."""
    app.jinja_env.filters["as_written"] = shown  # an address in a column of the type EmailAddress
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
        else:
            _look_before_use(db.engine)


def _look_before_use(engine: Engine) -> None:
    """Ask a connection that was idle whether it still lives, and replace it if not.

    A database that was restarted, and firewalls, end connections that nobody uses. A busy one is
    not asked: that would make every page wait for one more answer.
    """

    @event.listens_for(engine, "checkin")
    def on_checkin(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, record: ConnectionPoolEntry, _fairy: Any) -> None:
        idle_since = record.info.get("idle_since")
        if idle_since is None or monotonic() - idle_since < IDLE_SECONDS:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise DisconnectionError  # the pool connects again, and gives that connection


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in (
            "journal_mode = WAL",
            "foreign_keys = ON",
            "synchronous = FULL",  # a confirmed ticket survives a power cut
            "busy_timeout = 15000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A rule takes the write lock at once; upgrading later would fail instead of waiting.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")

"""How Alembic reaches our database: through the app, in one transaction per run."""

from alembic import context
from flask import current_app
from flask_security import AsaList
from sqlalchemy import Connection

from festival.db import UtcDateTime

database = current_app.extensions["migrate"].db


def render(kind: str, item: object, _context: object) -> str | bool:
    """Write column types of Python's as what they are in the database: migrations stand alone."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AsaList):
        return "sa.UnicodeText()"
    return False


def run(connection: Connection) -> None:
    """Run the migrations asked for."""
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_as_batch=True,
        render_item=render,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_on_sqlite(connection: Connection) -> None:
    """Altering a table on SQLite replaces it; that must not take the rows that point to it along."""
    # Inside a transaction this setting does nothing, so it goes round SQLAlchemy, which begins one.
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        run(connection)
        if lost := driver.execute("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"rows that point to nothing: {lost[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


with database.engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        run_on_sqlite(connection)
    else:
        run(connection)

"""Check that the migrations make exactly the tables of the models, and go up, down and up again.

On SQLite, and on PostgreSQL if it answers (required in continuous integration).
"""

import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from festival import create_app  # noqa: E402 (found by the line above)
from festival.db import db  # noqa: E402

FOLDER = str(ROOT / "migrations")
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REQUIRED = bool(os.environ.get("CI") or os.environ.get("FESTIVAL_REQUIRE_SERVICES"))


def main() -> None:
    """Run the migrations on both databases."""
    logging.disable(logging.INFO)
    faults = list(faults_of_names())
    with tempfile.TemporaryDirectory() as folder:
        faults += try_on("SQLite", f"sqlite:///{folder}/migrations.sqlite3", folder)
        faults += try_on_postgres(folder)
    print("\n".join(faults) or "up, down and up again: the models' tables every time")
    sys.exit(bool(faults))


def faults_of_names() -> Iterator[str]:
    """Yields files whose number does not follow the order in which they run."""
    revisions = list(ScriptDirectory(FOLDER).walk_revisions())[::-1]
    for number, revision in enumerate(revisions, 1):
        name = Path(revision.path).name
        if not re.fullmatch(rf"{number:04}_[a-z0-9_]+\.py", name):
            yield f"migrations/versions/{name}: its name should begin with {number:04}_"


def try_on_postgres(folder: str) -> list[str]:
    """Returns what is wrong on PostgreSQL, tried in a new database."""
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        if REQUIRED:
            return ["PostgreSQL is required here and does not answer"]
        print("PostgreSQL does not answer: tried on SQLite only")
        return []
    name = f"festival_migrations_{os.getpid()}"
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            return try_on("PostgreSQL", f"{POSTGRES.rpartition('/')[0]}/{name}", folder)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def try_on(database: str, url: str, folder: str) -> list[str]:
    """Go up, down and up. Returns what differs from the models, or is left after going down."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "INSTANCE_PATH": folder})
    with app.app_context():
        flask_migrate.upgrade(FOLDER)
        faults = differences(database)
        flask_migrate.downgrade(FOLDER, revision="base")
        left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
        faults += [f"{database}: still there after going down: {table}" for table in sorted(left)]
        flask_migrate.upgrade(FOLDER)
        faults += differences(database)
        db.engine.dispose()
    return faults


def differences(database: str) -> list[str]:
    """Returns the differences between the database and the models."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": db.metadata}
        )
        found = compare_metadata(context, db.metadata)
        faults = [f"{database}: the migrations lack {difference}" for difference in found]
        # Alembic does not compare check constraints.
        reader = inspect(connection)
        for table in db.metadata.sorted_tables:
            if not reader.has_table(table.name):
                continue  # said already
            there = {check["name"] for check in reader.get_check_constraints(table.name)}
            wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
            for name in sorted(wanted ^ there, key=str):
                faults.append(f"{database}: check constraint {name} is in only one of the two")
    return faults


if __name__ == "__main__":
    main()

"""The benchmark's own databases: made, migrated and dropped afterwards."""

import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
from flask import Flask

from bench.failure import BenchmarkFailed
from festival import config, create_app
from festival.db import db

SERVER = os.environ.get("BENCH_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
KINDS = ("PostgreSQL", "SQLite")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Yields the URL of a new, empty database; `folder` is where SQLite keeps it."""
    if kind == "SQLite":
        folder.mkdir(parents=True)
        yield f"sqlite:///{folder / 'festival.sqlite3'}"
        return
    name = f"festival_bench_{os.getpid()}_{folder.name}"
    with _server() as server:
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        yield SERVER.rpartition("/")[0] + f"/{name}"
    finally:
        with _server() as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def app_on(environment: Mapping[str, str]) -> Flask:
    """Returns the program in this process, after running the migrations on its database."""
    app = create_app(config.load({**environment, "LOG_LEVEL": "error"}))
    with app.app_context():
        logging.disable(logging.INFO)
        flask_migrate.upgrade(str(config.ROOT / "migrations"))
        logging.disable(logging.NOTSET)
        db.session.remove()
    return app


def versions() -> dict[str, str]:
    """Returns the versions of both databases. Raises BenchmarkFailed without PostgreSQL."""
    with _server() as server:
        row = server.execute("SHOW server_version").fetchone()
    assert row
    return {"PostgreSQL": str(row[0]).split()[0], "SQLite": sqlite3.sqlite_version}


def _server() -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        raise BenchmarkFailed(
            "PostgreSQL does not answer: name one that may make databases in BENCH_POSTGRES_URL"
        ) from error

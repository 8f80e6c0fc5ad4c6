"""The migrations make the models' tables, up, down and up again, on both databases."""

import importlib.util
import logging
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.db import db
from tests.architecture.source import ROOT


@pytest.fixture
def migrations() -> ModuleType:
    """The script behind `make check`'s step of that name."""
    spec = importlib.util.spec_from_file_location(
        "check_migrations", ROOT / "scripts/migrations.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    logging.disable(logging.NOTSET)


def test_their_names_are_in_order(migrations: ModuleType) -> None:
    assert list(migrations.faults_of_names()) == []


def test_up_down_and_up_on_sqlite(migrations: ModuleType, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'migrations.sqlite3'}"
    assert migrations.try_on("SQLite", url, str(tmp_path)) == []


@pytest.mark.usefixtures("postgres_url")  # skipped where there is no server
def test_up_down_and_up_on_postgresql(migrations: ModuleType, tmp_path: Path) -> None:
    # A database of their own: in the tests' one, the tables of the job queue may stand by now.
    assert migrations.try_on_postgres(str(tmp_path)) == []


def test_a_table_without_migration_is_found(migrations: ModuleType, app: Flask) -> None:
    stray = sa.Table("stray", db.metadata, sa.Column("id", sa.Integer, primary_key=True))
    try:
        assert any("stray" in fault for fault in migrations.differences("SQLite"))
    finally:
        db.metadata.remove(stray)

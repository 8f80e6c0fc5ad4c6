"""The app and its databases for all tests: SQLite on disk, and PostgreSQL where there is one."""

import contextvars
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Connection, Engine, event
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from festival import create_app, memory
from festival.db import db
from festival.web import limits
from tests import make, simulator
from tests.kept_pages import forget_pages
from tests.world import World, build_world

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
SERVICES_REQUIRED = bool(os.environ.get("CI") or os.environ.get("FESTIVAL_REQUIRE_SERVICES"))


class Browser(FlaskClient):
    """A client that sends what a browser sends, and whose every request starts from nothing.

    A form that it posts holds the token of its session; `token=False` posts without one.
    Without a context of their own requests would run in the test's, and share its `g` and session.
    """

    def open(self, *args: Any, token: bool = True, **kwargs: Any) -> TestResponse:
        """Send one request; what it changed, the test's session reads again."""
        db.session.rollback()
        try:
            return contextvars.Context().run(self._send, token, *args, **kwargs)
        finally:
            db.session.rollback()

    def _send(self, token: bool, *args: Any, **kwargs: Any) -> TestResponse:
        if token and kwargs.get("method") == "POST":
            kwargs["headers"] = Headers(kwargs.get("headers"))
            kwargs["headers"].setdefault("X-CSRFToken", self._csrf_token())
        # What is streamed is read to its end here, in the context of its request.
        return super().open(*args, **{"buffered": True, **kwargs})

    def _csrf_token(self) -> str:
        """The token that stands in the forms of this client's session."""
        with self.session_transaction() as kept, self.application.test_request_context():
            session.update(kept)
            signed = generate_csrf()
            kept["csrf_token"] = session["csrf_token"]
        return signed


def settings_of(folder: Path, database: str) -> dict[str, object]:
    """CSRF, rate limits and the memory for pages are on, as in production.

    A test that reads a public page, changes something and reads it again says `forget_pages()`.
    """
    return {
        "TESTING": True,
        "INSTANCE_PATH": str(folder),
        "SQLALCHEMY_DATABASE_URI": database,
        "STORAGE_URL": str(folder / "files"),
        "SECRET_KEY": "tests only",
        "PUBLIC_URL": "http://localhost",
        # Longer than any test, so that none depends on how busy the machine is.
        "PAGE_CACHE_SECONDS": 3600,
        "SECURITY_PASSWORD_HASH": "plaintext",
        "LOG_LEVEL": "error",
    }


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, if its template was compiled before."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Addresses and templates are the same for the app of each test: compiling takes longest."""
    compiled: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
    compile_builder, make_environment = Rule._compile_builder, Flask.create_jinja_environment
    templates = CompiledTemplates()

    def with_templates(app: Flask) -> Environment:
        environment = make_environment(app)
        environment.bytecode_cache = templates
        return environment

    def kept(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", kept)
        patch.setattr(Flask, "create_jinja_environment", with_templates)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, to be copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(settings_of(folder, f"sqlite:///{folder / 'festival.sqlite3'}"))
    with app.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        db.engine.dispose()
    return folder / "festival.sqlite3"


@pytest.fixture(scope="session")
def postgres_url(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated PostgreSQL database of this test process' own."""
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        if SERVICES_REQUIRED:
            pytest.fail("PostgreSQL is required here and does not answer")
        pytest.skip("PostgreSQL does not answer: its tests are skipped")
    name = f"festival_test_{os.getpid()}_{worker_id}"
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
    url = POSTGRES.rpartition("/")[0] + f"/{name}"
    app = create_app(settings_of(tmp_path_factory.mktemp("postgres"), url))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    yield url
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this test process; `main` where there is only one."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def bare_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app without a database, made once: for words and forms, which hold no token here."""
    folder = tmp_path_factory.mktemp("bare")
    settings = settings_of(folder, f"sqlite:///{folder / 'none.sqlite3'}")
    return create_app(settings | {"WTF_CSRF_ENABLED": False})


class KeptApps:
    """Apps that are made once per test process, and put back before each test to what they were.

    Making an app compiles all addresses, and its engine keeps the compiled statements.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[str, Flask] = {}
        self.first: dict[str, list[tuple[dict[Any, Any], dict[Any, Any]]]] = {}

    def take(self, name: str, database: str) -> Flask:
        """The app of this name with an empty folder; `{folder}` stands for that in `database`."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if name not in self.made:
            app = create_app(settings_of(folder, database.format(folder=folder)))
            kept = [app.config, app.extensions]
            kept += [each for each in app.extensions.values() if isinstance(each, dict)]
            kept.append(app.extensions["jobs"].sweeps)
            self.made[name], self.first[name] = app, [(each, dict(each)) for each in kept]
        app = self.made[name]
        for now, before in self.first[name]:
            now.clear()
            now.update(before)
        limits.init_app(app)  # counts begin anew
        app.extensions["jobs"]._queue = None  # it is opened in the new folder
        return app


@pytest.fixture(scope="session")
def kept_apps(tmp_path_factory: pytest.TempPathFactory) -> KeptApps:
    """The apps of this test process."""
    return KeptApps(tmp_path_factory.mktemp("apps"))


@pytest.fixture
def sqlite_app(sqlite_template: Path, kept_apps: KeptApps) -> Iterator[Flask]:
    """The app on a fresh SQLite database on disk."""
    app = kept_apps.take("sqlite", "sqlite:///{folder}/festival.sqlite3")
    shutil.copy(sqlite_template, kept_apps.folder / "sqlite" / "festival.sqlite3")
    yield from _running(app)


@pytest.fixture
def postgres_app(postgres_url: str, kept_apps: KeptApps) -> Iterator[Flask]:
    """The app on an emptied PostgreSQL database."""
    app = kept_apps.take("postgresql", postgres_url)
    with app.app_context(), db.engine.begin() as connection:
        _empty(connection)
    yield from _running(app)


@pytest.fixture
def app_of_its_own(sqlite_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """An app on SQLite that no other test gets, for one that adds addresses to it."""
    shutil.copy(sqlite_template, tmp_path / "festival.sqlite3")
    settings = settings_of(tmp_path, f"sqlite:///{tmp_path / 'festival.sqlite3'}")
    yield from _running(create_app(settings))


def _empty(connection: Connection) -> None:
    """Delete all rows and count anew; TRUNCATE of all tables takes longer than most tests."""
    tables = [table.name for table in reversed(db.metadata.sorted_tables)]
    asked = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables]
    full = set(connection.exec_driver_sql(" UNION ALL ".join(asked)).scalars())
    for name in tables:
        if name in full:
            connection.exec_driver_sql(f'DELETE FROM "{name}"')
    connection.exec_driver_sql(
        "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, 1, false)"
        " FROM pg_sequences WHERE last_value IS NOT NULL"
    )


@pytest.fixture(autouse=True)
def listeners_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever listens to a database in a test does not hear the next one's."""
    listening: list[tuple[Engine, str, Callable[..., Any]]] = []
    listen = event.listen

    def note(target: Any, name: str, hear: Callable[..., Any], *args: Any, **named: Any) -> None:
        listen(target, name, hear, *args, **named)
        if isinstance(target, Engine):
            listening.append((target, name, hear))

    monkeypatch.setattr(event, "listen", note)
    yield
    for each in listening:
        if event.contains(*each):
            event.remove(*each)


def _running(app: Flask) -> Iterator[Flask]:
    app.test_client_class = Browser
    memory.forget(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """The app, for tests to which the database does not matter: SQLite."""
    return sqlite_app


@pytest.fixture(params=["sqlite", "postgresql"])
def any_app(request: pytest.FixtureRequest) -> Flask:
    """The app on each of the two databases, for whatever leans on one."""
    name = "sqlite_app" if request.param == "sqlite" else "postgres_app"
    return request.getfixturevalue(name)


@pytest.fixture(scope="session")
def play_money() -> Iterator[simulator.Simulator]:
    """A Stripe simulator of this test process' own."""
    with simulator.running() as running:
        yield running


@pytest.fixture
def stripe_here(app: Flask, play_money: simulator.Simulator) -> simulator.Simulator:
    """The app pays with play money, and nothing was paid yet."""
    play_money.connect(app)
    return play_money


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A visitor's browser, without JavaScript."""
    return app.test_client()


@pytest.fixture
def world(app: Flask) -> World:
    """The published programme of tests/world.py."""
    del app
    return build_world()


@pytest.fixture
def any_world(any_app: Flask) -> World:
    """The same on each of the two databases."""
    del any_app
    return build_world()


@pytest.fixture
def maker(visitor: FlaskClient, world: World) -> FlaskClient:
    """A programme maker's browser."""
    make.sign_in(visitor, "programme")
    return visitor


@pytest.fixture
def base(world: World) -> str:
    """Where the screens of this edition are."""
    return f"/team/programma/{world.edition.slug}"


@pytest.fixture
def queries() -> Callable[[], AbstractContextManager[list[str]]]:
    """A block that lists the statements sent to the database in it."""

    @contextmanager
    def counted() -> Iterator[list[str]]:
        forget_pages()  # a page that is kept asks nothing
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("BEGIN"):
                sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counted

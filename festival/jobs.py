"""Background work: jobs wait in a queue and the worker (`flask worker`) does them.

A job is a name and the id of a row; the row says what is left to do. A lost job costs at most a
minute, because a sweep looks for waiting rows. So nothing here may ever make a request fail.
"""

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import urlsplit

import psycopg
import redis
from flask import Flask, current_app
from huey import Huey, PostgresHuey, PriorityRedisHuey, SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from festival.db import db
from festival.web.logs import log

K = TypeVar("K")

_WAITING = "jobs"  # where a session keeps the jobs to queue when it commits


class HasId(Protocol):
    """A row with an id: all that a job knows of it."""

    @property
    def id(self) -> Any:
        """Its primary key."""


def init_app(app: Flask) -> None:
    """Give `app` its queue. It connects when the first job is queued."""
    app.extensions["jobs"] = Jobs(app)


def after_commit(name: str, row: HasId) -> None:
    """Queue job `name` with the id of `row` once the current transaction is committed.

    Nothing is queued if it is rolled back.
    """
    db.session().info.setdefault(_WAITING, []).append((name, row))


@dataclass
class Tally:
    """Of how many rows a sweep changed something, and of how many it failed to."""

    done: int = 0
    failed: int = 0


# Does what is due according to the clock that it is given, each row by itself (for_each).
Sweep = Callable[[Callable[[], datetime]], Tally]


class PeriodicJob(NamedTuple):
    """A sweep, by name, that the worker runs every so many minutes."""

    name: str
    sweep: Sweep
    every_minutes: int
    words: object


def define(app: Flask, name: str, job: Callable[..., object]) -> None:
    """Let job `name` call `job` in the app's context, with the ids that were queued with it."""
    _jobs_of(app).define(name, job)


def repeat(app: Flask, name: str, sweep: Sweep, *, every_minutes: int, words: object) -> None:
    """Let the worker run `sweep` every `every_minutes`; `words` say to the team what it does.

    Raises ValueError if there is a periodic job of this name already.
    """
    jobs = _jobs_of(app)
    if name in jobs.sweeps:
        raise ValueError(f"two periodic jobs are called {name}")
    jobs.sweeps[name] = PeriodicJob(name, sweep, every_minutes, words)


def for_each(
    kind: str, keys: Iterable[K], do: Callable[[K], object], *, tally: "Tally | None" = None
) -> "Tally":
    """Call `do` for each of `keys`. One that fails is logged and counted; the others go on.

    `keys` are ids and not rows: a row that was loaded before a failure cannot be used after it.
    """
    tally = tally or Tally()
    for key in keys:
        try:
            tally.done += bool(do(key))
        except Exception as fault:  # noqa: BLE001  one bad row must not stop the others
            db.session.rollback()
            tally.failed += 1
            log.exception("row left as it was", kind=kind, key=key, exc_info=fault)
    return tally


class Jobs:
    """The jobs of one app, and the queue in which they wait."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.sweeps: dict[str, PeriodicJob] = {}
        self._defined: list[tuple[str, Callable[..., object], int]] = []
        self._queue: Huey | None = None
        self._tasks: dict[str, Callable[..., object]] = {}
        self._lock = threading.Lock()

    def define(self, name: str, job: Callable[..., object], *, every_minutes: int = 0) -> None:
        """Call `job` in the app's context when `name` is enqueued, or every `every_minutes`."""
        self._defined.append((name, job, every_minutes))

    def enqueue(self, name: str, *ids: int) -> None:
        """Put job `name` in the queue."""
        self._open()
        self._tasks[name](*ids)

    @property
    def queue(self) -> Huey:
        """The queue itself, for the worker."""
        return self._open()

    def _open(self) -> Huey:
        with self._lock:
            if self._queue is None:
                queue = _open(self.app)
                self._tasks = {
                    name: _register(queue, self.app, name, job, every_minutes)
                    for name, job, every_minutes in self._defined
                }
                self._queue = queue
            return self._queue


def _jobs_of(app: Flask) -> Jobs:
    jobs: Jobs = app.extensions["jobs"]
    return jobs


class _PlainSerializer(Serializer):  # type: ignore[misc]
    """JSON instead of pickle: whoever can write to the queue can name a job, but run no code."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


def _open(app: Flask) -> Huey:
    url = app.config["JOBS_URL"]
    settings = {
        # Lets two festivals share one Redis or PostgreSQL without taking each other's jobs.
        "name": f"festival_{urlsplit(app.config['PUBLIC_URL']).hostname}",
        "results": False,  # the outcome of a job is in its row
        "serializer": _PlainSerializer(),
    }
    if url.startswith(("redis://", "rediss://", "unix://")):
        pool = redis.ConnectionPool.from_url(url, socket_connect_timeout=2, socket_timeout=10)
        return PriorityRedisHuey(**settings, connection_pool=pool)
    if url.startswith("postgresql"):
        address = "postgresql://" + url.partition("://")[2]
        return PostgresHuey(
            **settings, connection=lambda: psycopg.connect(address, connect_timeout=2)
        )
    # Without fsync it is fast. If a power cut empties the queue, the sweep finds the rows.
    file = Path(app.config["INSTANCE_PATH"]) / "jobs.sqlite3"
    return SqliteHuey(**settings, filename=str(file), timeout=2, fsync=False)


def _register(
    queue: Huey, app: Flask, name: str, job: Callable[..., object], every_minutes: int
) -> Callable[..., object]:
    def run(*ids: int) -> None:
        with app.app_context():
            try:
                job(*ids)
            except Exception as fault:
                log.exception("job failed", job=name, ids=ids, exc_info=fault)
                raise

    decorate = (
        queue.periodic_task(crontab(minute=f"*/{every_minutes}"), name=name)
        if every_minutes
        else queue.task(name=name)
    )
    task: Callable[..., object] = decorate(run)
    return task


@event.listens_for(Session, "after_commit")
def _enqueue_waiting(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for name, row in session.info.pop(_WAITING, ()):
        try:
            current_app.extensions["jobs"].enqueue(name, _id_of(row))
        except Exception as fault:  # noqa: BLE001  the change is committed, whatever is wrong here
            log.warning("job not queued; the sweep will find it", job=name, problem=str(fault))


@event.listens_for(Session, "after_rollback")
def _forget_waiting(session: Session) -> None:
    session.info.pop(_WAITING, None)


def _id_of(row: HasId) -> Any:
    """Returns the id without reading a row again, for which it is too late after the commit."""
    state = inspect(row, raiseerr=False)
    return state.identity[0] if state else row.id

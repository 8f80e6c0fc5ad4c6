"""The worker: does jobs as they come, and regularly runs rounds for what is due or was missed.

The capabilities register what it does; see jobs.py.
"""

import signal
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

import click
from flask import Flask, current_app

from festival import clock, jobs
from festival.db import transactional, upsert
from festival.home.models import Heartbeat
from festival.web.logs import log

# A process runs each round once at a time: a slow mail server must not block all its threads.
_running: dict[str, threading.Lock] = {}


def init_app(app: Flask) -> None:
    """Define the jobs of the rounds that capabilities registered, and `flask worker`."""
    queue: jobs.Jobs = app.extensions["jobs"]
    for name, minutes in queue.rounds.items():
        _running.setdefault(name, threading.Lock())
        queue.define(name, partial(run_round, name), every_minutes=minutes)
    app.cli.add_command(_worker)


def run_round(name: str) -> None:
    """Run the round `name`, unless this process is still busy with the previous one."""
    if not _running[name].acquire(blocking=False):
        return
    try:
        _run_round(name, clock.now)
    finally:
        _running[name].release()


def run_due(now: datetime) -> None:
    """Do everything that is due at `now`, without a queue: for tests and demonstrations."""
    queue: jobs.Jobs = current_app.extensions["jobs"]
    # The least frequent round first: the sweep sends the letters that the others write.
    for name in sorted(queue.rounds, key=lambda each: -queue.rounds[each]):
        _run_round(name, lambda: now)


def _run_round(name: str, read_clock: Callable[[], datetime]) -> None:
    record_heartbeat(name, now=read_clock())
    jobs.run_steps(name, read_clock)


@transactional
def record_heartbeat(name: str, *, now: datetime) -> None:
    """Note that the round `name` ran at `now`; `flask doctor` looks at it."""
    upsert(Heartbeat, {"name": name, "at": now})


@click.command("worker")
@click.option("--threads", default=2, show_default=True, help="Jobs done at the same time.")
def _worker(threads: int) -> None:
    """Deliver letters and do what is due, until told to stop (SIGTERM, SIGINT)."""
    queue: jobs.Jobs = current_app.extensions["jobs"]
    stopping = threading.Event()
    # An empty queue is polled at least every second, so that letters leave at once. `start` sets
    # its own signal handlers; its SIGTERM handler would cut jobs short, so ours are set after it.
    consumer = queue.queue.create_consumer(workers=threads, max_delay=1.0)
    consumer.start()

    def stop(signum: int, _frame: object) -> None:
        log.info("worker stops when its jobs are done", signal=signal.Signals(signum).name)
        signal.signal(signum, signal.SIG_DFL)  # a second signal stops it at once
        stopping.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    log.info("worker started", threads=threads, queue=type(queue.queue).__name__)
    while not stopping.wait(10):
        consumer.check_worker_health()
    consumer.stop(graceful=True)
    log.info("worker stopped")

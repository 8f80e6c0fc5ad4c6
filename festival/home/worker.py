"""The worker: does jobs as they come, and regularly does what is due or was missed.

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
from festival.db import db
from festival.home import heartbeats
from festival.web.logs import log

# A process runs each periodic job once at a time: a slow one must not block all its threads.
_running: dict[str, threading.Lock] = {}


def init_app(app: Flask) -> None:
    """Define the periodic jobs that capabilities registered, and `flask worker`."""
    queue: jobs.Jobs = app.extensions["jobs"]
    for job in queue.sweeps.values():
        _running.setdefault(job.name, threading.Lock())
        queue.define(job.name, partial(run_job, job.name), every_minutes=job.every_minutes)
    app.cli.add_command(_worker)


def run_job(name: str) -> None:
    """Run the periodic job `name`, unless this process is still busy with the previous run."""
    if not _running[name].acquire(blocking=False):
        return
    try:
        _run(name, clock.now)
    finally:
        _running[name].release()


def run_due(now: datetime) -> None:
    """Do everything that is due at `now`, without a queue: for tests and demonstrations.

    The least frequent job goes first and mail last: it sends the letters that the others write.
    """
    queue: jobs.Jobs = current_app.extensions["jobs"]
    latest_first = list(reversed(queue.sweeps.values()))
    for job in sorted(latest_first, key=lambda each: -each.every_minutes):
        _run(job.name, lambda: now)


def _run(name: str, read_clock: Callable[[], datetime]) -> None:
    queue: jobs.Jobs = current_app.extensions["jobs"]
    try:
        tally = queue.sweeps[name].sweep(read_clock)
    except Exception as fault:  # noqa: BLE001  its heartbeat tells, and it comes round again
        db.session.rollback()
        log.exception("periodic job failed", job=name, exc_info=fault)
        tally = jobs.Tally(failed=1)
    heartbeats.record(name, failed=tally.failed, now=read_clock())


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

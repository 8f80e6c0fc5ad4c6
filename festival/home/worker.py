"""The worker: does jobs as they come, and every minute looks for what was left lying.

It stands above all capabilities and composes what each of them wants done in the background.
"""

import signal
import threading
from collections.abc import Callable
from datetime import datetime

import click
from flask import Flask, current_app
from sqlalchemy.dialects import postgresql, sqlite

from festival import clock, jobs
from festival.bookings import queries as places
from festival.bookings import rules as bookings
from festival.bookings import togetherness
from festival.db import db, transactional
from festival.editions.queries import current_edition
from festival.home import attachments
from festival.home.models import Heartbeat
from festival.logs import log
from festival.mail import delivery
from festival.mail import rules as mail
from festival.payments import rules as payments

# One sweep of a process at a time: a slow mail server must not fill all its threads with them.
_sweeping = threading.Lock()


def init_app(app: Flask) -> None:
    """Define the jobs of `app`, and `flask worker`."""
    queue: jobs.Jobs = app.extensions["jobs"]
    queue.define("deliver_letter", deliver_letter)
    queue.define("fill_slot", fill_slot)
    queue.define("sweep", sweep, every_minutes=1)
    queue.define("look_after_orders", look_after_orders, every_minutes=10)
    queue.define("count_wishes", count_wishes, every_minutes=60)
    app.cli.add_command(_worker)


def deliver_letter(letter_id: int) -> None:
    """Deliver one letter, just queued."""
    now = clock.now()
    delivery.deliver(letter_id, now=now, make_attachment=attachments.maker(now))


def fill_slot(slot_id: int) -> None:
    """Give a place that came free to who waits for one."""
    bookings.fill_slot(slot_id, now=clock.now())


def sweep() -> None:
    """Do what is due and was left lying, unless this process is still at it."""
    if not _sweeping.acquire(blocking=False):
        return
    try:
        _sweep(clock.now)
    finally:
        _sweeping.release()


def look_after_orders() -> None:
    """Remind who has not paid yet, and let lapse what is overdue."""
    _look_after_orders(clock.now())


def count_wishes() -> None:
    """Count what visitors want together, for who makes the timetable."""
    _count_wishes(clock.now())


def run_due(now: datetime) -> None:
    """All that is due, as if it were `now`: for tests and demonstrations, without a queue."""
    _look_after_orders(now)
    _count_wishes(now)
    _sweep(lambda: now)


def _look_after_orders(now: datetime) -> None:
    payments.remind_unpaid(now=now)
    payments.lapse_overdue(now=now)
    record_heartbeat("look_after_orders", now=now)


def _count_wishes(now: datetime) -> None:
    if edition := current_edition():
        togetherness.count_wanted_together(edition)
    record_heartbeat("count_wishes", now=now)


def _sweep(read_clock: Callable[[], datetime]) -> None:
    record_heartbeat("sweep", now=read_clock())
    # Also where makers made more places, or put something back that was cancelled.
    for slot_id in places.slots_to_fill(now=read_clock()):
        bookings.fill_slot(slot_id, now=read_clock())
    mail.settle_abandoned(now=read_clock())
    while letter_ids := delivery.due(read_clock()):
        for letter_id in letter_ids:
            now = read_clock()
            if not delivery.deliver(letter_id, now=now, make_attachment=attachments.maker(now)):
                return  # the mail server will not be there for the next letter either


@transactional
def record_heartbeat(name: str, *, now: datetime) -> None:
    """Note that `name` was done at `now`, for who watches over it (`flask doctor`)."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    beat = insert(Heartbeat).values(name=name, at=now)
    db.session.execute(beat.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


@click.command("worker")
@click.option("--threads", default=2, show_default=True, help="Jobs done at the same time.")
def _worker(threads: int) -> None:
    """Deliver letters and do what is due, until told to stop (SIGTERM, SIGINT)."""
    queue: jobs.Jobs = current_app.extensions["jobs"]
    stopping = threading.Event()
    # An empty queue is asked at least every second: letters leave at once. `start` sets signal
    # handlers of its own, of which SIGTERM would cut jobs short; ours come after it.
    consumer = queue.queue.create_consumer(workers=threads, max_delay=1.0)
    consumer.start()

    def stop(signum: int, _frame: object) -> None:
        log.info("worker stops when its jobs are done", signal=signal.Signals(signum).name)
        signal.signal(signum, signal.SIG_DFL)  # asked twice: at once
        stopping.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    log.info("worker started", threads=threads, queue=type(queue.queue).__name__)
    while not stopping.wait(10):
        consumer.check_worker_health()
    consumer.stop(graceful=True)
    log.info("worker stopped")

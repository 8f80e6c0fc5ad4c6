"""The worker as a process: stopped politely, killed in the middle, and without a queue."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from festival import clock, jobs
from festival.config import ROOT
from festival.db import db, transactional
from festival.home import heartbeats, worker
from festival.home.models import Heartbeat
from festival.mail import rules
from festival.mail.models import Letter
from tests import make
from tests.mail.conftest import add_letter

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


@contextmanager
def running_worker(app, post, jobs_url=""):
    """`flask worker` on the database of `app`, sending through `post`."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "INSTANCE_PATH": app.config["INSTANCE_PATH"],
        "SMTP_URL": post.url,
        "JOBS_URL": jobs_url,
        "PUBLIC_URL": "http://localhost",
    }
    with Path(app.config["INSTANCE_PATH"], "worker.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait(10)


def queue_now(app, queue_letter):
    """A letter that is due on the real clock, by which the process goes; its id."""
    letter = queue_letter(app)
    letter.next_try_at = clock.now()
    db.session.commit()
    letter_id = letter.id
    db.session.rollback()
    return letter_id


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def letter_of(letter_id):
    db.session.rollback()
    return db.session.get(Letter, letter_id)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_finishes_its_letter(app, post, queue_letter, signum):
    letter_id = queue_now(app, queue_letter)
    post.may_answer_text.clear()
    with running_worker(app, post) as process:
        assert post.has_text.wait(30)
        process.send_signal(signum)
        time.sleep(0.5)
        assert process.poll() is None  # it waits for the answer
        post.may_answer_text.set()
        assert process.wait(20) == 0
    assert letter_of(letter_id).state == "sent"


def test_a_worker_killed_before_handing_over_loses_nothing(any_app, post, queue_letter):
    letter_id = queue_now(any_app, queue_letter)
    post.may_answer_recipient.clear()
    with running_worker(any_app, post) as process:
        assert post.has_recipient.wait(30)
        process.kill()
        process.wait(10)
    post.may_answer_recipient.set()
    assert (letter_of(letter_id).state, letter_of(letter_id).handed_over_at) == ("sending", None)

    any_app.config["SMTP_URL"] = post.url
    worker.run_due(clock.now())
    assert post.letters == []  # somebody may still have it in hand
    worker.run_due(clock.now() + rules.LEASE)
    letter = letter_of(letter_id)
    assert (letter.state, letter.tries, len(post.letters)) == ("sent", 2, 1)


def test_a_worker_killed_after_handing_over_leaves_it_to_a_person(any_app, post, queue_letter):
    letter_id = queue_now(any_app, queue_letter)
    post.may_answer_text.clear()
    with running_worker(any_app, post) as process:
        assert post.has_text.wait(30)
        process.kill()
        process.wait(10)
    post.may_answer_text.set()
    assert len(post.letters) == 1

    any_app.config["SMTP_URL"] = post.url
    worker.run_due(clock.now() + rules.LEASE)
    worker.run_due(clock.now() + timedelta(days=2))
    letter = letter_of(letter_id)
    assert (letter.state, letter.problem_kind) == ("unsure", "worker_stopped")
    assert len(post.letters) == 1


@pytest.mark.parametrize("where", ["sqlite", "redis", "postgresql"])
def test_a_queued_letter_leaves_at_once(where, request, post, queue_letter):
    """Through each kind of queue: the letter is not due for the sweep of the first second."""
    app = request.getfixturevalue("postgres_app" if where == "postgresql" else "sqlite_app")
    jobs_url = {"sqlite": "", "redis": REDIS, "postgresql": postgres_queue(app)}[where]
    app.config["JOBS_URL"] = jobs_url
    if where == "redis":
        empty_queue(app)
    with running_worker(app, post, jobs_url):
        # The first sweep is over, the next one is up to a minute away.
        wait_for(lambda: db.session.query(Heartbeat).count() or db.session.rollback())
        db.session.rollback()
        add_letter(app)

        @transactional
        def action():
            now = clock.now()
            return rules.queue(
                "test/hello", about=(), to="a@example.org", language="nl", now=now, name="N"
            )

        began = time.monotonic()
        action()
        assert post.has_text.wait(15)
        assert time.monotonic() - began < 10
    app.extensions["jobs"].queue.storage.close()


def postgres_queue(app):
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    return address if address.startswith("postgresql") else ""


def empty_queue(app):
    """Begin without what an earlier run left in Redis; other keys there are not ours."""
    import redis

    try:
        app.extensions["jobs"].queue.storage.flush_queue()
    except redis.ConnectionError:
        if os.environ.get("CI") or os.environ.get("FESTIVAL_REQUIRE_SERVICES"):
            pytest.fail("Redis is required here and does not answer")
        pytest.skip("Redis does not answer: its test is skipped")


# -- the queue, as the program sees it --------------------------------------------------------


def test_jobs_begin_after_the_commit_and_not_at_all_without_one(app, queue_letter, monkeypatch):
    enqueued = []

    def enqueue(_self, name, *ids):
        # Another connection sees the row already: the transaction is over.
        with db.engine.connect() as connection:
            visible = connection.execute(select(Letter.id)).scalars().all()
        enqueued.append((name, ids, visible))

    monkeypatch.setattr(jobs.Jobs, "enqueue", enqueue)
    letter = queue_letter(app)
    assert enqueued == [("deliver_letter", (letter.id,), [letter.id])]

    enqueued.clear()

    @transactional
    def action():
        rules.queue(
            "test/hello", about=(), to="a@example.org", language="nl", now=make.NOW, name="B"
        )
        assert enqueued == []
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        action()
    transactional(lambda: None)()
    assert enqueued == []


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1/0", "postgresql://nobody@127.0.0.1:1/nothing", "/in/the/way"]
)
def test_a_queue_that_is_down_does_not_stop_the_deed(app, post, queue_letter, url):
    if url == "/in/the/way":
        Path(app.config["INSTANCE_PATH"], "jobs.sqlite3").mkdir()
    else:
        app.config["JOBS_URL"] = url
    letter = queue_letter(app)
    assert letter.state == "waiting"
    app.config["SMTP_URL"] = post.url
    worker.run_due(make.NOW)
    assert len(post.letters) == 1


def test_the_queue_runs_no_code_of_strangers(app, queue_letter):
    """What stands in the queue is plain JSON."""
    queue_letter(app)
    [waiting] = app.extensions["jobs"].queue.storage.enqueued_items()
    assert waiting.startswith(b"[")
    assert b"deliver_letter" in waiting


def test_a_job_that_fails_is_logged_and_the_others_go_on(app, queue_letter, monkeypatch):
    letter_id = queue_now(app, queue_letter)
    known = app.extensions["jobs"]
    monkeypatch.setattr(heartbeats, "record", lambda *_args, **_values: 1 / 0)
    known.queue.storage.flush_queue()
    known.enqueue("remind_unpaid")
    known.enqueue("deliver_letter", letter_id)
    done = []
    while task := known.queue.dequeue():
        known.queue.execute(task)
        done.append((task.name, list(task.args)))
    assert done == [("remind_unpaid", []), ("deliver_letter", [letter_id])]
    assert letter_of(letter_id).state == "kept"


def test_orders_are_looked_after(app):
    of = make.ticket_type(price_cents=2500)
    due = make.NOW - timedelta(days=30)
    order = make.order(of=of, confirmed_at=None, placed_at=due - timedelta(days=14), due_at=due)
    worker.run_due(make.NOW)
    db.session.refresh(order)
    assert order.state == "lapsed"
    letters = db.session.query(Letter).all()
    assert {letter.state for letter in letters} == {"kept"}  # and its letter left in the same round
    assert "payments/order_lapsed" in {letter.name for letter in letters}
    beats = {beat.name: beat.at for beat in db.session.query(Heartbeat)}
    assert beats == dict.fromkeys(app.extensions["jobs"].sweeps, make.NOW)

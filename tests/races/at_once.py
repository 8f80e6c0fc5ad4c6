"""Threads that start at the same instant, each with a database connection of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

from festival.db import db
from festival.errors import Refusal


def at_once(app, action, number=16):
    """What `action(n)` returns for each of `number` threads that start together."""
    start = threading.Barrier(number)

    def run(n):
        with app.app_context():
            db.session.connection()  # connected before the race begins
            db.session.rollback()
            start.wait(timeout=30)
            return action(n)

    with ThreadPoolExecutor(number) as pool:
        answers = list(pool.map(run, range(number)))
    db.session.rollback()  # the test's own session looks again
    return answers


def answer(action, *args, **kwargs):
    """What a rule said: the name of its refusal, or `yes`."""
    try:
        action(*args, **kwargs)
    except Refusal as refusal:
        return refusal.code
    return "yes"

"""Settings of gunicorn, which finds this file by itself when started in this folder."""

import gc
import os
from itertools import count

worker_class = "gthread"

# One process per core: Python runs one thread of a process at a time.
workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 1)

# While one thread waits for the database or a PDF, others work; more only compete for the core.
threads = 4

# The program is loaded once, before forking: a faster start, and shared memory.
preload_app = True

# Longer than a proxy keeps its connections open, so that it never sends into a closing one.
keepalive = 75

# Seconds that a worker gets to finish its requests before it stops.
graceful_timeout = 30

# Garbage is collected after requests and never during one. Python 3.11 may collect during any
# allocation; with several threads under load, processes crashed on that (one start in seven, on
# the front page). None crashed when collecting only here, nor with Python 3.12, which waits for
# the end of an instruction.
gc.disable()

_COLLECT_EVERY = 25  # requests of one process
_COLLECT_ALL_EVERY = 1000  # the oldest generation too

_answered = count(1)


def when_ready(_server):
    """Before the first fork: exempt the objects of the program itself from collection."""
    gc.collect()
    gc.freeze()


def post_request(_worker, _request, _environ, _response):
    """Collect garbage after every so many responses."""
    number = next(_answered)
    if number % _COLLECT_ALL_EVERY == 0:
        gc.collect()
    elif number % _COLLECT_EVERY == 0:
        gc.collect(1)

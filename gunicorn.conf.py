"""How gunicorn serves the program: `gunicorn wsgi:app` in this folder finds this file by itself."""

import gc
import os
from itertools import count

worker_class = "gthread"

# One process per core: Python runs one thread of a process at a time.
workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 1)

# Threads wait for the database and for PDFs together; more of them only fight for the core.
threads = 4

# The program is loaded once and then divided: a quicker start, and memory that is shared.
preload_app = True

# Longer than a proxy keeps its connections to us, so that it never sends into a closing one.
keepalive = 75

# Requests under way are finished before a worker stops.
graceful_timeout = 30

# Garbage is collected between requests and never in the middle of one. Python 3.11 collects inside
# an allocation, wherever that is; with several threads under load processes died of it (one start
# in seven, on the front page). Collecting only here, none did, nor with Python 3.12, which waits
# for the end of an instruction.
gc.disable()

_COLLECT_EVERY = 25  # requests of one process
_COLLECT_ALL_EVERY = 1000  # also what lived through that

_answered = count(1)


def when_ready(_server):
    """Before the first process is divided off: what the program itself is made of stays."""
    gc.collect()
    gc.freeze()


def post_request(_worker, _request, _environ, _response):
    """After each answer."""
    number = next(_answered)
    if number % _COLLECT_ALL_EVERY == 0:
        gc.collect()
    elif number % _COLLECT_EVERY == 0:
        gc.collect(1)

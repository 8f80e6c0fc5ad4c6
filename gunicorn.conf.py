"""How gunicorn serves the program: `gunicorn wsgi:app` in this folder finds this file by itself."""

import os

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

"""Answers that take the same time for everybody, so that the time tells nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

# What the work behind an answer takes at most, nearly always.
STEP = 0.25


@contextmanager
def same_time() -> Iterator[None]:
    """Let the block take STEP seconds; if it takes longer, a whole number of steps."""
    began = time.monotonic()
    try:
        yield
    finally:
        if STEP:
            time.sleep(STEP - (time.monotonic() - began) % STEP)

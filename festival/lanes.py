"""Dear work in a narrow lane: a cheap request cannot start much of it, so pages stay quick.

A server process has a handful of threads. In a lane a few of them do dear work, very few wait for
it briefly, and others are told at once to come back. Outside requests (the worker, commands)
everybody waits its turn.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import has_request_context

from festival.errors import Refusal


class TooBusy(Refusal):
    """Het is nu even te druk om dit te maken. Wacht een paar tellen en probeer het nog eens."""

    status = 503
    retry_after = 5


class Lane:
    """At most `at_once` do dear work in a process, and `waiting` wait at most `seconds`."""

    def __init__(self, *, at_once: int = 1, waiting: int = 1, seconds: float = 3) -> None:
        self._turns = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(waiting)
        self._seconds = seconds

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Do dear work inside this block, in turn. Refuses with TooBusy."""
        if not self._turns.acquire(blocking=False):
            with self._place():
                if not self._turns.acquire(timeout=self._patience):
                    raise TooBusy
        try:
            yield
        finally:
            self._turns.release()

    def wait(self, done: threading.Event) -> None:
        """Wait until another thread has made what this one wants too. Refuses with TooBusy."""
        if done.is_set():
            return
        with self._place():
            if not done.wait(self._patience):
                raise TooBusy

    @property
    def _patience(self) -> float | None:
        return self._seconds if has_request_context() else None

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not has_request_context():
            yield
        elif self._places.acquire(blocking=False):
            try:
                yield
            finally:
                self._places.release()
        else:
            raise TooBusy


# What visitors can ask for: PDFs and pictures.
FOR_VISITORS = Lane()
# What came from somebody: photos, files and spreadsheets that are unpacked, one at a time, because
# each may take some hundred megabytes; and the spreadsheets that we write.
FOR_FILES = Lane(waiting=2, seconds=20)
# Calls that a page makes to somebody else's server, which may be slow or hang.
FOR_CALLS = Lane(at_once=2, seconds=1)

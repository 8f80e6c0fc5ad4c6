"""What a process keeps between requests: pages, drawn programmes, feeds and documents.

Each kind of value has one `Memory`, declared beside the function that makes it; what it holds
belongs to the app. Only plain values are kept, never rows: a row belongs to one request's session.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import nullcontext
from math import inf
from time import monotonic
from typing import Generic, NamedTuple, TypeVar

from flask import Flask, current_app

from festival.lanes import Lane

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def init_app(app: Flask) -> None:
    """Give `app` an empty memory."""
    app.extensions["memory"] = {}


def forget(app: Flask) -> None:
    """Forget everything that `app` keeps; values that are being made now are not kept."""
    app.extensions["memory"].clear()


class Memory(Generic[K, V]):
    """Values of one kind, each made only once, however many requests ask for it at the same time.

    Keeps at most `most` values and at most `most_bytes` in total, as counted by `size`. The least
    recently used value is dropped first. Values that are dear to make are made in their
    `lane`, which refuses with TooBusy when too many ask at the same time.
    """

    def __init__(
        self,
        *,
        most: int,
        most_bytes: float = inf,
        size: Callable[[V], int] = lambda value: 0,
        lane: Lane | None = None,
    ) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self.size = size
        self.lane = lane

    def get(self, key: K, *, make: Callable[[], V], version: int = 0, seconds: float = inf) -> V:
        """Returns the kept value of `key` in `version`, or calls `make` and keeps it for `seconds`.

        Others who ask for `key` wait until it is made. If `make` raises, its caller gets the error,
        nothing is kept, and the next to ask tries again. A newer version replaces an older one. A
        request that still asks for an older version gets it, but it is not kept.
        """
        store = self._store()
        while True:
            with store.lock:
                entry = store.find(key, version)
                if entry is not None:
                    return entry.value
                making = store.making.get(key)
                if making is None:
                    making = store.making[key] = _Making()
                    break
            self._wait(making)
            if making.entry is not None and making.entry.version == version:
                return making.entry.value
        try:
            with self.lane.turn() if self.lane else nullcontext():
                value = make()
            making.entry = _Entry(value, version, monotonic() + seconds, self.size(value))
            return value
        finally:
            with store.lock:
                del store.making[key]
                if making.entry is not None:
                    store.keep(key, making.entry, self.most, self.most_bytes)
            making.done.set()

    def kept(self, key: K) -> V | None:
        """Returns the kept value of `key` in any version, or None. `make` may call this."""
        store = self._store()
        with store.lock:
            entry = store.entries.get(key)
            return None if entry is None else entry.value

    def _wait(self, making: "_Making[V]") -> None:
        if making.thread == threading.get_ident():
            raise RuntimeError("what is being made asks for itself")
        if self.lane:
            self.lane.wait(making.done)
        else:
            making.done.wait()

    def _store(self) -> "_Store[K, V]":
        # One per process: a lock that a thread holds when gunicorn forks stays locked in the child.
        stores: dict[object, _Store[K, V]] = current_app.extensions["memory"]
        name = (os.getpid(), self)
        return stores.get(name) or stores.setdefault(name, _Store())


class _Entry(NamedTuple, Generic[V]):
    value: V
    version: int
    fresh_until: float
    size: int


class _Making(Generic[V]):
    """A value that one thread is making while others wait for it."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.done = threading.Event()
        self.entry: _Entry[V] | None = None  # still None when done: `make` raised


class _Store(Generic[K, V]):
    """What one process keeps of one kind. Call its methods while holding its lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.entries: OrderedDict[K, _Entry[V]] = OrderedDict()  # most recently used last
        self.making: dict[K, _Making[V]] = {}
        self.size = 0

    def find(self, key: K, version: int) -> _Entry[V] | None:
        entry = self.entries.get(key)
        if entry is None or entry.version != version or entry.fresh_until <= monotonic():
            return None
        self.entries.move_to_end(key)
        return entry

    def keep(self, key: K, entry: _Entry[V], most: int, most_bytes: float) -> None:
        former = self.entries.get(key)
        if former is not None:
            if former.version > entry.version:
                return
            self.size -= former.size
            del self.entries[key]
        if entry.size > most_bytes:
            return  # it would push out all others, and then itself
        self.entries[key] = entry
        self.size += entry.size
        while len(self.entries) > most or self.size > most_bytes:
            self.size -= self.entries.popitem(last=False)[1].size

"""What a process keeps between requests: pages, drawn programmes, feeds and documents.

Each kind declares one `Memory` beside the function that makes its values; what it holds belongs to
the app. Only plain values are kept, never rows: a row belongs to the session of one request.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import inf
from time import monotonic
from typing import Generic, NamedTuple, TypeVar

from flask import Flask, current_app

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def init_app(app: Flask) -> None:
    """Give `app` its memory, empty."""
    app.extensions["memory"] = {}


def forget(app: Flask) -> None:
    """Forget all that `app` keeps, and what is being made now."""
    app.extensions["memory"].clear()


class Memory(Generic[K, V]):
    """Values of one kind, each made once, however many ask for it at the same time.

    It keeps at most `most` values, of `most_bytes` together as `size` counts them. The least
    recently used goes first.
    """

    def __init__(
        self, *, most: int, most_bytes: float = inf, size: Callable[[V], int] = lambda value: 0
    ) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self.size = size

    def get(self, key: K, *, make: Callable[[], V], version: int = 0, seconds: float = inf) -> V:
        """Return the value of `key` in `version`, kept for `seconds`, or else `make` it.

        Others who ask for `key` wait until it is made. When `make` raises, its caller gets the
        error, nothing is kept, and the next one makes it. A newer version replaces an older one;
        a request that still has the older edition gets its own, which is not kept.
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
        """Return what is kept of `key`, of any version. While `make` runs nobody replaces it."""
        store = self._store()
        with store.lock:
            entry = store.entries.get(key)
            return None if entry is None else entry.value

    def _wait(self, making: "_Making[V]") -> None:
        if making.thread == threading.get_ident():
            raise RuntimeError("what is being made asks for itself")
        making.done.wait()

    def _store(self) -> "_Store[K, V]":
        # By process: a lock that some thread holds when gunicorn forks stays locked in the child.
        stores: dict[object, _Store[K, V]] = current_app.extensions["memory"]
        name = (os.getpid(), self)
        return stores.get(name) or stores.setdefault(name, _Store())


class _Entry(NamedTuple, Generic[V]):
    value: V
    version: int
    fresh_until: float
    size: int


class _Making(Generic[V]):
    """A value that one thread makes, and for which others wait."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.done = threading.Event()
        self.entry: _Entry[V] | None = None  # None still when it is done: `make` raised


class _Store(Generic[K, V]):
    """What one app keeps of one kind. Its methods are called under its lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.entries: OrderedDict[K, _Entry[V]] = OrderedDict()  # the last one asked for at the end
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
            return  # all others would go for it, and then it too
        self.entries[key] = entry
        self.size += entry.size
        while len(self.entries) > most or self.size > most_bytes:
            self.size -= self.entries.popitem(last=False)[1].size

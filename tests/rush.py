"""Eight who ask a memory for one thing at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from festival.memory import Memory

ASKERS = 8


class Rush:
    """Lets no one of `ASKERS` go on before all of them either make the value or wait for it."""

    def __init__(self, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        self._met = threading.Event()
        self._barrier = threading.Barrier(ASKERS, action=self._met.set, timeout=20)
        wait = memory._wait

        def meet_and_wait(making: Any) -> None:
            self._meet()
            wait(making)

        monkeypatch.setattr(memory, "_wait", meet_and_wait)

    def making(self, make: Callable[..., Any]) -> Callable[..., Any]:
        """`make`, counted; the first call ends when all askers are there."""

        def counted(*args: Any, **values: Any) -> Any:
            self.made += 1
            self._meet()
            return make(*args, **values)

        return counted

    def _meet(self) -> None:
        if not self._met.is_set():
            self._barrier.wait()


def ask_at_once(app: Flask, ask: Callable[[], Any]) -> list[Any]:
    """What each of eight threads gets."""
    start = threading.Barrier(ASKERS, timeout=20)

    def run(_number: int) -> Any:
        with app.app_context():
            start.wait()
            return ask()

    with ThreadPoolExecutor(ASKERS) as pool:
        return list(pool.map(run, range(ASKERS)))

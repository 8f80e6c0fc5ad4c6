"""A lane: few do dear work, fewer wait, the others hear at once that it is busy."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from festival.lanes import Lane, TooBusy


@pytest.fixture
def request_of_somebody() -> Iterator[Flask]:
    app = Flask("app")
    with app.test_request_context():
        yield app


def ask(app: Flask, lane: Lane, go_on: threading.Event, inside: list[int]) -> str:
    with app.test_request_context():
        try:
            with lane.turn():
                inside.append(1)
                most = len(inside)
                go_on.wait(20)
                inside.pop()
                return f"done {most}"
        except TooBusy:
            return "told"


def test_of_eight_one_works_one_waits_and_six_are_told():
    app, lane, go_on = Flask("app"), Lane(at_once=1, waiting=1, seconds=20), threading.Event()
    inside: list[int] = []
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, app, lane, go_on, inside) for _ in range(8)]
        while sum(each.done() for each in asked) < 6:
            time.sleep(0.001)
        go_on.set()
        answers = sorted(each.result() for each in asked)
    assert answers == ["done 1"] * 2 + ["told"] * 6
    with app.test_request_context(), lane.turn():
        pass  # every place was given back


def test_nobody_waits_for_ever(request_of_somebody):
    lane = Lane(seconds=0.01)
    holding, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with lane.turn():
            holding.set()
            go_on.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(20)
    for _ in range(2):
        with pytest.raises(TooBusy), lane.turn():
            raise AssertionError
        with pytest.raises(TooBusy):
            lane.wait(threading.Event())
    go_on.set()
    thread.join(20)
    with lane.turn():
        pass


def test_the_worker_waits_its_turn():
    """Nobody looks at a page meanwhile, and a letter without its tickets would be a pity."""
    lane = Lane(waiting=1, seconds=0)
    done = []

    def work(number: int) -> None:
        with lane.turn():
            time.sleep(0.01)
            done.append(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert sorted(done) == [0, 1, 2, 3]


def test_what_fails_gives_its_turn_back(request_of_somebody):
    lane = Lane(seconds=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), lane.turn():
            raise ZeroDivisionError

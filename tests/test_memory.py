"""What a process keeps between requests: made once, by version, within bounds, for one app."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from festival import memory
from festival.memory import Memory
from tests.rush import ASKERS, Rush, ask_at_once

WAIT = 20  # seconds, for what is there at once unless something is wrong


@pytest.fixture
def app() -> Iterator[Flask]:
    """An app with nothing but a memory."""
    app = Flask("app")
    memory.init_app(app)
    with app.app_context():
        yield app


@pytest.fixture
def things(app: Flask) -> Memory[str, str]:
    """A memory for three things of ten letters together."""
    del app
    return Memory(most=3, most_bytes=10, size=len)


def makes(value: str) -> Callable[[], str]:
    return lambda: value


def never() -> str:
    raise AssertionError("it is kept")


def is_kept(things: Memory[str, str], key: str) -> bool:
    return things.kept(key) is not None


class TestAtOnce:
    def test_eight_askers_make_it_once(self, app, things, monkeypatch):
        rush = Rush(things, monkeypatch)
        make = rush.making(makes("soup"))
        assert ask_at_once(app, lambda: things.get("a", make=make)) == ["soup"] * ASKERS
        assert rush.made == 1
        assert things.get("a", make=never) == "soup"

    def test_what_is_too_large_to_keep_is_made_once_for_who_waits(self, app, things, monkeypatch):
        rush = Rush(things, monkeypatch)
        make = rush.making(makes("a kettle of soup"))
        ask_at_once(app, lambda: things.get("a", make=make))
        assert rush.made == 1
        assert not is_kept(things, "a")

    def test_of_an_older_version_too(self, app, things, monkeypatch):
        things.get("a", version=2, make=makes("new"))
        rush = Rush(things, monkeypatch)
        make = rush.making(makes("old"))
        answers = ask_at_once(app, lambda: things.get("a", version=1, make=make))
        assert (answers, rush.made) == (["old"] * ASKERS, 1)
        assert things.get("a", version=2, make=never) == "new"

    def test_two_keys_do_not_wait_for_each_other(self, app, things):
        both = threading.Barrier(2, timeout=WAIT)

        def ask(key: str) -> str:
            def make() -> str:
                both.wait()
                return key

            with app.app_context():
                return things.get(key, make=make)

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(ask, "ab")) == ["a", "b"]

    @pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
    def test_two_versions_each_get_their_own(self, app, things, monkeypatch, first, second):
        """Whichever begins first; the newer one is kept."""
        begun, waits = threading.Event(), threading.Event()
        wait = things._wait
        monkeypatch.setattr(things, "_wait", lambda making: waits.set() or wait(making))

        def make() -> str:
            begun.set()
            assert waits.wait(WAIT)
            return f"v{first}"

        def ask(version: int, make: Callable[[], str]) -> str:
            with app.app_context():
                return things.get("a", version=version, make=make)

        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(ask, first, make)
            assert begun.wait(WAIT)
            other = pool.submit(ask, second, makes(f"v{second}"))
            assert (one.result(WAIT), other.result(WAIT)) == (f"v{first}", f"v{second}")
        assert things.get("a", version=2, make=never) == "v2"


class TestErrors:
    def test_an_error_is_not_kept(self, things):
        with pytest.raises(ZeroDivisionError):
            things.get("a", make=lambda: str(1 / 0))
        assert not is_kept(things, "a")
        assert things.get("a", make=makes("soup")) == "soup"

    def test_the_next_of_eight_makes_it(self, app, things, monkeypatch):
        rush = Rush(things, monkeypatch)

        def fail_once() -> str:
            if rush.made == 1:
                raise ZeroDivisionError
            return "soup"

        make = rush.making(fail_once)

        def ask() -> str:
            try:
                return things.get("a", make=make)
            except ZeroDivisionError:
                return "error"

        assert sorted(ask_at_once(app, ask)) == ["error"] + ["soup"] * (ASKERS - 1)
        assert rush.made == 2

    def test_what_fails_throws_nothing_away(self, things):
        things.get("a", version=1, make=makes("old"))
        with pytest.raises(ZeroDivisionError):
            things.get("a", version=2, make=lambda: str(1 / 0))
        assert things.get("a", version=1, make=never) == "old"


class TestInside:
    def test_making_one_thing_may_ask_for_another(self, things):
        def make() -> str:
            return things.get("b", make=makes("salt")) + "y"

        assert things.get("a", make=make) == "salty"
        assert things.get("b", make=never) == "salt"

    def test_what_asks_for_itself_is_a_fault_and_no_deadlock(self, things):
        with pytest.raises(RuntimeError, match="asks for itself"):
            things.get("a", make=lambda: things.get("a", make=makes("soup")))
        assert things.get("a", make=makes("soup")) == "soup"

    def test_what_was_kept_can_be_seen(self, things):
        things.get("a", version=1, make=makes("old"))
        new = things.get("a", version=2, make=lambda: f"not {things.kept('a')}")
        assert new == "not old"


class TestVersions:
    def test_a_newer_one_replaces_the_older(self, things):
        things.get("a", version=1, make=makes("old"))
        assert things.get("a", version=2, make=makes("new")) == "new"
        assert things.get("a", version=2, make=never) == "new"
        assert things.kept("a") == "new"

    def test_an_older_one_is_right_for_its_asker_and_not_kept(self, things):
        things.get("a", version=2, make=makes("new"))
        assert things.get("a", version=1, make=makes("old")) == "old"
        assert things.get("a", version=2, make=never) == "new"

    def test_time_passes(self, things, monkeypatch):
        now = 1000.0
        monkeypatch.setattr(memory, "monotonic", lambda: now)
        things.get("a", seconds=5, make=makes("soup"))
        now = 1004.9
        assert things.get("a", seconds=5, make=never) == "soup"
        now = 1005.0
        assert things.get("a", seconds=5, make=makes("fresh")) == "fresh"
        now = 1009.9
        assert things.get("a", seconds=5, make=never) == "fresh"


class TestBounds:
    def test_beyond_the_number_the_least_recently_used_goes(self, things):
        for key in "abc":
            things.get(key, make=makes(key))
        things.get("a", make=never)
        things.get("d", make=makes("d"))
        assert [is_kept(things, key) for key in "abcd"] == [True, False, True, True]

    def test_beyond_the_bytes_too(self, things):
        things.get("a", make=makes("4444"))
        things.get("b", make=makes("4444"))
        things.get("a", make=never)
        things.get("c", make=makes("55555"))
        assert [is_kept(things, key) for key in "abc"] == [True, False, True]

    def test_what_is_replaced_weighs_nothing(self, things):
        things.get("a", make=makes("22"))
        for version in range(5):
            things.get("b", version=version, make=makes("7777777"))
        assert [is_kept(things, key) for key in "ab"] == [True, True]

    def test_what_is_larger_than_all_room_drives_out_nothing(self, things):
        things.get("a", make=makes("22"))
        things.get("b", version=1, make=makes("333"))
        assert things.get("b", version=2, make=makes("eleven eleven")) == "eleven eleven"
        assert [is_kept(things, key) for key in "ab"] == [True, False]
        things.get("c", make=makes("88888888"))
        assert [is_kept(things, key) for key in "ac"] == [True, True]


class TestOneApp:
    def test_another_app_has_its_own(self, things):
        things.get("a", make=makes("soup"))
        other = Flask("other")
        memory.init_app(other)
        with other.app_context():
            assert things.get("a", make=makes("bread")) == "bread"
        assert things.get("a", make=never) == "soup"

    def test_two_kinds_do_not_meet(self, things):
        things.get("a", make=makes("soup"))
        assert Memory[str, str](most=1).get("a", make=makes("bread")) == "bread"

    def test_all_is_forgotten(self, app, things):
        things.get("a", make=makes("soup"))
        memory.forget(app)
        assert things.get("a", make=makes("bread")) == "bread"

    def test_what_is_made_meanwhile_is_forgotten_too(self, app, things):
        assert things.get("a", make=lambda: memory.forget(app) or "soup") == "soup"
        assert not is_kept(things, "a")

    # Newer Pythons warn of what this test looks at.
    @pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
    def test_a_fork_waits_for_no_thread_that_it_does_not_have(self, app, things):
        """Neither for one that makes something, nor for one that holds a lock."""
        begun, forked = threading.Event(), threading.Event()

        def make() -> str:
            begun.set()
            assert forked.wait(WAIT)
            return "parent"

        def ask() -> str:
            with app.app_context():
                return things.get("a", make=make)

        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(ask)
            assert begun.wait(WAIT)
            with things._store().lock:
                child = os.fork()
                if child == 0:
                    signal.alarm(WAIT)  # ends it where it hangs
                    try:
                        is_right = things.get("a", make=makes("child")) == "child"
                    finally:
                        os._exit(0 if is_right else 1)
            forked.set()
            assert asked.result(WAIT) == "parent"
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert things.get("a", make=never) == "parent"

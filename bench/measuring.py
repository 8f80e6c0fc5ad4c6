"""Measures all cases under load on one database, for bench/report.py."""

import base64
import itertools
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from bench import aims, cases, counting, databases, dear, edition, release, server, wrk
from bench.browser import Browser
from bench.cases import Case, World
from bench.dear import Crowded
from bench.edition import Filled
from bench.failure import BenchmarkFailed
from bench.paper import Papers, compare
from bench.release import Released
from festival.db import db

HELLO_PORT, PORT = 8171, 8172
URL = f"http://{server.HOST}:{PORT}"
CLIENTS = (1, 8, 32)
WARM_UP = 40  # requests before the first run of a case that changes something
_visits = itertools.count(1)


@dataclass(frozen=True)
class BenchPlan:
    """A plan: how long and how often to measure."""

    seconds: float
    clients: Sequence[int]
    cold_starts: int
    papers: int
    only: str = ""  # only cases whose name contains this


WHOLE = BenchPlan(seconds=3, clients=CLIENTS, cold_starts=3, papers=40)
QUICK = BenchPlan(seconds=1, clients=(8,), cold_starts=1, papers=10)


@dataclass
class Measured:
    """Everything that was measured on one database."""

    database: str
    sessions: int = 0
    results: dict[str, dict[int, wrk.Result]] = field(default_factory=dict)  # by case and clients
    hellos: list[dict[int, wrk.Result]] = field(default_factory=list)  # before, between and after
    queries: dict[str, tuple[int, int]] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)
    cold_start_seconds: float = 0.0
    paper: Papers | None = None
    released: Released | None = None
    crowded: Crowded | None = None
    uploads_mb: dict[str, float] = field(default_factory=dict)

    def hello(self, clients: int) -> float:
        """Returns hello's requests per second with `clients`: the median of all its runs."""
        return aims.median([each[clients].per_second for each in self.hellos])

    def best_hello(self) -> float:
        """Returns hello's best number of requests per second."""
        return max(self.hello(clients) for clients in self.hellos[0])

    def best(self, case: str) -> float:
        """Returns the best number of requests per second of a case."""
        return max(result.per_second for result in self.results[case].values())

    def times_hello(self, case: str) -> float:
        """Returns how many hellos take as long as one of these, both at their best."""
        return aims.times_hello(self.best_hello(), self.best(case))


class Bench:
    """Measures on one database, and reports progress with `say`."""

    def __init__(
        self, kind: str, plan: BenchPlan, folder: Path, say: Callable[[str], None]
    ) -> None:
        self.kind = kind
        self.plan = plan
        self.folder = folder
        self.say = say
        self.measured = Measured(kind)

    def run(self) -> Measured:
        """Measure everything."""
        with server.serving("bench.hello:app", HELLO_PORT, self.folder, {}):
            self._hello()
            with self._filled(times=1) as (app, filled, environment):
                self.measured.sessions = filled.sessions
                self._pages_from_cache(app, filled, environment)
                self._hello()
                self._pages_not_from_cache(app, filled, environment)
                self._in_this_process(app, filled)
                self._cold_start(environment)
            with (
                self._filled(times=10) as (app, filled, environment),
                self._serving(environment, PAGE_CACHE_SECONDS="0"),
            ):
                self._measure(cases.TEN_TIMES, self._world(filled), app)
            with self._filled(times=release.SESSIONS_TIMES) as (app, filled, environment):
                with self._serving(environment, PAGE_CACHE_SECONDS="0"):
                    self._measure(cases.FOUR_HUNDRED, self._world(filled), app)
                self.say(f"{self.kind}: publishing a release")
                self.measured.released = release.measure(app)
            self._hello()
        return self.measured

    @contextmanager
    def _filled(self, *, times: int) -> Iterator[tuple[Flask, Filled, dict[str, str]]]:
        """Yields the app on a database with `times` the programme, and a server's environment."""
        folder = self.folder / f"{self.kind.lower()}_{times}"
        with databases.database(self.kind, folder) as url:
            folder.mkdir(exist_ok=True)
            environment = production(url, folder)
            app = databases.app_on(environment)
            with app.app_context():
                filled = self._fill(times)
            # No context stays open: requests to the app in this process need their own.
            yield app, filled, environment
            with app.app_context():
                db.engine.dispose()

    def _fill(self, times: int) -> Filled:
        self.say(f"{self.kind}: filling the database with the programme {times} times over")
        each = [self._number(clients) for clients in self.plan.clients]
        tickets = {1: sum(each) + 3 * WARM_UP, release.SESSIONS_TIMES: release.BOOKERS}
        return edition.fill(times=times, tickets=tickets.get(times, 0))

    def _number(self, clients: int) -> int:
        """Returns how many different requests to prepare for a run that changes something.

        A quarter of hello's speed is several times the aim. If a run needs more, it fails.
        """
        return round(self.measured.hello(clients) / 4 * self.plan.seconds)

    @contextmanager
    def _serving(self, environment: dict[str, str], **settings: str) -> Iterator[server.Server]:
        with server.serving(
            "wsgi:app", PORT, self.folder, environment | settings, path="/kaartjes"
        ) as running:
            try:
                yield running
            except BenchmarkFailed as failed:
                raise BenchmarkFailed(f"{failed}\n{running.faults()}") from failed

    def _world(self, filled: Filled) -> World:
        return World(filled, Browser(PORT), Browser(PORT))

    def _pages_from_cache(self, app: Flask, filled: Filled, environment: dict[str, str]) -> None:
        with self._serving(environment) as running:
            world = self._world(filled)
            cases.sign_in(world)
            self.measured.memory_mb["just started"] = running.memory_mb()
            self._measure(cases.FROM_CACHE, world, app)
            self.measured.memory_mb["after all of this"] = running.memory_mb()
            if self.plan.only in dear.NAME:
                self._crowd(world, app)

    def _crowd(self, world: World, app: Flask) -> None:
        with app.app_context():
            crowded = dear.measure(URL, world, self.folder, seconds=max(3, self.plan.seconds))
        self.measured.crowded = crowded
        self.say(
            f"{self.kind}: {dear.NAME}: {crowded.quiet_ms:.1f} ms quiet,"
            f" {crowded.ordinary_ms:.1f} ms beside ordinary pages"
        )
        for name, ms in crowded.dear_ms.items():
            self.say(f"{self.kind}: beside {name}: {ms:.1f} ms, they got {crowded.answers[name]}")
        self.measured.uploads_mb = dear.uploads_mb(self.say)

    def _pages_not_from_cache(
        self, app: Flask, filled: Filled, environment: dict[str, str]
    ) -> None:
        with self._serving(environment, PAGE_CACHE_SECONDS="0"):
            self._measure(cases.NOT_FROM_CACHE, self._world(filled), app)

    def _in_this_process(self, app: Flask, filled: Filled) -> None:
        self.say(f"{self.kind}: counting queries, drawing PDFs")
        self.measured.queries = counting.queries_per_page(app, filled)
        self.measured.paper = compare(app, filled, times=self.plan.papers)

    def _cold_start(self, environment: dict[str, str]) -> None:
        self.say(f"{self.kind}: starting cold")
        self.measured.cold_start_seconds = aims.median(
            [
                server.cold_start("wsgi:app", PORT, self.folder, environment, "/programma")
                for _ in range(self.plan.cold_starts)
            ]
        )

    def _hello(self) -> None:
        url = f"http://{server.HOST}:{HELLO_PORT}"
        path = self.folder / "requests"
        wrk.write_requests(path, [("GET", "/", "")])
        found = {}
        for clients in self.plan.clients:
            found[clients] = wrk.run(
                url, "requests.lua", str(path), "again", clients=clients, seconds=self.plan.seconds
            )
            wrk.check(found[clients], expected="200")
        self.measured.hellos.append(found)
        self.say(f"{self.kind}: hello {_in_words(found)}")

    def _measure(self, todo: Sequence[Case], world: World, app: Flask) -> None:
        for case in todo:
            if self.plan.only not in case.name:
                continue
            found = {}
            self._warm_up(case, world)
            for clients in self.plan.clients:
                found[clients] = self._load(case, world, app, clients)
            self.measured.results[case.name] = found
            self.say(f"{self.kind}: {case.name}: {_in_words(found)}")

    def _load(self, case: Case, world: World, app: Flask, clients: int) -> wrk.Result:
        """Run one case with `clients`, and check its responses and the database."""
        script = "visitor.lua" if case.is_visit else "requests.lua"
        arguments = self._arguments(case, world, self._number(clients))
        with app.app_context():
            before = [rows() for rows in case.rows]
        result = wrk.run(
            URL,
            script,
            *arguments,
            clients=min(clients, case.most_clients),
            # A visit is five requests, and only complete visits count.
            seconds=self.plan.seconds * (3 if case.is_visit else 1),
            each_own_thread=case.is_visit,
        )
        with app.app_context():
            after = [rows() for rows in case.rows]
        try:
            wrk.check(result, expected=case.expect)
            for was, now in zip(before, after, strict=True):
                wrk.check_rows(before=was, after=now, answered=result.requests)
        except BenchmarkFailed as failed:
            raise BenchmarkFailed(f"{case.name}, {clients} clients: {failed}") from failed
        return result

    def _arguments(self, case: Case, world: World, number: int) -> list[str]:
        headers = case.headers(world)
        if case.is_visit:
            filled = world.filled
            return [str(next(_visits)), filled.free_type, ",".join(filled.slots), *headers]
        path = self.folder / "requests"
        wrk.write_requests(path, case.prepare(world, number))
        return [str(path), "once" if case.rows else "again", *headers]

    def _warm_up(self, case: Case, world: World) -> None:
        """Let every worker compile templates and open connections before measuring."""
        script = "visitor.lua" if case.is_visit else "requests.lua"
        for seconds in (1, 3, 10):  # the very first responses may take more than a second
            arguments = self._arguments(case, world, WARM_UP)
            result = wrk.run(
                URL,
                script,
                *arguments,
                clients=min(8, case.most_clients),
                seconds=seconds,
                each_own_thread=case.is_visit,
            )
            if result.answers.get(case.expect):
                return
        raise BenchmarkFailed(f"{case.name} was answered {result.answers}")


def production(url: str, folder: Path) -> dict[str, str]:
    """Returns the environment of a server in production, behind one proxy, on this database."""
    return {
        "FESTIVAL_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TICKET_SIGNING_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "PUBLIC_URL": "https://localhost",
        "FURTHER_HOSTS": "127.0.0.1",
        "MAIL_FROM": "Festival <hallo@example.org>",
        "TRUSTED_PROXIES": "1",
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": url,
        "PATH": os.environ["PATH"],
    }


def _in_words(found: dict[int, wrk.Result]) -> str:
    return ", ".join(f"{result.per_second:.0f}/s ({n})" for n, result in found.items())

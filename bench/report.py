"""docs/benchmarks.md: what was measured, compared with the aims."""

import os
import platform
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.metadata import version
from itertools import chain

from bench import aims, cases, release, wrk
from bench.cases import Case
from bench.measuring import BenchPlan, Measured
from bench.release import Released

PACKAGES = ("Flask", "SQLAlchemy", "psycopg", "gunicorn", "WeasyPrint", "reportlab")
CASES = [
    *cases.FROM_CACHE,
    *cases.NOT_FROM_CACHE,
    *cases.FOUR_HUNDRED,
    *cases.TEN_TIMES,
]


def write(
    all_measured: Sequence[Measured], plan: BenchPlan, versions: dict[str, str], on: date
) -> str:
    """Returns the whole document in Markdown."""
    parts = [
        _introduction(all_measured, plan, versions, on),
        _aims(all_measured[0]),
        *(_database(measured, plan) for measured in all_measured),
        _queries(all_measured[0]),
        HOW,
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


HOW = """
## How it is measured

`make bench` starts gunicorn with the settings of `gunicorn.conf.py`, twice: one serves a Flask app
of four lines that answers "Hello, world!", the other this program with the settings of production
(CSRF and rate limits on; every visitor comes from another address). Both are loaded by wrk over
connections that stay open, on the same cores as the servers and the database. The databases are
made for it and dropped afterwards; the demo's programme is in them, and thousands of tickets.

Every answer's status is checked, and what changes something is counted in the database
afterwards: an error, or a row too few, ends the run. Each booking and each scan is one of another
ticket. The worker that delivers letters does not run meanwhile; letters are written and wait.

- *Hello's time*: how many times hello is answered in the time that this is answered once, both at
  their best number of clients.
- *From cache*: public pages are kept for `PAGE_CACHE_SECONDS` (5) in each process. *Not from
  cache*: with that setting at 0.
- *Whole free booking*: `/kaartjes`, the order form, the order with a place in a workshop, the
  order's page, the ticket's page. What is counted and timed is a whole visit.
- Booking, ordering and scanning end when the transaction is on disk and the answer is there.
"""


def _introduction(
    all_measured: Sequence[Measured], plan: BenchPlan, versions: dict[str, str], on: date
) -> str:
    packages = [f"{name} {version(name)}" for name in PACKAGES]
    tools = [f"{name} {number}" for name, number in versions.items()]
    return f"""
# Benchmarks

Measured on {on.isoformat()} by `make bench`, on a machine with {os.cpu_count()} cores that runs
the load, the web server and the database together. {plan.seconds:.0f} seconds per number.

Python {platform.python_version()}, {", ".join([*packages, *tools])}.
"""


def _aims(on_postgresql: Measured) -> str:
    rows = [("What", "Aim", "Measured", "")]
    for case in CASES:
        if case.aim:
            ratio = on_postgresql.times_hello(case.name)
            rows.append(
                (
                    case.name,
                    f"≥ 1/{case.aim.of_hello:.0f} of hello",
                    f"1/{ratio:.1f}",
                    _met(case.aim.is_met(ratio)),
                )
            )
    rows += [
        _at_most(name, aim, measured, unit) for name, aim, measured, unit in _limits(on_postgresql)
    ]
    return "## Aims (PostgreSQL)\n\n" + _table(rows)


def _limits(measured: Measured) -> Iterator[tuple[str, float, float, str]]:
    assert measured.paper
    yield (
        "Warm PDF, beside the same sheet by reportlab",
        aims.PDF_TIMES_REPORTLAB,
        measured.paper.ratio,
        "×",
    )
    yield (
        "First answer after a cold start",
        aims.COLD_START_SECONDS,
        measured.cold_start_seconds,
        " s",
    )
    [one], [ten] = (
        [case.name for case in cases.NOT_FROM_CACHE if case.aim],
        [case.name for case in cases.TEN_TIMES[:1]],
    )
    costs = measured.best(one) / measured.best(ten)
    yield "A programme of ten times as much, per page", aims.TEN_TIMES_COSTS, costs, "×"
    queries = max(measured.queries["Programme"])
    yield "Queries of the programme page", aims.PROGRAMME_QUERIES, queries, ""
    assert measured.crowded
    yield (
        "A visitor's page (p95) while 16 ask for dear work, beside 16 who ask for ordinary pages",
        aims.DEAR_WORK_SLOWS,
        measured.crowded.worst,
        "×",
    )
    yield "Memory of one upload", aims.UPLOAD_MB, max(measured.uploads_mb.values()), " MB"


def _at_most(name: str, aim: float, measured: float, unit: str) -> tuple[str, str, str, str]:
    return name, f"≤ {aim:g}{unit}", f"{round(measured, 2):g}{unit}", _met(measured <= aim)


def _met(is_met: bool) -> str:
    return "met" if is_met else "**not met**"


def _database(measured: Measured, plan: BenchPlan) -> str:
    clients = plan.clients
    head = ["", *(f"{n} client{'s' if n > 1 else ''}" for n in clients), "Hello's time"]
    hello = ["Hello, world!", *(f"{measured.hello(n):.0f}/s" for n in clients), "1"]
    rows = [tuple(head), tuple(hello), *(_case(case, measured, plan) for case in CASES)]
    assert measured.paper
    released = measured.released
    assert released
    memory = "; ".join(f"{mb:.0f} MB {when}" for when, mb in measured.memory_mb.items())
    return f"""
## {measured.database}

Per second, and how long half of the answers and 95 % of them took at most. The programme has
{measured.sessions} sessions.

{_table(rows)}

- Memory of a worker (resident): {memory}.
- First answer of the programme page after a cold start: {measured.cold_start_seconds:.2f} s.
- A warm PDF of one ticket: {measured.paper.ours_ms:.1f} ms; the same sheet drawn by hand with
  reportlab: {measured.paper.reportlab_ms:.1f} ms.
- A release of {released.sessions} sessions that moves {release.MOVED} slots in which
  {release.BOOKERS} people have a place, with a letter to each: {released.seconds:.1f} s; the same
  with nobody to write to: {released.untold_seconds:.1f} s ({_times(released)}).
- Counting what those {release.BOOKERS} want together, with {release.STARS} stars each, for the
  timetable: {released.counting_seconds:.2f} s, 1/{released.seconds / released.counting_seconds:.0f}
  of that release.
{_crowded(measured)}
- Hello was measured {len(measured.hellos)} times during the run: {_spread(measured)}.
"""


def _crowded(measured: Measured) -> str:
    crowded = measured.crowded
    assert crowded
    beside = "; ".join(f"{name}: {ms:.1f} ms" for name, ms in crowded.dear_ms.items())
    uploads = "; ".join(f"{name}: {mb:.0f} MB" for name, mb in measured.uploads_mb.items())
    return f"""- The programme page (p95): {crowded.quiet_ms:.1f} ms; while 16 connections ask for
  ticket pages without pause, {crowded.ordinary_ms:.1f} ms; for one dear thing, {beside}.
- Memory that one upload takes at its peak: {uploads}."""


def _case(case: Case, measured: Measured, plan: BenchPlan) -> tuple[str, ...]:
    cells = (_cell(measured.results[case.name][clients]) for clients in plan.clients)
    return (case.name, *cells, f"{measured.times_hello(case.name):.1f}")


def _cell(result: wrk.Result) -> str:
    per_second = result.per_second
    number = f"{per_second:.0f}" if per_second >= 100 else f"{per_second:.1f}"
    return f"{number}/s · {result.p50_ms:.1f} / {result.p95_ms:.1f} ms"


def _spread(measured: Measured) -> str:
    bests = [max(result.per_second for result in each.values()) for each in measured.hellos]
    return "at best " + ", ".join(f"{best:.0f}/s" for best in bests)


def _queries(measured: Measured) -> str:
    rows = [("Page", "First look", "Later")]
    rows += [(name, str(first), str(later)) for name, (first, later) in measured.queries.items()]
    return f"""
## Database queries per page

Not from cache. At the first look a process draws the programme, which it keeps until the programme
changes; the number of sessions makes no difference.

{_table(rows)}
"""


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    line = ["---", *("--:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in chain([head, line], body))


def _times(released: Released) -> str:
    return f"{released.seconds / released.untold_seconds:.1f}×"

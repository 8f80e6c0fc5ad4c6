"""What dear work costs others: pages while it is asked for by sixteen, and memory of uploads."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select

from bench import upload, wrk
from bench.cases import World
from bench.failure import BenchmarkFailed
from festival.config import ROOT
from festival.db import db
from festival.tickets.models import Order, Ticket

NAME = "Pages while dear work is asked for"
ASKERS = 16
TICKETS = 15  # of the order whose PDF is asked for
WORDS = 1300
VISITED = "/programma"


@dataclass(frozen=True)
class Crowded:
    """How long 95 % of a visitor's pages took at most, by what sixteen others asked for."""

    quiet_ms: float
    ordinary_ms: float  # they asked for ticket pages
    dear_ms: dict[str, float]
    answers: dict[str, dict[str, int]]  # what they got, by status

    @property
    def worst(self) -> float:
        """Returns how many times as long as among ordinary pages, for the worst address."""
        return max(self.dear_ms.values()) / self.ordinary_ms


def measure(url: str, world: World, folder: Path, *, seconds: float) -> Crowded:
    """Measure a visitor's page while each of the dear addresses is asked for without pause."""
    headers = world.visitor.headers()

    def visitor() -> float:
        path = folder / "visited"
        wrk.write_requests(path, [("GET", VISITED, "")])
        result = wrk.run(
            url, "requests.lua", str(path), "again", *headers, clients=1, seconds=seconds
        )
        wrk.check(result, expected="200")
        return result.p95_ms

    def beside(asked: list[str], *, is_warm: bool = True) -> tuple[float, dict[str, int]]:
        path = folder / "asked"
        wrk.write_requests(path, [("GET", each, "") for each in asked])
        with ThreadPoolExecutor(1) as pool:
            others = pool.submit(
                wrk.run,
                *(url, "requests.lua", str(path), "again", *headers),
                clients=ASKERS,
                seconds=seconds + 2,
            )
            took = visitor() if is_warm else 0.0
            return took, others.result().answers

    # Every process draws both pages first.
    beside([f"/kaartje/{world.filled.holders[0].secret}"], is_warm=False)
    quiet = visitor()
    ordinary, _answers = beside([f"/kaartje/{each.secret}" for each in world.filled.holders[:500]])
    dear, answers = {}, {}
    for name, address in dear_addresses(world):
        dear[name], answers[name] = beside([address])
        strange = set(answers[name]) - {"200", "429", "503"}
        if strange or not answers[name]:
            raise BenchmarkFailed(f"{name} was answered {answers[name]}")
    return Crowded(quiet, ordinary, dear, answers)


def dear_addresses(world: World) -> Iterator[tuple[str, str]]:
    """Yields everything that a visitor can ask for and that is dear to make."""
    holder = world.filled.holders[0].secret
    words = "+".join(["ab"] * WORDS)  # gunicorn takes addresses of 4,094 letters
    order = large_order()
    yield f"PDF of an order of {TICKETS}", f"/bestelling/{order}/kaartjes.pdf"
    yield f"Sheet of an order of {TICKETS}", f"/bestelling/{order}/vel.pdf"
    yield f"Page of an order of {TICKETS}", f"/bestelling/{order}"
    yield "PDF of a ticket", f"/kaartje/{holder}/kaartje.pdf"
    yield "Search for stars", f"/kaartje/{holder}/sterren?q={words}"
    yield "Search of the programme", f"/programma?q={words}"
    yield "Wall sheet", "/programma-a3.pdf"
    yield "Booklet", "/programma-a5.pdf"
    yield "Door sheet", f"/podium/{world.filled.stage}.pdf"
    yield "Picture to share", picture(world)


def large_order() -> str:
    """Put tickets of others in one order. Returns its secret."""
    tickets = db.session.scalars(select(Ticket).order_by(Ticket.id).limit(TICKETS)).all()
    order = db.session.scalars(select(Order).order_by(Order.id)).first()
    if order is None or len(tickets) < TICKETS:
        raise BenchmarkFailed("too few tickets for a large order")
    for ticket in tickets:
        ticket.order_id = order.id
    db.session.commit()
    secret = order.secret
    db.session.remove()
    return secret


def picture(world: World) -> str:
    """Returns the address of the programme's picture."""
    found = re.search(r'property="og:image" content="([^"]+)"', world.visitor.get(VISITED))
    if found is None:
        raise BenchmarkFailed("the programme names no picture")
    return urlsplit(found[1]).path


def uploads_mb(say: Callable[[str], None]) -> dict[str, float]:
    """Returns by how many megabytes each kind of upload makes a process grow at its peak."""
    found = {}
    for name in upload.FILES:
        done = subprocess.run(
            [sys.executable, "-m", "bench.upload", name],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchmarkFailed(f"{name}: {done.stderr.strip()[-300:]}")
        found[name] = float(done.stdout)
        say(f"{name}: {found[name]:.0f} MB")
    return found

"""The load generator: runs wrk with one of the scripts in lua/, and checks the results."""

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.failure import BenchmarkFailed

SCRIPTS = Path(__file__).parent / "lua"
_RESULT = re.compile(r"^RESULT (\{.*\})$", re.MULTILINE)
HOW_TO_INSTALL = "wrk is missing: apt-get install wrk (Debian), dnf install wrk, brew install wrk"


@dataclass(frozen=True)
class Result:
    """The result of one run: how many requests (or whole visits) were answered, and how fast."""

    requests: int
    seconds: float
    p50_ms: float
    p95_ms: float
    bytes: int
    answers: dict[str, int]  # number of responses by status
    broken: int  # failed connections, and requests without a response
    ran_out: int  # threads that ran out of prepared requests

    @property
    def per_second(self) -> float:
        """Requests (or whole visits) per second."""
        return self.requests / self.seconds


def run(
    url: str,
    script: str,
    *arguments: str,
    clients: int,
    seconds: float,
    each_own_thread: bool = False,
) -> Result:
    """Load `url` with `clients` connections; each sends its next request after a response.

    `each_own_thread` is for scripts that must know which client a response belongs to. Raises
    BenchmarkFailed if wrk fails.
    """
    threads = clients if each_own_thread else 1
    # wrk takes whole seconds only.
    command = [
        *(
            "wrk",
            f"-t{threads}",
            f"-c{clients}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "20s",
        ),
        *("-s", script, url, "--", *arguments),
    ]
    done = subprocess.run(
        command, cwd=SCRIPTS, capture_output=True, text=True, timeout=seconds + 60, check=False
    )
    if done.returncode:
        raise BenchmarkFailed(f"wrk ended with status {done.returncode}: {done.stderr.strip()}")
    return read(done.stdout)


def read(output: str) -> Result:
    """Returns the result that lua/counting.lua printed. Raises BenchmarkFailed if there is none."""
    found = _RESULT.search(output)
    if found is None:
        raise BenchmarkFailed(f"wrk gave no result; it said: {output.strip()[-500:]}")
    return Result(**json.loads(found[1]))


def check(result: Result, *, expected: str) -> None:
    """Raises BenchmarkFailed unless there were responses, all with the status `expected`."""
    if result.requests == 0 or not result.answers:
        raise BenchmarkFailed("not one request was answered")
    wrong = {status: number for status, number in result.answers.items() if status != expected}
    if wrong:
        raise BenchmarkFailed(f"answers other than {expected}: {wrong}")
    if result.broken:
        raise BenchmarkFailed(f"{result.broken} requests got no answer")
    if result.ran_out:
        raise BenchmarkFailed("more requests were sent than were prepared: some were sent twice")


def check_rows(*, before: int, after: int, answered: int) -> None:
    """Raises BenchmarkFailed if there are fewer new rows than answered requests."""
    if after - before < answered:
        raise BenchmarkFailed(f"{answered} answers, but only {after - before} new rows")


def version() -> str:
    """Returns the version of wrk. Raises BenchmarkFailed if it is not installed."""
    if shutil.which("wrk") is None:
        raise BenchmarkFailed(HOW_TO_INSTALL)
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False)
    found = re.search(r"wrk \S*?(\d+\.\d+(\.\d+)?)", said.stdout + said.stderr)
    return found[1] if found else "unknown"


def write_requests(path: Path, requests: Sequence[tuple[str, str, str]]) -> None:
    """Write requests (method, path and body) to the file that lua/requests.lua reads.

    Raises ValueError for a tab or a line break in one.
    """
    for line in requests:
        if any("\t" in part or "\n" in part for part in line):
            raise ValueError(f"a tab or a line break in {line}")
    path.write_text("".join("\t".join(line) + "\n" for line in requests))

"""The load generator: runs wrk with one of the scripts in lua/, and believes nothing unchecked."""

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
    """What one run of wrk gave: how many requests (or whole visits) were answered, and how fast."""

    requests: int
    seconds: float
    p50_ms: float
    p95_ms: float
    bytes: int
    answers: dict[str, int]  # how many answers with each status
    broken: int  # connections that failed, and requests without an answer
    ran_out: int  # threads that were out of prepared requests

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
    """Load `url` with `clients` connections that each send their next request on an answer.

    `each_own_thread`: for scripts that must know which client an answer belongs to.
    """
    threads = clients if each_own_thread else 1
    # wrk itself knows whole seconds only.
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
    """The result in what wrk and lua/counting.lua print."""
    found = _RESULT.search(output)
    if found is None:
        raise BenchmarkFailed(f"wrk gave no result; it said: {output.strip()[-500:]}")
    return Result(**json.loads(found[1]))


def check(result: Result, *, expected: str) -> None:
    """Raise BenchmarkFailed unless answers came, all with the status that was `expected`."""
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
    """Raise BenchmarkFailed when the database holds fewer new rows than requests were answered."""
    if after - before < answered:
        raise BenchmarkFailed(f"{answered} answers, but only {after - before} new rows")


def version() -> str:
    """The version of wrk on this machine; raises BenchmarkFailed where there is none."""
    if shutil.which("wrk") is None:
        raise BenchmarkFailed(HOW_TO_INSTALL)
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False)
    found = re.search(r"wrk \S*?(\d+\.\d+(\.\d+)?)", said.stdout + said.stderr)
    return found[1] if found else "unknown"


def write_requests(path: Path, requests: Sequence[tuple[str, str, str]]) -> None:
    """Write the file that lua/requests.lua reads: method, path and body of each request."""
    for line in requests:
        if any("\t" in part or "\n" in part for part in line):
            raise ValueError(f"a tab or a line break in {line}")
    path.write_text("".join("\t".join(line) + "\n" for line in requests))

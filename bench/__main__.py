"""`make bench`, or `python -m bench`: measure all and write docs/benchmarks.md."""

import argparse
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench import databases, measuring, report, wrk
from bench.failure import BenchmarkFailed
from festival import clock
from festival.config import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main() -> None:
    """Measure and write the report. If the benchmark fails, the exit status is 1."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a first impression in a minute, of PostgreSQL; only prints",
    )
    parser.add_argument("--only", choices=databases.KINDS, help="one database; only prints")
    parser.add_argument("--case", default="", help="cases whose name holds this; only prints")
    options = parser.parse_args()
    # Like Ctrl-C: servers are stopped and databases dropped on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    plan = measuring.QUICK if options.quick else measuring.WHOLE
    plan = replace(plan, only=options.case)
    try:
        kinds = databases.KINDS[:1] if options.quick else databases.KINDS
        document = measure(plan, [options.only] if options.only else list(kinds))
    except BenchmarkFailed as failed:
        sys.exit(f"The benchmark failed: {failed}")
    if options.case:
        return
    if options.quick or options.only:
        print("\n" + document)
    else:
        DOCUMENT.write_text(document)
        print(f"\nWritten to {DOCUMENT.relative_to(ROOT)}")


def measure(plan: measuring.BenchPlan, kinds: list[str]) -> str:
    """Measure on each of the databases. Returns the report, or '' if only some cases ran."""
    began = time.monotonic()

    def say(sentence: str) -> None:
        print(f"{time.monotonic() - began:4.0f} s  {sentence}", flush=True)

    versions = {"wrk": wrk.version(), **databases.versions()}
    all_measured = []
    with tempfile.TemporaryDirectory(prefix="festival-bench-") as folder:
        for kind in kinds:
            place = Path(folder) / kind.lower()
            place.mkdir()
            all_measured.append(measuring.Bench(kind, plan, place, say).run())
    if plan.only:
        return ""
    return report.write(all_measured, plan, versions, clock.now().date())


if __name__ == "__main__":
    main()

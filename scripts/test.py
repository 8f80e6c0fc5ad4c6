"""`make test`: set up what tests need, say what is missing, and run them all.

The JavaScript is tested first, by Node and without a browser. T="tests/js" runs only that, any
other choice only pytest.

With CI or FESTIVAL_REQUIRE_SERVICES in the environment, a missing PostgreSQL, Redis or browser is
an error; otherwise the tests that need it are skipped, and this says so.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from setup import (
    PYTHON,
    ROOT,
    CannotSetUp,
    check_node,
    chromium,
    install_system_packages,
    one_sentence,
    set_up,
)

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
JAVASCRIPT = Path("tests/js")
REQUIRED = bool(os.environ.get("CI") or os.environ.get("FESTIVAL_REQUIRE_SERVICES"))


def main() -> None:
    """Set up, look for services, run the JavaScript tests, and hand over to pytest."""
    chosen = sys.argv[1:]
    is_javascript = [Path(name) for name in chosen] == [JAVASCRIPT]
    os.chdir(ROOT)
    with one_sentence():
        set_up(for_tests=True)
        if not is_javascript:
            look_round()
        if is_javascript or not chosen:
            run_javascript()
    if is_javascript:
        return
    # Two processes at most: each may drive a browser, a server and a database.
    parallel = ["-n", str(min(2, os.cpu_count() or 1)), "--dist", "loadgroup"]
    command = [str(PYTHON), "-m", "pytest", "-q", "-rfEs", *([] if chosen else parallel), *chosen]
    os.execv(PYTHON, command)  # noqa: S606 (no shell is the point)


def look_round() -> None:
    """Print what is missing. Raises CannotSetUp if that is required here."""
    missing = what_is_missing()
    for sentence in missing:
        print(f"! {sentence}", flush=True)
    if missing and REQUIRED:
        raise CannotSetUp("All of these are required here (CI or FESTIVAL_REQUIRE_SERVICES).")


def run_javascript() -> None:
    """Run the tests of static/js/; exit with Node's status if they fail."""
    check_node()
    # Versions of Node treat a folder differently, but files the same.
    files = sorted(str(path) for path in JAVASCRIPT.glob("*.test.js"))
    # Node warns that features which the tests use may change.
    command = ["node", "--no-warnings", "--test", "--test-reporter=dot", *files]
    if status := subprocess.run(command).returncode:
        sys.exit(status)


def what_is_missing() -> list[str]:
    """Returns one sentence for each thing that tests need and this machine lacks."""
    missing = []
    if not chromium():
        try:
            install_system_packages(["chromium"])
        except CannotSetUp as trouble:
            missing.append(f"No Chromium, so no browser tests. {trouble}")
    for name, url, port in (("PostgreSQL", POSTGRES, 5432), ("Redis", REDIS, 6379)):
        if not answers(url, port):
            where = urlsplit(url)
            missing.append(
                f"No {name} at {where.hostname}:{where.port or port}, so its tests are skipped."
            )
    return missing


def answers(url: str, port: int) -> bool:
    """Returns whether a server listens at the host of `url`; `port` is the default."""
    where = urlsplit(url)
    try:
        with socket.create_connection((where.hostname or "", where.port or port), timeout=3):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main()

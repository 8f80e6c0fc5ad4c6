"""`make check`: the named steps that continuous integration runs too, two at a time.

`make check S="lint types"` runs some of them; --mend formats the code instead.
"""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import NamedTuple

from setup import PYTHON, one_sentence, run, set_up

# The tool has no `python -m`, and its own script breaks when the folder is moved.
IMPORT_LINTER = "from importlinter.cli import lint_imports_command as run; run()"


class Step(NamedTuple):
    """One check: its name, what it ensures, and its commands."""

    name: str
    promise: str
    commands: list[list[str]]


def python(*arguments: str) -> list[str]:
    """Returns a command that runs in the virtual environment."""
    return [str(PYTHON), *arguments]


STEPS = [
    Step("format", "code has the house's form", [python("-m", "ruff", "format", "--check", ".")]),
    Step("lint", "no likely mistakes", [python("-m", "ruff", "check", ".")]),
    Step("types", "mypy --strict", [python("-m", "mypy")]),
    Step("imports", "imports point down the map", [python("-c", IMPORT_LINTER)]),
    Step(
        "templates",
        "templates compile and are tidy",
        [
            python("scripts/templates.py"),
            python("-m", "djlint", "templates", "--lint", "--quiet"),
        ],
    ),
    Step("translations", "Dutch and English", [python("scripts/translations.py", "check")]),
    Step("migrations", "migrations make the models", [python("scripts/migrations.py")]),
    Step("repository", "nothing that does not belong", [python("scripts/repository.py")]),
]


def main() -> None:
    """Run the requested steps and print the result of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="step", help=", ".join(s.name for s in STEPS))
    parser.add_argument("--mend", action="store_true", help="format instead of checking")
    options = parser.parse_args()
    unknown = set(options.steps) - {step.name for step in STEPS}
    if unknown:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    with one_sentence():
        set_up(for_tests=True)
    if options.mend:
        mend()
        return
    wanted = [step for step in STEPS if not options.steps or step.name in options.steps]
    sys.exit(not check(wanted))


def check(steps: list[Step]) -> bool:
    """Run `steps`. Returns whether all passed."""
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = {pool.submit(carry_out, step): step for step in steps}
        for done in as_completed(running):
            step = running[done]
            passed, log, seconds = done.result()
            word = "ok  " if passed else "FAIL"
            print(f"{word} {step.name:<13} {step.promise} ({seconds:.1f} s)", flush=True)
            if not passed:
                failed.append(step.name)
                print(log.rstrip(), flush=True)
    if failed:
        print(f"\n{len(failed)} of {len(steps)} steps failed: {', '.join(failed)}")
    else:
        print(f"\nAll {len(steps)} steps passed.")
    return not failed


def carry_out(step: Step) -> tuple[bool, str, float]:
    """Run one step. Returns whether it passed, its output and how many seconds it took."""
    start = time.monotonic()
    results = [run(command) for command in step.commands]
    passed = not any(status for status, _ in results)
    return passed, "\n".join(log for _, log in results), time.monotonic() - start


def mend() -> None:
    """Fix and format the Python code; templates are left as they are."""
    for command in (
        python("-m", "ruff", "check", "--fix", "--quiet", "."),
        python("-m", "ruff", "format", "."),
    ):
        _, log = run(command)
        print(log.rstrip())


if __name__ == "__main__":
    main()

"""Set up what the program needs on this machine; steps that were done before are skipped.

Uses only the standard library: this runs before anything is installed. A step writes its stamp when
it is complete, so an interrupted set-up goes on where it stopped. A problem that this script cannot
solve ends it with one sentence and exit status 1.
"""

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VENDOR = ROOT / "static" / "vendor"
CATALOGUE = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.mo"

OLDEST_NODE = 20
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Libraries that WeasyPrint loads, and their Debian packages. Without the last one PDFs work, but
# take five times as long.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
NETWORK_TROUBLE = re.compile(
    r"name resolution|NewConnectionError|ConnectTimeout|Max retries exceeded|Connection refused"
    r"|Network is unreachable|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENETDOWN"
    r"|Temporary failure resolving|Could not resolve|Failed to establish a new connection"
)


class CannotSetUp(Exception):
    """A problem that this script cannot solve; the message says in a sentence what to do."""


def main() -> None:
    """Set up, or say in one sentence why that is not possible."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", action="store_true", help="also what only the tests need")
    options = parser.parse_args()
    with one_sentence():
        set_up(for_tests=options.tests)


@contextlib.contextmanager
def one_sentence() -> Iterator[None]:
    """Turn a CannotSetUp into its message and exit status 1."""
    try:
        yield
    except CannotSetUp as trouble:
        sys.stdout.flush()
        sys.exit(str(trouble))


def set_up(*, for_tests: bool = False) -> None:
    """Set up all that the program (or its tests) needs to run. Raises CannotSetUp."""
    check_folder()
    with alone():
        npm_is_needed = not node_packages_are_there(for_tests=for_tests)
        if npm_is_needed:
            check_node()
        install_system_packages(missing_system_packages())
        # Two downloads that do not depend on each other.
        with ThreadPoolExecutor() as pool:
            python = pool.submit(install_python_packages, for_tests=for_tests)
            node = (
                pool.submit(install_node_packages, for_tests=for_tests) if npm_is_needed else None
            )
            python.result()
            if node:
                node.result()
        fill_vendor()
        compile_translations()
        compress_static()


def check_folder() -> None:
    """Raise CannotSetUp if nothing can be written in this folder."""
    try:
        with tempfile.TemporaryFile(dir=ROOT):
            pass
    except OSError as error:
        raise CannotSetUp(
            f"The folder {ROOT} cannot be written ({error.strerror}): copy it to a place of your "
            "own, or change its owner."
        ) from error


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold a lock on this folder, after waiting for a set-up in another terminal."""
    with (ROOT / "Makefile").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up of this folder to finish")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# System packages


def missing_system_packages() -> list[str]:
    """Returns the Debian packages that this machine lacks."""
    missing = []
    if importlib.util.find_spec("ensurepip") is None and not PYTHON.exists():
        missing.append("python3-venv")
    if sys.platform.startswith("linux"):
        missing += [package for library, package in LIBRARIES.items() if not loads(library)]
    return missing


def loads(library: str) -> bool:
    """Returns whether this shared library can be loaded, as WeasyPrint will do."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def chromium() -> str | None:
    """Returns the path of a Chromium for the tests, or None."""
    found = (shutil.which(name) for name in CHROMIUMS)
    return next((path for path in found if path), None)


def install_system_packages(packages: list[str]) -> None:
    """Install with apt-get as root on Debian; else raise CannotSetUp, naming what to install."""
    if not packages:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    wanted = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise CannotSetUp(
            f"System libraries are missing: {wanted} (these are Debian's names). Fedora: dnf "
            "install pango harfbuzz; Alpine: apk add pango harfbuzz-subset font-dejavu. "
            "Then run this again."
        )
    if os.geteuid() != 0:
        raise CannotSetUp(
            f"System packages are missing. Run: sudo apt-get update && sudo {' '.join(command)}"
        )
    say(f"Installing system packages: {wanted}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # The update may fail for one of several sources; the install shows whether that matters.
    run(["apt-get", "update"], environment=environment)
    status, log = run(command, environment=environment)
    if status:
        raise CannotSetUp(
            f"The system packages {wanted} could not be installed. {reason(log, 'apt-get')}"
        )


# Python


def install_python_packages(*, for_tests: bool) -> None:
    """Make the virtual environment and install exactly what the lock file names."""
    level = "requirements-dev.txt" if for_tests else "requirements.txt"
    stamps = {
        name: Stamp(VENV / f".{name}", digest(ROOT / name, sys.version_info[:2]))
        for name in ("requirements.txt", "requirements-dev.txt")
    }
    # requirements-dev.txt includes everything in requirements.txt.
    done = stamps[level].is_set or stamps["requirements-dev.txt"].is_set
    if done and runs(PYTHON):
        return
    if not runs(PYTHON, "-m", "pip", "--version"):
        say("Making a virtual environment in .venv")
        status, log = run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        if status:
            raise CannotSetUp(
                "Python could not make a virtual environment (Debian: apt-get install "
                f"python3-venv). {reason(log, 'venv')}"
            )
    say(f"Installing Python packages ({level})")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    install = ["install", "--quiet", "--retries", "2", "--require-hashes", "-r", str(ROOT / level)]
    status, log = run([*pip, *install])
    if status:
        raise CannotSetUp(f"The Python packages could not be installed. {reason(log, 'pip')}")
    stamps[level].set()


def runs(*command: str | Path) -> bool:
    """Returns whether a command works: an interrupted set-up leaves half an environment."""
    if command == (PYTHON,):
        command = (PYTHON, "-c", "")
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


# Node, only to fetch fonts and the QR reader


def node_packages_are_there(*, for_tests: bool) -> bool:
    """Returns whether npm has nothing to do. Running needs only static/vendor/; tests need more."""
    everything = node_stamp("everything").is_set
    if for_tests:
        return everything
    return everything or node_stamp("runtime").is_set or vendor_is_filled()


def node_stamp(level: str) -> "Stamp":
    """The stamp that is set when node_modules/ matches the lock file."""
    return Stamp(ROOT / "node_modules" / f".{level}", digest(ROOT / "package-lock.json"))


def vendor_stamp() -> "Stamp":
    """The stamp that is set when static/vendor/ matches the lock file and scripts/vendor.py."""
    sources = digest(ROOT / "package-lock.json", ROOT / "scripts" / "vendor.py")
    return Stamp(VENDOR / ".made-from", sources)


def vendor_is_filled() -> bool:
    """Returns whether static/vendor/ is up to date and has the fonts for PDFs."""
    return vendor_stamp().is_set and (VENDOR / "fonts" / "ttf").is_dir()


def check_node() -> None:
    """Raise CannotSetUp if Node or npm is missing, or Node is older than OLDEST_NODE."""
    how = "Install Node.js 20 or newer with npm (from nodejs.org or your system's packages)."
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        raise CannotSetUp(f"Node is missing: it fetches the fonts and the QR reader. {how}")
    status, version = run([node, "--version"])
    number = re.match(r"v(\d+)\.", version)
    if status or number is None or int(number[1]) < OLDEST_NODE:
        raise CannotSetUp(f"Node is too old: found {version.strip() or 'no version'}. {how}")
    if npm is None:
        raise CannotSetUp(f"npm is missing: it fetches the fonts and the QR reader. {how}")


def install_node_packages(*, for_tests: bool) -> None:
    """Install exactly what package-lock.json names into node_modules/."""
    say("Installing fonts and the QR reader (npm)")
    command = ["npm", "ci", "--no-progress", "--fetch-retries=1"]
    status, log = run(command if for_tests else [*command, "--omit=dev"])
    if status:
        raise CannotSetUp(
            f"No fonts and no QR reader: npm could not fetch them. {reason(log, 'npm')}"
        )
    node_stamp("everything" if for_tests else "runtime").set()


def fill_vendor() -> None:
    """Make static/vendor/ from node_modules/."""
    if vendor_is_filled():
        return
    say("Preparing fonts for pages and PDFs")
    status, log = run([str(PYTHON), str(ROOT / "scripts" / "vendor.py")])
    if status:
        raise CannotSetUp(f"No fonts: static/vendor/ could not be made. {reason(log, 'vendor')}")
    vendor_stamp().set()


# What is made of our own files


def compile_translations() -> None:
    """Compile the English texts if they changed."""
    sources = sorted((ROOT / "translations" / "en").glob("*.po"))
    stamp = Stamp(VENV / ".translations", digest(*sources))
    if stamp.is_set and CATALOGUE.exists():
        return
    status, log = run([str(PYTHON), str(ROOT / "scripts" / "translations.py"), "compile"])
    if status:
        raise CannotSetUp(f"The translations could not be compiled. {reason(log, 'translations')}")
    stamp.set()


def compress_static() -> None:
    """Bring the .br and .gz copies of static files up to date."""
    status, log = run([str(PYTHON), str(ROOT / "scripts" / "compress.py")])
    if status:
        raise CannotSetUp(f"static/ could not be compressed. {reason(log, 'compress')}")


# Small parts


class Stamp:
    """A file that records for which state of its sources a step was completed."""

    def __init__(self, path: Path, state: str) -> None:
        self.path = path
        self.state = state

    @property
    def is_set(self) -> bool:
        """Whether the step was completed for this state."""
        return self.path.is_file() and self.path.read_text() == self.state

    def set(self) -> None:
        """Record that the step is complete."""
        self.path.write_text(self.state)


def digest(*parts: object) -> str:
    """Returns one hash of all `parts`: files by content, anything else by its repr."""
    sums = hashlib.sha256()
    for part in parts:
        is_file = isinstance(part, Path) and part.is_file()
        sums.update(part.read_bytes() if is_file else repr(part).encode())
        sums.update(b"\0")
    return sums.hexdigest()


def run(command: list[str], *, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Run a program quietly in this folder. Returns its exit status and its output."""
    program = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return program.returncode, program.stdout


def reason(log: str, name: str) -> str:
    """Returns why a program failed, in a sentence, and where its whole output is kept."""
    kept = Path(tempfile.gettempdir()) / f"festival-{name}.log"
    with contextlib.suppress(OSError):
        kept.write_text(log)
    if NETWORK_TROUBLE.search(log):
        return f"There is no network: connect and run this again (details: {kept})."
    if re.search(r"No space left on device|ENOSPC", log):
        return "The disk is full: make room and run this again."
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return f"It said: {lines[-1] if lines else 'nothing'} (details: {kept})"


def say(sentence: str) -> None:
    """Print at once what is going on."""
    print(f"· {sentence} …", flush=True)


if __name__ == "__main__":
    main()

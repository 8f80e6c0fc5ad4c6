"""Setting up: each thing in the way is one sentence and a status, and nothing is done twice."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess, check_output

import pytest

from tests.setup.machine import Machine, is_root, write_program

NOBODY = 65534


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with nothing on it that matters here."""
    return Machine(tmp_path)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    """A machine with Python, Node and a virtual environment."""
    machine.install_python()
    machine.install_node(npm="mkdir -p node_modules")
    machine.install_venv()
    return machine


def refused(result: CompletedProcess[str]) -> str:
    """The one sentence with which a script refused: no traceback, nothing else."""
    assert result.returncode == 1, result
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_no_python(machine: Machine) -> None:
    sentence = refused(machine.run("setup.py"))
    assert sentence.startswith("Python is missing: install Python 3.11 or newer")


def test_old_python(machine: Machine) -> None:
    machine.install("python3", 'case "$2" in *print*) echo 3.9;; *) exit 1;; esac')
    sentence = refused(machine.run("setup.py"))
    assert sentence.startswith("Python is too old: this needs Python 3.11 or newer")
    assert "found only 3.9" in sentence


def test_a_newer_python_beside_an_old_one(machine: Machine) -> None:
    machine.install("python3", 'case "$2" in *print*) echo 3.9;; *) exit 1;; esac')
    machine.install("python3.12", 'case "$2" in *print*) echo 3.12;; -B) ;; esac')
    assert machine.run("setup.py").returncode == 0
    assert machine.called("python3.12")[-1] == "python3.12 -B scripts/setup.py"


def test_no_node(machine: Machine) -> None:
    machine.install_python()
    sentence = refused(machine.run("setup.py"))
    assert sentence.startswith("Node is missing: it fetches the fonts and the QR reader.")
    assert "Node.js 20 or newer" in sentence


@pytest.mark.parametrize("version", ["v18.19.0", "v9.1.0", "nonsense"])
def test_old_node(machine: Machine, version: str) -> None:
    machine.install_python()
    machine.install_node(version)
    sentence = refused(machine.run("setup.py"))
    assert sentence.startswith(f"Node is too old: found {version}.")


def test_no_npm(machine: Machine) -> None:
    machine.install_python()
    machine.install("node", "echo v22.1.0")
    assert refused(machine.run("setup.py")).startswith("npm is missing")


def test_no_network_for_npm(ready: Machine) -> None:
    ready.install("npm", "echo npm error code ENOTFOUND >&2; exit 1")
    sentence = refused(ready.run("setup.py"))
    assert sentence.startswith("No fonts and no QR reader: npm could not fetch them.")
    assert "There is no network: connect and run this again" in sentence


def test_no_network_for_pip(machine: Machine) -> None:
    machine.install_python()
    machine.install_node()
    machine.install_venv(pip="echo 'NewConnectionError: failed' >&2; exit 1")
    sentence = refused(machine.run("setup.py"))
    assert sentence.startswith("The Python packages could not be installed.")
    assert "There is no network" in sentence


def test_another_trouble_is_told_in_its_own_words(machine: Machine) -> None:
    machine.install_python()
    machine.install_node()
    machine.install_venv(pip="echo 'THESE PACKAGES DO NOT MATCH THE HASHES'; exit 1")
    assert "It said: THESE PACKAGES DO NOT MATCH THE HASHES" in refused(machine.run("setup.py"))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach too; pytest's own are for one user."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(not is_root(), reason="only root can be somebody else for a moment")
@pytest.mark.parametrize("script", ["setup.py", "run.py"])
def test_read_only_folder(open_folder: Path, script: str) -> None:
    machine = Machine(open_folder)
    # Root's own Python may lie where nobody else can read.
    system_python = Path("/usr/bin/python3")
    if not system_python.exists():
        pytest.skip("no Python that every user can start")
    (machine.programs / "python3").symlink_to(system_python)
    sentence = refused(machine.run(script, user=NOBODY, environment={"PORT": "8119"}))
    assert sentence.startswith(f"The folder {machine.tree} cannot be written (Permission denied)")


def test_missing_libraries_are_named(ready: Machine) -> None:
    without(ready, "libpango-1.0.so.0")
    sentence = refused(ready.run("setup.py"))
    assert "libpango-1.0-0" in sentence
    assert "Fedora" in sentence


@pytest.mark.skipif(not is_root(), reason="apt-get is only run as root")
def test_missing_libraries_are_installed(ready: Machine) -> None:
    without(ready, "libharfbuzz-subset.so.0")
    ready.install("apt-get", "exit 0")
    assert ready.run("setup.py").returncode == 0
    assert ready.called("apt-get") == [
        "apt-get update",
        "apt-get install -y --no-install-recommends libharfbuzz-subset0",
    ]


@pytest.mark.skipif(not is_root(), reason="apt-get is only run as root")
def test_libraries_that_cannot_be_installed(ready: Machine) -> None:
    without(ready, "libharfbuzz-subset.so.0")
    ready.install("apt-get", "echo 'E: Could not resolve host'; exit 100")
    sentence = refused(ready.run("setup.py"))
    assert "libharfbuzz-subset0 could not be installed. There is no network" in sentence


def without(machine: Machine, library: str) -> None:
    """Let set-up on this machine not find a shared library."""
    script = machine.tree / "scripts" / "setup.py"
    text = script.read_text()
    assert "ctypes.CDLL(library)" in text
    script.write_text(
        text.replace(
            "ctypes.CDLL(library)", f"ctypes.CDLL(library if library != {library!r} else 'no.so')"
        )
    )


def test_the_second_time_nothing_is_done(ready: Machine) -> None:
    assert ready.run("setup.py").returncode == 0
    assert len(ready.called("npm")) == 1
    before = ready.calls.read_text()
    result = ready.run("setup.py")
    assert result.returncode == 0
    assert result.stdout == ""
    again = ready.calls.read_text().removeprefix(before).splitlines()
    # Only whether Python starts is looked at, and whether a static file changed.
    assert [re.sub(r"/\S+/", "", line) for line in again] == ["venv -c ", "venv compress.py"]


def test_a_changed_lock_is_installed(ready: Machine) -> None:
    assert ready.run("setup.py").returncode == 0
    lock = ready.tree / "requirements.txt"
    lock.write_text(lock.read_text() + "\n")
    assert ready.run("setup.py").stdout.splitlines() == [
        "· Installing Python packages (requirements.txt) …"
    ]


def test_an_interrupted_installation_goes_on(ready: Machine) -> None:
    """pip is killed half-way the first time: no stamp, so it runs again."""
    marker = ready.tree / "second"
    ready.tree.joinpath(".venv/bin/python").unlink()
    shutil.rmtree(ready.tree / ".venv")
    ready.install_venv(pip=f"test -e {marker} || {{ touch {marker}; kill -9 $$; }}")
    first = ready.run("setup.py")
    assert first.returncode == 1
    assert ready.run("setup.py").returncode == 0
    assert len([call for call in ready.called("venv") if " install " in call]) == 2


def test_tests_bring_what_running_needs(ready: Machine) -> None:
    assert ready.run("setup.py", "--tests").returncode == 0
    result = ready.run("setup.py")
    assert result.returncode == 0
    assert result.stdout == ""


def test_a_half_made_environment_is_made_again(ready: Machine) -> None:
    write_program(ready.tree / ".venv/bin/python", "exit 1")
    # The real one is made, and then has nowhere to install from, as no test has.
    result = ready.run("setup.py", environment={"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "none"})
    assert result.returncode == 1
    assert "· Making a virtual environment in .venv …" in result.stdout
    assert (ready.tree / ".venv" / "pyvenv.cfg").exists()


def test_help_lists_every_command(machine: Machine) -> None:
    targets = re.findall(r"^([a-z-]+):.*##", (machine.tree / "Makefile").read_text(), re.MULTILINE)
    shown = check_output(["make", "--no-print-directory", "help"], cwd=machine.tree, text=True)
    assert {line.split()[0] for line in shown.splitlines()} == set(targets)
    assert {"run", "test", "check", "bench", "demo-reset", "pictures", "help"} <= set(targets)

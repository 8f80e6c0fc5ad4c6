"""Running the demo: where it listens, what it keeps, and that it stops with all it started."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.setup.machine import ROOT, Machine
from tests.setup.test_setup import refused

# Everything is installed where tests run, so set-up itself (tests/setup/test_setup.py) is left out.
RUN = """
import sys
sys.path.insert(0, "scripts")
import run
run.set_up = lambda **_: None
run.main()
"""
# Loading the demo edition takes seconds; here half a minute may pass on a busy machine.
PATIENCE = 90

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the demo's data, shared because loading it takes its time."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with Python and nothing else."""
    machine = Machine(tmp_path / "machine")
    machine.install_python()
    return machine


def test_a_taken_port(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        sentence = refused(machine.run("run.py", environment={"PORT": str(port)}))
    assert sentence == (
        f"Port {port} is taken: stop the program that uses it, or choose another port: "
        f"PORT={port + 1} make run"
    )


@pytest.mark.parametrize("port", ["http", "0", "99999", "-1"])
def test_a_port_that_is_none(machine: Machine, port: str) -> None:
    sentence = refused(machine.run("run.py", environment={"PORT": port}))
    assert sentence == f"PORT must be a number from 1 to 65535, not '{port}'."


def test_an_address_of_another_machine(machine: Machine) -> None:
    sentence = refused(machine.run("run.py", environment={"HOST": "203.0.113.9", "PORT": "8118"}))
    assert sentence == "HOST '203.0.113.9' is no address of this machine."


def test_not_for_production(tmp_path: Path) -> None:
    done = run(tmp_path, environment={"FESTIVAL_ENV": "production"})
    assert done.returncode == 1
    assert done.stderr == (
        "`make run` is the demo; docs/running.md tells how to run in production.\n"
    )


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    nowhere = f"postgresql://postgres@127.0.0.1:{free_port()}/nothing"
    done = run(tmp_path, environment={"DATABASE_URL": nowhere})
    assert done.returncode == 1
    assert done.stderr.startswith("The database does not answer: ")
    assert len(done.stderr.splitlines()) == 1


def test_from_nothing_and_again(folder: Path) -> None:
    """The first start makes all; the second keeps it; a reset makes it new; nothing is left."""
    instance = folder / "instance"
    with demo(folder) as first:
        assert "· Loading the demo edition …" in first.said
        assert f"Front page   http://127.0.0.1:{first.port}/ " in first.said
        assert re.search(rf"http://127\.0\.0\.1:{first.port}/kaartje/[\w-]+", first.said)
        assert status(f"http://127.0.0.1:{first.port}/programma") == 200
        children = first.children()
        assert any("gunicorn" in command for command in children.values())
        assert any("worker" in command for command in children.values())

        refusal = run(folder, "--reset")
        assert refusal.returncode == 1
        assert refusal.stderr.startswith("The festival is running: stop it first")
    assert first.stopped_with == 0
    assert not [pid for pid in children if is_alive(pid)]

    secrets = instance / "secrets.json"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    kept = json.loads(secrets.read_text())
    assert len(kept["SECRET_KEY"]) >= 32

    with demo(folder, signal.SIGTERM) as second:
        assert "Loading" not in second.said
    assert second.stopped_with == 0
    assert json.loads(secrets.read_text()) == kept

    done = run(folder, "--reset")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "· Loading the demo edition …",
        "The demo edition is loaded.",
        "The demo edition is as new. Start it with: make run",
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children")
def test_killed_the_hard_way_it_leaves_nothing(folder: Path) -> None:
    with demo(folder, signal.SIGKILL) as killed:
        children = killed.children()
        assert len(children) >= 2
    until = time.monotonic() + 20
    while any(is_alive(pid) for pid in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert not [command for pid, command in children.items() if is_alive(pid)]


class Demo:
    """A demo that runs, and what it said when it opened."""

    def __init__(self, program: subprocess.Popen[str], port: int, said: str) -> None:
        self.program = program
        self.port = port
        self.said = said
        self.stopped_with: int | None = None

    def children(self) -> dict[int, str]:
        """The programs that it started, and those that they started."""
        found: dict[int, str] = {}
        listed = subprocess.check_output(["ps", "-eo", "pid=,ppid=,args="], text=True)
        rows = [line.split(maxsplit=2) for line in listed.splitlines()]
        family = {self.program.pid}
        for _ in range(4):
            for pid, parent, command in rows:
                if int(parent) in family:
                    family.add(int(pid))
                    found[int(pid)] = command
        return found


@contextmanager
def demo(folder: Path, ending: signal.Signals = signal.SIGINT) -> Iterator[Demo]:
    """A running demo, stopped with a signal at the end."""
    port = free_port()
    program = start(folder, environment={"PORT": str(port)})
    said = ""
    until = time.monotonic() + PATIENCE
    assert program.stdout
    while "Stop with Ctrl-C" not in said:
        line = program.stdout.readline()
        if not line or time.monotonic() > until:
            program.kill()
            pytest.fail(f"the demo did not open: {said}")
        said += line
    running = Demo(program, port, said)
    try:
        yield running
    finally:
        program.send_signal(ending)
        program.communicate(timeout=PATIENCE)
        running.stopped_with = program.returncode


def run(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the script to its end."""
    environment = {"PORT": str(free_port()), **(environment or {})}
    program = start(folder, *arguments, environment=environment, stderr=subprocess.PIPE)
    out, err = program.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(arguments, program.returncode, out, err)


def start(
    folder: Path, *arguments: str, environment: dict[str, str], stderr: int | None = None
) -> subprocess.Popen[str]:
    """Start the script with an instance folder of its own."""
    mine = {"INSTANCE_PATH": str(folder / "instance"), "PYTHONUNBUFFERED": "1", **environment}
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "-B", "-c", RUN, *arguments],
        cwd=ROOT,
        env={**inherited, **mine},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"

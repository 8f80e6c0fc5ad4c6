"""`make test`: the JavaScript first, then pytest; and only what was asked for."""

from pathlib import Path

import pytest

from tests.setup.machine import Machine

NODE = "node --no-warnings --test --test-reporter=dot tests/js/one.test.js tests/js/two.test.js"
FAILING = 'case "$*" in *--test*) exit 7;; *) echo v20.20.2;; esac'


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which all is installed, with two files of tests for Node."""
    machine = Machine(tmp_path)
    machine.install_python()
    machine.install_node(npm="mkdir -p node_modules")
    machine.install_venv()
    folder = machine.tree / "tests" / "js"
    folder.mkdir(parents=True)
    for name in ("two.test.js", "one.test.js", "page.js"):
        (folder / name).touch()
    return machine


def runs(machine: Machine) -> list[str]:
    """What ran the tests, in order."""
    calls = machine.calls.read_text().splitlines()
    return [call for call in calls if "--test " in call or "-m pytest" in call]


def test_all_tests(machine: Machine) -> None:
    assert machine.run("test.py").returncode == 0
    node, pytest_run = runs(machine)
    assert node == NODE
    assert pytest_run.startswith("venv -m pytest -q -rfEs -n ")


def test_failing_javascript_ends_the_run(machine: Machine) -> None:
    machine.install("node", FAILING)
    assert machine.run("test.py").returncode == 7
    assert runs(machine) == [NODE]


@pytest.mark.parametrize("chosen", ["tests/js", "tests/js/"])
def test_only_the_javascript(machine: Machine, chosen: str) -> None:
    result = machine.run("test.py", chosen)
    assert result.returncode == 0
    assert runs(machine) == [NODE]
    assert "No PostgreSQL" not in result.stdout


def test_only_some_of_pytest(machine: Machine) -> None:
    machine.install("node", FAILING)
    assert machine.run("test.py", "tests/tickets", "-k", "lapse").returncode == 0
    assert runs(machine) == ["venv -m pytest -q -rfEs tests/tickets -k lapse"]


def test_required_services_are_looked_for_before_any_test(machine: Machine) -> None:
    nowhere = {"CI": "1", "TEST_REDIS_URL": "redis://127.0.0.1:9/0"}
    result = machine.run("test.py", environment=nowhere)
    assert result.returncode == 1
    assert result.stderr == "All of these are required here (CI or FESTIVAL_REQUIRE_SERVICES).\n"
    assert runs(machine) == []

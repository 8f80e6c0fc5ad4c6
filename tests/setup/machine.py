"""A machine of our own making: a copy of the set-up scripts, and only the programs we put on it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# What set-up reads; the program itself is not needed to set it up.
FILES = [
    "Makefile",
    "package.json",
    "package-lock.json",
    "requirements.txt",
    "requirements-dev.txt",
]
# What any machine has.
ORDINARY = ["sh", "env", "sed", "cat", "mkdir", "touch", "rm", "make", "expand"]


class Machine:
    """A folder with the scripts, a folder with the programs that are installed, and no others."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "festival"
        self.programs = folder / "bin"
        self.calls = folder / "calls"
        self.programs.mkdir(parents=True)
        self.calls.touch()
        self.tree.mkdir()
        for name in FILES:
            shutil.copy(ROOT / name, self.tree / name)
        shutil.copytree(
            ROOT / "scripts", self.tree / "scripts", ignore=shutil.ignore_patterns("__pycache__")
        )
        for name in ORDINARY:
            if found := shutil.which(name):
                (self.programs / name).symlink_to(found)

    def install(self, name: str, script: str) -> None:
        """Put a program on this machine: a shell script that notes that it was called."""
        path = self.programs / name
        write_program(path, f'echo "{name} $*" >> "{self.calls}"\n{script}')

    def install_python(self) -> None:
        """Put the real Python here under its usual name."""
        (self.programs / "python3").symlink_to(sys.executable)

    def install_node(self, version: str = "v20.20.2", npm: str = "exit 0") -> None:
        """Put a Node here that knows its version, and an npm that does what is asked."""
        self.install("node", f"echo {version}")
        self.install("npm", npm)

    def install_venv(self, pip: str = "exit 0") -> None:
        """A virtual environment that is made already, whose pip does what is asked."""
        python = self.tree / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        write_program(
            python,
            f'echo "venv $*" >> "{self.calls}"\n'
            f'case "$*" in\n'
            f'  *" install "*) {pip};;\n'
            f"  *vendor.py*) mkdir -p static/vendor/fonts/ttf;;\n"
            f"  *translations.py*) mkdir -p translations/en/LC_MESSAGES\n"
            f"    touch translations/en/LC_MESSAGES/messages.mo;;\n"
            f"esac",
        )

    def run(
        self,
        script: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        user: int | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the scripts as `make` does."""
        return subprocess.run(
            [shutil.which("sh") or "sh", "scripts/with_python.sh", f"scripts/{script}", *arguments],
            cwd=self.tree,
            env={"PATH": str(self.programs), "HOME": str(self.tree), **(environment or {})},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            user=user,
        )

    def called(self, program: str) -> list[str]:
        """How a program was called so far."""
        return [line for line in self.calls.read_text().splitlines() if line.startswith(program)]


def write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def is_root() -> bool:
    return os.geteuid() == 0

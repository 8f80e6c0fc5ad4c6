"""Lock requirements*.txt from pyproject.toml, and package-lock.json from package.json.

Needs uv (`pip install uv`). Lock files name versions and hashes, no hosts.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = ["pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11"]
COMPILE += ["--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header"]


def main() -> None:
    """Lock Python, then npm."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None or shutil.which("npm") is None:
        sys.exit("Locking needs uv (pip install uv, or UV=/path/to/uv) and npm.")
    development = ["--group", "dev", "--constraints", "requirements.txt"]
    for command in (
        [uv, *COMPILE, "--output-file", "requirements.txt"],
        [uv, *COMPILE, *development, "--output-file", "requirements-dev.txt"],
        ["npm", "install", "--package-lock-only", "--no-progress"],
    ):
        print("·", " ".join(command), flush=True)
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()

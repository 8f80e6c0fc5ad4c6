"""Find what must not be in the repository: registry hosts, paths of one machine, vendored files,
inline scripts and styles, unpinned packages.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ANYWHERE = {
    "a package registry": re.compile(
        r"registry\.(npmjs|yarnpkg)\.|pypi\.(org|python)|pythonhosted\."
        r"|(extra-)?index-url[= ]+\S*://|\"resolved\":"
    ),
    # /srv, /etc and /var are allowed: docs/ puts things there on a server.
    "a path of one machine": re.compile(r"(?<![\w.:/}-])/(root|home|Users|work|opt|tmp)/[\w.]+/"),
}
VENDORED = re.compile(
    r"(^|/)(node_modules|vendor)/|\.(woff2?|ttf|otf|wasm|mo|map)$|\.min\.(js|css)$"
)
LARGEST = 600_000  # bytes; the README's pictures are the largest files that belong here

# The Content-Security-Policy forbids these. Letters and PDFs have their own styles.
PAGES = re.compile(r"^templates/(?!pdf/)(?!.*/letters/).*\.html$")
INLINE = {
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\b(src=|type=\"application/))", re.IGNORECASE),
    "inline handler": re.compile(r"<[^>{]*\son[a-z]+\s*=|[\"']\s*javascript:", re.IGNORECASE),
}


def main() -> None:
    """Check every file that is or would be committed."""
    faults = [fault for name in names() for fault in faults_of(name)]
    faults += unpinned()
    print("\n".join(faults) or "nothing found")
    sys.exit(bool(faults))


def names() -> list[str]:
    """Returns all files that git tracks or would add, sorted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def faults_of(name: str) -> Iterator[str]:
    """Yields what is wrong with one file."""
    path = ROOT / name
    if VENDORED.search(name):
        yield f"{name}: installed or made by set-up, so not committed"
    if path.stat().st_size > LARGEST:
        yield f"{name}: {path.stat().st_size // 1000} kB is too large for the repository"
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        return
    for what, pattern in patterns_for(name).items():
        for found in pattern.finditer(text):
            number = text.count("\n", 0, found.start()) + 1
            yield f"{name}:{number}: {what}: {found[0].strip()!r}"


def patterns_for(name: str) -> dict[str, re.Pattern[str]]:
    """Returns the patterns that must not occur in this file."""
    if name == "scripts/repository.py":
        return {}
    return ANYWHERE | INLINE if PAGES.match(name) else ANYWHERE


def unpinned() -> Iterator[str]:
    """Yields packages that are not locked to one version with its hash."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        packages = re.split(r"\n(?=\S)", (ROOT / name).read_text())
        for package in packages:
            if package and not package.startswith("#") and "--hash=sha256:" not in package:
                yield f"{name}: without a hash: {package.splitlines()[0]}"
    wanted = json.loads((ROOT / "package.json").read_text())
    for group in ("dependencies", "devDependencies"):
        for package, version in wanted.get(group, {}).items():
            if not re.fullmatch(r"\d+\.\d+\.\d+", version):
                yield f"package.json: {package} is not one exact version: {version}"


if __name__ == "__main__":
    main()

"""Keep a .br and a .gz beside every static file that compresses well, for WhiteNoise to send.

Only changed files are compressed again, and copies of files that are gone are deleted.
"""

import gzip
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import brotli

STATIC = Path(__file__).resolve().parent.parent / "static"
SQUEEZABLE = {
    ".css",
    ".js",
    ".mjs",
    ".svg",
    ".json",
    ".webmanifest",
    ".txt",
    ".html",
    ".wasm",
}
COPIES = (".br", ".gz")


def main() -> None:
    """Bring all compressed copies up to date."""
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    for copy in files:
        if copy.suffix in COPIES and not copy.with_suffix("").exists():
            copy.unlink()
    stale = [path for path in files if path.suffix in SQUEEZABLE and is_stale(path)]
    if stale:
        with ProcessPoolExecutor() as pool:
            list(pool.map(squeeze, stale))


def is_stale(path: Path) -> bool:
    """Returns whether a copy is missing or of another version. A copy has the time of its file."""
    time = path.stat().st_mtime_ns
    copies = [Path(f"{path}{suffix}") for suffix in COPIES]
    return not all(copy.exists() and copy.stat().st_mtime_ns == time for copy in copies)


def squeeze(path: Path) -> None:
    """Write both copies of `path`, as small as they get."""
    content, status = path.read_bytes(), path.stat()
    for suffix, squeezed in (
        (".br", brotli.compress(content)),
        (".gz", gzip.compress(content, 9, mtime=0)),
    ):
        copy = Path(f"{path}{suffix}")
        building = Path(f"{copy}.building")
        building.write_bytes(squeezed)
        os.utime(building, ns=(status.st_atime_ns, status.st_mtime_ns))
        building.replace(copy)


if __name__ == "__main__":
    main()

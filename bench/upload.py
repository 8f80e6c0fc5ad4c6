"""Takes one upload in a process of its own and prints by how many megabytes it grew at its peak.

The file is made in another process, which is gone by then. Linux tells the peak of a process.
"""

import io
import sys
import zipfile
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from festival import sheets
from festival.errors import Refusal
from festival.programme import photos


def photo(side: int, kind: str, **options: bool) -> tuple[str, bytes]:
    """Returns a square photo."""
    file = io.BytesIO()
    Image.new("RGB", (side, side), "#e8341f").save(file, kind, **options)
    return "photo", file.getvalue()


def workbook() -> tuple[str, bytes]:
    """Returns a spreadsheet as full as it may be."""
    rows = [[f"cel {row} {column}" for column in range(40)] for row in range(1000)]
    return "sheet", sheets.xlsx("Blad", [f"kop {column}" for column in range(40)], rows)


def bomb() -> tuple[str, bytes]:
    """Returns a small spreadsheet that would be a very large one."""
    cells = b"<c><v>1</v></c>" * 3_000_000
    row = b'<worksheet><sheetData><row r="1">' + cells + b"</row></sheetData></worksheet>"
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheets.xlsx("Blad", ["x"], []))) as former,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in former.namelist():
            archive.writestr(name, row if "sheet1" in name else former.read(name))
    return "sheet", file.getvalue()


FILES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "JPEG of 50 million pixels": lambda: photo(7071, "JPEG"),
    "Progressive JPEG of 24 million": lambda: photo(4898, "JPEG", progressive=True),
    "PNG of 16 million": lambda: photo(4000, "PNG"),
    "WebP of 16 million": lambda: photo(4000, "WEBP"),
    "PNG of 50 million, refused": lambda: photo(7071, "PNG"),
    "Spreadsheet of 1,000 rows": workbook,
    "Spreadsheet of 3 million cells in 90 kB, refused": bomb,
}


def make(name: str) -> tuple[str, bytes]:
    """Returns the kind and the content of one of FILES."""
    return FILES[name]()


def peak_mb() -> float:
    """Returns the most memory that this process ever had, in megabytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not tell the peak of a process")


def main() -> None:
    """Take the upload that the first argument names."""
    with get_context("spawn").Pool(1) as pool:
        kind, content = pool.apply(make, [sys.argv[1]])
    before = peak_mb()
    try:
        if kind == "photo":
            photos.prepare(content)
        else:
            sheets.read(content)
        is_refused = False
    except Refusal:
        is_refused = True
    if is_refused != sys.argv[1].endswith("refused"):
        raise SystemExit(f"refused: {is_refused}")
    print(f"{peak_mb() - before:.1f}")


if __name__ == "__main__":
    main()

"""QR codes as one SVG path, small in HTML and fast in PDFs, and as a PNG for mail programs."""

import re
import struct
import zlib
from base64 import b64encode
from functools import lru_cache

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks
_PIXELS = 6  # per module in a PNG: sharp on a telephone, and still only some 2 kB


def svg(text: str, *, label: str, name: str = "qr") -> Markup:
    """Returns `text` as an SVG, black on white with its quiet zone; screen readers say `label`.

    `name` is its id, with which the page can show it a second time.
    """
    size, path = _drawing(text)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" id="{name}" viewBox="0 0 {size} {size}" role="img"'
        ' aria-label="{label}" shape-rendering="crispEdges" class="qr">'
        '<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    ).format(name=name, size=size, label=label, path=path)


@lru_cache(maxsize=1024)
def data_url(text: str) -> str:
    """Returns the QR code as a data: URL for an `<img>`, without quiet zone, for white paper.

    Each run of dark modules is one thick line. That takes a fifth of the coordinates of an
    outline, and reading coordinates is what costs time in a PDF.
    """
    size, path = _drawing(text)
    inner = size - 2 * QUIET_ZONE
    lines = re.sub(r"v1h-\d+z", "", re.sub(r" (\d+)h", r" \1.5h", path))
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{QUIET_ZONE} {QUIET_ZONE} {inner}'
        f' {inner}"><path stroke="#000" d="{lines}"/></svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(picture.encode()).decode()


def png(text: str) -> bytes:
    """Returns `text` as a PNG, black on white with its quiet zone: mail programs draw no SVG.

    One bit per pixel in shades of grey (ISO/IEC 15948), so that it needs no library.
    """
    rows = modules(text)
    width = (len(rows) + 2 * QUIET_ZONE) * _PIXELS
    margin = [False] * QUIET_ZONE
    blank = [[False] * len(rows)] * QUIET_ZONE
    lines = []
    for row in [*blank, *rows, *blank]:
        bits = "".join(("0" if dark else "1") * _PIXELS for dark in [*margin, *row, *margin])
        packed = int(bits.ljust(-(-width // 8) * 8, "0"), 2).to_bytes(-(-width // 8))
        lines += [b"\0" + packed] * _PIXELS  # 0: this line is not filtered
    header = struct.pack(">IIBBBBB", width, width, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


@lru_cache(maxsize=4096)
def _drawing(text: str) -> tuple[int, str]:
    """Returns the width in modules, quiet zone included, and the path (some 4 kB in memory)."""
    rows = modules(text)
    return len(rows) + 2 * QUIET_ZONE, _path(rows)


def modules(text: str) -> list[list[bool]]:
    """Returns the rows of modules without quiet zone; True is dark."""
    # A fixed mask is five times faster than trying all eight, and scans equally well.
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=3, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows: list[list[bool]] = code.get_matrix()
    return rows


def _path(rows: list[list[bool]]) -> str:
    """Returns the path: each run of dark modules in a row is one closed bar."""
    parts = []
    for y, row in enumerate(rows, start=QUIET_ZONE):
        start = None
        for x, dark in enumerate([*row, False], start=QUIET_ZONE):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
                start = None
    return "".join(parts)

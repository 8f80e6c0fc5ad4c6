"""QR codes as one SVG path: small in HTML, fast in PDFs."""

import re
from base64 import b64encode
from functools import lru_cache

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks


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

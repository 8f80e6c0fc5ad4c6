"""The room that text takes on paper, in the fonts of the PDFs. Never an underestimate."""

from functools import lru_cache
from math import ceil

from PIL import ImageFont

from festival.config import ROOT

MM = 0.3528  # millimetres in a point
LEADING = 1.16

_FILES = {
    "title": "bricolage-grotesque-condensed-800.ttf",
    "bold": "atkinson-hyperlegible-next-700-normal.ttf",
    "text": "atkinson-hyperlegible-next-400-normal.ttf",
}
_SPACE = 0.3  # em


def measure_line_height(size: float) -> float:
    """Returns the height of a line of `size` points, in millimetres."""
    return size * MM * LEADING


def count_lines(text: str, font: str, size: float, width: float) -> int:
    """Returns the number of lines of `width` millimetres that `text` takes, at `size` points."""
    room = width / (size * MM)  # in ems
    count, used = 1, 0.0
    for word in text.split():
        length = _measure_word(word, font)
        if used and used + _SPACE + length <= room:
            used += _SPACE + length
            continue
        if used:
            count, used = count + 1, 0.0
        # A word longer than a line is split; up to a third of each line may stay empty.
        pieces = 1 if length <= room else ceil(length / (room * 0.66))
        count += pieces - 1
        used = length if pieces == 1 else room
    return count


@lru_cache(maxsize=8192)
def _measure_word(word: str, font: str) -> float:
    """Returns the width of a word in ems, plus a margin for rounding."""
    return float(_load_font(font).getlength(word)) / 100 * 1.03


@lru_cache
def _load_font(name: str) -> ImageFont.FreeTypeFont:
    folder = ROOT / "static" / "vendor" / "fonts" / "ttf"
    return ImageFont.truetype(str(folder / _FILES[name]), 100)

"""Preview pictures for shared pages: a poster of 1200 by 630 pixels, in paper and ink.

The address of a poster contains a digest of its content, so browsers can keep it for ever.
"""

import threading
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from hashlib import blake2b
from io import BytesIO

from PIL import Image, ImageColor, ImageDraw

from festival import fonts, text_metrics
from festival.text import line
from festival.web.hyphens import hyphenated

WIDTH, HEIGHT = 1200, 630
_DESIGN = 3  # raise it with every change of how posters look

# Keys of fonts.OWN.
_HEAD, _TEXT, _BOLD = "display", "text", "bold"

# The light inks of static/css/tokens.css.
_PAPER, _INK, _SOFT, _STAMP = "#fbf6ec", "#1c1a17", "#5a5248", "#fd4134"
_FILLS = {
    "talk": "#5089d0",
    "workshop": "#c4780b",
    "music": "#b569cd",
    "game": "#b569cd",
    "coaching": "#059e5d",
    "story": "#fd4134",
}

EVERYTHING = "everything"

# Everything is drawn at twice the size and then scaled down: Pillow does not smooth edges.
_TWICE = 2
_MARGIN = 64
_HORIZON = 452  # where the ink ends, the thread runs and the paper begins
_LOOP = 1090  # where on the thread

_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Poster:
    """The content of a picture. All texts are plain, in one language."""

    kind: str  # one of models.KINDS; '' for the whole festival, EVERYTHING for its programme
    label: str  # the word for the kind, or ''
    title: str
    language: str  # of the title, to know where words may be split
    names: str  # who is on stage
    when: str  # the first line on the paper
    where: str  # the second
    festival: str

    @property
    def digest(self) -> str:
        """A digest of the content and the design: it differs for every picture."""
        said = repr((_DESIGN, *astuple(self))).encode("utf-8", "replace")
        return blake2b(said, digest_size=8).hexdigest()

    @property
    def alt(self) -> str:
        """The text in the picture."""
        parts = (self.label, self.title, self.names, self.when, self.where, self.festival)
        return ", ".join(part for part in parts if part)


def draw(poster: Poster) -> bytes:
    """Returns the picture as PNG."""
    with _one_at_a_time:
        return _draw(poster)


def _draw(poster: Poster) -> bytes:
    image = Image.new("RGB", (WIDTH * _TWICE, HEIGHT * _TWICE), _PAPER)
    pen = ImageDraw.Draw(image)
    fills = _fills(poster.kind)
    for number, fill in enumerate(fills):
        band = WIDTH // len(fills)
        _box(pen, (number * band, 0, (number + 1) * band, _HORIZON), fill)
    top = 54
    if poster.label:
        _tag(pen, poster, top)
        top += 76
    below = _HORIZON - 36 - (52 if poster.names else 0)
    _headline(pen, poster, top, below - 14)
    if poster.names:
        names = _shortened(poster.names, _BOLD, 32, _LOOP - 60 - _MARGIN)
        _write(pen, (_MARGIN, below), names, _BOLD, 32, _INK)
    _thread(pen, fills[-1])
    _mark(image, (WIDTH - _MARGIN - 92, 506))
    room = WIDTH - 2 * _MARGIN - 92 - 40
    _write(pen, (_MARGIN, 500), _shortened(poster.when, _BOLD, 34, room), _BOLD, 34, _INK)
    bottom = " · ".join(part for part in (poster.where, poster.festival) if part)
    _write(pen, (_MARGIN, 550), _shortened(bottom, _TEXT, 30, room), _TEXT, 30, _SOFT)
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    written = BytesIO()
    # A palette makes the file five times smaller without a visible difference.
    small.quantize(palette=_inks(fills), dither=Image.Dither.NONE).save(
        written, "PNG", optimize=True
    )
    return written.getvalue()


def _fills(kind: str) -> tuple[str, ...]:
    """Returns the background inks: one for a kind, all of them for the programme."""
    if kind == EVERYTHING:
        return tuple(dict.fromkeys(_FILLS.values()))
    return (_FILLS.get(kind, _STAMP),)


@lru_cache
def _inks(fills: tuple[str, ...]) -> Image.Image:
    """Returns a Pillow palette of the poster's inks and the shades at their edges."""
    edges = [(_INK, _PAPER), (_SOFT, _PAPER), (_STAMP, _PAPER)]
    edges += [(other, fill) for fill in fills for other in (_INK, _PAPER)]
    shades = [
        round(one + (other - one) * step / 15)
        for left, right in edges
        for step in range(16)
        for one, other in zip(ImageColor.getrgb(left), ImageColor.getrgb(right), strict=True)
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette(shades)
    return palette


def _headline(pen: ImageDraw.ImageDraw, poster: Poster, top: int, below: int) -> None:
    """Draws the title as large as it fits, without splitting words if it stays large enough."""
    # A title in a script that no font has is empty by now.
    title = _drawable(line(poster.title)) or _drawable(line(poster.festival))
    width, height = WIDTH - 2 * _MARGIN, below - top
    sizes = (148, 128, 112, 100, 90, 80, 72, 64, 58, 52, 46)
    cut = hyphenated(title, poster.language).split(" ")
    chosen: tuple[int, list[str]] | None = None
    for words, smallest in ((title.split(" "), 72), (cut, sizes[-1])):
        for size in sizes:
            lines = _wrapped(words, _HEAD, size, width)
            if chosen is None and size >= smallest and lines and _tall(lines, size) <= height:
                chosen = size, lines
    if chosen is None:
        size = sizes[-1]
        lines = _wrapped([letter for word in cut for letter in _pieces(word)], _HEAD, size, width)
        most = max(1, height * 100 // (size * 102))
        chosen = (
            size,
            [*lines[: most - 1], _shortened(" ".join(lines[most - 1 :]), _HEAD, size, width)],
        )
    size, lines = chosen
    for number, text in enumerate(lines):
        _write(
            pen, (_MARGIN - size // 24, top + number * size * 102 // 100), text, _HEAD, size, _INK
        )


def _tall(lines: Sequence[str], size: int) -> int:
    """Returns the height of the lines, including what hangs below the last one."""
    return len(lines) * size * 102 // 100 + size * 14 // 100


def _pieces(word: str) -> list[str]:
    """Returns a word that fits nowhere, in pieces of twenty letters."""
    letters = word.replace("\N{SOFT HYPHEN}", "")
    return [letters[start : start + 20] for start in range(0, len(letters), 20)]


def _wrapped(words: Sequence[str], font: str, size: int, width: int) -> list[str]:
    """Returns `words` in lines, split at soft hyphens if needed; [] if a word is too wide."""
    lines = [""]
    for word in words:
        if _long(f"{lines[-1]} {word}".strip(), font, size) <= width:
            lines[-1] = f"{lines[-1]} {word}".strip()
            continue
        parts = word.split("\N{SOFT HYPHEN}")
        if lines[-1]:
            lines.append("")
        for number, part in enumerate(parts):
            hyphen = "-" if number < len(parts) - 1 else ""
            if _long(f"{lines[-1]}{part}{hyphen}", font, size) > width and lines[-1]:
                lines[-1] += "-"
                lines.append("")
            lines[-1] += part
        if max(_long(each, font, size) for each in lines) > width:
            return []
    return lines


def _shortened(text: str, font: str, size: int, width: int) -> str:
    """Returns `text` cut to one line, with an ellipsis for what does not fit."""
    text = _drawable(line(text))
    if _long(text, font, size) <= width:
        return text
    while text and _long(f"{text}…", font, size) > width:
        text = text[:-1].rstrip(" ,·")
    return f"{text}…"


def _tag(pen: ImageDraw.ImageDraw, poster: Poster, top: int) -> None:
    """Draws the kind: its shape and its word on a label of ink."""
    label = _drawable(poster.label)
    width = _long(label, _BOLD, 30)
    _box(pen, (_MARGIN, top, _MARGIN + 20 + 30 + 14 + round(width) + 22, top + 54), _INK)
    _shape(pen, poster.kind, (_MARGIN + 20, top + 12), 30, _PAPER, _INK)
    _write(pen, (_MARGIN + 64, top + 7), label, _BOLD, 30, _PAPER)


def _shape(
    pen: ImageDraw.ImageDraw, kind: str, at: tuple[int, int], side: int, ink: str, hole: str
) -> None:
    """Draws the shape of a kind, see templates/parts/kinds.html, on a square of twenty units."""

    def of(*points: float) -> list[float]:
        return [
            (at[number % 2] + value * side / 20) * _TWICE for number, value in enumerate(points)
        ]

    if kind == "talk":
        pen.ellipse(of(0.5, 1, 19.5, 17), fill=ink)
        pen.polygon(of(2.5, 19.5, 3.4, 13, 9, 16), fill=ink)
    elif kind == "workshop":
        pen.rectangle(of(6.5, 1, 13.5, 19), fill=ink)
        pen.rectangle(of(1, 6.5, 19, 13.5), fill=ink)
    elif kind == "music":
        pen.polygon(of(3, 0.8, 19, 10, 3, 19.2), fill=ink)
    elif kind == "game":
        pen.rectangle(of(1, 1, 19, 19), fill=ink)
        for x, y in ((6, 6), (10, 10), (14, 14)):
            pen.ellipse(of(x - 2, y - 2, x + 2, y + 2), fill=hole)
    elif kind == "coaching":
        pen.ellipse(of(0.6, 0.8, 19.4, 19.2), fill=ink)
        pen.rectangle(of(8.8, 0, 11.2, 20), fill=hole)
    else:
        pen.polygon(of(10, 0.5, 19.5, 9, 17, 9, 17, 19, 3, 19, 3, 9, 0.5, 9), fill=ink)


def _thread(pen: ImageDraw.ImageDraw, fill: str) -> None:
    """Draws one line from edge to edge, with a loop."""
    at, radius, thick = _LOOP, 27, 7
    _box(pen, (0, _HORIZON - 3, WIDTH, _HORIZON + 4), _INK)
    ring = tuple(
        value * _TWICE for value in (at - radius, _HORIZON - 2 * radius, at + radius, _HORIZON + 4)
    )
    pen.ellipse(ring, fill=fill, outline=_INK, width=thick * _TWICE)


def _mark(image: Image.Image, at: tuple[int, int]) -> None:
    """Draws our mark: a stamp with the needle through it, as in static/img/icon.svg."""
    side = 92 * _TWICE
    unit = side / 64
    stamp = Image.new("RGB", (side, side), _PAPER)
    pen = ImageDraw.Draw(stamp)

    def of(*values: float) -> list[float]:
        return [value * unit for value in values]

    pen.ellipse(of(5, 5, 59, 59), outline=_STAMP, width=round(5 * unit))
    pen.ellipse(of(12, 12, 52, 52), outline=_STAMP, width=round(1.6 * unit))
    pen.line(of(8, 56, 57, 7), fill=_PAPER, width=round(12 * unit))
    pen.polygon(of(61, 2, 24.5, 47, 18, 53, 13, 55, 12, 54, 13, 48, 19, 41), fill=_STAMP)
    pen.line(of(21.2, 44.6, 16.4, 50.4), fill=_PAPER, width=round(1.8 * unit))
    image.paste(stamp, (at[0] * _TWICE, at[1] * _TWICE))


def _box(pen: ImageDraw.ImageDraw, corners: tuple[int, int, int, int], ink: str) -> None:
    left, top, right, bottom = (value * _TWICE for value in corners)
    pen.rectangle((left, top, right - 1, bottom - 1), fill=ink)


def _write(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, font: str, size: int, ink: str
) -> None:
    own = text_metrics.load(fonts.OWN[font], size * _TWICE)
    x: float = at[0] * _TWICE
    baseline = at[1] * _TWICE + own.getmetrics()[0]
    pieces = list(fonts.runs(text, font))
    if text_metrics.is_leftward(text):
        pieces.reverse()
    for piece, file in pieces:
        drawn = text_metrics.load(file, size * _TWICE)
        pen.text((x, baseline), piece, font=drawn, fill=ink, anchor="ls")
        x += drawn.getlength(piece)


def _long(text: str, font: str, size: int) -> float:
    """Returns how wide `text` is, without its soft hyphens."""
    pieces = fonts.runs(text.replace("\N{SOFT HYPHEN}", ""), font)
    width = sum(text_metrics.load(file, size * _TWICE).getlength(piece) for piece, file in pieces)
    return width / _TWICE


def _drawable(text: str) -> str:
    """Returns `text` without characters that no font has, which would show as empty boxes."""
    strange = fonts.unwritable(text)
    return " ".join("".join(each for each in text if each not in strange).split())

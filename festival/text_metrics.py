"""The room that text takes on paper, measured in the fonts that write it; and text made to fit.

Never an underestimate: what is said to fit is never printed over something else.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from PIL import ImageFont

from festival import fonts
from festival.web import hyphens

MM = 0.3528  # millimetres in a point
LEADING = 1.16

_SPACE = 0.3  # em
_MARGIN = 1.03  # for rounding
_UNKNOWN = 1.0  # em, of a character that no font has
# Letters outside our own fonts stand higher and hang lower.
_TALL_LEADING = 1.5
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"
_AFTER_HYPHEN = re.compile(r"(?<=[-‐/])(?=[^-‐/])")
_VIRAMA = 9  # the combining class of signs that join two letters into one
# A word is cut in syllables only in letters of at most this size, and between any two letters only
# where even that does not help.
_MOST_SYLLABLES, _MOST_LETTERS = 30.0, 23.0


class Fitted(NamedTuple):
    """Text in lines that stay inside their box."""

    lines: list[str]
    size: float  # points
    leading: float
    is_leftward: bool  # written from right to left

    @property
    def height(self) -> float:
        """In millimetres."""
        return len(self.lines) * self.size * self.leading * MM


class _Atom(NamedTuple):
    """What stays together on a line: a word, a syllable or a letter."""

    text: str
    after_space: bool = False
    is_cut: bool = False  # from the atom before it: a line that ends there gets a hyphen


def measure_line_height(size: float) -> float:
    """Returns the height of a line of `size` points, in millimetres."""
    return size * MM * LEADING


def count_lines(text: str, font: str, size: float, width: float) -> int:
    """Returns the number of lines of `width` millimetres that `text` takes, at `size` points.

    `font` is a key of fonts.OWN.
    """
    room = width / (size * MM)  # in ems
    count, used = 1, 0.0
    for word in text.split():
        length = measure(word, font)
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


def fit(
    text: str,
    font: str,
    *,
    width: float,
    height: float,
    sizes: Sequence[float],
    leading: float,
    language: str = "nl",
) -> Fitted:
    """Returns `text` in lines that fit a box of these millimetres, as large as can be.

    `sizes` are points, from large to small. Whole words if there is room for them, else syllables,
    else letters. What does not fit at the smallest size ends with an ellipsis.
    """
    text = " ".join(text.split())
    if fonts.lacking(text):
        leading = max(leading, _TALL_LEADING)
    for cut, largest in (
        (_words, sizes[0]),
        (_syllables, max(_MOST_SYLLABLES, sizes[-1])),
        (_letters, max(_MOST_LETTERS, sizes[-1])),
    ):
        atoms = list(cut(text, language))
        # Words are not made tiny to keep them whole.
        smallest = sizes[-1] if cut is _letters else max(sizes[-1], sizes[0] / 3)
        for size in sizes:
            if size > largest or size < smallest:
                continue
            lines = _filled(atoms, font, width / (size * MM))
            if lines and len(lines) * size * leading * MM <= height:
                return Fitted(lines, size, leading, is_leftward(text))
    size = sizes[-1]
    lines = _filled(list(_letters(text, language)), font, width / (size * MM)) or [text]
    most = max(1, int(height / (size * leading * MM)))
    if len(lines) > most:
        lines = [*lines[: most - 1], _shortened(lines[most - 1], font, width / (size * MM))]
    return Fitted(lines, size, leading, is_leftward(text))


def is_leftward(text: str) -> bool:
    """Returns whether the first letter is of a script from right to left."""
    for sign in text:
        direction = unicodedata.bidirectional(sign)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


@lru_cache(maxsize=16384)
def measure(text: str, font: str) -> float:
    """Returns the width of `text` in ems, plus a margin for rounding."""
    # Pillow cannot measure line breaks and lone surrogates; they take no room.
    plain = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cs"})
    width = sum(load(file, 100).getlength(piece) / 100 for piece, file in fonts.runs(plain, font))
    strange = fonts.unwritable(plain)
    return (width + _UNKNOWN * sum(sign in strange for sign in plain)) * _MARGIN


@lru_cache(maxsize=64)
def load(file: str, size: int) -> ImageFont.FreeTypeFont:
    """Returns the font of `file` (see fonts.runs) at `size` pixels."""
    return ImageFont.truetype(str(fonts.FOLDER / f"{file}.ttf"), size)


def _filled(atoms: Sequence[_Atom], font: str, room: float) -> list[str]:
    """Returns the atoms in lines of `room` ems; [] if one is too wide."""
    lines = [""]
    for atom in atoms:
        joined = f"{lines[-1]}{' ' if atom.after_space and lines[-1] else ''}{atom.text}"
        # Room for a hyphen too, in case the line ends here.
        if measure(f"{joined}-", font) <= room or (
            not atom.is_cut and measure(joined, font) <= room
        ):
            lines[-1] = joined
            continue
        if measure(f"{atom.text}-", font) > room:
            return []
        if atom.is_cut and lines[-1]:
            lines[-1] += "-"
        lines.append(atom.text)
    return lines


def _shortened(line: str, font: str, room: float) -> str:
    while line and measure(f"{line}…", font) > room:
        line = line[:-1].rstrip()
    return f"{line}…"


def _words(text: str, _language: str) -> Iterator[_Atom]:
    for word in text.split():
        after_space = True
        for part in _AFTER_HYPHEN.split(word):
            for piece in _side_by_side(part):
                yield _Atom(piece, after_space)
                after_space = False


def _syllables(text: str, language: str) -> Iterator[_Atom]:
    for atom in _words(text, language):
        first, *others = hyphens.hyphenated(atom.text, language).split(_SOFT_HYPHEN)
        yield _Atom(first, atom.after_space)
        for other in others:
            yield _Atom(other, is_cut=True)


def _letters(text: str, language: str) -> Iterator[_Atom]:
    for atom in _words(text, language):
        before = ""
        for letter in _clusters(atom.text):
            is_cut = bool(before) and _takes_hyphen(before) and _takes_hyphen(letter)
            yield _Atom(letter, atom.after_space and not before, is_cut)
            before = letter


def _side_by_side(word: str) -> Iterator[str]:
    """Yields `word` in pieces: lines may end after every Chinese character, kana or hangul."""
    piece = ""
    for cluster in _clusters(word):
        if piece and (_is_wide(cluster[0]) or _is_wide(piece[-1])) and cluster[0].isalnum():
            yield piece
            piece = ""
        piece += cluster
    yield piece


def _clusters(word: str) -> Iterator[str]:
    """Yields the letters of `word`, each with its marks, joiners and what it is joined with."""
    cluster = ""
    for sign in word:
        is_mark = unicodedata.category(sign)[0] == "M" or fonts.is_shapeless(sign)
        is_skin = 0x1F3FB <= ord(sign) <= 0x1F3FF
        joins = bool(cluster) and (
            cluster[-1] == "\N{ZERO WIDTH JOINER}" or unicodedata.combining(cluster[-1]) == _VIRAMA
        )
        if cluster and not (is_mark or is_skin or joins):
            yield cluster
            cluster = ""
        cluster += sign
    if cluster:
        yield cluster


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def _takes_hyphen(letter: str) -> bool:
    """Returns whether words in this script are divided with a hyphen."""
    name = unicodedata.name(letter[0], "")
    return name.startswith(("LATIN", "GREEK", "CYRILLIC", "ARMENIAN"))

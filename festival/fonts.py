"""The fonts of paper and pictures: our own, and one for each script that ours cannot write.

People's names come in every script. What our fonts lack is looked up in these, in this order, so
that it looks the same on every machine. `doctor` says which are missing.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from fontTools.ttLib import TTFont

from festival.config import ROOT

FOLDER = ROOT / "static" / "vendor" / "fonts" / "ttf"

# Our own. Each writes Dutch, English and most languages in Latin letters.
OWN = {
    "display": "bricolage-grotesque-800",
    "name": "bricolage-grotesque-600",
    "title": "bricolage-grotesque-condensed-800",
    "bold": "atkinson-hyperlegible-next-700-normal",
    "text": "atkinson-hyperlegible-next-400-normal",
}
# Control characters, marks of direction, joiners and variation selectors have no shape.
_SHAPELESS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_SELECTORS = range(0xFE00, 0xFE10)


class Fallback(NamedTuple):
    """A font for scripts that ours lack."""

    script: str  # for people
    sample: str
    regular: str  # file names, without .ttf
    bold: str

    @property
    def family(self) -> str:
        """Its name in style sheets."""
        return f"Paper-{self.regular}"


FALLBACKS = (
    Fallback(
        "Greek, Cyrillic, Vietnamese",
        "Αναστασία Олександр Nguyễn",
        "noto-sans-400",
        "noto-sans-700",
    ),
    Fallback("Arabic", "محمد الهاشمي", "noto-sans-arabic-400", "noto-sans-arabic-700"),
    Fallback("Hebrew", "שרה כהן", "noto-sans-hebrew-400", "noto-sans-hebrew-700"),
    Fallback("Devanagari", "अनन्या शर्मा", "noto-sans-devanagari-400", "noto-sans-devanagari-700"),
    Fallback("Bengali", "রহিমা খাতুন", "noto-sans-bengali-400", "noto-sans-bengali-700"),
    Fallback("Tamil", "கமலா", "noto-sans-tamil-400", "noto-sans-tamil-700"),
    Fallback("Thai", "สมชาย ใจดี", "noto-sans-thai-400", "noto-sans-thai-700"),
    Fallback("Ethiopic", "ሰላም ተስፋዬ", "noto-sans-ethiopic-400", "noto-sans-ethiopic-700"),
    Fallback("Armenian", "Անի Պետրոսյան", "noto-sans-armenian-400", "noto-sans-armenian-700"),
    Fallback("Georgian", "ნინო ბერიძე", "noto-sans-georgian-400", "noto-sans-georgian-700"),
    Fallback("Chinese and Japanese", "王小明 陳偉 さくら", "noto-sans-sc", "noto-sans-sc"),
    Fallback("Korean", "김민준", "noto-sans-kr", "noto-sans-kr"),
    Fallback("emoji", "🎉👋🏽", "noto-emoji", "noto-emoji"),
    # Supplements of the Chinese font above, with what that lacks. They are last, so that they are
    # opened for a name that needs them and for no other.
    Fallback("rarer Japanese, arrows", "𠮷田 濵﨑 曻 →", "noto-sans-jp", "noto-sans-jp"),
    Fallback("rarer Chinese", "偀 縴", "noto-sans-tc", "noto-sans-tc"),
)

_EMOJI = "noto-emoji"


def lacking(text: str) -> set[str]:
    """Returns the characters of `text` that not all of our own fonts have."""
    own = _own()
    return {sign for sign in set(text) if ord(sign) not in own and not is_shapeless(sign)}


def fallbacks_for(text: str) -> list[Fallback]:
    """Returns the fallback fonts that `text` needs; for nearly all texts none."""
    wanted = lacking(text)
    found = []
    for fallback in FALLBACKS:
        if not wanted:
            break
        if known := {sign for sign in wanted if ord(sign) in covered_by(fallback.regular)}:
            found.append(fallback)
            wanted -= known
    return found


def unwritable(text: str) -> set[str]:
    """Returns the characters of `text` that none of the fonts here has."""
    wanted = lacking(text)
    for fallback in FALLBACKS:
        if not wanted:
            break
        wanted = {sign for sign in wanted if ord(sign) not in covered_by(fallback.regular)}
    return wanted


def runs(text: str, font: str) -> Iterator[tuple[str, str]]:
    """Yields `text` in pieces, each with the file that writes it; `font` is a key of OWN.

    Spaces, digits and marks stay with the letters before them where their font has them, so that a
    sentence from right to left is one piece.
    """
    own = OWN[font]
    if not lacking(text):
        yield text, own
        return
    piece, of = "", own
    for sign in text:
        chosen = of if is_shapeless(sign) else _font_of(sign, of, own)
        if chosen != of and piece:
            yield piece, of
            piece = ""
        piece, of = piece + sign, chosen
    yield piece, of


def is_shapeless(sign: str) -> bool:
    """Returns whether a character is not drawn itself but changes how others are."""
    return unicodedata.category(sign) in _SHAPELESS or ord(sign) in _SELECTORS


@lru_cache
def covered_by(font: str) -> frozenset[int]:
    """Returns the code points that the file `font` has; none if it is missing."""
    path = FOLDER / f"{font}.ttf"
    if not path.exists():
        return frozenset()
    with TTFont(path, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def _font_of(sign: str, before: str, own: str) -> str:
    is_letter = unicodedata.category(sign)[0] == "L"
    is_ours = ord(sign) in covered_by(own)
    # The spaces and digits of the emoji are as wide as a face.
    if not is_letter and ord(sign) in covered_by(before) and not (is_ours and before == _EMOJI):
        return before
    if is_ours:
        return own
    is_bold = own != OWN["text"]
    for fallback in FALLBACKS:
        if ord(sign) in covered_by(fallback.regular):
            return fallback.bold if is_bold else fallback.regular
    return own


@lru_cache
def _own() -> frozenset[int]:
    return frozenset.intersection(*(covered_by(font) for font in OWN.values()))

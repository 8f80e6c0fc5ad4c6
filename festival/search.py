"""Search by words that ignores capitals, accents and punctuation: `lucja` finds Łucja.

The browser does the same in static/js/search.js; tests/js/cases/folded.json holds both to it.
"""

import re
import unicodedata
from collections.abc import Iterable

# Of a search. A name, a title or an address is shorter; a page of words would cost seconds.
MOST_LETTERS, MOST_WORDS = 200, 12

# Between two letters they are not seen: `d'Hondt` and `dHondt` are the same.
_APOSTROPHES = re.compile("['`\u00b4\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\uff07]")
_HYPHENS = re.compile("[-\u2010\u2011\u2012\u2013\ufe63\uff0d]")
# The accents of Latin, Greek, Cyrillic, Hebrew and Arabic. The marks of other scripts are letters.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f"
    "\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
# Letters that Unicode does not split into a plain letter and an accent.
_PLAIN = str.maketrans(
    {
        **{"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ŋ": "n"},
        **{"ə": "e", "ĸ": "k", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss", "ς": "σ", "ʼ": ""},
    }
)
# They are part of a word, so that they stand for themselves and for nothing else.
_AS_TYPED = "%_\\"
_NO_ASCII_WORD = re.compile(f"[^a-z0-9{re.escape(_AS_TYPED)}]+")


def bare(text: str) -> str:
    """Returns `text` in small letters without accents and apostrophes; other punctuation stays."""
    text = _APOSTROPHES.sub("", text)
    if text.isascii():  # most names are, and lists compare thousands
        return text.lower()
    small = unicodedata.normalize("NFKD", text).lower()
    # Lowering can bring accents back: İ becomes i and a dot.
    return _MARKS.sub("", unicodedata.normalize("NFKD", small)).translate(_PLAIN)


def words(typed: str) -> list[str]:
    """Returns the words of a text, folded; a hyphen ends a word."""
    text = bare(typed)
    if text.isascii():
        return _NO_ASCII_WORD.sub(" ", text).split()
    return "".join(
        sign if unicodedata.category(sign)[0] in "LMN" or sign in _AS_TYPED else " "
        for sign in text
    ).split()


def wanted(typed: str) -> list[str]:
    """Returns at most MOST_WORDS words to look for. Signs without letters are found nowhere."""
    return words(typed[:MOST_LETTERS])[:MOST_WORDS] or typed.split()[:1]


def folded(*texts: str) -> str:
    """Returns the words of `texts` in the form in which a search looks for them.

    Words with a hyphen are there in parts and as one: `e-mail` is found as `mail` and as `email`.
    """
    return " ".join(word for text in texts for word in (*words(text), *_joined(text)))


def holds_all(folded_text: str, wanted: Iterable[str]) -> bool:
    """Returns whether the text contains all of the folded words `wanted`."""
    return all(word in folded_text for word in wanted)


def _joined(text: str) -> list[str]:
    """Returns the words of `text` that hold a hyphen, without it."""
    if not _HYPHENS.search(text):
        return []
    return ["".join(words(each)) for each in text.split() if _HYPHENS.search(each.strip("-\u2013"))]

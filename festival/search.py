"""Finding by words: capitals and accents do not matter, so that `lucja` finds Łucja."""

import unicodedata
from collections.abc import Iterable

# Letters that Unicode does not take apart into a plain one and its accent.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ð": "d", "æ": "ae", "œ": "oe"})


def folded(*texts: str) -> str:
    """All `texts` in the form in which they are compared."""
    text = " ".join(texts).casefold()
    if text.isascii():  # most names are, and the gate compares thousands
        return text
    taken_apart = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in taken_apart if not unicodedata.combining(letter))
    return bare.translate(_PLAIN)


def words(typed: str) -> list[str]:
    """The words that somebody looks for, folded."""
    return folded(typed).split()


def holds_all(folded_text: str, wanted: Iterable[str]) -> bool:
    """Whether every one of the folded words `wanted` stands in the text."""
    return all(word in folded_text for word in wanted)

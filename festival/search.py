"""Search by words that ignores capitals and accents, so that `lucja` finds Łucja."""

import unicodedata
from collections.abc import Iterable

# Letters that Unicode does not split into a plain letter and an accent.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ð": "d", "æ": "ae", "œ": "oe"})

# Of a search. A name, a title or an address is shorter; a page of words would cost seconds.
_MOST_LETTERS, _MOST_WORDS = 200, 12


def folded(*texts: str) -> str:
    """Returns `texts` joined into one, in the form in which texts are compared."""
    text = " ".join(texts).casefold()
    if text.isascii():  # most names are, and the gates compare thousands
        return text
    taken_apart = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in taken_apart if not unicodedata.combining(letter))
    return bare.translate(_PLAIN)


def capped(typed: str) -> str:
    """Returns what somebody searches for, without blanks around it and no longer than is of use."""
    return typed.strip()[:_MOST_LETTERS]


def words(typed: str) -> list[str]:
    """Returns the words of a search, folded: the first few, since more find nothing more."""
    return folded(capped(typed)).split()[:_MOST_WORDS]


def holds_all(folded_text: str, wanted: Iterable[str]) -> bool:
    """Returns whether the text contains all of the folded words `wanted`."""
    return all(word in folded_text for word in wanted)

"""Which character set a text file is written in: UTF-8 and UTF-16, or one of three older ones.

Older files do not say. In the wrong set a text looks odd: a sign inside a word, a capital behind a
small letter, a letter that few languages have. The set with the least oddities is taken, and none
if two are as likely: a name that is spelled wrong is worse than a file that must be saved again.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

_OLDER = ("cp1252", "mac_roman", "cp1250")  # the first is what most programs here write
_LOOKED_AT = 20_000  # characters; more would not change the answer
# Letters of the languages around us, and signs that texts have.
_COMMON = frozenset("éèêëáàâäóòôöíìîïúùûüçñßÉÈÊËÁÀÂÄÓÒÔÖÍÌÎÏÚÙÛÜÇÑ")
_SIGNS = frozenset("“”„‘’‚–—…€£°·«»©®™§½¼¾²³×•†¡¿ª º\xa0")
_IN_WORDS = frozenset("’–·—…\xa0")
_BEHIND_WORDS = frozenset("²³®™°…”’»")
_ODD, _UNLIKELY, _RARE = 6, 3, 1
_MOST_EACH = 2  # on average; odder is no text
_BEYOND_ASCII = re.compile("[^\0-\x7f]")


class UnclearCharset(ValueError):
    """The text is not UTF-8, and which set it is written in cannot be known."""


def decoded(content: bytes) -> str:
    """Returns `content` as text. Raises UnclearCharset or another ValueError."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    if b"\0" in content[:2]:  # UTF-16 without a byte order mark
        return content.decode("utf-16-be" if content.startswith(b"\0") else "utf-16-le")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(_older_charset(content))


def _older_charset(content: bytes) -> str:
    oddities: dict[str, int] = {}
    for name in _OLDER:
        try:
            found = list(_oddities(content.decode(name)))
        except UnicodeDecodeError:
            continue
        if sum(found) <= _MOST_EACH * len(found):
            oddities[name] = sum(found)
    least = min(oddities.values(), default=0)
    best = [name for name in oddities if oddities[name] == least]
    if len(best) == 1 or (best and best[0] == _OLDER[0] and least == 0):
        return best[0]
    raise UnclearCharset


def _oddities(text: str) -> Iterator[int]:
    for found in islice(_BEYOND_ASCII.finditer(text), _LOOKED_AT):
        at = found.start()
        yield _oddity(text[at - 1 : at], text[at], text[at + 1 : at + 2])


def _oddity(before: str, letter: str, after: str) -> int:
    """Returns how odd `letter` is between its neighbours; '' is the edge of the text."""
    if unicodedata.category(letter) not in ("Lu", "Ll"):
        return _oddity_of_sign(before, letter, after)
    if letter.isupper() and before.islower():
        return _ODD
    if letter in "ñń" and after.isalpha() and (after in "aeiouáéíóú") == (letter == "ń"):
        return _ODD  # Spanish has ñ before a vowel only, Polish ń before none
    if letter == "ñ" and not after.isalpha():
        return _ODD
    if (letter in "ìòù" and after.isalpha()) or (letter == "õ" and after != "e"):
        return _UNLIKELY
    if letter in "œŒ" and after in "uU":
        return 0
    if not (before.isalpha() or after.isalpha()) and letter != "à":
        return _RARE
    return 0 if letter in _COMMON else _RARE


def _oddity_of_sign(before: str, sign: str, after: str) -> int:
    if sign not in _SIGNS:
        return _ODD
    if before.isalpha() and after.isalpha():
        return 0 if sign in _IN_WORDS else _ODD
    if before.isalpha() and sign not in _BEHIND_WORDS | _IN_WORDS:
        return _RARE
    if after.isalpha() and sign in "£²³®™¾½¼":
        return _ODD
    return 0

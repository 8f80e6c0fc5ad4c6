"""The languages of a session: ISO 639 codes joined by "+", as in `nl+en`.

Their names come from Babel, in the language of the page.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from babel import Locale
from babel.lists import format_list
from flask_babel import lazy_gettext as _l

from festival.web import languages

# Dutch and Flemish Sign Language are spoken here, and Babel does not know them.
_OURS = {"dse": _l("Nederlandse Gebarentaal"), "vgt": _l("Vlaamse Gebarentaal")}
# Those of a festival here, in the order of forms and of what is kept.
USUAL = ("nl", "en", "fr", "de", "tr", "ar", "pl", "uk", "es", *_OURS)
# Codes of Babel that are no language: not determined, several, none.
_NO_LANGUAGE = {"mis", "mul", "und", "zxx"}


class UnknownLanguage(ValueError):
    """`word` is no code and no name of a language that we know."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def codes(spoken: str) -> tuple[str, ...]:
    """Returns the codes in the languages of a session."""
    return tuple(filter(None, spoken.split("+")))


def joined(chosen: Iterable[str]) -> str:
    """Returns codes as they are kept: each once and in a fixed order, so that equal is equal."""
    return "+".join(in_order(chosen))


def in_order(chosen: Iterable[str]) -> list[str]:
    """Returns codes each once: the usual ones first, then the others by code."""
    return sorted(
        set(chosen), key=lambda code: (USUAL.index(code) if code in USUAL else len(USUAL), code)
    )


def name(code: str) -> str:
    """Returns the name of a language in the language of the page; a code nobody knows as it is."""
    if code in _OURS:
        return str(_OURS[code])
    return str(Locale.parse(languages.current()).languages.get(code, code))


def words(spoken: str) -> str:
    """Returns the languages of a session in words, such as "Nederlands en Engels"."""
    return _words(spoken, languages.current())


def read(text: str) -> str:
    """Returns the languages that somebody typed: codes, or names in Dutch or English.

    Between them stands a semicolon, comma, plus or slash; between two names also "en" or "and".
    Raises UnknownLanguage.
    """
    return joined(code for word in re.split(r"[;,+/]", text) for code in _read(word.strip()))


def _read(word: str) -> Iterator[str]:
    known, folded = _by_word(), word.casefold()
    if not folded:
        return
    if folded in known:
        yield known[folded]
        return
    # As earlier spreadsheets have it. Never between codes: in "nl en fr" the "en" is one itself.
    parts = re.split(r"\s+(?:en|and)\s+", folded)
    if len(parts) < 2 or not all(part in known and len(part) > 3 for part in parts):
        raise UnknownLanguage(word)
    yield from (known[part] for part in parts)


@cache
def _by_word() -> dict[str, str]:
    """Returns the codes by code and by name, in both languages of the site."""
    found: dict[str, str] = {}
    for language in languages.LANGUAGES:
        with languages.speaking(language):
            for code in [*Locale.parse(language).languages, *_OURS]:
                if re.fullmatch(r"[a-z]{2,3}", code) and code not in _NO_LANGUAGE:
                    found.setdefault(name(code).casefold(), code)
                    found[code] = code
    return found


@lru_cache(maxsize=1000)
def _words(spoken: str, language: str) -> str:
    return format_list([name(code) for code in codes(spoken)], locale=language)

"""Soft hyphens, so that long words in headlines can break on narrow screens.

Dutch writes compounds as one word, and not every browser knows where to break them.
"""

import re
from functools import lru_cache

import pyphen
from flask import Flask

_LONG = re.compile(r"[^\W\d_]{12,}")
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"


def init_app(app: Flask) -> None:
    """Add the filter `hyphenated(language)` to templates."""
    app.jinja_env.filters["hyphenated"] = hyphenated


def hyphenated(text: str, language: str) -> str:
    """Returns `text` with soft hyphens in words of 12 or more letters. `language`: nl or en."""
    return _LONG.sub(lambda word: _cut(word[0], language), text)


@lru_cache(maxsize=4096)
def _cut(word: str, language: str) -> str:
    cut: str = _dictionary(language).inserted(word, hyphen=_SOFT_HYPHEN)
    # No break before a diaeresis: "coöperatie" would then have to become "co-operatie".
    return re.sub(f"{_SOFT_HYPHEN}(?=[äëïöü])", "", cut)


@lru_cache
def _dictionary(language: str) -> pyphen.Pyphen:
    # At least four letters stay together on either side, never a single short syllable.
    return pyphen.Pyphen(lang={"nl": "nl_NL", "en": "en_GB"}[language], left=4, right=4)

"""Where long words may break: soft hyphens for headlines on narrow screens.

Dutch writes compounds as one word, and not every browser knows where those may be cut.
"""

import re
from functools import lru_cache

import pyphen
from flask import Flask

_LONG = re.compile(r"[^\W\d_]{12,}")
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"


def init_app(app: Flask) -> None:
    """Give templates the filter `hyphenated(language)`."""
    app.jinja_env.filters["hyphenated"] = hyphenated


def hyphenated(text: str, language: str) -> str:
    """`text` with soft hyphens in its words of 12 letters and more."""
    return _LONG.sub(lambda word: _cut(word[0], language), text)


@lru_cache(maxsize=4096)
def _cut(word: str, language: str) -> str:
    cut: str = _dictionary(language).inserted(word, hyphen=_SOFT_HYPHEN)
    # Cut before its diaeresis, "coöperatie" would have to lose it: "co-operatie".
    return re.sub(f"{_SOFT_HYPHEN}(?=[äëïöü])", "", cut)


@lru_cache
def _dictionary(language: str) -> pyphen.Pyphen:
    # Not a syllable alone on a line: four letters stay together on either side.
    return pyphen.Pyphen(lang={"nl": "nl_NL", "en": "en_GB"}[language], left=4, right=4)

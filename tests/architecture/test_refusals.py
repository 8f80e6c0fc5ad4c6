"""What refusals say: a number in a sentence must fit it, also when it is one."""

import re

import pytest
from flask_babel import gettext

from festival.errors import Refusal
from festival.web import languages

# `{taken} kaartjes` would become "1 kaartjes". Write the number where no word depends on it, as in
# "Kies minstens {taken}: zoveel kaartjes zijn er al weg." Limits of ours are never one.
_NUMBER_AND_PLURAL = re.compile(r"\{(\w+)\} (?:[a-z]+ )?[a-z]+(?:en|s)\b", re.IGNORECASE)
_LIMITS = {"most", "megabytes"}
_WORDS = {
    "address",
    "changes",
    "code",
    "title",
    "titles",
    "name",
    "holder",
    "day",
    "when",
    "companion",
    "email",
    "slug",
    "reason",
    "amount",
    "field",
}


def _refusals(of: type[Refusal] = Refusal) -> list[type[Refusal]]:
    return [each for sub in of.__subclasses__() for each in (sub, *_refusals(sub))]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_a_number_never_stands_before_a_plural(language: str) -> None:
    wrong = []
    with languages.speaking(language):
        for refusal in _refusals():
            if not refusal.__module__.startswith("festival"):
                continue
            sentence = gettext(" ".join(str(refusal.__doc__).split()))
            found = {match[1] for match in _NUMBER_AND_PLURAL.finditer(sentence)}
            wrong += [f"{refusal.__name__}: {sentence}" for _ in found - _LIMITS - _WORDS]
    assert wrong == []

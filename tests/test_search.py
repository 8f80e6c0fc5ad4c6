"""Finding by words: the server and the timetable editor in the browser compare texts alike."""

import json
from pathlib import Path

from festival import search

# tests/js/search.test.js holds the script to the same.
CASES = json.loads((Path(__file__).parent / "js/cases/folded.json").read_text())


def test_texts_are_compared_without_capitals_and_accents() -> None:
    assert {text: search.folded(text) for text in CASES} == CASES


def test_every_word_must_be_there() -> None:
    text = search.folded("Soep is geen project, door Łucja Nowak")
    assert search.holds_all(text, search.words("lucja soep"))
    assert not search.holds_all(text, search.words("soep brood"))


def test_a_page_of_words_is_searched_by_its_first_few():
    typed = " ".join(f"woord{number}" for number in range(1300))
    assert search.words(typed) == [f"woord{number}" for number in range(12)]
    assert len(search.capped(f"  {'a' * 5000}  ")) == 200
    assert search.capped("  soep  ") == "soep"

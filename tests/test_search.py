"""Finding by words: the server and the timetable editor in the browser compare texts alike."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert search.wanted(typed) == [f"woord{number}" for number in range(12)]


@pytest.mark.parametrize("typed", ["muller", "MÜLLER", "Mu\u0308ller", "muller lucja", "der mul"])
def test_a_name_is_found_however_it_is_typed(typed: str) -> None:
    assert search.holds_all(search.folded("Łucja van der Müller"), search.words(typed))


@pytest.mark.parametrize("typed", ["d'hondt", "D’Hondt", "dhondt", "dʼhondt", "hondt"])
def test_an_apostrophe_may_be_any_or_none(typed: str) -> None:
    for written in ("An D'Hondt", "An D’Hondt", "An DʼHondt"):
        assert search.holds_all(search.folded(written), search.words(typed))


@pytest.mark.parametrize("typed", ["berg-de vries", "de vries berg", "bergde", "Berg–de Vries"])
def test_a_hyphen_may_be_left_out(typed: str) -> None:
    assert search.holds_all(search.folded("Mia Berg-de Vries"), search.words(typed))


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", ".", "m_ller", "mul%"])
def test_signs_stand_for_nothing_else(typed: str) -> None:
    assert not search.holds_all(search.folded("Łucja Müller"), search.wanted(typed))


def test_a_percentage_is_found_by_its_sign() -> None:
    assert search.holds_all(search.folded("100% wol"), search.wanted("100%"))
    assert search.wanted("") == search.wanted("  ") == []


@given(st.text())
def test_every_word_of_a_text_is_found_in_it(text: str) -> None:
    assert search.holds_all(search.folded(text), search.words(text))

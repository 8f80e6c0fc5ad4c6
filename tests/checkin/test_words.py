"""What the crew calls each answer, in short."""

from flask import Flask

from festival.checkin.models import OUTCOMES
from festival.checkin.words import outcome_words
from festival.web import languages


def test_every_outcome_has_words_of_its_own_in_both_languages(bare_app: Flask) -> None:
    with bare_app.app_context():
        with languages.speaking("nl"):
            dutch = outcome_words()
        with languages.speaking("en"):
            english = outcome_words()
    assert set(dutch) == set(english) == set(OUTCOMES)
    assert len(set(dutch.values())) == len(set(english.values())) == len(OUTCOMES)
    assert (dutch["admitted"], english["admitted"]) == ("binnengelaten", "let in")
    assert all(dutch[outcome] != english[outcome] for outcome in OUTCOMES)

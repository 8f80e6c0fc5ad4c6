"""What visitors ask their coach. Bookings registers it; only the coach's own page shows it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from flask import Flask, current_app


class CoachQuestion(NamedTuple):
    """A question, and the name of whoever asks it."""

    name: str
    words: str


# Returns the questions for these slots, by slot id.
QuestionsOf = Callable[[Collection[int]], Mapping[int, Sequence[CoachQuestion]]]


def register(app: Flask, questions_of: QuestionsOf) -> None:
    """Let coaches read the questions that `questions_of` returns."""
    app.extensions["questions_for_coaches"] = questions_of


def questions_of(slot_ids: Collection[int]) -> Mapping[int, Sequence[CoachQuestion]]:
    """Returns the questions for these slots, by slot id."""
    registered: QuestionsOf | None = current_app.extensions.get("questions_for_coaches")
    return registered(slot_ids) if registered and slot_ids else {}

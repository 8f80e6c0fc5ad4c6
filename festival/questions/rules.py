"""Changes to the questions of an edition, by its organisers."""

from collections.abc import Sequence
from datetime import datetime

from festival.db import db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.questions import queries
from festival.questions.models import WITH_OPTIONS, OrderQuestion, QuestionOption
from festival.questions.values import OptionValues, QuestionValues
from festival.team import audit
from festival.team.editing import take_version
from festival.web.languages import Bilingual


class QuestionHasAnswers(Refusal):
    """Op deze vraag is al geantwoord. Zet haar uit: dan vraagt niemand het meer, en de antwoorden
    blijven tot hun einddatum."""


class KindIsFixed(Refusal):
    """Op deze vraag is al geantwoord. Daarom blijven het soort antwoord en hoe vaak we het vragen
    zoals ze zijn. Maak een nieuwe vraag."""


class OptionHasAnswers(Refusal):
    """“{option}” is al gekozen en kan niet weg. Zet die keuze uit."""


class TooFewOptions(Refusal):
    """Bij deze vraag kies je uit antwoorden. Vul er minstens twee in die aan staan."""


@transactional
def save_question(
    edition: Edition,
    of: OrderQuestion | None,
    values: QuestionValues,
    *,
    seen: int = 0,
    now: datetime,
) -> OrderQuestion:
    """Make a question (`of` is None) or change one.

    Refuses with ChangedMeanwhile, KindIsFixed, OptionHasAnswers or TooFewOptions.
    """
    if of:
        take_version(of, seen)
    question = of or OrderQuestion(edition_id=edition.id)
    is_fixed = of is not None and queries.number_of_answers(of) > 0
    if is_fixed and (question.kind, question.about) != (values.kind, values.about):
        raise KindIsFixed
    for name in (
        "label", "purpose", "about", "kind", "sensitivity", "erase_on", "position", "is_required",
        "is_on",
    ):  # fmt: skip
        setattr(question, name, getattr(values, name))
    question.types, question.is_for_all = list(values.types), not values.types
    db.session.add(question)
    db.session.flush()
    _save_options(question, values.options if values.kind in WITH_OPTIONS else ())
    if values.kind in WITH_OPTIONS and len(question.options_on) < 2:
        raise TooFewOptions
    verb = "change_question" if of else "add_question"
    audit.record(verb, f"question {question.code}", now=now)
    return question


@transactional
def delete_question(question: OrderQuestion, *, now: datetime) -> None:
    """Delete a question that nobody answered. Refuses with QuestionHasAnswers."""
    if queries.number_of_answers(question):
        raise QuestionHasAnswers
    audit.record("delete_question", f"question {question.code}", now=now)
    db.session.delete(question)
    db.session.flush()


def _save_options(question: OrderQuestion, wanted: Sequence[OptionValues]) -> None:
    chosen = queries.all_chosen(question)
    by_code = {each.code: each for each in wanted if each.code}
    for option in list(question.options):
        values = by_code.get(option.code)
        if values is None or values.label == Bilingual():
            if option.code in chosen:
                raise OptionHasAnswers(option=option.label)
            question.options.remove(option)
        else:
            option.label, option.is_on = values.label, values.is_on
    question.options += [
        QuestionOption(label=each.label, is_on=each.is_on)
        for each in wanted
        if not each.code and each.label != Bilingual()
    ]
    db.session.flush()

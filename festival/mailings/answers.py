"""The filter of mailings by what somebody answered to a question of the order form."""

from collections.abc import Collection, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, false, literal, or_, true

from festival.editions.models import Edition
from festival.mailings.filters import Filter
from festival.questions import queries
from festival.questions.models import SENSITIVITIES, WITH_OPTIONS, OrderAnswer, OrderQuestion
from festival.tickets.models import Ticket

# Before the code of a question: who was asked, and did not answer.
NOTHING = "niets-"


def _choices(edition: Edition) -> list[tuple[str, str]]:
    """Returns each option of each question, and of each question that nothing was answered."""
    return [
        (value, _("%(question)s %(answer)s", question=question.label, answer=words))
        for question in _questions(edition)
        for value, words in (
            *((each.code, str(each.label)) for each in question.options),
            (NOTHING + question.code, _("(niets ingevuld)")),
        )
    ]


def _condition(edition: Edition, values: Collection[str]) -> ColumnElement[bool]:
    chosen: list[ColumnElement[bool]] = []
    for question in _questions(edition):
        chosen += [
            _answered(question, each.code) for each in question.options if each.code in values
        ]
        if NOTHING + question.code in values:
            chosen.append(and_(_is_asked(question), ~_has_answered(question)))
    return or_(false(), *chosen)


def _roles(edition: Edition) -> Mapping[str, Collection[str]]:
    return {
        value: SENSITIVITIES[question.sensitivity]
        for question in _questions(edition)
        for value in (*(each.code for each in question.options), NOTHING + question.code)
    }


def _questions(edition: Edition) -> list[OrderQuestion]:
    return [each for each in queries.questions(edition) if each.kind in WITH_OPTIONS]


def _is_asked(question: OrderQuestion) -> ColumnElement[bool]:
    return (
        true() if question.is_for_all else Ticket.type_id.in_([each.id for each in question.types])
    )


def _answered(question: OrderQuestion, code: str) -> ColumnElement[bool]:
    # `value` holds the codes with blanks between them.
    padded = literal(" ") + OrderAnswer.value + literal(" ")
    return _answer(question, padded.contains(f" {code} ", autoescape=True))


def _has_answered(question: OrderQuestion) -> ColumnElement[bool]:
    """Also if it was erased since: what it said is gone, and so we do not say that it is open."""
    return _answer(question, or_(OrderAnswer.value != "", OrderAnswer.erased_at.is_not(None)))


def _answer(question: OrderQuestion, says: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        OrderAnswer.question_id == question.id,
        says,
        or_(
            OrderAnswer.ticket_id == Ticket.id,
            and_(OrderAnswer.ticket_id.is_(None), OrderAnswer.order_id == Ticket.order_id),
        ),
    ).correlate(Ticket)  # fmt: skip


FILTER = Filter("answer", _l("Antwoord op een vraag"), _choices, _condition, roles=_roles)

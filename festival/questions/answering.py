"""Keeping answers: with an order, and when a holder changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, update

from festival import text
from festival.db import change_one, db, insert_unless_there, transactional
from festival.editions import dates
from festival.errors import Refusal
from festival.questions import queries
from festival.questions.models import (
    LONGEST_ANSWER,
    WITH_OPTIONS,
    OrderAnswer,
    OrderQuestion,
)
from festival.tickets.models import Order, Ticket


class AnswerMissing(Refusal):
    """We willen nog weten: “{question}” Vul dat in."""


class AnswerWrong(Refusal):
    """Je antwoord op “{question}” kan zo niet (meer). Kijk het nog eens na."""


class TooLateToChange(Refusal):
    """Wijzigen kon tot en met {day}. Moet er toch iets anders? Mail ons, dan kijken we samen."""


class TicketEnded(Refusal):
    """Dit kaartje geldt niet meer. Er valt niets meer te wijzigen."""


@dataclass(frozen=True)
class GivenAnswer:
    """An answer from a form: for the ticket with this number (from 0), or for the order (None).

    `value` is as in OrderAnswer.
    """

    ticket: int | None
    question: str
    value: str


@transactional
def keep_answers(order: Order, given: Sequence[GivenAnswer], *, now: datetime) -> None:
    """Keep what was answered with a new order. Answers to what is no longer asked are left out.

    For a ticket without a name nothing has to be answered yet. Files are sent later (files.py).

    Refuses with AnswerMissing or AnswerWrong.
    """
    asked = [each for each in queries.questions_asked(order.edition, now=now) if not each.is_file]
    if not asked:
        return
    values = {(each.ticket, each.question): each.value for each in given}
    for number, ticket in enumerate(order.tickets):
        for question in asked:
            value = values.get((number, question.code), "")
            if ticket.is_nameless and not value:
                continue
            if question.about == "ticket" and question.is_for(ticket.type):
                _keep(question, order, ticket, value, now=now)
    for question in asked:
        if question.about == "order" and _concerns(question, order):
            _keep(question, order, None, values.get((None, question.code), ""), now=now)


@transactional
def change_answers(
    order: Order, ticket: Ticket | None, given: Mapping[str, str], *, now: datetime
) -> None:
    """Change the answers for a ticket, or those for the order itself, by code of question.

    Files stay as they are (files.py). Refuses with TooLateToChange, TicketEnded, AnswerMissing or
    AnswerWrong.
    """
    check_may_answer(order, ticket, now=now)
    for question in questions_for(order, ticket, now=now):
        if not question.is_file:
            _keep(question, order, ticket, given.get(question.code, ""), now=now)


def check_may_answer(order: Order, ticket: Ticket | None, *, now: datetime) -> None:
    """Refuse with TooLateToChange or TicketEnded when answers stay as they are."""
    if not queries.may_change(order.edition, now=now):
        raise TooLateToChange(day=dates.day(dates.last_day_to_change(order.edition)))
    if order.state not in {"pending", "confirmed"} or (ticket and ticket.released_at):
        raise TicketEnded


def questions_for(order: Order, ticket: Ticket | None, *, now: datetime) -> list[OrderQuestion]:
    """Returns the questions that are asked now for the ticket, or for the order itself."""
    return [
        each
        for each in queries.questions_asked(order.edition, now=now)
        if (
            each.about == "ticket" and each.is_for(ticket.type)
            if ticket
            else each.about == "order" and _concerns(each, order)
        )
    ]


def _concerns(question: OrderQuestion, order: Order) -> bool:
    return any(question.is_for(ticket.type) for ticket in order.tickets)


def _keep(
    question: OrderQuestion, order: Order, ticket: Ticket | None, value: str, *, now: datetime
) -> None:
    value = text.line(value)
    if question.is_required and not value:
        raise AnswerMissing(question=question.label)
    _check(question, value)
    same = queries.answer_to(question, order, ticket)
    if not value:
        db.session.execute(delete(OrderAnswer).where(*same))
        return
    row = {
        "question_id": question.id,
        "order_id": order.id,
        "ticket_id": ticket.id if ticket else None,
        "value": value,
        "answered_at": now,
    }
    if insert_unless_there(OrderAnswer, row) is None:
        change_one(
            update(OrderAnswer).where(*same).values(value=value, answered_at=now, erased_at=None)
        )


def _check(question: OrderQuestion, value: str) -> None:
    """Refuse with AnswerWrong what is no answer to this question, or no longer."""
    if not value:
        return
    wrong = AnswerWrong(question=question.label)
    if question.kind in WITH_OPTIONS:
        chosen, known = value.split(), {each.code for each in question.options_on}
        if not known.issuperset(chosen) or (question.kind == "choice" and len(chosen) > 1):
            raise wrong
    elif question.kind == "date":
        try:
            date.fromisoformat(value)
        except ValueError as error:
            raise wrong from error
    elif question.kind == "number":
        if not value.removeprefix("-").isascii() or not value.removeprefix("-").isdigit():
            raise wrong
    elif len(value) > LONGEST_ANSWER:
        raise wrong

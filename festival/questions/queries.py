"""Queries for questions and their answers."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from festival.db import db
from festival.editions import dates
from festival.editions.models import Edition, EditionDay
from festival.questions.models import WITH_OPTIONS, OrderAnswer, OrderQuestion
from festival.tickets.models import Order, Ticket, day_of_type
from festival.tickets.queries import LIVE

_PARTS = (selectinload(OrderQuestion.options), selectinload(OrderQuestion.types))


def questions(edition: Edition) -> Sequence[OrderQuestion]:
    """Returns all questions of the edition in their order, with options and types."""
    return db.session.scalars(
        select(OrderQuestion)
        .where(OrderQuestion.edition_id == edition.id)
        .options(*_PARTS)
        .order_by(OrderQuestion.position, OrderQuestion.id)
    ).all()


def questions_asked(edition: Edition, *, now: datetime) -> list[OrderQuestion]:
    """Returns the questions that are on, in their order; not those whose answers are erased now."""
    today = edition.local(now).date()
    return [each for each in questions(edition) if each.is_on and each.erase_on >= today]


def question_by_code(edition: Edition, code: str) -> OrderQuestion | None:
    """Returns one question of the edition, with options and types."""
    return db.session.scalar(
        select(OrderQuestion)
        .where(OrderQuestion.edition_id == edition.id, OrderQuestion.code == code)
        .options(*_PARTS)
    )


def ticket_by_secret(secret: str) -> Ticket | None:
    """Returns the ticket whose holder's link ends in `secret`, with order, edition and type."""
    return db.session.scalar(
        select(Ticket)
        .where(Ticket.secret == secret)
        .options(
            joinedload(Ticket.order, innerjoin=True).joinedload(Order.edition, innerjoin=True),
            joinedload(Ticket.type, innerjoin=True),
        )
    )


def values(order: Order, ticket: Ticket | None) -> dict[str, str]:
    """Returns what was answered for the ticket, or for the order itself, by code of question."""
    rows = db.session.execute(
        select(OrderQuestion.code, OrderAnswer.value)
        .join(OrderAnswer.question)
        .where(OrderAnswer.order_id == order.id, _of(ticket))
    )
    return dict(rows.all())


def answer_to(
    question: OrderQuestion, order: Order, ticket: Ticket | None
) -> tuple[ColumnElement[bool], ...]:
    """Returns the conditions for the one answer to a question for the ticket, or for the order."""
    return (OrderAnswer.question_id == question.id, OrderAnswer.order_id == order.id, _of(ticket))


def file_answer(question: OrderQuestion, order: Order, ticket: Ticket | None) -> OrderAnswer | None:
    """Returns the answer if it is a file that is there still."""
    return db.session.scalar(
        select(OrderAnswer).where(
            *answer_to(question, order, ticket),
            OrderAnswer.stored != "",
            OrderAnswer.erased_at.is_(None),
        )
    )


def erased_files() -> Sequence[int]:
    """Returns the ids of answers that were erased while their files lie in storage still."""
    return db.session.scalars(
        select(OrderAnswer.id)
        .where(OrderAnswer.erased_at.is_not(None), OrderAnswer.stored != "")
        .order_by(OrderAnswer.id)
    ).all()


def _of(ticket: Ticket | None) -> ColumnElement[bool]:
    return OrderAnswer.ticket_id == ticket.id if ticket else OrderAnswer.ticket_id.is_(None)


def answers_of(ticket_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Returns the values by ticket id and question id; those of an order for each ticket."""
    of_it = or_(
        OrderAnswer.ticket_id == Ticket.id,
        and_(OrderAnswer.ticket_id.is_(None), OrderAnswer.order_id == Ticket.order_id),
    )
    found: dict[int, dict[int, str]] = {}
    rows = db.session.execute(
        select(Ticket.id, OrderAnswer.question_id, OrderAnswer.value)
        .join(OrderAnswer, of_it)
        .where(Ticket.id.in_(ticket_ids))
    )
    for ticket_id, question_id, value in rows:
        found.setdefault(ticket_id, {})[question_id] = value
    return found


def chosen_codes(question: OrderQuestion) -> Counter[str]:
    """Returns how often each option was chosen, by its code, in tickets and orders that hold."""
    return _counted(_numbers(question))


def all_chosen(question: OrderQuestion) -> set[str]:
    """Returns the codes of all options that somebody chose, also for what was cancelled since."""
    query = select(OrderAnswer.value).where(OrderAnswer.question_id == question.id).distinct()
    return {code for value in db.session.scalars(query) for code in value.split()}


def number_of_answers(question: OrderQuestion) -> int:
    """Returns how many answers there are, erased ones included."""
    query = select(func.count()).where(OrderAnswer.question_id == question.id)
    return db.session.scalar(query) or 0


def numbers_by_day(question: OrderQuestion) -> list[tuple[date, str, int, int]]:
    """Returns day, code of the option, and for how many valid and unpaid tickets it was chosen."""
    rows = db.session.execute(
        select(
            EditionDay.held_on,
            OrderAnswer.value,
            func.count(Order.confirmed_at),
            func.count(Ticket.id) - func.count(Order.confirmed_at),
        )
        .select_from(OrderAnswer)
        .join(Ticket, Ticket.id == OrderAnswer.ticket_id)
        .join(Ticket.order)
        .join(day_of_type, day_of_type.c.type_id == Ticket.type_id)
        .join(EditionDay, EditionDay.id == day_of_type.c.day_id)
        .where(OrderAnswer.question_id == question.id, Ticket.released_at.is_(None), LIVE)
        .group_by(EditionDay.held_on, OrderAnswer.value)
    )
    valid: Counter[tuple[date, str]] = Counter()
    unpaid: Counter[tuple[date, str]] = Counter()
    for day, value, paid, waiting in rows:
        for code in value.split():
            valid[day, code] += paid
            unpaid[day, code] += waiting
    order = {option.code: number for number, option in enumerate(question.options)}
    keys = [key for key in valid if key[1] in order]
    return [
        (day, code, valid[day, code], unpaid[day, code])
        for day, code in sorted(keys, key=lambda key: (key[0], order[key[1]]))
    ]


def overdue(*, today: date) -> Sequence[int]:
    """Returns the ids of answers that are past the end date of their question."""
    return db.session.scalars(
        select(OrderAnswer.id)
        .join(OrderAnswer.question)
        .where(OrderQuestion.erase_on < today, OrderAnswer.erased_at.is_(None))
        .order_by(OrderAnswer.id)
    ).all()


def shown(question: OrderQuestion, value: str) -> str:
    """Returns the answer in words, in the language of the page."""
    if question.kind not in WITH_OPTIONS:
        return value
    labels: Mapping[str, str] = {each.code: each.label.text() for each in question.options}
    return ", ".join(labels[code] for code in value.split() if code in labels)


def _numbers(question: OrderQuestion) -> Select[str, int]:
    is_held = or_(OrderAnswer.ticket_id.is_(None), Ticket.released_at.is_(None))
    return (
        select(OrderAnswer.value, func.count())
        .join(OrderAnswer.order)
        .outerjoin(Ticket, Ticket.id == OrderAnswer.ticket_id)
        .where(OrderAnswer.question_id == question.id, is_held, LIVE)
        .group_by(OrderAnswer.value)
    )


def _counted(query: Select[str, int]) -> Counter[str]:
    found: Counter[str] = Counter()
    rows: Iterable[tuple[str, int]] = db.session.execute(query).all()
    for value, number in rows:
        for code in value.split():
            found[code] += number
    return found


def may_change(edition: Edition, *, now: datetime) -> bool:
    """Returns whether holders and buyers may change answers still, as they may names."""
    return edition.local(now).date() <= dates.last_day_to_change(edition)

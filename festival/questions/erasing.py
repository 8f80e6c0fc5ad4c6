"""Erasing answers after the end date that whoever answered was told."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import update

from festival import jobs, storage
from festival.db import change_one, change_rows, db, transactional
from festival.questions import queries
from festival.questions.models import OrderAnswer
from festival.tickets.models import Ticket


def erase_overdue(read_clock: Callable[[], datetime]) -> jobs.Tally:
    """Erase every answer that is past the end date of its question, each on its own.

    The files of answers that were erased, now or when a ticket got another holder, go with them.
    """
    # Nowhere is it more than twelve hours earlier: no answer goes before its last day ends.
    today = (read_clock() - timedelta(hours=12)).date()
    overdue = queries.overdue(today=today)
    tally = jobs.for_each("answer", overdue, lambda id: erase_answer(id, now=read_clock()))
    return jobs.for_each("answer", queries.erased_files(), _remove_file, tally=tally)


def _remove_file(answer_id: int) -> bool:
    """Remove the file first and forget its name then: killed in between, it is tried again."""
    answer = db.session.get_one(OrderAnswer, answer_id)
    storage.remove(answer.stored)
    return _forget_file(answer_id, answer.stored)


@transactional
def _forget_file(answer_id: int, stored: str) -> bool:
    return change_one(
        update(OrderAnswer)
        .where(OrderAnswer.id == answer_id, OrderAnswer.stored == stored)
        .values(stored="", mimetype="")
    )


@transactional
def erase_answer(answer_id: int, *, now: datetime) -> bool:
    """Empty one answer. Returns True if this call did it. That there was one stays known."""
    return change_one(
        update(OrderAnswer)
        .where(OrderAnswer.id == answer_id, OrderAnswer.erased_at.is_(None))
        .values(value="", erased_at=now)
    )


@transactional
def erase_answers_of(ticket: Ticket, *, now: datetime) -> int:
    """Empty all answers for one ticket: it has another holder. Returns how many."""
    return change_rows(
        update(OrderAnswer)
        .where(OrderAnswer.ticket_id == ticket.id, OrderAnswer.erased_at.is_(None))
        .values(value="", erased_at=now)
    )

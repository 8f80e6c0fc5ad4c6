"""What happened to an order, in words and in order: each capability adds the facts it keeps."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from flask import Flask, current_app

from festival.accounts.models import TeamMember
from festival.tickets.models import Order


class HistoryLine(NamedTuple):
    """One thing that happened: a sentence, who did it ('' if nobody did), and what they noted.

    Mail follows what it tells of, and is gone when the outbox is emptied.
    """

    at: datetime
    sentence: str
    who: str = ""
    note: str = ""
    is_mail: bool = False


Source = Callable[[Order], Iterable[HistoryLine]]


def register(app: Flask, source: Source) -> None:
    """Let `source` say what it knows of the history of an order."""
    app.extensions.setdefault("order_history", []).append(source)


def history_of(order: Order) -> list[HistoryLine]:
    """Returns all that happened to `order`, the oldest first."""
    sources: list[Source] = current_app.extensions["order_history"]
    lines = [line for source in sources for line in source(order)]
    return sorted(lines, key=lambda line: (line.at, line.is_mail))


def name_of(member: TeamMember | None) -> str:
    """Returns how the team knows a member; '' for nobody."""
    return (member.name or member.email) if member else ""

"""The columns of a file with attendees, who may have each, and ready-made choices of them.

A test compares the roles with home/readers.py. No column has a link or a secret.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import InstrumentedAttribute

from festival.attendees.queries import Attendee, Participant
from festival.editions import dates
from festival.editions.models import Edition
from festival.questions import queries as questions
from festival.questions.models import SENSITIVITIES, OrderQuestion
from festival.sheets import Cell
from festival.team.access import may
from festival.tickets.models import Order, Ticket, TicketType


@dataclass(frozen=True)
class Source:
    """What cells are made from besides the attendee."""

    edition: Edition
    types: Mapping[int, TicketType]
    state_words: Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """A column that a file may have. `of` are the private fields that it shows."""

    name: str
    label: Any
    cell: Callable[[Attendee, Source], Cell]
    roles: tuple[str, ...] = ("finance", "checkin")
    of: tuple[InstrumentedAttribute[Any], ...] = ()


def state_words() -> dict[str, str]:
    """Returns how the states of a ticket are called, in the language of the page."""
    return {
        "valid": _("geldig"),
        "unpaid": _("nog niet betaald"),
        "cancelled": _("vervallen"),
    }


def columns(edition: Edition) -> Sequence[Column]:
    """Returns the columns that the signed-in member may have, in the order of a file.

    The questions of the edition come last, each only for those who may read its answers.
    """
    every = [*_COLUMNS, *map(_question_column, questions.questions(edition))]
    return [column for column in every if may(*column.roles)]


def _question_column(question: OrderQuestion) -> Column:
    return Column(
        f"vraag-{question.code}",
        question.label.text(),
        lambda of, _source: questions.shown(question, of.answers.get(question.id, "")),
        roles=SENSITIVITIES[question.sensitivity],
    )


def _sessions(of: Attendee, source: Source) -> str:
    edition = source.edition
    return "; ".join(
        f"{dates.short_day(edition.day_of(place.starts_at))}"
        f" {dates.clock(edition, place.starts_at)} {place.title.text()}"
        for place in of.sessions
    )


def _entered(of: Attendee, source: Source) -> str:
    return dates.clock(source.edition, of.entered_at) if of.entered_at else ""


_COLUMNS = (
    Column("naam", _l("Naam"), lambda of, _source: of.name, of=(Ticket.holder_name,)),
    Column("soort", _l("Kaartsoort"), lambda of, source: source.types[of.type_id].name.text()),
    Column(
        "dagen",
        _l("Geldig op"),
        lambda of, source: ", ".join(map(dates.short_day, source.types[of.type_id].admits_on)),
    ),
    Column("stand", _l("Stand"), lambda of, source: source.state_words[of.state]),
    Column("binnen", _l("Binnen om"), _entered),
    Column("kaartje", _l("Code van het kaartje"), lambda of, _source: of.code, of=(Ticket.code,)),
    Column("bestelling", _l("Bestelling"), lambda of, _source: of.order_code, of=(Order.code,)),
    Column("besteller", _l("Besteld door"), lambda of, _source: of.order_name, of=(Order.name,)),
    Column(
        "mail",
        _l("E-mailadres"),
        lambda of, _source: of.email,
        roles=("finance",),
        of=(Ticket.holder_email, Order.email),
    ),
    Column("plekken", _l("Geboekte plekken"), _sessions, roles=("programme", "checkin")),
)

# What a choice is called, and its columns.
CHOICES = {
    "badges": (_l("Naambordjes"), ("naam", "soort", "dagen", "kaartje")),
    "deur": (_l("Lijst voor de deur"), ("naam", "soort", "dagen", "stand", "kaartje", "besteller")),
}


def participant_heads() -> list[str]:
    """Returns the heads of a file with the participants of all workshops."""
    heads = [_("Onderdeel"), _("Dag"), _("Tijd"), _("Waar"), _("Let op"), _("Naam")]
    return [*heads, _("Kaartsoort"), _("Stand"), _("Code van het kaartje")]


def participant_cells(of: Participant, source: Source) -> list[Cell]:
    """Returns the cells of one participant, below `participant_heads`."""
    return [
        of.title.text(),
        dates.short_day(source.edition.day_of(of.starts_at)),
        dates.hours(source.edition, of.starts_at, of.ends_at),
        of.stage.text(),
        _("Gaat niet door") if of.is_cancelled else "",
        of.name,
        source.types[of.type_id].name.text(),
        source.state_words["valid" if of.is_paid else "unpaid"],
        of.code,
    ]

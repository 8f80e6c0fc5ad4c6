"""To whom a mailing can go: people with tickets, people in line for them, speakers.

An audience says which addresses it has, and what a letter tells each of them. Filters (filters.py)
choose among its people. Capabilities above add audiences and filters of theirs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app
from sqlalchemy import Subquery

from festival.db import Base
from festival.editions.models import Edition
from festival.mailings.criteria import Criteria
from festival.tickets.models import Order, Ticket

VISITORS = "visitors"


@dataclass(frozen=True)
class Recipient:
    """One address, with all that a mailing has to tell it."""

    address: str
    name: str
    language: str
    tickets: tuple[Ticket, ...] = ()
    # What the letter is about besides their orders: the team finds it there.
    rows: tuple[Base, ...] = ()
    # By the name of each person who has this address: their own page, in a language.
    own_pages: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    @property
    def orders(self) -> list[Order]:
        """The orders that its tickets are in."""
        return list(dict.fromkeys(ticket.order for ticket in self.tickets))


@dataclass(frozen=True)
class Audience:
    """A group of people to whom a mailing can go."""

    key: str
    words: object  # of many: "Mensen met een kaartje"
    # A query of all who fit, of an edition: the columns address and language; of an address that
    # comes more than once the last row, by `at` and `id`, says the language.
    people: Callable[[Edition, Criteria], Subquery]
    # These addresses as recipients, in their order, without those who do not fit.
    recipients: Callable[[Edition, Criteria, Sequence[str]], list[Recipient]]
    # Why somebody gets a letter of this kind ("service", "invitation"), for its last line.
    why: Callable[[Edition, str], object]
    # Fields that take a paragraph of their own in the letters to those who fit.
    fields: Callable[[Criteria], tuple[str, ...]] = lambda _criteria: ()
    at_first: Criteria = field(default_factory=dict)  # ticked in a new mailing


def register(app: Flask, added: Audience) -> None:
    """Let mailings go to `added` too. Raises ValueError for a key that is taken."""
    known: dict[str, Audience] = app.extensions.setdefault("mailing_audiences", {})
    if added.key in known:
        raise ValueError(f"two audiences are called {added.key}")
    known[added.key] = added


def all_audiences() -> list[Audience]:
    """Returns the audiences in the order in which they were registered."""
    known: dict[str, Audience] = current_app.extensions.get("mailing_audiences", {})
    return list(known.values())


def audience(key: str) -> Audience:
    """Returns the audience with this key. Raises KeyError if nobody registered it."""
    return {each.key: each for each in all_audiences()}[key]

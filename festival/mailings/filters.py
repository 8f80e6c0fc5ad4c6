"""Whom a mailing is for: filters, each a few boxes to tick. Capabilities above add theirs.

A recipient fits when it fits every filter in which something is ticked; within a filter one of
the ticked values is enough.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, false

from festival.editions.models import Edition
from festival.mailings.audiences import VISITORS
from festival.mailings.criteria import Criteria

PAYMENT = "payment"
UNPAID: Criteria = {PAYMENT: ["unpaid"]}


@dataclass(frozen=True)
class Filter:
    """One question about who gets a mailing."""

    key: str
    words: object
    # The values that can be ticked for an edition, with their words.
    choices: Callable[[Edition], Sequence[tuple[str, str]]]
    # What is so of a row of its audience, for these values: of a Ticket or the Order that it is in.
    condition: Callable[[Edition, Collection[str]], ColumnElement[bool]]
    audience: str = VISITORS
    # By value, who may know of whom it is so besides organisers; left out: whoever writes mailings.
    roles: Callable[[Edition], Mapping[str, Collection[str]]] = lambda _edition: {}


def register(app: Flask, added: Filter) -> None:
    """Let mailings be chosen by `added` too. Raises ValueError for a key that is taken."""
    known: dict[str, Filter] = app.extensions.setdefault("mailing_filters", {})
    if added.key in known:
        raise ValueError(f"two filters are called {added.key}")
    known[added.key] = added


def all_filters(audience: str = VISITORS) -> list[Filter]:
    """Returns the filters of an audience in the order in which they were registered."""
    return [each for each in _known().values() if each.audience == audience]


def is_for_buyers(criteria: Criteria) -> bool:
    """Returns whether it goes to the buyers, who have to pay, and not to the holders of tickets."""
    return list(criteria.get(PAYMENT, ())) == ["unpaid"]


def conditions(audience: str, edition: Edition, criteria: Criteria) -> list[ColumnElement[bool]]:
    """Returns what is so of those who are chosen.

    A filter that is not there any more chooses nobody: to leave it out would choose more people.
    """
    known = {each.key: each for each in all_filters(audience)}
    return [
        known[key].condition(edition, values) if key in known else false()
        for key, values in criteria.items()
        if values
    ]


def in_words(audience: str, edition: Edition, criteria: Criteria) -> list[tuple[str, str]]:
    """Returns what is chosen, filter by filter: its words, and those of its ticked values."""
    found = []
    for each in all_filters(audience):
        if values := criteria.get(each.key):
            words = dict(each.choices(edition))
            gone = _("iets dat er niet meer is")
            found.append((str(each.words), ", ".join(words.get(value, gone) for value in values)))
    return found


def who_may_choose(audience: str, edition: Edition, criteria: Criteria) -> list[Collection[str]]:
    """Returns, of each private value that is ticked, the roles that may know of whom it is so."""
    return [
        roles[value]
        for each in all_filters(audience)
        if (values := criteria.get(each.key)) and (roles := each.roles(edition))
        for value in values
        if value in roles
    ]


def _known() -> dict[str, Filter]:
    known: dict[str, Filter] = current_app.extensions.get("mailing_filters", {})
    return known

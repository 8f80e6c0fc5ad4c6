"""The letters about corrections in which the team writes sentences of its own."""

from collections.abc import Callable
from datetime import datetime

from flask_babel import lazy_gettext as _l

from festival.corrections import letters
from festival.editions.models import Edition
from festival.mail.prose import EditableLetter, Field
from festival.tickets.models import Order
from festival.tickets.own_words import FESTIVAL, example_order

_NAME: dict[str, Field] = {"naam": lambda values: values["name"], **FESTIVAL}
_GIVEN: dict[str, Field] = {
    "naam": lambda values: values["line"].name,
    "gever": lambda values: values["giver"],
    **FESTIVAL,
}


def _example(
    queue: Callable[[Order, datetime], object],
) -> Callable[[Edition, str, datetime], object]:
    return lambda edition, language, now: queue(example_order(edition, language, now), now)


def _new_address(order: Order, now: datetime) -> None:
    letters.new_address(order, order.email, order.tickets, [], is_buyer=True, now=now)


def _name(order: Order, now: datetime) -> None:
    ticket = next(each for each in order.tickets if each.released_at is None)
    letters.ticket_named(order, ticket, left=1, now=now)


def _give(order: Order, now: datetime) -> None:
    ticket = next(each for each in order.tickets if each.released_at is None)
    letters.ticket_received(ticket, "Bas Bakker", [], now=now)


# What changed, and which links are void, the team cannot take out: it keeps people's tickets safe.
LETTERS = (
    EditableLetter(
        "corrections/new_address",
        _l("Nieuw e-mailadres, aan het nieuwe"),
        ("subject", "closing"),
        _NAME,
        _example(_new_address),
    ),
    EditableLetter(
        "corrections/old_address",
        _l("Nieuw e-mailadres, aan het oude"),
        ("subject", "closing"),
        FESTIVAL,
        _example(
            lambda order, now: letters.old_address(order, "oud@example.org", ["Mia"], now=now)
        ),
    ),
    EditableLetter(
        "corrections/ticket_received",
        _l("Een kaartje gekregen van een ander"),
        ("subject", "opening", "closing"),
        _GIVEN,
        _example(_give),
        needed={"opening": ("gever",)},
    ),
    EditableLetter(
        "corrections/ticket_named",
        _l("Naam op een kaartje gezet"),
        ("subject", "closing"),
        FESTIVAL,
        _example(_name),
    ),
    EditableLetter(
        "corrections/ticket_passed_on",
        _l("Kaartje doorgegeven"),
        ("subject", "closing"),
        _NAME,
        _example(
            lambda order, now: letters.ticket_passed_on(order, order.email, order.name, now=now)
        ),
    ),
)

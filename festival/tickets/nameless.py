"""Tickets of which nobody said yet whose they are: what stands in for the name, and their link."""

from flask_babel import gettext as _

from festival import codes
from festival.tickets.models import Order, Ticket
from festival.web import languages


def stand_in(order: Order, number: int) -> str:
    """Returns what stands on ticket `number` (from 1) of `order` where a name would."""
    with languages.speaking(order.language):
        return str(_("Kaartje %(number)s van %(name)s", number=number, name=order.name))


def nameless_of(order: Order) -> list[Ticket]:
    """Returns the live tickets of `order` without a name that go to its buyer."""
    return [
        each
        for each in order.tickets
        if each.is_nameless and not (each.holder_email or each.released_at)
    ]


def follow_buyer(order: Order, *, has_new_links: bool) -> None:
    """Let the tickets without a name say who their buyer is now.

    With `has_new_links` the links to name them are new too: somebody else could open the old ones.
    """
    for number, ticket in enumerate(order.tickets, start=1):
        if ticket.is_nameless:
            ticket.holder_name = stand_in(order, number)
            if has_new_links:
                ticket.naming_secret = codes.secret()

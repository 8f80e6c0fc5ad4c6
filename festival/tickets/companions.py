"""Companions: their tickets come and go with that of the person whom they come along with."""

from collections.abc import Collection, Iterable

from festival.errors import Refusal
from festival.tickets.models import Order, Ticket, TicketType


class CompanionAlone(Refusal):
    """“{name}” is voor wie met iemand meegaat: één bij elk ander kaartje. Kies ook een kaartje voor
    wie je begeleidt."""


class CompanionStays(Refusal):
    """{companion} gaat mee met {name}. Annuleer dat kaartje ook, want alleen komt een begeleider er
    niet in."""


def check_numbers(types: Iterable[TicketType]) -> None:
    """Refuse more companions than there are others. Refuses with CompanionAlone."""
    wanted = list(types)
    companions = [each for each in wanted if each.is_companion]
    if 2 * len(companions) > len(wanted):
        raise CompanionAlone(name=companions[0].name)


def bind(tickets: Collection[Ticket]) -> None:
    """Let each companion among new tickets go with one of the others, in their order."""
    others = [each for each in tickets if not each.type.is_companion]
    companions = [each for each in tickets if each.type.is_companion]
    # The team may order a companion alone, for somebody who has a ticket already.
    for companion, person in zip(companions, others, strict=False):
        companion.accompanies = person


def check_none_left(order: Order, cancelled: Collection[Ticket]) -> None:
    """Refuse to cancel a ticket while its companion keeps theirs. Refuses with CompanionStays."""
    gone = {each.id: each for each in cancelled}
    for each in order.tickets:
        if each.accompanies_id in gone and each.released_at is None and each.id not in gone:
            name = gone[each.accompanies_id].holder_name
            raise CompanionStays(companion=each.holder_name, name=name)

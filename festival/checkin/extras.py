"""What the crew hands out with a ticket that was scanned."""

from typing import NamedTuple

from festival import codes
from festival.checkin.models import Scan
from festival.tickets.extras import queries
from festival.tickets.extras.models import OrderedExtra


class ExtraAtDoor(NamedTuple):
    """An extra to hand out, by its number in the order, and the key of its button."""

    number: int
    ordered: OrderedExtra
    key: str


def to_hand_out(scan: Scan) -> list[ExtraAtDoor]:
    """Returns what goes with the ticket of `scan`, or with its order, on the day of the scan.

    Nothing if the ticket is not in.
    """
    ticket = scan.ticket
    if ticket is None or scan.undone_at or scan.outcome not in {"admitted", "already_in"}:
        return []
    today = scan.gate.edition.day_of(scan.scanned_at)
    return [
        ExtraAtDoor(number, each, codes.secret())
        for number, each in enumerate(queries.of_orders([ticket.order]))
        if each.released_at is None
        if each.ticket_id in {None, ticket.id}
        if each.extra.is_handed_out
        if each.extra.day is None or each.extra.day.held_on == today
    ]


def found(scan: Scan, number: str) -> OrderedExtra | None:
    """Returns the extra with this number, if the crew may hand it out after `scan`."""
    if scan.is_practice:
        return None
    there = (each.ordered for each in to_hand_out(scan) if str(each.number) == number)
    return next(there, None)

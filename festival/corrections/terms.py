"""Who may still change what: until which day, and of which order and ticket."""

from datetime import datetime

from festival.editions import dates
from festival.errors import Refusal
from festival.tickets.models import Order, Ticket


class TooLateToCorrect(Refusal):
    """Wijzigen kon tot en met {day}. Moet er toch iets anders? Mail ons, dan kijken we samen."""


class NothingToCorrect(Refusal):
    """Deze bestelling geldt niet meer. Er valt niets meer te wijzigen."""


def why_not(order: Order, ticket: Ticket | None = None, *, now: datetime) -> Refusal | None:
    """Returns why buyer and holder change nothing any more; None if they may."""
    if order.state not in {"pending", "confirmed"} or (ticket and ticket.released_at):
        return NothingToCorrect()
    day = dates.last_day_to_change(order.edition)
    if order.edition.local(now).date() > day:
        return TooLateToCorrect(day=dates.day(day))
    return None

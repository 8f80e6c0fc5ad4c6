"""What somebody asks for beside the tickets themselves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestedPlace:
    """A place in the slot with the public code `slot_code`, for the ticket with that number.

    Tickets are numbered from 0, in the order of the order request.
    """

    ticket: int
    slot_code: str
    question: str = ""

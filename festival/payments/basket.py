"""What a buyer asks for besides the tickets themselves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestedPlace:
    """A place in the slot with the code `slot_code`, for the ticket with the number `ticket`.

    Tickets are numbered from 0, as in OrderRequest.tickets.
    """

    ticket: int
    slot_code: str
    question: str = ""

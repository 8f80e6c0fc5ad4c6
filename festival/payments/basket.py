"""What a buyer asks for besides the tickets themselves."""

from dataclasses import dataclass

from festival.invoices.rules import Customer


@dataclass(frozen=True)
class RequestedPlace:
    """A place in the slot with the code `slot_code`, for the ticket with the number `ticket`.

    Tickets are numbered from 0, as in OrderRequest.tickets.
    """

    ticket: int
    slot_code: str
    question: str = ""
    is_wait: bool = False  # stands in line for it: it is full


@dataclass(frozen=True)
class WantedInvoice:
    """An invoice that a buyer asks for together with the order: who it is for."""

    customer: Customer
    po_number: str = ""

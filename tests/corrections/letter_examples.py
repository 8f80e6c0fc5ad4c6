"""How each letter about corrections comes to be, for tests/test_letters.py."""

from festival.corrections.people import Correction, Maker, Person, mark_of
from festival.corrections.rules import correcting, handing_on, naming
from festival.tickets.models import Order
from tests import make


def _mia(language: str) -> Order:
    order = make.order(language=language, name="Mia Jansen", email="mia@example.org")
    order.tickets[0].holder_name = "Mia Jansen"
    return order


def _to_another_address(language: str) -> None:
    order = _mia(language)
    buyer = Person("Mia Jansen", "mia.jansen@example.org", mark_of(order))
    correcting.correct_people(order, Correction(buyer), by=Maker("buyer"), now=make.NOW)


def new_address(language: str) -> None:
    _to_another_address(language)


def old_address(language: str) -> None:
    _to_another_address(language)


def _handed_on(language: str) -> None:
    order = _mia(language)
    make.booking(order.tickets[0], make.slot(), now=make.NOW)
    to = Person("Zoë Bakker", "zoe@example.org", mark_of(order.tickets[0]))
    handing_on.hand_on(order.tickets[0], to, by=Maker("holder"), now=make.NOW)


def ticket_received(language: str) -> None:
    _handed_on(language)


def ticket_passed_on(language: str) -> None:
    _handed_on(language)


def ticket_named(language: str) -> None:
    ticket = make.nameless(language=language).tickets[1]
    naming.name_own_ticket(ticket, Person("Zoë Bakker", "", mark_of(ticket)), now=make.NOW)

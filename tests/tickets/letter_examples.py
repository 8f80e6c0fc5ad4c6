"""How each letter about tickets comes to be, for tests/test_letters.py."""

from festival.tickets import letters
from festival.tickets.models import Order
from tests import make


def order_of_two(language: str) -> Order:
    """Two tickets: one for who ordered, one for somebody with an address of their own."""
    order = make.order(tickets=2, language=language, name="Mia Jansen", email="mia@example.org")
    order.tickets[0].holder_name = "Mia Jansen"
    order.tickets[1].holder_name = "Ömer Yıldız"
    order.tickets[1].holder_email = "omer@example.org"
    return order


def order_confirmed(language: str) -> None:
    order = order_of_two(language)
    places = {order.tickets[0].id: ["Onderdeel 1, 11.00–12.00"]}
    letters.order_confirmed(order, places=places, now=make.NOW)


def your_tickets(language: str) -> None:
    letters.order_confirmed(order_of_two(language), now=make.NOW)


def tickets_again(language: str) -> None:
    order = order_of_two(language)
    letters.tickets_again(
        order.edition, "mia@example.org", [order], language=language, now=make.NOW
    )

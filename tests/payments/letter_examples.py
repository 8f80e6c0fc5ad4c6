"""How each letter about money comes to be, for tests/test_letters.py."""

from datetime import UTC, datetime

from festival.payments import letters
from festival.payments.queries import Balance
from festival.tickets.models import Order
from tests import make

# After the clocks went back: due at the end of the fourth of November.
DUE = datetime(2026, 11, 4, 22, 59, tzinfo=UTC)


def order(language: str, *, confirmed: bool = False) -> Order:
    """Two tickets of 45 euros, on account."""
    row = make.order(
        tickets=2,
        of=make.ticket_type(price_cents=4500),
        language=language,
        name="Mia Jansen",
        email="mia@example.org",
        reference="RF18539007547034",
        due_at=DUE,
        confirmed_at=make.NOW if confirmed else None,
    )
    row.tickets[0].holder_name = "Mia Jansen"
    row.tickets[1].holder_name = "Ömer Yıldız"
    row.tickets[1].holder_email = "omer@example.org"
    return row


def pay_by_transfer(language: str) -> None:
    letters.pay_by_transfer(order(language), [], now=make.NOW)


def payment_reminder(language: str) -> None:
    letters.payment_reminder(order(language), Balance(9000, 2000), now=make.NOW)


def payment_received(language: str) -> None:
    letters.payment_received(order(language, confirmed=True), [], came_back=False, now=make.NOW)


def order_lapsed(language: str) -> None:
    letters.order_lapsed(order(language), now=make.NOW)


def paid_too_late(language: str) -> None:
    letters.paid_too_late(order(language), now=make.NOW)


def order_cancelled(language: str) -> None:
    row = order(language, confirmed=True)
    letters.order_cancelled(row, Balance(9000, 9000), holders_know=True, now=make.NOW)


def ticket_cancelled(language: str) -> None:
    order_cancelled(language)

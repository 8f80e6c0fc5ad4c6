"""How each letter about money comes to be, for tests/test_letters.py."""

from datetime import UTC, datetime

from festival.bookings.models import Booking
from festival.db import db
from festival.payments import letters
from festival.payments.queries import Balance
from festival.tickets.models import Order
from festival.tickets.rules import reference
from festival.web.languages import Bilingual
from tests import make

DUE = datetime(2026, 10, 15, 21, 59, tzinfo=UTC)


def order(language: str, **values: object) -> Order:
    """Mia's unpaid order of two tickets, one of them for Zoë."""
    row = make.order(
        tickets=2,
        of=make.ticket_type(name=Bilingual("Weekend", "Weekend"), price_cents=6500, vat_percent=21),
        language=language,
        name="Mia Jansen",
        email="mia@example.org",
        reference=reference("K7PM4WXQ"),
        due_at=DUE,
        **{"confirmed_at": None, **values},
    )
    mia, zoe = row.tickets
    mia.holder_name = "Mia Jansen"
    zoe.holder_name, zoe.holder_email = "Zoë Bakker", "zoe@example.org"
    return row


def place(of: Order) -> Booking:
    session = make.session(title=Bilingual("Samen soep koken", "Making soup together"))
    row = Booking(ticket=of.tickets[0], slot=make.slot(session), booked_at=make.NOW)
    db.session.add(row)
    db.session.flush()
    return row


def pay_by_transfer(language: str) -> None:
    row = order(language)
    letters.pay_by_transfer(row, [place(row)], Balance(13000, 0), now=make.NOW)


def payment_reminder(language: str) -> None:
    letters.payment_reminder(order(language), Balance(13000, 2500), now=make.NOW)


def payment_received(language: str) -> None:
    row = order(language, confirmed_at=make.NOW)
    letters.payment_received(row, [], came_back=True, now=make.NOW)


def order_lapsed(language: str) -> None:
    letters.order_lapsed(order(language, lapsed_at=make.NOW), now=make.NOW)


def paid_too_late(language: str) -> None:
    letters.paid_too_late(order(language, lapsed_at=make.NOW), now=make.NOW)


def order_cancelled(language: str) -> None:
    row = order(language, cancelled_at=make.NOW)
    letters.order_cancelled(row, Balance(13000, 13000), holders_know=True, now=make.NOW)


def ticket_cancelled(language: str) -> None:
    order_cancelled(language)

"""How each letter about money comes to be, for tests/test_letters.py."""

from datetime import UTC, datetime

from festival.bookings.models import Booking
from festival.db import db
from festival.invoices.rules import Customer
from festival.payments import letters
from festival.payments.models import Refund
from festival.payments.queries import Balance
from festival.payments.rules import invoicing
from festival.tickets.extras.models import Extra, OrderedExtra
from festival.tickets.models import Order
from festival.tickets.rules.ordering import reference
from festival.tickets.swaps.models import TicketSwap
from festival.web.languages import Bilingual
from tests import make
from tests.invoices.test_rules import seller

DUE = datetime(2026, 10, 15, 21, 59, tzinfo=UTC)


def order(language: str, **values: object) -> Order:
    """Mia's unpaid order of two tickets, one of them for Zoë."""
    row = make.order(
        tickets=2,
        of=make.ticket_type(
            name=Bilingual("Weekend", "Weekend"), price_cents=6500, vat_category="standard"
        ),
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
    refund = Refund(method="bank_transfer", amount_cents=12000)
    letters.tickets_cancelled(
        row, row.tickets, [refund], kept_cents=1000, gift_cents=0, holders_know=True, now=make.NOW
    )


def tickets_cancelled(language: str) -> None:
    row = order(language, confirmed_at=make.NOW)
    letters.tickets_cancelled(
        row, row.tickets[1:], [], kept_cents=500, gift_cents=6000, holders_know=True, now=make.NOW
    )


def money_back(language: str) -> None:
    row = order(language, confirmed_at=make.NOW)
    letters.money_back(row, [Refund(method="bank_transfer", amount_cents=1000)], now=make.NOW)


def called_off(language: str) -> None:
    row = order(language, cancelled_at=make.NOW)
    row.edition.called_off_reason = Bilingual("De tent is weggewaaid.", "The tent blew away.")
    refund = Refund(method="bank_transfer", amount_cents=13000)
    letters.called_off(row, row.tickets, [refund], holders_know=True, now=make.NOW)


def called_off_holder(language: str) -> None:
    called_off(language)


def ticket_cancelled(language: str) -> None:
    order_cancelled(language)


def paid_after_cancelling(language: str) -> None:
    letters.paid_after_cancelling(order(language, cancelled_at=make.NOW), now=make.NOW)


def payment_failed(language: str) -> None:
    letters.payment_failed(order(language), now=make.NOW)


def payment_under_way(language: str) -> None:
    letters.payment_under_way(order(language), now=make.NOW)


def payment_stuck(language: str) -> None:
    problem = "APIConnectionError: no answer"
    letters.payment_stuck(order(language), problem, language=language, now=make.NOW)


def payment_disputed(language: str) -> None:
    letters.payment_disputed(order(language), 13000, language=language, now=make.NOW)


def invoice_made(language: str) -> None:
    seller()
    row = order(language, confirmed_at=make.NOW)
    invoicing.request_invoice(row, Customer("Gemeente Voorbeeld", row.email), now=make.NOW)


def swap(language: str, **values: object) -> TicketSwap:
    """The swap of Zoë's ticket in Mia's order, which is paid."""
    row = order(language, confirmed_at=make.NOW)
    name = Bilingual("Weekend met eten", "Weekend with meals")
    to = make.ticket_type(name=name, price_cents=9000)
    found = TicketSwap(
        order=row, ticket=row.tickets[1], from_type=row.tickets[1].type, to_type=to,
        from_cents=6500, to_cents=9000, maker="buyer", form_key="wissel",
        requested_at=make.NOW, due_at=DUE, **values,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found


def swap_requested(language: str) -> None:
    letters.swap_requested(swap(language), 2500, now=make.NOW)


def swap_reminder(language: str) -> None:
    letters.swap_reminder(swap(language), 1500, now=make.NOW)


def swap_done(language: str) -> None:
    row = swap(language)
    row.ticket = row.order.tickets[0]
    row.ticket.type, row.fee_cents = row.to_type, 250
    lost = [place(row.order)]
    back = [Refund(method="bank_transfer", amount_cents=1200)]
    lunch = Extra(name=Bilingual("Lunch op zaterdag", "Lunch on Saturday"))
    extras = [OrderedExtra(extra=lunch)]
    letters.swap_done(row, back, [], lost, extras, now=make.NOW)


def swap_done_holder(language: str) -> None:
    row = swap(language)
    row.ticket.type = row.to_type
    letters.swap_done(row, [], [], [], now=make.NOW)


def swap_ended(language: str) -> None:
    row = swap(language, outcome="lapsed", ended_at=make.NOW)
    back = [Refund(method="bank_transfer", amount_cents=1200)]
    letters.swap_ended(row, back, outcome="lapsed", now=make.NOW)

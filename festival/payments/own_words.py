"""The letters about orders and money in which the team writes sentences of its own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.invoices.models import Invoice
from festival.mail.prose import EditableLetter, Field, FixedLetter
from festival.payments import letters
from festival.payments.queries import Balance
from festival.tickets.models import Order, TicketType
from festival.tickets.own_words import FESTIVAL, ORDER, example_order
from festival.tickets.swaps.models import TicketSwap
from festival.web.languages import Bilingual

_CANCELLED: dict[str, Field] = {
    "naam": lambda values: values["names"][0],
    "koper": lambda values: values["order"].name,
    **FESTIVAL,
}
_SWAPPED: dict[str, Field] = {
    **ORDER,
    "oud": lambda values: values["old"],
    "nieuw": lambda values: values["new"],
}
_CODE: Mapping[str, Sequence[str]] = {"opening": ("bestelling",)}


def _with_order(
    queue: Callable[[Order, datetime], object],
) -> Callable[[Edition, str, datetime], object]:
    return lambda edition, language, now: queue(example_order(edition, language, now), now)


def _unpaid(order: Order, now: datetime) -> tuple[Order, Balance]:
    """Returns the order as if it were to be paid still, without changing a row of the database."""
    due = order.due_at or now + timedelta(days=order.edition.payment_days)
    shown = Order(
        edition=order.edition, code=order.code, secret=order.secret, name=order.name,
        email=order.email, language=order.language, total_cents=order.total_cents,
        reference="RF18539007547034", placed_at=order.placed_at, due_at=due,
    )  # fmt: skip
    return shown, Balance(order.total_cents or 4500, 0)


def _to_pay(order: Order, now: datetime) -> None:
    shown, balance = _unpaid(order, now)
    letters.pay_by_transfer(shown, [], balance, now=now)


def _remind(order: Order, now: datetime) -> None:
    shown, balance = _unpaid(order, now)
    letters.payment_reminder(shown, balance, now=now)


def _remind_swap(order: Order, now: datetime) -> None:
    ticket = order.tickets[0]
    to = TicketType(slug="weekend", name=Bilingual("Weekend met eten", "Weekend with meals"))
    swap = TicketSwap(
        order=order, ticket=ticket, from_type=ticket.type, to_type=to,
        from_cents=ticket.price_cents, to_cents=ticket.price_cents + 4500,
        due_at=now + timedelta(days=order.edition.payment_days),
    )  # fmt: skip
    letters.swap_reminder(swap, 4500, now=now)


def _cancel(order: Order, now: datetime) -> None:
    shown, _balance = _unpaid(order, now)
    shown.cancelled_at = now
    letters.tickets_cancelled(
        shown, [], [], kept_cents=0, gift_cents=0, holders_know=False, now=now
    )


def _cancel_some(order: Order, now: datetime) -> None:
    letters.tickets_cancelled(
        order, order.tickets[:1], [], kept_cents=0, gift_cents=0, holders_know=False, now=now
    )


def _call_off(order: Order, now: datetime) -> None:
    shown, _balance = _unpaid(order, now)
    letters.called_off(shown, [], [], holders_know=False, now=now)


def _call_off_holder(edition: Edition, language: str, now: datetime) -> None:
    order = _unpaid(example_order(edition, language, now), now)[0]
    letters.called_off_holder(order, "zoe@example.org", ["Zoë Bakker"], now=now)


def _invoice(order: Order, now: datetime) -> None:
    """Shows the latest invoice of the edition, or an invented one."""
    last = db.session.scalar(
        select(Invoice)
        .where(Invoice.edition_id == order.edition.id, Invoice.kind == "invoice")
        .order_by(Invoice.id.desc())
        .limit(1)
    )
    invoice = last or Invoice(number="VOORBEELD", kind="invoice", total_cents=4500)
    letters.invoice_made(order, invoice, now=now)


def _cancel_holder(edition: Edition, language: str, now: datetime) -> None:
    order = _unpaid(example_order(edition, language, now), now)[0]
    letters.ticket_cancelled(order, "zoe@example.org", ["Zoë Bakker"], now=now)


LETTERS = (
    EditableLetter(
        "payments/pay_by_transfer",
        _l("Vraag om te betalen"),
        ("subject", "opening", "closing"),
        ORDER,
        _with_order(_to_pay),
    ),
    EditableLetter(
        "payments/payment_reminder",
        _l("Herinnering aan betalen"),
        ("subject", "closing"),
        ORDER,
        _with_order(_remind),
    ),
    EditableLetter(
        "payments/swap_reminder",
        _l("Herinnering aan betalen van een wissel"),
        ("subject", "closing"),
        _SWAPPED,
        _with_order(_remind_swap),
    ),
    EditableLetter(
        "payments/payment_received",
        _l("Kaartjes na betaling"),
        ("subject", "opening", "closing"),
        ORDER,
        _with_order(
            lambda order, now: letters.payment_received(order, [], came_back=False, now=now)
        ),
        needed=_CODE,
    ),
    EditableLetter(
        "payments/order_lapsed",
        _l("Bestelling vervallen"),
        ("subject", "opening", "closing"),
        ORDER,
        _with_order(lambda order, now: letters.order_lapsed(order, now=now)),
        needed=_CODE,
    ),
    EditableLetter(
        "payments/paid_too_late",
        _l("Geld dat te laat kwam"),
        ("subject", "opening", "closing"),
        ORDER,
        _with_order(lambda order, now: letters.paid_too_late(order, now=now)),
        needed=_CODE,
    ),
    EditableLetter(
        "payments/order_cancelled",
        _l("Bestelling geannuleerd"),
        ("subject", "opening"),
        ORDER,
        _with_order(_cancel),
        needed=_CODE,
    ),
    EditableLetter(
        "payments/ticket_cancelled",
        _l("Kaartje van een ander geannuleerd"),
        ("subject", "opening"),
        _CANCELLED,
        _cancel_holder,
        needed={"opening": ("koper",)},
    ),
    EditableLetter(
        "payments/tickets_cancelled",
        _l("Een deel van de kaartjes geannuleerd"),
        ("subject", "opening", "closing"),
        ORDER,
        _with_order(_cancel_some),
    ),
    EditableLetter(
        "payments/money_back",
        _l("Geld terug"),
        ("subject",),
        ORDER,
        _with_order(lambda order, now: letters.money_back(order, [], now=now)),
    ),
    EditableLetter(
        "payments/paid_after_cancelling",
        _l("Geld dat kwam na het annuleren"),
        ("subject", "opening"),
        ORDER,
        _with_order(lambda order, now: letters.paid_after_cancelling(order, now=now)),
        needed=_CODE,
    ),
    EditableLetter(
        "payments/payment_under_way",
        _l("Betaling nog onderweg"),
        ("subject", "opening", "closing"),
        ORDER,
        _with_order(lambda order, now: letters.payment_under_way(order, now=now)),
        needed=_CODE,
    ),
    EditableLetter(
        "payments/payment_failed",
        _l("Betaling niet gelukt"),
        ("subject", "opening", "closing"),
        ORDER,
        _with_order(lambda order, now: letters.payment_failed(order, now=now)),
        needed=_CODE,
    ),
    EditableLetter(
        "payments/invoice_made",
        _l("Factuur of creditfactuur"),
        ("closing",),
        ORDER,
        _with_order(_invoice),
    ),
    EditableLetter(
        "payments/called_off",
        _l("Het festival gaat niet door, aan de koper"),
        ("subject", "opening"),
        ORDER,
        _with_order(_call_off),
        needed={"opening": ("festival",)},
    ),
    EditableLetter(
        "payments/called_off_holder",
        _l("Het festival gaat niet door, aan wie een kaartje van een ander heeft"),
        ("subject", "opening"),
        _CANCELLED,
        _call_off_holder,
        needed={"opening": ("festival",)},
    ),
)
_OWN = _l("Gaat alleen naar de organisatie zelf.")
_SWAP = _l("Zegt precies welk kaartje wat wordt, en wat er met het geld gebeurt.")
FIXED = (
    FixedLetter("payments/swap_requested", _l("Wissel van een kaartje: betalen"), _SWAP),
    FixedLetter("payments/swap_done", _l("Kaartje gewisseld"), _SWAP),
    FixedLetter("payments/swap_done_holder", _l("Kaartje gewisseld, aan de houder"), _SWAP),
    FixedLetter("payments/swap_ended", _l("Wissel die niet doorgaat"), _SWAP),
    FixedLetter("payments/payment_stuck", _l("Betaling onzeker"), _OWN),
    FixedLetter("payments/payment_disputed", _l("Geld teruggehaald door de bank"), _OWN),
)

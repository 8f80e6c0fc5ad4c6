"""A line matches by itself where nothing is in doubt; all else waits for a person."""

from datetime import timedelta

import pytest
from flask import Flask

from festival.db import db
from festival.payments import queries
from festival.payments.bank import queries as bank_queries
from festival.payments.bank import rules, statements
from festival.payments.models import BankLine, Payment
from festival.payments.rules import cancelling, lapsing, recording
from festival.tickets.models import Order
from festival.tickets.rules import ordering
from tests import make
from tests.make import NOW
from tests.payments.bank.files import Paid, camt

LATER = NOW + timedelta(days=5)


def pending(number: int = 1, key: str = "een") -> Order:
    existing = db.session.query(make.TicketType).first()
    of = existing or make.ticket_type(price_cents=4500)
    wanted = make.order_request(*[of] * number, form_key=key)
    return ordering.place_order(of.edition, wanted, now=NOW)


def brought_in(order: Order, *paid: Paid) -> list[BankLine]:
    lines = statements.read(camt(*paid)).lines
    return rules.import_lines(order.edition, lines, now=LATER)


def spaced(order: Order) -> str:
    return " ".join(order.reference[at : at + 4] for at in range(0, len(order.reference), 4))


@pytest.mark.parametrize("written", ["reference", "field", "spaced", "code", "joined"])
def test_the_right_reference_and_amount_pay_an_order(any_app: Flask, written: str) -> None:
    order = pending()
    paid = {
        "reference": Paid(4500, f"Kaartjes {order.reference} groet Mia"),
        "field": Paid(4500, reference=order.reference),
        "spaced": Paid(4500, spaced(order)),
        "code": Paid(4500, f"bestelling {order.code.lower()}"),
        "joined": Paid(4500, f"kenmerk:{order.reference};bedankt"),
    }[written]
    [line] = brought_in(order, paid)
    assert order.state == "confirmed"
    assert line.settled_at == LATER
    [payment] = bank_queries.payments_of(line)
    assert (payment.order_id, payment.amount_cents, payment.method) == (
        order.id,
        4500,
        "bank_transfer",
    )
    assert order.edition.local(payment.received_at).isoformat()[:16] == "2026-10-05T12:00"
    assert bank_queries.waiting() == bank_queries.WaitingMoney(0, 0)


def test_the_same_statement_again_books_nothing_more(any_app: Flask) -> None:
    order = pending()
    paid = Paid(4500, order.reference)
    assert len(brought_in(order, paid)) == 1
    assert brought_in(order, paid, Paid(700, "iets anders"))[0].amount_cents == 700
    assert db.session.query(Payment).count() == 1
    assert queries.balance(order) == queries.Balance(4500, 4500)


@pytest.mark.parametrize(
    ("cents", "why"), [(4400, "part"), (4600, "too_much")], ids=["part", "too much"]
)
def test_another_amount_waits_for_a_person(any_app: Flask, cents: int, why: str) -> None:
    order = pending()
    [line] = brought_in(order, Paid(cents, order.reference))
    assert (order.state, line.settled_at) == ("pending", None)
    assert rules.suggestion(line) == (why, [order])
    assert bank_queries.waiting() == bank_queries.WaitingMoney(1, cents)


def test_two_orders_in_one_line_are_booked_in_parts(any_app: Flask) -> None:
    first, second = pending(key="een"), pending(2, key="twee")
    [line] = brought_in(first, Paid(13500, f"{first.reference} en {second.reference}"))
    assert rules.suggestion(line) == ("several", [first, second])
    rules.book_line(first.edition, line, first, 4500, now=LATER)
    assert (first.state, line.settled_at) == ("confirmed", None)
    with pytest.raises(rules.MoreThanLineHolds):
        rules.book_line(first.edition, line, second, 9001, now=LATER)
    rules.book_line(first.edition, line, second, 9000, now=LATER)
    assert (second.state, line.settled_at) == ("confirmed", LATER)
    with pytest.raises(rules.LineSettled):
        rules.book_line(first.edition, line, second, 1, now=LATER)


def test_a_reference_with_a_typing_error_is_suggested_and_not_booked(any_app: Flask) -> None:
    order = pending()
    wrong = "2" if order.code[1] != "2" else "3"
    typed = f"{order.reference[:4]}{order.code[0]}{wrong}{order.code[2:]}"
    [line] = brought_in(order, Paid(4500, typed))
    assert order.state == "pending"
    assert rules.suggestion(line) == ("near", [order])


def test_nobody_knows_whose_it_is(any_app: Flask) -> None:
    order = pending()
    [line] = brought_in(order, Paid(4500, "bedankt voor alles"))
    assert rules.suggestion(line) == ("unknown", [])
    with pytest.raises(rules.WhyAside):
        rules.set_aside(line, "  ", now=LATER)
    rules.set_aside(line, "subsidie", now=LATER)
    assert (line.settled_at, line.set_aside_note) == (LATER, "subsidie")
    with pytest.raises(rules.LineSettled):
        rules.book_line(order.edition, line, order, 4500, now=LATER)
    rules.take_back(line, now=LATER)
    rules.book_line(order.edition, line, order, 4500, now=LATER)
    assert order.state == "confirmed"


def test_a_second_payment_for_what_is_paid_waits(any_app: Flask) -> None:
    order = pending()
    brought_in(order, Paid(4500, order.reference, number="A"))
    [line] = brought_in(order, Paid(4500, order.reference, number="B"))
    assert line.settled_at is None
    assert rules.suggestion(line) == ("nothing_due", [order])


def test_late_money_brings_a_lapsed_order_back(any_app: Flask) -> None:
    order = pending()
    lapsing.lapse_order(order, now=LATER)
    brought_in(order, Paid(4500, order.reference))
    assert order.state == "confirmed"


def test_a_lapsed_order_costs_what_its_live_tickets_cost(any_app: Flask) -> None:
    first, second = pending(4), pending(4, key="twee")
    for order in (first, second):
        cancelling.cancel_tickets(order, [order.tickets[0].code], now=NOW)
        lapsing.lapse_order(order, now=LATER)
    [line] = brought_in(first, Paid(18000, first.reference))
    assert (first.state, rules.suggestion(line)) == ("lapsed", ("too_much", [first]))
    brought_in(second, Paid(13500, second.reference))
    assert second.state == "confirmed"
    assert queries.balance(second).due_cents == 0


def test_a_line_that_cannot_be_booked_is_kept_and_the_others_come_in(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = pending(), pending(key="twee")

    def refuse(order: Order, *given: object, **more: object) -> Payment:
        if order.id == first.id:
            raise recording.AlreadyRecorded
        return record(order, *given, **more)  # type: ignore[arg-type]

    record = recording.record_payment
    monkeypatch.setattr(recording, "record_payment", refuse)
    paid = (Paid(4500, first.reference), Paid(4500, second.reference))
    kept, booked = brought_in(first, *paid)
    assert (kept.settled_at, booked.settled_at) == (None, LATER)
    assert (first.state, second.state) == ("pending", "confirmed")
    assert brought_in(first, *paid) == []

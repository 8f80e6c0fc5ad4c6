"""A line of a bank statement is imported once and its money is booked once, whoever hurries."""

from festival.db import db
from festival.editions.models import Edition
from festival.payments.bank import rules, statements
from festival.payments.models import BankLine, Payment
from festival.tickets.models import Order
from tests import make
from tests.make import NOW
from tests.payments.bank.files import Paid, camt
from tests.races.at_once import answer, at_once


def unpaid_order():
    return make.order(of=make.ticket_type(price_cents=4500), confirmed_at=None, due_at=NOW)


def test_one_statement_read_in_by_eight_at_once(any_app):
    order = unpaid_order()
    edition_id = order.edition_id
    [line] = statements.read(camt(Paid(4500, f"bestelling {order.code}"))).lines
    answers = at_once(
        any_app,
        lambda _n: bool(
            rules.import_lines(db.session.get_one(Edition, edition_id), [line], now=NOW)
        ),
        8,
    )
    assert answers.count(True) == 1
    assert db.session.query(BankLine).count() == 1
    assert [each.amount_cents for each in db.session.query(Payment)] == [4500]


def test_one_line_booked_on_eight_orders_at_once(any_app):
    orders = [unpaid_order() for _ in range(8)]
    edition_id, ids = orders[0].edition_id, [order.id for order in orders]
    [line] = rules.import_lines(
        orders[0].edition, statements.read(camt(Paid(4500, "kaartjes"))).lines, now=NOW
    )
    line_id = line.id

    def book(n):
        return answer(
            rules.book_line,
            db.session.get_one(Edition, edition_id),
            db.session.get_one(BankLine, line_id),
            db.session.get_one(Order, ids[n]),
            4500,
            now=NOW,
        )

    answers = at_once(any_app, book, 8)
    assert answers.count("yes") == 1
    assert [each.amount_cents for each in db.session.query(Payment)] == [4500]
    assert db.session.get_one(BankLine, line_id).settled_at == NOW
    states = [db.session.get_one(Order, id_).state for id_ in ids]
    assert states.count("confirmed") == 1

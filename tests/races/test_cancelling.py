"""Cancelling at the same instant as a second click, a scan or a payment."""

from datetime import date, timedelta

from festival import codes
from festival.checkin import rules as checkin
from festival.checkin.models import Device, Gate, Scan
from festival.db import db
from festival.payments import queries, terms
from festival.payments.models import Refund
from festival.payments.rules import cancelling, recording
from festival.tickets import ticket_qr
from festival.tickets.models import Order, Pool, Ticket
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once


def order_of(number, **values):
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    make.current_edition().cancel_until_on = date(2026, 10, 22)
    return make.order(tickets=number, of=of, **values)


def test_eight_clicks_cancel_one_ticket_once(any_app):
    for _ in range(4):
        order = order_of(2)
        make.payment(order, 9000)
        order_id, pool_id = order.id, order.tickets[0].type.pool_id
        code = order.tickets[0].code

        def cancel(_n, order_id=order_id, code=code):
            order = db.session.get(Order, order_id)
            return answer(cancelling.cancel_own_tickets, order, [code], now=NOW)

        answers = at_once(any_app, cancel, 8)
        assert sorted(answers) == ["TicketGone"] * 7 + ["yes"]
        assert db.session.get(Pool, pool_id).taken == 1
        assert db.session.query(Refund.amount_cents).filter_by(order_id=order_id).all() == [(4500,)]


def test_the_last_two_tickets_at_once_cancel_the_order(any_app):
    for _ in range(4):
        order = order_of(2)
        make.payment(order, 9000)
        order_id, pool_id = order.id, order.tickets[0].type.pool_id
        both = [ticket.code for ticket in order.tickets]

        def cancel(n, order_id=order_id, both=both):
            order = db.session.get(Order, order_id)
            return answer(cancelling.cancel_own_tickets, order, [both[n]], now=NOW)

        assert at_once(any_app, cancel, 2) == ["yes", "yes"]
        order = db.session.get(Order, order_id)
        assert (order.state, db.session.get(Pool, pool_id).taken) == ("cancelled", 0)
        assert queries.promised_cents(order) == 9000
        assert queries.balance(order) == queries.Balance(0, 9000)


def test_money_comes_in_while_a_ticket_is_cancelled(any_app):
    for _ in range(6):
        order = order_of(2, confirmed_at=None, due_at=NOW + timedelta(days=9))
        order_id, code = order.id, order.tickets[0].code

        def act(n, order_id=order_id, code=code):
            order = db.session.get(Order, order_id)
            if n:
                return answer(recording.record_payment, order, 9000, NOW, f"{order_id}", now=NOW)
            return answer(
                cancelling.cancel_tickets, order, [code], terms.GiveBack("terms"), now=NOW
            )

        assert at_once(any_app, act, 2) == ["yes", "yes"]
        order = db.session.get(Order, order_id)
        assert order.state == "confirmed"
        assert queries.balance(order) == queries.Balance(4500, 9000)
        # Whoever was first: what is paid too much is to go back, or the team is asked to act.
        assert queries.promised_cents(order) in {0, 4500}
        assert db.session.scalars(queries.orders(order.edition, state="refund")).all()


def test_a_scan_and_a_cancellation_at_once(any_app):
    """Who is let in keeps the ticket; who cancelled is not let in."""
    day = make.current_edition().moment(make.FRIDAY, NOW.time())
    for _ in range(8):
        order = order_of(1)
        make.payment(order, 4500)
        order_id, ticket_id = order.id, order.tickets[0].id
        gate_id, device_id = make.gate().id, make.device().id
        address = ticket_qr.address(order.tickets[0])

        def act(n, order_id=order_id, gate_id=gate_id, device_id=device_id, address=address):
            if n % 2:
                order = db.session.get(Order, order_id)
                return answer(cancelling.cancel_tickets, order, None, now=day)
            reading = checkin.ScanReading(address, "camera", codes.secret(), day)
            gate, device = db.session.get(Gate, gate_id), db.session.get(Device, device_id)
            return checkin.scan(gate, device, reading, member_id=None, now=day).outcome

        at_once(any_app, act, 6)
        inside = db.session.query(Scan).filter_by(ticket_id=ticket_id, outcome="admitted").count()
        is_released = db.session.get(Ticket, ticket_id).released_at is not None
        assert inside == (0 if is_released else 1)

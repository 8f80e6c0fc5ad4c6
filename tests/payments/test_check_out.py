"""Checking out: tickets and places together, or nothing; letters with the deed."""

import pytest

from festival.bookings.models import Booking
from festival.db import db
from festival.mail.models import Letter
from festival.payments import rules
from festival.payments.basket import Choice
from festival.tickets.models import Order
from festival.tickets.rules import OrderRequest, TicketRequest
from tests import make
from tests.make import NOW


def wanted(*types, form_key="een formulier", names=(), emails=(), **values):
    """A request for one ticket of each of `types`."""
    return OrderRequest(
        form_key=form_key,
        name="Mia Jansen",
        email="Mia@Example.org",
        tickets=[
            TicketRequest(
                of.slug,
                names[n] if n < len(names) else f"Houder {n}",
                emails[n] if n < len(emails) else "",
            )
            for n, of in enumerate(types)
        ],
        **values,
    )


def letters():
    return db.session.query(Letter).order_by(Letter.id).all()


def test_a_free_order_is_confirmed_at_once_and_mailed(any_app):
    of = make.ticket_type()
    order = rules.check_out(of.edition, wanted(of, of), [], now=NOW)
    assert order.state == "confirmed"
    assert order.email == "mia@example.org"
    assert order.due_at is None
    assert all(ticket.is_valid for ticket in order.tickets)
    assert of.pool.taken == 2
    [letter] = letters()
    assert (letter.name, letter.to) == ("tickets/order_confirmed", "mia@example.org")
    assert letter.attachments == [
        {"kind": "tickets_pdf", "reference": f"{order.secret}|mia@example.org"}
    ]
    for ticket in order.tickets:
        assert f"/kaartje/{ticket.secret}" in letter.body_text
        assert f"/kaartje/{ticket.secret}" in letter.body_html
    assert f"/bestelling/{order.secret}" in letter.body_text


def test_a_paid_order_waits_for_its_money(any_app):
    of = make.ticket_type(price_cents=4500, vat_percent=21)
    order = rules.check_out(of.edition, wanted(of), [], now=NOW)
    assert order.state == "pending"
    assert order.total_cents == 4500
    assert not order.tickets[0].is_valid
    [letter] = letters()
    assert letter.name == "payments/pay_by_transfer"
    assert letter.attachments == []
    assert "€ 45,00" in letter.body_text.replace("\xa0", " ")
    assert "NL91 ABNA 0417 1643 00" in letter.body_text
    assert "donderdag 15 oktober 2026" in letter.body_text
    assert "/kaartje/" in letter.body_text

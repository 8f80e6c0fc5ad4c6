"""Invoices in the demo: a few organisations ordered tickets, and one of them cancelled."""

from datetime import datetime

from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.invoices.rules import Customer
from festival.payments.rules import cancelling, invoicing
from festival.tickets.models import Order

# Invented organisations; the numbers pass the checks of our forms. The last one cancels.
_CUSTOMERS = (
    ("Gemeente Garenstad", "Raadhuisplein 1", "5038 AA", "Tilburg", "11223344", "4500123456"),
    ("Woningstichting De Spoel", "Weverstraat 12", "5017 BB", "Tilburg", "22334455", ""),
    ("Bouwbedrijf Berg & Zonen", "Kanaaldijk 88", "5015 CC", "Tilburg", "33445566", "PO-88"),
    ("Mbo-college De Draad", "Naaldweg 3", "5042 DD", "Tilburg", "44556677", ""),
)


def load_invoices(edition: Edition, *, now: datetime) -> None:
    """Make invoices for the largest paid orders, and a credit note for the last of them."""
    orders = db.session.scalars(
        select(Order)
        .where(
            Order.edition_id == edition.id,
            Order.confirmed_at.is_not(None),
            Order.cancelled_at.is_(None),
            Order.total_cents > 0,
        )
        .order_by(Order.total_cents.desc(), Order.id)
        .limit(len(_CUSTOMERS))
    ).all()
    for order, (name, street, postal_code, city, kvk, po_number) in zip(
        orders, _CUSTOMERS, strict=True
    ):
        customer = Customer(
            name=name,
            email=order.email,
            attention=order.name,
            street=street,
            postal_code=postal_code,
            city=city,
            kvk=kvk,
        )
        invoicing.request_invoice(order, customer, po_number=po_number, now=now)
    cancelling.cancel_order(orders[-1], now=now)

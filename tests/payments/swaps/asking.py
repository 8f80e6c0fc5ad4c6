"""Asking for swaps, paying them, and looking whether all adds up."""

from datetime import timedelta

from festival import codes
from festival.db import db
from festival.home import consistency_checks
from festival.mail.models import Letter
from festival.payments.rules import recording, swapping
from festival.payments.rules.swapping import SwapRequest
from tests import make
from tests.make import NOW

AFTER_GRACE = NOW + timedelta(days=20)


def paid(of, **values):
    order = make.order(of=of, **values)
    if of.price_cents:
        make.payment(order, of.price_cents * len(order.tickets))
    return order


def swap(order, to, *, number=0, now=NOW, **values):
    values = {"form_key": codes.secret(), **values}
    wanted = SwapRequest(order.tickets[number].code, to.slug, **values)
    return swapping.request_swap(order, wanted, now=now)


def pay(order, cents, now=NOW):
    return recording.record_payment(order, cents, now, codes.secret(), now=now)


def mailed():
    return [name for (name,) in db.session.query(Letter.name).order_by(Letter.id)]


def all_is_well():
    checks = consistency_checks
    found = [*checks.pools(), *checks.totals(), *checks.vouchers(), *checks.payments()]
    return found == []


def by_team(**values):
    return {"maker": "team", "member_id": make.member("finance").id, "reason": "Gevraagd", **values}

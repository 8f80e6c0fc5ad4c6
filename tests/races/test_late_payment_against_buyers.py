"""Money for an order that lapsed, while a visitor takes the last of what it had.

The last lunch, the last use of a code, or the last free ticket of the solidarity fund.
"""

import pytest

from festival import codes
from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home import consistency_checks
from festival.payments.rules import recording
from festival.tickets.extras.models import Extra
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.models import Order, SolidarityFund, Voucher
from festival.tickets.rules import ending, ordering
from festival.tickets.vouchers import fund
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once
from tests.races.test_lapse_against_payment import LATER, lapse

ROUNDS = 3


def last_lunch():
    """What asks for the only lunch, and where it is counted."""
    of, lunch = make.ticket_type(price_cents=500), make.extra(capacity=1)
    return [of], {"extras": [ExtraRequest(lunch.slug, 0)]}, (Extra, lunch.id, "taken")


def last_use():
    """What asks for the only use of a code that opens a type."""
    of = make.ticket_type(price_cents=500, is_hidden=True)
    voucher = make.voucher(types=[of], effect="opens", uses=1)
    return [of], {"code": voucher.code}, (Voucher, voucher.id, "used")


def last_gift():
    """What asks for the only ticket that gifts pay for, beside one at a price."""
    edition = make.edition(is_current=False)
    of = make.ticket_type(
        edition_id=edition.id, pool=make.pool(edition_id=edition.id), price_cents=500,
        least_cents=0, low_cents=100, high_cents=900,
    )  # fmt: skip
    fund.set_ticket_price(edition, 1000, now=NOW)
    gift = make.order_request(of, amounts={of.slug: 1999}, form_key=codes.secret())
    ending.confirm_order(ordering.place_order(edition, gift, now=NOW), now=NOW)
    voucher = make.voucher(edition_id=edition.id, is_solidarity=True, uses=9, max_per_order=1)
    return [of, of], {"code": voucher.code}, (SolidarityFund, edition.id, "used")


@pytest.mark.parametrize("last", [last_lunch, last_use, last_gift])
def test_one_of_a_late_payer_and_visitors_gets_the_last(any_app, last):
    for _ in range(ROUNDS):
        types, asked, (model, id, column) = last()
        edition_id = types[0].edition_id
        requests = [
            make.order_request(*types, form_key=codes.secret(), email=f"{n}@example.org", **asked)
            for n in range(4)
        ]
        late = ordering.place_order(types[0].edition, requests[0], now=NOW)
        late_id, cents = late.id, late.total_cents
        assert lapse(late_id)
        before = db.session.query(Order).count()

        def act(n, requests=requests, edition_id=edition_id, late_id=late_id, cents=cents):
            if n:
                edition = db.session.get(Edition, edition_id)
                try:
                    placed = ordering.place_order(edition, requests[n], now=LATER)
                except Refusal as refusal:
                    return refusal.code
                return "yes" if placed.total_cents == cents else "dearer"
            order = db.session.get(Order, late_id)
            key = f"laat {late_id}"
            return answer(recording.record_payment, order, cents, LATER, key, now=LATER)

        answers = at_once(any_app, act, 4)
        came_back = db.session.get(Order, late_id).state == "confirmed"
        assert came_back + answers[1:].count("yes") == 1, answers
        assert getattr(db.session.get(model, id), column) == 1
        made = sum(each in {"yes", "dearer"} for each in answers[1:])
        assert db.session.query(Order).count() == before + made
        for name in ("pools", "vouchers", "funds", "extras", "totals"):
            assert getattr(consistency_checks, name)() == []

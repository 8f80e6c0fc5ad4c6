"""Sixteen phones of the crew hand out one lunch at the same instant: one gives it."""

from festival.db import db
from festival.errors import Refusal
from festival.tickets.extras import handing_out
from festival.tickets.extras.models import OrderedExtra
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.rules import ordering
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once

PHONES = 16


def ordered_lunch(**values):
    of, lunch = make.ticket_type(price_cents=0), make.extra(price_cents=0)
    wanted = make.order_request(of, extras=[ExtraRequest(lunch.slug, 0)], **values)
    order = ordering.place_order(of.edition, wanted, now=NOW)
    return order, db.session.query(OrderedExtra).filter_by(order_id=order.id).one().id


def test_one_of_sixteen_phones_hands_a_lunch_out(any_app):
    for time in range(3):
        _order, lunch_id = ordered_lunch(form_key=f"lunch {time}", email=f"l{time}@example.org")

        def hand_out(n, lunch_id=lunch_id):
            lunch = db.session.get(OrderedExtra, lunch_id)
            try:
                handing_out.hand_out(lunch, f"button {n}", member_id=None, now=NOW)
            except Refusal as refusal:
                return refusal.code
            return "handed out"

        said = at_once(any_app, hand_out, PHONES)
        assert sorted(said) == ["HandedOutBefore"] * (PHONES - 1) + ["handed out"]

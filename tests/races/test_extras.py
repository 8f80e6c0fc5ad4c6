"""Sixteen visitors want the last three lunches at the same instant."""

from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home import consistency_checks
from festival.tickets.extras.models import Extra
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.models import Order
from festival.tickets.rules import ordering
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once

VISITORS = 16


def test_no_more_extras_are_ordered_than_there_are(any_app):
    of, lunch = make.ticket_type(price_cents=500), make.extra(capacity=3)
    requests = [
        make.order_request(
            of, form_key=f"lunch {n}", email=f"lunch{n}@example.org",
            extras=[ExtraRequest(lunch.slug, 0)],
        )
        for n in range(VISITORS)
    ]  # fmt: skip
    edition_id = of.edition_id

    def order(n):
        try:
            edition = db.session.get(Edition, edition_id)
            return ordering.place_order(edition, requests[n], now=NOW).total_cents
        except Refusal as refusal:
            return refusal.code

    answers = at_once(any_app, order, VISITORS)
    assert answers.count(1750) == 3
    assert set(answers) == {1750, "ExtraSoldOut"}
    assert db.session.query(Extra.taken).scalar() == 3
    assert db.session.query(Order).count() == 3
    assert consistency_checks.extras() == consistency_checks.pools() == []

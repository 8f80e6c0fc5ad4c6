"""Sixteen visitors with a code each want what the solidarity fund can pay, at the same instant.

And one gives a use back while another with the same code takes one.
"""

import threading
import time

from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home import consistency_checks
from festival.tickets.models import Order, SolidarityFund
from festival.tickets.rules import ending, ordering
from festival.tickets.vouchers import fund
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once

VISITORS = 16


def test_no_more_codes_are_used_than_was_given_for(any_app):
    of = make.ticket_type(price_cents=500, least_cents=0, low_cents=100, high_cents=900)
    fund.set_ticket_price(of.edition, 1000, now=NOW)
    gift = make.order_request(of, amounts={of.slug: 3999}, form_key="gift")
    ending.confirm_order(ordering.place_order(of.edition, gift, now=NOW), now=NOW)
    codes = [make.voucher(is_solidarity=True, uses=1).code for _ in range(VISITORS)]
    requests = [
        make.order_request(of, form_key=f"vrij {n}", email=f"vrij{n}@example.org", code=codes[n])
        for n in range(VISITORS)
    ]
    edition_id = of.edition_id

    def order(n):
        try:
            edition = db.session.get(Edition, edition_id)
            return ordering.place_order(edition, requests[n], now=NOW).total_cents
        except Refusal as refusal:
            return refusal.code

    answers = at_once(any_app, order, VISITORS)
    # Three are paid for; who looked before that hears so, who looked after it would pay.
    assert answers.count(0) == 3
    assert set(answers) <= {0, 500, "FundEmpty"}
    assert db.session.query(SolidarityFund.used).scalar() == 3
    assert consistency_checks.funds() == consistency_checks.vouchers() == []


def test_a_use_is_given_back_while_another_takes_one_with_the_same_code(any_app, monkeypatch):
    """Both take the code before the fund, so that neither has what the other waits for."""
    of = make.ticket_type(price_cents=500, least_cents=0, low_cents=100, high_cents=900)
    fund.set_ticket_price(of.edition, 1000, now=NOW)
    gift = make.order_request(of, amounts={of.slug: 3999}, form_key="gift")
    ending.confirm_order(ordering.place_order(of.edition, gift, now=NOW), now=NOW)
    code = make.voucher(is_solidarity=True, uses=4).code
    first = make.order_request(of, form_key="eerst", email="eerst@example.org", code=code)
    first_id = ordering.place_order(of.edition, first, now=NOW).id
    second = make.order_request(of, form_key="dan", email="dan@example.org", code=code)
    edition_id = of.edition_id
    has_code = threading.Event()
    claim = fund.claim

    def slow_claim(*wanted):
        has_code.set()
        time.sleep(0.5)
        claim(*wanted)

    def act(n):
        if n == 0:
            edition = db.session.get(Edition, edition_id)
            return answer(ordering.place_order, edition, second, now=NOW)
        has_code.wait(10)
        order = db.session.get(Order, first_id)
        return answer(ending.end_order, order, lapsed=False, now=NOW)

    monkeypatch.setattr(fund, "claim", slow_claim)
    assert at_once(any_app, act, 2) == ["yes", "yes"]
    assert db.session.query(SolidarityFund.used).scalar() == 1
    assert consistency_checks.funds() == consistency_checks.vouchers() == []

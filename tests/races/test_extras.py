"""Sixteen visitors want the last three lunches at the same instant, on the web or at a gate."""

from dataclasses import replace

from festival import codes
from festival.checkin.models import Device, Gate
from festival.db import db
from festival.doorsales import rules as doorsales
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.home import consistency_checks
from festival.tickets.extras.models import Extra
from festival.tickets.extras.taking import ExtraRequest
from festival.tickets.models import Order
from festival.tickets.rules import ordering
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once
from tests.races.test_door_against_web import SCREEN, on_sale

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


def test_the_last_lunch_goes_to_the_gate_or_to_the_web(any_app):
    gate_id, device_id = make.gate().id, make.device().id
    for _ in range(3):
        of, lunch = on_sale(50), make.extra(capacity=1)
        wanted = [ExtraRequest(lunch.slug, 0)]
        screen = replace(SCREEN, type_slug=of.slug, extras=wanted, extras_cents=1250)
        requests = [
            make.order_request(
                of, form_key=codes.secret(), email=f"{lunch.slug}{n}@example.org", extras=wanted
            )
            for n in range(4)
        ]
        edition_id, lunch_id = of.edition_id, lunch.id

        def act(n, screen=screen, requests=requests, edition_id=edition_id):
            if n % 2:
                edition = db.session.get(Edition, edition_id)
                return answer(ordering.place_order, edition, requests[n // 2], now=NOW)
            gate, device = db.session.get(Gate, gate_id), db.session.get(Device, device_id)
            once = replace(screen, form_key=codes.secret())
            return answer(doorsales.sell, gate, device, once, member_id=None, now=NOW)

        assert sorted(at_once(any_app, act, 8)) == ["ExtraSoldOut"] * 7 + ["yes"]
        assert db.session.get(Extra, lunch_id).taken == 1
    assert consistency_checks.extras() == consistency_checks.pools() == []

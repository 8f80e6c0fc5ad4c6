"""An edition is called off while others do the same, cancel, pay or order."""

from datetime import timedelta

from festival import clock
from festival.db import db
from festival.editions.models import Edition
from festival.mail.models import Letter
from festival.payments import queries
from festival.payments.calling_off import queries as forecasts
from festival.payments.models import Refund
from festival.payments.rules import calling_off, cancelling, recording
from festival.tickets.models import Order, Pool
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once

REASON = Bilingual("De tent is weggewaaid.", "The tent blew away.")


def off(edition, shown, *, now=NOW):
    calling_off.call_off(edition, REASON, typed_name=edition.name.nl, shown=shown, now=now)


def test_two_organisers_call_it_off_once(any_app):
    edition = make.current_edition()
    edition_id, shown = edition.id, forecasts.forecast(edition).mark

    def act(_n):
        return answer(off, db.session.get(Edition, edition_id), shown)

    assert sorted(at_once(any_app, act, 6)) == ["AlreadyCalledOff"] * 5 + ["yes"]


def test_workers_buyers_and_money_at_once_do_everything_once(any_app, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    edition = make.current_edition()
    edition.cancel_until_on = (NOW + timedelta(days=9)).date()
    of = make.ticket_type(price_cents=4500, vat_category="standard")
    orders = [make.order(of=of) for _ in range(6)]
    for order in orders[:4]:
        make.payment(order, 4500)
    ids = [order.id for order in orders]
    late = orders[5].id
    off(edition, forecasts.forecast(edition).mark)

    def act(n):
        if n == 0:
            own = db.session.get(Order, ids[0])
            return answer(cancelling.cancel_own_tickets, own, None, now=NOW)
        if n == 1:
            paying = db.session.get(Order, late)
            return answer(recording.record_payment, paying, 4500, NOW, "laat", now=NOW)
        return calling_off.cancel_called_off(lambda: NOW).failed

    answers = at_once(any_app, act, 6)
    assert answers[2:] == [0, 0, 0, 0]
    assert {order.state for order in db.session.query(Order)} == {"cancelled"}
    assert db.session.query(Pool.taken).filter_by(id=of.pool_id).one() == (0,)
    told = ("payments/called_off", "payments/order_cancelled")
    assert db.session.query(Letter).filter(Letter.name.in_(told)).count() == len(orders)
    for order in db.session.query(Order).filter(Order.id.in_(ids[:4])):
        assert [each.amount_cents for each in queries.refunds_of(order)] == [4500]
        assert queries.balance(order) == queries.Balance(0, 4500)
    assert db.session.query(Refund).count() in {4, 5}  # the late money: before or after
